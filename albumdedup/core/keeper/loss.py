"""What would be lost with a copy that goes."""

from __future__ import annotations

import os
from collections.abc import Sequence

from albumdedup.core.formats import RAW_FORMAT, RAW_SUFFIXES
from albumdedup.core.i18n import _, listed
from albumdedup.core.keeper.criteria import LARGER, PIXELS, lineage, richness
from albumdedup.core.keeper.words import extra_names
from albumdedup.core.types import Companion, CompanionKind, Inside, InsideKind, Photo


def lacks(keeper: Photo, other: Photo) -> tuple[str, ...]:
    """The extras (place, caption …) and parts (film, RAW …) that ``other`` has and ``keeper``
    has not."""
    unlike = _unlike(keeper, other)
    held_within = _within(keeper, other) if other.metadata.inside else ()
    if not other.companions and not other.metadata.extras:
        return (*unlike, *held_within)
    mine = keeper.extras
    extras = [extra for extra in other.extras if extra not in mine]
    parts = (one.kind.value for one in other.companions if not _held(one, keeper))
    return (*extras, *dict.fromkeys((*unlike, *held_within, *parts)))


def _unlike(keeper: Photo, other: Photo) -> tuple[str, ...]:
    """A RAW is held by its own bytes alone: two that show the same picture may differ in what
    the sensor saw, which nobody looked at. A picture made of it is no copy of it either."""
    raw = is_raw(other)
    if raw and other.content != keeper.content:
        return ("raw",)
    return ("developed",) if is_raw(keeper) and not raw else ()


def _within(keeper: Photo, other: Photo) -> tuple[str, ...]:
    """What lies inside of ``other``, beside its picture, and not inside of ``keeper``."""
    if keeper.content == other.content:
        return ()
    lost = (p.kind.value for p in other.metadata.inside if not _is_inside(p, keeper))
    return tuple(dict.fromkeys(lost))


def _is_inside(part: Inside, keeper: Photo) -> bool:
    """Further frames are never looked at, and of what was not looked for nobody knows: both are
    held by the same bytes alone. A film of the same shot is held by one that is not smaller, a map
    by any."""
    if part.kind in (InsideKind.FRAMES, InsideKind.UNSEEN):
        return False
    mine = [one for one in keeper.metadata.inside if one.kind is part.kind]
    return any(one.size >= part.size or one.sample == part.sample for one in mine)


def _held(part: Companion, keeper: Photo) -> bool:
    """Whether nothing is lost with a companion: it tells nothing of its own, or the keeper has
    its like."""
    if part.kind in (CompanionKind.TAKEOUT, CompanionKind.APPLE_DOUBLE):
        return True  # what they tell are extras
    if part.kind is CompanionKind.OTHER and part.path.lower().endswith(".thm"):
        return True
    if part.kind is CompanionKind.XMP and part.facts.sample and not part.facts.develops:
        return True
    return any(_same(part, mine) for mine in keeper.companions if mine.kind is part.kind)


def _same(one: Companion, two: Companion) -> bool:
    if one.facts.sample and one.facts.sample == two.facts.sample:
        return one.stamp.size == two.stamp.size
    tied = one.facts.live_id is not None and one.facts.live_id == two.facts.live_id
    return tied and two.stamp.size >= one.stamp.size


def is_raw(photo: Photo) -> bool:
    """Whether a photo is what the sensor saw, before any development, by its content or, where
    an earlier version could not tell, by its name."""
    dot = photo.path.rfind(".")
    return photo.format == RAW_FORMAT or photo.path[dot:].lower() in RAW_SUFFIXES


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
        name=os.path.basename(top.path), advantages=listed(_advantages(keeper, top))
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
    missing = [what for what in lacks(keeper, other) if what != InsideKind.UNSEEN]
    if missing:
        found.append(extra_names(missing))
    return found
