"""Measures by hand-computed cases, ties among them, and against a plain implementation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from albumdedup.evaluation.hashes import dhash, from_bytes, phash, similarity_at
from albumdedup.evaluation.metrics import (
    Score,
    average_precision,
    best_at,
    components,
    decided,
    near_pairs,
    together,
    unrelated_in_groups,
)


def flags(text: str) -> np.ndarray:
    return np.array([c == "+" for c in text])


def test_average_precision_by_hand():
    scores = np.array([0.9, 0.8, 0.7, 0.6])
    # + at ranks 1 and 3: ½ · 1/1 + ½ · 2/3
    assert average_precision(scores, flags("+-+-")) == pytest.approx(5 / 6)
    assert average_precision(scores, flags("++--")) == 1
    assert average_precision(scores, flags("---+")) == pytest.approx(1 / 4)
    assert average_precision(scores, flags("----")) is None


def test_equal_scores_stand_or_fall_together():
    tied = np.array([0.5, 0.5, 0.5, 0.5])
    assert average_precision(tied, flags("+---")) == pytest.approx(1 / 4)
    assert average_precision(tied, flags("---+")) == pytest.approx(1 / 4)
    # one alone on top, then two tied of which one is right: ½ · 1 + ½ · 2/3
    assert average_precision(np.array([0.9, 0.5, 0.5]), flags("++-")) == pytest.approx(5 / 6)


def test_best_recall_at_a_precision():
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    positive = flags("++-++")  # precision 1, 1, 2/3, 3/4, 4/5
    best = best_at(scores, positive, 1.0)
    assert (best.recall, best.threshold) == (0.5, 0.8)
    best = best_at(scores, positive, 0.8)
    assert (best.recall, best.threshold) == (1.0, 0.5)
    nothing = best_at(np.array([0.9, 0.1]), flags("-+"), 0.99)
    assert (nothing.recall, nothing.threshold) == (0.0, float("inf"))
    assert best_at(scores, flags("-----"), 0.5) is None


def test_a_threshold_never_cuts_through_equal_scores():
    best = best_at(np.array([0.9, 0.9, 0.5]), flags("+-+"), 0.99)
    assert best.recall == 0


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=1, max_size=40))
def test_average_precision_agrees_with_a_plain_implementation(rows):
    scores = np.array([score / 6 for score, _right in rows])
    positive = np.array([right for _score, right in rows])
    total = sum(right for _score, right in rows)
    expected, before = 0.0, 0.0
    for threshold in sorted(set(scores.tolist()), reverse=True):
        found = [right for score, right in zip(scores, positive, strict=True) if score >= threshold]
        if total:
            recall = sum(found) / total
            expected += (recall - before) * sum(found) / len(found)
            before = recall
    assert average_precision(scores, positive) == (pytest.approx(expected) if total else None)
    turned = average_precision(scores[::-1], positive[::-1])
    assert turned == (pytest.approx(expected) if total else None)


def test_decided_pairs():
    assert decided(flags("++--"), flags("+-+-")) == Score(0.5, 0.5)
    assert decided(flags("----"), flags("+-+-")) == Score(0.0, None)
    assert decided(flags("+---"), flags("----")) == Score(None, 0.0)


def test_components_name_the_smallest_member_and_leave_loners_out():
    labels = components(6, iter([(4, 2), (5, 4), (0, 1)]))
    assert labels.tolist() == [0, 0, 2, -1, 2, 2]
    assert components(0, iter([])).tolist() == []
    matrix = together(labels, np.array([0, 3]), np.array([1, 2, 3]))
    assert matrix.tolist() == [[True, False, False], [False, False, False]]


def test_near_pairs_come_once():
    rows = np.eye(3, dtype=np.float32)
    rows = np.vstack([rows, rows[:1]])
    assert list(near_pairs(rows, 0.9)) == [(0, 3)]


def test_strangers_in_groups_are_counted_by_pairs():
    labels = np.array([0, 0, 0, 0, -1, 5, 5])
    shots = np.array([1, 1, 2, 3, 4, 5, 6])
    scenes = np.array([-1, -1, 7, 7, -1, -1, -1])
    # 2 × (shot 1 with 2), 2 × (1 with 3); 2 with 3 is one scene; 5 with 6
    assert unrelated_in_groups(labels, shots, scenes) == 5


def test_hashes_are_descriptors_whose_product_tells_the_distance():
    one, other = from_bytes(b"\x00" * 8), from_bytes(b"\x03" + b"\x00" * 7)
    assert float(one @ other) == similarity_at(2)
    assert float(one @ one) == similarity_at(0) == 1


@pytest.mark.parametrize("function", [phash, dhash])
def test_a_hash_keeps_to_brightness_and_changes_with_the_picture(function):
    chance = np.random.default_rng(1)
    square = chance.integers(40, 200, (16, 16, 3), np.uint8).repeat(8, 0).repeat(8, 1)
    other = chance.integers(40, 200, (16, 16, 3), np.uint8).repeat(8, 0).repeat(8, 1)
    same = float(function(square) @ function((square + 20).astype(np.uint8)))
    assert same > similarity_at(6) > float(function(square) @ function(other))
    assert function(square).dtype == np.float32
