"""The compare panel in the real window, on real files, with mouse and keys."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from desk import Desk
from pictures import scene
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from albumdedup.core.compare.looking import image_to_screen
from albumdedup.core.types import (
    ContentId,
    DateSource,
    Evidence,
    FileIdentity,
    Grade,
    Match,
    Photo,
    PhotoMetadata,
    Role,
    Snapshot,
    Stamp,
    TakenDate,
    Tier,
    Transform,
)
from albumdedup.core.verify.alignment import project
from albumdedup.gui.compare.panel import ComparePanel
from albumdedup.gui.compare.slots import Mode
from albumdedup.gui.theme import DARK, LIGHT, style_sheet

Key = Qt.Key
CROP = (0.25, 0.25, 0.75, 0.75)
DRAWN = QColor(250, 20, 20)
SIZE = (1200, 900)


def stored(image: Image.Image, path: Path, number: int, when: datetime | None) -> Photo:
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, quality=90)
    data, now = path.read_bytes(), path.stat()
    taken = None
    if when is not None:
        source = DateSource.EXIF_ORIGINAL
        taken = TakenDate(when, None, source, Grade.A, timedelta(seconds=1))
    return Photo(
        number, str(path), Stamp(now.st_size, now.st_mtime_ns, FileIdentity(1, number)),
        ContentId(hashlib.sha256(data).hexdigest()), *image.size, "JPEG", taken, PhotoMetadata(),
    )  # fmt: skip


def tie(a: Photo, b: Photo, tier: Tier, matrix: np.ndarray | None = None) -> Match:
    """``matrix`` leads from ``a``'s unit square to ``b``'s; it is stored from the lower id."""
    if a.content > b.content:
        a, b = b, a
        matrix = None if matrix is None else np.linalg.inv(matrix)
    transform = None
    if matrix is not None:
        values = tuple(float(v) for v in (matrix / matrix[2, 2]).ravel())
        transform = Transform(values, 0.25, 1.0, 0.98)
    return Match(a.content, b.content, 0.97, tier, Evidence("", transform=transform))


@dataclass
class Shots:
    """Three groups: an edited crop, a same photo twice, two similar shots."""

    original: Photo
    crop: Photo
    snapshot: Snapshot


def album(folder: Path) -> Shots:
    day = datetime(2019, 5, 1, 12, 3, 4)
    whole = scene(21, SIZE)
    left, top, right, bottom = CROP
    cut = whole.crop((300, 225, 900, 675)).resize((400, 300), Image.Resampling.LANCZOS)
    cut.paste(DRAWN.getRgb()[:3], (100, 80, 150, 130))
    original = stored(whole, folder / "a" / "IMG_1.jpg", 1, day)
    crop = stored(cut, folder / "b" / "cut.jpg", 2, None)
    place = np.array(
        ((1 / (right - left), 0, -left / (right - left)),
         (0, 1 / (bottom - top), -top / (bottom - top)), (0, 0, 1))
    )  # fmt: skip
    second = scene(22, SIZE)
    one = stored(second, folder / "a" / "IMG_2.jpg", 3, day)
    small = stored(second.resize((600, 450)), folder / "b" / "IMG_2.jpg", 4, day)
    tiny = stored(second.resize((400, 300)), folder / "c" / "IMG_2.jpg", 5, day)
    third = stored(scene(23, SIZE), folder / "a" / "IMG_3.jpg", 6, day)
    fourth = stored(scene(24, (900, 1200)), folder / "a" / "IMG_4.jpg", 7, day)
    matches = (
        tie(original, crop, Tier.EDITED, place),
        tie(one, small, Tier.SAME), tie(one, tiny, Tier.SAME), tie(small, tiny, Tier.SAME),
        tie(third, fourth, Tier.SIMILAR),
    )  # fmt: skip
    photos = (original, crop, one, small, tiny, third, fourth)
    return Shots(original, crop, Snapshot(photos, matches))


@dataclass
class Table:
    """The window with three groups, the panel closed."""

    desk: Desk
    shots: Shots
    calm: Callable[[], None]

    @property
    def panel(self) -> ComparePanel:
        return self.desk.window.review.side.panel

    def row_of(self, photo: Photo) -> int:
        model = self.desk.window.model
        return next(
            row
            for row in range(model.rowCount())
            if photo.path in [m.photo.path for m in model.group(row).members]
        )

    def role(self, photo: Photo) -> Role:
        members = (m for group in self.desk.album.shown for m in group.members)
        return next(m.role for m in members if m.photo.path == photo.path)

    def open(self, photo: Photo) -> None:
        """With Enter, as a person does it."""
        cards = self.desk.window.review.list
        cards.setFocus()
        cards.setCurrentIndex(self.desk.window.model.index(self.row_of(photo)))
        QTest.keyClick(cards, Key.Key_Return)
        self.calm()

    def key(self, key: Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.panel.canvas, key, modifier)

    def point(self, slot: int, x: float, y: float, pane: int | None = None) -> QPoint:
        """Where a point of a photo's unit square is on the canvas."""
        canvas = self.panel.canvas
        rect = canvas.panes()[slot if pane is None else pane]
        size = (float(rect.width()), float(rect.height()))
        shown = self.panel.scene
        matrix = image_to_screen(canvas.look, size, shown.first, shown.slots[slot].place, (1, 1))
        at = project(matrix, np.array(((x, y),)))[0]
        return rect.topLeft() + QPoint(int(at[0]), int(at[1]))

    def colour(self, at: QPoint) -> QColor:
        return self.panel.canvas.grab().toImage().pixelColor(at)


@pytest.fixture
def table(desk: Desk, qtbot, tmp_path: Path) -> Table:
    shots = album(tmp_path)
    desk.library.content = shots.snapshot
    desk.album.refresh()
    qtbot.waitUntil(lambda: len(desk.album.shown) == 3 and desk.album.idle)
    desk.window.show_review()
    panel = desk.window.review.side.panel

    def calm() -> None:
        qtbot.waitUntil(lambda: desk.album.idle and not panel.darkroom.loading, timeout=20_000)

    return Table(desk, shots, calm)


def red(colour: QColor) -> bool:
    return colour.red() > 170 and colour.green() < 90 and colour.blue() < 90


def warm(colour: QColor) -> bool:
    return colour.red() - colour.blue() > 60


# --- opening and closing ------------------------------------------------------------------


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


# --- looking ------------------------------------------------------------------------------


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


# --- facts --------------------------------------------------------------------------------


def words(widget: QWidget) -> list[str]:
    texts = [one.text() for one in widget.findChildren(QLabel) if one.isVisible()]
    return [text.replace("\u200b", "") for text in texts]


def test_the_table_holds_only_what_differs_with_the_better_value_marked(
    table: Table, qtbot
) -> None:
    table.open(table.shots.original)
    qtbot.waitUntil(lambda: "1200 × 900 ▴" in words(table.panel.details))
    said = words(table.panel.details)
    assert "400 × 300" in said
    assert "2019-05-01 12:03:04 ▴" in said
    assert "camera date" in said
    assert "Format" not in said
    assert "Camera" not in said
    assert table.panel.details.histograms.isVisibleTo(table.panel)


def test_a_photo_that_vanished_has_a_calm_sentence_in_its_place(table: Table) -> None:
    os.replace(table.shots.crop.path, table.shots.crop.path + ".away")
    table.open(table.shots.original)
    slot = table.panel.scene.slots[1]
    assert "no longer where it was" in slot.sentence
    assert not table.panel.scene.slots[0].sentence
    table.key(Key.Key_D)
    assert table.panel.scene.heat_sentence == ""
    table.panel.canvas.grab()
    os.replace(table.shots.crop.path + ".away", table.shots.crop.path)
    table.key(Key.Key_Escape)
    table.open(table.shots.original)
    assert table.panel.scene.slots[1].sentence == ""


def test_a_file_that_is_another_one_by_now_is_not_judged(table: Table) -> None:
    path = Path(table.shots.crop.path)
    scene(99, (300, 200)).save(path)
    table.open(table.shots.original)
    assert "has changed" in table.panel.scene.slots[1].sentence


def test_a_damaged_photo_says_so(table: Table, tmp_path: Path) -> None:
    path, stamp = Path(table.shots.crop.path), table.shots.crop.stamp
    path.write_bytes(path.read_bytes()[:600].ljust(stamp.size, b"\0"))
    os.utime(path, ns=(stamp.mtime_ns, stamp.mtime_ns))
    table.open(table.shots.original)
    assert table.panel.scene.slots[1].sentence


# --- deciding -----------------------------------------------------------------------------


def test_one_and_two_keep_both_keeps_all_and_z_takes_it_back(table: Table) -> None:
    original, crop = table.shots.original, table.shots.crop
    table.open(original)
    before = {path: table.role(path) for path in (original, crop)}
    table.key(Key.Key_2)
    assert (table.role(crop), table.role(original)) == (Role.KEEP, Role.REMOVE)
    assert [slot.photo.path for slot in table.panel.scene.slots] == [original.path, crop.path]
    assert table.panel.scene.slots[1].member.role is Role.KEEP
    assert "1 copy goes" in table.desk.window.bottom.sentence.text()
    table.key(Key.Key_1)
    assert (table.role(original), table.role(crop)) == (Role.KEEP, Role.REMOVE)
    table.key(Key.Key_B)
    assert (table.role(original), table.role(crop)) == (Role.KEEP, Role.KEEP)
    for _time in range(3):
        table.key(Key.Key_Z)
    assert {path: table.role(path) for path in (original, crop)} == before
    table.key(Key.Key_Z)  # nothing left to take back
    table.key(Key.Key_4)  # no such photo
    assert {path: table.role(path) for path in (original, crop)} == before


def test_similar_shots_stay_whatever_is_kept(table: Table) -> None:
    third, fourth = table.shots.snapshot.photos[5:7]
    table.open(third)
    table.key(Key.Key_2)
    assert Role.REMOVE not in (table.role(third), table.role(fourth))
    assert "the others too" in table.desk.window.bottom.sentence.text()


def test_n_goes_on_to_the_next_group_and_z_comes_back(table: Table, qtbot) -> None:
    desk, model = table.desk, table.desk.window.model
    cards = desk.window.review.list
    cards.setCurrentIndex(model.index(0))
    QTest.keyClick(cards, Key.Key_Return)
    first, second = model.group(0), model.group(1)
    table.key(Key.Key_N)
    table.calm()
    assert model.rowCount() == 2
    assert table.panel.group.id == second.id
    assert desk.library.pairs
    table.key(Key.Key_Z)
    qtbot.waitUntil(lambda: desk.album.idle and model.rowCount() == 3)
    table.calm()
    assert table.panel.group.id == first.id
    assert not desk.library.pairs


def test_the_panel_closes_when_no_group_is_left(table: Table) -> None:
    table.open(table.shots.original)
    for _time in range(3):
        table.key(Key.Key_N)
        table.calm()
    assert not table.panel.isVisible()


def test_a_whole_session_needs_no_mouse(table: Table) -> None:
    cards, model = table.desk.window.review.list, table.desk.window.model
    cards.setFocus()
    cards.setCurrentIndex(model.index(0))
    QTest.keyClick(cards, Key.Key_Return)
    for _group in range(3):
        for key in (Key.Key_W, Key.Key_D, Key.Key_S, Key.Key_P, Key.Key_0, Key.Key_Plus, Key.Key_1):
            table.key(key)
        table.key(Key.Key_Right)
    table.calm()
    table.key(Key.Key_Escape)
    assert cards.currentIndex().row() == 2
    assert QApplication.focusWidget() is cards


def test_the_keys_work_from_the_buttons_too(table: Table) -> None:
    table.open(table.shots.original)
    mode = table.panel.tools.modes[Mode.WIPE]
    mode.setFocus()
    QTest.keyClick(mode, Key.Key_2)
    assert table.role(table.shots.crop) is Role.KEEP
    assert table.role(table.shots.original) is Role.REMOVE
    QTest.keyClick(mode, Key.Key_Escape)
    assert not table.panel.isVisible()


def test_the_buttons_decide_too(table: Table) -> None:
    table.open(table.shots.original)
    bar, left = table.panel.verdict_bar, Qt.MouseButton.LeftButton
    QTest.mouseClick(bar.numbers[1], left)
    assert table.role(table.shots.original) is Role.REMOVE
    QTest.mouseClick(bar.undo, left)
    assert table.role(table.shots.original) is Role.KEEP
    QTest.mouseClick(bar.everything, left)
    assert table.role(table.shots.crop) is Role.KEEP
    QTest.mouseClick(bar.different, left)
    table.calm()
    assert len(table.desk.album.shown) == 2


# --- what is kept in memory ---------------------------------------------------------------


def test_pictures_of_other_groups_leave_when_there_is_no_room(table: Table) -> None:
    panel = table.panel
    panel.darkroom._limit = 1
    table.open(table.shots.original)
    shown = {slot.photo.path for slot in panel.scene.slots}
    table.key(Key.Key_Right)
    table.key(Key.Key_Left)
    table.calm()
    held = {key[1] for key in panel.darkroom._done if key[0] == "photo"}
    assert held == shown


def test_going_through_groups_quickly_decodes_only_the_last(table: Table, monkeypatch) -> None:
    from albumdedup.gui.compare import darkroom

    seen: list[str] = []
    real = darkroom.decode

    def noted(photo: Photo, edge: int, **rest: bool) -> object:
        seen.append(photo.path)
        return real(photo, edge, **rest)

    monkeypatch.setattr(darkroom, "decode", noted)
    model = table.desk.window.model
    cards = table.desk.window.review.list
    cards.setCurrentIndex(model.index(0))
    QTest.keyClick(cards, Key.Key_Return)
    table.key(Key.Key_Right)
    table.key(Key.Key_Right)
    table.calm()
    last = [slot.photo.path for slot in table.panel.scene.slots]
    assert set(last) <= set(seen)
    assert all(slot.levels for slot in table.panel.scene.slots)
    assert len(seen) <= 5  # two began at once, the others were dropped before they did


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


def test_scrolling_asks_for_thumbnails_at_once(table: Table, qtbot, monkeypatch) -> None:
    cards = table.desk.window.review.list
    bar = cards.verticalScrollBar()
    bar.setRange(0, 100_000)
    asked: list[int] = []
    monkeypatch.setattr(cards._loader, "want", lambda photos: asked.append(len(photos)))
    bar.setValue(90_000)
    qtbot.waitUntil(lambda: bool(asked), timeout=1000)
