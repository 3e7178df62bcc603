"""Choices by hand never claim more than is proven, and one photo always stays."""

from __future__ import annotations

from dataclasses import replace

from fake_library import snapshot_of

from albumdedup.core.grouping import Grouper
from albumdedup.core.types import Group, Role, Stamp, Tier, View
from albumdedup.gui import overrides as by_hand
from albumdedup.gui.overrides import Overrides


def one_group() -> Group:
    """Keeper, an identical copy, a re-saved smaller copy."""
    return Grouper(snapshot_of(1)).group(View(rule="best"))[0]


def test_a_role_by_hand_is_laid_over_and_taken_back() -> None:
    group = one_group()
    path = group.members[1].photo.path
    chosen = Overrides().with_role(path, Role.KEEP)
    shown = by_hand.apply([group], chosen)[0]
    assert shown.members[1].role is Role.KEEP
    assert by_hand.removable([shown])[0] == by_hand.removable([group])[0] - 1
    assert by_hand.apply([group], chosen.without(group)) == [group]


def test_the_keeper_cannot_go() -> None:
    group = one_group()
    assert by_hand.toggled(group, group, 0) is None
    forced = Overrides(frozenset({(group.keeper.path, Role.REMOVE)}))
    assert by_hand.apply([group], forced)[0].members[0].role is Role.KEEP


def test_a_protected_photo_cannot_go() -> None:
    group = one_group()
    kept = replace(group.members[2], role=Role.KEEP, note="protected")
    group = replace(group, members=(*group.members[:2], kept))
    assert by_hand.toggled(group, group, 2) is None


def test_similar_shots_and_other_names_of_the_keeper_cannot_go() -> None:
    group = one_group()
    similar = replace(group.members[1], tier=Tier.SIMILAR, role=Role.REVIEW)
    linked = replace(group.members[2], role=Role.REVIEW, note="same file")
    old = linked.photo.stamp
    stamp = Stamp(old.size, old.mtime_ns, group.keeper.stamp.identity)
    linked = replace(linked, photo=replace(linked.photo, stamp=stamp))
    group = replace(group, members=(group.members[0], similar, linked))
    assert by_hand.toggled(group, group, 1) is None
    assert by_hand.toggled(group, group, 2) is None


def test_keeping_an_identical_copy_instead_lets_all_others_go() -> None:
    group = one_group()
    path = group.members[1].photo.path
    shown = by_hand.apply([group], Overrides().with_keeper(group, path))[0]
    assert shown.keeper.path == path
    assert [m.role for m in shown.members] == [Role.KEEP, Role.REMOVE, Role.REMOVE]
    assert [m.tier for m in shown.members[1:]] == [Tier.IDENTICAL, Tier.SAME]


def test_what_is_tied_only_through_the_old_keeper_needs_a_look() -> None:
    group = one_group()
    another = replace(group.members[2], photo=replace(group.members[2].photo, path="/x.jpg"))
    group = replace(group, members=(*group.members, another))
    path = group.members[2].photo.path
    shown = by_hand.apply([group], Overrides().with_keeper(group, path))[0]
    roles = {m.photo.path: m.role for m in shown.members}
    assert roles[path] is Role.KEEP
    assert roles[group.keeper.path] is Role.REMOVE
    assert roles[group.members[1].photo.path] is Role.REMOVE
    assert roles["/x.jpg"] is Role.REVIEW


def test_keep_all_takes_nothing() -> None:
    group = one_group()
    shown = by_hand.apply([group], Overrides().keep_all(group))
    assert by_hand.removable(shown) == (0, 0)
