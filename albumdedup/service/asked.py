"""What stands behind the question mark of a request, checked. All raise AlbumError."""

from __future__ import annotations

from collections.abc import Mapping

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import _
from albumdedup.core.keeper import RULES, chain_of
from albumdedup.core.types import Tier, View

PAGE_SIZE, LARGEST_PAGE = 20, 200
TOP, MOST_HITS = 100, 1000
EDGES = (160, 320, 640)
"""Of thumbnails: few, so that each is made once."""


def page_of(query: Mapping[str, str]) -> tuple[int, int]:
    """The page, counted from 1, and its size."""
    page = whole(query, "page", 1, 1, 1_000_000)
    return page, whole(query, "page_size", PAGE_SIZE, 1, LARGEST_PAGE)


def top_of(query: Mapping[str, str]) -> int:
    return whole(query, "top", TOP, 1, MOST_HITS)


def edge_of(query: Mapping[str, str]) -> int:
    """The smallest edge that is made and no smaller than the one asked for."""
    wanted = whole(query, "edge", EDGES[1], 1, EDGES[-1])
    return next(edge for edge in EDGES if edge >= wanted)


def view_of(query: Mapping[str, str], default: View) -> View:
    return View(
        _tiers(query.get("tiers"), default.tiers),
        _similarity(query.get("similarity"), default.similarity),
        _rule(query.get("keep"), default.rule),
    )


def whole(query: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    if text.isascii() and text.isdecimal() and len(text) <= 9 and least <= int(text) <= most:
        return int(text)
    why = _("a whole number from {least} to {most} is needed, not {given}")
    raise _refused(name, why.format(least=least, most=most, given=repr(text[:40])))


def _tiers(text: str | None, default: frozenset[Tier]) -> frozenset[Tier]:
    if text is None:
        return default
    try:
        return frozenset(Tier(word.strip()) for word in text.split(","))
    except ValueError as error:
        known = ", ".join(tier.value for tier in Tier)
        why = _("there is no tier in {text}; tiers are {known}")
        raise _refused("tiers", why.format(text=repr(text[:40]), known=known)) from error


def _similarity(text: str | None, default: float) -> float:
    if text is None:
        return default
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise _refused("similarity", _("a similarity lies between 0 and 1"))
    return value


def _rule(text: str | None, default: str) -> str:
    if text is None:
        return default
    try:
        chain = chain_of(text)
    except KeyError as error:
        why = _("there is no rule {name}; rules are {known}")
        names = ", ".join(RULES)
        raise _refused("keep", why.format(name=repr(text[:40]), known=names)) from error
    return ",".join(dict.fromkeys(chain))


def _refused(name: str, why: str) -> AlbumError:
    return AlbumError(ErrorCode.VALUE_REFUSED, name=name, detail=why)
