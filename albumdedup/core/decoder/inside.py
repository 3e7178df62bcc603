"""What a file holds beside the one picture that is looked at: the film of a Motion Photo, a gain
map, a depth map, further frames. A copy without it shows the same, and is less.

Motion Photos after Google's "Motion Photo format 1.0" and Samsung's trailer, which both end in an
MP4; gain maps after "Ultra HDR Image Format" and ISO 21496-1; HEIF after ISO/IEC 23008-12.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from albumdedup.core.decoder.boxes import Box, boxes, inside
from albumdedup.core.decoder.raw.jpeg import frame, segments
from albumdedup.core.metadata.texts import DAMAGE
from albumdedup.core.metadata.tiff import order_of, read_directory
from albumdedup.core.types import Inside, InsideKind

if TYPE_CHECKING:
    from PIL import Image

_END, _START = b"\xff\xd9", b"\xff\xd8\xff"
_PADDING = 64
_APPLICATION = range(0xE1, 0xF0)
_MOST_PICTURES = 16
_MOST_BRANDS = 256
"""Bytes of a box ``ftyp``; larger ones are chance."""
_GAIN_MARKS = (b"hdr-gain-map/1.0/", b"urn:iso:std:iso:ts:21496:-1", b"HDRGainMap/1.0/")
_DEPTH_MARK = b"http://ns.apple.com/depthData/1.0/"
_GAIN_URN = b"hdrgainmap"
_DEPTH_URNS = (b"urn:mpeg:hevc:2015:auxid:2", b"systems:auxiliary:depth")
_SAMPLE = 1 << 16
_SUBFILE, _REDUCED, _MASK = 254, 1, 4


def find_inside(data: bytes, image: Image.Image) -> tuple[Inside, ...]:
    """Of an opened picture that is not yet decoded. Looks at little of the file, and never raises
    for damage: what is not whole is nothing that could be lost."""
    if data[:2] == b"\xff\xd8":
        found = _of_jpeg(data, image)
    elif data[4:8] == b"ftyp":
        found = _of_boxes(data)
    else:
        found = []
    if image.format != "MPO" and _has_frames(data, image):
        found.append(Inside(InsideKind.FRAMES))
    return tuple(dict.fromkeys(found))


def _of_jpeg(data: bytes, image: Image.Image) -> list[Inside]:
    found = []
    parts = list(segments(data))
    heads = [data[s.body : s.end] for s in parts if s.marker in _APPLICATION]
    scan = max((s.end for s in parts), default=2)
    film = _film_behind(data, scan)
    if film is not None:
        found.append(film)
    if _tells_gain(heads) or any(head.startswith(b"MPF\0") for head in heads):
        found += [Inside(kind) for kind in _kinds_behind(data, scan, image.size)]
    return found


def _kinds_behind(data: bytes, scan: int, size: tuple[int, int]) -> Iterator[InsideKind]:
    """Further pictures as large as the first are views of their own (3D, a burst); what is
    smaller and no map is a preview."""
    for at in _pictures_behind(data, scan):
        heads = [data[s.body : s.end] for s in segments(data, at)]
        shown = frame(data, at)
        if _tells_gain(heads):
            yield InsideKind.GAIN_MAP
        elif any(_DEPTH_MARK in head for head in heads):
            yield InsideKind.DEPTH
        elif shown is not None and (shown.width, shown.height) == size:
            yield InsideKind.FRAMES


def _tells_gain(heads: list[bytes]) -> bool:
    return any(mark in head for head in heads for mark in _GAIN_MARKS)


def _pictures_behind(data: bytes, at: int) -> Iterator[int]:
    """Where further JPEGs begin: within a scan no such bytes can stand. Only whole ones."""
    for _number in range(_MOST_PICTURES):
        at = data.find(_START, at)
        end = data.find(_END, at) if at >= 0 else -1
        if end < 0:
            return
        yield at
        at = end


def _film_behind(data: bytes, scan: int) -> Inside | None:
    """A JPEG without anything behind it ends with its mark, and need not be searched."""
    if data[-_PADDING:].rstrip(b"\0").endswith(_END):
        return None
    at = scan
    for _number in range(_MOST_PICTURES):
        at = data.find(b"ftyp", at)
        if at < 0:
            return None
        film = _film(data, at - 4, len(data))
        if film is not None:
            return film
        at += 4
    return None


def _film(data: bytes, start: int, end: int) -> Inside | None:
    """The MP4 there, if it is whole: its index and its frames."""
    if int.from_bytes(data[start : start + 4], "big") > _MOST_BRANDS:
        return None
    kinds, last = set(), start
    for box in boxes(data, start, end):
        if not box.kind.isascii() or (last == start and box.kind != b"ftyp"):
            break
        kinds.add(box.kind)
        last = box.end
    if not {b"moov", b"mdat"} <= kinds:
        return None
    return Inside(InsideKind.FILM, last - start, _sampled(data, start, last))


def _sampled(data: bytes, start: int, end: int) -> str:
    """SHA-256 of the start, the middle and the end, as of films beside photos."""
    digest = hashlib.sha256()
    middle = (start + end - _SAMPLE) // 2
    for at in (start, max(start, middle), max(start, end - _SAMPLE)):
        digest.update(data[at : min(at + _SAMPLE, end)])
    return digest.hexdigest()


def _of_boxes(data: bytes) -> list[Inside]:
    """HEIF and AVIF: the film has a box of its own, maps are items that belong to the primary."""
    found = []
    for box in boxes(data):
        film = _film(data, box.start, box.end) if box.kind == b"mpvd" else None
        if film is not None:
            found.append(film)
        elif box.kind == b"meta":
            found += _of_items(data, box)
    return found


def _of_items(data: bytes, meta: Box) -> Iterator[Inside]:
    start, end = meta.start + 4, meta.end
    urns = [data[b.start + 4 : b.end] for b in inside(data, _AUXILIARY, start, end)]
    kinds = [_kind_of_item(data, b) for b in _entries(data, start, end)]
    if b"tmap" in kinds or any(_GAIN_URN in urn for urn in urns):
        yield Inside(InsideKind.GAIN_MAP)
    if any(mark in urn for urn in urns for mark in _DEPTH_URNS):
        yield Inside(InsideKind.DEPTH)


_AUXILIARY = (b"iprp", b"ipco", b"auxC")


def _entries(data: bytes, start: int, end: int) -> Iterator[Box]:
    for table in inside(data, (b"iinf",), start, end):
        wide = data[table.start : table.start + 1] > b"\0"
        yield from boxes(data, table.start + (8 if wide else 6), table.end)


def _kind_of_item(data: bytes, entry: Box) -> bytes:
    """``infe`` of version 2 has an id of two bytes, of version 3 one of four."""
    at = entry.start + (10 if data[entry.start : entry.start + 1] == b"\3" else 8)
    return data[at : at + 4]


def _has_frames(data: bytes, image: Image.Image) -> bool:
    """Whether there is more than the first frame, page or shot; a reduced one is none."""
    order = order_of(data[:4])
    if order is not None:
        _main, following = read_directory(data, 0, int.from_bytes(
            data[4:8], "little" if order == "<" else "big"), order)  # fmt: skip
        for _number in range(_MOST_PICTURES):
            if following == 0:
                return False
            page, following = read_directory(data, 0, following, order)
            if page.fields and not page.number(_SUBFILE) & (_REDUCED | _MASK):
                return True
        return False
    try:
        return bool(getattr(image, "is_animated", False))
    except DAMAGE:
        return False  # a second frame that cannot be read is nothing that could be lost
