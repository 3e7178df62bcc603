"""ISO/IEC 14496-12 boxes in memory, with limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

_MOST_BOXES = 4096


class Box(NamedTuple):
    """``kind`` of four letters, ``uuid`` for sixteen bytes; the body is ``data[start:end]``."""

    kind: bytes
    uuid: bytes
    start: int
    end: int


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """The boxes one after the other in ``data[start:end]``. Never raises; ends at damage."""
    end = len(data) if end is None else min(end, len(data))
    for _number in range(_MOST_BOXES):
        if start + 8 > end:
            return
        size, head = int.from_bytes(data[start : start + 4], "big"), 8
        kind, uuid = bytes(data[start + 4 : start + 8]), b""
        if size == 1:
            size, head = int.from_bytes(data[start + 8 : start + 16], "big"), 16
        elif size == 0:
            size = end - start
        if kind == b"uuid":
            uuid, head = bytes(data[start + head : start + head + 16]), head + 16
        if size < head or start + size > end:
            return
        yield Box(kind, uuid, start + head, start + size)
        start += size


def inside(
    data: bytes, path: tuple[bytes, ...], start: int = 0, end: int | None = None
) -> list[Box]:
    """All boxes that are reached by these kinds, from the outside in."""
    found = [box for box in boxes(data, start, end) if box.kind == path[0]]
    if len(path) == 1:
        return found
    return [below for box in found for below in inside(data, path[1:], box.start, box.end)]
