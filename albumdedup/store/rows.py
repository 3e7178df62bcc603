"""How values lie in SQLite columns, and back.

Paths are the bytes that the operating system knows them by, so that names which are no text
survive. Integers past 64 bits (file ids of some file systems, absurd dates) become text.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from albumdedup.core.types import (
    ContentId,
    DateSource,
    Evidence,
    FileIdentity,
    Grade,
    PhotoMetadata,
    Stamp,
    TakenDate,
    Tier,
    Transform,
)

_ENCODING = sys.getfilesystemencoding()
_ERRORS = sys.getfilesystemencodeerrors()
_MICROSECOND = timedelta(microseconds=1)
_INT64 = 1 << 63

TIERS = tuple(Tier)
TIER_NUMBERS = {tier: number for number, tier in enumerate(TIERS)}
_SOURCES = {source.value: source for source in DateSource}
_GRADES = {grade.value: grade for grade in Grade}


def path_bytes(path: str) -> bytes:
    return os.fsencode(path)


def path_text(stored: bytes) -> str:
    return stored.decode(_ENCODING, _ERRORS)


def below(folder: str) -> tuple[bytes, bytes]:
    """The half-open range ``low <= path < high`` that holds exactly what lies below a folder:
    ``/a/b`` holds ``/a/b/x`` and not ``/a/bc``."""
    separator = os.sep.encode()
    low = path_bytes(os.path.normpath(folder))
    if not low.endswith(separator):
        low += separator
    return low, low[:-1] + bytes([low[-1] + 1])


def content_bytes(content: ContentId) -> bytes:
    return bytes.fromhex(content)


def content_id(stored: bytes) -> ContentId:
    return ContentId(stored.hex())


def number(value: int) -> int | str:
    """For a column without affinity: text where SQLite's 64 bits do not suffice."""
    return value if -_INT64 <= value < _INT64 else str(value)


def text(value: str) -> bytes:
    """Text that may hold halves of surrogate pairs (names in a decoder's message)."""
    return value.encode("utf-8", "surrogatepass")


def plain_text(stored: bytes) -> str:
    return stored.decode("utf-8", "surrogatepass")


def stamp_columns(stamp: Stamp) -> tuple[int | str, ...]:
    """size, mtime_ns, volume, file_id."""
    identity = stamp.identity
    return (
        number(stamp.size),
        number(stamp.mtime_ns),
        number(identity.volume),
        number(identity.file_id),
    )


def stamp_of(size: Any, mtime_ns: Any, volume: Any, file_id: Any) -> Stamp:
    if str in (type(size), type(mtime_ns), type(volume), type(file_id)):  # see ``number``
        return Stamp(int(size), int(mtime_ns), FileIdentity(int(volume), int(file_id)))
    return Stamp(size, mtime_ns, FileIdentity(volume, file_id))


def metadata_json(metadata: PhotoMetadata) -> str:
    """Compact: only what differs from "not known"."""
    known = {
        field.name: value
        for field in fields(PhotoMetadata)
        if (value := getattr(metadata, field.name)) != field.default
    }
    return json.dumps(known, separators=(",", ":")) if known else ""


@lru_cache(maxsize=1 << 17)  # a window reads the same library again and again
def metadata_of(stored: str) -> PhotoMetadata:
    if not stored:
        return PhotoMetadata()
    return PhotoMetadata.of_plain(json.loads(stored))


def evidence_json(evidence: Evidence | None) -> str | None:
    if evidence is None:
        return None
    known = {
        field.name: value
        for field in fields(Evidence)
        if (value := getattr(evidence, field.name)) != field.default
    }
    if evidence.transform is not None:
        known["transform"] = asdict(evidence.transform)
    return json.dumps(known, separators=(",", ":"))


@lru_cache(maxsize=4096)
def evidence_of(stored: str | None) -> Evidence | None:
    if stored is None:
        return None
    known = json.loads(stored)
    if "transform" in known:
        lies = known["transform"]
        known["transform"] = Transform(**lies | {"matrix": tuple(lies["matrix"])})
    return Evidence(**known)


def taken_columns(taken: TakenDate | None) -> tuple[str | int | None, ...]:
    """wall (ISO 8601), offset and precision (microseconds), source, grade."""
    if taken is None:
        return (None, None, None, None, None)
    offset = None if taken.offset is None else taken.offset // _MICROSECOND
    precision = taken.precision // _MICROSECOND
    return (taken.wall.isoformat(), offset, precision, taken.source.value, taken.grade.value)


@lru_cache(maxsize=256)
def _span(microseconds: int | None) -> timedelta | None:
    return None if microseconds is None else timedelta(microseconds=microseconds)


def taken_of(
    wall: str | None, offset: int | None, precision: int, source: str, grade: str
) -> TakenDate | None:
    if wall is None:
        return None
    return TakenDate(
        datetime.fromisoformat(wall),
        _span(offset),
        _SOURCES[source],
        _GRADES[grade],
        _span(precision) or timedelta(),
    )
