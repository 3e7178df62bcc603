"""The process that decodes what may kill it: ``albumdedup --decode-worker``.

Knows no library, no Qt, no torch; gets bytes on its standard input and gives pixels on its
standard output. Ends when its input does, that is with the process that began it.
"""

from __future__ import annotations

import io
import os
import queue
import signal
import sys
import threading
from contextlib import suppress

from albumdedup.core.decoder import decode_here
from albumdedup.core.decoder.refusing import Unreadable
from albumdedup.core.formats import register
from albumdedup.core.types import Reason, Refusal
from albumdedup.system.isolation import wire
from albumdedup.system.isolation.wire import Frame, Order, Outcome

WORD = "--decode-worker"
"""The argument with which the program is such a process."""

READY = {"ready": True}
_GRACE = 10.0
"""Seconds after which a worker ends itself, should its parent have died and a decoder hold on."""


def main() -> int:
    """Until the input ends. Returns the exit code."""
    orders_in, answers_out = _own_streams()
    _behave()
    register()  # the imports: 200 ms that the first photo would wait for
    import cv2  # noqa: F401

    empty = _address_space()
    orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
    # Ends the process though a decoder may be at work: whoever began it is gone.
    threading.Thread(target=_listen, args=(orders_in, orders), daemon=True).start()
    try:
        wire.send(answers_out, Frame(READY, []))
        while True:
            order = orders.get()
            _limit(empty, order)
            outcome = _outcome(order)
            _alarm(0)
            wire.send(answers_out, wire.of_outcome(outcome))
    except wire.Closed:
        return 0


def _outcome(order: Order) -> Outcome:
    try:
        return decode_here(order.task)
    except Unreadable as error:
        return Refusal(error.reason, error.detail)
    except MemoryError:
        return Refusal(Reason.TOO_MUCH_MEMORY)


def _listen(stream: io.FileIO, orders: queue.SimpleQueue[Order]) -> None:
    try:
        while True:
            orders.put(wire.to_order(wire.receive(stream)))
    finally:
        os._exit(0)


def _own_streams() -> tuple[io.FileIO, io.FileIO]:
    """Standard input and output for us alone: what a library prints goes nowhere, not between two
    frames."""
    orders, answers = io.FileIO(os.dup(0), "rb"), io.FileIO(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    return orders, answers


def _behave() -> None:
    """Ctrl-C in a terminal is for the parent, which ends us; a crash leaves no core file."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        import resource

        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _address_space() -> int:
    """Bytes of address space that are taken before any photo; 0 where nobody tells (not Linux),
    and there is no limit either: macOS does not keep to one, Windows has none of this kind."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


def _limit(empty: int, order: Order) -> None:
    _alarm(order.seconds + _GRACE)
    if empty and sys.platform != "win32":
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        most = empty + order.memory
        soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _alarm(seconds: float) -> None:
    """The system ends us then, even where a decoder never gives Python a turn."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)
