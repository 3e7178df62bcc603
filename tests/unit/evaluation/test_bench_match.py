"""What the measurement of matching counts is what there is."""

from __future__ import annotations

import numpy as np
import pytest

from albumdedup.core.matching import FLOOR
from albumdedup.evaluation.bench.match import SHAPES, Case, bench_match, measure
from albumdedup.evaluation.bench.store import bare_search
from albumdedup.evaluation.bench.synthetic import whole

CASE = Case(photos=900, new=60, seed=2, dim=128, timelapse=20)


def test_pairs_are_those_of_the_whole_product():
    run = measure(CASE)
    _ids, vectors = whole(960, 2, timelapse=20)
    near = np.round(vectors.astype(np.float64) @ vectors.T.astype(np.float64), 4) >= FLOOR
    upper = np.triu(near, 1)
    assert run["pairs among all"] == upper[:900, :900].sum()
    assert run["pairs of the new"] == upper.sum() - upper[:900, :900].sum()
    assert run["the descriptors"] == vectors.nbytes
    assert set(run) <= {shape.name for shape in SHAPES}


def test_a_run_in_a_process_of_its_own_tells_its_memory():
    benchmark = bench_match(500, 1, new=20, timelapse=10)
    assert benchmark.facts == {"photos": 500, "new": 20, "dimensions": 128}
    if not benchmark.missing:
        assert benchmark.figure("memory at most").median > 500 * 128 * 4
    (all_pairs,) = benchmark.figure("all pairs").values
    (bare,) = benchmark.figure("bare product of all pairs").values
    assert benchmark.figure("all pairs").ratio == pytest.approx(all_pairs / bare)


def test_the_bare_search_finds_the_best_in_order():
    _ids, vectors = whole(200, 1)
    values = vectors @ vectors[17]
    assert bare_search(vectors, vectors[17], 10) == np.argsort(-values)[:10].tolist()
    assert len(bare_search(vectors[:4], vectors[17], 10)) == 4
