"""Neighbour pairs: exact, once each, whatever the blocks and the order of arrival."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from albumdedup.core.control import Control
from albumdedup.core.errors import Cancelled
from albumdedup.core.matching import VectorTable, near_matches, similarities
from albumdedup.core.types import ContentId, Tier

FLOOR = 0.5


def crowd(count: int, seed: int = 1):
    """Contents in clumps, so that many pairs lie around the floor."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(max(1, count // 6), 16))
    vectors = centres[rng.integers(0, len(centres), count)] + 0.6 * rng.normal(size=(count, 16))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    ids = [ContentId(f"{i:064x}") for i in rng.permutation(count)]
    return ids, vectors


def by_hand(ids, vectors, floor=FLOOR):
    """Every pair, one by one, in Python's own floats."""
    found = {}
    for i in range(len(ids)):
        for j in range(i):
            value = sum(float(x) * float(y) for x, y in zip(vectors[i], vectors[j], strict=True))
            value = round(value, 4)
            if value >= floor:
                found[min(ids[i], ids[j]), max(ids[i], ids[j])] = value
    return found


def as_dict(matches):
    found = {(m.a, m.b): m.similarity for m in matches}
    assert len(found) == len(list(matches))
    return found


def test_all_new_gives_every_pair_once():
    ids, vectors = crowd(60)
    matches = list(near_matches(ids, vectors, [], vectors[:0], FLOOR, Control(), block=7))
    assert len(matches) > 50
    assert all(m.a < m.b and m.tier is Tier.SIMILAR and m.evidence is None for m in matches)
    expected = by_hand(ids, vectors)
    found = as_dict(matches)
    assert found.keys() == expected.keys()
    assert all(found[pair] == pytest.approx(expected[pair], abs=1.01e-4) for pair in expected)


@pytest.mark.parametrize("listed", [True, False])
def test_new_against_known_leaves_out_pairs_of_known(listed):
    ids, vectors = crowd(50)
    new = ids[40:]
    all_ids, all_vectors = (ids, vectors) if listed else (ids[:40], vectors[:40])
    found = as_dict(
        list(near_matches(new, vectors[40:], all_ids, all_vectors, FLOOR, Control(), block=9))
    )
    expected = {p: v for p, v in by_hand(ids, vectors).items() if set(p) & set(new)}
    assert found == expected
    assert 0 < len(found) < len(by_hand(ids, vectors))


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.integers(1, 50), st.integers(0, 10**6), st.data())
def test_arrival_and_blocks_do_not_change_the_answer(count, block, seed, data):
    ids, vectors = crowd(count, seed)
    whole = VectorTable(block=1024).match_new(ids, vectors, FLOOR, Control())
    order = data.draw(st.permutations(range(count)))
    cut = data.draw(st.integers(0, count))
    table = VectorTable(block=block)
    found = []
    for part in (order[:cut], order[cut:]):
        found += table.match_new([ids[i] for i in part], vectors[part], FLOOR, Control())
    assert sorted(found, key=lambda m: (m.a, m.b)) == whole


def test_leftovers_in_the_middle_of_the_table_are_matched_with_all():
    ids, vectors = crowd(50)
    table = VectorTable(block=11)
    table.extend(ids, vectors)
    asked = [ids[3], ids[20], ids[21]]
    found = as_dict(table.match(asked, FLOOR, Control()))
    assert found == {p: v for p, v in by_hand(ids, vectors).items() if set(p) & set(asked)}


def test_contents_that_are_already_there_are_left_out():
    ids, vectors = crowd(30)
    table = VectorTable()
    assert table.extend(ids[:20], vectors[:20]) == 20
    assert table.extend(ids, vectors) == 10
    assert len(table) == 30
    assert ids[29] in table
    np.testing.assert_array_equal(table.vectors, vectors)


def test_table_grows_past_its_room():
    ids, vectors = crowd(3000)
    table = VectorTable(16)
    for start in range(0, 3000, 37):
        table.extend(ids[start : start + 37], vectors[start : start + 37])
    np.testing.assert_array_equal(table.vectors, vectors)


def test_shapes_that_do_not_fit_are_refused():
    ids, vectors = crowd(4)
    table = VectorTable()
    with pytest.raises(ValueError, match="4 ids"):
        table.extend(ids, vectors[:3])
    table.extend(ids[:2], vectors[:2])
    with pytest.raises(ValueError, match="8 dimensions"):
        table.extend(ids[2:], vectors[2:, :8])


def test_similarity_is_rounded_before_it_meets_the_floor():
    one = np.array([[1, 0]], np.float32)
    other = np.array([[0.69996, (1 - 0.69996**2) ** 0.5]], np.float32)
    ids = [ContentId("a"), ContentId("b")]
    matches = VectorTable().match_new(ids, np.concatenate([one, other]), 0.70, Control())
    assert [m.similarity for m in matches] == [0.7]
    assert similarities(one, other).dtype == np.float64


def test_a_cancelled_job_stops_between_blocks():
    ids, vectors = crowd(40)
    control = Control()
    stream = near_matches(ids, vectors, [], vectors[:0], -1.0, control, block=8)
    next(stream)
    control.cancel()
    with pytest.raises(Cancelled):
        list(stream)


def test_nothing_new_is_no_work():
    ids, vectors = crowd(5)
    assert list(near_matches([], vectors[:0], ids, vectors, FLOOR, Control())) == []


def test_a_framed_photo_is_as_near_as_the_nearer_of_its_descriptors():
    vectors = np.eye(4, dtype=np.float32)
    table = VectorTable()
    ids = [ContentId(letter * 64) for letter in "abc"]
    table.extend(ids, vectors[:3])
    table.extend_inner([ids[2]], vectors[:1])
    assert as_dict(table.match([ids[2]], FLOOR, Control())) == {(ids[0], ids[2]): 1.0}
    assert as_dict(table.match([ids[0]], FLOOR, Control())) == {(ids[0], ids[2]): 1.0}
    assert as_dict(table.match(ids, FLOOR, Control())) == {(ids[0], ids[2]): 1.0}


def test_a_frame_does_not_pair_a_photo_with_itself_and_gives_each_pair_once():
    near = np.array([[1, 0], [0.8, 0.6], [0.96, 0.28]], np.float32)
    table = VectorTable()
    ids = [ContentId(letter * 64) for letter in "ab"]
    table.extend(ids, near[:2])
    table.extend_inner([ids[1]], near[2:])
    table.extend_inner([ids[1]], near[2:])
    assert as_dict(table.match(ids, FLOOR, Control())) == {(ids[0], ids[1]): 0.96}
    with pytest.raises(KeyError):
        table.extend_inner([ContentId("c" * 64)], near[2:])
