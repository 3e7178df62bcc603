"""Medians over runs, and ratios of what one run measured."""

from __future__ import annotations

import pytest

from albumdedup.core.languages import CHINESE, speak
from albumdedup.evaluation.bench import table
from albumdedup.evaluation.bench.clean import SHAPES as CLEAN
from albumdedup.evaluation.bench.figures import (
    Benchmark,
    Shape,
    Unit,
    figures,
    percentile,
)
from albumdedup.evaluation.bench.match import SHAPES as MATCH
from albumdedup.evaluation.bench.memory import SHAPES as MEMORY
from albumdedup.evaluation.bench.regroup import SHAPES as REGROUP
from albumdedup.evaluation.bench.rescan import SHAPES as RESCAN
from albumdedup.evaluation.bench.scan import SHAPES as SCAN
from albumdedup.evaluation.bench.search import SHAPES as SEARCH
from albumdedup.evaluation.bench.serve import SHAPES as SERVE
from albumdedup.evaluation.bench.start import SHAPES as START
from albumdedup.evaluation.bench.store import SHAPES as STORE
from albumdedup.evaluation.bench.words import word

ALL = (*SCAN, *RESCAN, *REGROUP, *MATCH, *SEARCH, *STORE, *START, *MEMORY, *CLEAN, *SERVE)


def test_a_ratio_is_the_median_of_the_ratios_of_each_run():
    shapes = (Shape("bare"), Shape("scan", baseline="bare"))
    runs = [{"bare": 1.0, "scan": 2.0}, {"bare": 10.0, "scan": 11.0}, {"bare": 2.0, "scan": 6.0}]
    bare, scan = figures(shapes, runs)
    assert (bare.median, bare.ratio, bare.baseline) == (2.0, None, "")
    assert scan.values == (2.0, 11.0, 6.0)
    assert scan.ratio == 2.0  # of 2, 1.1 and 3: not 6 divided by 2


def test_what_was_not_measured_in_every_run_is_left_out():
    shapes = (Shape("bare"), Shape("scan", baseline="peer"), Shape("peer", baseline="bare"))
    found = figures(shapes, [{"bare": 1.0, "scan": 2.0, "peer": 3.0}, {"bare": 1.0, "scan": 2.0}])
    assert [figure.name for figure in found] == ["bare", "scan"]
    assert found[1].ratio is None
    assert figures(shapes, []) == ()


def test_nothing_is_divided_by_nothing():
    (_zero, one) = figures((Shape("a"), Shape("b", baseline="a")), [{"a": 0.0, "b": 1.0}])
    assert one.ratio is None


@pytest.mark.parametrize(("share", "wanted"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.001, 1)])
def test_percentiles(share, wanted):
    assert percentile(list(range(100, 0, -1)), share) == wanted


def test_one_value_is_every_percentile():
    assert percentile([7.0], 0.5) == percentile([7.0], 0.99) == 7.0


def test_every_baseline_is_measured_too():
    for shapes in (SCAN, RESCAN, REGROUP, MATCH, SEARCH, STORE, START, MEMORY, CLEAN, SERVE):
        names = [shape.name for shape in shapes]
        assert len(set(names)) == len(names)
        assert {shape.baseline for shape in shapes} - {""} <= set(names)


def test_everything_measured_has_a_name_in_chinese():
    speak(CHINESE)
    for shape in ALL:
        if shape.name != "Czkawka":
            assert word(shape.name) != shape.name


def test_the_table():
    shapes = (
        Shape("bare loop"),
        Shape("cold scan", baseline="bare loop"),
        Shape("photos: cold scan", Unit.PER_SECOND),
        Shape("size on disk", Unit.BYTES),
        Shape("recall of the first ten", Unit.SHARE),
        Shape("pairs among all", Unit.COUNT),
    )
    runs = [
        {
            "bare loop": 0.5 * factor, "cold scan": 0.75 * factor, "photos: cold scan": 120.0,
            "size on disk": 4_200_000, "recall of the first ten": 0.9975, "pairs among all": 12_345,
        }
        for factor in (1, 2)
    ]  # fmt: skip
    benchmark = Benchmark("scan", {"photos": 1200, "bytes": 5_000_000}, figures(shapes, runs), ("czkawka",))  # noqa: E501 # fmt: skip
    assert list(table.markdown(benchmark)) == [
        "scan, runs: 2 · photos: 1,200 · bytes: 5.0 MB",
        "",
        "|  | median | least to most | beside |",
        "| --- | ---: | ---: | ---: |",
        "| bare loop | 750 ms | 500 ms – 1.00 s |  |",
        "| cold scan | 1.12 s | 750 ms – 1.50 s | 1.50 × bare loop |",
        "| photos: cold scan | 120 per second | 120 per second |  |",
        "| size on disk | 4.2 MB | 4.2 MB |  |",
        "| recall of the first ten | 0.9975 | 0.9975 |  |",
        "| pairs among all | 12,345 | 12,345 |  |",
        "",
        "czkawka: could not be measured here",
    ]
    with pytest.raises(KeyError):
        benchmark.figure("warm scan")
    assert benchmark.figure("cold scan").ratio == 1.5
