"""A step of the similarity slider: in a simulated library of so many pairs, and in a made one as
its catalog tells it."""

from __future__ import annotations

import statistics
import tempfile
from functools import partial
from pathlib import Path

from albumdedup.assembly import build, thread_executor
from albumdedup.core.grouping import Grouper
from albumdedup.core.paths import AppPaths
from albumdedup.core.settings import Settings
from albumdedup.core.types import Snapshot, View
from albumdedup.evaluation.bench.figures import Benchmark, Run, Shape, Unit, figures, timed
from albumdedup.evaluation.bench.library import fill_catalog
from albumdedup.evaluation.bench.simulated import simulated_snapshot
from albumdedup.ml.registry import SPECS

_MADE = "made library: "
_SHAPES = (
    Shape("look at each pair"),
    Shape("first grouping", baseline="look at each pair"),
    Shape("regroup", baseline="look at each pair"),
    Shape("slowest regroup", baseline="look at each pair"),
    Shape("groups", Unit.COUNT),
)
SHAPES = (
    *_SHAPES,
    Shape(f"{_MADE}read the catalog"),
    *(
        Shape(_MADE + shape.name, shape.unit, shape.baseline and _MADE + shape.baseline)
        for shape in _SHAPES
    ),
)
POSITIONS = tuple(0.99 - step * 0.012 for step in range(20))
"""Where the slider is put."""

TIMELAPSE_FRAMES = 500


def bench_regroup(
    photos: int,
    settings: Settings,
    runs: int = 3,
    *,
    pairs: int | None = None,
    seed: int = 1,
    timelapse: int = TIMELAPSE_FRAMES,
) -> Benchmark:
    """Regroup at twenty positions of the slider. The bare work is to look at each pair once."""
    simulated = simulated_snapshot(photos, pairs if pairs is not None else photos * 2 // 5, seed)
    found: list[Run] = []
    with tempfile.TemporaryDirectory() as place:
        paths = AppPaths(Path(place))
        made_pairs = fill_catalog(
            paths, photos, SPECS[settings.extractor], seed, timelapse=timelapse
        )
        executor = thread_executor(settings)
        library = build(paths, settings, executor).library
        try:
            for _ in range(runs):
                seconds, snapshot = timed(library.snapshot)
                made = {_MADE + name: value for name, value in _slide(snapshot).items()}
                found.append({**_slide(simulated), f"{_MADE}read the catalog": seconds, **made})
        finally:
            library.close()
            executor.close()
    facts = {"photos": photos, "pairs": len(simulated.matches), "made pairs": made_pairs}
    return Benchmark("regroup", facts, figures(SHAPES, found))


def _slide(snapshot: Snapshot) -> Run:
    looks, times, groups = [], [], 0
    grouper = Grouper(snapshot)
    first, _groups = timed(partial(grouper.group, View()))
    for position in POSITIONS:
        looks.append(timed(partial(_look, snapshot, position))[0])
        seconds, found = timed(partial(grouper.group, View(similarity=position)))
        times.append(seconds)
        groups = len(found)
    return {
        "look at each pair": statistics.median(looks),
        "first grouping": first,
        "regroup": statistics.median(times),
        "slowest regroup": max(times),
        "groups": groups,
    }


def _look(snapshot: Snapshot, similarity: float) -> int:
    return sum(1 for match in snapshot.matches if match.similarity >= similarity)
