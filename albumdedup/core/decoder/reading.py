"""The bytes of a file, and why they cannot be had."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple, Protocol

from albumdedup.core.decoder.limits import MAX_BYTES, STALL_CHUNK
from albumdedup.core.decoder.refusing import Unreadable
from albumdedup.core.types import ContentId, FoundFile, Reason, Stamp

Turn = Callable[[int], AbstractContextManager[object]]
"""For a volume: what is held while a file of it is read."""

Tell = Callable[[], None]
"""Called whenever some bytes have come."""


class Digest(Protocol):
    """What hashlib gives."""

    def update(self, data: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...


class Fetched(NamedTuple):
    """All bytes of a file (None for a giant, which is in the digest then), and when they were
    there."""

    data: bytes | None
    digest: Digest
    at: float

    def content(self) -> ContentId:
        """The SHA-256 of what was read. Once: it completes the digest."""
        if self.data is not None:
            self.digest.update(self.data)
        return ContentId(self.digest.hexdigest())


Reading = Callable[[Tell], Fetched]
Fetch = Callable[[int | None, Reading], Fetched]
"""Does a reading of a file on a volume, where that is known: perhaps on another thread."""


def at_once(volume: int) -> AbstractContextManager[object]:
    """Everybody reads when he likes."""
    return nullcontext()


def fetch_here(volume: int | None, reading: Reading) -> Fetched:
    """On this thread, however long it takes."""
    return reading(_nobody)


def reason_of(error: OSError) -> Reason:
    if isinstance(error, PermissionError):
        return Reason.NO_RIGHTS
    if isinstance(error, FileNotFoundError):
        return Reason.VANISHED
    return Reason.READ_ERROR


def read_found(found: FoundFile, tell: Tell) -> Fetched:
    """The file as the walk met it. Raises Unreadable(CHANGED), OSError."""
    expected = (found.stamp.size, found.stamp.mtime_ns)
    with _open(found.path) as file:
        before = os.fstat(file.fileno())
        if (before.st_size, before.st_mtime_ns) != expected:
            raise Unreadable(Reason.CHANGED)
        digest = hashlib.sha256()
        if before.st_size > MAX_BYTES:
            data, length = None, _digested(file, digest, tell)
        else:
            data = _all(file, before.st_size, tell)
            length = len(data)
        after = os.fstat(file.fileno())
    read = time.perf_counter()
    if (length, after.st_mtime_ns) != expected or after.st_size != length:
        raise Unreadable(Reason.CHANGED)
    return Fetched(data, digest, read)


def read_anew(path: str, stamp: Stamp | None, tell: Tell) -> Fetched:
    """A file whose pixels are wanted again; where there is a ``stamp``, only while it still is
    the file that has it. Raises Unreadable(CHANGED, TOO_LARGE, EMPTY), OSError."""
    with _open(path) as file:
        now = os.fstat(file.fileno())
        if stamp is not None and (now.st_size, now.st_mtime_ns) != (stamp.size, stamp.mtime_ns):
            raise Unreadable(Reason.CHANGED)
        if now.st_size > MAX_BYTES:
            raise Unreadable(Reason.TOO_LARGE)
        data = _all(file, now.st_size, tell)
    if not data:
        raise Unreadable(Reason.EMPTY)
    return Fetched(data, hashlib.sha256(), time.perf_counter())


def _open(path: str) -> io.FileIO:
    """A file, unbuffered; never waits for the writer of a pipe that took a photo's place."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    number = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    file = io.FileIO(number, "rb")
    if not stat.S_ISREG(os.fstat(number).st_mode):
        file.close()
        raise Unreadable(Reason.CHANGED)
    return file


def _all(file: io.FileIO, size: int, tell: Tell) -> bytes:
    """To the end, in pieces that show progress."""
    if size < STALL_CHUNK:
        return file.readall()
    chunks = []
    while chunk := file.read(STALL_CHUNK):
        tell()
        chunks.append(chunk)
    return b"".join(chunks)


def _digested(file: io.FileIO, digest: Digest, tell: Tell) -> int:
    length = 0
    while chunk := file.read(STALL_CHUNK):
        tell()
        digest.update(chunk)
        length += len(chunk)
    return length


def _nobody() -> None:
    """Told of progress when nobody waits for it."""
