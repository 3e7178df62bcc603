"""The contents and photos most similar to a descriptor.

Beside an embedded store the descriptors are multiplied in memory: at 100,000 that takes 5 ms, and
Milvus Lite, which goes through all its rows in Python for each search, 60 to 110. A server does
not, and spares this computer the memory. Both give exact similarities, and let the same photos
through a sieve.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.asking import OPEN, Fact, Question, Sieve
from albumdedup.core.control import Control, Reporter
from albumdedup.core.errors import STORE_TROUBLE, AlbumError
from albumdedup.core.matching import nearest
from albumdedup.core.ports import Catalog, Drawer, VectorStore
from albumdedup.core.sifting import facts_of, inform, where
from albumdedup.core.types import ContentId, Descriptors, SearchHit, Space

_Table = tuple[list[ContentId], Descriptors]
_Found = list[tuple[ContentId, float]]

_MORE = 32
"""Contents asked for beyond those that are wanted: some have lost their files, and equal ones at
the end must not depend on how many were asked for."""

_STORE_MOST = 16_000
"""A vector server tells no more at a time."""


class Searcher:
    """``in_memory`` where the store is embedded. Keeps the descriptors from the first search on,
    and reads them anew when the catalog's have changed: 512 bytes a photo. The embedding that
    answers is searched in; while another is prepared, the store holds that one's descriptors and
    the catalog answers. Of the one that finds the duplicates it answers only for ``space``: a
    library of an older version has its descriptors in the store alone until the next scan.
    Thread-safe."""

    def __init__(
        self,
        catalog: Catalog,
        vectors: Callable[[], VectorStore],
        space: str,
        *,
        in_memory: bool,
        stored: Callable[[], str] | None = None,
    ) -> None:
        """``stored`` tells the embedding that the vector store holds, by name, where that may be
        another one than ``space``."""
        self._catalog = catalog
        self._vectors = vectors
        self._space = space
        self._stored = stored
        self._in_memory = in_memory
        self._lock = threading.Lock()
        self._table: _Table | None = None
        self._state: tuple[str, int, int] | None = None
        self._facts: dict[str, Fact] = {}
        self._facts_state = -1
        self._marks: dict[ContentId, str] | None = None
        self._told_state = -1

    def photos(
        self,
        vector: Descriptors,
        question: Question,
        without: frozenset[ContentId] = frozenset(),
        control: Control | None = None,
        reporter: Reporter | None = None,
    ) -> list[SearchHit]:
        """The answers from the first one on, one per file: best first, equal ones by content and
        path. At least ``offset + top`` where there are so many; those ``without`` are none.
        Raises AlbumError, Cancelled."""
        control, reporter = control or Control(), reporter or Reporter(None)
        needed, sieve = question.offset + question.top, question.sieve
        facts = {} if sieve.open else self.facts()
        wanted = needed + len(without) + _MORE
        while True:
            control.checkpoint()
            found = self.most_similar(vector, wanted, sieve, control, reporter)
            similarity = {c: s for c, s in found if s >= question.least and c not in without}
            hits = [
                SearchHit(photo, similarity[photo.content])
                for photo in self._catalog.photos_of(list(similarity))
                if photo.path != question.leave_out
                and (sieve.open or (photo.path in facts and sieve.admits(facts[photo.path])))
            ]
            hits.sort(key=lambda hit: (-hit.similarity, hit.photo.content, hit.photo.path))
            all_told = len(found) < wanted or found[-1][1] < question.least
            # What is as similar as the last one may have been cut off in the middle.
            if all_told or (len(hits) >= needed and found[-1][1] < hits[needed - 1].similarity):
                return hits
            wanted *= 4

    def most_similar(
        self,
        vector: Descriptors,
        top: int,
        sieve: Sieve = OPEN,
        control: Control | None = None,
        reporter: Reporter | None = None,
    ) -> _Found:
        """The ``top`` contents most similar to float32[dim], best first, of those that have a file
        which passes the sieve (from a server also some whose files do so together). By the
        catalog also where the store is away. Raises AlbumError, Cancelled."""
        other = self._catalog.answering()
        name = self._space if other is None else other.name
        current = other is not None or self._catalog.vector_space() == self._space
        here = self._in_memory or (self._stored is not None and self._stored() != name)
        if current and (here or top > _STORE_MOST):
            return self._by_catalog(vector, top, sieve, other, hold=here)
        try:
            store = self._vectors()
            if sieve.open or not current:
                return store.search(vector, top)
            if self._informed(store, other, control or Control(), reporter or Reporter(None)):
                return store.search(vector, top, where(sieve, self.facts().values()))
        except AlbumError as error:
            if error.code not in STORE_TROUBLE or not current:
                raise
            self._marks = None
        return self._by_catalog(vector, top, sieve, other, hold=self._in_memory)

    def facts(self) -> dict[str, Fact]:
        """What is known of every file, by path."""
        with self._lock:
            state = self._catalog.state
            if self._facts_state != state:
                self._facts = facts_of(self._catalog)
                self._facts_state = state
            return self._facts

    def _informed(
        self, store: VectorStore, other: Space | None, control: Control, reporter: Reporter
    ) -> bool:
        """See that the store knows what a sieve asks; False where it cannot."""
        state = self._catalog.state
        if self._told_state != state or self._marks is None:
            marks = store.marks()  # asked again: a scan sends descriptors without the facts
            if marks is None:
                return False
            self._marks = marks
            inform(store, self._drawer(other), self.facts().values(), marks, control, reporter)
            self._told_state = state
        return True

    def _by_catalog(
        self, vector: Descriptors, top: int, sieve: Sieve, other: Space | None, *, hold: bool
    ) -> _Found:
        ids, vectors = self._held(other) if hold else self._drawer(other).vectors()
        return nearest(vector, ids, vectors, top, self._passing(ids, sieve))

    def _passing(self, ids: list[ContentId], sieve: Sieve) -> NDArray[np.intp] | None:
        """The rows of the contents that pass; None for all."""
        if sieve.open:
            return None
        pass_ = {fact.content for fact in self.facts().values() if sieve.admits(fact)}
        return np.array([row for row, one in enumerate(ids) if one in pass_], np.intp)

    def _drawer(self, other: Space | None) -> Drawer:
        return self._catalog if other is None else self._catalog.drawer(other)

    def _held(self, other: Space | None) -> _Table:
        drawer = self._drawer(other)
        with self._lock:  # the state before reading: a change meanwhile is seen by the next search
            name = "" if other is None else other.name
            state = (name, self._catalog.vectors_state, drawer.vectors_state)
            if self._table is None or self._state != state:
                self._table = None  # two of them would be in memory
                self._table = drawer.vectors()
                self._state = state
            return self._table
