"""Delivery beside the scan: in order, never in its way, and nothing of it left at the end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import pytest
from test_delivery import DIM, agree, described

from albumdedup.core import courier as module
from albumdedup.core.control import Control
from albumdedup.core.courier import Courier
from albumdedup.core.delivery import Delivery
from albumdedup.core.errors import AlbumError, Cancelled, ErrorCode
from albumdedup.core.executors import InlineExecutor, ThreadExecutor
from albumdedup.core.ports import Lane
from albumdedup.core.types import ContentId, Descriptors
from albumdedup.store.catalog import SqliteCatalog
from tests.fakes import MemoryVectorStore


class Held(MemoryVectorStore):
    """A store whose first upsert waits for ``go``; then fails with ``failure`` if there is one."""

    def __init__(self) -> None:
        super().__init__(DIM)
        self.go, self.entered = threading.Event(), threading.Event()
        self.failure: AlbumError | None = None
        self.threads: set[int] = set()

    def upsert(self, ids: list[ContentId], vectors: Descriptors) -> None:
        self.threads.add(threading.get_ident())
        self.entered.set()
        assert self.go.wait(20)
        if self.failure is not None:
            raise self.failure
        super().upsert(ids, vectors)


class Counting(ThreadExecutor):
    """Knows what was ever submitted."""

    def __init__(self) -> None:
        super().__init__({Lane.DELIVERY: 1})
        self.all: list[Future[Any]] = []

    def submit(self, lane: Lane, fn: Any, /, *args: object) -> Future[Any]:
        future = super().submit(lane, fn, *args)
        self.all.append(future)
        return future


@pytest.fixture
def executor() -> Iterator[Counting]:
    made = Counting()
    yield made
    made.close()


def test_the_store_works_on_its_own_thread_and_has_all_in_the_end(
    catalog: SqliteCatalog, executor: Counting
) -> None:
    store = Held()
    courier = Courier(Delivery(catalog, lambda: store), executor, Control())
    courier.catch_up()
    for number in range(1, 6):
        courier.offer(*described(catalog, number))
    assert store.entered.wait(20)
    assert catalog.waiting_vectors()  # the scan went on; the store has not even answered
    store.go.set()
    assert courier.finish() is None
    assert agree(catalog, store)
    assert catalog.waiting_vectors() == []
    assert threading.get_ident() not in store.threads
    assert courier.seconds > 0


def test_a_slow_store_holds_no_more_than_a_few_and_gets_the_rest_at_the_end(
    catalog: SqliteCatalog, executor: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 3)
    store = Held()
    courier = Courier(Delivery(catalog, lambda: store), executor, Control())
    for number in range(1, 12):
        courier.offer(*described(catalog, number))
    assert len(executor.all) == 3
    store.go.set()
    assert courier.finish() is None
    assert agree(catalog, store)
    assert catalog.waiting_vectors() == []


def test_trouble_of_the_store_is_told_at_the_end_and_everything_waits(
    catalog: SqliteCatalog, executor: Counting
) -> None:
    store = Held()
    store.failure = AlbumError(ErrorCode.SERVER_TOKEN, path="http://nas:19530", detail="no")
    store.go.set()
    courier = Courier(Delivery(catalog, lambda: store), executor, Control())
    for number in (1, 2):
        courier.offer(*described(catalog, number))
    assert courier.finish() is store.failure
    assert len(catalog.waiting_vectors()) == 2


@pytest.mark.parametrize("inline", [True, False])
def test_what_is_no_trouble_of_the_store_ends_the_scan(
    catalog: SqliteCatalog, executor: Counting, inline: bool
) -> None:
    store = Held()
    store.failure = AlbumError(ErrorCode.DISK_FULL, path="/full")
    store.go.set()
    lane = InlineExecutor() if inline else executor
    courier = Courier(Delivery(catalog, lambda: store), lane, Control())
    courier.offer(*described(catalog, 1))
    with pytest.raises(AlbumError) as failure:
        courier.finish()
    assert failure.value.code is ErrorCode.DISK_FULL
    courier.close()


def test_after_close_nothing_runs_any_more(catalog: SqliteCatalog, executor: Counting) -> None:
    store, control = Held(), Control()
    courier = Courier(Delivery(catalog, lambda: store), executor, control)
    for number in range(1, 6):
        courier.offer(*described(catalog, number))
    assert store.entered.wait(20)
    control.cancel()
    threading.Timer(0.05, store.go.set).start()
    courier.close()
    assert all(future.done() for future in executor.all)
    assert store.count() == 1  # the one that had begun; the others wait in the catalog
    assert len(catalog.waiting_vectors()) == 4


def test_a_cancel_reaches_the_delivery(catalog: SqliteCatalog, executor: Counting) -> None:
    control, store = Control(), Held()
    store.go.set()
    described(catalog, 1)
    courier = Courier(Delivery(catalog, lambda: store), executor, control)
    control.cancel()
    courier.catch_up()
    with pytest.raises(Cancelled):
        courier.finish()
    courier.close()
