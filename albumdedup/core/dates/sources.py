"""Which date is *taken*, from where, and how sure it is.

The order of sources: XMP sidecar, camera, digitised, XMP inside, film of a Live Photo, Takeout,
GPS, file name, folder name, file time. A date that cannot be is passed over, and a doubtful one
(grade C) gives way to a good one of a later source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from albumdedup.core.dates.comparing import Order, compare
from albumdedup.core.dates.doubts import file_time, possible, witnesses_of
from albumdedup.core.dates.moments import (
    DAY,
    NO_OFFSET,
    Moment,
    from_folder,
    from_name,
    read_moment,
    read_offset,
)
from albumdedup.core.dates.zones import capture_offset, gps_offset
from albumdedup.core.types import DateSource, Grade, PhotoMetadata, TakenDate

_SCANNER = re.compile(
    r"(?i)scan|coolscan|perfection|plustek|pacific image|reflecta|vuescan|silverfast|opticfilm"
)


_GOOD = (Grade.A, Grade.B)
_IN_THE_FILE = (
    DateSource.EXIF_ORIGINAL, DateSource.EXIF_DIGITIZED, DateSource.XMP, DateSource.FILM,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Beside:
    """The raw texts of dates that stand in files beside the photo."""

    sidecar: str | None = None
    film: str | None = None
    takeout: str | None = None


NOTHING_BESIDE = Beside()


def taken(
    metadata: PhotoMetadata,
    name: str,
    mtime_ns: int,
    birth_ns: int | None,
    now: datetime,
    beside: Beside = NOTHING_BESIDE,
    folder: str = "",
) -> TakenDate | None:
    """The best date of a photo; None when not even the file's own time makes sense.

    ``name`` is the file's name without folders. ``now`` (naive local time, or aware) tells
    which dates lie in the future.
    """
    latest = _latest(now)
    believed = [one.date for one in _judged(metadata, name, latest, beside) if one.possible]
    if believed:
        best = next((date for date in believed if date.grade in _GOOD), believed[0])
        return _settled(best, believed)
    hint = _of_folder(folder)
    if hint is not None and possible(hint, latest, ()):
        return hint
    return file_time(mtime_ns, birth_ns, latest)


class Considered(NamedTuple):
    """A date that something tells, and whether it can be."""

    date: TakenDate
    possible: bool


def considered(
    metadata: PhotoMetadata,
    name: str,
    mtime_ns: int,
    birth_ns: int | None,
    now: datetime,
    beside: Beside = NOTHING_BESIDE,
    folder: str = "",
) -> list[Considered]:
    """All that ``taken`` chooses from, in the order of sources."""
    latest = _latest(now)
    found = _judged(metadata, name, latest, beside)
    hint = _of_folder(folder)
    if hint is not None:
        found.append(Considered(hint, possible(hint, latest, ())))
    last = file_time(mtime_ns, birth_ns, latest)
    return [*found, Considered(last, True)] if last is not None else found


def _latest(now: datetime) -> datetime:
    return now.replace(tzinfo=None) + 2 * DAY  # after tomorrow, wherever tomorrow begins


def _judged(
    metadata: PhotoMetadata, name: str, latest: datetime, beside: Beside
) -> list[Considered]:
    witnesses = witnesses_of(metadata, name)
    found: list[Considered] = []
    for date in _candidates(metadata, name, beside):
        rejected = (one.date for one in found if not one.possible)
        echo = any(compare(date, other) is Order.EQUAL for other in rejected)
        found.append(Considered(date, possible(date, latest, witnesses) and not echo))
    return found


def _of_folder(folder: str) -> TakenDate | None:
    hint = from_folder(folder)
    if hint is None:
        return None
    return TakenDate(hint.wall, None, DateSource.FOLDER_NAME, Grade.D, hint.precision)


def _settled(best: TakenDate, believed: Sequence[TakenDate]) -> TakenDate:
    """What people set themselves goes first where it is a correction; where it says the same,
    the camera's own date is finer."""
    if best.source is DateSource.XMP_SIDECAR:
        same = (d for d in believed if d.source is DateSource.EXIF_ORIGINAL)
        within = (Order.EQUAL, Order.UNKNOWN)  # unknown: it names the day, the camera the moment
        return next((date for date in same if compare(date, best) in within), best)
    if best.source in _IN_THE_FILE and best.grade in _GOOD:
        for date in believed:
            if date.source is DateSource.TAKEOUT and compare(date, best) in (
                Order.EARLIER, Order.LATER,
            ):  # fmt: skip
                return replace(date, grade=Grade.A)
    return best


def _candidates(metadata: PhotoMetadata, name: str, beside: Beside) -> Iterator[TakenDate]:
    sidecar = read_moment(beside.sidecar)
    if sidecar is not None:
        date = _date(sidecar, DateSource.XMP_SIDECAR, Grade.A, sidecar.offset)
        yield replace(date, grade=Grade.B) if date.grade is Grade.C else date
    original = read_moment(metadata.original, metadata.original_subsec)
    if original is not None:
        offset = capture_offset(metadata, original)
        yield _date(original, DateSource.EXIF_ORIGINAL, Grade.A, offset)
    digitized = read_moment(metadata.digitized, metadata.digitized_subsec)
    if digitized is not None:
        device = f"{metadata.camera or ''} {metadata.software or ''}"
        grade = Grade.A if metadata.camera else Grade.B
        offset = read_offset(metadata.digitized_offset)
        if offset is None:
            offset = gps_offset(metadata, digitized)
        yield _date(
            digitized,
            DateSource.EXIF_DIGITIZED,
            Grade.C if _SCANNER.search(device) else grade,
            offset,
        )
    xmp = read_moment(metadata.xmp_original)
    if xmp is not None:
        yield _date(xmp, DateSource.XMP, Grade.B, xmp.offset)
    film = read_moment(beside.film)
    if film is not None:
        yield _date(film, DateSource.FILM, Grade.B, film.offset)
    takeout = read_moment(beside.takeout)
    if takeout is not None:
        yield _date(takeout, DateSource.TAKEOUT, Grade.B, NO_OFFSET)
    gps = read_moment(metadata.gps_instant)
    if gps is not None:
        yield _date(gps, DateSource.GPS, Grade.B, NO_OFFSET)
    named = from_name(name)
    if named is not None:
        moment, grade = named
        yield _date(moment, DateSource.FILE_NAME, grade, moment.offset)


def _date(moment: Moment, source: DateSource, grade: Grade, offset: timedelta | None) -> TakenDate:
    """A date that only names the day is of grade C, whoever says so."""
    if moment.precision >= DAY:
        grade, offset = Grade.C, None
    return TakenDate(moment.wall, offset, source, grade, moment.precision)
