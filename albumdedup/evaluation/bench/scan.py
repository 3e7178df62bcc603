"""Scanning photos: a new library, the same again, whole processes, and others on the same files."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from albumdedup.assembly import build, lane_widths, thread_executor, torch_threads
from albumdedup.core.control import Control
from albumdedup.core.paths import AppPaths
from albumdedup.core.ports import Extractor, Lane
from albumdedup.core.scanner import scan
from albumdedup.core.settings import Settings, save
from albumdedup.core.types import IndexSummary
from albumdedup.evaluation.bench import bare, peer
from albumdedup.evaluation.bench.figures import Benchmark, Run, Shape, Unit, figures, timed
from albumdedup.evaluation.bench.process import PROGRAM, run_module
from albumdedup.ml.registry import SPECS, create

STAGES = (
    "find", "read", "hash", "decode", "inference", "stores", "compare", "deliver", "verify",
)  # fmt: skip

SHAPES = (
    Shape("bare loop"),
    Shape("cold scan", baseline="bare loop"),
    Shape("cold scan without the check of pairs", baseline="bare loop"),
    Shape("Czkawka", baseline="cold scan"),
    Shape("cold scan, whole process"),
    Shape("Czkawka, whole process", baseline="cold scan, whole process"),
    Shape("bare walk"),
    Shape("warm scan", baseline="bare walk"),
    Shape("warm scan, whole process", baseline="cold scan, whole process"),
    Shape("photos: bare loop", Unit.PER_SECOND),
    Shape("photos: cold scan", Unit.PER_SECOND, "photos: bare loop"),
    Shape("photos: Czkawka", Unit.PER_SECOND, "photos: cold scan"),
    *(Shape(f"stage: {stage}", baseline="all stages") for stage in STAGES),
    Shape("all stages"),
)
"""Stages are summed over all threads, so that they come to more than the scan took."""


def bench_scan(folders: Sequence[str], settings: Settings, runs: int = 3) -> Benchmark:
    """Scan into a new library ``runs`` times, each beside one bare loop over the same files.

    The extractor is loaded and the files are read once before the clock starts, so that all find
    warm weights and a warm disk cache; whole processes load theirs by themselves. Czkawka's core
    takes as many threads as there are cores, which the product shares among its lanes.
    """
    spec = SPECS[settings.extractor]
    extractor = create(spec.name, settings.device, torch_threads(settings))
    extractor.extract([np.zeros((spec.input_edge, spec.input_edge, 3), np.uint8)] * settings.batch)
    paths = [found.path for found in scan(folders, Control())]
    size = sum(len(Path(path).read_bytes()) for path in paths)
    decode, cores = lane_widths(settings)[Lane.DECODE], os.cpu_count() or 2
    found: list[Run] = []
    for _ in range(runs):
        run = {"bare loop": bare.describe(paths, extractor, decode, settings.batch)}
        run |= _in_process(folders, settings, extractor)
        run |= _whole_processes(folders, settings)
        if peer.installed():
            ran, seconds = peer.search(folders, cores)
            run |= {"Czkawka, whole process": ran.seconds, "Czkawka": seconds}
        for name in ("bare loop", "cold scan", "Czkawka"):
            if name in run:
                run[f"photos: {name}"] = len(paths) / run[name]
        found.append(run)
    facts = {
        "photos": len(paths),
        "bytes": size,
        "decoding threads": decode,
        "describing threads": torch_threads(settings),
        "cores": cores,
    }
    missing = () if peer.installed() else ("czkawka",)
    return Benchmark("scan", facts, figures(SHAPES, found), missing)


def _in_process(
    folders: Sequence[str], settings: Settings, extractor: Extractor
) -> dict[str, float]:
    """A cold and a warm scan through the real library in a temporary data folder."""
    with tempfile.TemporaryDirectory() as place:
        executor = thread_executor(settings)
        library = build(
            AppPaths(Path(place)), settings, executor, extractor=lambda: extractor
        ).library
        try:
            cold, summary = timed(lambda: library.index(folders))
            warm, again = timed(lambda: library.index(folders))
            walked, _count = timed(lambda: sum(bare.walk(folder) for folder in folders))
        finally:
            library.close()
            executor.close()
    if again.new:
        raise RuntimeError(f"{again.new} of {again.files} files changed between two scans")
    stages = _stages(summary)
    return {
        "cold scan": cold,
        "cold scan without the check of pairs": cold - stages["verify"],
        "warm scan": warm,
        "bare walk": walked,
        "all stages": sum(stages.values()),
        **{f"stage: {name}": seconds for name, seconds in stages.items()},
    }


def _stages(summary: IndexSummary) -> dict[str, float]:
    return {name: summary.seconds_by_part.get(name, 0.0) for name in STAGES}


def _whole_processes(folders: Sequence[str], settings: Settings) -> dict[str, float]:
    """``albumdedup scan`` as a person starts it, into a new library and once more."""
    with tempfile.TemporaryDirectory() as place:
        save(settings, AppPaths(Path(place)).settings)
        words = ["scan", "--library", place, *(os.path.abspath(folder) for folder in folders)]
        return {
            "cold scan, whole process": run_module(PROGRAM, words).seconds,
            "warm scan, whole process": run_module(PROGRAM, words).seconds,
        }
