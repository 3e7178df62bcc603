"""The segments of a JPEG stream: what it is before anything is decoded, and other metadata."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

_MOST_SEGMENTS = 2000
_SOI, _SOS, _EOI, _APP1, _APP2 = 0xD8, 0xDA, 0xD9, 0xE1, 0xE2
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_DECODABLE = frozenset({0xC0, 0xC1, 0xC2, 0xC9, 0xCA})
"""Baseline, extended, progressive; Huffman and arithmetic. The others are lossless (which is how
sensors are stored) or differential."""
_LOSSLESS = frozenset({0xC3, 0xC7, 0xCB, 0xCF})
_LONGEST = 65533
_EXIF, _XMP, _MPF = b"Exif\0", b"http://ns.adobe.com/xap/1.0/\0", b"MPF\0"


class Frame(NamedTuple):
    """What the header of a JPEG says of its picture."""

    marker: int
    bits: int
    width: int
    height: int
    components: int

    @property
    def decodable(self) -> bool:
        return self.bits == 8 and self.marker in _DECODABLE

    @property
    def lossless(self) -> bool:
        return self.marker in _LOSSLESS


class Segment(NamedTuple):
    marker: int
    start: int
    body: int
    end: int


def segments(data: bytes, at: int = 0) -> Iterator[Segment]:
    """The segments of the stream at ``at``, up to its first scan. Never raises."""
    if data[at : at + 2] != b"\xff\xd8":
        return
    at += 2
    for _number in range(_MOST_SEGMENTS):
        while data[at : at + 2] == b"\xff\xff":  # fill bytes
            at += 1
        if len(data) < at + 4 or data[at] != 0xFF:
            return
        marker = data[at + 1]
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if end > len(data) or end < at + 4:
            return
        yield Segment(marker, at, at + 4, end)
        if marker in (_SOS, _EOI):
            return
        at = end


def frame(data: bytes, at: int = 0) -> Frame | None:
    """The frame header of the stream that begins at ``at``; None where there is none."""
    for marker, _start, body, end in segments(data, at):
        if marker in _FRAMES and end - body >= 6:
            height = int.from_bytes(data[body + 1 : body + 3], "big")
            width = int.from_bytes(data[body + 3 : body + 5], "big")
            return Frame(marker, data[body], width, height, data[body + 5])
    return None


def with_metadata(data: bytes, exif: bytes, xmp: bytes) -> bytes:
    """The stream with this EXIF and XMP in place of its own; a packet that is too long for a
    segment is left out. What it says of further pictures behind it goes too."""
    parts = [b"\xff\xd8"]
    for packet in (b"Exif\0\0" + exif, _XMP + xmp if xmp else b""):
        if 0 < len(packet) <= _LONGEST:
            parts.append(b"\xff\xe1" + (len(packet) + 2).to_bytes(2, "big") + packet)
    end = 2
    for marker, start, body, end_of in segments(data):
        told = data[body : body + len(_XMP)]
        replaced = marker == _APP1 and told.startswith((_EXIF, _XMP))
        if marker in (_SOS, _EOI):
            break
        if not replaced and not (marker == _APP2 and told.startswith(_MPF)):
            parts.append(data[start:end_of])
        end = end_of
    return b"".join((*parts, data[end:]))
