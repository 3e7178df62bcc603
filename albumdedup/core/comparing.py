"""The stage *comparing*: new contents beside all that the library has, pairs into the catalog."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from types import TracebackType

import numpy as np

from albumdedup.core.control import Control
from albumdedup.core.matching import FLOOR, VectorTable
from albumdedup.core.ports import Catalog, Products
from albumdedup.core.types import ContentId, Descriptors

LEFTOVERS = 20_000
"""So many contents that an earlier scan left uncompared are compared and noted at a time."""


class Clock:
    """Adds the time inside a ``with`` block to one part's sum."""

    def __init__(self, spent: dict[str, float], part: str) -> None:
        self._spent, self._part, self._start = spent, part, 0.0

    def __enter__(self) -> None:
        self._start = time.perf_counter()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._spent[self._part] += time.perf_counter() - self._start


class Comparison:
    """The library's descriptors in memory, read at first need. On the library lane."""

    def __init__(
        self,
        catalog: Catalog,
        control: Control,
        spent: dict[str, float],
        products: Callable[[], Products],
    ) -> None:
        self._catalog, self._control, self._spent = catalog, control, spent
        self._products = products
        self._table: VectorTable | None = None

    def open(self) -> VectorTable:
        """The table of all that is compared; contents that an interrupted scan stored but did
        not compare are compared first. Raises Cancelled."""
        if self._table is not None:
            return self._table
        with Clock(self._spent, "stores"):
            ids, vectors = self._catalog.vectors()
            framed, inner = self._catalog.inner_vectors()
            left = set(self._catalog.unmatched_contents())
            stored = self._catalog.neighbour_pairs()
        inner_of = dict(zip(framed, inner, strict=True))
        self._table = table = VectorTable(vectors.shape[1] or None, products=self._products)
        compared = np.array([content not in left for content in ids], np.bool_)
        _extend(table, [c for c in ids if c not in left],
                vectors[compared] if left else vectors, inner_of)  # fmt: skip
        table.know(stored, self._control)
        waiting, rows = [c for c in ids if c in left], vectors[~compared] if left else vectors
        for start in range(0, len(waiting), LEFTOVERS):  # a scan that is stopped keeps the others
            part = waiting[start : start + LEFTOVERS]
            _extend(table, part, rows[start : start + LEFTOVERS], inner_of)
            self.compare(part)
        return table

    def compare(self, ids: Sequence[ContentId]) -> None:
        """Contents of the table with all of it. Raises Cancelled."""
        table = self.open()
        with Clock(self._spent, "compare"):
            change = table.match(ids, FLOOR, self._control)
        with Clock(self._spent, "stores"):
            self._catalog.save_matches(ids, change.found, change.dropped)


def _extend(
    table: VectorTable,
    ids: Sequence[ContentId],
    vectors: Descriptors,
    inner_of: dict[ContentId, Descriptors],
) -> None:
    table.extend(ids, vectors)
    framed = [content for content in ids if content in inner_of]
    if framed:
        table.extend_inner(framed, np.stack([inner_of[content] for content in framed]))
