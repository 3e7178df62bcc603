"""What this process decodes at the moment, in a small file that outlives it.

Each thread that decodes has a slot of 32 bytes with the content id. Written through to the system
with one call, never synced: a process that is killed leaves it behind, and a computer that loses
its power was not stopped by a photo. Not a memory map: on a full disk, or a share that went away,
writing to one ends the process with SIGBUS, which is what this is here to prevent.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from albumdedup.core.types import ContentId

_BYTES = 32
_SLOTS = 128
_EMPTY = bytes(_BYTES)


class InHandFile:
    """Fulfils ``core.ports.InHand``. Where the file cannot be had it notes nothing."""

    def __init__(self, path: Path) -> None:
        self._free = list(range(_SLOTS))
        self._lock = threading.Lock()
        self._file = -1
        self.left: tuple[ContentId, ...] = ()
        """What was in hand when another process died here."""
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        with suppress(OSError):
            self._file = os.open(path, flags, 0o600)
            self.left = _contents(os.read(self._file, _BYTES * _SLOTS))

    def forget(self) -> None:
        """What was left is noted elsewhere; takes the file's whole space as well."""
        with suppress(OSError):
            self._write(0, _EMPTY * _SLOTS)

    @contextmanager
    def hold(self, content: ContentId) -> Iterator[None]:
        if self._file < 0 or not self._free:
            yield
            return
        slot = self._free.pop()
        try:
            self._note(slot, bytes.fromhex(content))
            yield
        finally:
            self._note(slot, _EMPTY)
            self._free.append(slot)

    def close(self) -> None:
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)

    def _note(self, slot: int, what: bytes) -> None:
        with suppress(OSError):  # then a crash is not traced to its photo: no reason not to decode
            self._write(slot * _BYTES, what)

    def _write(self, at: int, what: bytes) -> None:
        if hasattr(os, "pwrite"):
            os.pwrite(self._file, what, at)
            return
        with self._lock:  # Windows
            os.lseek(self._file, at, os.SEEK_SET)
            os.write(self._file, what)


def _contents(stored: bytes) -> tuple[ContentId, ...]:
    pieces = (stored[at : at + _BYTES] for at in range(0, len(stored), _BYTES))
    return tuple(
        ContentId(piece.hex()) for piece in pieces if len(piece) == _BYTES and piece != _EMPTY
    )
