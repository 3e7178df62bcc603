"""The EXIF of an opened picture as directories of values, read with limits.

Pillow's own reader ends at the first value that lies outside, takes UTF-8 for Latin-1, and copies
as much as a directory claims; here damage costs what is damaged. The maker's note stays bytes.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from albumdedup.core.metadata.profiles import raw_profile
from albumdedup.core.metadata.texts import DAMAGE, decoded
from albumdedup.core.metadata.tiff import Directory, Field, order_of, read_tree

if TYPE_CHECKING:
    from PIL import Image

_MARK = b"Exif\0\0"
_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
_ASCII, _RATIONAL, _SIGNED_RATIONAL, _FLOAT, _DOUBLE = 2, 5, 10, 11, 12
_BYTES = frozenset({1, 7})
_MOST_NUMBERS = 4096
_NUMBERS = {3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I", _FLOAT: "f", _DOUBLE: "d"}

Values = Mapping[int, Any]
"""Tag → text, int, float, bytes, or a tuple of numbers where there are several."""


class Exif(NamedTuple):
    main: Values
    detail: Values
    gps: Values


NO_EXIF = Exif({}, {}, {})


def read_exif(image: Image.Image) -> Exif:
    """Never raises; what is damaged is left out."""
    data = _packet(image)
    if data is None:
        return _by_pillow(image)
    tree = read_tree(data, _start(data))
    return Exif(_values(tree.main), _values(tree.exif), _values(tree.gps))


def _start(data: bytes) -> int:
    """Where the TIFF begins: behind a mark or two, or behind the offset that HEIF has before."""
    found = [at for at in map(data[:24].find, (b"II*\0", b"MM\0*")) if at >= 0]
    return min(found, default=0)


def tiff_bytes(image: Image.Image, tag: int) -> bytes:
    """The bytes of a value in the main directory of a TIFF, as they stand; empty where it has
    none."""
    tags = getattr(image, "tag_v2", None)
    try:
        value = None if tags is None else tags.get(tag)
        if isinstance(value, tuple) and all(isinstance(one, int) for one in value):
            # Some programs give blocks of bytes as 32-bit numbers.
            order = "<" if tags.prefix == b"II" else ">"  # type: ignore[union-attr]
            value = struct.pack(f"{order}{len(value)}I", *value)
    except DAMAGE:
        return b""
    return value if isinstance(value, bytes) else b""


def _packet(image: Image.Image) -> bytes | None:
    """None for a picture whose EXIF only Pillow can read: a TIFF of 64 bits."""
    told = image.info.get("exif")
    if isinstance(told, bytes) and told:
        return told
    profile = raw_profile(image, "exif") or raw_profile(image, "APP1")
    if profile.startswith((_MARK, b"II", b"MM")):
        return profile
    if getattr(image, "tag_v2", None) is None:
        return b""
    file = getattr(image, "fp", None)
    data = file.getvalue() if isinstance(file, io.BytesIO) else b""
    return None if order_of(data) is None else data


def _by_pillow(image: Image.Image) -> Exif:
    from PIL import Image as images

    try:
        # The base method: PNG's own one would decode the whole picture to look behind it.
        main = images.Image.getexif(image)
        below = [main.get_ifd(tag) for tag in (_EXIF_IFD, _GPS_IFD)]
        return Exif(main, *(one if isinstance(one, dict) else {} for one in below))
    except DAMAGE:
        return NO_EXIF


def _values(directory: Directory) -> dict[int, Any]:
    found = {tag: _value(field, directory.order) for tag, field in directory.fields.items()}
    return {tag: value for tag, value in found.items() if value is not None}


def _value(field: Field, order: str) -> Any:
    """None for a value that is empty, outside the file, or longer than any that is wanted."""
    data = field.data
    if field.kind == _ASCII:
        return decoded(data) if data else None
    if field.kind in _BYTES:
        return data or None
    if field.kind in (_RATIONAL, _SIGNED_RATIONAL):
        letter = "I" if field.kind == _RATIONAL else "i"
        parts = _unpacked(data, order, letter, 4)
        numbers = [_ratio(*pair) for pair in zip(parts[::2], parts[1::2], strict=False)]
    else:
        letter = _NUMBERS[field.kind]
        numbers = list(_unpacked(data, order, letter, struct.calcsize("=" + letter)))
    if not numbers:
        return None
    return numbers[0] if len(numbers) == 1 else tuple(numbers)


def _unpacked(data: bytes, order: str, letter: str, size: int) -> tuple[Any, ...]:
    count = min(len(data) // size, _MOST_NUMBERS)
    return struct.unpack(f"{order}{count}{letter}", data[: count * size])


def _ratio(top: int, below: int) -> float:
    return top / below if below else float("nan")
