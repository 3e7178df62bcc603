"""How much memory scanning takes, and whether it grows with the album."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from albumdedup.assembly import build, thread_executor, torch_threads
from albumdedup.core.paths import AppPaths
from albumdedup.core.ports import Extractor
from albumdedup.core.settings import Settings, save
from albumdedup.core.types import Descriptors, ExtractorSpec, Pixels
from albumdedup.evaluation.bench.figures import Benchmark, Run, Shape, Unit, figures
from albumdedup.evaluation.bench.pictures import small_album
from albumdedup.evaluation.bench.process import in_child, run_watched
from albumdedup.evaluation.bench.synthetic import unrelated
from albumdedup.ml.registry import SPECS, create

SHAPES = (
    Shape("scan of the smaller album", Unit.BYTES),
    Shape("scan of the larger album", Unit.BYTES, "scan of the smaller album"),
    Shape("growth for each photo", Unit.BYTES),
    Shape("rescan of the larger album", Unit.BYTES, "scan of the larger album"),
)


def bench_memory(photos: int, settings: Settings, runs: int = 3, *, seed: int = 1) -> Benchmark:
    """Scan albums of a quarter of ``photos`` and of all of them, each in a new process; then
    rescan the larger one as a person does. Pictures are small and all different."""
    small = max(1, photos // 4)
    found: list[Run] = []
    with tempfile.TemporaryDirectory() as place:
        albums = {count: Path(place) / f"album-{count}" for count in (small, photos)}
        for count, album in albums.items():
            small_album(album, count, seed)
        for number in range(runs):
            libraries = {count: Path(place) / f"library-{number}-{count}" for count in albums}
            peaks = []
            for count, album in albums.items():
                scanned, peak = in_child(scan_spread, str(album), str(libraries[count]), settings)
                if scanned != count:
                    raise RuntimeError(f"{scanned} of {count} photos were scanned")
                peaks.append(peak)
            library = libraries[photos]
            save(settings, AppPaths(library).settings)
            words = ["scan", "--library", str(library), str(albums[photos])]
            again = run_watched(words, Path(place) / f"rescan-{number}.json")
            if peaks[0] is None or peaks[1] is None or again.peak is None:
                continue
            found.append(
                {
                    "scan of the smaller album": peaks[0],
                    "scan of the larger album": peaks[1],
                    "growth for each photo": (peaks[1] - peaks[0]) / max(1, photos - small),
                    "rescan of the larger album": again.peak,
                }
            )
    missing = () if found else ("memory",)
    facts = {"photos": photos, "fewer photos": small}
    return Benchmark("memory", facts, figures(SHAPES, found), missing)


def scan_spread(album: str, library: str, settings: Settings) -> int:
    """Scan into a new library; how many photos were new."""
    spec = SPECS[settings.extractor]

    def extractor() -> Extractor:
        return SpreadExtractor(create(spec.name, settings.device, torch_threads(settings)))

    executor = thread_executor(settings)
    opened = build(AppPaths(Path(library)), settings, executor, extractor=extractor).library
    try:
        return opened.index([album]).new
    finally:
        opened.close()
        executor.close()


class SpreadExtractor:
    """The real extractor with the answers of a made library: painted pictures look alike to a
    network that was trained on photos, and would give a hundred times the pairs of real ones."""

    def __init__(self, real: Extractor) -> None:
        self._real = real

    @property
    def spec(self) -> ExtractorSpec:
        return self._real.spec

    def extract(self, batch: Sequence[Pixels], *, quick: bool = False) -> Descriptors:
        self._real.extract(batch)
        rows = [unrelated(_number(pixels), self.spec.dim) for pixels in batch]
        return np.stack(rows)


def _number(pixels: Pixels) -> int:
    return int.from_bytes(pixels.tobytes()[::97], "little") % (1 << 63)
