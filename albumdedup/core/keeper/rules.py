"""The keep rules, one alone or several in a chain, and the chain of tie-breaks behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from albumdedup.core.i18n import _
from albumdedup.core.keeper.by_date import ByDate
from albumdedup.core.keeper.choice import Choice, KeepContext, KeepRule, Narrowed, Step
from albumdedup.core.keeper.criteria import (
    BEST,
    LARGER,
    PREFERRED,
    PROTECTED,
    RICHNESS,
    SMALLER,
    TIE_BREAKS,
    ByCriteria,
    by_criteria,
)
from albumdedup.core.keeper.loss import warn
from albumdedup.core.types import Photo

RULES: Mapping[str, KeepRule] = MappingProxyType(
    {
        "newest": ByDate(newest=True),
        "oldest": ByDate(newest=False),
        "best": ByCriteria(BEST),
        "largest": ByCriteria((LARGER,)),
        "smallest": ByCriteria((SMALLER,)),
        "preferred": ByCriteria((PREFERRED,)),
        "protected": ByCriteria((PROTECTED,)),
        "richest": ByCriteria((RICHNESS,)),
    }
)


def chain_of(rule: str) -> tuple[str, ...]:
    """The names in a chain ("preferred,oldest,best"); one rule is a chain of one. Raises KeyError
    for a name that is not in ``RULES``."""
    names = tuple(name.strip() for name in rule.split(","))
    for name in names:
        RULES[name]
    return names


def choose_keeper(photos: Sequence[Photo], rule: str, context: KeepContext) -> Choice:
    """Pick the photo that stays, the same one in whatever order they come, and warn where one
    of the others is better.

    ``rule`` is a name or a chain of names. Raises KeyError for one that is not in ``RULES``,
    ValueError for no photos.
    """
    choice = pick(photos, rule, context)
    warning, better = warn(choice.keeper, photos)
    return replace(choice, warning=warning, better=better)


def pick(photos: Sequence[Photo], rule: str, context: KeepContext) -> Choice:
    """``choose_keeper`` without the warning."""
    return _decide(photos, rule, context)[0]


def explain(photos: Sequence[Photo], rule: str, context: KeepContext) -> tuple[Step, ...]:
    """What each step of the chain decided, until one photo was left."""
    return _decide(photos, rule, context)[1]


def _decide(
    photos: Sequence[Photo], rule: str, context: KeepContext
) -> tuple[Choice, tuple[Step, ...]]:
    names = chain_of(rule)
    if not photos:
        raise ValueError("no photos to choose from")
    steps: list[Step] = []
    spared = [photo for photo in photos if context.spared(photo)]
    if spared and len(spared) < len(photos):
        why = _("Kept: it lies outside {folder}.").format(folder=context.clear)
        steps.append(Step("clear", len(photos), len(spared), why))
        if len(spared) == 1:
            return Choice(spared[0], why), tuple(steps)
        photos = spared
    if len(photos) == 1:
        return Choice(photos[0], _("Kept: there is no other.")), tuple(steps)
    left, unsure = Narrowed(photos), False
    for name in names:
        before = left.photos
        left = RULES[name].narrow(before, context)
        unsure = unsure or left.unsure
        steps.append(Step(name, len(before), len(left.photos), left.reason))
        if len(left.photos) == 1:
            return Choice(left.photos[0], left.reason, unsure=unsure), tuple(steps)
    tied = len(left.photos) == len(photos)
    before = left.photos
    left = by_criteria(before, TIE_BREAKS, context, after_rule=tied, unsure=unsure)
    steps.append(Step("tie_break", len(before), 1, left.reason))
    return Choice(left.photos[0], left.reason, unsure=left.unsure), tuple(steps)
