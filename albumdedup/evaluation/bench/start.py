"""How long the program takes to start, beside the bare interpreter."""

from __future__ import annotations

import tempfile
from pathlib import Path

from albumdedup.core.paths import AppPaths
from albumdedup.core.settings import Settings, save
from albumdedup.evaluation.bench.figures import Benchmark, Run, Shape, Unit, figures
from albumdedup.evaluation.bench.pictures import small_album
from albumdedup.evaluation.bench.process import PROGRAM, run, run_module, run_watched
from albumdedup.system.program import bare_command

SHAPES = (
    Shape("bare interpreter"),
    Shape("until --version is told", baseline="bare interpreter"),
    Shape("until a scan of unchanged folders speaks", baseline="bare interpreter"),
    Shape("until that scan has ended", baseline="bare interpreter"),
    Shape("slow modules that it imported", Unit.COUNT),
    Shape("memory of --version", Unit.BYTES),
    Shape("memory of that scan", Unit.BYTES, "memory of --version"),
)


def bench_start(photos: int, settings: Settings, runs: int = 5, *, seed: int = 1) -> Benchmark:
    """Whole processes. The unchanged folder holds ``photos`` small pictures of ten contents.
    Which of torch, pymilvus, milvus_lite, PySide6 and cv2 its scan imported is a fact."""
    found: list[Run] = []
    imported: tuple[str, ...] = ()
    with tempfile.TemporaryDirectory() as place:
        album, library = Path(place) / "album", Path(place) / "library"
        small_album(album, photos, seed, distinct=10)
        library.mkdir()
        save(settings, AppPaths(library).settings)
        words = ["scan", "--library", str(library), str(album)]
        run_module(PROGRAM, words)
        for number in range(runs):
            scan = run_module(PROGRAM, words)
            version = run_watched(["--version"], Path(place) / f"version-{number}.json")
            watched = run_watched(words, Path(place) / f"scan-{number}.json")
            imported = watched.imported
            told = {
                "bare interpreter": run(bare_command()).seconds,
                "until --version is told": run_module(PROGRAM, ["--version"]).first_line,
                "until a scan of unchanged folders speaks": scan.first_line,
                "until that scan has ended": scan.seconds,
                "slow modules that it imported": float(len(imported)),
            }
            if version.peak is not None and watched.peak is not None:
                told["memory of --version"] = version.peak
                told["memory of that scan"] = watched.peak
            found.append(told)
    facts: dict[str, int | str] = {"photos": photos, "imported": ", ".join(imported)}
    measured = all("memory of --version" in one for one in found)
    return Benchmark("start", facts, figures(SHAPES, found), () if measured else ("memory",))
