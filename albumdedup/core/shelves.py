"""The neighbours that photos keep, shelf by shelf.

A shelf has the photos of ``PHOTOS`` consecutive numbers, and for each the neighbours that it keeps.
Each photo's list depends on nothing but the photo's own neighbours, so that a library of any size
is worked on shelf by shelf: a step takes milliseconds and the memory of one shelf.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.control import Control
from albumdedup.core.pairs import STEP, Rows, Steps
from albumdedup.core.types import ContentId

Keys = NDArray[np.int64]
"""``owner << 32 | other``."""


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

NEAREST = np.array([band.nearest for band in BANDS])
_ANCHORS = np.array([band.anchors for band in BANDS])
_FLOORS = np.array([band.floor for band in BANDS], np.int16)

_BITS = 10
PHOTOS = 1 << _BITS
"""Photos of one shelf: at most 160,000 neighbours in a crowd of millions, mostly some 20,000."""

NONE = np.iinfo(np.int16).min
"""Less than any similarity: there is no such neighbour."""

_RANK_BITS, _ORDER_BITS = 24, 39
"""Of the 63 bits by which a shelf is sorted: its photos and bands, 20,001 steps, 16 million
ranks."""

_HEAD = 8
"""Characters of an id that are compared as one number; the others only where these are equal."""

_CONVERTED_AT_ONCE = 1 << 16


class Shelf(NamedTuple):
    """Neighbours of some photos, ascending."""

    keys: Keys
    steps: Steps


EMPTY = Shelf(np.empty(0, np.int64), np.empty(0, np.int16))


def owners(keys: Keys) -> Rows:
    return (keys >> 32).astype(np.int32)


def others(keys: Keys) -> Rows:
    return (keys & 0xFFFFFFFF).astype(np.int32)


def turned(keys: Keys) -> Keys:
    """The same pairs as the other photo has them."""
    found: Keys = (keys & 0xFFFFFFFF) << 32 | keys >> 32
    return found


def bands_of(steps: Steps) -> NDArray[np.intp]:
    return np.searchsorted(_FLOORS, steps, side="right") - 1


def by_shelf(keys: Keys) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """The shelves that these neighbours belong to, each with their places among the keys."""
    shelf = keys >> (32 + _BITS)
    order = np.argsort(shelf, kind="stable")
    shelf = shelf[order]
    starts = np.flatnonzero(np.r_[True, shelf[1:] != shelf[:-1]]) if len(keys) else order
    for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(keys)], strict=False):
        yield int(shelf[start]), order[start:end]


def similarity_in(shelf: Shelf, keys: Keys) -> Steps:
    """What the shelf says of these neighbours; NONE where it has them not."""
    if not len(shelf.keys):
        return np.full(len(keys), NONE, np.int16)
    place = np.minimum(np.searchsorted(shelf.keys, keys), len(shelf.keys) - 1)
    return np.where(shelf.keys[place] == keys, shelf.steps[place], np.int16(NONE))


class Names:
    """The order of content ids, which are numbered as they come."""

    def __init__(self) -> None:
        self._ids: Sequence[ContentId] = ()
        self.heads: NDArray[np.uint64] = np.empty(0, np.uint64)
        """The ids' first characters: in the order of the ids, but for ties."""

    def follow(self, ids: Sequence[ContentId], control: Control) -> None:
        """``ids`` begin with those that are known. Raises Cancelled."""
        parts = [self.heads]
        for start in range(len(self.heads), len(ids), _CONVERTED_AT_ONCE):
            control.checkpoint()
            heads = np.array(ids[start : start + _CONVERTED_AT_ONCE], f"S{_HEAD}")
            parts.append(heads.view(">u8").astype(np.uint64))
        self._ids = ids
        if len(parts) > 1:
            self.heads = np.concatenate(parts)

    def ranks(self, rows: Rows) -> NDArray[np.int64]:
        """Numbers in the order of the ids of these contents."""
        named, place = np.unique(rows, return_inverse=True)
        heads = self.heads[named]
        order = np.argsort(heads)
        heads = heads[order]
        same = heads[1:] == heads[:-1]
        tied = np.flatnonzero(np.r_[False, same] | np.r_[same, False])
        if len(tied):
            whole = named[order[tied]]
            order[tied] = order[tied][_order([self._ids[row] for row in whole.tolist()])]
        rank = np.empty(len(named), np.int64)
        rank[order] = np.arange(len(named))
        return rank[place]


def _order(names: Sequence[str]) -> list[int]:
    return sorted(range(len(names)), key=names.__getitem__)


class Doors:
    """What a neighbour must be to be of use: with the lists that are full already, most need not
    be taken in at all."""

    def __init__(self, photos: int, names: Names) -> None:
        self._names = names
        self._least = np.full(photos * len(BANDS), NONE, np.int16)
        self._last = np.zeros(photos * len(BANDS), np.uint64)

    def passed(self, owner: Rows, other: Rows, steps: Steps) -> NDArray[np.bool_]:
        group = owner.astype(np.int64) * len(BANDS) + bands_of(steps)
        passed: NDArray[np.bool_] = steps >= self._least[group]
        passed |= self._names.heads[other] <= self._last[group]
        return passed

    def close(self, group: NDArray[np.int64], steps: Steps) -> None:
        """These lists are full of neighbours that are so near."""
        self._least[group] = steps

    def close_anchors(self, group: NDArray[np.int64], rows: Rows) -> None:
        """The last anchors of these lists are these contents."""
        self._last[group] = self._names.heads[rows]


def folded(shelf: Shelf, more: Sequence[Shelf], names: Names, doors: Doors | None = None) -> Shelf:
    """The shelf after these neighbours came; of one that comes more than once the greatest
    similarity counts. ``doors`` are told of the lists that are full."""
    keys = np.concatenate([part.keys for part in more])
    steps = np.concatenate([part.steps for part in more])
    first = int(keys[0]) >> (32 + _BITS) << _BITS
    touched = np.zeros(PHOTOS, np.bool_)
    touched[owners(keys) - first] = True
    again = touched[owners(shelf.keys) - first]
    keys, steps = _sorted(
        np.concatenate([shelf.keys[again], keys]), np.concatenate([shelf.steps[again], steps])
    )
    stays = _staying(keys, steps, first, names, doors)
    keys, steps = keys[stays], steps[stays]
    if again.all():
        return Shelf(keys, steps)
    whole = np.concatenate([shelf.keys[~again], keys])
    order = np.argsort(whole, kind="stable")  # of two sorted runs: they are merged
    return Shelf(whole[order], np.concatenate([shelf.steps[~again], steps])[order])


def _sorted(keys: Keys, steps: Steps) -> tuple[Keys, Steps]:
    order = np.argsort(keys)
    keys, steps = keys[order], steps[order]
    first = np.r_[True, keys[1:] != keys[:-1]]
    if first.all():
        return keys, steps
    return keys[first], np.maximum.reduceat(steps, np.flatnonzero(first))


def _staying(
    keys: Keys, steps: Steps, first: int, names: Names, doors: Doors | None
) -> NDArray[np.bool_]:
    """Which of all the neighbours of some photos of one shelf these photos keep."""
    group = (owners(keys) - first).astype(np.int64) * len(BANDS) + bands_of(steps)
    crowded = np.bincount(group, minlength=PHOTOS * len(BANDS)) > np.tile(NEAREST, PHOTOS)
    stays: NDArray[np.bool_] = ~crowded[group]
    doubtful = np.flatnonzero(~stays)
    if not len(doubtful):
        return stays
    group, steps, rows = group[doubtful], steps[doubtful], others(keys[doubtful])
    band, rank = group % len(BANDS), names.ranks(rows)
    by_likeness = _turns(group, (STEP - steps.astype(np.int64)) << _RANK_BITS | rank)
    stays[doubtful] = by_likeness < NEAREST[band]
    anchored = np.flatnonzero(_ANCHORS[band] > 0)
    by_id = _turns(group[anchored], rank[anchored])
    stays[doubtful[anchored]] |= by_id < _ANCHORS[band[anchored]]
    if doors is not None:
        offset = first * len(BANDS)
        edge = by_likeness == NEAREST[band] - 1
        doors.close(group[edge] + offset, steps[edge])
        end = anchored[by_id == _ANCHORS[band[anchored]] - 1]
        doors.close_anchors(group[end] + offset, rows[end])
    return stays


def _turns(group: NDArray[np.int64], order: NDArray[np.int64]) -> NDArray[np.intp]:
    """The place of each in its group."""
    by_group = np.argsort(group << _ORDER_BITS | order)
    sorted_groups = group[by_group]
    starts = np.flatnonzero(np.r_[True, sorted_groups[1:] != sorted_groups[:-1]])
    lengths = np.diff(np.r_[starts, len(group)])
    turns = np.empty(len(group), np.intp)
    turns[by_group] = np.arange(len(group)) - np.repeat(starts, lengths)
    return turns
