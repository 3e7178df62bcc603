"""What a person would miss of a photo, as values: place, caption, rating, people, keywords.

``read_metadata`` only tells that they are there; they are read when they are to be carried over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from albumdedup.core.metadata import exif as tags
from albumdedup.core.metadata import xmp
from albumdedup.core.metadata.blocks import iptc_texts
from albumdedup.core.metadata.profiles import xmp_packets
from albumdedup.core.metadata.tags import read_exif
from albumdedup.core.metadata.texts import DAMAGE, clean, is_caption

if TYPE_CHECKING:
    from PIL import Image


@dataclass(frozen=True, slots=True)
class Values:
    """Latitude and longitude in degrees, north and east positive; texts without blanks around."""

    latitude: float | None = None
    longitude: float | None = None
    city: str | None = None
    location: str | None = None
    title: str | None = None
    caption: str | None = None
    rating: int | None = None
    people: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()

    def kinds(self) -> tuple[str, ...]:
        """The extras that these values make, in the order of ``EXTRAS``."""
        told = {
            "place": self.latitude is not None or bool(self.city or self.location),
            "caption": bool(self.title or self.caption),
            "rating": self.rating is not None,
            "people": bool(self.people),
            "keywords": bool(self.keywords),
        }
        return tuple(kind for kind, there in told.items() if there)

    def only(self, kinds: Iterable[str]) -> Values:
        """Without what belongs to other kinds."""
        wanted = {name for kind in kinds for name in _OF_KIND[kind]}
        return replace(
            Values(), **{f.name: getattr(self, f.name) for f in fields(self) if f.name in wanted}
        )

    def filled(self, other: Values) -> Values:
        """These, with what they lack from another; lists are joined. A place stays whole."""
        mine = {field.name: getattr(self, field.name) for field in fields(self)}
        for kind, names in _OF_KIND.items():
            if kind in ("people", "keywords"):
                mine[kind] = tuple(dict.fromkeys((*mine[kind], *getattr(other, kind))))
            elif all(mine[name] is None for name in names):
                mine.update({name: getattr(other, name) for name in names})
        return Values(**mine)


_OF_KIND: Mapping[str, tuple[str, ...]] = {
    "place": ("latitude", "longitude", "city", "location"),
    "caption": ("title", "caption"),
    "rating": ("rating",),
    "people": ("people",),
    "keywords": ("keywords",),
}
_LONGEST = 5000


def read_values(image: Image.Image) -> Values:
    """The values of an opened picture, XMP before EXIF before IPTC. Never raises for damaged
    metadata."""
    found = Values()
    for packet in xmp_packets(image):
        found = found.filled(packet_values(packet))
    found = found.filled(_exif_values(image)).filled(_iptc_values(image))
    if image.format == "PNG":
        title, text = (_caption(image.info.get(key)) for key in ("Title", "Description"))
        found = found.filled(Values(title=title, caption=text))
    return found


def packet_values(packet: object) -> Values:
    """The values of an XMP packet."""
    root = xmp.parse(packet)
    if root is None:
        return Values()
    texts: dict[str, list[str]] = {}
    for name, text in xmp.properties(root):
        cleaned = text.strip()[:_LONGEST]
        if cleaned:
            texts.setdefault(name, []).append(cleaned)

    def first(*names: str) -> str | None:
        return next((t for name in names for t in texts.get(name, ())), None)

    rating = first(f"{xmp.XMP_NS}Rating")
    north, east = (first(f"{xmp.EXIF_NS}GPS{name}") for name in ("Latitude", "Longitude"))
    latitude, longitude = _coordinates(north, east)
    return Values(
        latitude,
        longitude,
        first(f"{xmp.PHOTOSHOP_NS}City"),
        first(f"{xmp.CORE_NS}Location"),
        _caption(first(f"{xmp.DC_NS}title", f"{xmp.PHOTOSHOP_NS}Headline")),
        _caption(first(f"{xmp.DC_NS}description")),
        _rating(rating),
        tuple(dict.fromkeys(t for name in xmp.PEOPLE for t in texts.get(name, ()))),
        tuple(dict.fromkeys(texts.get(f"{xmp.DC_NS}subject", ()))),
    )


def _exif_values(image: Image.Image) -> Values:
    exif, detail, gps = read_exif(image)
    latitude, longitude = tags.place(gps)
    keywords = _printable(tags.wide_text(exif, 0x9C9E) or "")
    return Values(
        latitude,
        longitude,
        title=_caption(tags.wide_text(exif, 0x9C9B)),
        caption=next(filter(None, map(_caption, tags.captions(exif, detail))), None),
        rating=_rating(tags.rating(exif)),
        keywords=tuple(word.strip() for word in keywords.split(";") if word.strip()),
    )


def _iptc_values(image: Image.Image) -> Values:
    texts: dict[int, list[str]] = {}
    for dataset, text in iptc_texts(image):
        texts.setdefault(dataset, []).append(_printable(text))
    one = {number: found[0] or None for number, found in texts.items()}
    return Values(
        city=one.get(90), location=one.get(92), title=_caption(one.get(5) or one.get(105)),
        caption=_caption(one.get(120)),
        keywords=tuple(dict.fromkeys(text for text in texts.get(25, ()) if text)),
    )  # fmt: skip


def _printable(text: str) -> str:
    """Without control characters, which no sidecar can hold, and blanks around."""
    return "".join(one for one in text if one.isprintable() or one in "\t\r\n").strip()


def _caption(value: Any) -> str | None:
    text = clean(value)
    return str(value).strip("\0 \t\r\n")[:_LONGEST] if is_caption(text) else None


def _rating(value: object) -> int | None:
    try:
        number = round(float(str(value)))
    except DAMAGE:
        return None
    return number if 0 < number <= 5 else None


_XMP_DEGREES = re.compile(r"(\d{1,3}),(\d{1,2}(?:\.\d+)?)(?:,(\d{1,2}(?:\.\d+)?))?([NSEW])")


def _coordinates(north: str | None, east: str | None) -> tuple[float, float] | tuple[None, None]:
    """Both or none: half a place is none."""
    latitude, longitude = _degrees(north), _degrees(east)
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None, None
    return latitude, longitude


def _degrees(text: str | None) -> float | None:
    """XMP writes "48,30.0083N" or "48,30,0.5N"."""
    match = _XMP_DEGREES.fullmatch(text.strip()) if text is not None else None
    if match is None:
        return None
    value = int(match[1]) + float(match[2]) / 60 + float(match[3] or 0) / 3600
    return -value if match[4] in "SW" else value
