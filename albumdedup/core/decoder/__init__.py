"""One file, read once: content id, upright sRGB pixels at reduced scale, facts."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from albumdedup.core.decoder.pixels import (
    Decoded,
    decode_small,
    finished,
    fit,
    plain,
    squashed,
    squashed_inner,
)
from albumdedup.core.formats import HEAD_BYTES, HEIF, RAW, PhotoFormat, register, sniff
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

if TYPE_CHECKING:
    from PIL import Image

R = TypeVar("R")
Turn = Callable[[int], AbstractContextManager[object]]
"""For a volume: what is held while a file of it is read."""


class Digest(Protocol):
    """What hashlib gives."""

    def update(self, data: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...


PREVIEW_EDGE = 800
"""Longer side of previews, in pixels: the size at which verification compares."""
SCALING_FORMATS = frozenset({"JPEG", "MPO"})
"""Formats whose decoder can give a reduced picture at reduced cost."""
MAX_PIXELS = 250_000_000
GIANT_PIXELS = 50_000_000
"""Pictures of more pixels that have to be decoded whole are decoded one at a time: with all
threads at such pictures, memory would not hold them."""
MAX_BYTES = 512 * 1024 * 1024
CHUNK = 4 * 1024 * 1024


class Unreadable(Exception):
    """Inside this module: a picture that cannot be used, and why."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


def at_once(volume: int) -> AbstractContextManager[object]:
    """Everybody reads when he likes."""
    return nullcontext()


def read_file(
    found: FoundFile,
    edge: int,
    wanted: Callable[[ContentId], bool],
    turn: Turn = at_once,
    also: int = 0,
) -> ReadFile:
    """Read, hash and, where ``wanted``, decode one file to uint8[edge, edge, 3]; to a square of
    the edge ``also`` as well, unless that is 0. ``turn`` is waited for and held while the bytes
    are read.

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
            picture = _picture(data, found.path, edge, also)
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
        return _decode(data, path, lambda image: _fitted(image, edge))
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


def _decode(data: bytes, path: str, use: Callable[[Image.Image], R]) -> R:
    """Open the bytes as the picture that they are and hand it over, not yet decoded.

    Raises Unreadable, with Pillow's own words where it has any.
    """
    from PIL import Image, UnidentifiedImageError

    form = sniff(data[:HEAD_BYTES], os.path.splitext(path)[1].lower())
    if form is None:
        raise Unreadable(Reason.NOT_A_PICTURE)
    if not form.readable:
        raise Unreadable(Reason.UNSUPPORTED, form.name)
    register()
    try:
        with Image.open(io.BytesIO(data), formats=form.pillow) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Unreadable(Reason.TOO_MANY_PIXELS, f"{image.width} × {image.height}")
            if _raw_inside(image):
                raise Unreadable(Reason.UNSUPPORTED, RAW.name)
            with _alone if _is_giant(image) else nullcontext():
                return use(image)
    except (Unreadable, MemoryError):
        raise
    except UnidentifiedImageError as error:
        raise _unidentified(data, form) from error
    except Exception as error:
        # Whatever a decoder raises for hostile bytes (zlib.error, struct.error, its own types)
        # is a fact about this one file.
        raise _damaged(str(error), early=isinstance(error, EOFError)) from error


_alone = threading.Lock()


def _is_giant(image: Image.Image) -> bool:
    scales = image.format in SCALING_FORMATS and "progressive" not in image.info
    return not scales and image.width * image.height > GIANT_PIXELS


_DNG_VERSION, _SUBFILE_TYPE, _SUB_IFDS = 50706, 254, 330


def _raw_inside(image: Image.Image) -> bool:
    """Camera RAW under a TIFF's name: what Pillow would show of it is a tiny thumbnail, the
    photo lies in a directory below."""
    tags = getattr(image, "tag_v2", None) if image.format == "TIFF" else None
    if tags is None:
        return False
    return _DNG_VERSION in tags or (tags.get(_SUBFILE_TYPE) == 1 and _SUB_IFDS in tags)


def _damaged(text: str, *, early: bool = False) -> Unreadable:
    """Why a decoder gave up, by its own words."""
    low = text.lower()
    if "support for this compression" in low or "invalid image index" in low:
        return Unreadable(Reason.UNSUPPORTED, text[:120])
    early = early or any(word in low for word in ("truncated", "end of file", "insufficient"))
    return Unreadable(Reason.TRUNCATED if early else Reason.DAMAGED, text[:120])


def _unidentified(data: bytes, form: PhotoFormat) -> Unreadable:
    """Pillow swallows the decoder's words; of HEIF, some kinds are merely not supported."""
    if form is not HEIF:
        return Unreadable(Reason.DAMAGED)
    import pillow_heif

    try:
        pillow_heif.open_heif(io.BytesIO(data))
    except Exception as error:
        return _damaged(str(error))
    return Unreadable(Reason.UNSUPPORTED, form.name)


def _picture(data: bytes, path: str, edge: int, also: int) -> Picture:
    """JPEG goes straight to the smallest scale whose both sides are at least ``edge``; what can
    only be decoded whole keeps a preview of it, so that verification need not decode it again.
    For another edge a JPEG is decoded once more: a square must not depend on what else was asked
    for."""

    def use(image: Image.Image) -> Picture:
        form, (width, height) = image.format or "", image.size
        scales = form in SCALING_FORMATS
        size = (edge, edge) if scales else fit(image.size, PREVIEW_EDGE)
        metadata, decoded = decode_small(image, size)
        if metadata.orientation >= 5:
            width, height = height, width
        pixels, flat, inner = _square(decoded, edge, width, height)
        preview = None if scales else finished(decoded, size)
        other = None
        if also and not scales:
            other = _square(decoded, also, width, height)
        elif also == edge:
            other = _Square(pixels, flat, inner)
        return Picture(
            pixels, width, height, form, metadata, flat, preview, inner,
            *((other.pixels, other.inner) if other else ()),
        )  # fmt: skip

    picture = _decode(data, path, use)
    if also and picture.also is None:
        again = _decode(data, path, lambda image: _square_of(image, also, picture))
        return replace(picture, also=again.pixels, also_inner=again.inner)
    return picture


class _Square(NamedTuple):
    pixels: Pixels
    flat: bool
    inner: Pixels | None


def _square(decoded: Decoded, edge: int, width: int, height: int) -> _Square:
    pixels = squashed(decoded, edge)
    flat = plain(pixels, width, height)
    return _Square(pixels, flat, None if flat else squashed_inner(decoded, edge))


def _square_of(image: Image.Image, edge: int, picture: Picture) -> _Square:
    _metadata, decoded = decode_small(image, (edge, edge))
    return _square(decoded, edge, picture.width, picture.height)


def _fitted(image: Image.Image, edge: int) -> Pixels:
    size = fit(image.size, edge)
    return finished(decode_small(image, size)[1], size)
