"""A long call as a script sees it: its progress, and a Ctrl-C that leaves nothing half done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from albumdedup.core.control import Control, Progress, ProgressSink
from albumdedup.core.errors import AlbumError, Cancelled
from albumdedup.core.i18n import describe


@contextmanager
def watched(progress: ProgressSink | None) -> Iterator[tuple[Control, ProgressSink]]:
    """For the time of one call: Ctrl-C (a notebook's stop button), or an exception that
    ``progress`` raises, stops the work after the current photo, with its journal written, and
    then comes out of the call. A second Ctrl-C does so at once."""
    control = Control()
    raised: list[BaseException] = []

    def tell(report: Progress) -> None:
        if progress is None or raised:
            return
        try:
            progress(report)
        except BaseException as error:  # a photo may be half-way to the trash: not through there
            raised.append(error)
            control.cancel()

    def stop(number: int, frame: FrameType | None) -> None:
        raised.append(KeyboardInterrupt())
        control.cancel()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    try:
        with told(), _interrupted_by(stop):
            yield control, tell
    except Cancelled:
        if not raised:
            raise
    if raised:
        raise raised[0]


@contextmanager
def told() -> Iterator[None]:
    """An AlbumError leaves with its sentence as a note, so that a traceback shows it."""
    try:
        yield
    except AlbumError as error:
        sentence = describe(error)
        if sentence not in getattr(error, "__notes__", ()):
            error.add_note(sentence)
        raise


@contextmanager
def _interrupted_by(stop: signal.Handlers | object) -> Iterator[None]:
    """Ctrl-C calls ``stop``; only the main thread may say so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, stop)  # type: ignore[arg-type]
    try:
        yield
    finally:
        if before is not None:
            signal.signal(signal.SIGINT, before)
