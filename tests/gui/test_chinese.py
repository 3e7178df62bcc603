"""Every part of the window in Chinese: nothing left in English, nothing cut off."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import fake_library
import pytest
import test_for_everyone
from desk import Desk
from fake_library import unreadable
from PySide6.QtCore import QAbstractListModel, QModelIndex, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QWidget,
)
from test_for_everyone import SCENES, own_order
from walking import inner, lettered, told

from albumdedup.core.catalogue import parse
from albumdedup.core.languages import CHINESE, catalogue_file, speak
from albumdedup.gui import theme
from albumdedup.gui.about_sheet import notices
from albumdedup.ml.rows import ROWS

WORD = re.compile(r"[A-Za-z]{3,}")
NAMES = re.compile(r"[^\s“”（），。；：]*[/.\\][^\s“”（），。；：]*|\bIMG\w*")
"""Paths and file names, which stay as they are."""


def _kept() -> set[str]:
    """Latin words that Chinese translations keep: RAW, XMP, Milvus."""
    entries = parse(catalogue_file(CHINESE).read_text(encoding="utf-8"))
    chinese = " ".join(text for one in entries if one.one for text in one.texts)
    return set(WORD.findall(re.sub(r"\{[^}]*\}", "", chinese)))


KEPT = (
    _kept()
    | {"English", "photos", "Pictures", "Phone", "MacBook", "Space", "card"}
    | {word for name in ROWS for word in WORD.findall(name)}
)
"""And what has one name in all languages: keys, the language itself, folders of the album,
networks."""


def _planted() -> list[str]:
    """Sentences that the scenes themselves say, in place of the program."""
    files = (Path(one.__file__) for one in (test_for_everyone, fake_library))
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    nodes = (node for tree in trees for node in ast.walk(tree))
    texts = {node.value for node in nodes if isinstance(node, ast.Constant)}
    return sorted((t for t in texts if isinstance(t, str) and " " in t), key=len, reverse=True)


PLANTED = _planted()
THEIRS = {words for notice in notices() for words in (notice.name, notice.licence)}
"""What others called their work, and its licence."""


def test_words_that_stay_are_known() -> None:
    assert {"RAW", "XMP", "Milvus"} <= KEPT
    assert not {"Review", "Photos", "Settings"} & KEPT


NARROW = QSize(800, 560)


@pytest.fixture(params=[QSize(1180, 780), NARROW], ids=["wide", "narrow"])
def size(request: pytest.FixtureRequest) -> QSize:
    return request.param


@pytest.fixture
def tongue(qapp: QApplication) -> Iterator[None]:
    speak(CHINESE)
    face = qapp.font()
    theme.apply(qapp, theme.LIGHT)
    yield
    qapp.setFont(face)
    qapp.setStyleSheet("")
    qapp.setPalette(qapp.style().standardPalette())


@pytest.fixture
def filled(tongue: None, size: QSize, desk: Desk, qtbot, tmp_path: Path) -> Desk:
    desk.window.resize(size)
    desk.library.problems = unreadable(3)
    desk.window.add_folders([str(tmp_path)])
    qtbot.waitUntil(lambda: desk.album.idle and len(desk.album.shown) == 5)
    return desk


@pytest.fixture(params=SCENES, ids=lambda scene: scene.__name__)
def scene(request: pytest.FixtureRequest, size: QSize, filled: Desk, qtbot) -> QWidget:
    if request.param is own_order and size == NARROW:
        pytest.skip("the panel at the left is folded away")
    filled.window.set_tokens(theme.LIGHT)
    shown: QWidget = request.param(filled, qtbot)
    QApplication.sendPostedEvents()
    return shown


def words_of(top: QWidget) -> Iterator[tuple[str, str]]:
    """Everything that is read, pointed at or heard, with where."""
    for action in top.findChildren(QAction):
        yield "action", action.text()
    for widget in top.findChildren(QWidget):
        if inner(widget):
            continue
        place = type(widget).__name__
        yield f"{place} name", widget.accessibleName()
        yield f"{place} description", widget.accessibleDescription()
        yield f"{place} tooltip", widget.toolTip()
        if isinstance(widget, QLabel | QAbstractButton):
            yield place, widget.text()
        elif isinstance(widget, QLineEdit):
            yield f"{place} placeholder", widget.placeholderText()
        elif isinstance(widget, QComboBox):
            yield from ((place, widget.itemText(row)) for row in range(widget.count()))
        elif isinstance(widget, QAbstractItemView):
            yield from ((place, words) for words in _cells(widget))


def _cells(view: QAbstractItemView) -> Iterator[str]:
    model = view.model()
    if model is None:
        return
    side, roles, top = Qt.Orientation.Horizontal, Qt.ItemDataRole, QModelIndex()
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(top)
    for column in range(columns):
        if columns > 1:
            yield str(model.headerData(column, side) or "")
        for row in range(model.rowCount(top)):
            index = model.index(row, column)
            for role in (roles.DisplayRole, roles.ToolTipRole, roles.AccessibleTextRole):
                yield str(index.data(role) or "")


def left_in_english(top: QWidget) -> list[str]:
    left = []
    for place, words in words_of(top):
        if words in THEIRS:
            continue
        rest = words.replace("&", "")
        for sentence in PLANTED:
            rest = rest.replace(sentence, "")
        if set(WORD.findall(NAMES.sub("", rest))) - KEPT:
            left.append(f"{place}: {words}")
    return left


def test_a_text_that_is_not_translated_is_seen(filled: Desk) -> None:
    filled.window.bottom.say("Nothing of this is Chinese.")
    assert any("Nothing of this is Chinese" in words for words in left_in_english(filled.window))


def cut_off(top: QWidget) -> list[str]:
    """Whose words do not stand whole where they neither wrap nor end in … by design."""
    cut = []
    for widget in lettered(top):
        if isinstance(widget, QLineEdit) or (isinstance(widget, QLabel) and widget.wordWrap()):
            continue
        if widget.width() < widget.sizeHint().width() - 1:
            cut.append(f"{told(widget)}: {widget.width()} of {widget.sizeHint().width()}")
        elif widget.height() < min(widget.sizeHint().height(), widget.fontMetrics().height()):
            cut.append(f"{told(widget)}: {widget.height()} high")
    return cut


def test_words_that_do_not_fit_are_seen(filled: Desk) -> None:
    filled.window.bottom.next.setText("很长" * 20)
    filled.window.bottom.next.setFixedWidth(100)
    assert any("100 of" in words for words in cut_off(filled.window))


def test_nothing_is_left_in_english_and_nothing_is_cut_off(scene: QWidget, qtbot) -> None:
    """One test for each scene: making a scene takes longer than looking at it."""
    assert left_in_english(scene) == []

    def whole() -> None:
        assert cut_off(scene) == []

    qtbot.waitUntil(whole)  # a layout of many parts settles in more than one step
