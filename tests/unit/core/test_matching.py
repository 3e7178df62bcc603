"""Neighbour pairs: exact, once each, whatever the blocks and the order of arrival."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from albumdedup.core.control import Control
from albumdedup.core.errors import Cancelled
from albumdedup.core.join import similarities
from albumdedup.core.matching import VectorTable
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


def matched(table, ids, floor=FLOOR, control=None):
    """What a table finds of these contents, one by one."""
    return table.match(ids, floor, control or Control()).found.matches()


def whole_table(ids, vectors, block=1024):
    table = VectorTable(block=block)
    table.extend(ids, vectors)
    return table


def test_all_new_gives_every_pair_once():
    ids, vectors = crowd(60)
    matches = matched(whole_table(ids, vectors, block=3), ids)
    assert len(matches) > 50
    assert all(m.a < m.b and m.tier is Tier.SIMILAR and m.evidence is None for m in matches)
    expected = by_hand(ids, vectors)
    found = as_dict(matches)
    assert found.keys() == expected.keys()
    assert all(found[pair] == pytest.approx(expected[pair], abs=1.01e-4) for pair in expected)


def test_new_against_known_leaves_out_pairs_of_known():
    ids, vectors = crowd(50)
    found = as_dict(matched(whole_table(ids, vectors, block=4), ids[40:]))
    expected = {p: v for p, v in by_hand(ids, vectors).items() if set(p) & set(ids[40:])}
    assert found == expected
    assert 0 < len(found) < len(by_hand(ids, vectors))


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.integers(1, 50), st.integers(0, 10**6), st.data())
def test_arrival_and_blocks_do_not_change_the_answer(count, block, seed, data):
    ids, vectors = crowd(count, seed)
    whole = matched(whole_table(ids, vectors), ids)
    order = data.draw(st.permutations(range(count)))
    cut = data.draw(st.integers(0, count))
    table = VectorTable(block=block)
    found = []
    for part in (order[:cut], order[cut:]):
        table.extend([ids[i] for i in part], vectors[part])
        found += matched(table, [ids[i] for i in part])
    assert sorted(found, key=lambda m: (m.a, m.b)) == whole


def test_leftovers_in_the_middle_of_the_table_are_matched_with_all():
    ids, vectors = crowd(50)
    table = VectorTable(block=11)
    table.extend(ids, vectors)
    asked = [ids[3], ids[20], ids[21]]
    found = as_dict(matched(table, asked))
    assert found == {p: v for p, v in by_hand(ids, vectors).items() if set(p) & set(asked)}


def test_contents_that_are_already_there_are_left_out():
    ids, vectors = crowd(30)
    table = VectorTable()
    assert table.extend(ids[:20], vectors[:20]) == 20
    assert table.extend(ids, vectors) == 10
    assert len(table) == 30
    assert ids[29] in table
    assert as_dict(matched(table, ids)) == by_hand(ids, vectors)


def test_table_grows_past_its_room():
    ids, vectors = crowd(3000)
    table = VectorTable(16)
    for start in range(0, 3000, 37):
        table.extend(ids[start : start + 37], vectors[start : start + 37])
    last = ids[-1:]
    whole = whole_table(ids, vectors)
    assert matched(table, last, 0.8) == matched(whole, last, 0.8) != []


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
    matches = matched(whole_table(ids, np.concatenate([one, other])), ids, 0.70)
    assert [m.similarity for m in matches] == [0.7]
    assert similarities(one, other).dtype == np.float64


def test_a_cancelled_job_stops_between_blocks_and_has_changed_nothing():
    ids, vectors = crowd(40)
    control = Control()
    table = whole_table(ids, vectors, block=4)
    stream = table.stream(ids, -1.0, control)
    next(stream)
    control.cancel()
    with pytest.raises(Cancelled):
        list(stream)
    with pytest.raises(Cancelled):
        table.match(ids, FLOOR, control)
    assert as_dict(matched(table, ids)) == by_hand(ids, vectors)


def test_nothing_new_is_no_work():
    ids, vectors = crowd(5)
    assert matched(whole_table(ids, vectors), []) == []


def framed_table():
    vectors = np.eye(4, dtype=np.float32)
    ids = [ContentId(letter * 64) for letter in "abc"]
    table = whole_table(ids, vectors[:3])
    table.extend_inner([ids[2]], vectors[:1])
    return ids, table


@pytest.mark.parametrize("asked", [[0], [2], [0, 1, 2]])
def test_a_framed_photo_is_as_near_as_the_nearer_of_its_descriptors(asked):
    ids, table = framed_table()
    found = as_dict(matched(table, [ids[number] for number in asked]))
    assert found == {(ids[0], ids[2]): 1.0}


def test_what_is_found_again_is_not_told_again():
    ids, table = framed_table()
    assert len(matched(table, [ids[2]])) == 1
    assert matched(table, [ids[0]]) == []


def test_a_frame_does_not_pair_a_photo_with_itself_and_gives_each_pair_once():
    near = np.array([[1, 0], [0.8, 0.6], [0.96, 0.28]], np.float32)
    table = VectorTable()
    ids = [ContentId(letter * 64) for letter in "ab"]
    table.extend(ids, near[:2])
    table.extend_inner([ids[1]], near[2:])
    table.extend_inner([ids[1]], near[2:])
    assert as_dict(matched(table, ids)) == {(ids[0], ids[1]): 0.96}
    with pytest.raises(KeyError):
        table.extend_inner([ContentId("c" * 64)], near[2:])
