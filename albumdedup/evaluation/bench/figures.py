"""What a benchmark gives: medians over runs, and ratios of things that one run measured."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")

Run = Mapping[str, float]
"""What one run measured, by name."""


class Unit(StrEnum):
    SECONDS = "seconds"
    PER_SECOND = "per second"
    BYTES = "bytes"
    COUNT = "count"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Shape:
    """One thing that every run of a benchmark measures, and the thing it is set beside."""

    name: str
    unit: Unit = Unit.SECONDS
    baseline: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing as the runs measured it. ``ratio`` is the median over runs of this divided by
    the baseline *of the same run*; None where there is none."""

    name: str
    unit: Unit
    values: tuple[float, ...]
    baseline: str = ""
    ratio: float | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.values)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """``facts`` say of what the figures are: counts, bytes, threads, names. ``missing`` names what
    could not be measured here: a peer that is not installed, memory that the platform does not
    tell."""

    what: str
    facts: Mapping[str, int | str]
    figures: tuple[Figure, ...]
    missing: tuple[str, ...] = ()

    def figure(self, name: str) -> Figure:
        """Raises KeyError where the benchmark did not measure it."""
        for figure in self.figures:
            if figure.name == name:
                return figure
        raise KeyError(name)

    def as_json(self) -> dict[str, object]:
        return {
            "bench": self.what,
            "facts": dict(self.facts),
            "figures": [
                {
                    "name": figure.name,
                    "unit": figure.unit.value,
                    "median": figure.median,
                    "values": list(figure.values),
                    "baseline": figure.baseline or None,
                    "ratio": figure.ratio,
                }
                for figure in self.figures
            ],
            "missing": list(self.missing),
        }


def figures(shapes: Sequence[Shape], runs: Sequence[Run]) -> tuple[Figure, ...]:
    """The runs, thing by thing; what was not measured in every run is left out."""
    found = []
    for shape in shapes:
        if not runs or not all(shape.name in run for run in runs):
            continue
        values = tuple(float(run[shape.name]) for run in runs)
        pairs = [
            run[shape.name] / run[shape.baseline] for run in runs if run.get(shape.baseline, 0) > 0
        ]
        whole = bool(shape.baseline) and len(pairs) == len(runs)
        ratio = statistics.median(pairs) if whole else None
        baseline = shape.baseline if whole else ""
        found.append(Figure(shape.name, shape.unit, values, baseline, ratio))
    return tuple(found)


def timed(do: Callable[[], T]) -> tuple[float, T]:
    """Seconds that a call took, and what it gave."""
    started = time.perf_counter()
    given = do()
    return time.perf_counter() - started, given


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(round(share * len(ordered), 6)) - 1)]
