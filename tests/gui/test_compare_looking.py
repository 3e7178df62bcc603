"""How one looks at photos in the compare panel: side by side, wiped, as a difference, enlarged."""

from __future__ import annotations

import pytest
from compare_table import Key, Table
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from albumdedup.gui.compare.slots import Mode
from albumdedup.gui.theme import LIGHT


def red(colour: QColor) -> bool:
    return colour.red() > 170 and colour.green() < 90 and colour.blue() < 90


def warm(colour: QColor) -> bool:
    return colour.red() - colour.blue() > 60


def test_a_crop_stands_where_it_was_cut_out_and_its_frame_is_drawn(table: Table) -> None:
    table.open(table.shots.original)
    first, second = table.panel.canvas.panes()
    offset = second.topLeft() - first.topLeft()
    whole, cut = table.point(0, 0.375, 0.375), table.point(1, 0.25, 0.25)
    assert cut - whole == offset
    assert red(table.colour(table.point(1, 125 / 400, 105 / 300)))
    accent = QColor(LIGHT.accent)
    edge = table.point(0, 0.25, 0.5)
    image = table.panel.canvas.grab().toImage()
    near = [image.pixelColor(edge + QPoint(dx, 0)) for dx in range(-2, 3)]
    assert accent in near


def test_wheel_drag_and_keys_move_both_panes_in_step(table: Table) -> None:
    table.open(table.shots.original)
    canvas = table.panel.canvas
    first, second = canvas.panes()
    offset = second.topLeft() - first.topLeft()
    at = table.point(1, 0.3, 0.35)
    turn = QWheelEvent(
        QPointF(at), QPointF(canvas.mapToGlobal(at)), QPoint(), QPoint(0, 480),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    before = canvas.look.scale
    QApplication.sendEvent(canvas, turn)
    assert canvas.look.scale > 2 * before
    moved = table.point(1, 0.3, 0.35) - at
    assert abs(moved.x()) <= 1
    assert abs(moved.y()) <= 1
    assert table.point(1, 0.3, 0.35) - table.point(0, 0.4, 0.425) == offset
    start = first.center()
    here = table.point(0, 0.4, 0.425)
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(canvas, left, pos=start)
    QTest.mouseMove(canvas, start + QPoint(20, -10))
    QTest.mouseRelease(canvas, left, pos=start + QPoint(20, -10))
    shift = table.point(0, 0.4, 0.425) - here
    assert abs(shift.x() - 20) <= 1
    assert abs(shift.y() + 10) <= 1
    table.key(Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert table.point(0, 0.4, 0.425).x() > here.x() + 60
    table.key(Key.Key_0)
    assert canvas.look.scale == pytest.approx(before)


def test_space_flips_in_place_only_while_it_is_held(table: Table) -> None:
    table.open(table.shots.original)
    spot = table.point(1, 125 / 400, 105 / 300, pane=0)  # what was drawn, in the first pane
    assert not red(table.colour(spot))
    QTest.keyPress(table.panel.canvas, Key.Key_Space)
    assert red(table.colour(spot))
    QTest.keyRelease(table.panel.canvas, Key.Key_Space)
    assert not red(table.colour(spot))
    QTest.keyPress(table.panel.canvas, Key.Key_Space)
    table.desk.window.review.list.setFocus()  # a held key that is let go elsewhere
    assert not table.panel.scene.flipped


def test_the_wipe_shows_the_first_at_its_left_and_the_second_at_its_right(table: Table) -> None:
    table.open(table.shots.original)
    table.key(Key.Key_W)
    canvas = table.panel.canvas
    (pane,) = canvas.panes()
    spot = table.point(1, 125 / 400, 105 / 300, pane=0)
    table.panel.wipe_bar.slider.setValue(100)
    assert not red(table.colour(spot))
    table.panel.wipe_bar.slider.setValue(0)
    assert red(table.colour(spot))
    for _time in range(4):
        table.key(Key.Key_Period)
    assert table.panel.wipe_bar.slider.value() == 20
    grip = QPoint(pane.left() + round(0.2 * pane.width()), pane.center().y())
    left = Qt.MouseButton.LeftButton
    look = canvas.look
    QTest.mousePress(canvas, left, pos=grip)
    QTest.mouseMove(canvas, grip + QPoint(round(0.6 * pane.width()), 0))
    QTest.mouseRelease(canvas, left, pos=grip)
    assert table.panel.scene.wipe == pytest.approx(0.8, abs=0.01)
    assert canvas.look == look
    assert not red(table.colour(spot))
    table.key(Key.Key_W)
    assert table.panel.scene.mode is Mode.SIDE
    assert not table.panel.wipe_bar.isVisible()


def test_the_difference_is_warm_where_something_was_drawn_and_grey_elsewhere(table: Table) -> None:
    table.open(table.shots.original)
    table.key(Key.Key_D)
    assert warm(table.colour(table.point(1, 125 / 400, 105 / 300, pane=0)))
    elsewhere = table.colour(table.point(1, 0.8, 0.8, pane=0))
    assert max(elsewhere.getRgb()[:3]) - min(elsewhere.getRgb()[:3]) <= 2
    assert table.panel.scene.heat_sentence.endswith("of the picture differs.")


def test_the_places_that_differ_are_shown_large_and_r_goes_there(table: Table) -> None:
    table.open(table.shots.original)
    places = [place for place in table.panel.closeups.places if place.isVisible()]
    assert places
    box = places[0].region
    drawn = (0.25 + 125 / 800, 0.25 + 105 / 600)
    assert box.left < drawn[0] < box.right
    assert box.top < drawn[1] < box.bottom
    image = places[0].grab().toImage()
    middle = image.pixelColor(image.width() * 3 // 4, image.height() // 2)
    assert red(middle)
    before = table.panel.canvas.look.scale
    table.key(Key.Key_R)
    assert table.panel.canvas.look.scale > 2 * before
    table.key(Key.Key_0)
    QTest.mouseClick(places[0], Qt.MouseButton.LeftButton)
    assert table.panel.canvas.look.scale > 2 * before
    table.calm()


def test_a_pixel_for_a_pixel_decodes_all_of_them(table: Table) -> None:
    panel = table.panel
    table.open(table.shots.original)
    panel.darkroom.rest()
    panel.darkroom.edge = 300
    table.key(Key.Key_Right)
    table.key(Key.Key_Left)
    table.calm()
    assert panel.scene.slots[0].levels[0].width() == 300
    table.key(Key.Key_P)
    table.calm()
    assert panel.tools.full_size.isChecked()
    assert panel.canvas.look.scale == pytest.approx(1.0, rel=1e-3)
    assert panel.scene.slots[0].levels[0].width() == 1200
    table.key(Key.Key_P)
    assert panel.canvas.fitted


def test_similar_shots_stand_beside_one_another_unaligned(table: Table) -> None:
    similar = table.shots.snapshot.photos[5]
    table.open(similar)
    assert not table.panel.tools.aligned.isVisible()
    assert len(table.panel.canvas.panes()) == 2
    table.key(Key.Key_A)  # nothing to align: nothing happens
    assert table.panel.isVisible()


def test_aligned_can_be_switched_off(table: Table) -> None:
    table.open(table.shots.original)
    table.key(Key.Key_A)
    table.calm()
    first, second = table.panel.canvas.panes()
    corner = table.point(1, 0.0, 0.0) - second.topLeft()
    assert corner == table.point(0, 0.0, 0.0) - first.topLeft()


def test_up_to_four_photos_stand_beside_one_another(table: Table) -> None:
    same = table.shots.snapshot.photos[2]
    table.open(same)
    assert len(table.panel.canvas.panes()) == 2
    first = [slot.photo.path for slot in table.panel.scene.slots]
    table.key(Key.Key_PageDown)
    assert [slot.photo.path for slot in table.panel.scene.slots] != first
    table.key(Key.Key_M)
    table.calm()
    assert len(table.panel.canvas.panes()) == 3
    assert table.panel.verdict_bar.numbers[2].isVisible()
    assert not table.panel.verdict_bar.numbers[3].isVisible()
