"""One companion file → its facts. Opens it read-only; damage only costs facts."""

from __future__ import annotations

import hashlib
from typing import BinaryIO

from albumdedup.core.companions.film import read_film
from albumdedup.core.companions.raw import read_raw_date
from albumdedup.core.companions.takeout import read_takeout
from albumdedup.core.metadata.xmp import read_packet
from albumdedup.core.types import Companion, CompanionFacts, CompanionKind, FoundFile

WHOLE = 1 << 20
"""Files up to this size are read whole."""
_SAMPLE = 1 << 16


def read_companion(found: FoundFile, kind: CompanionKind) -> Companion | None:
    """The companion with its facts; None for a JSON file that is none of Takeout's.

    Raises OSError."""
    size = found.stamp.size
    with open(found.path, "rb") as file:
        if size > WHOLE:
            sample = _sampled(file, size)
            file.seek(0)
            return Companion(found.path, found.stamp, kind, _large(file, kind, sample))
        data = file.read(WHOLE + 1)
        sample = hashlib.sha256(data).hexdigest()
        if kind in (CompanionKind.FILM, CompanionKind.RAW):
            file.seek(0)
            facts = _large(file, kind, sample, whole=True)
            return Companion(found.path, found.stamp, kind, facts)
    if kind is CompanionKind.TAKEOUT:
        told = read_takeout(data)
        if told is None:
            return None
        facts = CompanionFacts(
            date=told.date, title=told.title, extras=told.extras, sample=sample, whole=True
        )
    elif kind is CompanionKind.XMP:
        packet = read_packet(data)
        facts = CompanionFacts(
            date=packet.date, extras=packet.extras, develops=packet.develops, sample=sample,
            whole=True,
        )  # fmt: skip
    else:
        facts = CompanionFacts(sample=sample, whole=True)
    return Companion(found.path, found.stamp, kind, facts)


def _large(
    file: BinaryIO, kind: CompanionKind, sample: str, *, whole: bool = False
) -> CompanionFacts:
    if kind is CompanionKind.FILM:
        film = read_film(file)
        return CompanionFacts(
            date=film.date, live_id=film.live_id, seconds=film.seconds, sample=sample, whole=whole
        )
    date = read_raw_date(file) if kind is CompanionKind.RAW else None
    return CompanionFacts(date=date, sample=sample, whole=whole)


def _sampled(file: BinaryIO, size: int) -> str:
    """SHA-256 over the size and the start, the middle and the end."""
    digest = hashlib.sha256(b"%d" % size)
    for at in (0, (size - _SAMPLE) // 2, size - _SAMPLE):
        file.seek(at)
        digest.update(file.read(_SAMPLE))
    return digest.hexdigest()
