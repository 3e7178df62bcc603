"""One file, read once: content id, upright sRGB pixels at reduced scale, facts."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from albumdedup.core.decoder.inside import find_inside
from albumdedup.core.decoder.limits import MAX_BYTES
from albumdedup.core.decoder.opening import Opened, opened_by
from albumdedup.core.decoder.pixels import (
    Decoded,
    decode_small,
    finished,
    fit,
    plain,
    squashed,
    squashed_inner,
)
from albumdedup.core.decoder.profile_name import profile_name
from albumdedup.core.decoder.reading import (
    Fetch,
    Turn,
    at_once,
    fetch_here,
    read_anew,
    read_found,
    reason_of,
)
from albumdedup.core.decoder.refusing import Unreadable
from albumdedup.core.formats import RAW_FORMAT
from albumdedup.core.types import (
    ContentId,
    DecodeTask,
    FoundFile,
    Picture,
    Pixels,
    Problem,
    ReadFile,
    Reason,
    Stamp,
    Timing,
)

Decode = Callable[[DecodeTask, ContentId | None], Picture | Pixels]
"""Does a task; the content is that of its bytes, where it is known. Raises Unreadable."""

PREVIEW_EDGE = 800
"""Longer side of previews, in pixels: the size at which verification compares."""


def decode_here(task: DecodeTask, content: ContentId | None = None) -> Picture | Pixels:
    """On this thread of this process. Raises Unreadable, MemoryError."""
    if task.whole:
        return _picture(task.data, task.path, task.edge, task.also)
    return opened_by(task.data, task.path, lambda opened: _fitted(opened, task.edge))


def read_file(
    found: FoundFile,
    edge: int,
    wanted: Callable[[ContentId], bool],
    turn: Turn = at_once,
    *,
    also: int = 0,
    fetch: Fetch = fetch_here,
    decode: Decode = decode_here,
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
        volume = found.stamp.identity.volume
        with turn(volume):
            started = time.perf_counter()  # waiting is not reading
            fetched = fetch(volume, partial(read_found, found))
        read = fetched.at
        content = fetched.content()
        hashed = time.perf_counter()
        if found.stamp.size == 0:
            raise Unreadable(Reason.EMPTY)
        if wanted(content):
            if fetched.data is None:
                raise Unreadable(Reason.TOO_LARGE)
            task = DecodeTask(fetched.data, found.path, edge, whole=True, also=also)
            made = decode(task, content)
            assert isinstance(made, Picture)
            picture = made
    except Unreadable as error:
        problem = Problem(found.path, error.reason, error.detail)
    except OSError as error:
        problem = Problem(found.path, reason_of(error), error.strerror or "")
    except MemoryError:
        problem = Problem(found.path, Reason.TOO_MUCH_MEMORY)
    done = time.perf_counter()
    timing = Timing(read - started, hashed - read, done - hashed if picture else 0.0)
    return ReadFile(found, content, picture, problem, timing)


def read_upright(
    path: str,
    edge: int,
    content: ContentId | None = None,
    stamp: Stamp | None = None,
    *,
    fetch: Fetch = fetch_here,
    decode: Decode = decode_here,
) -> Pixels | Problem:
    """The upright sRGB picture, uint8[h, w, 3], the longer side at most ``edge`` px, aspect
    kept; or why it cannot be had. With a ``stamp``, only of the file that has it."""
    try:
        volume = None if stamp is None else stamp.identity.volume
        fetched = fetch(volume, partial(read_anew, path, stamp))
        made = decode(DecodeTask(fetched.data or b"", path, edge, whole=False), content)
        assert not isinstance(made, Picture)
        return made
    except Unreadable as error:
        return Problem(path, error.reason, error.detail)
    except OSError as error:
        return Problem(path, reason_of(error), error.strerror or "")
    except MemoryError:
        return Problem(path, Reason.TOO_MUCH_MEMORY)


def squash_bytes(data: bytes, edge: int, *, decode: Decode = decode_here) -> Pixels | Problem:
    """The bytes of a photo that is no file → uint8[edge, edge, 3], as a scan makes it of a file,
    under the same limits; or why it cannot be had."""
    try:
        if not data:
            raise Unreadable(Reason.EMPTY)
        if len(data) > MAX_BYTES:
            raise Unreadable(Reason.TOO_LARGE)
        made = decode(DecodeTask(data, "", edge, whole=True), None)
        assert isinstance(made, Picture)
        return made.pixels
    except Unreadable as error:
        return Problem("", error.reason, error.detail)
    except MemoryError:
        return Problem("", Reason.TOO_MUCH_MEMORY)


def _picture(data: bytes, path: str, edge: int, also: int) -> Picture:
    """JPEG goes straight to the smallest scale whose both sides are at least ``edge``; what can
    only be decoded whole keeps a preview of it, so that verification need not decode it again.
    For another edge a JPEG is decoded once more: a square must not depend on what else was asked
    for."""

    def use(opened: Opened) -> Picture:
        width, height = opened.size
        scales = opened.scales
        size = (edge, edge) if scales else fit(opened.shown, PREVIEW_EDGE)
        parts = () if opened.format == RAW_FORMAT else find_inside(data, opened.image)
        metadata, decoded = decode_small(opened, size)
        if parts:
            metadata = replace(metadata, inside=parts)
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
            pixels, width, height, opened.format, metadata, flat, preview, inner,
            other.pixels if other else None, other.inner if other else None,
            profile_name(opened.image.info.get("icc_profile")),
        )  # fmt: skip

    picture = opened_by(data, path, use)
    if also and picture.also is None:
        again = opened_by(data, path, lambda opened: _square_of(opened, also, picture))
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


def _square_of(opened: Opened, edge: int, picture: Picture) -> _Square:
    _metadata, decoded = decode_small(opened, (edge, edge))
    return _square(decoded, edge, picture.width, picture.height)


def _fitted(opened: Opened, edge: int) -> Pixels:
    size = fit(opened.shown, edge)
    return finished(decode_small(opened, size)[1], size)
