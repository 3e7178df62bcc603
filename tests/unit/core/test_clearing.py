"""Forgetting and clearing touch the library, and never a photo."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import HISTOGRAM_SPEC, HistogramExtractor, MemoryVectorStore
from pictures import small_album

from albumdedup.assembly import build
from albumdedup.core.executors import InlineExecutor
from albumdedup.core.library import Library
from albumdedup.core.paths import AppPaths
from albumdedup.core.settings import Settings
from albumdedup.core.storage import StoreKind


@pytest.fixture
def store() -> MemoryVectorStore:
    return MemoryVectorStore()


@pytest.fixture
def library(tmp_path: Path, store: MemoryVectorStore):
    opened = build(
        AppPaths(tmp_path / "library"), Settings(batch=4), InlineExecutor(),
        extractor=HistogramExtractor, vectors=lambda: store,
    )  # fmt: skip
    small_album(tmp_path / "one", shots=3)
    small_album(tmp_path / "two", shots=1)
    opened.library.index([str(tmp_path / "one"), str(tmp_path / "two")])
    yield opened.library
    opened.library.close()


def on_disk(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*.jpg")}


def test_clearing_empties_the_library_and_touches_no_photo(
    library: Library, store: MemoryVectorStore, tmp_path: Path
) -> None:
    before = on_disk(tmp_path)
    library.decisions.protect(str(tmp_path / "one"))
    assert store.count() > 0
    assert library.clear() == len(before)
    assert library.snapshot().photos == ()
    assert library.snapshot().protected == (str(tmp_path / "one"),)
    assert library.roots() == []
    assert store.count() == 0
    assert on_disk(tmp_path) == before
    library.index([str(tmp_path / "one")])  # and it can be filled again
    assert len(library.snapshot().photos) == 7


def test_clearing_an_empty_library_opens_no_vector_store(tmp_path: Path) -> None:
    def never() -> MemoryVectorStore:
        raise AssertionError("opened")

    opened = build(
        AppPaths(tmp_path / "empty"), Settings(), InlineExecutor(),
        extractor=HistogramExtractor, vectors=never,
    )  # fmt: skip
    assert opened.library.clear() == 0
    opened.library.close()


def test_one_folder_is_forgotten_and_the_other_stays(library: Library, tmp_path: Path) -> None:
    assert library.forget(str(tmp_path / "two")) == 3
    assert library.roots() == [str(tmp_path / "one")]
    assert len(library.snapshot().photos) == 7


def test_descriptors_are_read_for_those_that_have_one(library: Library) -> None:
    contents = sorted({photo.content for photo in library.snapshot().photos})
    found, rows = library.descriptors(contents[:2])
    assert found == contents[:2]
    assert rows.shape == (2, HISTOGRAM_SPEC.dim)


def test_the_stores_are_named_with_their_size(library: Library) -> None:
    sizes = {one.kind: one.bytes for one in library.stored()}
    assert sizes[StoreKind.CATALOG] > 0
    assert sizes[StoreKind.THUMBS] == 0
