"""Of a crowd of near-equal photos each keeps a few neighbours, the same in any order of arrival."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from albumdedup.core import closest, join, shelves
from albumdedup.core.control import Control
from albumdedup.core.errors import Cancelled
from albumdedup.core.grouping import group
from albumdedup.core.matching import FLOOR, SHOWN_FLOOR, VERIFY_FLOOR, VectorTable
from albumdedup.core.pairs import NeighbourPairs, steps_of
from albumdedup.core.shelves import BANDS
from albumdedup.core.types import (
    ContentId,
    FileIdentity,
    Photo,
    PhotoMetadata,
    Snapshot,
    Stamp,
    View,
)


def lapse(count, seed=1, spread=0.25):
    """Frames of one view: every pair lies far above the floor, over several bands."""
    rng = np.random.default_rng(seed)
    width = spread * rng.random((count, 1))
    vectors = rng.normal(size=(1, 24)) + width * rng.normal(size=(count, 24))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    digits = rng.permutation(count)
    return [ContentId(f"{digit:064x}") for digit in digits], vectors


def frame(number, content):
    stamp = Stamp(1000, 10**18 + number, FileIdentity(1, number + 1))
    path = f"/lapse/{number:04}.jpg"
    return Photo(number, path, stamp, content, 400, 300, "JPEG", None, PhotoMetadata())


def pairs_of(table):
    return {(match.a, match.b): match.similarity for match in table.pairs().matches()}


def by_the_rule(ids, vectors):
    """Pair by pair and list by list, as the module's words say it."""
    table = VectorTable()
    table.extend(ids, vectors)
    all_pairs = [
        (ids[i], ids[j], steps)
        for near in table.stream(ids, FLOOR, Control())
        for i, j, steps in zip(
            near.late.tolist(), near.early.tolist(), near.steps.tolist(), strict=True
        )
    ]
    kept = {}
    for band, above in zip(BANDS, (*BANDS[1:], None), strict=True):
        ceiling = 10_001 if above is None else above.floor
        neighbours: dict[str, list[tuple[int, str]]] = {}
        for one, other, steps in all_pairs:
            if band.floor <= steps < ceiling:
                neighbours.setdefault(one, []).append((-steps, other))
                neighbours.setdefault(other, []).append((-steps, one))
        for one, found in neighbours.items():
            nearest = sorted(found)[: band.nearest]
            anchors = sorted(found, key=lambda near: near[1])[: band.anchors]
            for unlike, other in (*nearest, *anchors):
                kept[min(one, other), max(one, other)] = -unlike / 10_000
    return kept, len(all_pairs)


def test_bands_begin_where_the_program_asks_other_questions():
    floors = [band.floor for band in BANDS]
    assert floors == sorted(floors)
    assert steps_of(SHOWN_FLOOR) in floors
    assert steps_of(VERIFY_FLOOR) in floors


def test_who_has_few_neighbours_keeps_them_all():
    ids, vectors = lapse(41, spread=0.1)
    kept, count = by_the_rule(ids, vectors)
    assert len(kept) == count == 41 * 40 / 2


@settings(max_examples=15, deadline=None)
@given(st.integers(90, 180), st.integers(0, 10**6), st.data())
def test_the_same_pairs_stay_in_any_order_of_arrival(count, seed, data):
    ids, vectors = lapse(count, seed)
    expected, all_of_them = by_the_rule(ids, vectors)
    assert len(expected) < all_of_them
    order = data.draw(st.permutations(range(count)))
    cuts = sorted(data.draw(st.lists(st.integers(0, count), max_size=4)))
    table, told = VectorTable(block=16), {}
    for start, end in zip([0, *cuts], [*cuts, count], strict=True):
        part = [ids[place] for place in order[start:end]]
        table.extend(part, vectors[order[start:end]])
        change = table.match(part, FLOOR, Control())
        for match in change.dropped.matches():
            assert told.pop((match.a, match.b)) == match.similarity
        told.update({(match.a, match.b): match.similarity for match in change.found.matches()})
    assert told == pairs_of(table) == expected


def test_portions_that_are_dropped_on_the_way_change_nothing(monkeypatch):
    ids, vectors = lapse(400)
    monkeypatch.setattr(closest, "_SORTED_AT", 300)
    monkeypatch.setattr(closest, "_FOLDED_AT", 500)
    table = VectorTable(block=8)
    table.extend(ids, vectors)
    table.match(ids, FLOOR, Control())
    assert pairs_of(table) == by_the_rule(ids, vectors)[0]


def test_a_table_that_knows_what_was_found_before_goes_on_from_there():
    ids, vectors = lapse(150)
    first = VectorTable()
    first.extend(ids[:100], vectors[:100])
    stored = first.match(ids[:100], FLOOR, Control()).found
    again = VectorTable()
    again.extend(ids[:100][::-1], vectors[:100][::-1])
    again.know(stored, Control())
    again.extend(ids[100:], vectors[100:])
    again.match(ids[100:], FLOOR, Control())
    assert pairs_of(again) == by_the_rule(ids, vectors)[0]


def test_pairs_of_a_time_lapse_grow_with_its_frames_and_not_with_their_square():
    counts = []
    for frames in (300, 600):
        ids, vectors = lapse(frames, spread=0.05)
        counts.append(len(by_the_rule(ids, vectors)[0]))
    assert counts[1] < 2.2 * counts[0] < frames * 48 * 2.2


@pytest.mark.parametrize("frames", [60, 500])
def test_a_crowd_is_one_group(frames):
    """Its anchors tie all of it, though most of its pairs are not kept."""
    ids, vectors = lapse(frames, spread=0.02)
    table = VectorTable()
    table.extend(ids, vectors)
    matches = table.match(ids, FLOOR, Control()).found.matches()
    photos = tuple(frame(number, content) for number, content in enumerate(ids))
    groups = group(Snapshot(photos, tuple(matches)), View(similarity=0.9))
    assert [len(one.members) + one.left_out for one in groups] == [frames]


class Counting(Control):
    """How much is done between two checkpoints, in pairs that are handled."""

    def __init__(self):
        super().__init__()
        self.since, self.steps = 0, []

    def checkpoint(self):
        self.steps.append(self.since)
        self.since = 0
        super().checkpoint()


def test_work_between_two_checkpoints_is_bounded_in_a_crowd(monkeypatch):
    """The time to a cancel: none of these steps takes a tenth of a second."""
    control = Counting()

    def counted(module, name, size):
        real = getattr(module, name)

        def counting(*args):
            control.since += size(*args)
            return real(*args)

        monkeypatch.setattr(module, name, counting)

    counted(join, "_placed", lambda places, *_: len(places))
    counted(join, "similarities", lambda ones, _others: len(ones))
    counted(closest, "by_shelf", len)
    counted(
        closest, "folded", lambda shelf, more, *_: len(shelf.keys) + sum(len(m.keys) for m in more)
    )
    ids, vectors = lapse(2600, spread=0.02)
    table = VectorTable()
    table.extend(ids, vectors)
    change = table.match(ids, FLOOR, control)
    assert len(change.found) > 50_000
    assert sum(control.steps) > 6_000_000
    assert max(control.steps) < 500_000


def test_a_cancel_while_pairs_are_folded_changes_nothing(monkeypatch):
    ids, vectors = lapse(300)
    table = VectorTable()
    table.extend(ids[:200], vectors[:200])
    table.match(ids[:200], FLOOR, Control())
    before = pairs_of(table)
    control = Control()
    real = closest.folded

    def stopped(*args):
        control.cancel()
        return real(*args)

    table.extend(ids[200:], vectors[200:])
    with monkeypatch.context() as patch:
        patch.setattr(closest, "folded", stopped)
        with pytest.raises(Cancelled):
            table.match(ids[200:], FLOOR, control)
    assert pairs_of(table) == before
    table.match(ids[200:], FLOOR, Control())
    assert pairs_of(table) == by_the_rule(ids, vectors)[0]


def test_what_is_stored_though_no_photo_keeps_it_is_dropped_by_the_next_change():
    ids, vectors = lapse(200)
    whole = VectorTable()
    whole.extend(ids, vectors)
    every = list(whole.stream(ids, FLOOR, Control()))
    columns = [np.concatenate(column) for column in zip(*every, strict=True)]
    late, early, steps = columns
    stored = NeighbourPairs(ids, np.minimum(late, early), np.maximum(late, early), steps)
    table = VectorTable()
    table.extend(ids, vectors)
    table.know(stored, Control())
    kept, count = by_the_rule(ids, vectors)
    assert pairs_of(table) == kept
    change = table.match([], FLOOR, Control())
    assert len(change.found) == 0
    assert len(change.dropped) == count - len(kept) > 0
    told = {(match.a, match.b) for match in change.dropped.matches()}
    assert not told & kept.keys()
    assert len(table.match([], FLOOR, Control()).dropped) == 0


def test_shelves_are_looked_through_beyond_the_first(monkeypatch):
    """Photos of different shelves are one another's neighbours like those of one."""
    monkeypatch.setattr(shelves, "_BITS", 4)
    monkeypatch.setattr(shelves, "PHOTOS", 16)
    monkeypatch.setattr(closest, "PHOTOS", 16)
    ids, vectors = lapse(150)
    table = VectorTable()
    for start in range(0, 150, 50):
        table.extend(ids[start : start + 50], vectors[start : start + 50])
        table.match(ids[start : start + 50], FLOOR, Control())
    assert pairs_of(table) == by_the_rule(ids, vectors)[0]


def test_ids_that_begin_alike_are_ordered_by_the_rest():
    names = shelves.Names()
    ids = [ContentId(text) for text in ("b" * 64, "a" * 63 + "c", "a" * 63 + "b", "0" * 64)]
    names.follow(ids, Control())
    assert names.ranks(np.array([1, 2, 1, 0, 3], np.int32)).tolist() == [2, 1, 2, 3, 0]
