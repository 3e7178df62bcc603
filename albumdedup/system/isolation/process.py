"""One worker as its parent sees it: begun, asked, ended."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import cast

from albumdedup.system.isolation import wire
from albumdedup.system.isolation.wire import Closed, Order, Outcome
from albumdedup.system.isolation.worker import READY, WORD
from albumdedup.system.program import own_command


def worker_command() -> tuple[str, ...]:
    """This program as a worker, in a bundle or not."""
    return (*own_command(), WORD)


class Process:
    """A worker that is ready. Not thread-safe, but for ``kill``."""

    def __init__(self, command: Sequence[str]) -> None:
        """Begin it; ``greet`` waits until it is ready. Raises OSError."""
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            bufsize=0, env=_environment(), creationflags=flags,
        )  # fmt: skip
        self._orders = cast(io.FileIO, self._process.stdin)
        self._answers = cast(io.FileIO, self._process.stdout)
        self._lock = threading.Lock()
        self._ended = False

    @property
    def pid(self) -> int:
        return self._process.pid

    def greet(self) -> None:
        """Raises Closed where it did not come up."""
        if dict(wire.receive(self._answers).header) != READY:
            raise Closed

    def ask(self, order: Order) -> Outcome:
        """Raises Closed when it dies over it."""
        wire.send(self._orders, wire.of_order(order))
        return wire.to_outcome(wire.receive(self._answers))

    def kill(self) -> None:
        """From any thread: who waits for an answer gets Closed."""
        with self._lock:
            if not self._ended:
                self._process.kill()

    def end(self) -> str:
        """Kill it unless it is dead, clear it away, and say how it died."""
        self.kill()
        code = self._process.wait()
        with self._lock:
            self._ended = True
        self._orders.close()
        self._answers.close()
        if code < 0:
            try:
                return signal.Signals(-code).name
            except ValueError:
                pass  # a signal that Python has no name for
        return str(code)


def _environment() -> dict[str, str]:
    """Where this process finds its modules, the worker does; and it takes little address space
    for threads that allocate, since that is what is limited."""
    places = os.pathsep.join(os.path.abspath(place) for place in sys.path if place)
    return {
        **os.environ,
        "PYTHONPATH": places,
        "MALLOC_ARENA_MAX": "2",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
