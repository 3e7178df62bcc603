"""Dates, spans, sources and losses in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from albumdedup.core.dates import SECOND
from albumdedup.core.i18n import _, listed, ngettext
from albumdedup.core.types import DateSource, TakenDate

DAYS_OF_A_YEAR = 365.2425
"""Of the Gregorian calendar, on average."""


def clock(date: TakenDate) -> str:
    return date.wall.isoformat(" ", "milliseconds" if date.precision < SECOND else "seconds")


def span(apart: timedelta) -> str:
    """A length of time in its largest sensible unit: "0.35 s", "12 min", "3 h", "5 days",
    "8 years"."""
    seconds = abs(apart).total_seconds()
    if seconds < 10:
        return _("{n} s").format(n=f"{seconds:.2f}".rstrip("0").rstrip("."))
    if seconds < 120:
        return _("{n} s").format(n=round(seconds))
    if seconds < 7200:
        return _("{n} min").format(n=round(seconds / 60))
    if seconds < 2 * 86400:
        return _("{n} h").format(n=round(seconds / 3600))
    days = round(seconds / 86400)
    if days < 100:
        return ngettext("{n} day", "{n} days", days).format(n=days)
    if days < 2 * DAYS_OF_A_YEAR:
        months = round(days / (DAYS_OF_A_YEAR / 12))
        return ngettext("{n} month", "{n} months", months).format(n=months)
    years = round(days / DAYS_OF_A_YEAR)
    return ngettext("{n} year", "{n} years", years).format(n=years)


def source_name(source: DateSource) -> str:
    return {
        DateSource.XMP_SIDECAR: _("XMP sidecar"),
        DateSource.EXIF_ORIGINAL: _("camera date"),
        DateSource.EXIF_DIGITIZED: _("digitised"),
        DateSource.XMP: _("XMP date"),
        DateSource.FILM: _("film of the Live Photo"),
        DateSource.TAKEOUT: _("Takeout file"),
        DateSource.GPS: _("GPS time"),
        DateSource.FILE_NAME: _("file name"),
        DateSource.FOLDER_NAME: _("folder name"),
        DateSource.FILE_TIME: _("file time"),
    }[source]


NAMES = frozenset(
    {
        "place", "caption", "rating", "people", "keywords", "raw", "film", "frame", "xmp", "edits",
        "other", "developed", "film_inside", "gain_map", "depth", "frames",
        "unseen",
    }
)  # fmt: skip
"""What has a name that the user reads."""


def extra_names(extras: Sequence[str]) -> str:
    """Extras as the user reads them, one after the other."""
    names = {
        "place": _("place"),
        "caption": _("caption"),
        "rating": _("rating"),
        "people": _("people"),
        "keywords": _("keywords"),
        "raw": _("RAW"),
        "developed": _("picture made of the RAW"),
        "film": _("film of the Live Photo"),
        "frame": _("frames of its burst"),
        "xmp": _("XMP sidecar"),
        "edits": _("edits"),
        "other": _("a file beside it"),
        "film_inside": _("film inside the photo"),
        "gain_map": _("brightness map for HDR screens"),
        "depth": _("depth map"),
        "frames": _("further frames or pages"),
        "unseen": _("possible film or map inside the photo (scan again to know)"),
    }
    return listed(names[extra] for extra in extras)
