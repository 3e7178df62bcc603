"""What a search asks: pictures to look for and to look away from, filters, and a page."""

from __future__ import annotations

import calendar
import hashlib
import math
import os
import re
import urllib.parse
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.types import ContentId

UNLIKE_WEIGHT = 0.2
"""What a picture that is not wanted counts against one that is: 0.15 to 0.75, the values that
Manning, Raghavan and Schütze, Introduction to Information Retrieval (2008), section 9.1.1, call
reasonable."""

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


@dataclass(frozen=True, slots=True)
class Crop:
    """A rectangle of the upright picture: in pixels of its full size, or with ``shares`` in
    fractions of its sides."""

    x: float
    y: float
    width: float
    height: float
    shares: bool = True

    def within(self, width: int, height: int) -> tuple[float, float, float, float]:
        """Left, top, right and bottom in fractions of a picture of this size. Raises
        AlbumError(CROP_UNFIT) where nothing of it, or not all, lies inside."""
        sides = (1.0, 1.0) if self.shares else (float(width), float(height))
        left, top = self.x / sides[0], self.y / sides[1]
        right, bottom = left + self.width / sides[0], top + self.height / sides[1]
        edges = (left, top, right, bottom)
        inside = min(left, top) >= -_SLACK and max(right, bottom) <= 1 + _SLACK
        if not inside or right <= left or bottom <= top:
            raise AlbumError(ErrorCode.CROP_UNFIT, name=str(self), detail=f"{width} × {height}")
        return tuple(min(max(edge, 0.0), 1.0) for edge in edges)  # type: ignore[return-value]

    def __str__(self) -> str:
        return ",".join(f"{value:g}" for value in (self.x, self.y, self.width, self.height))


_SLACK = 1e-6
"""Fractions that were written with a few digits may reach past the edge by rounding."""


@dataclass(frozen=True, slots=True)
class Example:
    """A picture, or a part of it."""

    path: str
    crop: Crop | None = None


class Fact(NamedTuple):
    """What a sieve asks of a file. ``first`` and ``last`` are the same day where that is known;
    of a photo of May 2019 they are the first and the last of May."""

    content: ContentId
    path: str
    first: date | None
    last: date | None
    camera: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a vector store is told of a content: every folder above one of its files, the first and
    last day (``date.toordinal``) on which one was taken, and its camera."""

    folders: tuple[str, ...] = ()
    first: int | None = None
    last: int | None = None
    camera: str = ""

    @property
    def mark(self) -> str:
        """Another one for other facts."""
        plain = repr((self.folders, self.first, self.last, self.camera))
        return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Where:
    """A sieve as a vector store can apply it. ``cameras`` are whole names. Of a content with
    several files, each may fulfil another part of it: who asks looks at the files again."""

    folder: str = ""
    first: int | None = None
    last: int | None = None
    cameras: tuple[str, ...] | None = None


ANYWHERE = Where()


@dataclass(frozen=True, slots=True)
class Sieve:
    """Which photos may be answers: below ``folder``, taken from ``first`` to ``last`` (both
    included, by the clock where they were taken), by a camera whose name holds ``camera`` in any
    case. A photo whose date or camera is not known passes no sieve that asks for it."""

    folder: str = ""
    first: date | None = None
    last: date | None = None
    camera: str = ""

    @property
    def open(self) -> bool:
        """Whether everything passes."""
        return not (self.folder or self.first or self.last or self.camera.strip())

    def admits(self, fact: Fact) -> bool:
        if self.folder and not fact.path.startswith(os.path.join(self.folder, "")):
            return False
        if self.first or self.last:
            if fact.first is None or fact.last is None:
                return False
            if (self.first and fact.last < self.first) or (self.last and fact.first > self.last):
                return False
        return self.admits_camera(fact.camera)

    def admits_camera(self, camera: str | None) -> bool:
        wanted = self.camera.strip().casefold()
        return not wanted or wanted in (camera or "").casefold()


OPEN = Sieve()


@dataclass(frozen=True, slots=True)
class Question:
    """``like`` is empty only where the descriptor is known already. Answers are at least ``least``
    similar; of all of them, in their order, ``offset`` are passed over and at most ``top`` told.
    ``leave_out`` is a file that is no answer."""

    like: tuple[Example, ...]
    unlike: tuple[Example, ...] = ()
    unlike_weight: float = UNLIKE_WEIGHT
    sieve: Sieve = OPEN
    least: float = -1.0
    top: int = 20
    offset: int = 0
    leave_out: str = ""


def local_path(named: str) -> str:
    """The whole path of a file that is named by a path or a ``file:`` URL. Raises
    AlbumError(WEB_ADDRESS) for an address elsewhere: nothing is ever downloaded."""
    if not named.lower().startswith("file:"):
        if _ADDRESS.match(named) and not os.path.exists(named):
            raise AlbumError(ErrorCode.WEB_ADDRESS, path=named)
        return os.path.abspath(named)
    parts = urllib.parse.urlsplit(named)
    if parts.netloc not in ("", "localhost"):
        raise AlbumError(ErrorCode.WEB_ADDRESS, path=named)
    from urllib.request import url2pathname  # with it come http and ssl, before the first paint

    return os.path.abspath(url2pathname(parts.path))


def crop_of(text: str) -> Crop:
    """``x,y,w,h``: fractions where none is above 1, pixels else. Raises ValueError."""
    x, y, width, height = (float(part) for part in text.split(","))
    values = (x, y, width, height)
    if not all(math.isfinite(value) for value in values) or min(values) < 0:
        raise ValueError(text)
    if min(width, height) <= 0:
        raise ValueError(text)
    return Crop(*values, shares=max(values) <= 1)


def first_day(text: str) -> date:
    """``2019``, ``2019-05`` or ``2019-05-01``: the first day of it. Raises ValueError."""
    year, month, day = _numbers(text)
    return date(year, month or 1, day or 1)


def last_day(text: str) -> date:
    """The last day of what ``first_day`` reads."""
    year, month, day = _numbers(text)
    month = month or 12
    return date(year, month, day or calendar.monthrange(year, month)[1])


def _numbers(text: str) -> tuple[int, int, int]:
    found = _DAY.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    year, month, day = (int(part or 0) for part in found.groups())
    if not 1 <= year <= 9999 or (found[2] and not 1 <= month <= 12) or (found[3] and not day):
        raise ValueError(text)
    return year, month, day
