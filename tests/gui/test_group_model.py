"""The list changes by id: what one looks at and what is selected stays."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fake_library import snapshot_of
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtWidgets import QListView

from albumdedup.core.grouping import Grouper
from albumdedup.core.types import Group, Tier, View
from albumdedup.gui.group_model import GROUP_ROLE, GroupModel, SortOrder
from albumdedup.gui.group_view import GroupView
from albumdedup.gui.thumb_loader import ThumbLoader


def groups_of(shots: int, first: int = 0) -> list[Group]:
    return Grouper(snapshot_of(shots, first)).group(View(rule="best"))


@pytest.fixture
def model(qtmodeltester) -> GroupModel:
    made = GroupModel()
    qtmodeltester.check(made)
    return made


def test_the_model_is_sound_while_it_changes(model: GroupModel, qtmodeltester) -> None:
    groups = groups_of(8)
    model.show(groups[:4])
    model.show(groups, growing=True)
    model.show(groups[2:6])
    model.show(list(reversed(groups)))
    qtmodeltester.check(model)
    assert [g.id for g in model.groups()] == [g.id for g in reversed(groups)]


def test_while_growing_known_rows_stay_and_new_ones_come_below(model: GroupModel) -> None:
    groups = groups_of(6)
    model.show(groups[3:])
    model.show(groups, growing=True)
    assert model.groups()[:3] == groups[3:]
    assert {g.id for g in model.groups()[3:]} == {g.id for g in groups[:3]}


def test_a_place_follows_its_group(model: GroupModel) -> None:
    groups = groups_of(6)
    model.show(groups)
    place = QPersistentModelIndex(model.index(4))
    model.show(list(reversed(groups)))
    assert place.data(GROUP_ROLE).id == groups[4].id
    model.show([g for g in groups if g.id != groups[0].id])
    assert place.data(GROUP_ROLE).id == groups[4].id
    model.show(groups[:2])
    assert not place.isValid()


def test_a_card_whose_keeper_stays_changes_in_place(model: GroupModel, qtbot) -> None:
    groups = groups_of(3)
    model.show(groups)
    smaller = replace(groups[1], id="other", members=groups[1].members[:2])
    with qtbot.assertNotEmitted(model.rowsRemoved), qtbot.waitSignal(model.dataChanged):
        model.show([groups[0], smaller, groups[2]])
    assert model.group(1) == smaller
    assert model.row_of("other") == 1
    assert model.row_of(groups[1].id) is None


def test_nothing_new_tells_nothing(model: GroupModel, qtbot) -> None:
    groups = groups_of(3)
    model.show(groups)
    with (
        qtbot.assertNotEmitted(model.dataChanged),
        qtbot.assertNotEmitted(model.layoutChanged),
        qtbot.assertNotEmitted(model.rowsInserted),
    ):
        model.show(groups_of(3))


def test_order_and_spoken_text(model: GroupModel) -> None:
    groups = groups_of(4)
    model.show(list(reversed(groups)))
    model.set_order(SortOrder.DATE)
    dates = [g.keeper.taken.wall for g in model.groups() if g.keeper.taken]
    assert dates == sorted(dates)
    words = model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert words.startswith("Group of 3 photos.")
    assert "goes, Identical" in words
    assert model.groups()[0].reason in words


def test_the_least_certain_come_first(model: GroupModel) -> None:
    sure, likely, doubtful = groups_of(3)
    likely = replace(
        likely, members=tuple(replace(m, similarity=0.98, tier=Tier.SAME) for m in likely.members)
    )
    doubtful = replace(
        doubtful, members=tuple(replace(m, tier=Tier.SIMILAR) for m in doubtful.members)
    )
    model.show([sure, likely, doubtful])
    model.set_order(SortOrder.DOUBT)
    assert model.groups() == [doubtful, likely, sure]


def test_many_leaving_at_once_keep_the_current_card(qtbot, executor, bridge) -> None:
    groups = groups_of(900)
    model = GroupModel()
    view = GroupView(model, ThumbLoader(executor, bridge))
    qtbot.addWidget(view)
    view.resize(700, 500)
    view.show()
    view.show_groups(groups)
    view.setCurrentIndex(model.index(600))
    view.scrollTo(model.index(600))
    top = view.visualRect(view.currentIndex()).top()
    with qtbot.waitSignal(model.modelReset):
        view.show_groups(groups[::2])
    assert view.current_group() == groups[600]
    assert abs(view.visualRect(view.currentIndex()).top() - top) < 400


def test_rows_are_numbered_once_however_many_runs_of_them_leave(qtbot, monkeypatch) -> None:
    """Numbering them for each run took seconds for a step of the slider over 20,000 groups."""
    numbered: list[int] = []
    rows = GroupModel._rows.fget

    def counted(model: GroupModel) -> dict[str, int]:
        if model._ids is None:
            numbered.append(1)
        return rows(model)

    monkeypatch.setattr(GroupModel, "_rows", property(counted))
    made, view = GroupModel(), QListView()
    qtbot.addWidget(view)
    view.setModel(made)
    groups = groups_of(300)
    made.show(groups)
    view.setCurrentIndex(made.index(150))
    numbered.clear()
    made.show([group for row, group in enumerate(groups) if row % 2])
    assert made.rowCount() == 150
    assert len(numbered) <= 2
