"""What a library is made of, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from albumdedup.core.decoder.door import Door
from albumdedup.core.embedding import NO_WISH, Embedding, Wish
from albumdedup.core.errors import AlbumError
from albumdedup.core.ports import (
    Catalog,
    Decisions,
    Executor,
    Extractor,
    Journal,
    Products,
    Trash,
    VectorStore,
)
from albumdedup.core.products import NumpyProducts
from albumdedup.core.reducer import Reducer
from albumdedup.core.relatives import Relatives
from albumdedup.core.searching import Searcher
from albumdedup.core.storage import Stored
from albumdedup.core.telling import Family
from albumdedup.core.types import (
    ContentId,
    FoundFile,
    SearchHit,
    Space,
)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a library is made of; picked in ``assembly``. Factories open at first use."""

    catalog: Catalog
    decisions: Decisions
    journal: Journal
    executor: Executor
    door: Door
    extractor: Callable[[], Extractor]
    vectors: Callable[[], VectorStore]
    unsettled: Callable[[], bool]
    reconcile: Callable[[], bool]
    trash: Callable[[str | None], Trash]
    family: Family
    input_edge: int
    batch: int
    commit_seconds: float
    stored: Callable[[], tuple[Stored, ...]] = tuple
    closers: tuple[Callable[[], None], ...] = ()
    in_order: Callable[[Sequence[FoundFile]], Sequence[FoundFile]] = list
    products: Callable[[], Products] = NumpyProducts
    by_index: bool = False
    vectors_on_server: bool = False
    space: str = ""
    """The embedding that finds the duplicates, by name."""
    first: str = ""
    """Its extractor."""
    renewal: Embedding | None = None
    """From photos to it, for a library that another version described."""
    chosen: Embedding | None = None
    """The one that is to answer, where it is another."""
    embedding: Callable[[Space], Embedding] | None = None
    """From another embedding that the catalog keeps to its extractor; raises AlbumError."""
    wish: Wish = NO_WISH
    reducer: Callable[[str], Reducer] | None = None
    """That of an extractor, by name; raises AlbumError."""
    target: Callable[[], str] | None = None
    """The embedding whose descriptors the vector store holds, by name."""
    drop_stored: Callable[[Sequence[Space]], None] | None = None
    """Take embeddings out of the vector store; raises AlbumError."""


@dataclass(frozen=True, slots=True)
class Health:
    """How the stores stand to each other; ``pending``, ``unmatched`` and ``waiting`` are mended by
    a scan. ``trouble`` is why the vector store could not be asked."""

    contents: int
    vectors: int
    pending: int
    unmatched: int
    waiting: int = 0
    trouble: AlbumError | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of hits, whether there are ``more`` after it, and the contents of the pictures that
    were looked for."""

    hits: tuple[SearchHit, ...]
    more: bool
    like: tuple[ContentId, ...]


class Verbs:
    """What the verbs of one open library work with."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.relatives = Relatives(parts.catalog, parts.family)
        self._searcher = Searcher(
            parts.catalog, parts.vectors, parts.space,
            in_memory=not parts.vectors_on_server, stored=parts.target,
        )  # fmt: skip

    def roots(self) -> list[str]:
        """The scanned folders."""
        return self._parts.catalog.roots()
