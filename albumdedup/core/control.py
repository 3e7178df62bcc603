"""Pause, cancel and progress, carried as arguments through every long job."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from albumdedup.core.errors import Cancelled


class Stage(StrEnum):
    FINDING = "finding"
    READING = "reading"
    DESCRIBING = "describing"
    REDUCING = "reducing"
    COMPARING = "comparing"
    CHECKING = "checking"
    LOOKING_INSIDE = "looking_inside"
    CLEANING = "cleaning"
    RESTORING = "restoring"
    PROVING = "proving"
    MOVING = "moving"
    TELLING = "telling"
    MEETING = "meeting"
    DOWNLOADING = "downloading"


@dataclass(frozen=True, slots=True)
class Progress:
    """A report from a running job. ``total`` is None while it is not known. What a download has
    done is counted in bytes."""

    stage: Stage
    done: int
    total: int | None = None
    bytes: int = 0
    unreadable: int = 0
    current: str = ""


class Control:
    """Shared between a job and the person who may pause or stop it. Thread-safe."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._paused = False
        self._cancelled = False

    def checkpoint(self) -> None:
        """Wait while paused; raise Cancelled when stopped. Call once per item."""
        if not (self._paused or self._cancelled):
            return
        with self._condition:
            self._condition.wait_for(lambda: self._cancelled or not self._paused)
        if self._cancelled:
            raise Cancelled

    def wait(self, seconds: float) -> None:
        """Let time pass; raise Cancelled at once when stopped."""
        with self._condition:
            self._condition.wait_for(lambda: self._cancelled, seconds)
        if self._cancelled:
            raise Cancelled

    def pause(self) -> None:
        with self._condition:
            self._paused = True

    def resume(self) -> None:
        with self._condition:
            self._paused = False
            self._condition.notify_all()

    def cancel(self) -> None:
        with self._condition:
            self._cancelled = True
            self._condition.notify_all()

    @property
    def paused(self) -> bool:
        return self._paused

    @property
    def cancelled(self) -> bool:
        return self._cancelled


ProgressSink = Callable[[Progress], None]


class Reporter:
    """Lets through one report per ``interval`` seconds and stage; the first and last always.

    Not thread-safe: one job, one lane, one reporter.
    """

    def __init__(
        self,
        sink: ProgressSink | None = None,
        interval: float = 0.1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sink = sink
        self._interval = interval
        self._clock = clock
        self._stage: Stage | None = None
        self._held: Progress | None = None
        self._last = 0.0

    def report(self, progress: Progress) -> None:
        if self._sink is None:
            return
        now = self._clock()
        if progress.stage is not self._stage:
            self.flush()
        elif now - self._last < self._interval and progress.done != progress.total:
            self._held = progress
            return
        self._stage, self._last, self._held = progress.stage, now, None
        self._sink(progress)

    def flush(self) -> None:
        """Send the report that was held back, so that the last one is never lost."""
        if self._held is not None and self._sink is not None:
            held, self._held = self._held, None
            self._sink(held)
