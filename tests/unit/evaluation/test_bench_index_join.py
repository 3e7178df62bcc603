"""Matching by index is measured against the exact join, in a real store."""

from __future__ import annotations

import pytest

from albumdedup.evaluation.bench.index_join import bench_index_join
from albumdedup.evaluation.bench.store import EMBEDDED


def test_each_index_is_measured_against_the_exact_join():
    benchmark = bench_index_join(
        600, 1, server=EMBEDDED, new=60, timelapse=20, kinds=("HNSW", "IVF_PQ")
    )
    assert benchmark.facts["new"] == 60
    assert benchmark.figure("pairs of the new").median > 20
    assert benchmark.figure("HNSW: recall of pairs").median > 0.95
    assert benchmark.figure("HNSW: recall of pairs that are shown").median > 0.95
    beside = benchmark.figure("HNSW: new with all")
    assert beside.ratio == pytest.approx(beside.median / benchmark.figure("new with all").median)
    assert benchmark.missing == ("IVF_PQ",)  # which Milvus Lite has not
    with pytest.raises(KeyError):
        benchmark.figure("IVF_PQ: recall of pairs")
