"""What groups amount to, counted once for each of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fake_library import snapshot_of

from albumdedup.core.grouping import Grouper
from albumdedup.core.types import Group, Role, Tier, View
from albumdedup.gui import counting
from albumdedup.gui.counting import Counting, Tally
from albumdedup.gui.narrowing import years
from albumdedup.gui.overrides import removable


def groups_of(shots: int) -> list[Group]:
    return Grouper(snapshot_of(shots)).group(View(rule="best"))


def test_the_sums_are_those_of_all_members() -> None:
    groups = groups_of(7)
    found = Counting().of(groups)
    tied = [member for group in groups for member in group.members[1:]]
    for tier in Tier:
        sizes = [member.photo.unit_bytes for member in tied if member.tier is tier]
        assert found.tallies[tier] == Tally(len(sizes), sum(sizes))
    assert found.tallies[Tier.IDENTICAL].photos == 7
    assert found.going == removable(groups)
    assert found.going[0] == 14
    assert found.years == years(groups) == {2019}


def test_a_group_is_gone_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []
    counted = counting._counted
    monkeypatch.setattr(
        counting, "_counted", lambda group: looked_at.append(group.id) or counted(group)
    )
    groups, counts = groups_of(5), Counting()
    whole = counts.of(groups)
    part = counts.of(groups[:2])
    assert len(looked_at) == 5
    assert (whole.going[0], part.going[0]) == (10, 4)


def test_a_group_that_changed_is_another_group() -> None:
    (group,) = groups_of(1)
    counts = Counting()
    assert counts.of([group]).going[0] == 2
    kept = tuple(replace(member, role=Role.KEEP) for member in group.members)
    assert counts.of([replace(group, members=kept)]).going == (0, 0)


def test_nothing_is_nothing() -> None:
    found = Counting().of([])
    assert set(found.tallies.values()) == {Tally()}
    assert (found.going, found.years) == ((0, 0), frozenset())
