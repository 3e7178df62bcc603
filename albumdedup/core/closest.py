"""How many neighbours a photo may have: a time-lapse of 5,000 frames has 12 million pairs, and
nobody looks at them.

A photo keeps, in each band of similarity, its ``nearest`` and its ``anchors``: the neighbours
whose content ids are the smallest. A pair stays while either of its photos keeps it. The nearest
are what verification needs; the anchors, which all photos of a crowd have in common, hold the crowd
together as one group. Both are defined by the set of photos and by nothing else. Who is not among
the first of some photos is not among the first of more photos, so that pairs may be dropped at any
time, in any order of arrival, and the same ones are left in the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.join import Near
from albumdedup.core.pairs import STEP, NeighbourPairs, Rows, Steps
from albumdedup.core.types import ContentId


class Band(NamedTuple):
    """Pairs of at least ``floor`` (in steps) that are below the next band."""

    floor: int
    nearest: int
    anchors: int


BANDS = (
    Band(-10_000, 12, 0),  # mostly strangers: 1.6 for each of 10,000 photos, more in more
    Band(7_000, 40, 8),  # from here on the slider shows them
    Band(9_000, 40, 8),
    Band(9_850, 40, 8),  # could be the same photo
)
"""A photo in up to 41 versions of one band keeps every pair of them, and with these verification
and grouping do what they would do with all."""

_FLOORS = np.array([band.floor for band in BANDS], np.int16)
_NEAREST = np.array([band.nearest for band in BANDS])
_ANCHORS = np.array([band.anchors for band in BANDS])

_RANK_BITS, _ORDER_BITS = 24, 39
"""Of the 63 bits by which neighbours are sorted: 16 million crowds, 20,001 steps, 16 million
ranks."""

_FOLDED_AT = 1 << 18
"""New pairs that are held before the ones that nobody keeps are dropped."""

_Keys = NDArray[np.int64]


class Change(NamedTuple):
    """What is to be stored, and what is to be stored no more."""

    found: NeighbourPairs
    dropped: NeighbourPairs


class Closest:
    """The pairs of a library in memory, ten bytes each; contents are numbered from outside."""

    def __init__(self, stored: NeighbourPairs) -> None:
        self._ids: Sequence[ContentId] = stored.contents
        keys = _keys(stored.a, stored.b)
        order = np.argsort(keys)
        self._keys, self._steps = keys[order], stored.steps[order]

    def __len__(self) -> int:
        return len(self._keys)

    def update(self, contents: Sequence[ContentId], found: Iterable[Near]) -> Change:
        """Take new pairs, between numbers of ``contents``, and drop those that nobody keeps.
        Should ``found`` be broken off, nothing has changed."""
        self._ids = contents
        keys, steps = self._keys, self._steps
        held, count, crowds = list[Near](), 0, _Crowds(contents)
        for portion in found:
            near = crowds.welcome(portion)
            held.append(near)
            count += len(near.steps)
            if count > max(_FOLDED_AT, len(keys)):
                keys, steps = crowds.kept(*_merged(keys, steps, held))
                held, count = [], 0
        if count:
            keys, steps = crowds.kept(*_merged(keys, steps, held), last=True)
        change = Change(
            self._pairs(*_without(keys, steps, self._keys, self._steps)),
            self._pairs(*_missing(self._keys, self._steps, keys)),
        )
        self._keys, self._steps = keys, steps
        return change

    def _pairs(self, keys: _Keys, steps: Steps) -> NeighbourPairs:
        return NeighbourPairs(self._ids, *_ends(keys), steps)


def _keys(a: Rows, b: Rows) -> _Keys:
    low, high = np.minimum(a, b).astype(np.int64), np.maximum(a, b)
    return low << 32 | high


def _ends(keys: _Keys) -> tuple[Rows, Rows]:
    return (keys >> 32).astype(np.int32), (keys & 0xFFFFFFFF).astype(np.int32)


def _without(keys: _Keys, steps: Steps, others: _Keys, known: Steps) -> tuple[_Keys, Steps]:
    """Those that are not among the others, both sorted, with the same similarity."""
    if not len(others):
        return keys, steps
    place = np.minimum(np.searchsorted(others, keys), len(others) - 1)
    new = (others[place] != keys) | (known[place] != steps)
    return keys[new], steps[new]


def _missing(keys: _Keys, steps: Steps, others: _Keys) -> tuple[_Keys, Steps]:
    gone = ~np.isin(keys, others, assume_unique=True)
    return keys[gone], steps[gone]


def _merged(keys: _Keys, steps: Steps, held: Sequence[Near]) -> tuple[_Keys, Steps]:
    """Sorted pairs with new ones. A pair that is found again has its new similarity; of one that
    is found more than once the greatest counts."""
    late = np.concatenate([near.late for near in held])
    early = np.concatenate([near.early for near in held])
    fresh = np.concatenate([near.steps for near in held])
    new = _keys(early, late)
    order = np.argsort(new)
    new, fresh = new[order], fresh[order]
    first = np.r_[True, new[1:] != new[:-1]]
    if not first.all():
        fresh = np.maximum.reduceat(fresh, np.flatnonzero(first))
        new = new[first]
    if len(keys):
        place = np.minimum(np.searchsorted(new, keys), len(new) - 1)
        old = new[place] != keys
        keys, steps = np.concatenate([keys[old], new]), np.concatenate([steps[old], fresh])
        order = np.argsort(keys, kind="stable")  # of two sorted runs: they are merged
        return keys[order], steps[order]
    return new, fresh


class _Crowds:
    """The photos that have more neighbours in a band than they keep, while pairs arrive."""

    def __init__(self, ids: Sequence[ContentId]) -> None:
        self._ids = ids
        self._rank: NDArray[np.int64] | None = None
        self._least: Steps | None = None
        self._last: NDArray[np.int64] | None = None

    def welcome(self, near: Near) -> Near:
        """Without the pairs that would be dropped in any case, as far as is known."""
        if self._rank is None or self._least is None or self._last is None:
            return near
        band = _bands(near.steps)
        one = near.late.astype(np.int64) * len(BANDS) + band
        two = near.early.astype(np.int64) * len(BANDS) + band
        kept = near.steps >= np.minimum(self._least[one], self._least[two])
        kept |= self._rank[near.early] <= self._last[one]
        kept |= self._rank[near.late] <= self._last[two]
        return Near(near.late[kept], near.early[kept], near.steps[kept])

    def kept(self, keys: _Keys, steps: Steps, *, last: bool = False) -> tuple[_Keys, Steps]:
        """Those of all these pairs that stay."""
        a, b = _ends(keys)
        band = _bands(steps)
        groups = np.concatenate([a, b]).astype(np.int64) * len(BANDS)
        groups += np.concatenate([band, band])
        sizes = np.bincount(groups, minlength=len(self._ids) * len(BANDS))
        crowded = sizes > np.tile(_NEAREST, len(self._ids))
        stays = ~crowded[groups]
        doubtful = np.flatnonzero(~stays)
        if len(doubtful):
            group = groups[doubtful]
            limit = group % len(BANDS)
            dense = (np.cumsum(crowded) - 1)[group]
            likeness = np.concatenate([steps, steps])[doubtful]
            rank = self._ranks(np.concatenate([b, a])[doubtful], last)
            by_likeness = _turns(dense, (STEP - likeness.astype(np.int64)) << _RANK_BITS | rank)
            by_id = _turns(dense, rank)
            stays[doubtful] = (by_likeness < _NEAREST[limit]) | (by_id < _ANCHORS[limit])
            if not last:
                self._least = np.full(len(crowded), np.iinfo(np.int16).min, np.int16)
                self._last = np.full(len(crowded), -1, np.int64)
                edge, end = by_likeness == _NEAREST[limit] - 1, by_id == _ANCHORS[limit] - 1
                self._least[group[edge]] = likeness[edge]
                self._last[group[end]] = rank[end]
        either = stays[: len(a)] | stays[len(a) :]
        return keys[either], steps[either]

    def _ranks(self, rows: Rows, last: bool) -> NDArray[np.int64]:
        """The order of these contents' ids. To all contents a rank is given once, and only where
        it will be of use again."""
        if self._rank is not None:
            return self._rank[rows]
        named = np.arange(len(self._ids)) if not last else np.flatnonzero(np.bincount(rows))
        rank = np.zeros(len(self._ids), np.int64)
        rank[sorted(named.tolist(), key=self._ids.__getitem__)] = np.arange(len(named))
        if not last:
            self._rank = rank
        return rank[rows]


def full_band(lost: Sequence[int], left: Sequence[int]) -> bool:
    """Whether a photo with these similarities, in steps, may have had to do without others: some
    that were lost are of a band that was full."""
    bands = _bands(np.array([*lost, *left], np.int16))
    touched = np.unique(bands[: len(lost)])
    return bool((np.bincount(bands, minlength=len(BANDS)) >= _NEAREST)[touched].any())


def _bands(steps: Steps) -> NDArray[np.intp]:
    return np.searchsorted(_FLOORS, steps, side="right") - 1


def _turns(group: NDArray[np.int64], order: NDArray[np.int64]) -> NDArray[np.intp]:
    """The place of each in its group."""
    by_group = np.argsort(group << _ORDER_BITS | order)
    sorted_groups = group[by_group]
    starts = np.flatnonzero(np.r_[True, sorted_groups[1:] != sorted_groups[:-1]])
    lengths = np.diff(np.r_[starts, len(group)])
    turns = np.empty(len(group), np.intp)
    turns[by_group] = np.arange(len(group)) - np.repeat(starts, lengths)
    return turns
