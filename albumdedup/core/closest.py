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

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from albumdedup.core.control import Control
from albumdedup.core.join import Near
from albumdedup.core.pairs import NeighbourPairs, Rows, Steps, no_pairs
from albumdedup.core.shelves import (
    BANDS,
    EMPTY,
    NEAREST,
    NONE,
    PHOTOS,
    Doors,
    Keys,
    Names,
    Shelf,
    bands_of,
    by_shelf,
    folded,
    others,
    owners,
    similarity_in,
    turned,
)
from albumdedup.core.types import ContentId

_SORTED_AT = 1 << 17
"""New neighbours that are held before they are sorted to their shelves."""

_FOLDED_AT = 1 << 13
"""New neighbours of a shelf that are held before the ones that nobody keeps are dropped; as many
as the shelf has where that is more."""


_Columns = tuple[Rows, Rows, Steps]


class Change(NamedTuple):
    """What is to be stored, and what is to be stored no more."""

    found: NeighbourPairs
    dropped: NeighbourPairs


class Closest:
    """The pairs of a library in memory: ten bytes for each neighbour that a photo keeps. Contents
    are numbered from outside."""

    def __init__(self, stored: NeighbourPairs, control: Control | None = None) -> None:
        """Raises Cancelled."""
        self._ids: Sequence[ContentId] = stored.contents
        self._names = Names()
        self._shelves: list[Shelf] = []
        self._unkept = no_pairs()
        if len(stored):
            stop = control or Control()
            self._shelves = self._with(_portions(stored), stop)
            self._unkept = _unkept(stored, self._shelves, stop)

    def pairs(self) -> NeighbourPairs:
        """All that stay."""
        found = [_found(shelf, EMPTY, self._shelves, ()) for shelf in self._shelves]
        return _joined(self._ids, found)

    def neighbours(self, number: int) -> Rows:
        """Of a content: the ones that it keeps."""
        if number // PHOTOS >= len(self._shelves):
            return np.empty(0, np.int32)
        keys = self._shelves[number // PHOTOS].keys
        start, end = np.searchsorted(keys, (number << 32, (number + 1) << 32))
        return others(keys[start:end])

    def update(
        self, contents: Sequence[ContentId], found: Iterable[Near], control: Control | None = None
    ) -> Change:
        """Take new pairs, between numbers of ``contents``, and drop those that nobody keeps.
        Should ``found`` be broken off, or Cancelled be raised, nothing has changed."""
        stop, before = control or Control(), self._ids
        self._ids = contents
        try:
            shelves = self._with(found, stop)
            change = self._change(shelves, stop)
        except BaseException:
            self._ids = before
            raise
        self._shelves, self._unkept = shelves, no_pairs()
        return change

    def _with(self, found: Iterable[Near], control: Control) -> list[Shelf]:
        self._names.follow(self._ids, control)
        work = _Work(self._shelves, len(self._ids), self._names, control)
        for near in found:
            work.take(near)
        return work.done()

    def _change(self, shelves: Sequence[Shelf], control: Control) -> Change:
        found, dropped = list[_Columns](), list[_Columns]()
        for number, shelf in enumerate(shelves):
            old = self._shelves[number] if number < len(self._shelves) else EMPTY
            if shelf is old:
                continue
            for part in _parts(shelf):
                control.checkpoint()
                found.append(_found(part, old, shelves, self._shelves))
            for part in _parts(old):
                control.checkpoint()
                dropped.append(_dropped(part, shelf, shelves, self._shelves))
        left = _unkept(self._unkept, shelves, control)
        return Change(_joined(self._ids, found), _joined(self._ids, [*dropped, left.arrays]))


class _Work:
    """Shelves while new pairs come. Between two checkpoints one shelf is folded, or
    ``_SORTED_AT`` neighbours are sorted to theirs."""

    def __init__(
        self, shelves: Sequence[Shelf], photos: int, names: Names, control: Control
    ) -> None:
        self._shelves = [*shelves, *[EMPTY] * (-(-photos // PHOTOS) - len(shelves))]
        self._photos, self._names, self._control = photos, names, control
        self._doors: Doors | None = None
        self._inbox: list[Shelf] = []
        self._count = 0
        self._waiting: list[list[Shelf]] = [[] for _ in self._shelves]
        self._sizes = [0] * len(self._shelves)

    def take(self, near: Near) -> None:
        owner = np.concatenate([near.late, near.early])
        other = np.concatenate([near.early, near.late])
        steps = np.concatenate([near.steps, near.steps])
        if self._doors is not None:
            passed = self._doors.passed(owner, other, steps)
            owner, other, steps = owner[passed], other[passed], steps[passed]
        self._inbox.append(Shelf(owner.astype(np.int64) << 32 | other, steps))
        self._count += len(steps)
        if self._count >= _SORTED_AT:
            self._sort()

    def done(self) -> list[Shelf]:
        self._sort()
        for number, waiting in enumerate(self._waiting):
            if waiting:
                self._fold(number, None)
        return self._shelves

    def _sort(self) -> None:
        self._control.checkpoint()
        if not self._count:
            return
        keys = np.concatenate([part.keys for part in self._inbox])
        steps = np.concatenate([part.steps for part in self._inbox])
        self._inbox, self._count = [], 0
        for number, places in by_shelf(keys):
            self._waiting[number].append(Shelf(keys[places], steps[places]))
            self._sizes[number] += len(places)
            if self._sizes[number] > max(_FOLDED_AT, len(self._shelves[number].keys)):
                if self._doors is None:
                    self._doors = Doors(self._photos, self._names)
                self._fold(number, self._doors)

    def _fold(self, number: int, doors: Doors | None) -> None:
        self._control.checkpoint()
        shelf, waiting = self._shelves[number], self._waiting[number]
        self._shelves[number] = folded(shelf, waiting, self._names, doors)
        self._waiting[number], self._sizes[number] = [], 0


def _portions(stored: NeighbourPairs) -> Iterator[Near]:
    step = _SORTED_AT // 2
    for start in range(0, len(stored), step):
        part = slice(start, start + step)
        yield Near(stored.b[part], stored.a[part], stored.steps[part])


def _parts(shelf: Shelf) -> Iterator[Shelf]:
    step = _SORTED_AT // 4
    for start in range(0, len(shelf.keys), step):
        yield Shelf(shelf.keys[start : start + step], shelf.steps[start : start + step])


def _at(shelves: Sequence[Shelf], keys: Keys) -> Steps:
    """What the shelves say of these neighbours; NONE where they have them not."""
    found = np.full(len(keys), NONE, np.int16)
    for number, places in by_shelf(keys):
        if number < len(shelves):
            found[places] = similarity_in(shelves[number], keys[places])
    return found


def _found(part: Shelf, old: Shelf, shelves: Sequence[Shelf], before: Sequence[Shelf]) -> _Columns:
    """Pairs of these neighbours that were not there, or not so. Where both photos keep a new pair
    it is the first one's to tell."""
    was = similarity_in(old, part.keys)
    new = was != part.steps
    keys, steps, was = part.keys[new], part.steps[new], was[new]
    there, then = _at(shelves, turned(keys)), _at(before, turned(keys))
    value = np.maximum(steps, there)
    told_there = (owners(keys) > others(keys)) & (there != NONE) & (there != then)
    told = (value != np.maximum(was, then)) & ~told_there
    return _columns(keys[told], value[told])


def _dropped(
    part: Shelf, new: Shelf, shelves: Sequence[Shelf], before: Sequence[Shelf]
) -> _Columns:
    """Pairs of these neighbours, which were there, that neither photo keeps any more."""
    gone = similarity_in(new, part.keys) == NONE
    keys, steps = part.keys[gone], part.steps[gone]
    there, then = _at(shelves, turned(keys)), _at(before, turned(keys))
    told = (there == NONE) & ((owners(keys) < others(keys)) | (then == NONE))
    return _columns(keys[told], np.maximum(steps, then)[told])


def _unkept(stored: NeighbourPairs, shelves: Sequence[Shelf], control: Control) -> NeighbourPairs:
    """Those that are stored though neither photo keeps them."""
    lost = np.ones(len(stored), np.bool_)
    for start in range(0, len(stored), _SORTED_AT):
        control.checkpoint()
        part = slice(start, start + _SORTED_AT)
        keys = stored.a[part].astype(np.int64) << 32 | stored.b[part]
        lost[part] = (_at(shelves, keys) == NONE) & (_at(shelves, turned(keys)) == NONE)
    return NeighbourPairs(stored.contents, stored.a[lost], stored.b[lost], stored.steps[lost])


def _columns(keys: Keys, steps: Steps) -> _Columns:
    one, other = owners(keys), others(keys)
    return np.minimum(one, other), np.maximum(one, other), steps


def _joined(ids: Sequence[ContentId], parts: Sequence[_Columns]) -> NeighbourPairs:
    if not parts:
        return no_pairs(ids)
    a, b, steps = zip(*parts, strict=True)
    return NeighbourPairs(ids, np.concatenate(a), np.concatenate(b), np.concatenate(steps))


def full_band(lost: Sequence[int], left: Sequence[int]) -> bool:
    """Whether a photo with these similarities, in steps, may have had to do without others: some
    that were lost are of a band that was full."""
    bands = bands_of(np.array([*lost, *left], np.int16))
    touched = np.unique(bands[: len(lost)])
    return bool((np.bincount(bands, minlength=len(BANDS)) >= NEAREST)[touched].any())
