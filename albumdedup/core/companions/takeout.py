"""The JSON files that Google Takeout lays beside photos."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from albumdedup.core.metadata.texts import EXTRAS, is_caption, sound

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Takeout(NamedTuple):
    """``date`` is photoTakenTime, UTC as ISO 8601: never creationTime, which is the upload."""

    title: str
    date: str | None
    extras: tuple[str, ...]


def read_takeout(data: bytes) -> Takeout | None:
    """What such a file says; None for any other JSON (an album's, a program's)."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or "photoTakenTime" not in document:
        return None
    title = document.get("title")
    if not isinstance(title, str):
        return None
    told = {
        "place": _is_place(document.get("geoData")),
        "caption": is_caption(_text(document.get("description"))),
        "rating": document.get("favorited") is True,
        "people": _are_people(document.get("people")),
    }
    return Takeout(
        sound(title),
        _instant(document["photoTakenTime"]),
        tuple(kind for kind in EXTRAS if told.get(kind)),
    )


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _are_people(value: object) -> bool:
    entries = value if isinstance(value, list) else []
    names = [one.get("name") for one in entries if isinstance(one, dict)]
    return any(_text(name) for name in names)


def _is_place(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    numbers = [value.get("latitude"), value.get("longitude")]
    within = zip(numbers, (90, 180), strict=True)
    return all(isinstance(n, int | float) and abs(n) <= most for n, most in within) and any(numbers)


def _instant(value: Any) -> str | None:
    """Seconds since 1970, also before it; zero means that nothing is known."""
    try:
        seconds = int(value["timestamp"])
        return (_EPOCH + timedelta(seconds=seconds)).isoformat() if seconds else None
    except (TypeError, KeyError, ValueError, OverflowError):
        return None
