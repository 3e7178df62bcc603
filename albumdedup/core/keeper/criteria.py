"""Things to compare: higher is better."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from albumdedup.core.formats import RAW_FORMAT
from albumdedup.core.i18n import _
from albumdedup.core.keeper.choice import KeepContext, Narrowed, inside
from albumdedup.core.keeper.words import NAMES, extra_names
from albumdedup.core.types import CompanionKind, Photo


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing to compare; ``advantage`` words what the first photo has over the second."""

    value: Callable[[Photo, KeepContext], Any]
    advantage: Callable[[Photo, Photo], str]


def _preference(photo: Photo, context: KeepContext) -> int:
    place = inside(photo.path, context.preferred)
    return -len(context.preferred) if place is None else -place


_CAMERA_FORMATS = {"HEIF": 9, "HEIC": 9, "JPEG": 8, "MPO": 8}
_FORMATS = {
    RAW_FORMAT: 10, "TIFF": 7, "HEIF": 6, "HEIC": 6, "JPEG": 5, "MPO": 5, "AVIF": 4,
    "JPEG XL": 4, "PNG": 3, "JPEG2000": 3, "WEBP": 2, "BMP": 1,
}  # fmt: skip


def lineage(photo: Photo) -> int:
    """How near a format stands to what came out of the camera: 10 nearest, 0 farthest.

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
    if not photo.companions:
        told = photo.metadata
        return len(told.extras) + len(told.holds), told.tags // 10
    parts = {one.kind for one in photo.companions} - {CompanionKind.APPLE_DOUBLE}
    return len(photo.extras) + len(photo.metadata.holds) + len(parts), photo.metadata.tags // 10


def _size(photo: Photo) -> str:
    return f"{photo.width} × {photo.height}"


def _bytes(photo: Photo) -> str:
    return f"{photo.stamp.size:,} B"


def _richer(a: Photo, b: Photo) -> str:
    parts = {one.kind.value for one in b.companions}
    more = [extra for extra in a.extras if extra not in b.extras]
    more += [kind for kind in a.metadata.holds if kind not in b.metadata.holds]
    more += [one.kind.value for one in a.companions if one.kind.value not in parts]
    named = [word for word in dict.fromkeys(more) if word in NAMES]
    if named:
        return _("more metadata ({names})").format(names=extra_names(named))
    return _("more metadata ({mine} tags against {other})").format(
        mine=a.metadata.tags, other=b.metadata.tags
    )


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
RICHNESS = Criterion(lambda photo, context: richness(photo), lambda a, b: _richer(a, b))
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


def by_criteria(
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
            decided = criterion, min(rest, key=path_order)
            if len(photos) == 1:
                break
    if len(photos) > 1:
        if criteria is not TIE_BREAKS:
            return Narrowed(photos)
        keeper = min(photos, key=path_order)
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


def path_order(photo: Photo) -> tuple[str, int]:
    return photo.path, photo.id


@dataclass(frozen=True, slots=True)
class ByCriteria:
    criteria: tuple[Criterion, ...]

    def narrow(self, photos: Sequence[Photo], context: KeepContext) -> Narrowed:
        return by_criteria(photos, self.criteria, context)
