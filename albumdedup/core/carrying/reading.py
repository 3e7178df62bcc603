"""The values of a photo and of the files beside it, read from the disk when they are to be kept."""

from __future__ import annotations

import json
from functools import partial

from albumdedup.core.decoder.opening import Opened, opened_by
from albumdedup.core.decoder.reading import fetch_here, read_anew
from albumdedup.core.decoder.refusing import Unreadable
from albumdedup.core.metadata.texts import DAMAGE, clean, is_caption, sound
from albumdedup.core.metadata.values import Values, packet_values, read_values
from albumdedup.core.metadata.xmp import LARGEST_XMP
from albumdedup.core.types import Companion, CompanionKind, Photo


def values_of(photo: Photo) -> Values:
    """What its sidecars say, then what the file itself says. What cannot be read says nothing."""
    found = Values()
    for one in photo.companions:
        found = found.filled(_beside(one))
    return found.filled(_inside(photo.path))


def _inside(path: str) -> Values:
    try:
        fetched = fetch_here(None, partial(read_anew, path, None))
        return opened_by(fetched.data or b"", path, _of_opened)
    except (Unreadable, OSError, MemoryError):
        return Values()


def _of_opened(opened: Opened) -> Values:
    if opened.image.format == "PNG":
        opened.image.load()  # its metadata may come after the pixels
    return read_values(opened.image)


def _beside(one: Companion) -> Values:
    if one.kind not in (CompanionKind.XMP, CompanionKind.TAKEOUT):
        return Values()
    try:
        with open(one.path, "rb") as file:
            data = file.read(LARGEST_XMP + 1)
    except OSError:
        return Values()
    return packet_values(data) if one.kind is CompanionKind.XMP else _takeout(data)


def _takeout(data: bytes) -> Values:
    try:
        document = json.loads(data)
    except (*DAMAGE, RecursionError):
        return Values()
    if not isinstance(document, dict):
        return Values()
    latitude, longitude = _place(document.get("geoData"))
    caption = document.get("description")
    people = document.get("people")
    entries = people if isinstance(people, list) else []
    named = [one.get("name") for one in entries if isinstance(one, dict)]
    return Values(
        latitude=latitude,
        longitude=longitude,
        caption=sound(caption) if isinstance(caption, str) and is_caption(clean(caption)) else None,
        rating=5 if document.get("favorited") is True else None,
        people=tuple(sound(name) for name in named if isinstance(name, str) and name.strip()),
    )


def _place(value: object) -> tuple[float, float] | tuple[None, None]:
    if not isinstance(value, dict):
        return None, None
    latitude, longitude = value.get("latitude"), value.get("longitude")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return None, None
    known = (latitude or longitude) and abs(latitude) <= 90 and abs(longitude) <= 180
    return (float(latitude), float(longitude)) if known else (None, None)
