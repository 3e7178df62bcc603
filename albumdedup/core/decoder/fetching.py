"""Reads files on threads that can be left behind: a drive that hangs stops only itself."""

from __future__ import annotations

import queue
import threading
from collections import Counter
from collections.abc import Callable

from albumdedup.core.decoder.limits import STALL_SECONDS, STALLED_READS
from albumdedup.core.decoder.reading import Fetched, Reading
from albumdedup.core.decoder.refusing import Unreadable
from albumdedup.core.errors import Cancelled
from albumdedup.core.types import Reason

TICK = 0.2
"""Seconds between two looks at a read that is not done yet. Ticks are counted, not the clock: a
computer that slept has not waited."""


class _Hand(threading.Thread):
    """Reads one file after the other. A daemon: the program ends without one that never returns,
    which the system ends in its turn when the drive answers or is given up."""

    def __init__(self) -> None:
        super().__init__(name="read", daemon=True)
        self.jobs: queue.SimpleQueue[Reading | None] = queue.SimpleQueue()
        self.done: queue.SimpleQueue[Fetched | BaseException] = queue.SimpleQueue()
        self.progress = 0
        self.at_end: Callable[[], None] = _nothing

    def run(self) -> None:
        while (reading := self.jobs.get()) is not None:
            try:
                self.done.put(reading(self._tell))
            except BaseException as error:  # whatever it is, it belongs to who waits
                self.done.put(error)
            del reading
        self.at_end()

    def _tell(self) -> None:
        self.progress += 1


class Fetcher:
    """Lends a hand to whoever reads, and takes it back; thread-safe."""

    def __init__(self, patience: float = STALL_SECONDS, tick: float = TICK) -> None:
        self._patience = patience
        self._tick = tick
        self._lock = threading.Lock()
        self._idle: list[_Hand] = []
        self._stuck: Counter[int | None] = Counter()
        self._closed = False

    def fetch(self, volume: int | None, reading: Reading, stopped: Callable[[], bool]) -> Fetched:
        """Raises what the reading raises; Unreadable(NO_ANSWER) where the drive brings nothing, or
        left others waiting; Cancelled soon after ``stopped`` says so."""
        hand = self._lend(volume)
        hand.jobs.put(reading)
        waited, seen = 0.0, hand.progress
        while True:
            try:
                outcome = hand.done.get(timeout=self._tick)
                break
            except queue.Empty:
                waited = waited + self._tick if hand.progress == seen else 0.0
                seen = hand.progress
            if self._closed or stopped():
                self._leave(hand, volume)
                raise Cancelled
            if waited >= self._patience:
                self._leave(hand, volume)
                raise Unreadable(Reason.NO_ANSWER)
        self._take_back(hand)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    @property
    def stuck(self) -> int:
        """Reads that were left behind and have not come back."""
        with self._lock:
            return self._stuck.total()

    def close(self) -> None:
        """Idle hands end; a stuck one ends when its read returns."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for hand in idle:
            hand.jobs.put(None)
        for hand in idle:
            hand.join()

    def _lend(self, volume: int | None) -> _Hand:
        with self._lock:
            if self._stuck[volume] >= STALLED_READS:
                raise Unreadable(Reason.NO_ANSWER)
            if self._idle:
                return self._idle.pop()
        hand = _Hand()
        hand.start()
        return hand

    def _take_back(self, hand: _Hand) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(hand)
                return
        hand.jobs.put(None)

    def _leave(self, hand: _Hand, volume: int | None) -> None:
        with self._lock:
            self._stuck[volume] += 1

        def come_back() -> None:
            with self._lock:
                self._stuck[volume] -= 1

        hand.at_end = come_back
        hand.jobs.put(None)


def _nothing() -> None:
    """At the end of a hand that was not left behind."""
