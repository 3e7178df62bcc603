"""Finding neighbour pairs among made descriptors, beside the bare product."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import numpy as np

from albumdedup.core.control import Control
from albumdedup.core.errors import Cancelled
from albumdedup.core.matching import FLOOR, VectorTable
from albumdedup.core.types import ContentId, Descriptors
from albumdedup.evaluation.bench.figures import Benchmark, Run, Shape, Unit, figures, timed
from albumdedup.evaluation.bench.process import in_child
from albumdedup.evaluation.bench.synthetic import TIMELAPSE_FRAMES, whole

SHAPES = (
    Shape("bare product of all pairs"),
    Shape("all pairs", baseline="bare product of all pairs"),
    Shape("processor time of all pairs", baseline="all pairs"),
    Shape("bare product of new with all"),
    Shape("new with all", baseline="bare product of new with all"),
    Shape("until a cancel takes effect, median"),
    Shape("until a cancel takes effect, worst"),
    Shape("pairs among all", Unit.COUNT),
    Shape("pairs of the new", Unit.COUNT),
    Shape("the descriptors", Unit.BYTES),
    Shape("memory at most", Unit.BYTES, "the descriptors"),
)

_BLOCK = 2048

_SAMPLED = 64
"""Blocks of the bare product that are computed; the time of all is reckoned from them."""

_CANCELS = (0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95)
"""When to cancel, as shares of the time that all pairs took, …"""

_LATEST_CANCEL = 20.0
"""… but of no more than so many seconds."""


def bench_match(
    photos: int,
    runs: int = 3,
    *,
    new: int = 0,
    seed: int = 1,
    dim: int = 128,
    timelapse: int = TIMELAPSE_FRAMES,
) -> Benchmark:
    """All pairs among ``photos`` made contents, then ``new`` (default: a hundredth) more against
    them. Each run is a process of its own, so that its memory is told."""
    case = Case(photos, new or max(1, photos // 100), seed, dim, timelapse)
    found: list[Run] = []
    missing: tuple[str, ...] = ()
    for _ in range(runs):
        run, peak = in_child(measure, case)
        if peak is None:
            missing = ("memory",)
            found.append(run)
        else:
            found.append({**run, "memory at most": peak})
    facts = {"photos": photos, "new": case.new, "dimensions": dim}
    return Benchmark("match", facts, figures(SHAPES, found), missing)


@dataclass(frozen=True, slots=True)
class Case:
    """A library of so many photos, and how many more come."""

    photos: int
    new: int
    seed: int
    dim: int
    timelapse: int


def measure(case: Case) -> dict[str, float]:
    """One run, in the process that calls."""
    ids, vectors = whole(
        case.photos + case.new, case.seed, dim=case.dim, timelapse=case.timelapse
    )  # fmt: skip
    old, fresh = ids[: case.photos], ids[case.photos :]
    table = VectorTable(case.dim)
    table.extend(old, vectors[: case.photos])
    bare_new = _bare_rows(vectors[case.photos :], vectors)
    bare = _bare_triangle(vectors[: case.photos])
    worked = time.process_time()
    seconds, pairs = timed(lambda: table.match(old, FLOOR, Control()).found)
    worked = time.process_time() - worked
    run: dict[str, float] = {
        "bare product of all pairs": bare,
        "all pairs": seconds,
        "processor time of all pairs": worked,
        "pairs among all": len(pairs),
        "the descriptors": vectors.nbytes,
    }
    if waits := _cancelled(table, old, seconds):
        run["until a cancel takes effect, median"] = float(np.median(waits))
        run["until a cancel takes effect, worst"] = max(waits)
    table.extend(fresh, vectors[case.photos :])
    taken, pairs = timed(lambda: table.match(fresh, FLOOR, Control()).found)
    run |= {"new with all": taken, "pairs of the new": len(pairs)}
    return run | {"bare product of new with all": bare_new}


def _bare_triangle(vectors: Descriptors) -> float:
    """Seconds for the product of all with all, each pair of blocks once; nothing is kept."""
    starts = range(0, len(vectors), _BLOCK)
    pairs = [(top, left) for top in starts for left in starts if left <= top]
    return _bare(vectors, vectors, pairs)


def _bare_rows(new: Descriptors, vectors: Descriptors) -> float:
    pairs = [
        (top, left) for top in range(0, len(new), _BLOCK) for left in range(0, len(vectors), _BLOCK)
    ]
    return _bare(new, vectors, pairs)


def _bare(ones: Descriptors, others: Descriptors, pairs: list[tuple[int, int]]) -> float:
    """Each product with the one look at it that tells which pairs are near."""
    sample = pairs[:: -(-len(pairs) // _SAMPLED)]
    started = time.perf_counter()
    for top, left in sample:
        np.count_nonzero(ones[top : top + _BLOCK] @ others[left : left + _BLOCK].T >= FLOOR)
    return (time.perf_counter() - started) * len(pairs) / len(sample)


def _cancelled(table: VectorTable, ids: list[ContentId], seconds: float) -> list[float]:
    """How long matching goes on after it was told to stop, at several moments of it."""
    waits = []
    for share in _CANCELS:
        stop = _Stop()
        timer = threading.Timer(min(seconds, _LATEST_CANCEL) * share, stop)
        timer.start()
        try:
            table.match(ids, FLOOR, stop.control)
        except Cancelled:
            waits.append(time.perf_counter() - stop.moment)
        finally:
            timer.cancel()
            timer.join()
    return waits


class _Stop:
    """Cancels, and remembers when."""

    def __init__(self) -> None:
        self.control = Control()
        self.moment = 0.0

    def __call__(self) -> None:
        self.moment = time.perf_counter()
        self.control.cancel()
