"""When a camera RAW was taken, without decoding it: a few seeks through its TIFF directories."""

from __future__ import annotations

import os
import struct
from typing import BinaryIO

_EXIF_IFD, _ORIGINAL, _SUBSEC = 0x8769, 0x9003, 0x9291
_MOST_TAGS = 1000
_HEAD = 1 << 17
_LITTLE = (b"II*\0", b"IIRO", b"IIRS", b"IIU\0")
_BIG = (b"MM\0*", b"MMOR")


def read_raw_date(file: BinaryIO) -> str | None:
    """The raw text of DateTimeOriginal, with its sub-seconds behind a point; None where it
    cannot be found. Raises OSError."""
    head = file.read(_HEAD)
    for start, exif_itself in _places(head):
        try:
            date = _date(file, start, exif_itself)
        except (struct.error, ValueError, OverflowError):
            continue
        if date is not None:
            return date
    return None


def _places(head: bytes) -> list[tuple[int, bool]]:
    """Where a TIFF header may stand, and whether its first directory is the Exif one."""
    places = []
    if head.startswith((*_LITTLE, *_BIG)):
        places.append((0, False))
    exif = head.find(b"Exif\0\0")  # RAF holds a JPEG, and so do others
    if exif >= 0:
        places.append((exif + 6, False))
    canon = head.find(b"CMT2")  # CR3: the box's body is a TIFF whose first directory is Exif
    if canon >= 0:
        places.append((canon + 4, True))
    return places


def _date(file: BinaryIO, start: int, exif_itself: bool) -> str | None:
    file.seek(start)
    order = "<" if file.read(4).startswith(b"II") else ">"
    tags = _directory(file, start, struct.unpack(order + "I", file.read(4))[0], order)
    if not exif_itself:
        if _EXIF_IFD not in tags:
            return None
        tags = _directory(file, start, tags[_EXIF_IFD][1], order)
    date = _text(file, start, tags.get(_ORIGINAL), order)
    subsec = _text(file, start, tags.get(_SUBSEC), order)
    return f"{date}.{subsec}" if date and subsec and subsec.isdigit() else date


def _directory(file: BinaryIO, start: int, at: int, order: str) -> dict[int, tuple[int, int]]:
    """Tag → (count, value or offset)."""
    file.seek(start + at, os.SEEK_SET)
    (count,) = struct.unpack(order + "H", file.read(2))
    found = {}
    for _number in range(min(count, _MOST_TAGS)):
        tag, _kind, length, value = struct.unpack(order + "HHII", file.read(12))
        found[tag] = length, value
    return found


def _text(file: BinaryIO, start: int, entry: tuple[int, int] | None, order: str) -> str | None:
    if entry is None or entry[0] > 64:
        return None
    length, value = entry
    if length <= 4:
        data = struct.pack(order + "I", value)[:length]
    else:
        file.seek(start + value)
        data = file.read(length)
    return data.split(b"\0")[0].decode("ascii", "replace").strip() or None
