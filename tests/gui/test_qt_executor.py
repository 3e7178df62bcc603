"""The executor of the window keeps the promises of the port."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import CancelledError

import pytest
from PySide6.QtCore import QObject, Signal

from albumdedup.core.control import Control
from albumdedup.core.errors import Cancelled
from albumdedup.core.executors import bounded_map
from albumdedup.core.ports import Lane
from albumdedup.gui.executor import QtExecutor


def test_a_result_comes_back_from_another_thread(executor: QtExecutor) -> None:
    ident = executor.submit(Lane.FILES, threading.get_ident).result(5)
    assert ident != threading.get_ident()
    assert executor.submit(Lane.FILES, divmod, 7, 2).result(5) == (3, 1)


def _stop() -> None:
    raise Cancelled


@pytest.mark.parametrize(("fn", "error"), [(_stop, Cancelled), (lambda: 1 / 0, ZeroDivisionError)])
def test_an_exception_ends_in_the_future(executor: QtExecutor, fn, error) -> None:
    future = executor.submit(Lane.DECODE, fn)
    with pytest.raises(error):
        future.result(5)


def test_a_lane_of_one_runs_in_order(executor: QtExecutor) -> None:
    seen: list[int] = []
    futures = [executor.submit(Lane.FILES, seen.append, n) for n in range(200)]
    for future in futures:
        future.result(5)
    assert seen == list(range(200))
    assert not executor.busy()


def test_what_has_not_begun_can_be_cancelled(executor: QtExecutor) -> None:
    gate, begun, ran = threading.Event(), threading.Event(), []

    def hold() -> None:
        begun.set()
        gate.wait(5)

    first = executor.submit(Lane.FILES, hold)
    second = executor.submit(Lane.FILES, ran.append, 1)
    assert begun.wait(5)
    assert second.cancel()
    gate.set()
    first.result(5)
    executor.submit(Lane.FILES, ran.append, 2).result(5)
    assert ran == [2]


def test_shutdown_cancels_what_waits_and_no_waiter_hangs() -> None:
    executor = QtExecutor({Lane.FILES: 1})
    gate, begun = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        gate.wait(5)

    running = executor.submit(Lane.FILES, hold)
    waiting = [executor.submit(Lane.FILES, int) for _ in range(5)]
    assert begun.wait(5)
    assert not executor.shutdown(1)
    for future in waiting:
        with pytest.raises(CancelledError):
            future.result(5)
    gate.set()
    running.result(5)
    assert executor.shutdown(5000)
    with pytest.raises(CancelledError):
        executor.submit(Lane.FILES, int).result(5)


def test_the_pull_chain_runs_on_it_in_order(executor: QtExecutor) -> None:
    done = list(bounded_map(executor, Lane.DECODE, abs, range(-500, 0), 8, Control()))
    assert done == list(range(500, 0, -1))


def test_emitting_costs_no_reference(qapp) -> None:
    """PySide6 6.12 on Python 3.11 loses one of True per emit and aborts after some 570."""

    class Emitter(QObject):
        news = Signal(object)

    emitter, seen = Emitter(), []
    emitter.news.connect(seen.append)
    emitter.news.emit(0)
    before = sys.getrefcount(True)
    for number in range(50):
        emitter.news.emit(number)
    assert abs(sys.getrefcount(True) - before) < 10
    assert len(seen) == 51
