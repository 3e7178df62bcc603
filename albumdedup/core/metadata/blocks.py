"""IPTC blocks and the texts of PNG."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from albumdedup.core.metadata.texts import clean, is_caption, real_date, worth_keeping

if TYPE_CHECKING:
    from PIL import Image

_IPTC_EXTRAS = {25: "keywords", 90: "place", 92: "place", 105: "caption", 120: "caption"}


def read_iptc(image: Image.Image, extras: set[str]) -> None:
    """Adds to ``extras`` what the block tells."""
    for dataset, text in iptc_texts(image):
        kind = _IPTC_EXTRAS.get(dataset)
        if kind and worth_keeping(kind, text):
            extras.add(kind)


def iptc_texts(image: Image.Image) -> Iterator[tuple[int, str]]:
    """Datasets of record 2 of the IPTC IIM block: marker 0x1C, record, dataset, length."""
    photoshop = image.info.get("photoshop")
    block = photoshop.get(0x0404) if isinstance(photoshop, dict) else None
    if not isinstance(block, bytes):
        return
    at = 0
    while at + 5 <= len(block) and block[at] == 0x1C:
        record, dataset = block[at + 1], block[at + 2]
        length = int.from_bytes(block[at + 3 : at + 5], "big")
        if length & 0x8000:  # an extended dataset: none that is looked for here
            return
        if record == 2:
            yield dataset, block[at + 5 : at + 5 + length].decode("utf-8", "replace")
        at += 5 + length


def read_png_texts(image: Image.Image, extras: set[str]) -> str | None:
    """The ``Creation Time`` of a PNG where it is written as a date; adds to ``extras``."""
    if image.format != "PNG":
        return None
    if any(is_caption(clean(image.info.get(key))) for key in ("Title", "Description")):
        extras.add("caption")
    date = real_date(clean(image.info.get("Creation Time")))
    return date if date and re.match(r"\d{4}[:-]\d\d[:-]\d\d", date) else None
