"""Catalog and vectors after a crash, or after one of them was lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from albumdedup.core.ports import ContentRecord, FileRecord
from albumdedup.core.types import (
    ContentId,
    Descriptors,
    FileIdentity,
    FoundFile,
    Match,
    PhotoMetadata,
    Stamp,
)
from albumdedup.store import reconcile
from albumdedup.store.catalog import SqliteCatalog, open_catalog
from albumdedup.store.reconcile import Repair
from tests.fakes import MemoryVectorStore

A, B, C, D = (ContentId(letter * 64) for letter in "abcd")


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[SqliteCatalog]:
    opened, _ = open_catalog(tmp_path / "catalog.sqlite")
    yield opened
    opened.close()


class Counting(MemoryVectorStore):
    """Notes which of the dear calls were made."""

    def __init__(self) -> None:
        super().__init__(dim=4)
        self.dear: list[str] = []

    def everything(self) -> tuple[list[ContentId], Descriptors]:
        self.dear.append("everything")
        return super().everything()

    def present(self, ids: Sequence[ContentId]) -> set[ContentId]:
        self.dear.append("present")
        return super().present(ids)


@pytest.fixture
def vectors() -> Counting:
    return Counting()


def save(catalog: SqliteCatalog, *contents: ContentId) -> None:
    """The first of the three steps of storing."""
    catalog.save(
        [
            FileRecord(FoundFile(f"/{c}.jpg", Stamp(1, 2, FileIdentity(3, 4))), c, None)
            for c in contents
        ],
        [ContentRecord(c, 10, 10, "PNG", PhotoMetadata(), False) for c in contents],
    )


def upsert(vectors: MemoryVectorStore, *contents: ContentId) -> None:
    """The second."""
    vectors.upsert(contents, np.eye(4, dtype=np.float32)[: len(contents)])


def test_all_well_reads_no_vector(catalog: SqliteCatalog, vectors: Counting) -> None:
    save(catalog, A, B)
    upsert(vectors, A, B)
    catalog.mark_indexed([A, B])
    assert not reconcile.needs_repair(catalog)
    assert not reconcile.run(catalog, vectors)
    assert vectors.dear == []


def test_a_crash_before_the_vector_has_the_file_read_again(
    catalog: SqliteCatalog, vectors: Counting
) -> None:
    save(catalog, A)
    assert reconcile.needs_repair(catalog)
    assert reconcile.run(catalog, vectors) == Repair(forget=(A,))
    assert catalog.known_files(["/"]) == {}
    assert not reconcile.needs_repair(catalog)
    assert vectors.dear == ["present"]


def test_a_crash_after_the_vector_only_lacks_the_mark(
    catalog: SqliteCatalog, vectors: Counting
) -> None:
    save(catalog, A, B, C)
    upsert(vectors, A, C)
    assert reconcile.run(catalog, vectors) == Repair(mark=(A, C), forget=(B,))
    assert catalog.indexed_contents() == [A, C]
    assert catalog.unmatched_contents() == [A, C]


def test_lost_vectors_are_computed_again(catalog: SqliteCatalog, vectors: Counting) -> None:
    save(catalog, A, B, C)
    upsert(vectors, A, B)
    catalog.mark_indexed([A, B, C])
    catalog.save_matches([A, B, C], [Match(A, B, 0.9), Match(A, C, 0.9)])
    assert reconcile.run(catalog, vectors) == Repair(forget=(C,))
    assert catalog.matches() == [Match(A, B, 0.9)]
    assert [photo.content for photo in catalog.photos()] == [A, B]


def test_vectors_that_belong_to_nothing_are_deleted(
    catalog: SqliteCatalog, vectors: Counting
) -> None:
    save(catalog, A)
    upsert(vectors, A, B, C)
    catalog.mark_indexed([A])
    assert reconcile.run(catalog, vectors) == Repair(delete=(B, C))
    assert vectors.everything()[0] == [A]
    assert not reconcile.run(catalog, vectors)


def test_after_everything_at_once_the_two_agree(catalog: SqliteCatalog, vectors: Counting) -> None:
    save(catalog, A, B, C)
    upsert(vectors, A, B, D)
    catalog.mark_indexed([B, C])
    assert reconcile.run(catalog, vectors) == Repair(mark=(A,), forget=(C,), delete=(D,))
    assert catalog.indexed_contents() == vectors.everything()[0] == [A, B]
    assert not reconcile.run(catalog, vectors)


def test_a_lost_catalog_leaves_an_empty_store(catalog: SqliteCatalog, vectors: Counting) -> None:
    upsert(vectors, A, B)
    assert reconcile.run(catalog, vectors).delete == (A, B)
    assert vectors.count() == 0
