"""Reports of errors that nobody expected: text files in the library's folder. Nothing is sent.

A report holds the error with the lines of the program that led to it, never their variables: no
pixels, no metadata. The words of an error may name a file.
"""

from __future__ import annotations

import logging
import platform
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from albumdedup.core import private

KEPT = 5
"""How many reports are kept: the newest."""
_LONGEST_LINE = 500
"""Signs of a line: an error may quote what it did not understand."""


def report(
    error: BaseException, folder: Path, version: str, during: str = "", now: datetime | None = None
) -> Path | None:
    """Write what is known of an error; returns the file, None where it could not be written.
    ``during`` says what the program was doing, without names of files."""
    moment = now or datetime.now()
    place = folder / f"crash-{moment:%Y%m%d-%H%M%S-%f}.txt"
    try:
        private.make_folder(folder)
        with open(place, "x", encoding="utf-8", errors="backslashreplace",
                  opener=private.opener) as file:  # fmt: skip
            file.write("\n".join(_lines(error, version, during, moment)) + "\n")
        for old in sorted(folder.glob("crash-*.txt"))[:-KEPT]:
            old.unlink()
    except OSError:
        return place if place.exists() else None
    return place


def _lines(error: BaseException, version: str, during: str, moment: datetime) -> list[str]:
    head = [
        f"albumdedup {version}, {moment.astimezone().isoformat(timespec='seconds')}",
        f"Python {platform.python_version()}, {platform.platform()}",
        f"During: {during or 'unknown'}, on thread {threading.current_thread().name}",
        "This file stays on this computer. Read it before you give it to anybody: the words of an",
        "error may name folders and files of yours.",
        "",
    ]
    told = "".join(traceback.format_exception(error)).splitlines()
    home = str(Path.home())
    return head + [line[:_LONGEST_LINE].replace(home, "~") for line in told]


class Reporting(logging.Handler):
    """Makes a report of each error that is logged with its exception, on any thread, and tells
    ``heard`` where it lies."""

    def __init__(
        self, folder: Path, version: str, heard: Callable[[Path], None] | None = None
    ) -> None:
        super().__init__(logging.ERROR)
        self._folder, self._version, self._heard = folder, version, heard

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return
        place = report(error, self._folder, self._version, record.name)
        if place is not None and self._heard is not None:
            with suppress(RuntimeError):  # the window that would hear of it is gone
                self._heard(place)
