"""What Pillow leaves aside or stumbles over beside the pixels: packets in the boxes of JPEG 2000
and JPEG XL, texts of a PNG that unfold to more than it wants to hold, pixels that cannot be."""

from __future__ import annotations

import zlib

from albumdedup.core.decoder.boxes import boxes

_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_EXIF = b"JpgTiffExif->JP2"
_LARGEST_PACKET = 1 << 23
_PNG_HEAD = 8
_LARGEST_TEXT = 1 << 20
"""Bytes of one unfolded text, Pillow's own limit; and sixteen times as much of all together."""


_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_MOST_UNFOLDING = 1032


def boxed_packets(data: bytes) -> dict[str, bytes]:
    """``xmp`` and ``exif`` of an ISO container of still pictures, as far as there."""
    found: dict[str, bytes] = {}
    for box in boxes(data):
        if box.end - box.start > _LARGEST_PACKET:
            continue
        if box.kind == b"xml " or box.uuid == _XMP:
            found.setdefault("xmp", data[box.start : box.end])
        elif box.kind == b"Exif" or box.uuid == _EXIF:
            found.setdefault("exif", data[box.start : box.end])
    return found


def without_giant_texts(data: bytes) -> bytes:
    """A PNG without those texts and profiles that would have its reader refuse the photo; the
    same bytes where there are none."""
    parts, kept, at, left = [], 0, _PNG_HEAD, 16 * _LARGEST_TEXT
    while at + 12 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        end = at + 12 + length
        if kind in (b"zTXt", b"iTXt", b"iCCP", b"tEXt"):
            size = _unfolded(kind, data[at + 8 : at + 8 + length])
            if size > min(_LARGEST_TEXT, left):
                parts.append(data[kept:at])
                kept = end
            else:
                left -= size
        at = end
    return b"".join((*parts, data[kept:])) if parts else data


def is_hollow_png(data: bytes) -> bool:
    """Whether a PNG claims more pixels than its bytes can unfold to: deflate makes at most 1,032
    of one. It is cut off, or a bomb that costs a gigabyte before its decoder sees that."""
    if data[12:16] != b"IHDR" or len(data) < 26:
        return False
    width, height = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    bits = data[24] * _CHANNELS.get(data[25], 1)
    row = (width * bits + 7) // 8 + 1  # one byte says how it is filtered
    return height * row > _MOST_UNFOLDING * len(data)


def _unfolded(kind: bytes, body: bytes) -> int:
    """Bytes of a text once unfolded, counted no further than Pillow's limit."""
    if kind == b"tEXt":
        return len(body)
    _name, _zero, rest = body.partition(b"\0")
    if kind == b"iTXt":
        if rest[:1] != b"\1":
            return len(body)
        parts = rest[2:].split(b"\0", 2)  # the language, the name in it
        packed = parts[2] if len(parts) == 3 else b""
    else:
        packed = rest[1:]
    try:
        return len(zlib.decompressobj().decompress(packed, _LARGEST_TEXT + 1))
    except zlib.error:
        return len(body)
