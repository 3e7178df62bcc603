"""Which bytes are decoded in a process of their own.

JPEG, PNG, WebP, GIF and BMP stay here while they behave: most photos are of these, their decoders
are small, and every browser throws hostile bytes at the same ones all day. All else goes to a
worker, whether we know of a hole in it or not: HEIF and AVIF bring whole video decoders, TIFF a
library with a dozen compressions, JPEG 2000 and JPEG XL rarely used ones, RAW a format per camera.
"""

from __future__ import annotations

import os

from albumdedup.core.decoder.limits import GIANT_PIXELS, MOST_SCANS
from albumdedup.core.formats import (
    BMP,
    GIF,
    HEAD_BYTES,
    JPEG,
    JPEG_XL,
    PNG,
    WEBP,
    can_open_jpeg_xl,
    sniff,
)

_STAY = frozenset(form.name for form in (JPEG, PNG, WEBP, GIF, BMP))
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers of JPEG: those of a frame's header, those whose pixels need the whole picture, and those
that have no length."""
_START_OF_SCAN = b"\xff\xda"
_MOST_SEGMENTS = 1000


def goes_apart(data: bytes, path: str) -> bool:
    """Whether to decode these bytes in a worker. What is no picture never gets that far."""
    form = sniff(data[:HEAD_BYTES], os.path.splitext(path)[1].lower())
    if form is None or (form is JPEG_XL and not can_open_jpeg_xl()):
        return False
    if form.name not in _STAY:
        return True
    if form is JPEG:
        return _laborious(data)
    return claimed_pixels(data) > GIANT_PIXELS


def claimed_pixels(data: bytes) -> int:
    """What a PNG, GIF, BMP or WebP says in its header; 0 where it says nothing. No promise: the
    decoder checks again."""
    if data[:4] == b"\x89PNG":
        return _big(data[16:20]) * _big(data[20:24])
    if data[:3] == b"GIF":
        return _little(data[6:8]) * _little(data[8:10])
    if data[:2] == b"BM":
        short = _little(data[14:18]) == 12
        width, height = (data[18:20], data[20:22]) if short else (data[18:22], data[22:26])
        turned = 0 if short else 1 << 32  # rows from the top: a negative height
        tall = _little(height)
        return _little(width) * (turned - tall if tall >= 1 << 31 else tall)
    if data[12:16] == b"VP8X":
        return (_little(data[24:27]) + 1) * (_little(data[27:30]) + 1)
    if data[12:16] == b"VP8L":
        bits = _little(data[21:25])
        return ((bits & 0x3FFF) + 1) * ((bits >> 14 & 0x3FFF) + 1)
    if data[12:16] == b"VP8 ":
        return (_little(data[26:28]) & 0x3FFF) * (_little(data[28:30]) & 0x3FFF)
    return 0


def _laborious(data: bytes) -> bool:
    """A progressive JPEG that is giant, or draws itself more often than any camera's: it has to be
    decoded whole, once for each scan."""
    at = 2
    for _ in range(_MOST_SEGMENTS):
        if data[at : at + 1] != b"\xff" or len(data) < at + 9:
            return False
        marker = data[at + 1]
        if marker == 0xFF:  # padding
            at += 1
        elif marker in _ALONE:
            at += 2
        elif marker in _FRAMES:
            if marker not in _PROGRESSIVE:
                return False
            pixels = _big(data[at + 5 : at + 7]) * _big(data[at + 7 : at + 9])
            return pixels > GIANT_PIXELS or data.count(_START_OF_SCAN) > MOST_SCANS
        else:
            at += 2 + _big(data[at + 2 : at + 4])
    return True  # no camera writes as many


def _big(four: bytes) -> int:
    return int.from_bytes(four, "big")


def _little(four: bytes) -> int:
    return int.from_bytes(four, "little")
