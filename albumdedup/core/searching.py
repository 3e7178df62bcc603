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
from albumdedup.core.ports import Catalog, VectorStore
from albumdedup.core.types import ContentId, Descriptors

_Table = tuple[list[ContentId], Descriptors]


class Searcher:
    """``in_memory`` where the store is embedded. Keeps the descriptors from the first search on,
    and reads them anew when the catalog's have changed: 512 bytes a photo. The catalog answers
    only for the embedding ``space`` that is searched in: a library of an older version, or of
    another extractor, has its descriptors in the store alone until the next scan. Thread-safe."""

    def __init__(
        self,
        catalog: Catalog,
        vectors: Callable[[], VectorStore],
        space: str,
        *,
        in_memory: bool,
    ) -> None:
        self._catalog = catalog
        self._vectors = vectors
        self._space = space
        self._in_memory = in_memory
        self._lock = threading.Lock()
        self._table: _Table | None = None
        self._state = -1

    def most_similar(self, vector: Descriptors, top: int) -> list[tuple[ContentId, float]]:
        """The ``top`` contents most similar to float32[dim], best first. By the catalog also
        where the store is away. Raises AlbumError."""
        current = self._catalog.vector_space() == self._space
        if self._in_memory and current:
            return nearest(vector, *self._held(), top)
        try:
            return self._vectors().search(vector, top)
        except AlbumError as error:
            if error.code not in STORE_TROUBLE or not current:
                raise
            return nearest(vector, *self._catalog.vectors(), top)

    def _held(self) -> _Table:
        with self._lock:
            state = self._catalog.vectors_state  # before reading: a change meanwhile is seen next
            if self._table is None or self._state != state:
                self._table = self._catalog.vectors()
                self._state = state
            return self._table
