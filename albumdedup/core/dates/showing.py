"""Dates as a machine reads them."""

from __future__ import annotations

from datetime import timedelta

from albumdedup.core.dates.moments import DAY, NO_OFFSET, SECOND
from albumdedup.core.types import TakenDate


def as_iso(date: TakenDate) -> str:
    """ISO 8601, no finer than the date is: 2019, 2019-05, 2019-05-01, 2019-05-01T12:03:04+02:00."""
    if date.precision >= DAY:
        days = date.precision // DAY
        return date.wall.date().isoformat()[: 10 if days == 1 else 7 if days <= 31 else 4]
    text = date.wall.isoformat(timespec="seconds" if date.precision >= SECOND else "auto")
    if date.offset is None:
        return text
    minutes = abs(date.offset) // timedelta(minutes=1)
    sign = "-" if date.offset < NO_OFFSET else "+"
    return f"{text}{sign}{minutes // 60:02}:{minutes % 60:02}"
