"""The stage *comparing*: new contents beside all that the library has, pairs into the catalog."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from albumdedup.core.closest import Change
from albumdedup.core.control import Control
from albumdedup.core.courier import Courier
from albumdedup.core.describing import Clock
from albumdedup.core.index_join import IndexTable
from albumdedup.core.matching import FLOOR, VectorTable
from albumdedup.core.pairs import Steps
from albumdedup.core.ports import Drawer, Products
from albumdedup.core.types import ContentId, Descriptors

LEFTOVERS = 20_000
"""So many contents that an earlier scan left uncompared are compared and noted at a time."""


class Comparison:
    """What new contents are compared with, read at first need: the descriptors of one embedding in
    memory or, with a ``courier``, only its pairs: then the vector store's index nominates. On the
    library lane.

    By index, contents that come while the vector store is away are left uncompared: for
    ``leftovers`` at the end of the scan, or for the next one.
    """

    def __init__(
        self,
        drawer: Drawer,
        control: Control,
        spent: dict[str, float],
        products: Callable[[], Products],
        courier: Courier | None = None,
        *,
        floor: float = FLOOR,
        shown: Callable[[Steps], Steps] | None = None,
        told: Callable[[int, int], None] | None = None,
    ) -> None:
        """Pairs of at least ``floor`` are kept as ``shown`` makes of them. ``told`` hears how many
        of the leftovers are compared."""
        self._drawer, self._control, self._spent = drawer, control, spent
        self._products, self._courier = products, courier
        self._floor, self._shown, self._told = floor, shown, told
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
            ids, vectors = self._drawer.vectors()
            framed, inner = self._drawer.inner_vectors()
            left = set(self._drawer.unmatched_contents())
            stored = self._drawer.neighbour_pairs()
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
            table = IndexTable(self._drawer.vectors, courier.nominate)
            table.extend(self._drawer.indexed_contents())
            table.extend_inner(*self._drawer.inner_vectors())
            table.know(self._drawer.neighbour_pairs(), self._control)
        self._table = table
        self.leftovers()

    def leftovers(self) -> None:
        """By index: what was left uncompared, as far as the store can be asked. Raises
        Cancelled."""
        if self._courier is None:
            return
        waiting = self._drawer.unmatched_contents()
        for start in range(0, len(waiting), LEFTOVERS):
            self.compare(waiting[start : start + LEFTOVERS])

    def leftovers_by_parts(self, dim: int, rows_at_once: int) -> None:
        """Compare what is left, with the table as the one copy of the descriptors in memory:
        they are read by ``rows_at_once`` into their place. Raises Cancelled."""
        drawer, here = self._drawer, self._drawer.indexed_contents()
        left = drawer.unmatched_contents()
        waiting = set(left)
        with Clock(self._spent, "stores"):
            framed, inner = drawer.inner_vectors()
            stored = drawer.neighbour_pairs()
        inner_of = dict(zip(framed, inner, strict=True))
        table = VectorTable(dim, products=self._products)
        table.reserve(len(here) + len(framed), dim)
        known = [content for content in here if content not in waiting]
        for start in range(0, len(known), rows_at_once):
            self._control.checkpoint()
            with Clock(self._spent, "stores"):
                _extend(table, *drawer.vectors(known[start : start + rows_at_once]), inner_of)
        table.know(stored, self._control)
        self._table = table
        for start in range(0, len(left), rows_at_once):
            part = left[start : start + rows_at_once]
            with Clock(self._spent, "stores"):
                _extend(table, *drawer.vectors(part), inner_of)
            self.compare(part)
            if self._told is not None:
                self._told(start + len(part), len(left))

    def compare(self, ids: Sequence[ContentId]) -> None:
        """Contents of the table with all of it. Raises Cancelled."""
        table, changes = self.open(), list[Change]()
        with Clock(self._spent, "compare"):
            if self._courier is not None:
                self._courier.ask(lambda: changes.append(self._matched(table, ids)))
            else:
                changes.append(self._matched(table, ids))
        with Clock(self._spent, "stores"):
            for change in changes:
                self._drawer.save_matches(ids, change.found, change.dropped)

    def _matched(self, table: VectorTable | IndexTable, ids: Sequence[ContentId]) -> Change:
        if isinstance(table, IndexTable):
            return table.match(ids, self._floor, self._control)
        return table.match(ids, self._floor, self._control, self._shown)


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
