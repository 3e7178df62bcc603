"""Made libraries: the same for the same seed, as alike as real ones, with what was planted."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

import numpy as np
import pytest
from fakes import MemoryVectorStore

from albumdedup.core.control import Control
from albumdedup.core.grouping import Grouper
from albumdedup.core.matching import FLOOR, VectorTable
from albumdedup.core.paths import AppPaths
from albumdedup.core.types import Snapshot, View
from albumdedup.evaluation.bench.library import ROOT, fill_catalog
from albumdedup.evaluation.bench.simulated import simulated_snapshot
from albumdedup.evaluation.bench.synthetic import (
    ALONE,
    BLOCK,
    TIMELAPSE_LABEL,
    Kind,
    blocks,
    unrelated,
    whole,
)
from albumdedup.ml.registry import SPECS
from albumdedup.store.catalog import open_catalog
from albumdedup.store.reconcile import needs_repair
from albumdedup.store.vector_index import collection_name


@pytest.fixture(scope="module")
def two_blocks():
    return list(blocks(2 * BLOCK, seed=3))


def members(found, kind):
    """Label → vectors of the planted groups of a kind."""
    groups = defaultdict(list)
    for block in found:
        for label, of, vector in zip(block.labels, block.kinds, block.vectors, strict=True):
            if of == kind:
                groups[int(label)].append(vector)
    return groups


def test_the_same_seed_makes_the_same_library_and_another_one_another():
    ids, vectors = whole(300, seed=5)
    again_ids, again = whole(300, seed=5)
    assert ids == again_ids
    assert np.array_equal(vectors, again)
    other_ids, other = whole(300, seed=6)
    assert not set(ids) & set(other_ids)
    assert not np.allclose(vectors, other)


def test_a_larger_library_begins_with_the_smaller_one(two_blocks):
    ids, vectors = whole(BLOCK + 10, seed=3)
    assert ids == [*two_blocks[0].ids, *two_blocks[1].ids[:10]]
    assert np.array_equal(vectors[BLOCK:], two_blocks[1].vectors[:10])


def test_rows_have_norm_one_and_their_ids_are_distinct(two_blocks):
    for block in two_blocks:
        assert block.vectors.dtype == np.float32
        assert np.allclose(np.linalg.norm(block.vectors, axis=1), 1, atol=1e-5)
    assert len({content for block in two_blocks for content in block.ids}) == 2 * BLOCK


def test_unrelated_photos_are_as_alike_as_real_ones(two_blocks):
    alone = two_blocks[0].vectors[two_blocks[0].kinds == Kind.ALONE]
    cosines = (alone @ alone.T)[np.triu_indices(len(alone), 1)]
    assert cosines.mean() == pytest.approx(0.02, abs=0.01)
    assert cosines.std() == pytest.approx(0.137, abs=0.01)
    assert 0.5e-4 < (cosines >= FLOOR).mean() < 4e-4


def test_copies_bursts_and_the_timelapse_are_planted(two_blocks):
    copies = [len(group) for group in members(two_blocks, Kind.COPY).values()]
    assert min(copies) >= 2
    assert sorted(copies)[len(copies) // 2] in (3, 4)
    for kind, least, most in ((Kind.COPY, 0.90, 0.9999), (Kind.BURST, 0.45, 0.97)):
        for group in members(two_blocks, kind).values():
            values = [float(one @ other) for one, other in combinations(group, 2)]
            assert all(least < value < most for value in values)
    (frames,) = members(two_blocks, Kind.FRAME).values()
    assert len(frames) == 82
    assert (np.stack(frames) @ np.stack(frames).T).min() > 0.96


def test_some_copies_are_of_photos_that_came_before(two_blocks):
    labels = [set(block.labels[block.kinds == Kind.COPY].tolist()) for block in two_blocks]
    assert len(labels[0] & labels[1]) == 64


def test_the_timelapse_is_no_longer_than_told():
    found = list(blocks(2 * BLOCK, timelapse=50))
    assert sum(int((block.labels == TIMELAPSE_LABEL).sum()) for block in found) == 50


def test_one_unrelated_descriptor():
    assert unrelated(7).shape == (128,)
    assert np.array_equal(unrelated(7), unrelated(7))
    assert abs(float(unrelated(7) @ unrelated(8))) < FLOOR


@pytest.fixture
def filled(tmp_path):
    paths = AppPaths(tmp_path)
    pairs = fill_catalog(paths, 700, SPECS["album"], seed=2, timelapse=20)
    catalog, rebuilt = open_catalog(paths.catalog)
    assert not rebuilt
    yield catalog, pairs
    catalog.close()


def test_a_made_catalog_holds_its_photos_all_compared(filled):
    catalog, _pairs = filled
    photos = catalog.photos()
    assert len(photos) == 700
    assert len({photo.path for photo in photos}) == 700
    assert all(photo.path.startswith(ROOT) and photo.taken for photo in photos)
    assert catalog.roots() == [ROOT]
    assert catalog.unmatched_contents() == catalog.pending_contents() == []
    ids, vectors = catalog.vectors()
    made_ids, made = whole(700, seed=2, timelapse=20)
    order = np.argsort(made_ids)
    assert ids == [made_ids[row] for row in order]
    assert np.array_equal(vectors, made[order])


def test_a_made_catalog_needs_no_repair(tmp_path):
    store = MemoryVectorStore()
    fill_catalog(AppPaths(tmp_path), 50, SPECS["album"], store=store)
    catalog, _rebuilt = open_catalog(AppPaths(tmp_path).catalog)
    try:
        assert not needs_repair(catalog, collection_name(SPECS["album"]))
        assert store.count() == 50
    finally:
        catalog.close()


def test_its_pairs_are_those_that_matching_finds_within_what_was_planted(filled):
    catalog, pairs = filled
    ids, vectors = whole(700, seed=2, timelapse=20)
    (block,) = blocks(700, seed=2, timelapse=20)
    label = dict(zip(ids, block.labels.tolist(), strict=True))
    table = VectorTable(128)
    table.extend(ids, vectors)
    found = {
        (match.a, match.b): match.similarity
        for match in table.match(ids, FLOOR, Control()).found.matches()
        if label[match.a] == label[match.b] != ALONE
    }
    assert {(m.a, m.b): m.similarity for m in catalog.matches()} == found
    assert pairs == len(found) > 100


def test_its_copies_are_grouped(filled):
    catalog, _pairs = filled
    snapshot = Snapshot(tuple(catalog.photos()), tuple(catalog.matches()))
    assert Grouper(snapshot).group(View())


def test_a_simulated_library_is_the_same_again():
    one, two = simulated_snapshot(200, 80), simulated_snapshot(200, 80)
    assert one == two
    assert len(one.photos) == 200
    assert 60 < len(one.matches) <= 80
