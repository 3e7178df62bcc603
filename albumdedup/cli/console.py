"""The terminal: a progress line on stderr, results on stdout, Ctrl-C as a calm stop."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from albumdedup.cli.columns import columns, padded
from albumdedup.core.control import Control, Progress, Stage
from albumdedup.core.i18n import _, human_bytes

LINE_SECONDS_WITHOUT_TERMINAL = 10.0


def stage_words(stage: Stage) -> str:
    return {
        Stage.FINDING: _("Finding photos"),
        Stage.READING: _("Looking at photos"),
        Stage.DESCRIBING: _("Describing photos anew"),
        Stage.REDUCING: _("Reducing descriptors"),
        Stage.COMPARING: _("Comparing"),
        Stage.CHECKING: _("Checking pairs"),
        Stage.LOOKING_INSIDE: _("Looking for films and maps inside photos"),
        Stage.CLEANING: _("Cleaning up"),
        Stage.RESTORING: _("Putting back"),
        Stage.PROVING: _("Reading again what stays"),
        Stage.MOVING: _("Moving descriptors"),
        Stage.TELLING: _("Telling the family"),
        Stage.MEETING: _("Comparing with the family"),
        Stage.DOWNLOADING: _("Downloading"),
    }[stage]


def printable(text: str) -> str:
    """A path as a terminal can show it: undecodable bytes and line breaks escaped."""
    safe = text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in safe)


def human_seconds(seconds: float) -> str:
    if seconds < 90:
        return _("{n} s").format(n=max(1, round(seconds)))
    if seconds < 5400:
        return _("{n} min").format(n=round(seconds / 60))
    return _("{n} h").format(n=f"{seconds / 3600:.1f}")


def _number(count: int) -> str:
    return f"{count:,}"


def _rate(speed: float, count: Callable[[int], str]) -> str:
    """Slow work has a speed too: "0.4", not "0"."""
    return count(round(speed)) if speed >= 10 else f"{speed:.1f}"


class ConsoleReporter:
    """Shows progress: one line rewritten in a terminal, a line now and then elsewhere."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._stage: Stage | None = None
        self._stage_began = 0.0
        self._shown = 0.0
        self._width = 0

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if progress.stage is not self._stage:
            self._stage, self._stage_began = progress.stage, now
        elif not self._live and now - self._shown < LINE_SECONDS_WITHOUT_TERMINAL:
            return
        self._shown = now
        self._write(self._sentence(progress, now - self._stage_began))

    def _sentence(self, progress: Progress, seconds: float) -> str:
        words = stage_words(progress.stage)
        count = human_bytes if progress.stage is Stage.DOWNLOADING else _number
        if progress.total is None:
            return f"{words} · {count(progress.done)}"
        parts = [f"{words} · {count(progress.done)} / {count(progress.total)}"]
        if seconds > 1 and progress.done:
            speed = progress.done / seconds
            parts.append(_("{speed} per second").format(speed=_rate(speed, count)))
            if seconds > 5 and progress.done < progress.total:
                left = human_seconds((progress.total - progress.done) / speed)
                parts.append(_("about {time} left").format(time=left))
        if progress.unreadable:
            parts.append(_("{n} unreadable").format(n=progress.unreadable))
        return " · ".join(parts)

    def _write(self, line: str) -> None:
        if self._live:
            sys.stderr.write("\r" + padded(line, self._width))
            self._width = columns(line)
        else:
            sys.stderr.write(line + "\n")
        sys.stderr.flush()

    def end(self) -> None:
        """Leave the progress line, so that what follows starts on its own."""
        if self._live and self._width:
            sys.stderr.write("\n")
            self._width = 0


class Told:
    """A line on stderr now and then, and at the end of each job."""

    def __init__(self) -> None:
        self._shown = time.monotonic()

    def __call__(self, name: str, done: int, total: int) -> None:
        now = time.monotonic()
        if done == total or now - self._shown >= LINE_SECONDS_WITHOUT_TERMINAL:
            self._shown = now
            print(f"{name}: {done:,} / {total:,}", file=sys.stderr, flush=True)


def say(sentence: str) -> None:
    """A sentence for the person, beside the results."""
    print(printable(sentence), file=sys.stderr)


@contextmanager
def stopping(control: Control) -> Iterator[None]:
    """Ctrl-C and a polite kill stop after the current photo; a second Ctrl-C at once."""

    def stop(number: int, frame: FrameType | None) -> None:
        control.cancel()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
