"""A few workers, begun when they are needed, kept while they are, replaced when they die."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from albumdedup.core.decoder.limits import (
    ALONE_BYTES,
    DECODE_BYTES,
    DECODE_SECONDS,
    START_SECONDS,
    WORKER_BYTES,
)
from albumdedup.core.errors import Cancelled
from albumdedup.core.types import DecodeTask, Reason, Refusal
from albumdedup.system.isolation.process import Process, worker_command
from albumdedup.system.isolation.wire import Closed, Order, Outcome

_log = logging.getLogger(__name__)

Stopped = Callable[[], bool]

TICK = 0.1
"""Seconds between two looks at workers that are busy. Ticks are counted, not the clock: a computer
that slept for an hour has not decoded for an hour."""
IDLE_SECONDS = 30.0
"""A worker that has nothing to do for so long gives its 100 MB back."""
MOST = 8
STARTS = 2
"""For one file: a computer that was short of memory just now may not be a moment later."""
FAILED_STARTS = 4
"""After so many in a row none is begun any more: each costs a second."""


def most_workers(threads: int) -> int:
    """One for each decoding thread, as far as half of the memory goes."""
    return max(1, min(threads, MOST, _memory() // 2 // WORKER_BYTES))


def _memory() -> int:
    """Bytes of this computer's memory; as much as a small one has where nobody tells."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 8 * WORKER_BYTES


class _Shift:
    """A worker at work: who may stop it, and how long it has been at it."""

    def __init__(self, stopped: Stopped) -> None:
        self.stopped = stopped
        self.seconds = START_SECONDS
        self.worker: Process | None = None
        self.waited = 0.0
        self.cancelled = False
        self.slow = False


class Workers:
    """Fulfils ``core.ports.DecodeWorkers``; thread-safe. A second thread looks after the workers
    while there are any."""

    def __init__(
        self,
        most: int,
        *,
        command: Sequence[str] | None = None,
        seconds: float = DECODE_SECONDS,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self._most = most
        self._command = tuple(command or worker_command())
        self._seconds = seconds
        self._idle_seconds = idle_seconds
        self._changed = threading.Condition()
        self._alone = threading.Lock()
        self._idle: list[tuple[Process, float]] = []
        self._shifts: set[_Shift] = set()
        self._watcher: threading.Thread | None = None
        self._failed_starts = 0
        self._closed = False

    def run(self, task: DecodeTask, stopped: Stopped) -> Outcome:
        """What ended a worker is tried once more, with more room and no other such file beside it:
        the system's own hunt for memory may have taken the first."""
        seconds = self._seconds + len(task.data) / DECODE_BYTES
        try:
            outcome = self._attempt(Order(task, WORKER_BYTES, seconds), stopped)
        except _Died:
            outcome = None
        if isinstance(outcome, Refusal) and outcome.reason is Reason.TOO_MUCH_MEMORY:
            outcome = None
        if outcome is not None:
            return outcome
        room = max(WORKER_BYTES, min(ALONE_BYTES, _memory() // 2))
        with self._by_itself(stopped):
            try:
                return self._attempt(Order(task, room, seconds), stopped)
            except _Died as death:
                return Refusal(Reason.STOPPED_DECODER, str(death))

    @property
    def alive(self) -> tuple[int, ...]:
        """The process ids of all workers."""
        with self._changed:
            busy = [shift.worker for shift in self._shifts if shift.worker is not None]
            return tuple(worker.pid for worker in (*busy, *(one for one, _ in self._idle)))

    def close(self) -> None:
        with self._changed:
            self._closed = True
            idle, self._idle = self._idle, []
            for shift in self._shifts:
                _end_shift(shift)
            watcher = self._watcher
            self._changed.notify_all()
        for worker, _ in idle:
            worker.end()
        if watcher is not None:
            watcher.join()

    # --- one attempt ------------------------------------------------------------------------

    def _attempt(self, order: Order, stopped: Stopped) -> Outcome:
        """Raises _Died, Cancelled."""
        with self._shift(stopped) as shift:
            if shift.worker is None and not any(self._begin(shift) for _ in range(STARTS)):
                return Refusal(Reason.NO_WORKER)
            worker = shift.worker
            assert worker is not None
            try:
                shift.seconds, shift.waited = order.seconds, 0.0
                outcome = worker.ask(order)
            except Closed as error:
                how = self._bury(shift)
                if shift.cancelled:
                    raise Cancelled from error
                if shift.slow:
                    return Refusal(Reason.TOO_SLOW)
                raise _Died(how) from error
            if isinstance(outcome, Refusal) and outcome.reason is Reason.TOO_MUCH_MEMORY:
                self._bury(shift)  # what it holds now is not ours to guess
            return outcome

    @contextmanager
    def _shift(self, stopped: Stopped) -> Iterator[_Shift]:
        """A place among the busy ones, with an idle worker where there is one."""
        shift = _Shift(stopped)
        with self._changed:
            while not self._closed and not stopped() and len(self._shifts) >= self._most:
                self._changed.wait(TICK)
            if self._closed or stopped():
                raise Cancelled
            if self._idle:
                shift.worker = self._idle.pop()[0]
            self._shifts.add(shift)
            if self._watcher is None:
                self._watcher = threading.Thread(target=self._watch, name="watch", daemon=True)
                self._watcher.start()
            self._changed.notify_all()
        try:
            yield shift
        finally:
            self._rest(shift)

    def _rest(self, shift: _Shift) -> None:
        """The worker, where it lives, waits for the next task."""
        with self._changed:
            self._shifts.discard(shift)
            keep = shift.worker is not None and not self._closed and not _ending(shift)
            if keep and shift.worker is not None:
                self._idle.append((shift.worker, time.monotonic()))
            self._changed.notify_all()
        if not keep and shift.worker is not None:
            shift.worker.end()

    def _begin(self, shift: _Shift) -> bool:
        """False where no process comes up."""
        with self._changed:
            if self._failed_starts >= FAILED_STARTS:
                return False
        shift.seconds, shift.waited = START_SECONDS, 0.0
        worker = None
        try:
            worker = Process(self._command)
            with self._changed:
                shift.worker = worker
            worker.greet()
        except (OSError, Closed) as error:
            if worker is not None:
                self._bury(shift)
            if shift.cancelled:
                raise Cancelled from error
            _log.warning("A process to decode in did not start: %r", error)
            with self._changed:
                self._failed_starts += 1
            return False
        with self._changed:
            self._failed_starts = 0
        return True

    def _bury(self, shift: _Shift) -> str:
        with self._changed:
            worker, shift.worker = shift.worker, None
        return worker.end() if worker is not None else ""

    @contextmanager
    def _by_itself(self, stopped: Stopped) -> Iterator[None]:
        while not self._alone.acquire(timeout=TICK):
            if self._closed or stopped():
                raise Cancelled
        try:
            yield
        finally:
            self._alone.release()

    # --- looking after them -----------------------------------------------------------------

    def _watch(self) -> None:
        """Until there is no worker left: end those that are slow, stopped, or idle for long."""
        while True:
            with self._changed:
                if not self._shifts and (self._closed or not self._idle):
                    self._watcher = None
                    return
                self._changed.wait(TICK if self._shifts else self._idle_seconds)
                for shift in self._shifts:
                    shift.waited += TICK
                    if self._closed or shift.stopped():
                        _end_shift(shift)
                    elif shift.waited >= shift.seconds and shift.worker is not None:
                        shift.slow = True
                        shift.worker.kill()
                since = time.monotonic() - self._idle_seconds
                tired = [worker for worker, at in self._idle if at <= since]
                self._idle = [(worker, at) for worker, at in self._idle if at > since]
            for worker in tired:
                worker.end()


class _Died(Exception):
    """A worker ended in mid-task; how."""


def _end_shift(shift: _Shift) -> None:
    shift.cancelled = True
    if shift.worker is not None:
        shift.worker.kill()


def _ending(shift: _Shift) -> bool:
    return shift.cancelled or shift.slow
