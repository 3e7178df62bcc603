"""Several embeddings of one library in Milvus Lite: a collection each, one open at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from albumdedup.assembly import build
from albumdedup.core.executors import InlineExecutor
from albumdedup.core.library import Library
from albumdedup.core.paths import AppPaths
from albumdedup.core.settings import Settings
from albumdedup.ml.rows import ROWS
from albumdedup.store.milvus import MilvusStore
from tests.fakes import COLOUR_SPEC, HISTOGRAM_SPEC, ColourExtractor, HistogramExtractor, row_of
from tests.pictures import small_album

OTHER = COLOUR_SPEC.name


@pytest.fixture
def open_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Library]]:
    monkeypatch.setitem(ROWS, OTHER, row_of(COLOUR_SPEC))
    opened: list[Library] = []

    def open_it(**settings: object) -> Library:
        for library in opened:
            library.close()
        made = build(
            AppPaths(tmp_path / "library"), Settings(batch=4, **settings), InlineExecutor(),
            extractor=HistogramExtractor, other=lambda name: ColourExtractor(),
        ).library  # fmt: skip
        opened[:] = [made]
        return made

    yield open_it
    for library in opened:
        library.close()


def collections(folder: Path) -> dict[str, int]:
    """Rows by collection, as another process would find them."""
    store = MilvusStore(str(folder), HISTOGRAM_SPEC)
    try:
        names = sorted(store._client.list_collections())
        return {
            name: store._client.query(name, filter="", output_fields=["count(*)"])[0]["count(*)"]
            for name in names
            if name != store._name
        }
    finally:
        store._client.drop_collection(store._name)
        store.close()


def test_each_embedding_has_its_collection_until_it_is_forgotten(open_library, tmp_path) -> None:
    album, stored = tmp_path / "album", tmp_path / "library" / "vectors.db"
    small_album(album, shots=3)
    library = open_library()
    library.index([str(album)])
    count = library.health().vectors
    assert count == library.health().contents >= 5
    library = open_library(extractor=OTHER)
    assert library.health().waiting == 0
    library.index([str(album)])
    assert (library.health().vectors, library.health().contents) == (count, count)
    library = open_library(extractor=OTHER, pca=4)
    summary = library.index([str(album)])
    assert (summary.vectors_trouble, summary.switch_trouble) == (None, None)
    assert (library.health().vectors, library.health().waiting) == (count, 0)
    names = {use.space.name for use in library.spaces()}
    library.close()
    found = collections(stored)
    assert set(found.values()) == {count}
    assert names < found.keys()
    assert len(found) == 3
    library = open_library(extractor=OTHER, pca=4)
    assert library.forget_space(OTHER) > 0
    library.close()
    assert {name: rows for name, rows in collections(stored).items() if rows} == {
        name: count for name in found if name.startswith("album")
    }
    library = open_library()
    library.index([str(album)])
    assert library.health().vectors == count


def test_a_move_takes_the_embedding_that_answers_along(open_library, tmp_path) -> None:
    album = tmp_path / "album"
    small_album(album, shots=2)
    library = open_library(extractor=OTHER)
    library.index([str(album)])
    (use,) = library.spaces()
    space = MilvusStore(str(tmp_path / "elsewhere.db"), COLOUR_SPEC)
    try:
        assert library.move_vectors(space, "elsewhere") == use.described
        ids, rows = space.everything()
        kept, stored = library._parts.catalog.drawer(use.space).vectors()
        assert ids == kept
        np.testing.assert_array_equal(rows, stored)
    finally:
        space.close()
