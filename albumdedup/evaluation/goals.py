"""What the product is to reach, beside what was measured. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from albumdedup.core.i18n import _
from albumdedup.core.types import PROVEN_TIERS
from albumdedup.evaluation.cases import Cases
from albumdedup.evaluation.figures import (
    CalledFigures,
    Goal,
    RankedFigures,
    SeriesFigures,
    SystemFigures,
)

PROVEN_COPIES = 0.998
FOUND_EDITS = 0.985
FOUND_EACH_EDIT = 0.93
RIGHT_TRANSFORMS = 0.97
EDITED_SERIES_WITHOUT_EXIF = 0.02
UNRELATED_PER_10000 = 1.0
AVERAGE_PRECISION = 0.998
RECALL_AT_99 = 0.98
RECALL_AT_999 = 0.96


def goals(
    cases: Cases,
    product: SystemFigures,
    called: Sequence[CalledFigures],
    series: Sequence[SeriesFigures],
    descriptor: RankedFigures,
    matched: Sequence[SystemFigures],
) -> tuple[Goal, ...]:
    """``matched`` are the baselines at the product's precision or better."""
    found = [
        *_copies(cases, called),
        *_series(series),
        _at_most(
            _("pairs of unrelated photos in a group, per 10,000 photos"),
            UNRELATED_PER_10000,
            product.unrelated_per_10000,
            ".2f",
        ),
        _at_least(_("descriptor alone: µAP"), AVERAGE_PRECISION, descriptor.average_precision),
        _at_least(
            _("descriptor alone: recall at precision .99"), RECALL_AT_99, descriptor.recall_at_99
        ),
        _at_least(
            _("descriptor alone: recall at precision .999"),
            RECALL_AT_999,
            descriptor.recall_at_999,
        ),
    ]
    return (*found, *(_beats(product, other) for other in matched))


def _copies(cases: Cases, called: Sequence[CalledFigures]) -> list[Goal]:
    by_name = {row.name: row for row in called}
    kinds = [row for row in cases.rows() if row.single]
    copies = [by_name[row.name] for row in kinds if row.tier in PROVEN_TIERS]
    edits = [by_name[row.name] for row in kinds if row.tier not in PROVEN_TIERS]
    worst = min(edits, key=lambda row: (row.found, row.name), default=None)
    whole = by_name.get("all edited")
    each = _at_least(
        _("each edit found"), FOUND_EACH_EDIT, worst.found if worst else None,
        f" ({worst.name})" if worst and worst.found < 1 else "",
    )  # fmt: skip
    return [
        _at_least(
            _("copies found as Identical or Same photo"),
            PROVEN_COPIES,
            _mean([(row.proven, row.copies) for row in copies]),
        ),
        _at_least(_("edited copies found"), FOUND_EDITS, whole.found if whole else None),
        each,
        _at_least(
            _("of these called Edited or Same: transform right"),
            RIGHT_TRANSFORMS,
            whole.right if whole else None,
        ),
    ]


def _series(series: Sequence[SeriesFigures]) -> list[Goal]:
    pairs, same = sum(s.pairs for s in series), sum(s.same for s in series)
    rows = [
        _at_most(_("shots of a series called Same photo"), 0, same if pairs else None, "d"),
    ]
    for row in series:
        if row.with_exif:
            text = _("shots of a series called Edited, with EXIF")
            rows.append(_at_most(text, 0, row.edited if row.pairs else None, "d"))
        else:
            text = _("shots of a series called Edited, without EXIF")
            share = row.edited / row.pairs if row.pairs else None
            rows.append(_at_most(text, EDITED_SERIES_WITHOUT_EXIF, share, ".3f"))
    return rows


def _beats(product: SystemFigures, other: SystemFigures) -> Goal:
    """More recall on every edit at the same or higher precision; where both find all, no less."""
    behind = [
        mine.name
        for mine, theirs in zip(product.rows, other.rows, strict=True)
        if (mine.pairs.recall or 0) < (theirs.pairs.recall or 0)
    ]
    text = _("as much recall as {name} or more on every edit, at no less precision").format(
        name=other.name
    )
    measured = _("behind on {names}").format(names=", ".join(behind)) if behind else _("on every")
    return Goal(text, _("every edit"), measured, not behind)


def _at_least(text: str, goal: float, value: float | None, remark: str = "") -> Goal:
    if value is None:
        return Goal(text, f"≥ {goal:g}", "–", None)
    return Goal(text, f"≥ {goal:g}", f"{value:.4f}{remark}", value >= goal)


def _at_most(text: str, goal: float, value: float | None, form: str) -> Goal:
    if value is None:
        return Goal(text, f"≤ {goal:g}", "–", None)
    return Goal(text, f"≤ {goal:g}", format(value, form), value <= goal)


def _mean(shares: Sequence[tuple[float, int]]) -> float | None:
    count = sum(weight for _share, weight in shares)
    return sum(share * weight for share, weight in shares) / count if count else None
