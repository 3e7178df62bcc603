"""Reading dates: the texts of tags, and the names of files and folders."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from albumdedup.core.types import Grade

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
FILE_TIME_STEP = timedelta(seconds=2)
"""FAT writes times in steps of 2 s."""

QUARTER = timedelta(minutes=15)
WIDEST_ZONE = timedelta(hours=14)
NO_OFFSET = timedelta()


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as it stands in a text: wall clock, what its last digit means, maybe a zone."""

    wall: datetime
    precision: timedelta
    offset: timedelta | None = None


_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d\d)")
_TEXT = re.compile(
    r"(?P<year>\d{4})"
    r"(?:[:/.-](?P<month>\d\d?)"
    r"(?:[:/.-](?P<day>\d\d?)"
    r"(?:[T ]+(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?)?"
    r" *(?P<offset>Z|[+-]\d{1,2}:?\d\d)?)?)?)?"
)


def read_offset(text: str | None) -> timedelta | None:
    """A zone of at most 14 h, odd ones included; None for anything else."""
    if text is None:
        return None
    text = text.strip()
    if text == "Z":
        return NO_OFFSET
    match = _OFFSET.fullmatch(text)
    if match is None or int(match[3]) > 59:
        return None
    size = timedelta(hours=int(match[2]), minutes=int(match[3]))
    if size > WIDEST_ZONE:
        return None
    return -size if match[1] == "-" else size


def fraction(digits: str | None) -> tuple[int, timedelta]:
    """Microseconds and the worth of the last digit, from the digits behind the second."""
    digits = (digits or "").strip()[:6]
    if not digits.isascii() or not digits.isdigit():
        return 0, SECOND
    return int(digits.ljust(6, "0")), timedelta(microseconds=10 ** (6 - len(digits)))


def read_moment(text: str | None, subsec: str | None = None) -> Moment | None:
    """Read an EXIF or ISO 8601 date; None where it is none, or a day that never was."""
    match = _TEXT.fullmatch(text.strip()) if text is not None else None
    if match is None:
        return None
    part = match.groupdict()
    micro, precision = fraction(part["fraction"] or subsec)
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
    return Moment(wall, precision, read_offset(part["offset"]))


_NAME = re.compile(
    r"(?<!\d)(?P<year>(?:18|19|20)\d\d)(?P<s>[-_.]?)(?P<month>\d\d)(?P=s)(?P<day>\d\d)"
    r"(?:(?:[ _T-]{1,3}|[ _]at[ _])(?P<hour>\d\d?)(?P<t>[-_.:]?)(?P<minute>\d\d)(?P=t)"
    r"(?P<second>\d\d)(?P<fraction>\d{3})?(?!\d)(?:\W?(?P<half>[AaPp])[Mm]\b)?|(?!\d))"
)
_NAMES_IN_UTC = re.compile(r"(?i)^PXL_")
# Named after the day on which it was sent or scanned, not the moment it was taken.
_SECOND_HAND_NAME = re.compile(r"(?i)^(img-\d{8}-wa|whatsapp|photo_|scan)")


def from_name(name: str) -> tuple[Moment, Grade] | None:
    for match in _NAME.finditer(name):
        part = match.groupdict()
        hour = int(part["hour"] or 0)
        if part["half"]:
            hour = hour % 12 + (12 if part["half"] in "Pp" else 0)
        micro, precision = fraction(part["fraction"])
        try:
            wall = datetime(
                int(part["year"]), int(part["month"]), int(part["day"]), hour,
                int(part["minute"] or 0), int(part["second"] or 0), micro,
            )  # fmt: skip
        except ValueError:
            continue
        if part["hour"] is None:
            return Moment(wall, DAY), Grade.C
        utc = NO_OFFSET if _NAMES_IN_UTC.match(name) else None
        grade = Grade.C if _SECOND_HAND_NAME.match(name) else Grade.B
        return Moment(wall, precision, utc), grade
    return None


_FOLDER = re.compile(
    r"(?<!\d)(?P<year>(?:18|19|20)\d\d)(?:[-_./ ]?(?P<month>0[1-9]|1[0-2]))?(?!\d)", re.ASCII
)


def from_folder(folder: str) -> Moment | None:
    """The year, or month, that the last two folders name ("2014/07", "Summer 2014"): a hint."""
    parts = folder.replace("\\", "/").rstrip("/").split("/")
    found = list(_FOLDER.finditer("/".join(parts[-2:])))
    if not found:
        return None
    match = found[-1]
    month = match["month"]
    wall = datetime(int(match["year"]), int(month or 1), 1)
    return Moment(wall, (31 if month else 366) * DAY)
