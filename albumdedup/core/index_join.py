"""Matching by the index of a vector server: for libraries whose descriptors are more than one
computer's memory holds.

The index nominates, and each candidate is computed again from the catalog's descriptors, so that
similarities are exact and only the recall is at stake (``docs/scale.md``). New contents are
compared with each other, and with the photos inside frames, exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.closest import Change, Closest
from albumdedup.core.control import Control
from albumdedup.core.join import EXACT_AT_ONCE, Near, near_rows, similarities
from albumdedup.core.pairs import STEP, NeighbourPairs, Rows, no_pairs
from albumdedup.core.ports import Products
from albumdedup.core.products import NumpyProducts
from albumdedup.core.types import ContentId, Descriptors

TOP = 128
"""Candidates for each descriptor: as many as a photo keeps in two bands."""

TOP_IN_CROWD = 1024
"""For a descriptor all of whose candidates are shown beside it: one in the middle of a crowd may
be the nearest of each photo in it."""

_CROWDED = 0.70

SHORT = 0.05
"""The index may think a pair so much less alike than it is: 8 bits lose .005, 32 bytes for 128
dimensions some .03."""

ASKED_AT_ONCE = 32
"""Descriptors of one question to the server; between two questions one may cancel."""

_READ_AT_ONCE = 1000

Nominate = Callable[[Descriptors, int], Sequence[Sequence[tuple[ContentId, float]]]]
Read = Callable[[Sequence[ContentId]], tuple[list[ContentId], Descriptors]]


class IndexTable:
    """Stands where a ``VectorTable`` stands, and holds pairs and ids but no descriptors, save
    those of photos inside frames."""

    def __init__(self, read: Read, nominate: Nominate) -> None:
        """``read`` is the catalog's; ``nominate`` gives for each of float32[n, dim] so many
        contents that may be near, with how near the index thinks they are."""
        self._read, self._nominate = read, nominate
        self._ids: list[ContentId] = []
        self._numbers: dict[ContentId, int] = {}
        self._inner_owners: list[int] = []
        self._inner: list[Descriptors] = []
        self._closest = Closest(no_pairs())

    def extend(self, ids: Sequence[ContentId], _vectors: Descriptors | None = None) -> int:
        """Add contents without looking for matches; returns how many were not here."""
        before = len(self._ids)
        for content in ids:
            if self._numbers.setdefault(content, len(self._ids)) == len(self._ids):
                self._ids.append(content)
        return len(self._ids) - before

    def extend_inner(self, ids: Sequence[ContentId], vectors: Descriptors) -> None:
        """As ``VectorTable`` does it."""
        known = set(self._inner_owners)
        for content, vector in zip(ids, vectors, strict=True):
            if self._numbers[content] not in known:
                self._inner_owners.append(self._numbers[content])
                self._inner.append(np.asarray(vector, np.float32))

    def know(self, stored: NeighbourPairs, control: Control) -> None:
        """As ``VectorTable`` does it."""
        numbers = np.array([self._numbers.get(one, -1) for one in stored.contents], np.int32)
        self._closest = Closest(stored.renumbered(self._ids, numbers), control)

    def pairs(self) -> NeighbourPairs:
        return self._closest.pairs()

    def match(self, ids: Sequence[ContentId], floor: float, control: Control) -> Change:
        """Compare contents, whose descriptors the catalog and the store have, with all. Raises
        Cancelled, AlbumError of the store, and then nothing has changed."""
        return self._closest.update(self._ids, self.stream(ids, floor, control), control)

    def stream(self, ids: Sequence[ContentId], floor: float, control: Control) -> Iterator[Near]:
        """Pairs of these contents, some of them more than once."""
        owners, rows = self._whole(ids, control)
        whole = len(rows)
        if self._inner:
            owners = np.concatenate([owners, np.array(self._inner_owners, np.int32)])
            rows = np.concatenate([rows, np.stack(self._inner)])
        asked = np.flatnonzero(np.isin(owners, owners[:whole]))
        products: Products = NumpyProducts()
        for near in near_rows(rows, asked, floor, control, products):
            yield _apart(owners[near.late], owners[near.early], near)
        for start in range(0, len(asked), ASKED_AT_ONCE):
            control.checkpoint()
            part = asked[start : start + ASKED_AT_ONCE]
            yield from self._near(owners[part], rows[part], floor, control)

    def _whole(self, ids: Sequence[ContentId], control: Control) -> tuple[Rows, Descriptors]:
        numbers, pages = list[int](), list[Descriptors]()
        for start in range(0, len(ids), _READ_AT_ONCE):
            control.checkpoint()
            found, page = self._read(ids[start : start + _READ_AT_ONCE])
            numbers.extend(self._numbers[content] for content in found)
            pages.append(page)
        rows = np.concatenate(pages) if pages else np.empty((0, 0), np.float32)
        return np.array(numbers, np.int32), rows

    def _near(
        self, owners: Rows, rows: Descriptors, floor: float, control: Control
    ) -> Iterator[Near]:
        """What the index nominates for these descriptors, computed again."""
        asked, named = self._candidates(owners, rows, floor)
        wanted, place = np.unique(named, return_inverse=True)
        found, vectors = self._read([self._ids[number] for number in wanted.tolist()])
        where = np.full(len(wanted), -1)
        there = np.searchsorted(wanted, np.sort([self._numbers[one] for one in found]))
        where[there] = np.argsort([self._numbers[one] for one in found])
        asked, place, named = (
            column[where[place] >= 0] for column in (asked, place, named)
        )  # fmt: skip
        for start in range(0, len(asked), EXACT_AT_ONCE):
            control.checkpoint()
            part = slice(start, start + EXACT_AT_ONCE)
            values = similarities(rows[asked[part]], vectors[where[place[part]]])
            near = values >= floor
            steps = np.rint(values[near] * STEP).astype(np.int16)
            late = owners[asked[part][near]]
            yield Near(late, named[part][near].astype(np.int32), steps)

    def _candidates(
        self, owners: Rows, rows: Descriptors, floor: float
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Places of descriptors, and the numbers of contents that may be near them: each pair
        once, and none of a photo with itself."""
        pairs = set[tuple[int, int]]()
        lists = [*self._nominate(rows, TOP)]
        crowded = [row for row, hits in enumerate(lists) if _in_crowd(hits)]
        if crowded:
            for row, hits in zip(crowded, self._nominate(rows[crowded], TOP_IN_CROWD), strict=True):
                lists[row] = hits
        for row, hits in enumerate(lists):
            named = [(self._numbers.get(one), value) for one, value in hits]
            near = [one for one, value in named if one is not None and value >= floor - SHORT]
            pairs.update((row, one) for one in near)
            if row in crowded:
                pairs.update((row, one) for one in self._anchors(near))
        table = np.array(sorted(pairs), np.intp).reshape(-1, 2)
        table = table[owners[table[:, 0]] != table[:, 1]]
        return table[:, 0], table[:, 1]

    def _anchors(self, near: Sequence[int]) -> list[int]:
        """What holds the crowd together that these are of, and need not be among the nearest: the
        first that has neighbours already has it among them."""
        for number in near:
            if len(kept := self._closest.neighbours(number)):
                return [int(one) for one in kept]
        return []


def _in_crowd(hits: Sequence[tuple[ContentId, float]]) -> bool:
    return len(hits) >= TOP and min(value for _one, value in hits) >= _CROWDED


def _apart(late: Rows, early: Rows, near: Near) -> Near:
    apart = late != early
    return Near(late[apart], early[apart], near.steps[apart])
