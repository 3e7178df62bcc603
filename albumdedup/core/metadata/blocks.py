"""IPTC blocks and the texts of PNG."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from albumdedup.core.metadata.profiles import raw_profile, resources
from albumdedup.core.metadata.tags import tiff_bytes
from albumdedup.core.metadata.texts import clean, decoded, is_caption, real_date, worth_keeping

if TYPE_CHECKING:
    from PIL import Image

_IPTC_EXTRAS = {
    5: "caption", 25: "keywords", 90: "place", 92: "place", 105: "caption", 120: "caption",
}  # fmt: skip
_IPTC, _TIFF_IPTC, _TIFF_RESOURCES = 0x0404, 0x83BB, 0x8649
_MOST_DATASETS = 5000


def read_iptc(image: Image.Image, extras: set[str]) -> None:
    """Adds to ``extras`` what the block tells."""
    for dataset, text in iptc_texts(image):
        kind = _IPTC_EXTRAS.get(dataset)
        if kind and worth_keeping(kind, text):
            extras.add(kind)


def iptc_texts(image: Image.Image) -> Iterator[tuple[int, str]]:
    """Datasets of record 2 of the IPTC IIM block, wherever the format keeps it."""
    for block in _blocks(image):
        yield from _texts(block)


def _blocks(image: Image.Image) -> Iterator[bytes]:
    photoshop = image.info.get("photoshop")
    told = photoshop.get(_IPTC) if isinstance(photoshop, dict) else None
    if isinstance(told, bytes):
        yield told
    yield tiff_bytes(image, _TIFF_IPTC)
    for block in (tiff_bytes(image, _TIFF_RESOURCES), raw_profile(image, "8bim")):
        yield from (body for code, body in resources(block) if code == _IPTC)
    profile = raw_profile(image, "iptc")  # some write the resources under this name
    yield from (body for code, body in resources(profile) if code == _IPTC)
    yield profile


def _texts(block: bytes) -> Iterator[tuple[int, str]]:
    """Marker 0x1C, record, dataset, length; the highest bit of which says that the length has
    so many bytes of its own. Never raises; ends at damage."""
    at = 0
    for _number in range(_MOST_DATASETS):
        if at + 5 > len(block) or block[at] != 0x1C:
            return
        record, dataset = block[at + 1], block[at + 2]
        length = int.from_bytes(block[at + 3 : at + 5], "big")
        at += 5
        if length & 0x8000:
            wide = length & 0x7FFF
            if wide > 8:
                return
            length, at = int.from_bytes(block[at : at + wide], "big"), at + wide
        if record == 2:
            yield dataset, decoded(block[at : at + length])
        at += length


def read_png_texts(image: Image.Image, extras: set[str]) -> str | None:
    """The ``Creation Time`` of a PNG where it is written as a date; adds to ``extras``."""
    if image.format != "PNG":
        return None
    if any(is_caption(clean(image.info.get(key))) for key in ("Title", "Description")):
        extras.add("caption")
    date = real_date(clean(image.info.get("Creation Time")))
    return date if date and re.match(r"\d{4}[:-]\d\d[:-]\d\d", date) else None
