"""What the similarity slider says, to eyes and ears, while it moves."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from albumdedup.core.languages import CHINESE, speak
from albumdedup.gui.similarity_box import SimilarityBox
from albumdedup.gui.similarity_words import similarity_words


def test_every_position_says_its_number_and_what_it_means() -> None:
    told = [similarity_words(percent / 100) for percent in range(70, 101)]
    assert all(words.startswith(f"{n} %: ") for n, words in enumerate(told, 70))
    meanings = list(dict.fromkeys(words.split(": ")[1] for words in told))
    assert len(meanings) == 6
    assert similarity_words(0.98) == "98 %: the same shot"
    assert similarity_words(0.85) == "85 %: similar scenes"


@pytest.fixture
def panel(qtbot) -> QWidget:
    """As wide as in the window."""
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(192, 200)
    made.show()
    return made


def in_panel(panel: QWidget, similarity: float) -> SimilarityBox:
    box = SimilarityBox(similarity, panel)
    box.resize(192, box.heightForWidth(192))
    box.show()
    return box


def test_it_changes_while_the_slider_moves_and_is_heard(panel: QWidget, qtbot) -> None:
    box = in_panel(panel, 0.9)
    assert box.words.text() == "90 %: the same thing from nearly the same place"
    with qtbot.waitSignal(box.changed):
        QTest.keyClick(box.slider, Qt.Key.Key_PageUp)
    assert box.similarity == 0.85
    assert box.words.text() == "85 %: similar scenes"
    heard = QAccessible.queryAccessibleInterface(box.slider).text(QAccessible.Text.Description)
    assert heard == box.words.text()


@pytest.mark.parametrize("language", ["en", CHINESE])
def test_nothing_moves_while_the_sentence_changes(panel: QWidget, language: str) -> None:
    speak(language)
    box = in_panel(panel, 1.0)
    heights = set()
    for value in range(31):
        box.slider.setValue(value)
        heights.add(box.heightForWidth(192))
        assert box.words.heightForWidth(box.words.width()) <= box.words.height()
    assert len(heights) == 1
