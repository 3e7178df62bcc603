"""The lanes of the window: private thread pools whose tasks always end in a Future."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any, TypeVar

from PySide6.QtCore import QRunnable, QThreadPool

from albumdedup.core.ports import Lane

R = TypeVar("R")

STACK_BYTES = 8 * 1024 * 1024  # macOS gives pool threads 512 KB, too little for torch


class _Task(QRunnable):
    """One call. An exception in ``run`` would be printed and lost, so it goes to the Future."""

    def __init__(
        self, future: Future[Any], fn: Callable[..., Any], args: tuple[object, ...]
    ) -> None:
        super().__init__()
        self._future = future
        self._fn = fn
        self._args = args

    def run(self) -> None:
        future, fn, args = self._future, self._fn, self._args
        if not future.set_running_or_notify_cancel():
            return
        try:
            result = fn(*args)
        except BaseException as error:  # Cancelled is a BaseException, and must arrive too
            future.set_exception(error)
        else:
            future.set_result(result)


class QtExecutor:
    """Fulfils ``core.ports.Executor`` with one private QThreadPool per lane."""

    def __init__(self, widths: Mapping[Lane, int]) -> None:
        self._widths = {lane: max(1, n) for lane, n in widths.items()}
        self._pools: dict[Lane, QThreadPool] = {}
        self._waiting: set[Future[Any]] = set()
        self._lock = threading.Lock()
        self._closed = False
        for lane, width in self._widths.items():
            pool = QThreadPool()
            pool.setMaxThreadCount(width)
            pool.setExpiryTimeout(-1)  # torch and SQLite dislike threads that come and go
            pool.setStackSize(STACK_BYTES)
            self._pools[lane] = pool

    def submit(self, lane: Lane, fn: Callable[..., R], /, *args: object) -> Future[R]:
        """Queue a call. After ``shutdown`` the Future comes back cancelled."""
        future: Future[R] = Future()
        with self._lock:
            closed = self._closed
            if not closed:
                self._waiting.add(future)
        if closed:
            future.cancel()
            future.set_running_or_notify_cancel()
            return future
        future.add_done_callback(self._forget)
        self._pools[lane].start(_Task(future, fn, args))
        return future

    def width(self, lane: Lane) -> int:
        return self._widths[lane]

    def busy(self) -> bool:
        """Whether any call is queued or running."""
        with self._lock:
            return bool(self._waiting)

    def shutdown(self, ms: int = 5000) -> bool:
        """Cancel what has not begun, wait for the rest until the deadline (for all pools
        together); tells whether all threads came home."""
        with self._lock:
            self._closed = True
            waiting = list(self._waiting)
        for future in waiting:  # clear() alone would leave them pending for ever
            future.cancel()
        deadline = time.monotonic() + ms / 1000
        home = True
        for pool in self._pools.values():
            left = max(1, round((deadline - time.monotonic()) * 1000))
            home = pool.waitForDone(left) and home
        return home

    def _forget(self, future: Future[Any]) -> None:
        with self._lock:
            self._waiting.discard(future)
