"""Packets that lie about in a picture: PNG's "raw profiles", Photoshop's resources, the parts of
extended XMP in a JPEG."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

_LARGEST = 1 << 22
_MOST_BLOCKS = 1000
_STANDARD, _EXTENSION = b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0"
_GUID = 32
LARGEST_EXTENDED = 1 << 23
"""Bytes: depth maps make extended packets of several megabytes."""


def raw_profile(image: Image.Image, name: str) -> bytes:
    """The bytes of what ImageMagick and its like write into a text of a PNG: a line with the
    name, one with the length, lines of hexadecimal digits. Empty where there is none, or damage."""
    told = image.info.get(f"Raw profile type {name}")
    if not isinstance(told, str) or len(told) > 2 * _LARGEST:
        return b""
    lines = told.strip().split("\n", 2)
    try:
        return bytes.fromhex(lines[2]) if len(lines) == 3 else b""
    except ValueError:
        return b""


def resources(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Photoshop's resource blocks: "8BIM", number, name, length, data; all even. Never raises."""
    at = max(data.find(b"8BIM"), 0)
    for _number in range(_MOST_BLOCKS):
        if data[at : at + 4] != b"8BIM" or at + 8 > len(data):
            return
        (code,) = struct.unpack_from(">H", data, at + 4)
        at += 6 + (data[at + 6] + 2) // 2 * 2
        length = int.from_bytes(data[at : at + 4], "big")
        yield code, data[at + 4 : at + 4 + length]
        at += 4 + length + length % 2


def xmp_packets(image: Image.Image) -> Iterator[bytes | str]:
    """The XMP of an opened picture, the standard packet before the extended one."""
    for told in (image.info.get("xmp"), image.info.get("XML:com.adobe.xmp")):
        if isinstance(told, bytes | str) and told:
            yield told
    profile = raw_profile(image, "xmp") or raw_profile(image, "APP1").partition(_STANDARD)[2]
    if profile:
        yield profile
    yield from _extended(image)


def _extended(image: Image.Image) -> Iterator[bytes]:
    """After Adobe's XMP Specification, part 3, 1.1.3.1: each part has a GUID, the length of the
    whole and its own offset. A packet with holes says what stands before the first of them."""
    parts: dict[bytes, dict[int, bytes]] = {}
    for kind, body in getattr(image, "applist", ()):
        head = len(_EXTENSION) + _GUID + 8
        if kind == "APP1" and body.startswith(_EXTENSION) and len(body) > head:
            guid = body[len(_EXTENSION) : len(_EXTENSION) + _GUID]
            (offset,) = struct.unpack_from(">I", body, head - 4)
            parts.setdefault(guid, {}).setdefault(offset, body[head:])
    standard = image.info.get("xmp")
    for guid, pieces in parts.items():
        # One that the standard packet does not name is of another version of the photo.
        if not isinstance(standard, bytes) or guid.upper() in standard.upper():
            yield _joined(pieces)


def _joined(pieces: dict[int, bytes]) -> bytes:
    whole, at = [], 0
    for offset, piece in sorted(pieces.items()):
        if offset != at or at + len(piece) > LARGEST_EXTENDED:
            break
        whole.append(piece)
        at += len(piece)
    return b"".join(whole)
