"""Descriptors wait in the catalog while the vector store is away, and get there in the end."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from albumdedup.core.control import Control, Reporter
from albumdedup.core.delivery import LAST_TRIES, Delivery, move
from albumdedup.core.errors import AlbumError, Cancelled, ErrorCode
from albumdedup.core.ports import ContentRecord
from albumdedup.core.types import ContentId, Descriptors, PhotoMetadata
from albumdedup.store.catalog import SqliteCatalog
from tests.fakes import MemoryVectorStore

DIM = 4


class Moody(MemoryVectorStore):
    """A store that fails with ``mood`` while it has one, after ``patience`` more upserts."""

    def __init__(self) -> None:
        super().__init__(DIM)
        self.mood: ErrorCode | None = None
        self.patience = 0
        self.asked = 0

    def opened(self) -> Moody:
        self.asked += 1
        self._fail()
        return self

    def upsert(self, ids: list[ContentId], vectors: Descriptors) -> None:
        self.patience -= 1
        self._fail()
        super().upsert(ids, vectors)

    def _fail(self) -> None:
        if self.mood is not None and self.patience < 0:
            raise AlbumError(self.mood, path="http://nas:19530", detail="away")


def described(catalog: SqliteCatalog, *numbers: int) -> tuple[list[ContentId], Descriptors]:
    ids = [ContentId(f"{number:064x}") for number in numbers]
    rows = np.random.default_rng(numbers[0]).standard_normal((len(ids), DIM)).astype(np.float32)
    catalog.save([], [ContentRecord(c, 9, 9, "PNG", PhotoMetadata(), False) for c in ids])
    catalog.save_vectors(ids, rows)
    catalog.mark_indexed(ids)
    return ids, rows


def agree(catalog: SqliteCatalog, store: MemoryVectorStore) -> bool:
    kept, there = catalog.vectors(), store.everything()
    return kept[0] == there[0] and np.array_equal(kept[1], there[1])


def test_what_the_store_takes_waits_no_more(catalog: SqliteCatalog) -> None:
    store = Moody()
    delivery = Delivery(catalog, store.opened)
    delivery.offer(*described(catalog, 1, 2), Control())
    assert agree(catalog, store)
    assert catalog.waiting_vectors() == []
    assert delivery.trouble is None


@pytest.mark.parametrize("mood", [ErrorCode.SERVER_SILENT, ErrorCode.SERVER_TOKEN])
def test_a_store_that_fails_is_no_end(catalog: SqliteCatalog, mood: ErrorCode) -> None:
    store = Moody()
    store.mood = mood
    delivery = Delivery(catalog, store.opened)
    ids, rows = described(catalog, 1, 2)
    delivery.offer(ids, rows, Control())
    assert delivery.trouble is not None
    assert delivery.trouble.code is mood
    assert catalog.waiting_vectors() == ids
    np.testing.assert_array_equal(catalog.vectors()[1], rows)
    store.mood = None
    assert Delivery(catalog, store.opened).catch_up(Control())
    assert agree(catalog, store)
    assert catalog.waiting_vectors() == []


def test_a_disk_that_is_full_ends_the_scan(catalog: SqliteCatalog) -> None:
    store = Moody()
    store.mood = ErrorCode.DISK_FULL
    with pytest.raises(AlbumError):
        Delivery(catalog, store.opened).offer(*described(catalog, 1), Control())


def test_a_server_that_is_away_is_asked_after_longer_and_longer_pauses(
    catalog: SqliteCatalog,
) -> None:
    now = [0.0]
    store = Moody()
    store.mood = ErrorCode.SERVER_SILENT
    delivery = Delivery(catalog, store.opened, lambda: now[0])
    asked_at = []
    for second in range(0, 130):
        now[0] = float(second)
        before = store.asked
        delivery.offer(*described(catalog, second + 1), Control())
        if store.asked > before:
            asked_at.append(second)
    assert asked_at == [0, 1, 3, 7, 15, 31, 63, 123]
    store.mood, now[0] = None, 300.0
    delivery.offer(*described(catalog, 500), Control())
    assert delivery.trouble is None
    assert agree(catalog, store)


def test_a_wrong_token_is_tried_once(catalog: SqliteCatalog) -> None:
    store = Moody()
    store.mood = ErrorCode.SERVER_TOKEN
    delivery = Delivery(catalog, store.opened)
    for number in range(1, 5):
        delivery.offer(*described(catalog, number), Control())
    delivery.finish(Control())
    assert store.asked == 1
    assert len(catalog.waiting_vectors()) == 4


class Patient(Control):
    """Notes the waits and does not wait."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)


def test_the_end_of_a_scan_gives_a_server_some_seconds(catalog: SqliteCatalog) -> None:
    store, control = Moody(), Patient()
    store.mood = ErrorCode.SERVER_SLOW
    delivery = Delivery(catalog, store.opened)
    delivery.offer(*described(catalog, 1), control)
    delivery.finish(control)
    assert control.waits == [1, 2, 4]
    assert store.asked == 1 + LAST_TRIES
    store.mood = None
    delivery.finish(control)
    assert delivery.trouble is None
    assert len(control.waits) == 4


def test_stopping_ends_the_wait_at_once(catalog: SqliteCatalog) -> None:
    store, control = Moody(), Control()
    store.mood = ErrorCode.SERVER_SILENT
    delivery = Delivery(catalog, store.opened)
    delivery.offer(*described(catalog, 1), control)
    began = time.monotonic()
    threading.Timer(0.1, control.cancel).start()
    with pytest.raises(Cancelled):
        delivery.finish(control)
    assert time.monotonic() - began < 0.9  # the first pause alone is a second
    assert len(catalog.waiting_vectors()) == 1


def test_what_the_store_lost_is_sent_again_and_what_is_not_ours_deleted(
    catalog: SqliteCatalog,
) -> None:
    store = Moody()
    delivery = Delivery(catalog, store.opened)
    ids, rows = described(catalog, 1, 2, 3)
    delivery.offer(ids, rows, Control())
    store.delete(ids[:2])
    store.upsert([ContentId("f" * 64)], rows[:1])
    assert delivery.catch_up(Control())
    assert agree(catalog, store)


def test_a_new_place_is_filled_from_the_catalog(catalog: SqliteCatalog) -> None:
    catalog.use_vector_place("")
    first, second = Moody(), Moody()
    Delivery(catalog, first.opened).offer(*described(catalog, 1, 2, 3), Control())
    catalog.use_vector_place("http://nas:19530")
    assert len(catalog.waiting_vectors()) == 3
    assert Delivery(catalog, second.opened).catch_up(Control())
    assert agree(catalog, second)
    assert agree(catalog, first)


def test_a_move_that_was_stopped_goes_on_where_it_was(catalog: SqliteCatalog, monkeypatch) -> None:
    monkeypatch.setattr("albumdedup.core.delivery.PAGE", 2)
    described(catalog, *range(1, 8))
    target = Moody()
    target.mood, target.patience = ErrorCode.SERVER_SILENT, 2
    with pytest.raises(AlbumError):
        move(catalog, target, "http://nas:19530", Control(), Reporter())
    assert target.count() == 4
    assert len(catalog.waiting_vectors()) == 7  # the old place still counts
    target.mood, target.patience = None, 0
    assert move(catalog, target, "http://nas:19530", Control(), Reporter()) == 7
    assert target.patience == -2  # the two pages that were missing
    assert agree(catalog, target)
    assert catalog.waiting_vectors() == []
    catalog.use_vector_place("http://nas:19530")
    assert catalog.waiting_vectors() == []


def test_a_store_that_gives_back_something_else_is_not_moved_to(catalog: SqliteCatalog) -> None:
    class Forgetful(MemoryVectorStore):
        def upsert(self, ids: list[ContentId], vectors: Descriptors) -> None:
            super().upsert(ids, np.asarray(vectors, np.float16).astype(np.float32))

    described(catalog, 1, 2)
    with pytest.raises(AlbumError) as caught:
        move(catalog, Forgetful(DIM), "http://nas:19530", Control(), Reporter())
    assert caught.value.code is ErrorCode.VECTORS_DIFFER


def test_a_move_leaves_nothing_there_that_the_library_does_not_know(
    catalog: SqliteCatalog,
) -> None:
    target = Moody()
    target.upsert([ContentId("f" * 64)], np.ones((1, DIM), np.float32))
    described(catalog, 1, 2)
    move(catalog, target, "http://nas:19530", Control(), Reporter())
    assert agree(catalog, target)
