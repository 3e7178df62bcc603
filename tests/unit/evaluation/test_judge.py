"""Answers against a truth small enough to count by hand."""

from __future__ import annotations

import numpy as np
import pytest
from albums import photo, write

from albumdedup.core.types import ContentId, Evidence, Match, Member, Role, Tier, Transform, View
from albumdedup.evaluation.baselines import Ranking
from albumdedup.evaluation.cases import Cases
from albumdedup.evaluation.figures import Fault
from albumdedup.evaluation.geometry import IDENTITY, inverse, orientation, shown_in
from albumdedup.evaluation.goals import goals
from albumdedup.evaluation.judge import (
    examples,
    judge_called,
    judge_product,
    judge_ranking,
    judge_series,
    matched_threshold,
)
from albumdedup.evaluation.product import ProductAnswer
from albumdedup.evaluation.truth import TrueFile, Truth

CROP = shown_in((0.1, 0.1, 0.9, 0.9))
FILES = (
    TrueFile("a.jpg", "a", "original", Tier.IDENTICAL),
    TrueFile("b.jpg", "b", "original", Tier.IDENTICAL),
    TrueFile("crop-a.jpg", "a", "crop", Tier.EDITED, CROP),
    TrueFile("crop-b.jpg", "b", "crop", Tier.EDITED, CROP),
    TrueFile("small-a.jpg", "a", "small", Tier.SAME),
    TrueFile("small-b.jpg", "b", "small", Tier.SAME),
    TrueFile("x1.jpg", "x1", "frame", Tier.IDENTICAL, IDENTITY, "x", True),
    TrueFile("x2.jpg", "x2", "frame", Tier.IDENTICAL, IDENTITY, "x", True),
    TrueFile("y1.jpg", "x1", "stripped", Tier.SAME, IDENTITY, "x", False),
)
A, B, CROP_A, CROP_B, SMALL_A, SMALL_B, X1, X2, Y1 = range(9)
CASES = Cases(Truth(1, FILES))


def content(index: int) -> ContentId:
    return ContentId(f"{index:064x}")


def match(one: int, other: int, tier: Tier, similarity: float, **evidence: object) -> Match:
    return Match(content(one), content(other), similarity, tier, Evidence("test", **evidence))


@pytest.fixture
def answer(tmp_path):
    """crop-a is Edited with the right transform, small-a Same; crop-b only Similar, below the
    view; small-b in a's group, a stranger there; x1 and x2 are called Same."""
    paths = [str(tmp_path / f.path) for f in FILES]
    photos = [photo(write(tmp_path / f.path, f.path.encode()), n) for n, f in enumerate(FILES)]

    def members(*rows: tuple[int, Tier]) -> list[Member]:
        return [Member(photos[index], tier, Role.REVIEW, 1.0) for index, tier in rows]

    matches = [
        match(A, CROP_A, Tier.EDITED, 0.9, transform=Transform(CROP, 1.0, 0.6, 0.99)),
        match(A, SMALL_A, Tier.SAME, 0.99),
        match(A, SMALL_B, Tier.SIMILAR, 0.95),
        match(B, CROP_B, Tier.SIMILAR, 0.8),
        match(B, SMALL_B, Tier.SAME, 0.97, orientation=6),
        match(X1, X2, Tier.SAME, 0.99),
        match(X2, Y1, Tier.EDITED, 0.98),
    ]
    groups = [
        members((A, Tier.IDENTICAL), (CROP_A, Tier.EDITED), (SMALL_A, Tier.SAME),
                (SMALL_B, Tier.SIMILAR)),
        members((X1, Tier.IDENTICAL), (X2, Tier.SAME)),
    ]  # fmt: skip
    contents = {path: content(index) for index, path in enumerate(paths)}
    return ProductAnswer(paths, contents, matches, groups, View())


def test_pairs_and_groups_are_counted_apart(answer):
    figures = judge_product(CASES, answer)
    rows = {row.name: row for row in figures.rows}
    assert list(rows) == ["small", "crop", "all same", "all edited", "all"]
    # small-b: the pair with b was found as well as the one with a; its group is a's
    assert (rows["small"].pairs.recall, rows["small"].pairs.precision) == (1.0, 2 / 3)
    assert (rows["small"].groups.recall, rows["small"].groups.precision) == (0.5, 0.5)
    assert (rows["crop"].pairs.recall, rows["crop"].pairs.precision) == (0.5, 1.0)
    assert rows["all"].copies == 4
    # small-b with a, crop-a and small-a
    assert figures.unrelated == 3
    assert figures.unrelated_per_10000 == pytest.approx(3e4 / 9)


def test_what_copies_are_called(answer):
    called = {row.name: row for row in judge_called(CASES, answer)}
    assert called["crop"].edited == 0.5
    assert called["crop"].found == 0.5
    assert called["crop"].right == 1.0
    assert called["small"].proven == 0.5  # small-b is in another group than b
    assert called["small"].right == 1.0


def test_a_verdict_without_transform_knows_the_turn(answer):
    relation = answer.relation(SMALL_B, B)
    assert relation.matrix == pytest.approx(orientation(6))
    assert answer.relation(B, SMALL_B).matrix == pytest.approx(inverse(orientation(6)))
    assert answer.relation(CROP_A, A).matrix == pytest.approx(inverse(CROP))
    assert answer.relation(A, B) is None


def test_members_without_a_pair_of_their_own_are_called_by_their_weaker_tie(answer):
    assert answer.called(CROP_A, SMALL_A) is Tier.EDITED
    assert answer.called(SMALL_B, SMALL_A) is Tier.SIMILAR
    assert answer.called(B, SMALL_B) is None


def test_series_are_counted_with_and_without_exif(answer):
    with_exif, without = judge_series(CASES, answer)
    assert (with_exif.pairs, with_exif.same, with_exif.edited) == (1, 1, 0)
    assert (without.pairs, without.same, without.edited) == (1, 0, 1)


def ranking() -> Ranking:
    """Each file along the axis of its shot, the crops a little off, small-b between a and b."""
    rows = np.zeros((len(FILES), 8), np.float32)
    for index, file in enumerate(FILES):
        rows[index, {"a": 0, "b": 1, "x1": 2, "x2": 3}[file.original]] = 1
    rows[SMALL_B, :2] = (0.8, 0.6)
    read = np.ones(len(FILES), np.bool_)
    read[CROP_B] = False
    return Ranking("test", rows, read, 0.5, "similarity ≥ 0.50")


def test_a_ranking_is_judged_at_its_default_and_at_a_precision():
    default = judge_ranking(CASES, ranking())
    assert default.whole.pairs.recall == 0.75  # crop-b could not be read
    assert default.whole.pairs.precision == 0.75
    assert default.unrelated == 2 * 3  # a, crop-a, small-a with b, small-b, less none: one group
    assert default.ranked[-1].recall_at_999 == 0.5
    threshold = matched_threshold(CASES, ranking(), 0.999)
    assert threshold == 1.0
    matched = judge_ranking(CASES, ranking(), threshold, "as precise")
    assert matched.whole.pairs.recall == 0.5
    assert matched.unrelated == 0
    assert matched.ranked is None


def test_examples_show_the_worst_of_each_fault(answer):
    found = examples(CASES, answer, ranking())
    by_fault = {fault: [e for e in found if e.fault is fault] for fault in Fault}
    assert {e.first for e in by_fault[Fault.UNRELATED]} == {"a.jpg", "crop-a.jpg", "small-a.jpg"}
    assert [(e.first, e.called) for e in by_fault[Fault.SERIES]] == [
        ("x1.jpg", Tier.SAME), ("x2.jpg", Tier.EDITED)
    ]  # fmt: skip
    assert [e.second for e in by_fault[Fault.MISSED]] == ["crop-b.jpg"]
    assert [(e.second, e.called) for e in by_fault[Fault.SPLIT]] == [("small-b.jpg", Tier.SAME)]


def test_goals_are_met_or_missed(answer):
    product, default = judge_product(CASES, answer), judge_ranking(CASES, ranking())
    reached = goals(
        CASES, product, judge_called(CASES, answer), judge_series(CASES, answer),
        default.ranked[-1], [default],
    )  # fmt: skip
    met = {goal.text: goal.met for goal in reached}
    assert met["of these called Edited or Same: transform right"] is True
    assert met["copies found as Identical or Same photo"] is False
    assert met["shots of a series called Same photo"] is False
    assert [goal.measured for goal in reached if "each edit" in goal.text] == ["0.5000 (crop)"]
