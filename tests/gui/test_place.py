"""The eye's place: new groups come, old ones leave, and nothing moves under the pointer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from desk import Desk
from fake_library import snapshot_of
from PySide6.QtCore import QPoint

from albumdedup.core.types import Snapshot
from albumdedup.gui.group_view import GroupView

MANY = 2000


def show(desk: Desk, qtbot, content: Snapshot) -> None:
    desk.library.content = content
    desk.album.refresh()
    qtbot.waitUntil(lambda: desk.album.idle, timeout=30_000)


def on_screen(view: GroupView) -> dict[str, int]:
    """The cards that can be seen, each with its place."""
    height, found = view.viewport().height(), {}
    row = view.indexAt(QPoint(4, 4)).row()
    while row < view.model().rowCount():
        rect = view.visualRect(view.model().index(row, 0))
        if rect.top() >= height:
            break
        found[view.model().group(row).keeper.path] = rect.top()
        row += 1
    return found


@pytest.fixture
def half() -> Snapshot:
    """Two thousand shots, each with its copies; every second one is known at first."""
    return snapshot_of(MANY)


def every_second(content: Snapshot) -> Snapshot:
    photos = tuple(one for one in content.photos if one.id // 10 % 2)
    return replace(content, photos=photos)


@pytest.fixture
def view(desk: Desk, qtbot, half: Snapshot) -> GroupView:
    show(desk, qtbot, every_second(half))
    desk.window.show_review()
    made = desk.window.review.list
    assert desk.window.model.rowCount() == MANY // 2
    return made


def test_new_groups_above_move_nothing_on_the_screen(
    desk: Desk, qtbot, view: GroupView, half: Snapshot
) -> None:
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    row = view.indexAt(QPoint(4, view.viewport().height() // 2)).row()
    view.setCurrentIndex(desk.window.model.index(row))
    before, current, value = on_screen(view), view.current_group(), bar.value()
    assert len(before) >= 2
    show(desk, qtbot, half)
    assert desk.window.model.rowCount() == MANY
    assert bar.value() > value  # they came above
    after = on_screen(view)
    first = next(iter(before))
    assert after[first] == before[first]
    assert view.current_group().keeper.path == current.keeper.path
    for _again in range(5):
        desk.album.refresh()
        qtbot.waitUntil(lambda: desk.album.idle, timeout=30_000)
    assert on_screen(view) == after


def test_what_is_under_the_pointer_stays_there(
    desk: Desk, qtbot, view: GroupView, half: Snapshot
) -> None:
    """At the top of the list too, where otherwise the first groups would be seen."""
    spot = QPoint(300, view.viewport().height() - 60)
    qtbot.mouseMove(view.viewport(), spot)
    qtbot.waitUntil(lambda: view.viewport().underMouse())
    group = desk.window.model.group(view.indexAt(spot).row())
    place = view.visualRect(view.indexAt(spot)).top()
    show(desk, qtbot, half)
    assert desk.window.model.rowCount() == MANY
    index = view.indexAt(spot)
    assert desk.window.model.group(index.row()).keeper.path == group.keeper.path
    assert view.visualRect(index).top() == place


def test_where_nobody_points_the_top_stays_the_top(
    desk: Desk, qtbot, view: GroupView, half: Snapshot
) -> None:
    show(desk, qtbot, half)
    assert view.verticalScrollBar().value() == 0


def test_when_the_first_card_leaves_the_next_stays(
    desk: Desk, qtbot, view: GroupView, half: Snapshot
) -> None:
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    before = on_screen(view)
    first, second = list(before)[:2]
    model = desk.window.model
    leave = [*range(400), view.indexAt(QPoint(4, 4)).row()]  # far above, and the first one here
    gone = {member.photo.path for row in leave for member in model.group(row).members}
    content = every_second(half)
    left = tuple(one for one in content.photos if one.path not in gone)
    show(desk, qtbot, replace(content, photos=left))
    assert model.rowCount() == MANY // 2 - 401
    after = on_screen(view)
    assert first not in after
    assert after[second] == before[second]
