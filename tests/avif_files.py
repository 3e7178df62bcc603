"""AVIF with properties that no encoder here writes."""

from __future__ import annotations

import struct

from albumdedup.core.decoder.boxes import Box, boxes, inside


def clap(width: int, height: int, right: tuple[int, int], down: tuple[int, int]) -> bytes:
    """A box that leaves ``width`` × ``height`` pixels around the middle, moved by two fractions."""
    numbers = struct.pack(">IIIIiIiI", width, 1, height, 1, *right, *down)
    return struct.pack(">I4s", 8 + len(numbers), b"clap") + numbers


def with_property(data: bytes, added: bytes) -> bytes:
    """The primary item (number 1, the first in the table) has one property more. Sizes and
    offsets are those of a file as libavif writes it: ``meta`` before ``mdat``, short tables."""
    meta = next(box for box in boxes(data) if box.kind == b"meta")
    path = meta.start + 4, meta.end
    (iprp,) = inside(data, (b"iprp",), *path)
    (ipco,) = inside(data, (b"ipco",), iprp.start, iprp.end)
    (ipma,) = inside(data, (b"ipma",), iprp.start, iprp.end)
    (iloc,) = inside(data, (b"iloc",), *path)
    number = len(list(boxes(data, ipco.start, ipco.end))) + 1
    count_at = ipma.start + 10
    known = count_at + 1 + data[count_at]
    out = bytearray(data)
    out[count_at] += 1
    grown = len(added) + 1
    for box, more in ((meta, grown), (iprp, grown), (ipco, len(added)), (ipma, 1)):
        _lengthen(out, box, more)
    _move(out, iloc, grown)
    out[known:known] = bytes((0x80 | number,))
    out[ipco.end : ipco.end] = added
    return bytes(out)


def _lengthen(out: bytearray, box: Box, more: int) -> None:
    at = box.start - 8
    out[at : at + 4] = struct.pack(">I", struct.unpack_from(">I", out, at)[0] + more)


def _move(out: bytearray, iloc: Box, by: int) -> None:
    """Offsets of four bytes, as version 0 has them."""
    (count,) = struct.unpack_from(">H", out, iloc.start + 6)
    at = iloc.start + 8
    for _item in range(count):
        (extents,) = struct.unpack_from(">H", out, at + 4)
        at += 6
        for _extent in range(extents):
            (offset,) = struct.unpack_from(">I", out, at)
            struct.pack_into(">I", out, at, offset + by)
            at += 8
