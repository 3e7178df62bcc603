"""The catalog after a crash, an older version, or another extractor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from albumdedup.core.pairs import no_pairs, numbered
from albumdedup.core.ports import ContentRecord, FileRecord
from albumdedup.core.types import (
    ContentId,
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


class Opened:
    """A vector store that notes how often it was opened."""

    def __init__(self) -> None:
        self.store = MemoryVectorStore(dim=4)
        self.times = 0

    def __call__(self) -> MemoryVectorStore:
        self.times += 1
        return self.store


@pytest.fixture
def vectors() -> Opened:
    return Opened()


def save(catalog: SqliteCatalog, *contents: ContentId) -> None:
    """The first of the three steps of storing."""
    catalog.save(
        [
            FileRecord(FoundFile(f"/{c}.jpg", Stamp(1, 2, FileIdentity(3, 4))), c, None)
            for c in contents
        ],
        [ContentRecord(c, 10, 10, "PNG", PhotoMetadata(), False) for c in contents],
    )


def describe(catalog: SqliteCatalog, *contents: ContentId) -> None:
    """The second."""
    catalog.save_vectors(contents, np.eye(4, dtype=np.float32)[: len(contents)])


def test_all_well_opens_no_store(catalog: SqliteCatalog, vectors: Opened) -> None:
    save(catalog, A, B)
    describe(catalog, A, B)
    catalog.mark_indexed([A, B])
    catalog.save_matches([A, B], no_pairs(), no_pairs())
    catalog.mark_delivered([A, B])
    catalog.set_vector_space("one")
    assert not reconcile.needs_repair(catalog, "one")
    assert not reconcile.run(catalog, vectors, "one")
    assert vectors.times == 0


def test_a_crash_before_the_descriptor_has_the_file_read_again(
    catalog: SqliteCatalog, vectors: Opened
) -> None:
    save(catalog, A)
    assert reconcile.needs_repair(catalog, "one")
    assert reconcile.run(catalog, vectors, "one") == Repair(forget=(A,))
    assert catalog.known_files(["/"]) == {}
    assert not reconcile.needs_repair(catalog, "one")
    assert vectors.times == 0


def test_a_crash_after_the_descriptor_only_lacks_the_mark(
    catalog: SqliteCatalog, vectors: Opened
) -> None:
    save(catalog, A, B, C)
    describe(catalog, A, C)
    assert reconcile.run(catalog, vectors, "one") == Repair(mark=(A, C), forget=(B,))
    assert catalog.indexed_contents() == [A, C]
    assert catalog.unmatched_contents() == [A, C]


def test_an_older_library_fetches_its_descriptors_from_the_store(
    catalog: SqliteCatalog, vectors: Opened
) -> None:
    save(catalog, A, B, C)
    catalog.mark_indexed([A, B, C])
    catalog.save_matches([A, B, C], numbered([Match(A, B, 0.9), Match(A, C, 0.9)]), no_pairs())
    rows = np.eye(4, dtype=np.float32)
    vectors.store.upsert([A, B, D], rows[:3])
    assert reconcile.run(catalog, vectors, "one") == Repair(forget=(C,), fetch=(A, B))
    found, kept = catalog.vectors()
    assert found == [A, B]
    np.testing.assert_array_equal(kept, rows[:2])
    assert catalog.matches() == [Match(A, B, 0.9)]
    assert not reconcile.run(catalog, vectors, "one")


def test_what_another_version_described_is_left_to_the_renewal(
    catalog: SqliteCatalog, vectors: Opened
) -> None:
    save(catalog, A, B)
    describe(catalog, A, B)
    catalog.mark_indexed([A, B])
    reconcile.run(catalog, vectors, "one")
    assert reconcile.needs_repair(catalog, "two")
    assert not reconcile.run(catalog, vectors, "two")
    assert catalog.vectors()[0] == [A, B]
    assert (catalog.vector_space(), vectors.times) == ("one", 0)
    catalog.forget_contents([A, B])
    assert not reconcile.needs_repair(catalog, "two")
    reconcile.run(catalog, vectors, "two")
    assert catalog.vector_space() == "two"


def test_who_was_away_when_a_version_came_is_not_forgotten(
    catalog: SqliteCatalog, vectors: Opened
) -> None:
    save(catalog, A, B)
    describe(catalog, A)
    catalog.mark_indexed([A, B])
    catalog.set_vector_space("one")
    assert not reconcile.run(catalog, vectors, "one")
    assert catalog.vectorless_contents() == [B]
