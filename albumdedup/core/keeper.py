"""Which copy stays, and why, in one sentence.

A rule narrows the photos to those that it finds best; where several are left, one documented
chain of tie-breaks follows, so that every rule decides, in whatever order the photos come.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Protocol

from albumdedup.core.dates import DAY, FILE_TIME_STEP, SECOND, Order, compare, difference
from albumdedup.core.i18n import _, ngettext
from albumdedup.core.types import DateSource, Grade, Photo, TakenDate


@dataclass(frozen=True, slots=True)
class KeepContext:
    """What the user said about folders; ``preferred`` is ordered, best first; ``clear`` is the
    one that shall be emptied of copies."""

    preferred: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    clear: str | None = None

    def spared(self, photo: Photo) -> bool:
        """Whether a photo lies outside the folder that shall be emptied."""
        return self.clear is not None and inside(photo.path, (self.clear,)) is None


@dataclass(frozen=True, slots=True)
class Choice:
    """The keeper and one sentence why. ``warning`` names the ``better`` photo where the rule
    keeps the poorer one; ``unsure`` where only file times told the photos apart, or where a
    photo without a sure date lost to one that has it."""

    keeper: Photo
    reason: str
    warning: str = ""
    better: Photo | None = None
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a rule leaves: the photos it finds equally good (never none), and its sentence
    where it is one photo."""

    photos: Sequence[Photo]
    reason: str = ""
    unsure: bool = False


class KeepRule(Protocol):
    def narrow(self, photos: Sequence[Photo], context: KeepContext) -> Narrowed:
        """The best of two photos or more."""
        ...


def choose_keeper(photos: Sequence[Photo], rule: str, context: KeepContext) -> Choice:
    """Pick the photo that stays, the same one in whatever order they come, and warn where one
    of the others is better.

    Raises KeyError for a rule that is not in ``RULES``, ValueError for no photos.
    """
    choice = pick(photos, rule, context)
    warning, better = warn(choice.keeper, photos)
    return replace(choice, warning=warning, better=better)


def pick(photos: Sequence[Photo], rule: str, context: KeepContext) -> Choice:
    """``choose_keeper`` without the warning."""
    narrow = RULES[rule].narrow
    if not photos:
        raise ValueError("no photos to choose from")
    spared = [photo for photo in photos if context.spared(photo)]
    if spared and len(spared) < len(photos):
        if len(spared) > 1:
            return pick(spared, rule, context)
        why = _("Kept: it lies outside {folder}.").format(folder=context.clear)
        return Choice(spared[0], why)
    if len(photos) == 1:
        return Choice(photos[0], _("Kept: there is no other."))
    found = narrow(photos, context)
    if len(found.photos) > 1:
        tied = len(found.photos) == len(photos)
        found = _by_criteria(
            found.photos, TIE_BREAKS, context, after_rule=tied, unsure=found.unsure
        )
    return Choice(found.photos[0], found.reason, unsure=found.unsure)


# --- criteria: higher is better -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing to compare; ``advantage`` words what the first photo has over the second."""

    value: Callable[[Photo, KeepContext], Any]
    advantage: Callable[[Photo, Photo], str]


def inside(path: str, folders: Sequence[str]) -> int | None:
    """The place in ``folders`` of the first one that holds ``path``, or None."""
    if not folders:
        return None
    path = os.path.normcase(path)
    for place, folder in enumerate(folders):
        if path.startswith(os.path.join(os.path.normcase(folder), "")):
            return place
    return None


def _preference(photo: Photo, context: KeepContext) -> int:
    place = inside(photo.path, context.preferred)
    return -len(context.preferred) if place is None else -place


_CAMERA_FORMATS = {"HEIF": 9, "HEIC": 9, "JPEG": 8, "MPO": 8}
_FORMATS = {
    "TIFF": 7, "HEIF": 6, "HEIC": 6, "JPEG": 5, "MPO": 5, "AVIF": 4, "PNG": 3, "JPEG2000": 3,
    "WEBP": 2, "BMP": 1,
}  # fmt: skip


def lineage(photo: Photo) -> int:
    """How near a format stands to what came out of the camera: 9 nearest, 0 farthest.

    A PNG made of a JPEG is larger and no better, a JPEG made of a HEIC likewise; only a
    screenshot is a PNG from birth, and only a scan a TIFF.
    """
    kind = photo.format.upper()
    if photo.metadata.camera is not None:
        from_camera = _CAMERA_FORMATS.get(kind)
        if from_camera is not None:
            return from_camera
    if kind == "PNG" and os.path.basename(photo.path).lower().startswith("screen"):
        return 7
    return _FORMATS.get(kind, 0)


def richness(photo: Photo) -> tuple[int, int]:
    """How much a photo's metadata tells: what a person would miss, then tags by the ten, since
    each program that saves a photo again adds a few of its own."""
    return len(photo.metadata.extras), photo.metadata.tags // 10


def _size(photo: Photo) -> str:
    return f"{photo.width} × {photo.height}"


def _bytes(photo: Photo) -> str:
    return f"{photo.stamp.size:,} B".replace(",", "\u202f")


PREFERRED = Criterion(_preference, lambda a, b: _("it lies in a folder that you prefer"))
PROTECTED = Criterion(
    lambda photo, context: inside(photo.path, context.protected) is not None,
    lambda a, b: _("it lies in a protected folder"),
)
PIXELS = Criterion(
    lambda photo, context: photo.width * photo.height,
    lambda a, b: _("more pixels ({mine} against {other})").format(mine=_size(a), other=_size(b)),
)
FORMAT = Criterion(
    lambda photo, context: lineage(photo),
    lambda a, b: _("{mine} is nearer to the original than {other}").format(
        mine=_origin(a), other=_origin(b)
    ),
)
RICHNESS = Criterion(
    lambda photo, context: richness(photo),
    lambda a, b: _("more metadata ({mine} tags against {other})").format(
        mine=a.metadata.tags, other=b.metadata.tags
    ),
)
LARGER = Criterion(
    lambda photo, context: photo.stamp.size,
    lambda a, b: _("the larger file ({mine} against {other})").format(
        mine=_bytes(a), other=_bytes(b)
    ),
)
SMALLER = Criterion(
    lambda photo, context: -photo.stamp.size,
    lambda a, b: _("the smaller file ({mine} against {other})").format(
        mine=_bytes(a), other=_bytes(b)
    ),
)
SHORTER = Criterion(
    lambda photo, context: -len(photo.path),
    lambda a, b: _("nothing else tells them apart, and its path is the shorter one"),
)

TIE_BREAKS = (PREFERRED, PROTECTED, PIXELS, FORMAT, RICHNESS, LARGER, SHORTER)
BEST = (PIXELS, FORMAT, RICHNESS, LARGER)


def _origin(photo: Photo) -> str:
    if photo.metadata.camera is not None:
        return _("{format} with its camera's name").format(format=photo.format)
    return photo.format


def _by_criteria(
    photos: Sequence[Photo],
    criteria: Sequence[Criterion],
    context: KeepContext,
    *,
    after_rule: bool = False,
    unsure: bool = False,
) -> Narrowed:
    """Narrow by one criterion after the other; path order is the last word of a tie-break."""
    decided: tuple[Criterion, Photo] | None = None
    for criterion in criteria:
        values = [criterion.value(photo, context) for photo in photos]
        best = max(values)
        if min(values) != best:
            rest = [p for p, value in zip(photos, values, strict=True) if value != best]
            photos = [p for p, value in zip(photos, values, strict=True) if value == best]
            decided = criterion, min(rest, key=_path_order)
            if len(photos) == 1:
                break
    if len(photos) > 1:
        if criteria is not TIE_BREAKS:
            return Narrowed(photos)
        keeper = min(photos, key=_path_order)
        why = _("nothing else tells them apart, and its path comes first")
    else:
        assert decided is not None
        keeper = photos[0]
        why = decided[0].advantage(keeper, decided[1])
    if after_rule:
        sentence = _("Kept: {advantage}; by the rule itself they are equal.")
    else:
        sentence = _("Kept: {advantage}.")
    return Narrowed([keeper], sentence.format(advantage=why), unsure)


def _path_order(photo: Photo) -> tuple[str, int]:
    return photo.path, photo.id


@dataclass(frozen=True, slots=True)
class ByCriteria:
    criteria: tuple[Criterion, ...]

    def narrow(self, photos: Sequence[Photo], context: KeepContext) -> Narrowed:
        return _by_criteria(photos, self.criteria, context)


# --- newest and oldest --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ByDate:
    """By the date taken; where that is equal or unknown, by the file's own time."""

    newest: bool

    def narrow(self, photos: Sequence[Photo], context: KeepContext) -> Narrowed:
        # A name that tells only the day, or a file time, never wins against a real date.
        dated = [(p, p.taken) for p in photos if p.taken and p.taken.grade in (Grade.A, Grade.B)]
        if not dated:
            return self._by_file_time(photos, _("no date taken is known"))
        undated = len(photos) - len(dated)
        champion = self._champion(dated)
        beaten = Order.EARLIER if self.newest else Order.LATER
        leaders = [p for p, date in dated if compare(date, champion[1]) is not beaten]
        if len(leaders) > 1:
            found = self._by_file_time(leaders, _("the dates taken are equal"))
            return Narrowed(found.photos, found.reason, found.unsure or undated > 0)
        rivals = [date for p, date in dated if p is not champion[0]]
        return Narrowed(leaders, self._date_sentence(champion[1], rivals, undated), undated > 0)

    def _champion(self, dated: Sequence[tuple[Photo, TakenDate]]) -> tuple[Photo, TakenDate]:
        """One that none beats, if there is one: zones that are missing can make a circle."""
        better = Order.LATER if self.newest else Order.EARLIER
        ordered = sorted(dated, key=lambda d: (d[1].wall, d[0].path), reverse=self.newest)
        champion = ordered[0]
        for candidate in ordered[1:]:
            if compare(candidate[1], champion[1]) is better:
                champion = candidate
        return champion

    def _date_sentence(self, mine: TakenDate, rivals: Sequence[TakenDate], undated: int) -> str:
        facts: dict[str, object] = {"date": clock(mine), "count": undated}
        if not rivals:
            facts["source"] = source_name(mine.source)
            return ngettext(
                "Kept: taken {date} ({source}); the other has no sure date.",
                "Kept: taken {date} ({source}); the {count} others have no sure date.",
                undated,
            ).format(**facts)
        near = min(rivals, key=lambda date: abs(difference(date, mine)))
        facts["margin"] = span(difference(near, mine))
        camera = all(date.grade is Grade.A for date in (mine, *rivals)) and not undated
        if camera and len(rivals) == 1:
            sentence = (
                _("Kept: taken {date}, {margin} after the other; both have a camera date.")
                if self.newest
                else _("Kept: taken {date}, {margin} before the other; both have a camera date.")
            )
        elif camera:
            sentence = (
                _("Kept: taken {date}, {margin} after the next; all have a camera date.")
                if self.newest
                else _("Kept: taken {date}, {margin} before the next; all have a camera date.")
            )
        else:
            facts["source"], facts["other"] = source_name(mine.source), source_name(near.source)
            sentence = (
                _("Kept: taken {date} ({source}), {margin} after the next ({other}).")
                if self.newest
                else _("Kept: taken {date} ({source}), {margin} before the next ({other}).")
            )
        return sentence.format(**facts)

    def _by_file_time(self, photos: Sequence[Photo], because: str) -> Narrowed:
        known = {p.id: own_time(p) for p in photos if own_time(p) > DAY}
        if not known:
            return Narrowed(photos)
        best = max(known.values()) if self.newest else min(known.values())
        leaders = [p for p in photos if p.id in known and abs(known[p.id] - best) <= FILE_TIME_STEP]
        if len(leaders) > 1:
            return Narrowed(leaders, unsure=len(leaders) < len(photos))
        rest = [time for time in known.values() if abs(time - best) > FILE_TIME_STEP]
        moment = (datetime.fromtimestamp(0, UTC) + best).astimezone()
        sentence = (
            _("Kept: the newest file ({date}, {margin} after the next); {because}, so this is "
              "of low confidence.")
            if self.newest
            else _("Kept: the oldest file ({date}, {margin} before the next); {because}, so this "
                   "is of low confidence.")
        )  # fmt: skip
        margin = span(min((abs(time - best) for time in rest), default=timedelta()))
        reason = sentence.format(date=f"{moment:%Y-%m-%d %H:%M:%S}", margin=margin, because=because)
        return Narrowed(leaders, reason, unsure=True)


def own_time(photo: Photo) -> timedelta:
    """The earlier of modification and birth, since the epoch: when these bytes were first here."""
    mtime = photo.stamp.mtime_ns
    return timedelta(microseconds=min(mtime, photo.birth_ns or mtime) // 1000)


def clock(date: TakenDate) -> str:
    return date.wall.isoformat(" ", "milliseconds" if date.precision < SECOND else "seconds")


def span(apart: timedelta) -> str:
    """A length of time in its largest sensible unit: "0.35 s", "12 min", "3 h", "5 days"."""
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
    return ngettext("{n} day", "{n} days", days).format(n=days)


def source_name(source: DateSource) -> str:
    return {
        DateSource.EXIF_ORIGINAL: _("camera date"),
        DateSource.EXIF_DIGITIZED: _("digitised"),
        DateSource.XMP: _("XMP date"),
        DateSource.GPS: _("GPS time"),
        DateSource.FILE_NAME: _("file name"),
        DateSource.FILE_TIME: _("file time"),
    }[source]


RULES: Mapping[str, KeepRule] = MappingProxyType(
    {
        "newest": ByDate(newest=True),
        "oldest": ByDate(newest=False),
        "best": ByCriteria(BEST),
        "largest": ByCriteria((LARGER,)),
        "smallest": ByCriteria((SMALLER,)),
        "preferred": ByCriteria((PREFERRED,)),
    }
)


# --- what would be lost -------------------------------------------------------------------


def lacks(keeper: Photo, other: Photo) -> tuple[str, ...]:
    """The extras (place, caption …) that ``other`` has and ``keeper`` has not."""
    if not other.metadata.extras:
        return ()
    mine = keeper.metadata.extras
    return tuple(extra for extra in other.metadata.extras if extra not in mine)


def extra_names(extras: Sequence[str]) -> str:
    """Extras as the user reads them, joined by commas."""
    names = {
        "place": _("place"),
        "caption": _("caption"),
        "rating": _("rating"),
        "people": _("people"),
        "keywords": _("keywords"),
    }
    return ", ".join(names[extra] for extra in extras)


def warn(keeper: Photo, others: Sequence[Photo]) -> tuple[str, Photo | None]:
    """A sentence where a photo that goes is better than the one that stays, and that photo.

    Better is: more pixels; or as many, in a format as near to the original and more bytes; or
    metadata that the keeper lacks.
    """
    better = [other for other in others if other is not keeper and _advantages(keeper, other)]
    if not better:
        return "", None
    top = min(
        better,
        key=lambda p: (-p.pixels, -lineage(p), *(-n for n in richness(p)),
                       -p.stamp.size, p.path),
    )  # fmt: skip
    sentence = _("{name} has more to offer than the photo that is kept: {advantages}.").format(
        name=os.path.basename(top.path), advantages=", ".join(_advantages(keeper, top))
    )
    return sentence, top


def _advantages(keeper: Photo, other: Photo) -> list[str]:
    found = []
    mine, theirs = keeper.width * keeper.height, other.width * other.height
    if theirs > mine:
        found.append(PIXELS.advantage(other, keeper))
    elif (
        theirs == mine
        and other.stamp.size > keeper.stamp.size
        and lineage(other) >= lineage(keeper)
    ):
        found.append(LARGER.advantage(other, keeper))
    missing = lacks(keeper, other)
    if missing:
        found.append(extra_names(missing))
    return found
