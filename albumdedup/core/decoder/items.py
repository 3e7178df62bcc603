"""What a HEIF or AVIF file says of its primary item: the properties that belong to it, and the
part of it that is meant to be seen (ISO/IEC 14496-12 and 23008-12)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from albumdedup.core.decoder.boxes import Box, boxes, inside

Crop = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels, before any turn."""


def primary_properties(data: bytes) -> Iterator[Box]:
    """Of the primary item alone: others hold gain maps, depths and renderings in HDR. Never
    raises."""
    meta = next((box for box in boxes(data) if box.kind == b"meta"), None)
    if meta is None:
        return
    parts = {box.kind: box for box in boxes(data, meta.start + 4, meta.end)}
    primary, properties = parts.get(b"pitm"), parts.get(b"iprp")
    if primary is None or properties is None or primary.end < primary.start + 6:
        return
    wide = 4 if data[primary.start] else 2
    item = int.from_bytes(data[primary.start + 4 : primary.start + 4 + wide], "big")
    known = inside(data, (b"ipco",), properties.start, properties.end)
    of_all = [box for one in known for box in boxes(data, one.start, one.end)]
    tables = inside(data, (b"ipma",), properties.start, properties.end)
    for number in (n for table in tables for n in _belonging(data, table, item)):
        if 0 < number <= len(of_all):
            yield of_all[number - 1]


def _belonging(data: bytes, table: Box, item: int) -> list[int]:
    """The numbers of an item's properties, from a box ``ipma``."""
    if table.end < table.start + 8:
        return []
    version, flags = data[table.start], data[table.start + 3]
    wide, step = (4 if version else 2), (2 if flags & 1 else 1)
    at = table.start + 8
    while at + wide + 1 <= table.end:
        found = int.from_bytes(data[at : at + wide], "big")
        count = data[at + wide]
        at += wide + 1
        if found == item:
            mask = (1 << (8 * step - 1)) - 1
            ends = range(at, min(at + step * count, table.end - step + 1), step)
            return [int.from_bytes(data[one : one + step], "big") & mask for one in ends]
        at += step * count
    return []


def clean_aperture(data: bytes, size: tuple[int, int]) -> Crop | None:
    """The part of the primary picture that its box ``clap`` leaves; None where there is none, or
    one that cannot be: as the MIAF standard asks, its edges are whole pixels within the picture.
    """
    for box in primary_properties(data):
        if box.kind == b"clap":
            return _crop(data[box.start : box.end], size)
    return None


def _crop(told: bytes, size: tuple[int, int]) -> Crop | None:
    if len(told) < 32:
        return None
    words = [told[4 * n : 4 * n + 4] for n in range(8)]
    below = [int.from_bytes(word, "big") for word in words[1::2]]
    above = [int.from_bytes(word, "big", signed=n > 1) for n, word in enumerate(words[::2])]
    if not all(below):
        return None
    width, height, right, down = (Fraction(a, b) for a, b in zip(above, below, strict=True))
    left = Fraction(size[0] - 1, 2) + right - (width - 1) / 2
    top = Fraction(size[1] - 1, 2) + down - (height - 1) / 2
    edges = left, top, left + width, top + height
    if any(edge.denominator != 1 for edge in edges) or width <= 0 or height <= 0:
        return None
    crop = int(edges[0]), int(edges[1]), int(edges[2]), int(edges[3])
    within = crop[0] >= 0 and crop[1] >= 0 and crop[2] <= size[0] and crop[3] <= size[1]
    return crop if within and crop != (0, 0, *size) else None
