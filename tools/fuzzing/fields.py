"""The lengths, counts, sizes and offsets of a file: where a changed number hurts most."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Literal, NamedTuple

Order = Literal["big", "little"]
_MOST = 3000
_NESTS = frozenset(
    {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"iprp", b"ipco", b"meta", b"iref", b"udta"}
)
_PNG = b"\x89PNG\r\n\x1a\n"


class Field(NamedTuple):
    at: int
    width: int
    order: Order


def fields(data: bytes) -> list[Field]:
    """Of the container, and of every TIFF structure in it. Never raises."""
    found: list[Field] = []
    try:
        for one in _walk(data):
            found.append(one)
            if len(found) >= _MOST:
                break
    except (struct.error, IndexError):
        pass
    return [one for one in found if one.at + one.width <= len(data)]


def _walk(data: bytes) -> Iterator[Field]:
    if data[:2] == b"\xff\xd8":
        yield from _jpeg(data)
    elif data[:8] == _PNG:
        yield from _png(data)
    elif data[:4] == b"RIFF":
        yield from _riff(data)
    elif data[4:8] in (b"ftyp", b"JXL ", b"jP  "):
        yield from _boxes(data, 0, len(data))
    elif data[:2] == b"BM" or data[:3] == b"GIF":
        yield from (Field(at, width, "little") for at in range(2, 54, 2) for width in (2, 4))
    for mark in (b"II*\0", b"MM\0*", b"IIRO", b"IIU\0", b"II+\0"):
        at = data.find(mark)
        while at >= 0:
            yield from _tiff(data, at)
            at = data.find(mark, at + 4)


def _jpeg(data: bytes) -> Iterator[Field]:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        yield Field(at + 1, 1, "big")
        yield Field(at + 2, 2, "big")
        if marker != 0xE1:
            yield from (Field(at + 4 + n, 1, "big") for n in range(min(24, length)))
        if 0xC0 <= marker <= 0xCF:
            yield from (Field(at + 5 + n, 2, "big") for n in (0, 2))
        if marker == 0xDA:
            return
        at += 2 + length


def _png(data: bytes) -> Iterator[Field]:
    at = 8
    while at + 8 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        yield Field(at, 4, "big")
        if kind != b"IDAT":
            yield from (Field(at + 8 + n, 4, "big") for n in range(0, min(length, 26), 4))
            yield from (Field(at + 8 + n, 1, "big") for n in range(min(length, 13)))
        at += 12 + length


def _riff(data: bytes) -> Iterator[Field]:
    yield Field(4, 4, "little")
    at = 12
    while at + 8 <= len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        yield Field(at + 4, 4, "little")
        yield from (Field(at + 8 + n, 2, "little") for n in range(0, min(length, 20)))
        at += 8 + length + length % 2


def _boxes(data: bytes, at: int, end: int) -> Iterator[Field]:
    while at + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, at)
        yield Field(at, 4, "big")
        if kind in _NESTS:
            start = at + (12 if kind in (b"meta", b"iref") else 8)
            yield from _boxes(data, start, min(end, at + size))
        elif kind not in (b"mdat", b"idat"):
            for n in range(0, min(size - 8, 80)):
                yield Field(at + 8 + n, (1, 2, 4)[n % 3], "big")
        if size < 8:
            return
        at += size


def _tiff(data: bytes, start: int) -> Iterator[Field]:
    order: Order = "little" if data[start : start + 2] == b"II" else "big"
    sign = "<" if order == "little" else ">"
    yield Field(start + 4, 4, order)
    waiting, seen = [struct.unpack_from(sign + "I", data, start + 4)[0]], set()
    while waiting:
        below = waiting.pop()
        if below in seen or start + below + 2 > len(data) or len(seen) > 40:
            continue
        seen.add(below)
        at = start + below
        (count,) = struct.unpack_from(sign + "H", data, at)
        yield Field(at, 2, order)
        for number in range(min(count, 200)):
            entry = at + 2 + 12 * number
            tag, _kind, _length, value = struct.unpack_from(sign + "HHII", data, entry)
            yield Field(entry, 2, order)
            yield Field(entry + 2, 2, order)
            yield Field(entry + 4, 4, order)
            yield Field(entry + 8, 4, order)
            if tag in (0x8769, 0x8825, 0x014A, 0xA005):
                waiting.append(value)
        yield Field(at + 2 + 12 * count, 4, order)


def with_sums(data: bytes) -> bytes:
    """A PNG whose checksums fit again, so that its reader gets past them; others unchanged."""
    if data[:8] != _PNG:
        return data
    out, at = bytearray(data), 8
    while at + 12 <= len(out):
        length = int.from_bytes(out[at : at + 4], "big")
        end = at + 8 + length
        if end + 4 > len(out):
            break
        out[end : end + 4] = zlib.crc32(out[at + 4 : end]).to_bytes(4, "big")
        at = end + 4
    return bytes(out)
