"""The directories of a TIFF, read with limits: camera RAW is one, and EXIF is another.

After TIFF 6.0, section 2. Offsets may point anywhere, at each other and in a circle.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Order = Literal["<", ">"]

SUB_IFDS, EXIF_IFD, GPS_IFD = 0x014A, 0x8769, 0x8825
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_NUMBERS = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I"}
_MOST_TAGS = 1000
_MOST_DIRECTORIES = 48
_LARGEST_VALUE = 1 << 17
_LARGEST_DIRECTORY = 1 << 21
"""Bytes of all values together: a thousand tags may claim the same hundred kilobytes."""
_ORDERS: Mapping[bytes, Order] = {
    b"II*\0": "<", b"MM\0*": ">",
    b"IIU\0": "<", b"IIRO": "<", b"IIRS": "<", b"MMOR": ">",
}  # fmt: skip
"""TIFF itself, and the first bytes that Panasonic and Olympus put in their place."""


@dataclass(frozen=True, slots=True)
class Field:
    """One tag. ``data`` are the bytes of its value, empty where they are too many to be wanted;
    ``at`` is where in the file they lie."""

    kind: int
    count: int
    data: bytes
    at: int


@dataclass(frozen=True, slots=True)
class Directory:
    order: Order
    fields: Mapping[int, Field]

    def numbers(self, tag: int) -> tuple[int, ...]:
        """The integers of a tag; none where it is missing or of another type."""
        field = self.fields.get(tag)
        if field is None or field.kind not in _NUMBERS:
            return ()
        count = len(field.data) // _SIZES[field.kind]
        used = field.data[: count * _SIZES[field.kind]]
        return struct.unpack(f"{self.order}{count}{_NUMBERS[field.kind]}", used)

    def number(self, tag: int, default: int = 0) -> int:
        return next(iter(self.numbers(tag)), default)


EMPTY = Directory("<", {})


@dataclass(frozen=True, slots=True)
class Tree:
    """``directories`` in the order in which they are reached, the main one first; the Exif and
    GPS ones apart."""

    directories: Sequence[Directory]
    exif: Directory
    gps: Directory

    @property
    def main(self) -> Directory:
        return self.directories[0] if self.directories else EMPTY


NO_TREE = Tree((), EMPTY, EMPTY)


def order_of(head: bytes) -> Order | None:
    """The byte order of what begins so; None for what is no TIFF."""
    return _ORDERS.get(bytes(head[:4]))


def read_tree(data: bytes, start: int = 0) -> Tree:
    """All directories of the TIFF that begins at ``start``. Never raises: damage costs what is
    damaged."""
    order = order_of(data[start : start + 4])
    if order is None or len(data) < start + 8:
        return NO_TREE
    (first,) = struct.unpack_from(order + "I", data, start + 4)
    found: list[Directory] = []
    seen: set[int] = set()
    waiting = [first]
    while waiting and len(found) < _MOST_DIRECTORIES:
        at = waiting.pop(0)
        if at in seen or at == 0:
            continue
        seen.add(at)
        directory, following = read_directory(data, start, at, order)
        if directory.fields:
            found.append(directory)
        waiting += [following, *directory.numbers(SUB_IFDS)[:_MOST_DIRECTORIES]]
    return Tree(found, _below(data, start, found, EXIF_IFD), _below(data, start, found, GPS_IFD))


def _below(data: bytes, start: int, directories: Iterable[Directory], tag: int) -> Directory:
    for directory in directories:
        at = directory.number(tag)
        if at:
            return read_directory(data, start, at, directory.order)[0]
    return EMPTY


def read_directory(data: bytes, start: int, at: int, order: Order) -> tuple[Directory, int]:
    """The directory at ``start + at``, and the offset of the one behind it (0: none). Offsets in
    it count from ``start``. Never raises."""
    place = start + at
    fields: dict[int, Field] = {}
    if at < 0 or place + 2 > len(data):  # offsets of a type with a sign
        return Directory(order, fields), 0
    (count,) = struct.unpack_from(order + "H", data, place)
    fitting = min(count, _MOST_TAGS, (len(data) - place - 2) // 12)
    left = _LARGEST_DIRECTORY
    for number in range(fitting):
        entry = place + 2 + 12 * number
        tag, kind, length = struct.unpack_from(order + "HHI", data, entry)
        if kind in _SIZES and tag not in fields:
            fields[tag] = _field(data, start, entry, kind, length, order, left)
            left -= len(fields[tag].data)
    end = place + 2 + 12 * count
    following = 0
    if count == fitting and end + 4 <= len(data):
        (following,) = struct.unpack_from(order + "I", data, end)
    return Directory(order, fields), following


def _field(
    data: bytes, start: int, entry: int, kind: int, length: int, order: Order, most: int
) -> Field:
    size = length * _SIZES[kind]
    at = entry + 8
    if size > 4:
        at = start + struct.unpack_from(order + "I", data, at)[0]
    if size > min(_LARGEST_VALUE, most) or at + size > len(data):
        return Field(kind, length, b"", at)
    return Field(kind, length, bytes(data[at : at + size]), at)


def write_exif(main: Directory, exif: Directory, gps: Directory, orientation: int) -> bytes:
    """The EXIF packet, without its "Exif" mark, that says what these directories say, values
    as they stand, and an orientation. Pictures' own tags (sizes, strips) are left out."""
    order = main.order
    kept = {tag: field for tag, field in main.fields.items() if tag in _KEPT and field.data}
    kept[_ORIENTATION] = Field(3, 1, struct.pack(order + "H", orientation), 0)
    below = {EXIF_IFD: exif, GPS_IFD: gps}
    # The main directory has to know how long it is before the others have their places.
    for tag in below:
        kept[tag] = Field(4, 1, bytes(4), 0)
    at = 8 + len(_directory(kept, order, 8))
    parts = []
    for tag, directory in below.items():
        small = {t: f for t, f in directory.fields.items() if 0 < len(f.data) <= _SMALL}
        kept[tag] = Field(4, 1, struct.pack(order + "I", at), 0)
        parts.append(_directory(small, order, at))
        at += len(parts[-1])
    head = struct.pack(order + "2sHI", b"II" if order == "<" else b"MM", 42, 8)
    return b"".join((head, _directory(kept, order, 8), *parts))


_ORIENTATION = 0x0112
_KEPT = frozenset(
    {0x010E, 0x010F, 0x0110, 0x0131, 0x0132, 0x013B, 0x4746, 0x8298, 0x9C9B, 0x9C9C, 0x9C9E}
)
"""What the main directory tells of the photo: caption, camera, program, date, author, rating."""
_SMALL = 1 << 14
"""Longer values are notes of the maker's and thumbnails."""


def _directory(fields: Mapping[int, Field], order: Order, at: int) -> bytes:
    """One directory with its values behind it, as it is to stand at ``at``."""
    head = struct.pack(order + "H", len(fields))
    rows, values = [], b""
    place = at + 2 + 12 * len(fields) + 4
    for tag, field in sorted(fields.items()):
        value = field.data.ljust(4, b"\0")
        if len(field.data) > 4:
            value = struct.pack(order + "I", place + len(values))
            values += field.data + b"\0" * (len(field.data) % 2)
        rows.append(struct.pack(order + "HHI", tag, field.kind, field.count) + value)
    return b"".join((head, *rows, bytes(4), values))
