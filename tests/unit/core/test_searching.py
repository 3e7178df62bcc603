"""Search in memory beside an embedded store, by the server else; by the catalog when it is away."""

from __future__ import annotations

import numpy as np
import pytest

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.searching import Searcher


class Rows:
    """A catalog as far as a search asks it."""

    def __init__(self, count: int) -> None:
        chance = np.random.default_rng(1)
        found = chance.standard_normal((count, 16)).astype(np.float32)
        self.rows = found / np.linalg.norm(found, axis=1, keepdims=True)
        self.ids = [f"{number:064x}" for number in range(count)]
        self.vectors_state = 0
        self.space = "album"
        self.read = 0

    def answering(self):
        return None

    def vector_space(self):
        return self.space

    def vectors(self):
        self.read += 1
        return list(self.ids), self.rows


class Store:
    def __init__(self, code: ErrorCode | None = None) -> None:
        self.code = code
        self.asked = 0

    def search(self, vector, top):
        self.asked += 1
        if self.code is not None:
            raise AlbumError(self.code)
        return [("from the store", 1.0)]


def test_beside_an_embedded_store_the_catalog_answers_and_is_read_once() -> None:
    rows, store = Rows(50), Store()
    searcher = Searcher(rows, lambda: store, "album", in_memory=True)
    for number in (3, 40):
        found = searcher.most_similar(rows.rows[number], 5)
        assert found[0] == (rows.ids[number], 1.0)
        assert len(found) == 5
    assert (rows.read, store.asked) == (1, 0)


def test_what_came_or_went_since_is_seen() -> None:
    rows = Rows(50)
    searcher = Searcher(rows, Store, "album", in_memory=True)
    asked = rows.rows[49]
    assert searcher.most_similar(asked, 1)[0][0] == rows.ids[49]
    rows.ids, rows.rows, rows.vectors_state = rows.ids[:49], rows.rows[:49], 1
    assert searcher.most_similar(asked, 1)[0][0] != f"{49:064x}"
    assert rows.read == 2


def test_a_server_answers_itself() -> None:
    rows, store = Rows(5), Store()
    found = Searcher(rows, lambda: store, "album", in_memory=False).most_similar(rows.rows[0], 3)
    assert found == [("from the store", 1.0)]
    assert rows.read == 0


def test_while_the_server_is_away_the_catalog_answers() -> None:
    rows, store = Rows(20), Store(ErrorCode.SERVER_SILENT)
    found = Searcher(rows, lambda: store, "album", in_memory=False).most_similar(rows.rows[7], 2)
    assert found[0] == (rows.ids[7], 1.0)
    assert store.asked == 1


def test_a_trouble_that_is_none_of_the_stores_is_told() -> None:
    store = Store(ErrorCode.DISK_FULL)
    with pytest.raises(AlbumError) as told:
        Searcher(Rows(20), lambda: store, "album", in_memory=False).most_similar(
            Rows(20).rows[7], 2
        )
    assert told.value.code is ErrorCode.DISK_FULL


@pytest.mark.parametrize("space", ["", "another extractor's"])
def test_descriptors_of_another_embedding_are_not_compared(space: str) -> None:
    """A library of an older version has them in the store alone, until the next scan."""
    rows, store = Rows(20), Store()
    rows.space = space
    found = Searcher(rows, lambda: store, "album", in_memory=True).most_similar(rows.rows[7], 2)
    assert found == [("from the store", 1.0)]
    assert rows.read == 0
    away = Store(ErrorCode.SERVER_SILENT)
    with pytest.raises(AlbumError):
        Searcher(rows, lambda: away, "album", in_memory=False).most_similar(rows.rows[7], 2)
