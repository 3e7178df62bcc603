"""When a photo was taken, from where that is known, and how sure it is.

The order of sources: camera, digitised, XMP, GPS, file name, file time. A date that cannot be
is passed over, and a doubtful one (grade C) gives way to a good one of a later source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from albumdedup.core.types import DateSource, Grade, PhotoMetadata, TakenDate

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
FILE_TIME_STEP = timedelta(seconds=2)
"""FAT writes times in steps of 2 s."""

_QUARTER = timedelta(minutes=15)
_WIDEST_ZONE = timedelta(hours=14)
_FIRST_YEAR = 1826  # the oldest photograph
_GPS_SLACK = timedelta(seconds=60)
_NO_OFFSET = timedelta()
_EPOCH = datetime(1970, 1, 1)
_MAC_EPOCH = datetime(1904, 1, 1)
_DOS_EPOCH = datetime(1980, 1, 1)

# Zones in use that are not whole hours, in minutes.
_ODD_ZONES = frozenset({-570, -210, -150, 210, 270, 330, 345, 390, 525, 570, 630, 765, 825})

_SCANNER = re.compile(
    r"(?i)scan|coolscan|perfection|plustek|pacific image|reflecta|vuescan|silverfast|opticfilm"
)


class Order(StrEnum):
    EARLIER = "earlier"
    LATER = "later"
    EQUAL = "equal"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class _Moment:
    """A date as it stands in a text: wall clock, what its last digit means, maybe a zone."""

    wall: datetime
    precision: timedelta
    offset: timedelta | None = None


# --- reading texts ------------------------------------------------------------------------

_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d\d)")
_TEXT = re.compile(
    r"(?P<year>\d{4})"
    r"(?:[:/.-](?P<month>\d\d?)"
    r"(?:[:/.-](?P<day>\d\d?)"
    r"(?:[T ]+(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?)?"
    r" *(?P<offset>Z|[+-]\d{1,2}:?\d\d)?)?)?)?"
)


def _offset(text: str | None) -> timedelta | None:
    """A zone of at most 14 h, odd ones included; None for anything else."""
    if text is None:
        return None
    text = text.strip()
    if text == "Z":
        return _NO_OFFSET
    match = _OFFSET.fullmatch(text)
    if match is None or int(match[3]) > 59:
        return None
    size = timedelta(hours=int(match[2]), minutes=int(match[3]))
    if size > _WIDEST_ZONE:
        return None
    return -size if match[1] == "-" else size


def _fraction(digits: str | None) -> tuple[int, timedelta]:
    """Microseconds and the worth of the last digit, from the digits behind the second."""
    digits = (digits or "").strip()[:6]
    if not digits.isascii() or not digits.isdigit():
        return 0, SECOND
    return int(digits.ljust(6, "0")), timedelta(microseconds=10 ** (6 - len(digits)))


def _moment(text: str | None, subsec: str | None = None) -> _Moment | None:
    """Read an EXIF or ISO 8601 date; None where it is none, or a day that never was."""
    match = _TEXT.fullmatch(text.strip()) if text is not None else None
    if match is None:
        return None
    part = match.groupdict()
    micro, precision = _fraction(part["fraction"] or subsec)
    if part["hour"] is None:
        micro, precision = 0, DAY
        if part["day"] is None:
            precision = 31 * DAY if part["month"] else 366 * DAY
    elif part["second"] is None:
        micro, precision = 0, timedelta(minutes=1)
    try:  # datetime checks the ranges: month 13 does not roll over into the next year
        wall = datetime(
            int(part["year"]), int(part["month"] or 1), int(part["day"] or 1),
            int(part["hour"] or 0), int(part["minute"] or 0), int(part["second"] or 0), micro,
        )  # fmt: skip
    except ValueError:
        return None
    return _Moment(wall, precision, _offset(part["offset"]))


_NAME = re.compile(
    r"(?<!\d)(?P<year>(?:18|19|20)\d\d)(?P<s>[-_.]?)(?P<month>\d\d)(?P=s)(?P<day>\d\d)"
    r"(?:(?:[ _T-]{1,3}|[ _]at[ _])(?P<hour>\d\d?)(?P<t>[-_.:]?)(?P<minute>\d\d)(?P=t)"
    r"(?P<second>\d\d)(?P<fraction>\d{3})?(?!\d)(?:\W?(?P<half>[AaPp])[Mm]\b)?|(?!\d))"
)
_NAMES_IN_UTC = re.compile(r"(?i)^PXL_")
# Named after the day on which it was sent or scanned, not the moment it was taken.
_SECOND_HAND_NAME = re.compile(r"(?i)^(img-\d{8}-wa|whatsapp|photo_|scan)")


def _from_name(name: str) -> tuple[_Moment, Grade] | None:
    for match in _NAME.finditer(name):
        part = match.groupdict()
        hour = int(part["hour"] or 0)
        if part["half"]:
            hour = hour % 12 + (12 if part["half"] in "Pp" else 0)
        micro, precision = _fraction(part["fraction"])
        try:
            wall = datetime(
                int(part["year"]), int(part["month"]), int(part["day"]), hour,
                int(part["minute"] or 0), int(part["second"] or 0), micro,
            )  # fmt: skip
        except ValueError:
            continue
        if part["hour"] is None:
            return _Moment(wall, DAY), Grade.C
        utc = _NO_OFFSET if _NAMES_IN_UTC.match(name) else None
        grade = Grade.C if _SECOND_HAND_NAME.match(name) else Grade.B
        return _Moment(wall, precision, utc), grade
    return None


# --- which date ---------------------------------------------------------------------------


def taken(
    metadata: PhotoMetadata, name: str, mtime_ns: int, birth_ns: int | None, now: datetime
) -> TakenDate | None:
    """The best date of a photo; None when not even the file's own time makes sense.

    ``name`` is the file's name without folders. ``now`` (naive local time, or aware) tells
    which dates lie in the future.
    """
    latest = now.replace(tzinfo=None) + 2 * DAY  # after tomorrow, wherever tomorrow begins
    witnesses = _witnesses(metadata, name)
    doubtful: TakenDate | None = None
    for date in _candidates(metadata, name):
        if not _possible(date, latest, witnesses):
            continue
        if date.grade in (Grade.A, Grade.B):
            return date
        doubtful = doubtful or date
    return doubtful or _file_time(mtime_ns, birth_ns, latest)


def _candidates(metadata: PhotoMetadata, name: str) -> Iterator[TakenDate]:
    original = _moment(metadata.original, metadata.original_subsec)
    if original is not None:
        offset = _capture_offset(metadata, original)
        yield _date(original, DateSource.EXIF_ORIGINAL, Grade.A, offset)
    digitized = _moment(metadata.digitized, metadata.digitized_subsec)
    if digitized is not None:
        device = f"{metadata.camera or ''} {metadata.software or ''}"
        grade = Grade.A if metadata.camera else Grade.B
        offset = _offset(metadata.digitized_offset)
        if offset is None:
            offset = _gps_offset(metadata, digitized)
        yield _date(
            digitized,
            DateSource.EXIF_DIGITIZED,
            Grade.C if _SCANNER.search(device) else grade,
            offset,
        )
    xmp = _moment(metadata.xmp_original)
    if xmp is not None:
        yield _date(xmp, DateSource.XMP, Grade.B, xmp.offset)
    gps = _moment(metadata.gps_instant)
    if gps is not None:
        yield _date(gps, DateSource.GPS, Grade.B, _NO_OFFSET)
    named = _from_name(name)
    if named is not None:
        moment, grade = named
        yield _date(moment, DateSource.FILE_NAME, grade, moment.offset)


def _date(moment: _Moment, source: DateSource, grade: Grade, offset: timedelta | None) -> TakenDate:
    """A date that only names the day is of grade C, whoever says so."""
    if moment.precision >= DAY:
        grade, offset = Grade.C, None
    return TakenDate(moment.wall, offset, source, grade, moment.precision)


def _capture_offset(metadata: PhotoMetadata, original: _Moment) -> timedelta | None:
    """OffsetTimeOriginal; the other offsets only where they speak of the same moment, since
    OffsetTime belongs to the last change and would shift every exported photo."""
    offset = original.offset
    if offset is None:
        offset = _offset(metadata.original_offset)
    if offset is None and metadata.digitized in (None, metadata.original):
        offset = _offset(metadata.digitized_offset)
    if offset is None and metadata.modified == metadata.original:
        offset = _offset(metadata.modified_offset)
    return _gps_offset(metadata, original) if offset is None else offset


def _gps_offset(metadata: PhotoMetadata, moment: _Moment) -> timedelta | None:
    """Wall clock less GPS time, where that is a zone in use up to a minute."""
    gps = _moment(metadata.gps_instant)
    if gps is None or gps.precision > SECOND:
        return None
    offset = round((moment.wall - gps.wall) / _QUARTER) * _QUARTER
    if abs(moment.wall - gps.wall - offset) > _GPS_SLACK:
        return None
    minutes = offset // timedelta(minutes=1)
    whole_hour = minutes % 60 == 0 and -12 <= minutes // 60 <= 14
    return offset if whole_hour or minutes in _ODD_ZONES else None


# --- dates that cannot be -----------------------------------------------------------------


def _witnesses(metadata: PhotoMetadata, name: str) -> list[_Moment]:
    """What does not hang on the camera's clock: GPS and the file name."""
    named = _from_name(name)
    found = (_moment(metadata.gps_instant), named[0] if named else None)
    return [moment for moment in found if moment is not None]


def _possible(date: TakenDate, latest: datetime, witnesses: list[_Moment]) -> bool:
    wall = date.wall
    if wall.year < _FIRST_YEAR or wall > latest or wall == _MAC_EPOCH or _is_epoch(wall):
        return False
    cameras_clock = date.source in (DateSource.EXIF_ORIGINAL, DateSource.EXIF_DIGITIZED)
    if not cameras_clock or not _is_power_loss(date):
        return True
    return any(abs(witness.wall - wall) <= DAY for witness in witnesses)


def _is_epoch(wall: datetime) -> bool:
    """1970-01-01 00:00 as any zone shows it."""
    return abs(wall - _EPOCH) <= _WIDEST_ZONE and (wall - _EPOCH) % _QUARTER == timedelta()


def _is_power_loss(date: TakenDate) -> bool:
    """What cameras show after a flat battery: the first minute of a round year."""
    wall = date.wall
    first_minute = (wall.month, wall.day, wall.hour, wall.minute) == (1, 1, 0, 0)
    return first_minute and wall.year % 5 == 0 and date.precision < DAY


def _file_time(mtime_ns: int, birth_ns: int | None, latest: datetime) -> TakenDate | None:
    for ns in sorted({mtime_ns, mtime_ns if birth_ns is None else birth_ns}):
        try:
            moment = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=ns // 1000)
            local = moment.astimezone()
        except (OverflowError, OSError, ValueError):
            continue
        wall = local.replace(tzinfo=None)
        if ns <= 0 or wall > latest or wall == _DOS_EPOCH or _is_epoch(wall):
            continue
        return TakenDate(wall, local.utcoffset(), DateSource.FILE_TIME, Grade.D, FILE_TIME_STEP)
    return None


# --- comparing ----------------------------------------------------------------------------


def compare(a: TakenDate, b: TakenDate) -> Order:
    """Whether ``a`` was taken before ``b``. UNKNOWN where a file time is all there is, or where
    one date only names the day in which the other may lie."""
    if Grade.D in (a.grade, b.grade):
        return Order.UNKNOWN
    step = max(a.precision, b.precision)
    apart = difference(a, b)
    if step >= DAY:
        if abs(a.wall - b.wall) <= step:
            return Order.UNKNOWN
    elif abs(apart) <= step or (None in (a.offset, b.offset) and _zone_artefact(apart, step)):
        return Order.EQUAL
    return Order.EARLIER if apart < timedelta() else Order.LATER


def difference(a: TakenDate, b: TakenDate) -> timedelta:
    """``a`` less ``b``: of the instants where both zones are known, else of the wall clocks."""
    apart = a.wall - b.wall
    if a.offset is not None and b.offset is not None:
        apart -= a.offset - b.offset
    return apart


def _zone_artefact(apart: timedelta, step: timedelta) -> bool:
    """Whole quarter hours up to 14 h, up to ``step``."""
    rest = abs(apart) % _QUARTER
    return abs(apart) <= _WIDEST_ZONE + step and min(rest, _QUARTER - rest) <= step


def different_shots(a: PhotoMetadata, b: PhotoMetadata) -> bool:
    """Whether the capture instants that the cameras recorded forbid that two files are one shot.

    Only DateTimeOriginal speaks. No contradiction: a zone that one side lacks, the same wall
    clock under two zones, a sub-second that one side lacks or has rounded.
    """
    first, second = _moment(a.original), _moment(b.original)
    if first is None or second is None or max(first.precision, second.precision) > SECOND:
        return False
    zones = (_capture_offset(a, first), _capture_offset(b, second))
    apart = first.wall - second.wall
    if zones[0] is not None and zones[1] is not None:
        shift = zones[0] - zones[1] if apart else timedelta()
        return _instants_differ(apart - shift, a.original_subsec, b.original_subsec)
    if zones != (None, None) and _zone_artefact(apart, timedelta()):
        apart = timedelta()
    return _instants_differ(apart, a.original_subsec, b.original_subsec)


def _instants_differ(seconds: timedelta, a: str | None, b: str | None) -> bool:
    """Whole seconds apart, with the digits behind the second as each file writes them."""
    (micro_a, step_a), (micro_b, step_b) = _fraction(a), _fraction(b)
    exact = seconds + timedelta(microseconds=micro_a - micro_b)
    if step_a == step_b:
        return exact != timedelta()
    if step_a < step_b:  # the second one was cut or rounded
        return not -step_b / 2 <= exact < step_b
    return not -step_a < exact <= step_a / 2


# --- showing ------------------------------------------------------------------------------


def as_iso(date: TakenDate) -> str:
    """ISO 8601, no finer than the date is: 2019, 2019-05, 2019-05-01, 2019-05-01T12:03:04+02:00."""
    if date.precision >= DAY:
        days = date.precision // DAY
        return date.wall.date().isoformat()[: 10 if days == 1 else 7 if days <= 31 else 4]
    text = date.wall.isoformat(timespec="seconds" if date.precision >= SECOND else "auto")
    if date.offset is None:
        return text
    minutes = abs(date.offset) // timedelta(minutes=1)
    sign = "-" if date.offset < _NO_OFFSET else "+"
    return f"{text}{sign}{minutes // 60:02}:{minutes % 60:02}"
