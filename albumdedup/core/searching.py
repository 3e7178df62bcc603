"""The contents most similar to a descriptor.

Beside an embedded store the descriptors are multiplied in memory: at 100,000 that takes 5 ms, and
Milvus Lite, which goes through all its rows in Python for each search, 60 to 110. A server does
not, and spares this computer the memory. Both give exact similarities.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from albumdedup.core.errors import STORE_TROUBLE, AlbumError
from albumdedup.core.matching import nearest
from albumdedup.core.ports import Catalog, Drawer, VectorStore
from albumdedup.core.types import ContentId, Descriptors, Space

_Table = tuple[list[ContentId], Descriptors]


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

    def most_similar(self, vector: Descriptors, top: int) -> list[tuple[ContentId, float]]:
        """The ``top`` contents most similar to float32[dim], best first. By the catalog also
        where the store is away. Raises AlbumError."""
        other = self._catalog.answering()
        name = self._space if other is None else other.name
        current = other is not None or self._catalog.vector_space() == self._space
        if current and (self._in_memory or (self._stored is not None and self._stored() != name)):
            return nearest(vector, *self._held(other), top)
        try:
            return self._vectors().search(vector, top)
        except AlbumError as error:
            if error.code not in STORE_TROUBLE or not current:
                raise
            return nearest(vector, *self._drawer(other).vectors(), top)

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
