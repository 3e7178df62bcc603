"""Answers against the truth: from what systems say to figures. Pure."""

from __future__ import annotations

from collections import Counter

import numpy as np

from albumdedup.core.types import PROVEN_TIERS, Tier
from albumdedup.evaluation.baselines import Ranking
from albumdedup.evaluation.cases import Cases, Selection
from albumdedup.evaluation.figures import (
    CalledFigures,
    Example,
    Fault,
    RankedFigures,
    Row,
    SeriesFigures,
    SystemFigures,
)
from albumdedup.evaluation.metrics import (
    Flags,
    Labels,
    Scores,
    average_precision,
    best_at,
    components,
    decided,
    near_pairs,
    together,
    unrelated_in_groups,
)
from albumdedup.evaluation.product import ProductAnswer, right_transform

EXAMPLES_PER_FAULT = 40
UNREAD = -1.0


def judge_product(cases: Cases, answer: ProductAnswer) -> SystemFigures:
    found = np.zeros(cases.positive.shape, np.bool_)
    for row, query in enumerate(cases.queries.tolist()):
        for column, reference in enumerate(cases.references.tolist()):
            found[row, column] = answer.seen(answer.relation(reference, query))
    return _system(cases, "albumdedup", "default view", found, answer.labels)


def judge_ranking(
    cases: Cases, ranking: Ranking, threshold: float | None = None, rule: str = ""
) -> SystemFigures:
    """A descriptor at its default, or at another threshold under another rule's name. Its groups
    are what the pairs connect, as in tools that have no verification."""
    scores = scores_of(cases, ranking)
    chosen = ranking.default if threshold is None else threshold
    known = np.flatnonzero(ranking.read)
    pairs = ((int(known[a]), int(known[b])) for a, b in near_pairs(ranking.vectors[known], chosen))
    labels = components(len(cases.files), pairs)
    ranked = _ranked(cases, scores) if threshold is None else None
    return _system(cases, ranking.name, rule or ranking.rule, scores >= chosen, labels, ranked)


def matched_threshold(cases: Cases, ranking: Ranking, precision: float) -> float | None:
    """Where the ranking finds most at a precision at least this; None where it never gets there."""
    best = best_at(scores_of(cases, ranking), cases.positive, precision)
    return best.threshold if best is not None and best.recall > 0 else None


def scores_of(cases: Cases, ranking: Ranking) -> Scores:
    """float32[queries, references]; what could not be read is like nothing."""
    scores = ranking.vectors[cases.queries] @ ranking.vectors[cases.references].T
    known = ranking.read[cases.queries][:, None] & ranking.read[cases.references][None, :]
    return np.where(known, scores, np.float32(UNREAD))


def _system(
    cases: Cases,
    name: str,
    rule: str,
    found: Flags,
    labels: Labels,
    ranked: tuple[RankedFigures, ...] | None = None,
) -> SystemFigures:
    grouped = together(labels, cases.queries, cases.references)
    rows = tuple(
        Row(
            row.name,
            len(row.queries),
            decided(found[row.queries], cases.positive[row.queries]),
            decided(grouped[row.queries], cases.positive[row.queries]),
        )
        for row in cases.rows()
    )
    unrelated = unrelated_in_groups(labels, cases.shots, cases.scenes)
    return SystemFigures(name, rule, rows, unrelated, unrelated * 1e4 / len(cases.files), ranked)


def _ranked(cases: Cases, scores: Scores) -> tuple[RankedFigures, ...]:
    at99 = best_at(scores, cases.positive, 0.99)
    at999 = best_at(scores, cases.positive, 0.999)

    def recall(row: Selection, threshold: float) -> float | None:
        chosen = row.queries
        return decided(scores[chosen] >= threshold, cases.positive[chosen]).recall

    return tuple(
        RankedFigures(
            average_precision(scores[row.queries], cases.positive[row.queries]),
            recall(row, at99.threshold) if at99 else None,
            recall(row, at999.threshold) if at999 else None,
        )
        for row in cases.rows()
    )


def judge_called(cases: Cases, answer: ProductAnswer) -> tuple[CalledFigures, ...]:
    """What the copies of each row are called, and whether the transforms are right."""
    pairs = list(zip(cases.original_of.tolist(), cases.queries.tolist(), strict=True))
    called = [answer.called(original, copy) for original, copy in pairs]
    right = [
        right_transform(answer.relation(original, copy), cases.files[copy].matrix)
        for original, copy in pairs
    ]
    figures = []
    for row in cases.rows():
        chosen = row.queries.tolist()
        count = Counter(called[n] for n in chosen)
        tied = [n for n in chosen if called[n] not in (None, Tier.SIMILAR)]
        share = {tier: count[tier] / len(chosen) if chosen else 0.0 for tier in Tier}
        figures.append(
            CalledFigures(
                row.name, len(chosen),
                share[Tier.IDENTICAL], share[Tier.SAME], share[Tier.EDITED], share[Tier.SIMILAR],
                sum(right[n] for n in tied) / len(tied) if tied else None,
            )
        )  # fmt: skip
    return tuple(figures)


def judge_series(cases: Cases, answer: ProductAnswer) -> tuple[SeriesFigures, ...]:
    """What the product calls different shots of one scene, in view or not."""
    counts: dict[bool, Counter[Tier | None]] = {True: Counter(), False: Counter()}
    for one, other, exif in cases.neighbours():
        relation = answer.relation(one, other)
        shown = relation.tier if relation is not None and answer.seen(relation) else None
        counts[exif][shown] += 1
    return tuple(
        SeriesFigures(
            exif,
            count.total(),
            sum(count[tier] for tier in PROVEN_TIERS),
            count[Tier.EDITED],
            count[Tier.SIMILAR],
        )
        for exif, count in counts.items()
    )


def examples(cases: Cases, answer: ProductAnswer, ranking: Ranking) -> tuple[Example, ...]:
    """The worst of each fault: strangers in one group or taken for alike, shots of a series taken
    for one, copies not found or not grouped with their original, proven copies called less,
    transforms that lead astray."""
    found: list[Example] = []

    def add(fault: Fault, one: int, other: int, kind: str, called: Tier | None) -> None:
        relation = answer.relation(one, other)
        both_read = ranking.read[one] and ranking.read[other]
        alike = float(ranking.vectors[one] @ ranking.vectors[other]) if both_read else UNREAD
        found.append(
            Example(
                fault, cases.files[one].path, cases.files[other].path, kind, round(alike, 4),
                called, relation.note if relation else "",
            )
        )  # fmt: skip

    for one, other in sorted(answer.alike()):
        if not cases.related(one, other):
            add(Fault.UNRELATED, one, other, "", answer.called(one, other))
    for one, other, _exif in cases.neighbours():
        relation = answer.relation(one, other)
        if relation is not None and relation.tier is not Tier.SIMILAR:
            add(Fault.SERIES, one, other, cases.files[one].series, relation.tier)
    for original, copy in zip(cases.original_of.tolist(), cases.queries.tolist(), strict=True):
        called, truth = answer.called(original, copy), cases.files[copy]
        relation = answer.relation(original, copy)
        if called is None:
            fault = Fault.SPLIT if answer.seen(relation) else Fault.MISSED
            add(fault, original, copy, truth.kind, relation.tier if relation else None)
        elif called is Tier.SIMILAR or (truth.tier in PROVEN_TIERS and called is Tier.EDITED):
            add(Fault.WEAK, original, copy, truth.kind, called)
        elif not right_transform(relation, truth.matrix):
            add(Fault.ASTRAY, original, copy, truth.kind, called)
    return _worst(found)


def _worst(found: list[Example]) -> tuple[Example, ...]:
    chosen: list[Example] = []
    for fault in Fault:
        of_fault = [example for example in found if example.fault is fault]
        sign = -1 if fault in (Fault.UNRELATED, Fault.SERIES) else 1
        of_fault.sort(key=lambda e: (sign * e.similarity, e.first, e.second))
        chosen += of_fault[:EXAMPLES_PER_FAULT]
    return tuple(chosen)
