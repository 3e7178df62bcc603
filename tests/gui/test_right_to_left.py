"""Where one reads from right to left the whole window is mirrored: painted parts and clicks too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from compare_table import Key, Table
from desk import Desk
from fake_library import unreadable
from inked import columns
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from test_for_everyone import SCENES
from walking import at_hand, picture, told

from albumdedup.core.types import Role, Tier
from albumdedup.gui import theme
from albumdedup.gui.card_layout import lay_out, mirrored
from albumdedup.gui.empty_state import ThreeBecomeOne
from albumdedup.gui.theme import LIGHT
from albumdedup.gui.tier_box import TierBox
from albumdedup.gui.widgets import label

LEFT = Qt.MouseButton.LeftButton
BACKWARDS = Qt.LayoutDirection.RightToLeft


@pytest.fixture
def backwards(qapp: QApplication) -> Iterator[None]:
    face = qapp.font()
    qapp.setLayoutDirection(BACKWARDS)
    theme.apply(qapp, LIGHT)
    yield
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    qapp.setFont(face)
    qapp.setStyleSheet("")
    qapp.setPalette(qapp.style().standardPalette())


@pytest.fixture
def filled(backwards: None, desk: Desk, qtbot, tmp_path: Path) -> Desk:
    desk.library.problems = unreadable(3)
    desk.window.add_folders([str(tmp_path)])
    qtbot.waitUntil(lambda: desk.album.idle and len(desk.album.shown) == 5)
    return desk


# --- cards --------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [2, 7, 30])
def test_a_mirrored_card_is_the_same_card(count: int) -> None:
    width = 700
    card = lay_out(count, width, warned=True)
    other = mirrored(card, width)
    assert mirrored(other, width) == card
    assert other.height == card.height
    assert other.tiles[0].mat.right() == width - 1 - card.tiles[0].mat.left()
    assert other.tiles[1].mat.right() < other.tiles[0].mat.left()
    assert other.not_duplicates.left() == width - 1 - card.not_duplicates.right()
    parts = [other.header, other.reason, other.warning, *(tile.whole for tile in other.tiles)]
    assert all(other.card.contains(part) for part in parts)


def test_the_keeper_stands_at_the_right_and_clicks_find_what_is_painted(filled: Desk) -> None:
    view = filled.window.review.list
    rect, layout = view.card_rect(0)
    keeper, copy = layout.tiles[0], layout.tiles[1]
    assert keeper.mat.left() > copy.mat.right()
    assert keeper.mat.center().x() > rect.width() * 3 / 4
    QTest.mouseClick(view.viewport(), LEFT, pos=rect.topLeft() + copy.mat.center())
    assert filled.album.shown[0].members[1].role is Role.KEEP
    QTest.mouseClick(view.viewport(), LEFT, pos=rect.topLeft() + copy.mat.center())
    assert filled.album.removable()[0] == 10
    QTest.mouseClick(view.viewport(), LEFT, pos=rect.topLeft() + keeper.mat.center())
    assert "One copy always stays" in filled.window.bottom.sentence.text()
    QTest.mouseClick(view.viewport(), LEFT, pos=rect.topLeft() + layout.keep_all.center())
    assert filled.album.removable()[0] == 8
    assert layout.not_duplicates.right() < layout.keep_all.left()
    QTest.mouseClick(view.viewport(), LEFT, pos=rect.topLeft() + layout.not_duplicates.center())
    assert len(filled.album.shown) == 4


def test_what_is_painted_lies_where_the_layout_says(filled: Desk) -> None:
    view = filled.window.review.list
    view.setCurrentIndex(filled.window.model.index(0))
    rect, layout = view.card_rect(0)
    image = view.viewport().grab().toImage()
    card = QColor(LIGHT.card)
    assert image.pixelColor(rect.topLeft() + layout.tiles[0].mat.center()) != card
    marked = layout.tiles[0].badge.adjusted(0, 0, 0, -3)  # its words begin at its right
    half = marked.width() // 2
    assert _inked(image, rect, marked.adjusted(half, 0, 0, 0))
    assert not _inked(image, rect, marked.adjusted(0, 0, -half, 0))
    assert _inked(image, rect, layout.reason.adjusted(layout.reason.width() - 60, 0, 0, 0))
    between = QRect(layout.card.left() + 8, layout.tiles[1].mat.top(), 40, 60)
    assert not between.intersects(layout.tiles[-1].whole)
    assert not _inked(image, rect, between)


def _inked(image: QImage, row: QRect, part: QRect) -> bool:
    place = part.translated(row.topLeft())
    grounds = {QColor(LIGHT.card).rgb()}
    return any(
        image.pixel(x, y) not in grounds
        for x in range(place.left(), place.right() + 1)
        for y in range(place.top(), place.bottom() + 1)
    )


def test_arrows_move_as_one_sees_it(filled: Desk) -> None:
    view = filled.window.review.list
    view.setFocus()
    view.setCurrentIndex(filled.window.model.index(0))
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.current_member == 1
    QTest.keyClick(view, Qt.Key.Key_Left)
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.current_member == 1


def test_the_list_turns_while_it_is_shown(desk: Desk, qtbot, qapp: QApplication) -> None:
    desk.window.add_folders(["/photos"])
    qtbot.waitUntil(lambda: desk.album.idle and len(desk.album.shown) == desk.library.shots)
    view = desk.window.review.list
    before = view.card_rect(0)[1].tiles[0].mat.left()
    try:
        qapp.setLayoutDirection(BACKWARDS)
        qtbot.waitUntil(lambda: view.card_rect(0)[1].tiles[0].mat.left() > before + 200)
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    qtbot.waitUntil(lambda: view.card_rect(0)[1].tiles[0].mat.left() == before)


# --- other painted parts --------------------------------------------------------------------


def test_the_grid_of_pictures_begins_at_the_right(filled: Desk, qtbot) -> None:
    sheet = filled.window.find_sheet
    sheet.find_photo(filled.library.content.photos[0])
    qtbot.waitUntil(lambda: len(sheet.grid.pictures) > 1 and filled.album.idle)
    grid = sheet.grid
    first = grid.visualRect(grid.model().index(0, 0))
    second = grid.visualRect(grid.model().index(1, 0))
    assert first.left() > second.left()
    grid.setFocus()
    grid.select(0)
    QTest.keyClick(grid, Qt.Key.Key_Left)
    assert grid.currentIndex().row() == 1
    QTest.keyClick(grid, Qt.Key.Key_Right)
    assert grid.currentIndex().row() == 0


def test_the_compared_photos_stand_from_right_to_left(backwards: None, table: Table) -> None:
    table.open(table.shots.original)
    first, second = table.panel.canvas.panes()
    assert first.left() > second.right()
    cards = table.desk.window.review.list
    row = cards.currentIndex().row()
    table.key(Key.Key_Left)  # onwards
    assert cards.currentIndex().row() == row + 1
    table.key(Key.Key_Right)
    assert cards.currentIndex().row() == row
    head = table.panel.head
    assert "←" in head.after.toolTip()
    assert "→" in head.before.accessibleName()
    assert head.before.x() > head.after.x()
    table.calm()


def test_a_tier_box_has_its_tick_and_its_words_at_the_right(backwards: None, qtbot) -> None:
    box = TierBox(Tier.SAME)
    qtbot.addWidget(box)
    box.resize(300, box.height())
    ink = columns(box.grab().toImage())
    assert ink.min() > 150
    assert ink.max() > 270


def test_the_drawing_points_where_one_reads(backwards: None, qtbot) -> None:
    drawing = ThreeBecomeOne()
    qtbot.addWidget(drawing)
    there = drawing.grab().toImage()
    drawing.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    stays = QColor(LIGHT.stays)
    assert drawing.grab().toImage().pixelColor(340, 25) == stays
    assert there.pixelColor(drawing.width() - 340, 25) == stays
    tick = drawing.width() - 340
    assert there.pixelColor(tick + 5, 38) == stays
    assert there.pixelColor(tick - 5, 38) != stays  # its short arm is at the left still


def test_labels_stand_where_reading_begins_whatever_they_say(backwards: None, qtbot) -> None:
    for words in ("/photos/a.jpg", "12", "Words", "מילים"):
        made = label(words)
        qtbot.addWidget(made)
        made.resize(300, 24)
        made.setStyleSheet("background: white")
        assert columns(made.grab().toImage()).min() > 150, words
    made.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    assert columns(made.grab().toImage()).max() < 150
    made.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    ink = columns(made.grab().toImage())
    assert 100 < ink.min() < ink.max() < 200


# --- every page -----------------------------------------------------------------------------


@pytest.fixture(params=SCENES, ids=lambda scene: scene.__name__)
def scene(request: pytest.FixtureRequest, filled: Desk, qtbot) -> QWidget:
    filled.window.set_tokens(LIGHT)
    shown: QWidget = request.param(filled, qtbot)
    QApplication.sendPostedEvents()
    return shown


def test_controls_are_inside_and_apart(scene: QWidget, qtbot) -> None:
    """Qt warnings fail this test as any other."""

    def settled() -> None:
        assert crossing(scene) == []

    qtbot.waitUntil(settled)
    window = scene.window()
    for widget in at_hand(scene):
        place = seen_place(widget)
        assert place.left() >= 0, told(widget)
        assert place.right() <= window.width() + 1, told(widget)  # the splitter is off by one
    assert not picture(window).isNull()


def crossing(top: QWidget) -> list[str]:
    """Pairs of controls and words, neither inside the other, that lie on one another."""
    kinds = [*at_hand(top), *(w for w in top.findChildren(QLabel) if w.isVisible() and w.text())]
    apart = list(dict.fromkeys(w for w in kinds if not w.visibleRegion().isEmpty()))
    found = []
    for number, one in enumerate(apart):
        for other in apart[number + 1 :]:
            if one.isAncestorOf(other) or other.isAncestorOf(one):
                continue
            both = seen_place(one).intersected(seen_place(other))
            if both.width() > 2 and both.height() > 2:
                found.append(f"{told(one)} × {told(other)}")
    return found


def seen_place(widget: QWidget) -> QRect:
    seen = widget.visibleRegion().boundingRect()
    return QRect(widget.mapTo(widget.window(), QPoint()) + seen.topLeft(), seen.size())


def test_parts_on_one_another_are_seen(filled: Desk) -> None:
    bottom = filled.window.bottom
    bottom.next.move(bottom.sentence.x() + 10, bottom.next.y())
    bottom.next.raise_()
    review = filled.window.review
    review.compare.move(review.order.pos())
    assert any("Compare" in words for words in crossing(filled.window))
