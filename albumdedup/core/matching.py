"""Nomination: which contents look alike enough that they deserve a closer look.

n new contents among N cost n · N multiply-adds (``core.join``), never N² again, and give at most
a bounded number of pairs each (``core.closest``).
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.closest import Change, Closest
from albumdedup.core.control import Control
from albumdedup.core.join import Near, near_rows, similarities
from albumdedup.core.pairs import NeighbourPairs, Steps, no_pairs
from albumdedup.core.ports import Products
from albumdedup.core.products import BLOCK_ROWS, NumpyProducts
from albumdedup.core.types import ContentId, Descriptors

FLOOR = 0.60
"""Pairs below this similarity are not stored: nine in ten edits to half of a photo's area lie
above it, and of 10,000 photos each has 1.6 unrelated ones that do."""

VERIFY_FLOOR = 0.985
"""Pairs below this similarity cannot be the same photo: copies lie above 0.99."""

THOROUGH_FLOOR = 0.75
"""From here on alignment tries everything; below lie mostly unrelated photos."""

SHOWN_FLOOR = 0.70
"""Photos below this similarity are hardly one another's originals."""

WORTH_A_DEVICE = 1 << 35
"""Multiply-adds that take a processor half a second. A graphics card is not asked for less: all
descriptors would have to be sent to it first."""

_NAMED_AT_ONCE = 1 << 16

_TIES = 1e-3
"""Fast products that are so near may be equal when they are rounded."""


class VectorTable:
    """The descriptors of a library in memory, growing while a scan finds new ones, and its pairs.

    100,000 contents of 128 dimensions take 51 MB. Contents are numbered as they come. Not
    thread-safe.
    """

    def __init__(
        self,
        dim: int | None = None,
        *,
        block: int = BLOCK_ROWS,
        products: Callable[[], Products] | None = None,
    ) -> None:
        """``block`` is the most rows of a block; ``products`` opens what computes large joins,
        if it is not numpy."""
        self._block, self._products = block, products
        self._ids: list[ContentId] = []
        self._numbers: dict[ContentId, int] = {}
        self._count = 0
        self._vectors: Descriptors = np.empty((0, dim or 0), np.float32)
        self._owners: NDArray[np.int32] = np.empty(0, np.int32)
        self._whole = array("i")
        self._inner: dict[int, int] = {}
        self._closest = Closest(no_pairs())
        self._reserved = False

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, content: object) -> bool:
        return content in self._numbers

    def know(self, stored: NeighbourPairs, control: Control) -> None:
        """Take the pairs that were found before; those of contents that are not here are left
        out. Raises Cancelled."""
        numbers = self._numbered(stored.contents, control, -1)
        self._closest = Closest(stored.renumbered(self._ids, numbers), control)

    def pairs(self) -> NeighbourPairs:
        """All that are known and stay."""
        return self._closest.pairs()

    def reserve(self, count: int, dim: int) -> None:
        """Make room in an empty table, so that it need not grow by copies."""
        self._vectors = np.empty((count, dim), np.float32)
        self._owners = np.empty(count, np.int32)
        self._reserved = True

    def extend(self, ids: Sequence[ContentId], vectors: Descriptors) -> int:
        """Add contents without looking for matches; those already here are left out.

        Returns how many were added. Raises ValueError where the shapes do not fit.
        """
        rows = np.asarray(vectors, np.float32)
        if rows.ndim != 2 or len(rows) != len(ids):
            raise ValueError(f"{len(ids)} ids with vectors of shape {rows.shape}")
        fresh = {content: row for row, content in enumerate(ids) if content not in self._numbers}
        if fresh:
            first = len(self._ids)
            chosen = rows if len(fresh) == len(rows) else rows[list(fresh.values())]
            start = self._append(chosen, range(first, first + len(fresh)))
            self._whole.extend(range(start, start + len(fresh)))
            self._numbers.update(zip(fresh, range(first, first + len(fresh)), strict=True))
            self._ids.extend(fresh)
        return len(fresh)

    def extend_inner(self, ids: Sequence[ContentId], vectors: Descriptors) -> None:
        """Add second descriptors, of the photo inside a frame, to contents that are here: a pair
        is as similar as the nearer of its descriptors. Raises KeyError for others."""
        rows = np.asarray(vectors, np.float32)
        numbers = [self._numbers[content] for content in ids]
        fresh = {one: row for row, one in enumerate(numbers) if one not in self._inner}
        if fresh:
            start = self._append(rows[list(fresh.values())], list(fresh))
            self._inner.update(zip(fresh, range(start, start + len(fresh)), strict=True))

    def match(
        self,
        ids: Sequence[ContentId],
        floor: float,
        control: Control,
        shown: Callable[[Steps], Steps] | None = None,
    ) -> Change:
        """Compare contents that are here with all that is here.

        Returns the pairs of at least ``floor`` that are new and stay, and the ones that no photo
        keeps any more. A similarity is computed in float64 and rounded to four decimals before it
        meets the floor, so that neither blocks nor the order of arrival change it. Pairs are
        kept as ``shown`` makes of them. Raises Cancelled, and then nothing has changed; KeyError
        for an id that is not here.
        """
        found = self.stream(ids, floor, control)
        if shown is not None:
            found = (near._replace(steps=shown(near.steps)) for near in found)
        return self._closest.update(self._ids, found, control)

    def stream(self, ids: Sequence[ContentId], floor: float, control: Control) -> Iterator[Near]:
        """All these pairs, by the numbers of their contents, in portions. Pairs of framed photos
        may come once for each of their descriptors."""
        numbers = self._numbered(ids, control)
        rows = np.frombuffer(self._whole, np.int32)[numbers] if len(numbers) else numbers
        inner = (
            [self._inner[one] for one in numbers.tolist() if one in self._inner]
            if self._inner
            else []
        )
        asked = np.unique(np.concatenate([rows, np.array(inner, np.int32)])).astype(np.intp)
        work = len(asked) * self._count * self._vectors.shape[1]
        large = self._products is not None and work >= WORTH_A_DEVICE
        products = self._products() if large and self._products else NumpyProducts(self._block)
        for late, early, steps in near_rows(
            self._vectors[: self._count], asked, floor, control, products
        ):
            late_ones, early_ones = self._owners[late], self._owners[early]
            if not self._inner:
                yield Near(late_ones, early_ones, steps)
                continue
            apart = late_ones != early_ones
            yield Near(late_ones[apart], early_ones[apart], steps[apart])

    def _numbered(
        self, ids: Sequence[ContentId], control: Control, absent: int | None = None
    ) -> NDArray[np.int32]:
        """The contents' numbers. Raises KeyError for one that is not here, if not told what it
        is then."""
        found = np.empty(len(ids), np.int32)
        for start in range(0, len(ids), _NAMED_AT_ONCE):
            control.checkpoint()
            part = ids[start : start + _NAMED_AT_ONCE]
            found[start : start + len(part)] = (
                [self._numbers[one] for one in part]
                if absent is None
                else [self._numbers.get(one, absent) for one in part]
            )
        return found

    def _append(self, rows: Descriptors, owners: Sequence[int]) -> int:
        """Returns the number of the first of the new rows."""
        count, needed = self._count, self._count + len(rows)
        if len(self._vectors) < needed or self._vectors.shape[1] != rows.shape[1]:
            if count and self._vectors.shape[1] != rows.shape[1]:
                raise ValueError(
                    f"{rows.shape[1]} dimensions in a table of {self._vectors.shape[1]}"
                )
            room = max(needed, count + count // 4, 1024) if count else needed
            self._owners = np.resize(self._owners, room)
            if count:
                grown = np.empty((room, rows.shape[1]), np.float32)
                grown[:count] = self._vectors[:count]
                self._vectors = grown
        if count or self._reserved:
            self._vectors[count:needed] = rows
        else:
            self._vectors = rows  # a million take 512 MB: once, not twice
        self._owners[count:needed] = owners
        self._count = needed
        return count


def nearest(
    vector: Descriptors,
    ids: Sequence[ContentId],
    vectors: Descriptors,
    top: int,
    rows: NDArray[np.intp] | None = None,
) -> list[tuple[ContentId, float]]:
    """The ``top`` of these contents (with ``rows`` of those alone) that are most similar to
    float32[dim], best first, equal ones in order of id."""
    count = len(ids) if rows is None else len(rows)
    if top < 1 or not count:
        return []
    fast = vectors @ vector
    if rows is not None:
        fast = fast[rows]
    floor = np.partition(fast, -top)[-top] if top < count else fast.min()
    close = np.nonzero(fast >= floor - _TIES)[0]
    if rows is not None:
        close = rows[close]
    exact = similarities(vectors[close], np.broadcast_to(vector, (len(close), len(vector))))
    found = [(ids[row], value) for row, value in zip(close.tolist(), exact.tolist(), strict=True)]
    return sorted(found, key=lambda hit: (-hit[1], hit[0]))[:top]
