"""Lanes and the bounded pull-chain."""

from __future__ import annotations

import threading

import pytest

from albumdedup.core.control import Control
from albumdedup.core.errors import Cancelled
from albumdedup.core.executors import InlineExecutor, ThreadExecutor, bounded_map
from albumdedup.core.ports import Lane


@pytest.fixture(params=["inline", "threads"])
def executor(request):
    if request.param == "inline":
        yield InlineExecutor()
        return
    threads = ThreadExecutor(dict.fromkeys(Lane, 3))
    yield threads
    threads.close()


def test_results_come_in_order(executor):
    found = list(bounded_map(executor, Lane.DECODE, lambda n: n * n, range(50), 7, Control()))
    assert found == [n * n for n in range(50)]


def test_no_more_than_the_window_is_in_flight():
    executor = ThreadExecutor(dict.fromkeys(Lane, 2))
    taken = []

    def items():
        for n in range(40):
            taken.append(n)
            yield n

    chain = bounded_map(executor, Lane.DECODE, lambda n: n, items(), 5, Control())
    for position, _ in enumerate(chain):
        assert len(taken) <= position + 5
    executor.close()


def test_an_exception_reaches_the_consumer(executor):
    def fail(n):
        raise ValueError(n)

    with pytest.raises(ValueError, match="3"):
        list(bounded_map(executor, Lane.DECODE, fail, [3], 2, Control()))


def test_cancel_stops_the_chain_and_drops_what_has_not_begun():
    executor = ThreadExecutor(dict.fromkeys(Lane, 1))
    control = Control()
    hold, ran = threading.Event(), []

    def work(n):
        ran.append(n)
        if n == 0:
            return n
        hold.wait(10)
        return n

    chain = bounded_map(executor, Lane.DECODE, work, range(100), 10, control)
    assert next(chain) == 0
    control.cancel()
    with pytest.raises(Cancelled):
        next(chain)
    hold.set()
    executor.close()
    assert len(ran) < 11


def test_an_inline_task_always_ends_in_its_future():
    def stop():
        raise Cancelled

    future = InlineExecutor().submit(Lane.FILES, stop)
    with pytest.raises(Cancelled):
        future.result()
