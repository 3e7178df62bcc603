"""Asks drives on threads that can be left behind: one that hangs stops only itself.

No system call that waits for a disk can be taken back. Whoever asks here waits for as long as
there is progress, and goes on without the answer when there is none.
"""

from __future__ import annotations

import queue
import threading
from collections import Counter
from collections.abc import Callable
from typing import TypeVar, cast

from albumdedup.core.errors import Cancelled

R = TypeVar("R")

Tell = Callable[[], None]
"""Called whenever there is some progress."""

STALL_SECONDS = 30.0
"""A question that brings nothing for so long is given up: longer than a disk takes to wake. A
share whose server went away never answers."""

MOST_STUCK = 2
"""A volume with so many questions that never came back is not asked again until one does: each
would cost a thread and STALL_SECONDS."""

TICK = 0.2
"""Seconds between two looks at what is not done yet. Ticks are counted, not the clock: a computer
that slept has not waited."""


class NoAnswer(Exception):
    """The drive said nothing for too long, or left others waiting."""


class _Hand(threading.Thread):
    """Asks one question after the other. A daemon: the program ends without one that never
    returns, which the system ends in its turn when the drive answers or is given up."""

    def __init__(self) -> None:
        super().__init__(name="ask", daemon=True)
        self.jobs: queue.SimpleQueue[Callable[[Tell], object] | None] = queue.SimpleQueue()
        self.done: queue.SimpleQueue[tuple[object, BaseException | None]] = queue.SimpleQueue()
        self.progress = 0
        self.at_end: Callable[[], None] = _nothing

    def run(self) -> None:
        while (job := self.jobs.get()) is not None:
            try:
                self.done.put((job(self._tell), None))
            except BaseException as error:  # whatever it is, it belongs to who waits
                self.done.put((None, error))
            del job
        self.at_end()

    def _tell(self) -> None:
        self.progress += 1


class Patience:
    """Lends a hand to whoever asks, and takes it back; thread-safe."""

    def __init__(self, seconds: float = STALL_SECONDS, tick: float = TICK) -> None:
        self._seconds = seconds
        self._tick = tick
        self._lock = threading.Lock()
        self._idle: list[_Hand] = []
        self._stuck: Counter[int | None] = Counter()
        self._closed = False

    def ask(self, volume: int | None, act: Callable[[Tell], R], stopped: Callable[[], bool]) -> R:
        """What ``act`` returns or raises. Raises NoAnswer where the drive brings nothing, or left
        others waiting; Cancelled soon after ``stopped`` says so."""
        hand = self._lend(volume)
        hand.jobs.put(act)
        waited, seen = 0.0, hand.progress
        while True:
            try:
                answer, error = hand.done.get(timeout=self._tick)
                break
            except queue.Empty:
                waited = waited + self._tick if hand.progress == seen else 0.0
                seen = hand.progress
            if self._closed or stopped():
                self._leave(hand, volume)
                raise Cancelled
            if waited >= self._seconds:
                self._leave(hand, volume)
                raise NoAnswer
        self._take_back(hand)
        if error is not None:
            raise error
        return cast(R, answer)

    @property
    def stuck(self) -> int:
        """Questions that were left behind and have not come back."""
        with self._lock:
            return self._stuck.total()

    def close(self) -> None:
        """Idle hands end; a stuck one ends when its drive answers."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for hand in idle:
            hand.jobs.put(None)
        for hand in idle:
            hand.join()

    def _lend(self, volume: int | None) -> _Hand:
        with self._lock:
            if self._stuck[volume] >= MOST_STUCK:
                raise NoAnswer
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
