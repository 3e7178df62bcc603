"""What a person decides in the compare panel, with keys and buttons."""

from __future__ import annotations

from compare_table import Key, Table
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from albumdedup.core.types import Role
from albumdedup.gui.compare.slots import Mode


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
