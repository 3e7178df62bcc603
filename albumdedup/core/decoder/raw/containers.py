"""Where in a camera RAW its pictures for viewing lie, and what the container says of the shot.

Layouts as read by ExifTool's tables (Canon, FujiFilm, Olympus, PanasonicRaw) and by LibRaw's
identification: none of them is published by its maker, save DNG.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from albumdedup.core.decoder.boxes import boxes, inside
from albumdedup.core.metadata.tiff import (
    EMPTY,
    NO_TREE,
    Directory,
    Order,
    Tree,
    order_of,
    read_directory,
    read_tree,
)

Span = tuple[int, int]
"""Offset and length of a picture that is said to lie there."""
Size = tuple[int, int]

_WIDTH, _HEIGHT, _COMPRESSION, _PHOTOMETRIC = 0x0100, 0x0101, 0x0103, 0x0106
_STRIPS, _STRIP_BYTES, _TILES, _TILE_BYTES = 0x0111, 0x0117, 0x0144, 0x0145
_JPEG_AT, _JPEG_BYTES, _ORIENTATION, _XMP = 0x0201, 0x0202, 0x0112, 0x02BC
_CROP_SIZE, _EXIF_WIDTH, _EXIF_HEIGHT, _MAKER_NOTE = 0xC620, 0xA002, 0xA003, 0x927C
_JPEG_CODINGS, _JPEG_TABLES = frozenset({6, 7}), 0x015B
_VIEWED = frozenset({1, 2, 6})
"""Photometric interpretations of what is for viewing: grey, RGB, YCbCr. Masks and depths of a
phone have others."""
_SENSOR = frozenset({32803, 34892})
"""Photometric interpretations of what a sensor saw: colour filter array, linear raw."""
_PANASONIC_JPEG, _PANASONIC_BORDERS = 0x002E, (4, 5, 6, 7)
_CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
_CANON_PREVIEW = bytes.fromhex("eaf42b5e1c984b88b9fbb7dc406e4d16")


@dataclass(frozen=True, slots=True)
class Shot:
    """``sizes`` are those that the container claims for the whole photo, the best known first;
    ``tree`` is empty where its facts lie in the picture itself."""

    spans: tuple[Span, ...]
    sizes: tuple[Size, ...]
    tree: Tree
    orientation: int | None = None
    xmp: bytes = b""


def read_shot(data: bytes) -> Shot | None:
    """What a camera RAW holds; None for a container that is not known. Never raises."""
    if data[:8] == b"FUJIFILM":
        return _fuji(data)
    if data[4:8] == b"ftyp":
        return _canon_boxes(data)
    return None if order_of(data[:4]) is None else _tiff(data)


def _tiff(data: bytes) -> Shot:
    tree = read_tree(data)
    spans = [span for one in tree.directories for span in _spans(one)]
    if data[:4] in (b"IIRO", b"IIRS", b"MMOR"):
        spans += _olympus(data, tree.exif)
    if data[:4] == b"IIU\0":
        return _panasonic(tree.main)
    packet = tree.main.fields.get(_XMP)
    turn = _turn(tree.main)
    return Shot(tuple(spans), tuple(_sizes(tree)), tree, turn, packet.data if packet else b"")


def _turn(main: Directory) -> int | None:
    """The orientation, 1 to 8; None where there is none, or one that cannot be."""
    told = main.number(_ORIENTATION)
    return told if 1 <= told <= 8 else None


def _spans(directory: Directory) -> Iterator[Span]:
    """The JPEG streams that a directory points at, if they are pictures for viewing."""
    if directory.number(_PHOTOMETRIC, 6) not in _VIEWED or _JPEG_TABLES in directory.fields:
        return
    at, length = directory.number(_JPEG_AT), directory.number(_JPEG_BYTES)
    if at and length:
        yield at, length
    if directory.number(_COMPRESSION) in _JPEG_CODINGS:
        for where, how_long in ((_STRIPS, _STRIP_BYTES), (_TILES, _TILE_BYTES)):
            places, lengths = directory.numbers(where), directory.numbers(how_long)
            if len(places) == 1 == len(lengths):  # of several, each is a part of a picture
                yield places[0], lengths[0]


def _sizes(tree: Tree) -> Iterator[Size]:
    told = tree.exif.number(_EXIF_WIDTH), tree.exif.number(_EXIF_HEIGHT)
    sensors = [one for one in tree.directories if is_sensor(one)]
    for one in sensors:
        crop = one.numbers(_CROP_SIZE)[:2] or _rationals(one, _CROP_SIZE)[:2]
        if len(crop) == 2 and min(crop) > 0:
            yield crop[0], crop[1]
    if min(told) > 0:
        yield told
    for one in sorted(sensors, key=lambda d: -d.number(_WIDTH) * d.number(_HEIGHT)):
        size = one.number(_WIDTH), one.number(_HEIGHT)
        if min(size) > 0:
            yield size


def is_sensor(directory: Directory) -> bool:
    """Whether a directory describes what the sensor saw."""
    return directory.number(_PHOTOMETRIC) in _SENSOR


def _rationals(directory: Directory, tag: int) -> tuple[int, ...]:
    field = directory.fields.get(tag)
    if field is None or field.kind != 5:
        return ()
    parts = struct.unpack(f"{directory.order}{len(field.data) // 4}I", field.data)
    return tuple(top // below for top, below in zip(parts[::2], parts[1::2], strict=True) if below)


def _olympus(data: bytes, exif: Directory) -> Iterator[Span]:
    """The preview that the maker's note tells of (tags 0x2020, then 0x0101 and 0x0102)."""
    note = exif.fields.get(_MAKER_NOTE)
    if note is None:
        return
    head = data[note.at : note.at + 16]
    order: Order = exif.order
    if head.startswith(b"OLYMPUS\0"):
        start, at = note.at, 12
        order = "<" if head[8:10] == b"II" else ">"
    elif head.startswith(b"OM SYSTEM\0"):
        start, at = note.at, 16
        order = "<" if head[12:14] == b"II" else ">"
    elif head.startswith(b"OLYMP\0"):
        start, at = 0, note.at + 8
    else:
        return
    tags = read_directory(data, start, at, order)[0]
    settings = tags.fields.get(0x2020)
    if settings is None:
        return
    below = tags.number(0x2020) if settings.kind in (4, 13) else settings.at - start
    camera = read_directory(data, start, below, order)[0]
    place, length = camera.number(0x0101), camera.number(0x0102)
    if place and length:
        yield start + place, length


def _panasonic(main: Directory) -> Shot:
    """Its picture is the value of a tag, and holds the EXIF of the shot itself."""
    field = main.fields.get(_PANASONIC_JPEG)
    top, left, bottom, right = (main.number(tag) for tag in _PANASONIC_BORDERS)
    sizes = ((right - left, bottom - top),) if right > left and bottom > top else ()
    return Shot(() if field is None else ((field.at, field.count),), sizes, NO_TREE)


def _fuji(data: bytes) -> Shot:
    """The header points at a JPEG, which holds the EXIF, and at a table of the sensor's."""
    if len(data) < 100:
        return Shot((), (), NO_TREE)
    at, length, table = struct.unpack_from(">III", data, 84)
    return Shot(((at, length),), tuple(_fuji_size(data, table)), NO_TREE)


def _fuji_size(data: bytes, at: int) -> Iterator[Size]:
    (count,) = struct.unpack(">I", data[at : at + 4].rjust(4, b"\0"))
    at += 4
    for _number in range(min(count, 255)):
        if at + 8 > len(data):
            return
        tag, size, height, width = struct.unpack_from(">4H", data, at)
        if tag == 0x0111 and size == 4 and width and height:
            yield width, height
        at += 4 + size


def _canon_boxes(data: bytes) -> Shot | None:
    movie = next((box for box in boxes(data) if box.kind == b"moov"), None)
    if movie is None:
        return None
    canon = next((b for b in boxes(data, movie.start, movie.end) if b.uuid == _CANON), None)
    parts = {} if canon is None else {b.kind: b for b in boxes(data, canon.start, canon.end)}

    def told(kind: bytes) -> Directory:
        box = parts.get(kind)
        return EMPTY if box is None else read_tree(data[box.start : box.end]).main

    main, exif, gps = told(b"CMT1"), told(b"CMT2"), told(b"CMT4")
    tree = Tree((main,) if main.fields else (), exif, gps)
    spans = [*_tracks(data, movie.start, movie.end), *_previews(data)]
    sizes = [(exif.number(_EXIF_WIDTH), exif.number(_EXIF_HEIGHT))]
    return Shot(
        tuple(spans), tuple(size for size in sizes if min(size) > 0), tree,
        _turn(main),
    )  # fmt: skip


def _tracks(data: bytes, start: int, end: int) -> Iterator[Span]:
    """The first sample of each track: one of them is the photo as a JPEG."""
    for table in inside(data, (b"trak", b"mdia", b"minf", b"stbl"), start, end):
        parts = {box.kind: data[box.start : box.end] for box in boxes(data, table.start, table.end)}
        sizes = parts.get(b"stsz", b"")
        length = _big(sizes, 4, 4) or _big(sizes, 12, 4)  # one for all, or the first of many
        place = _big(parts.get(b"co64", b""), 8, 8) or _big(parts.get(b"stco", b""), 8, 4)
        if place and length:
            yield place, length


def _big(data: bytes, at: int, width: int) -> int:
    """A big-endian number; 0 where the data ends before it."""
    return int.from_bytes(data[at : at + width], "big") if at + width <= len(data) else 0


def _previews(data: bytes) -> Iterator[Span]:
    """The box PRVW: its picture comes behind 16 bytes, its length before it."""
    for box in boxes(data):
        if box.uuid == _CANON_PREVIEW:
            for below in boxes(data, box.start + 8, box.end):
                if below.kind == b"PRVW" and below.end - below.start > 16:
                    length = int.from_bytes(data[below.start + 12 : below.start + 16], "big")
                    yield below.start + 16, length
