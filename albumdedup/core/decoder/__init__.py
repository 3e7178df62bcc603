"""One file, read once: content id, upright sRGB pixels at reduced scale, facts."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from albumdedup.core.decoder.opening import Opened, decode
from albumdedup.core.decoder.pixels import (
    decode_small,
    finished,
    fit,
    plain,
    squashed,
    squashed_inner,
)
from albumdedup.core.decoder.refusing import Unreadable
from albumdedup.core.types import (
    ContentId,
    FoundFile,
    Picture,
    Pixels,
    Problem,
    ReadFile,
    Reason,
    Timing,
)

Turn = Callable[[int], AbstractContextManager[object]]
"""For a volume: what is held while a file of it is read."""


class Digest(Protocol):
    """What hashlib gives."""

    def update(self, data: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...


PREVIEW_EDGE = 800
"""Longer side of previews, in pixels: the size at which verification compares."""
MAX_BYTES = 512 * 1024 * 1024
CHUNK = 4 * 1024 * 1024


def at_once(volume: int) -> AbstractContextManager[object]:
    """Everybody reads when he likes."""
    return nullcontext()


def read_file(
    found: FoundFile,
    edge: int,
    wanted: Callable[[ContentId], bool],
    turn: Turn = at_once,
) -> ReadFile:
    """Read, hash and, where ``wanted``, decode one file to uint8[edge, edge, 3]. ``turn`` is
    waited for and held while the bytes are read.

    Always returns a value: what went wrong is in ``problem``. Cancelled passes through.
    """
    started = time.perf_counter()
    content: ContentId | None = None
    picture: Picture | None = None
    problem: Problem | None = None
    read = hashed = started
    try:
        with turn(found.stamp.identity.volume):
            started = time.perf_counter()  # waiting is not reading
            data, digest, read = _read(found)
        content = _content(data, digest)
        hashed = time.perf_counter()
        if found.stamp.size == 0:
            raise Unreadable(Reason.EMPTY)
        if wanted(content):
            if data is None:
                raise Unreadable(Reason.TOO_LARGE)
            picture = _picture(data, found.path, edge)
    except Unreadable as error:
        problem = Problem(found.path, error.reason, error.detail)
    except OSError as error:
        problem = Problem(found.path, _os_reason(error), error.strerror or "")
    except MemoryError:
        problem = Problem(found.path, Reason.TOO_MANY_PIXELS)
    done = time.perf_counter()
    timing = Timing(read - started, hashed - read, done - hashed if picture else 0.0)
    return ReadFile(found, content, picture, problem, timing)


def read_upright(path: str, edge: int) -> Pixels | Problem:
    """The upright sRGB picture, uint8[h, w, 3], the longer side at most ``edge`` px, aspect
    kept; or why it cannot be had."""
    try:
        with _open(path) as file:
            if os.fstat(file.fileno()).st_size > MAX_BYTES:
                raise Unreadable(Reason.TOO_LARGE)
            data = file.readall()
        if not data:
            raise Unreadable(Reason.EMPTY)
        return decode(data, path, lambda opened: _fitted(opened, edge))
    except Unreadable as error:
        return Problem(path, error.reason, error.detail)
    except OSError as error:
        return Problem(path, _os_reason(error), error.strerror or "")
    except MemoryError:
        return Problem(path, Reason.TOO_MANY_PIXELS)


def _os_reason(error: OSError) -> Reason:
    if isinstance(error, PermissionError):
        return Reason.NO_RIGHTS
    if isinstance(error, FileNotFoundError):
        return Reason.VANISHED
    return Reason.READ_ERROR


def _open(path: str) -> io.FileIO:
    """A file, unbuffered; never waits for the writer of a pipe that took a photo's place."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    number = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    file = io.FileIO(number, "rb")
    if not stat.S_ISREG(os.fstat(number).st_mode):
        file.close()
        raise Unreadable(Reason.CHANGED)
    return file


def _content(data: bytes | None, digest: Digest) -> ContentId:
    """The SHA-256 of what was read; a giant's is in the digest already."""
    if data is not None:
        digest.update(data)
    return ContentId(digest.hexdigest())


def _read(found: FoundFile) -> tuple[bytes | None, Digest, float]:
    """All bytes (None for a giant, which is in the digest then), and when reading ended."""
    expected = (found.stamp.size, found.stamp.mtime_ns)
    data: bytes | None = None
    digest = hashlib.sha256()
    with _open(found.path) as file:
        before = os.fstat(file.fileno())
        if (before.st_size, before.st_mtime_ns) != expected:
            raise Unreadable(Reason.CHANGED)
        if before.st_size > MAX_BYTES:
            length = 0
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                length += len(chunk)
        else:
            data = file.readall()
            length = len(data)
        after = os.fstat(file.fileno())
    read = time.perf_counter()
    if (length, after.st_mtime_ns) != expected or after.st_size != length:
        raise Unreadable(Reason.CHANGED)
    return data, digest, read


def _picture(data: bytes, path: str, edge: int) -> Picture:
    """JPEG goes straight to the smallest scale whose both sides are at least ``edge``; what can
    only be decoded whole keeps a preview of it, so that verification need not decode it again."""

    def use(opened: Opened) -> Picture:
        width, height = opened.size
        scales = opened.scales
        size = (edge, edge) if scales else fit(opened.image.size, PREVIEW_EDGE)
        metadata, decoded = decode_small(opened, size)
        pixels = squashed(decoded, edge)
        preview = None if scales else finished(decoded, size)
        if metadata.orientation >= 5:
            width, height = height, width
        flat = plain(pixels, width, height)
        inner = None if flat else squashed_inner(decoded, edge)
        return Picture(pixels, width, height, opened.format, metadata, flat, preview, inner)

    return decode(data, path, use)


def _fitted(opened: Opened, edge: int) -> Pixels:
    size = fit(opened.image.size, edge)
    return finished(decode_small(opened, size)[1], size)
