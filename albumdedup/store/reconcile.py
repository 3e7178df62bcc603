"""What a crash, an older version or another extractor left in the catalog, put right.

The catalog keeps the descriptors: a row is written first (*pending*), its descriptor second, the
mark *indexed* last. Photos are never touched. Between catalog and vector store stands
``core.delivery``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from albumdedup.core.ports import Catalog, VectorStore
from albumdedup.core.types import ContentId


@dataclass(frozen=True, slots=True)
class Repair:
    """What was done. ``mark``: only the mark was missing. ``forget``: there is no descriptor, the
    files are to be read again. ``fetch``: only the vector store had it."""

    mark: tuple[ContentId, ...] = ()
    forget: tuple[ContentId, ...] = ()
    fetch: tuple[ContentId, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.mark or self.forget or self.fetch)


def needs_repair(catalog: Catalog, space: str, *, delivered: bool = True) -> bool:
    """Whether a scan has something to settle even where no file is new. ``delivered``: its
    descriptors are to be in the vector store, which may hold another embedding's."""
    return bool(
        catalog.pending_contents()
        or catalog.unmatched_contents()
        or (delivered and catalog.waiting_vectors(1))
        or (catalog.vector_space() != space and catalog.has_indexed())
    )


def run(catalog: Catalog, vectors: Callable[[], VectorStore], space: str) -> Repair:
    """Settle the catalog for the embedding ``space``; opens the vector store only for a library
    whose descriptors lie nowhere else.

    Files of forgotten contents count as never read: a list of known files that was read before
    is out of date then. Raises AlbumError.
    """
    before = catalog.vector_space()
    if before and before != space:
        if catalog.has_indexed():
            return Repair()  # described by another version: ``core.renewing`` has its turn first
        catalog.set_vector_space(space)
    pending = catalog.pending_contents()
    here = set(catalog.vectors(pending)[0]) if pending else set()
    mark = tuple(content for content in pending if content in here)
    fetch, lost = ((), ()) if before else _fetch(catalog, vectors)
    forget = (*(content for content in pending if content not in here), *lost)
    if mark:
        catalog.mark_indexed(mark)
    if forget:
        catalog.forget_contents(forget)
    if not before:
        catalog.set_vector_space(space)
    return Repair(mark, forget, fetch)


def _fetch(
    catalog: Catalog, vectors: Callable[[], VectorStore]
) -> tuple[tuple[ContentId, ...], tuple[ContentId, ...]]:
    """Descriptors that only the vector store has → the catalog; those found, those lost."""
    missing = catalog.vectorless_contents()
    if not missing:
        return (), ()
    found, rows = vectors().read(missing)
    catalog.save_vectors(found, rows)
    there = set(found)
    return tuple(found), tuple(content for content in missing if content not in there)
