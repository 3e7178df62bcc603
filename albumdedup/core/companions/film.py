"""QuickTime and MP4: what ties the film of a Live Photo to its still, when it was taken, how long.

Boxes after ISO/IEC 14496-12; the keys after Apple's QuickTime File Format, "Metadata".
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import BinaryIO, NamedTuple

_LARGEST_INDEX = 1 << 23
_MOST_BOXES = 10_000
_MAC_EPOCH = datetime(1904, 1, 1)
_LIVE_ID = b"com.apple.quicktime.content.identifier"
_CREATED = b"com.apple.quicktime.creationdate"


class Film(NamedTuple):
    """``date`` is ISO 8601 text: with its offset where Apple wrote it, else UTC."""

    live_id: str | None = None
    date: str | None = None
    seconds: float | None = None


def read_film(file: BinaryIO) -> Film:
    """Read what a film's index says. Raises OSError; damage only costs what is damaged."""
    index = _index(file)
    if index is None:
        return Film()
    date: str | None = None
    seconds: float | None = None
    told: dict[bytes, str] = {}
    try:
        for kind, body in _boxes(index):
            if kind == b"mvhd":
                date, seconds = _header(body)
            elif kind == b"meta":
                told = _meta(body)
    except (struct.error, ValueError, OverflowError):
        pass  # what was read until here is kept
    return Film(told.get(_LIVE_ID), told.get(_CREATED) or date, seconds)


def _index(file: BinaryIO) -> bytes | None:
    """The body of the ``moov`` box, wherever in the file it lies."""
    end = file.seek(0, os.SEEK_END)
    at = 0
    for _number in range(_MOST_BOXES):
        if at + 8 > end:
            return None
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            return None
        size, kind = struct.unpack(">I4s", head[:8])
        start = 8
        if size == 1 and len(head) == 16:
            size, start = struct.unpack(">Q", head[8:])[0], 16
        elif size == 0:
            size = end - at
        if size < start:
            return None
        if kind == b"moov":
            file.seek(at + start)
            return file.read(size - start) if size <= _LARGEST_INDEX else None
        at += size
    return None


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if size < 8:
            return
        yield kind, data[at + 8 : at + size]
        at += size


def _header(body: bytes) -> tuple[str | None, float | None]:
    """Creation time (seconds since 1904, UTC) and length."""
    if body[0] == 1:
        created, _changed, scale, length = struct.unpack_from(">QQIQ", body, 4)
    else:
        created, _changed, scale, length = struct.unpack_from(">IIII", body, 4)
    date = None
    if created:
        date = (_MAC_EPOCH + timedelta(seconds=created)).isoformat() + "Z"
    return date, length / scale if scale else None


def _meta(body: bytes) -> dict[bytes, str]:
    """The texts of a ``meta`` box by key; QuickTime has no version field there, MP4 has."""
    if body[4:8] != b"hdlr":
        body = body[4:]
    parts = dict(_boxes(body))
    keys = [name for _kind, name in _boxes(parts.get(b"keys", b"")[8:])]
    found = {}
    for kind, item in _boxes(parts.get(b"ilst", b"")):
        number = int.from_bytes(kind, "big")
        data = dict(_boxes(item)).get(b"data")
        if data is not None and 1 <= number <= len(keys):
            found[keys[number - 1]] = data[8:].decode("utf-8", "replace").strip("\0 ")
    return found
