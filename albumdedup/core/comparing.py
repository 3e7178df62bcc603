"""The stage *comparing*: new contents beside all that the library has, pairs into the catalog."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from types import TracebackType

import numpy as np

from albumdedup.core.closest import Change
from albumdedup.core.control import Control
from albumdedup.core.courier import Courier
from albumdedup.core.index_join import IndexTable
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
    """What new contents are compared with, read at first need: the library's descriptors in
    memory or, with a ``courier``, only its pairs: then the vector store's index nominates. On the
    library lane.

    By index, contents that come while the vector store is away are left uncompared: for
    ``leftovers`` at the end of the scan, or for the next one.
    """

    def __init__(
        self,
        catalog: Catalog,
        control: Control,
        spent: dict[str, float],
        products: Callable[[], Products],
        courier: Courier | None = None,
    ) -> None:
        self._catalog, self._control, self._spent = catalog, control, spent
        self._products, self._courier = products, courier
        self._table: VectorTable | IndexTable | None = None

    def open(self) -> VectorTable | IndexTable:
        """The table of all that is compared; contents that an interrupted scan stored but did
        not compare are compared first. Raises Cancelled."""
        if self._table is None:
            if self._courier is not None:
                self._open_index(self._courier)
            else:
                self._open_whole()
        assert self._table is not None
        return self._table

    def _open_whole(self) -> None:
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

    def _open_index(self, courier: Courier) -> None:
        with Clock(self._spent, "stores"):
            table = IndexTable(self._catalog.vectors, courier.nominate)
            table.extend(self._catalog.indexed_contents())
            table.extend_inner(*self._catalog.inner_vectors())
            table.know(self._catalog.neighbour_pairs(), self._control)
        self._table = table
        self.leftovers()

    def leftovers(self) -> None:
        """By index: what was left uncompared, as far as the store can be asked. Raises
        Cancelled."""
        if self._courier is None:
            return
        waiting = self._catalog.unmatched_contents()
        for start in range(0, len(waiting), LEFTOVERS):
            self.compare(waiting[start : start + LEFTOVERS])

    def compare(self, ids: Sequence[ContentId]) -> None:
        """Contents of the table with all of it. Raises Cancelled."""
        table, changes = self.open(), list[Change]()
        with Clock(self._spent, "compare"):
            if self._courier is not None:
                self._courier.ask(lambda: changes.append(table.match(ids, FLOOR, self._control)))
            else:
                changes.append(table.match(ids, FLOOR, self._control))
        with Clock(self._spent, "stores"):
            for change in changes:
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
