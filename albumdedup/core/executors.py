"""Lanes without Qt, and the bounded pull-chain that all bulk work goes through."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from albumdedup.core.control import Control
from albumdedup.core.ports import Executor, Lane

T = TypeVar("T")
R = TypeVar("R")


class ThreadExecutor:
    """One pool per lane; for the command line."""

    def __init__(self, widths: Mapping[Lane, int]) -> None:
        self._pools = {
            lane: ThreadPoolExecutor(max_workers=max(1, n), thread_name_prefix=lane.value)
            for lane, n in widths.items()
        }
        self._widths = dict(widths)

    def submit(self, lane: Lane, fn: Callable[..., R], /, *args: object) -> Future[R]:
        return self._pools[lane].submit(fn, *args)

    def width(self, lane: Lane) -> int:
        return self._widths[lane]

    def close(self) -> None:
        for pool in self._pools.values():
            pool.shutdown(wait=True, cancel_futures=True)


class InlineExecutor:
    """Runs everything at once in the calling thread; for tests."""

    def submit(self, lane: Lane, fn: Callable[..., R], /, *args: object) -> Future[R]:
        future: Future[R] = Future()
        try:
            future.set_result(fn(*args))
        except BaseException as error:  # a task always ends in its Future
            future.set_exception(error)
        return future

    def width(self, lane: Lane) -> int:
        return 1


def bounded_map(
    executor: Executor,
    lane: Lane,
    fn: Callable[[T], R],
    items: Iterable[T],
    window: int,
    control: Control,
) -> Iterator[R]:
    """Yield ``fn(item)`` in order with at most ``window`` calls in flight."""
    pending: deque[Future[R]] = deque()
    try:
        for item in items:
            control.checkpoint()
            pending.append(executor.submit(lane, fn, item))
            if len(pending) >= window:
                yield pending.popleft().result()
        while pending:
            control.checkpoint()
            yield pending.popleft().result()
    finally:
        for future in pending:  # the caller stopped early: drop what has not begun
            future.cancel()
