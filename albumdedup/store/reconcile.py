"""Catalog against vectors: after a crash, or after one of the two was lost.

The catalog is written first (*pending*), the vector second, the mark *indexed* last. What a
crash leaves between two of these steps is put right here; photos are never touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from albumdedup.core.ports import Catalog, VectorStore
from albumdedup.core.types import ContentId


@dataclass(frozen=True, slots=True)
class Repair:
    """What brings the two together, or brought them.

    ``mark``: the vector is there, only the mark is missing. ``forget``: the vector is missing,
    the files are to be read again. ``delete``: vectors of contents that the catalog does not
    know.
    """

    mark: tuple[ContentId, ...] = ()
    forget: tuple[ContentId, ...] = ()
    delete: tuple[ContentId, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.mark or self.forget or self.delete)


def needs_repair(catalog: Catalog) -> bool:
    """Whether a crash left something half-done, as far as the catalog can tell alone."""
    return bool(catalog.pending_contents())


def plan(catalog: Catalog, vectors: VectorStore) -> Repair:
    """Compare the two. When no content is pending and the numbers agree, this reads no vector."""
    pending, indexed = catalog.pending_contents(), catalog.indexed_contents()
    if not pending and vectors.count() == len(indexed):
        return Repair()
    there = vectors.present([*pending, *indexed])
    return Repair(
        mark=tuple(content for content in pending if content in there),
        forget=tuple(content for content in (*pending, *indexed) if content not in there),
        delete=_unknown(vectors, there),
    )


def _unknown(vectors: VectorStore, known: set[ContentId]) -> tuple[ContentId, ...]:
    if vectors.count() == len(known):
        return ()
    stored: Sequence[ContentId] = vectors.everything()[0]
    return tuple(content for content in stored if content not in known)


def run(catalog: Catalog, vectors: VectorStore) -> Repair:
    """Bring the two together; returns what was done. A collection belongs to one library.

    Files of forgotten contents count as never read: a list of known files that was read before
    is out of date then. Raises AlbumError.
    """
    repair = plan(catalog, vectors)
    if repair.mark:
        catalog.mark_indexed(repair.mark)
    if repair.forget:
        catalog.forget_contents(repair.forget)
    if repair.delete:
        vectors.delete(repair.delete)
    return repair
