"""Nomination: which contents look alike enough that they deserve a closer look.

An exact product of descriptors, in blocks that fit the cache. n new contents among N cost n · N
multiply-adds, never N² again; memory stays at a few megabytes whatever N is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.control import Control
from albumdedup.core.types import ContentId, Descriptors, Match

FLOOR = 0.60
"""Pairs below this similarity are not stored: nine in ten edits to half of a photo's area lie
above it, and of 10,000 photos each has 1.6 unrelated ones that do."""

VERIFY_FLOOR = 0.985
"""Pairs below this similarity cannot be the same photo: copies lie above 0.99."""

THOROUGH_FLOOR = 0.75
"""From here on alignment tries everything; below lie mostly unrelated photos."""

SHOWN_FLOOR = 0.70
"""Photos below this similarity are hardly one another's originals."""

BLOCK = 2048
"""Rows of one block of the product: 2048 × 2048 float32 are 16 MiB."""

_SLACK = 1e-3
"""How far the fast product may be from the exact one; sgemm's own error is about 1e-6."""


def near_matches(
    new_ids: Sequence[ContentId],
    new_vectors: Descriptors,
    all_ids: Sequence[ContentId],
    all_vectors: Descriptors,
    floor: float,
    control: Control,
    block: int = BLOCK,
) -> Iterator[Match]:
    """The pairs of a new content with any other whose similarity is at least ``floor``.

    Vectors are float32[n, dim] and float32[N, dim] with rows of norm 1. The new ones may or may
    not be among all. Each pair comes once, ``a < b``, new against new included, in an order that
    depends on the blocks; the similarities do not: each is computed again in float64 and rounded
    to four decimals before it meets the floor. Raises Cancelled.
    """
    table = VectorTable(block=block)
    table = VectorTable(block=block)
    table.extend(all_ids, all_vectors)
    table.extend(new_ids, new_vectors)
    yield from table.stream(new_ids, floor, control)


class VectorTable:
    """The descriptors of a library in memory, growing while a scan finds new ones.

    100,000 contents of 128 dimensions take 51 MB. Not thread-safe.
    """

    def __init__(self, dim: int | None = None, *, block: int = BLOCK) -> None:
        self._block = block
        self._ids: list[ContentId] = []
        self._rows: dict[ContentId, int] = {}
        self._inner: dict[ContentId, int] = {}
        self._vectors: Descriptors = np.empty((0, dim or 0), np.float32)

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, content: object) -> bool:
        return content in self._rows

    @property
    def vectors(self) -> Descriptors:
        """float32[len, dim], a view in the order of arrival."""
        return self._vectors[: len(self._ids)]

    def extend(self, ids: Sequence[ContentId], vectors: Descriptors) -> int:
        """Add contents without looking for matches; those already here are left out.

        Returns how many were added. Raises ValueError where the shapes do not fit.
        """
        rows = np.asarray(vectors, np.float32)
        if rows.ndim != 2 or len(rows) != len(ids):
            raise ValueError(f"{len(ids)} ids with vectors of shape {rows.shape}")
        fresh = {content: row for row, content in enumerate(ids) if content not in self._rows}
        if fresh:
            self._append(list(fresh), rows[list(fresh.values())])
        return len(fresh)

    def extend_inner(self, ids: Sequence[ContentId], vectors: Descriptors) -> None:
        """Add second descriptors, of the photo inside a frame, to contents that are here: a pair
        is as similar as the nearer of its descriptors. Raises KeyError for others."""
        rows = np.asarray(vectors, np.float32)
        fresh = {content: row for row, content in enumerate(ids) if content not in self._inner}
        if missing := [content for content in fresh if content not in self._rows]:
            raise KeyError(missing[0])
        if fresh:
            whole = dict(self._rows)
            self._append(list(fresh), rows[list(fresh.values())])
            self._inner.update((content, self._rows[content]) for content in fresh)
            self._rows = whole

    def match_new(
        self, ids: Sequence[ContentId], vectors: Descriptors, floor: float, control: Control
    ) -> list[Match]:
        """``extend`` and ``match`` in one."""
        self.extend(ids, vectors)
        return self.match(ids, floor, control)

    def match(self, ids: Sequence[ContentId], floor: float, control: Control) -> list[Match]:
        """The matches of contents that are here with all that is here, as ``near_matches``
        describes them, sorted by ids. Raises Cancelled; KeyError for an id that is not here."""
        strongest: dict[tuple[ContentId, ContentId], Match] = {}
        for match in self.stream(ids, floor, control):
            known = strongest.get((match.a, match.b))
            if known is None or match.similarity > known.similarity:
                strongest[match.a, match.b] = match
        return [strongest[pair] for pair in sorted(strongest)]

    def stream(self, ids: Sequence[ContentId], floor: float, control: Control) -> Iterator[Match]:
        """``match`` block by block, for more pairs than one wants to hold at once. Pairs of
        framed photos may come once for each of their descriptors."""
        rows_of = {self._rows[content] for content in ids}
        rows_of.update(self._inner[content] for content in ids if content in self._inner)
        asked = np.array(sorted(rows_of), np.intp)
        turn = np.full(len(self), -1, np.intp)
        turn[asked] = np.arange(len(asked))
        for top in range(0, len(asked), self._block):
            rows = asked[top : top + self._block]
            for left in range(0, len(self), self._block):
                control.checkpoint()
                yield from self._pairs(rows, left, turn, floor)

    def _pairs(
        self, rows: NDArray[np.intp], left: int, turn: NDArray[np.intp], floor: float
    ) -> Iterator[Match]:
        """Matches of ``rows`` with the block at ``left``. Two rows that are both asked for meet
        twice; the one whose ``turn`` comes later brings the pair."""
        columns = self.vectors[left : left + self._block]
        product = self._vectors[rows] @ columns.T
        firsts, seconds = np.nonzero(product >= floor - _SLACK)
        firsts, seconds = rows[firsts], seconds + left
        once = turn[seconds] < turn[firsts]
        firsts, seconds = firsts[once], seconds[once]
        for start in range(0, len(firsts), self._block):
            ones, others = firsts[start : start + self._block], seconds[start : start + self._block]
            values = similarities(self._vectors[ones], self._vectors[others])
            for i, j, value in zip(ones.tolist(), others.tolist(), values.tolist(), strict=True):
                one, other = self._ids[i], self._ids[j]
                if value >= floor and one != other:
                    yield Match(min(one, other), max(one, other), value)

    def _append(self, ids: Sequence[ContentId], rows: Descriptors) -> None:
        count, needed = len(self._ids), len(self._ids) + len(rows)
        if len(self._vectors) < needed or self._vectors.shape[1] != rows.shape[1]:
            if count and self._vectors.shape[1] != rows.shape[1]:
                raise ValueError(
                    f"{rows.shape[1]} dimensions in a table of {self._vectors.shape[1]}"
                )
            grown = np.empty((max(needed, 2 * count, 1024), rows.shape[1]), np.float32)
            grown[:count] = self._vectors[:count] if count else 0
            self._vectors = grown
        self._vectors[count:needed] = rows
        self._rows.update(zip(ids, range(count, needed), strict=True))
        self._ids.extend(ids)


def nearest(
    vector: Descriptors, ids: Sequence[ContentId], vectors: Descriptors, top: int
) -> list[tuple[ContentId, float]]:
    """The ``top`` of these contents that are most similar to float32[dim], best first, equal ones
    in order of id."""
    if top < 1 or not ids:
        return []
    fast = vectors @ vector
    floor = np.partition(fast, -top)[-top] if top < len(ids) else fast.min()
    close = np.nonzero(fast >= floor - _SLACK)[0]
    exact = similarities(vectors[close], np.broadcast_to(vector, (len(close), len(vector))))
    found = [(ids[row], value) for row, value in zip(close.tolist(), exact.tolist(), strict=True)]
    return sorted(found, key=lambda hit: (-hit[1], hit[0]))[:top]


def similarities(a: Descriptors, b: Descriptors) -> NDArray[np.float64]:
    """Inner products row by row, float32[n, dim] twice → float64[n], rounded to 4 decimals.

    Products of float32 are exact in float64 and each row is summed by itself, so that a pair's
    value depends on nothing but the two descriptors.
    """
    products = np.multiply(a, b, dtype=np.float64)
    found: NDArray[np.float64] = np.round(products.sum(axis=1), 4)
    return found
