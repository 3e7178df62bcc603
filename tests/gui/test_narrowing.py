"""Only the groups of a name, a year, a size: shown, counted and cleaned up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from desk import Desk
from fake_library import snapshot_of
from PySide6.QtCore import Qt

from albumdedup.core.grouping import Grouper
from albumdedup.core.types import Group, Role, View
from albumdedup.gui.narrowing import Narrower, Narrowing, years


@pytest.fixture
def filled(desk: Desk, qtbot, tmp_path: Path) -> Desk:
    desk.window.add_folders([str(tmp_path)])
    qtbot.waitUntil(lambda: desk.album.idle and len(desk.album.shown) == desk.library.shots)
    return desk


def one_group() -> Group:
    """Photos of 2019, named /photos/folder …/IMG_…, the largest 500,000 bytes."""
    return Grouper(snapshot_of(1)).group(View(rule="best"))[0]


@pytest.mark.parametrize(
    ("narrowing", "held"),
    [
        (Narrowing(), True),
        (Narrowing("img_0000"), True),
        (Narrowing("FOLDER img_0001"), True),  # each word in some photo of the group
        (Narrowing("img_0000 elsewhere"), False),
        (Narrowing(year=2019), True),
        (Narrowing(year=2020), False),
        (Narrowing(least_bytes=500_000), True),
        (Narrowing(least_bytes=500_001), False),
        (Narrowing("img", 2019, 500_001), False),
    ],
)
def test_what_a_narrowing_holds(narrowing: Narrowing, held: bool) -> None:
    assert Narrower().holds(one_group(), narrowing) is held


def test_the_camera_counts_as_words() -> None:
    group = one_group()
    first = group.members[0]
    photo = replace(first.photo, metadata=replace(first.photo.metadata, camera="Pentax K-1"))
    group = replace(group, members=(replace(first, photo=photo), *group.members[1:]))
    assert Narrower().holds(group, Narrowing("pentax"))


def test_years_without_dates() -> None:
    group = one_group()
    undated = replace(group.members[0].photo, taken=None)
    late = group.members[1].photo
    assert late.taken is not None
    moved = replace(late, taken=replace(late.taken, wall=late.taken.wall + timedelta(days=400)))
    members = (replace(group.members[0], photo=undated), replace(group.members[1], photo=moved))
    assert years([replace(group, members=members)]) == {2020}
    assert years([]) == set()


def test_typing_narrows_the_list_and_what_would_go(filled: Desk, qtbot) -> None:
    review, album = filled.window.review, filled.album
    filled.window.actions_by_name["narrow"].trigger()
    assert review.narrow.words.hasFocus()
    qtbot.keyClicks(review.narrow.words, "IMG_1020")
    qtbot.waitUntil(lambda: filled.window.model.rowCount() == 1)
    assert album.choices.passed_over == 4
    assert review.summary.text().startswith("1 group · 2 copies could go")
    assert review.hidden_note.text() == "4 groups passed over"
    assert filled.window.bottom.next.text() == "Clean up 2 copies…"
    with qtbot.waitSignal(album.planned) as planned:
        filled.window.clean_up()
    (group,) = album.shown
    going = {m.photo.path for m in group.members if m.role is Role.REMOVE}
    assert {item.victim.path for item in planned.args[0].items} == going

    qtbot.keyClick(review.narrow.words, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: filled.window.model.rowCount() == 5)
    assert review.hidden_note.text() == ""
    assert not review.narrow.everything.isVisible()


def test_a_year_and_show_all(filled: Desk, qtbot) -> None:
    bar = filled.window.review.narrow
    assert [bar.years.itemText(i) for i in range(bar.years.count())] == ["All years", "2019"]
    bar.sizes.setCurrentIndex(bar.sizes.count() - 1)
    qtbot.waitUntil(lambda: filled.window.model.rowCount() == 0)
    assert filled.album.choices.passed_over == 5
    qtbot.mouseClick(bar.everything, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: filled.window.model.rowCount() == 5)
    assert bar.narrowing().nothing
    bar.years.setCurrentIndex(1)
    assert filled.window.model.rowCount() == 5  # all of them were taken in 2019
