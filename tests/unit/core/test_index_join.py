"""Matching by an index: what it nominates is computed again, new contents are compared exactly."""

from __future__ import annotations

import numpy as np
import pytest

from albumdedup.core import index_join
from albumdedup.core.control import Control
from albumdedup.core.errors import Cancelled
from albumdedup.core.index_join import IndexTable
from albumdedup.core.matching import FLOOR, VectorTable
from albumdedup.core.types import ContentId
from albumdedup.evaluation.bench.synthetic import whole

COUNT, OLD = 900, 700


class Index:
    """An index of some contents: exact, or with what it thinks off by ``error``."""

    def __init__(self, ids, vectors, error=0.0):
        self.ids, self.vectors, self.error = ids, vectors, error
        self.row = {content: row for row, content in enumerate(ids)}
        self.there = set(ids)
        self.questions = []

    def read(self, wanted):
        ids = sorted(content for content in set(wanted) if content in self.row)
        return ids, self.vectors[[self.row[content] for content in ids]]

    def nominate(self, vectors, top):
        self.questions.append(len(vectors))
        found = []
        for values in vectors @ self.vectors.T + self.error:
            best = [row for row in np.argsort(-values) if self.ids[row] in self.there][:top]
            found.append([(self.ids[row], float(values[row])) for row in best])
        return found


@pytest.fixture(scope="module")
def library():
    return whole(COUNT, seed=4, timelapse=300)


def told(change):
    return {(m.a, m.b): m.similarity for m in change.found.matches()}


def exact(library, inner=None):
    ids, vectors = library
    table = VectorTable()
    table.extend(ids[:OLD], vectors[:OLD])
    if inner:
        table.extend_inner(*inner[0])
    known = table.match(ids[:OLD], FLOOR, Control()).found
    table.extend(ids[OLD:], vectors[OLD:])
    if inner:
        table.extend_inner(*inner[1])
    return known, table


def by_index(library, index, known, inner=None):
    ids, _vectors = library
    table = IndexTable(index.read, index.nominate)
    assert table.extend(ids[:OLD]) == OLD
    if inner:
        table.extend_inner(*inner[0])
    table.know(known, Control())
    assert table.extend(ids) == COUNT - OLD
    if inner:
        table.extend_inner(*inner[1])
    return table


def test_with_an_index_that_misses_nothing_pairs_are_those_of_the_exact_join(library, monkeypatch):
    monkeypatch.setattr(index_join, "TOP", COUNT)
    known, whole_table = exact(library)
    index = Index(*library, error=-0.04)
    table = by_index(library, index, known)
    new = library[0][OLD:]
    expected = told(whole_table.match(new, FLOOR, Control()))
    assert told(table.match(new, FLOOR, Control())) == expected
    assert len(expected) > 200
    pairs = {(m.a, m.b) for m in table.pairs().matches()}
    assert pairs == {(m.a, m.b) for m in whole_table.pairs().matches()}


def test_photos_inside_frames_are_compared_too(library, monkeypatch):
    monkeypatch.setattr(index_join, "TOP", COUNT)
    ids, vectors = library
    chance = np.random.default_rng(1)
    rows = chance.permutation(COUNT)[:40]
    inner = (
        ([ids[3], ids[90]], vectors[rows[:2]]),
        ([ids[OLD + 2], ids[OLD + 9]], vectors[rows[2:4]]),
    )
    known, whole_table = exact(library, inner)
    table = by_index(library, Index(*library), known, inner)
    new = ids[OLD:]
    expected = told(whole_table.match(new, FLOOR, Control()))
    assert told(table.match(new, FLOOR, Control())) == expected
    assert told(exact(library)[1].match(new, FLOOR, Control())) != expected


def test_new_contents_find_each_other_where_the_store_has_none_of_them(library):
    index = Index(*library)
    index.there = set()
    table = by_index(library, index, exact(library)[0])
    ids, vectors = library
    alone = VectorTable()
    alone.extend(ids[OLD:], vectors[OLD:])
    expected = told(alone.match(ids[OLD:], FLOOR, Control()))
    found = told(table.match(ids[OLD:], FLOOR, Control()))
    assert len(found) > 20
    assert found.keys() <= expected.keys()  # of a crowd, those that known anchors displace are left


def test_a_new_frame_of_a_crowd_has_the_anchors_that_hold_it_together(monkeypatch):
    """Though the index names only the nearest, of which most are no anchors."""
    monkeypatch.setattr(index_join, "TOP", 12)
    chance = np.random.default_rng(2)
    vectors = chance.normal(size=(1, 64)) + 0.04 * chance.normal(size=(301, 64))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    ids = [ContentId(f"{number:064x}") for number in chance.permutation(301)]
    table = VectorTable()
    table.extend(ids[:300], vectors[:300])
    known = table.match(ids[:300], FLOOR, Control()).found
    index = Index(ids, vectors)
    by = IndexTable(index.read, index.nominate)
    by.extend(ids[:300])
    by.know(known, Control())
    by.extend(ids[300:])
    tied = {a if b == ids[300] else b for a, b in told(by.match(ids[300:], FLOOR, Control()))}
    nearest = {content for content, _value in index.nominate(vectors[300:], 12)[0]}
    anchors = set(sorted(ids[:300])[:8])
    assert anchors <= tied
    assert not anchors <= nearest


def test_contents_that_only_the_store_knows_are_passed_over(library):
    ids, vectors = library
    index = Index(ids, vectors)
    table = IndexTable(index.read, index.nominate)
    table.extend(ids[:10])
    assert all(
        m.a in ids[:10] and m.b in ids[:10]
        for m in table.match(ids[:10], -1.0, Control()).found.matches()
    )


def test_a_cancel_is_met_between_questions_and_changes_nothing(library):
    index, control = Index(*library), Control()
    known, _whole = exact(library)
    table = by_index(library, index, known)
    ask = index.nominate

    def stopping(vectors, top):
        control.cancel()
        return ask(vectors, top)

    table._nominate = stopping
    with pytest.raises(Cancelled):
        table.match(library[0][OLD:], FLOOR, control)
    assert index.questions == [index_join.ASKED_AT_ONCE]
    assert len(table.pairs()) == len(known)


def test_nothing_new_asks_nothing(library):
    index = Index(*library)
    table = IndexTable(index.read, index.nominate)
    assert len(table.match([], FLOOR, Control()).found) == 0
    assert index.questions == []
