"""A rescan that finds nothing new, beside a bare walk with stat."""

from __future__ import annotations

import tempfile
from pathlib import Path

from albumdedup.assembly import build, thread_executor
from albumdedup.core.paths import AppPaths
from albumdedup.core.settings import Settings
from albumdedup.evaluation.bench import bare
from albumdedup.evaluation.bench.figures import Benchmark, Run, Shape, figures, timed
from albumdedup.evaluation.bench.pictures import small_album

SHAPES = (Shape("bare walk"), Shape("rescan", baseline="bare walk"))


def bench_rescan(files: int, settings: Settings, runs: int = 5, *, seed: int = 1) -> Benchmark:
    """Make ``files`` small files of 100 contents, scan them once, then time scans that find
    nothing new."""
    found: list[Run] = []
    with tempfile.TemporaryDirectory() as place:
        album = Path(place) / "album"
        small_album(album, files, seed, distinct=100)
        executor = thread_executor(settings)
        library = build(AppPaths(Path(place) / "library"), settings, executor).library
        try:
            library.index([str(album)])
            for _ in range(runs):
                walk, walked = timed(lambda: bare.walk(str(album)))
                seconds, summary = timed(lambda: library.index([str(album)]))
                if summary.new or summary.unchanged != files or walked != files:
                    raise RuntimeError(f"{summary.new} new of {walked} files that did not change")
                found.append({"bare walk": walk, "rescan": seconds})
        finally:
            library.close()
            executor.close()
    return Benchmark("rescan", {"files": files}, figures(SHAPES, found))
