"""The compare panel opens, closes and goes along with the list, with mouse and keys."""

from __future__ import annotations

from compare_table import Key, Table
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from albumdedup.gui.theme import DARK, LIGHT, style_sheet


def test_enter_opens_it_on_half_of_the_width_and_escape_gives_the_focus_back(table: Table) -> None:
    window = table.desk.window
    table.open(table.shots.original)
    panel = table.panel
    assert panel.isVisible()
    assert abs(panel.width() - window.width() / 2) < 8
    assert QApplication.focusWidget() is panel.canvas
    assert not window.review.filter.isVisible()  # no room beside the two
    assert panel.head.relation.text().startswith("◐ Edited · Cut to 25 %")
    table.key(Key.Key_Escape)
    assert not panel.isVisible()
    assert QApplication.focusWidget() is window.review.list
    assert window.review.filter.isVisible()
    assert panel.darkroom.bytes == 0


def test_its_width_is_remembered(table: Table) -> None:
    side = table.desk.window.review.side
    table.open(table.shots.original)
    side.splitter.setSizes([480, 700])
    side.splitter.splitterMoved.emit(480, 1)
    share = side.share
    assert share > 0.55
    table.key(Key.Key_Escape)
    table.open(table.shots.original)
    assert abs(table.panel.width() - share * side.splitter.width()) < 8
    side.remember("nonsense")
    assert side.share == 0.5
    side.remember("0.6")
    assert side.share == 0.6


def test_a_double_click_opens_it_and_changes_no_choice(table: Table, qtbot) -> None:
    cards = table.desk.window.review.list
    rect, layout = cards.card_rect(table.row_of(table.shots.crop))
    at = rect.topLeft() + layout.tiles[1].mat.center()
    before = table.role(table.shots.crop)
    left = Qt.MouseButton.LeftButton
    QTest.mouseClick(cards.viewport(), left, pos=at)
    assert table.role(table.shots.crop) is not before  # one click is a choice
    QTest.mouseDClick(cards.viewport(), left, pos=at)
    table.calm()
    assert table.panel.isVisible()
    assert table.role(table.shots.crop) is before


def test_the_menu_opens_and_closes_it(table: Table) -> None:
    action = table.desk.window.actions_by_name["compare"]
    action.trigger()
    assert table.panel.isVisible()
    table.calm()
    action.trigger()
    assert not table.panel.isVisible()


def test_it_follows_the_list_and_the_list_follows_it(table: Table) -> None:
    model, cards = table.desk.window.model, table.desk.window.review.list
    cards.setCurrentIndex(model.index(0))
    QTest.keyClick(cards, Key.Key_Return)
    table.key(Key.Key_Left)
    assert cards.currentIndex().row() == 0
    table.key(Key.Key_Right)
    assert cards.currentIndex().row() == 1
    assert table.panel.group.id == model.group(1).id
    assert table.panel.head.position.text() == "2 of 3"
    cards.setCurrentIndex(model.index(2))
    assert table.panel.group.id == model.group(2).id
    table.calm()


def test_both_themes_paint_the_panel_in_their_colours(table: Table) -> None:
    table.open(table.shots.original)
    first = table.panel.canvas.panes()[0]
    corner = first.topLeft() + QPoint(4, 4)
    table.desk.window.set_tokens(DARK)
    assert table.colour(corner) == QColor(DARK.mat)
    table.desk.window.set_tokens(LIGHT)
    assert table.colour(corner) == QColor(LIGHT.mat)
    table.calm()


def test_everything_that_takes_the_focus_has_a_name_and_room_for_a_finger(table: Table) -> None:
    table.desk.window.setStyleSheet(style_sheet(LIGHT))
    table.open(table.shots.original)
    focusable = [
        child
        for child in table.panel.findChildren(QWidget)
        if child.focusPolicy() != Qt.FocusPolicy.NoFocus and child.isVisible()
    ]
    assert len(focusable) > 12
    assert [type(child).__name__ for child in focusable if not child.accessibleName()] == []
    assert [c.accessibleName() for c in focusable if c.height() < 28 or c.width() < 28] == []
