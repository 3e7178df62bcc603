"""What groups amount to: photos and bytes by tier, what would go, the years. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from albumdedup.core.types import Group, Tier
from albumdedup.gui.narrowing import years
from albumdedup.gui.overrides import removable

_REMEMBERED = 200_000
_TIERS = tuple(Tier)
_PLACE = {tier: place for place, tier in enumerate(_TIERS)}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many photos a tier ties to their keepers, and their bytes."""

    photos: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """``going``: how many photos would go by their roles, and their bytes; ``years`` are those in
    which photos were taken, as far as that is known."""

    tallies: dict[Tier, Tally]
    going: tuple[int, int]
    years: frozenset[int]


class _One(NamedTuple):
    """Of one group, which is held so that its id is its own: photos of each tier, bytes of each
    tier, photos and bytes that go; and the years."""

    group: Group
    sums: tuple[int, ...]
    years: frozenset[int]


class Counting:
    """Looks at each group once: a step of the slider brings mostly the groups of the last one, and
    going through all their members three times took three times as long as the grouping. Used by
    one lane at a time."""

    def __init__(self) -> None:
        self._known: dict[int, _One] = {}

    def of(self, groups: Iterable[Group]) -> Counts:
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        found = [self._one(group) for group in groups]
        sums = [sum(column) for column in zip(*(one.sums for one in found), strict=True)]
        sums = sums or [0] * (2 * len(_TIERS) + 2)
        tallies = map(Tally, sums[: len(_TIERS)], sums[len(_TIERS) : -2])
        return Counts(
            dict(zip(_TIERS, tallies, strict=True)),
            (sums[-2], sums[-1]),
            frozenset[int]().union(*(one.years for one in found)),
        )

    def _one(self, group: Group) -> _One:
        known = self._known.get(id(group))
        if known is None or known.group is not group:
            known = self._known[id(group)] = _counted(group)
        return known


def _counted(group: Group) -> _One:
    photos, sizes = [0] * len(_TIERS), [0] * len(_TIERS)
    for member in group.members[1:]:  # the keeper is tied to nothing
        photos[_PLACE[member.tier]] += 1
        sizes[_PLACE[member.tier]] += member.photo.unit_bytes
    return _One(group, (*photos, *sizes, *removable([group])), frozenset(years([group])))
