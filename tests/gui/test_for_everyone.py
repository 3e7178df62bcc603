"""Whoever cannot use a mouse, see the screen or tell faint colours can use every part.

Each scene brings a part of the window into view. A new page, sheet or panel needs a scene: the
last test fails for a control that is in none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import shiboken6
from desk import Desk
from fake_library import REST, unreadable
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QComboBox, QPushButton, QWidget
from walking import (
    all_told,
    at_hand,
    by_arrows,
    ink,
    ink_at_ends,
    interactive,
    lettered,
    name_of,
    picture,
    tab_stops,
    told,
)

from albumdedup.core.asking import Crop
from albumdedup.core.i18n import _
from albumdedup.core.settings import CHAIN
from albumdedup.core.types import Evidence, Tier
from albumdedup.core.verdicts import FolderVerdict
from albumdedup.gui import theme
from albumdedup.gui.bars import Place
from albumdedup.gui.compare.slots import Mode

LEAST = theme.TARGET
CONTRAST = 4.5


# --- scenes -----------------------------------------------------------------------------


def album(desk: Desk, qtbot) -> QWidget:
    """With folders of before: one that is there, and one whose drive is not plugged in."""
    desk.window.show_place(Place.ALBUM)
    recent = desk.window.empty.recent
    desk.window.empty.show_recent(["/", "/media/photos"])
    qtbot.waitUntil(lambda: [made.missing for made in recent.buttons] == [False, True])
    return desk.window


def review(desk: Desk, qtbot) -> QWidget:
    desk.window.show_place(Place.REVIEW)
    desk.window.bottom.say(_("A sentence with an action."), _("Undo"))
    desk.window.review.filter.show_errors(3)
    return desk.window


def narrowed(desk: Desk, qtbot) -> QWidget:
    desk.window.show_place(Place.REVIEW)
    desk.window.review.narrow.words.setText("img")
    qtbot.waitUntil(desk.window.review.narrow.everything.isVisible)
    return desk.window


def own_order(desk: Desk, qtbot) -> QWidget:
    """Edited copies in the list, and the rules in an order of one's own."""
    content = desk.library.content
    edited = tuple(replace(m, tier=Tier.EDITED, evidence=Evidence("x")) for m in content.matches)
    desk.library.content = replace(content, matches=edited)
    desk.album.refresh()
    desk.window.show_place(Place.REVIEW)
    keep = desk.window.review.filter.keep
    keep.choice.setCurrentIndex(keep.choice.findData(CHAIN))
    qtbot.waitUntil(lambda: desk.album.idle)
    assert desk.window.review.filter.edited_go.isVisible()
    return desk.window


def scanning(desk: Desk, qtbot) -> QWidget:
    desk.library.gate.clear()
    desk.library.half_way.clear()
    desk.window.add_folders(["/photos/more"])
    qtbot.waitUntil(desk.library.half_way.is_set)
    qtbot.waitUntil(desk.window.bottom.pause.isVisible)
    return desk.window


def done(desk: Desk, qtbot) -> QWidget:
    cleanup(desk, qtbot)
    qtbot.mouseClick(desk.window.cleanup.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.window.place is Place.DONE and desk.album.idle)
    page = desk.window.done
    page.show_problems(("/photos/a.jpg: it changed since the scan.",))
    return desk.window


def library(desk: Desk, qtbot) -> QWidget:
    desk.window.show_place(Place.LIBRARY)
    qtbot.waitUntil(lambda: desk.album.idle and desk.window.library.map.map is not None)
    return desk.window


def clearing(desk: Desk, qtbot) -> QWidget:
    library(desk, qtbot)
    desk.window.library.folders.clear.click()
    return desk.window


def cleanup(desk: Desk, qtbot) -> QWidget:
    desk.window.clean_up()
    qtbot.waitUntil(desk.window.cleanup.isVisible)
    return desk.window.cleanup


def errors(desk: Desk, qtbot) -> QWidget:
    desk.window.show_errors()
    sheet = desk.window.errors
    sheet.list.setCurrentItem(sheet.list.topLevelItem(0).child(0))
    return sheet


def history(desk: Desk, qtbot) -> QWidget:
    done(desk, qtbot)
    desk.album.ask_history()
    qtbot.waitUntil(desk.window.history.isVisible)
    return desk.window.history


def history_inside(desk: Desk, qtbot) -> QWidget:
    sheet = history(desk, qtbot)
    sheet.rows[0].findChild(QPushButton, "open").click()
    sheet.photos.select(1)
    sheet._tell("Putting photos back… 1 of 2")
    sheet.stop.show()
    return sheet


def cleanup_carrying(desk: Desk, qtbot) -> QWidget:
    """With copies that stay only for what they know."""
    sheet = cleanup(desk, qtbot)
    sheet.show_plan(sheet._plan, replace(sheet.outlook, held_back=2))
    return sheet


def cleanup_synced(desk: Desk, qtbot) -> QWidget:
    sheet = cleanup(desk, qtbot)
    sheet.show_plan(sheet._plan, replace(sheet.outlook, synced=("/home/me/Dropbox",)))
    return sheet


def cleanup_folders(desk: Desk, qtbot) -> QWidget:
    sheet = cleanup(desk, qtbot)
    sheet.by_folder.click()
    sheet._tell_saved("/documents/clean-up list.csv")
    return sheet


def reading_receipt(desk: Desk, qtbot) -> QWidget:
    done(desk, qtbot)
    page = desk.window.done
    page._tell("The receipt is saved as receipt.html in /documents.")
    page.reading.setText("Reading again what stays… 3 of 40")
    page._show_parts()
    return desk.window


def finding(desk: Desk, qtbot) -> QWidget:
    sheet = desk.window.find_sheet
    sheet.find_photo(desk.library.content.photos[0])
    qtbot.waitUntil(lambda: bool(sheet.grid.pictures) and desk.album.idle)
    return sheet


def finding_by_several(desk: Desk, qtbot) -> QWidget:
    """A part of the picture, more pictures, filters: all that a search can have."""
    sheet = finding(desk, qtbot)
    sheet.grid.select(1)
    sheet.also.click()
    qtbot.waitUntil(lambda: desk.album.idle)
    sheet.grid.select(2)
    sheet.unlike.click()
    qtbot.waitUntil(lambda: desk.album.idle and sheet.examples.isVisible())
    shown = QPixmap(300, 200)
    shown.fill(QColor("gray"))
    sheet.filters.first.setText("2019")
    sheet.filters.last.setText("2020-05")
    sheet.filters.choose_folder("/photos/folder 1")
    qtbot.waitUntil(lambda: desk.album.idle)
    sheet.preview.show_picture(shown)
    sheet.preview.set_crop(Crop(0.2, 0.2, 0.5, 0.5))
    sheet.preview.show()
    return sheet


def card(desk: Desk, qtbot) -> QWidget:
    sheet = desk.window.card
    sheet.check("/photos/card")
    qtbot.waitUntil(lambda: sheet.grid.isVisible() and desk.album.idle)
    return sheet


def card_running(desk: Desk, qtbot) -> QWidget:
    sheet = desk.window.card
    desk.library.gate.clear()
    sheet.check("/photos/card")
    qtbot.waitUntil(lambda: desk.album.scanning)
    return sheet


def folders(desk: Desk, qtbot) -> QWidget:
    sheet = desk.window.folders
    sheet.open()
    qtbot.waitUntil(lambda: desk.album.idle)
    verdict = FolderVerdict("/old/laptop", "/photos", False, 7, 6, 6_000_000, (REST,))
    sheet._on_verdicts(((verdict,), {}))
    return sheet


def folder_rest(desk: Desk, qtbot) -> QWidget:
    sheet = folders(desk, qtbot)
    sheet.rows[0].findChild(QPushButton, "rest").click()
    return sheet


def clearing_a_folder(desk: Desk, qtbot) -> QWidget:
    desk.window.folders.marked.emit("/photos/folder 1")
    qtbot.waitUntil(lambda: desk.album.idle)
    return desk.window


def settings(desk: Desk, qtbot) -> QWidget:
    sheet = desk.window.settings
    sheet.open()
    sheet.rows["decode_threads"].tell("This cannot be.")
    keep = sheet.rows["keep_rule"].editor.keep
    keep.choice.setCurrentIndex(keep.choice.findData(CHAIN))
    return sheet


def about(desk: Desk, qtbot) -> QWidget:
    """As in a bundle, which has the licences beside it."""
    sheet = desk.window.about
    desk.window.actions_by_name["about"].trigger()
    sheet.texts.show()
    return sheet


def comparing(desk: Desk, qtbot) -> QWidget:
    """Photos that are gone, but all that one can do with them."""
    desk.window.show_place(Place.REVIEW)
    side = desk.window.review.side
    side.toggle()
    side.step(1)
    qtbot.waitUntil(lambda: not side.panel.darkroom.loading)
    panel = side.panel
    if not panel.tools.more.isChecked():
        panel.tools.more.click()
    panel.head.show_position(1, 3)
    panel.set_mode(Mode.SIDE)
    panel.set_mode(Mode.WIPE)
    for part in (
        panel.tools.aligned, panel.closeups, *panel.closeups.places, *panel.verdict_bar.numbers,
    ):  # fmt: skip
        part.show()
    return desk.window


SCENES: tuple[Callable[[Desk, object], QWidget], ...] = (
    album, review, narrowed, own_order, scanning, done, reading_receipt, library, clearing, cleanup,
    cleanup_carrying, cleanup_synced, cleanup_folders, errors, history_inside, history, finding,
    finding_by_several, card,
    card_running, folder_rest, folders, settings, clearing_a_folder, about, comparing,
)  # fmt: skip


Wear = Callable[[theme.Tokens], None]


@pytest.fixture
def wear(qapp: QApplication, filled: Desk) -> Iterator[Wear]:
    """Changes the looks of the window that is there, as the setting does."""
    face = qapp.font()

    def put_on(tokens: theme.Tokens) -> None:
        theme.apply(qapp, tokens)
        filled.window.set_tokens(tokens)
        QApplication.sendPostedEvents()

    yield put_on
    qapp.setFont(face)
    qapp.setStyleSheet("")
    qapp.setPalette(qapp.style().standardPalette())


@pytest.fixture
def filled(desk: Desk, qtbot, tmp_path: Path) -> Desk:
    desk.library.problems = unreadable(3)
    desk.window.add_folders([str(tmp_path)])
    qtbot.waitUntil(lambda: desk.album.idle and len(desk.album.shown) == 5)
    return desk


@pytest.fixture(params=SCENES, ids=lambda scene: scene.__name__)
def scene(request: pytest.FixtureRequest, wear: Wear, filled: Desk, qtbot) -> QWidget:
    """What a person has before them: the window, or the sheet that covers it."""
    wear(theme.LIGHT)
    shown: QWidget = request.param(filled, qtbot)
    QApplication.sendPostedEvents()
    return shown


def test_all_is_named_reached_by_keys_large_enough_and_readable(
    scene: QWidget, wear: Wear, qtbot
) -> None:
    """One test for each scene: making a scene takes longer than looking at it."""
    here = at_hand(scene)
    assert here
    nameless = [widget for widget in here if not name_of(widget).strip()]
    assert all_told(nameless) == []

    small = [w for w in here if w.width() < LEAST or w.height() < LEAST]
    assert [f"{told(w)}: {w.width()} × {w.height()}" for w in small] == []

    by_mouse_only = [w for w in here if w.focusPolicy() == Qt.FocusPolicy.NoFocus]
    assert all_told(by_mouse_only) == []
    reached = tab_stops(scene)
    unreached = [w for w in here if w not in reached and not by_arrows(w, reached)]
    assert all_told(w for w in unreached if w is not scene) == []

    for tokens in (theme.LIGHT, theme.DARK):
        wear(tokens)
        image = picture(scene.window())
        inked = [(told(widget), round(ink(image, widget), 2)) for widget in lettered(scene)]
        assert [one for one in inked if one[1] < CONTRAST] == [], tokens.name


def test_every_control_of_the_window_is_in_a_scene(filled: Desk, qtbot) -> None:
    """Goes through all scenes in turn; what was never at hand has never been looked at."""
    seen: set[QWidget] = set()
    for show in SCENES:
        seen.update(at_hand(show(filled, qtbot).window()))
        for sheet in filled.window.sheets:
            sheet.dismiss()
        if show in (done, reading_receipt, history, history_inside):
            filled.album.undo()
        filled.library.gate.set()
        qtbot.waitUntil(lambda: filled.album.idle)
    alive = [w for w in interactive(filled.window) if w not in seen]
    assert all_told(w for w in alive if not name_of(w).strip()) == []
    assert all_told(alive) == []


@pytest.fixture
def watched(filled: Desk) -> Iterator[Desk]:
    """Qt's own tester looks at every model; it ends the program on a fault. The testers go
    before their models: a model that is being taken down keeps no rules."""
    models = filled.window.findChildren(QAbstractItemModel)
    assert {"GroupModel", "RowModel", "PictureModel", "ShareModel"} <= {
        type(model).__name__ for model in models
    }
    fatal = QAbstractItemModelTester.FailureReportingMode.Fatal
    testers = [QAbstractItemModelTester(model, fatal) for model in models]
    yield filled
    for tester in testers:
        shiboken6.delete(tester)


def test_every_model_keeps_the_rules_of_models(watched: Desk, qtbot, tmp_path: Path) -> None:
    watched.window.add_folders([str(tmp_path / "more")])
    qtbot.waitUntil(lambda: watched.album.idle and len(watched.album.shown) == 10)
    for show in (
        review,
        library,
        own_order,
        cleanup,
        history_inside,
        errors,
        finding,
        finding_by_several,
        settings,
    ):
        show(watched, qtbot)
        for sheet in watched.window.sheets:
            sheet.dismiss()
    watched.album.undo()
    qtbot.waitUntil(lambda: watched.album.idle and len(watched.album.shown) == 10)


@pytest.mark.parametrize(
    "show", [review, library, settings, comparing], ids=lambda scene: scene.__name__
)
def test_from_right_to_left_everything_is_mirrored_and_inside(
    filled: Desk, qtbot, qapp: QApplication, show: Callable
) -> None:
    window = filled.window
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        top = show(filled, qtbot)
        qtbot.waitUntil(lambda: window.top.settings.x() < window.width() / 4)
        assert window.top.places[Place.ALBUM].x() > window.width() * 3 / 4
        for widget in at_hand(top):
            place = widget.mapTo(window, widget.rect().topLeft()).x()
            assert place >= 0, told(widget)
            end = place + widget.width()
            assert end <= window.width() + 1, told(widget)  # Qt's splitter is off by one here
        chevrons = [w for w in at_hand(top) if isinstance(w, QComboBox)]
        image = picture(window)
        for choice in chevrons:
            assert ink_at_ends(image, choice)[0] > CONTRAST, told(
                choice
            )  # the chevron has gone over
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
