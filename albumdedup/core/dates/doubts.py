"""Dates that cannot be: before photography, in the future, and what clocks show that were lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from albumdedup.core.dates.moments import (
    DAY,
    FILE_TIME_STEP,
    QUARTER,
    WIDEST_ZONE,
    Moment,
    from_name,
    read_moment,
)
from albumdedup.core.types import DateSource, Grade, PhotoMetadata, TakenDate

_CAMERAS_CLOCK = (
    DateSource.EXIF_ORIGINAL, DateSource.EXIF_DIGITIZED, DateSource.XMP, DateSource.FILM,
)  # fmt: skip
_FIRST_YEAR = 1826  # the oldest photograph
_EPOCH = datetime(1970, 1, 1)
_MAC_EPOCH = datetime(1904, 1, 1)
_DOS_EPOCH = datetime(1980, 1, 1)


def witnesses_of(metadata: PhotoMetadata, name: str) -> list[Moment]:
    """What does not hang on the camera's clock: GPS and the file name."""
    named = from_name(name)
    found = (read_moment(metadata.gps_instant), named[0] if named else None)
    return [moment for moment in found if moment is not None]


def possible(date: TakenDate, latest: datetime, witnesses: Sequence[Moment]) -> bool:
    wall = date.wall
    if wall.year < _FIRST_YEAR or wall > latest or wall == _MAC_EPOCH or is_epoch(wall):
        return False
    if date.source not in _CAMERAS_CLOCK or not _is_power_loss(date):
        return True
    return any(abs(witness.wall - wall) <= DAY for witness in witnesses)


def is_epoch(wall: datetime) -> bool:
    """1970-01-01 00:00 as any zone shows it."""
    return abs(wall - _EPOCH) <= WIDEST_ZONE and (wall - _EPOCH) % QUARTER == timedelta()


def _is_power_loss(date: TakenDate) -> bool:
    """What cameras show after a flat battery: the first minute of a round year."""
    wall = date.wall
    first_minute = (wall.month, wall.day, wall.hour, wall.minute) == (1, 1, 0, 0)
    return first_minute and wall.year % 5 == 0 and date.precision < DAY


def file_time(mtime_ns: int, birth_ns: int | None, latest: datetime) -> TakenDate | None:
    for ns in sorted({mtime_ns, mtime_ns if birth_ns is None else birth_ns}):
        try:
            moment = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=ns // 1000)
            local = moment.astimezone()
        except (OverflowError, OSError, ValueError):
            continue
        wall = local.replace(tzinfo=None)
        if ns <= 0 or wall > latest or wall == _DOS_EPOCH or is_epoch(wall):
            continue
        return TakenDate(wall, local.utcoffset(), DateSource.FILE_TIME, Grade.D, FILE_TIME_STEP)
    return None
