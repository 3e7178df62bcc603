"""Speed figures that anyone can measure again: the product beside the bare work, in one run."""

from __future__ import annotations

import hashlib
import io
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from PIL import Image

from albumdedup.assembly import build, lane_widths, thread_executor, torch_threads
from albumdedup.core.control import Control
from albumdedup.core.formats import register
from albumdedup.core.grouping import Grouper
from albumdedup.core.paths import AppPaths
from albumdedup.core.ports import Extractor, Lane
from albumdedup.core.scanner import scan
from albumdedup.core.settings import Settings
from albumdedup.core.types import (
    ContentId,
    DateSource,
    FileIdentity,
    Grade,
    IndexSummary,
    Match,
    Photo,
    PhotoMetadata,
    Pixels,
    Snapshot,
    Stamp,
    TakenDate,
    Tier,
    View,
)
from albumdedup.ml.registry import SPECS, create


@dataclass(frozen=True, slots=True)
class ScanFigures:
    """A cold scan beside the bare loop. Ratios are product / bare, pair by pair, median."""

    photos: int
    bytes: int
    seconds: float
    bare_seconds: float
    ratio: float
    ratio_without_verification: float
    photos_per_second: float
    bare_photos_per_second: float
    share: dict[str, float]
    decode_threads: int


def bench_scan(folders: Sequence[str], settings: Settings, runs: int = 3) -> ScanFigures:
    """Scan into a new library ``runs`` times, each beside one bare loop over the same files.

    The extractor is loaded and the files are read once before the clock starts, so that both
    sides find warm weights and a warm disk cache.
    """
    spec = SPECS[settings.extractor]
    extractor = create(spec.name, settings.device, torch_threads(settings))
    extractor.extract([np.zeros((spec.input_edge, spec.input_edge, 3), np.uint8)] * settings.batch)
    paths = [found.path for found in scan(folders, Control())]
    for path in paths:
        Path(path).read_bytes()
    threads = lane_widths(settings)[Lane.DECODE]
    pairs = []
    for _ in range(runs):
        bare = _bare_loop(paths, extractor, threads, settings.batch)
        pairs.append((bare, *_product(folders, settings, extractor)))
    seconds = statistics.median(p[1] for p in pairs)
    bare_seconds = statistics.median(p[0] for p in pairs)
    last = pairs[-1][2]
    verify = last.seconds_by_part.get("verify", 0.0)
    total = sum(last.seconds_by_part.values())
    return ScanFigures(
        photos=last.files,
        bytes=last.bytes_read,
        seconds=seconds,
        bare_seconds=bare_seconds,
        ratio=statistics.median(p[1] / p[0] for p in pairs),
        ratio_without_verification=statistics.median(
            (p[1] - p[2].seconds_by_part.get("verify", 0.0)) / p[0] for p in pairs
        ),
        photos_per_second=last.files / seconds,
        bare_photos_per_second=last.files / bare_seconds,
        share={k: v / total for k, v in last.seconds_by_part.items()} | {"verify": verify / total},
        decode_threads=threads,
    )


def _product(
    folders: Sequence[str], settings: Settings, extractor: Extractor
) -> tuple[float, IndexSummary]:
    """One cold scan through the real library in a temporary data folder."""
    with tempfile.TemporaryDirectory() as place:
        executor = thread_executor(settings)
        library = build(
            AppPaths(Path(place)), settings, executor, extractor=lambda: extractor
        ).library
        try:
            started = time.perf_counter()
            summary = library.index(folders)
            return time.perf_counter() - started, summary
        finally:
            library.close()
            executor.close()


def _bare_loop(paths: Sequence[str], extractor: Extractor, threads: int, batch: int) -> float:
    """Read + SHA-256 + scaled decode + inference with nothing around it; seconds.

    As in the product, equal bytes are decoded once, and inference runs beside the decoding.
    """
    register()
    edge = extractor.spec.input_edge
    seen: set[str] = set()
    lock = threading.Lock()

    def look(path: str) -> Pixels | None:
        data = Path(path).read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        with lock:
            if digest in seen:
                return None
            seen.add(digest)
        try:
            with Image.open(io.BytesIO(data)) as image:
                image.draft("RGB", (edge, edge))
                small = image.convert("RGB").resize((edge, edge), Image.Resampling.BILINEAR)
        except (OSError, SyntaxError, ValueError):
            return None
        return np.asarray(small)

    started = time.perf_counter()
    waiting: list[Pixels] = []
    with ThreadPoolExecutor(threads) as pool:
        for pixels in pool.map(look, paths):
            if pixels is not None:
                waiting.append(pixels)
            if len(waiting) == batch:
                extractor.extract(waiting)
                waiting = []
    if waiting:
        extractor.extract(waiting)
    return time.perf_counter() - started


@dataclass(frozen=True, slots=True)
class RescanFigures:
    """A rescan with nothing changed beside a bare walk with stat."""

    files: int
    seconds: float
    bare_seconds: float
    ratio: float


def bench_rescan(count: int, settings: Settings, runs: int = 5) -> RescanFigures:
    """Make ``count`` small files, scan them once, then time scans that find nothing new."""
    with tempfile.TemporaryDirectory() as place:
        album = Path(place) / "album"
        _small_files(album, count)
        executor = thread_executor(settings)
        library = build(AppPaths(Path(place) / "library"), settings, executor).library
        try:
            library.index([str(album)])
            pairs = []
            for _ in range(runs):
                started = time.perf_counter()
                walked = _bare_walk(str(album))
                middle = time.perf_counter()
                summary = library.index([str(album)])
                pairs.append((middle - started, time.perf_counter() - middle))
                if summary.new or summary.unchanged != count or walked != count:
                    raise RuntimeError(f"{summary.new} new of {walked} files that did not change")
        finally:
            library.close()
            executor.close()
    return RescanFigures(
        files=count,
        seconds=statistics.median(p[1] for p in pairs),
        bare_seconds=statistics.median(p[0] for p in pairs),
        ratio=statistics.median(p[1] / p[0] for p in pairs),
    )


def _small_files(album: Path, count: int, distinct: int = 100) -> None:
    """Small pictures in folders of 200; ``distinct`` contents, so that making them is quick."""
    pictures = []
    for number in range(distinct):
        noise = np.random.default_rng(number).integers(0, 256, (72, 96, 3), dtype=np.uint8)
        buffer = io.BytesIO()
        Image.fromarray(noise).save(buffer, "JPEG")
        pictures.append(buffer.getvalue())
    for number in range(count):
        folder = album / f"{number // 200:04d}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"IMG_{number:06d}.jpg").write_bytes(pictures[number % distinct])


def _bare_walk(folder: str) -> int:
    """Every file below a folder with its stat, and nothing else."""
    count = 0
    stack = [folder]
    while stack:
        with os.scandir(stack.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    stack.append(entry.path)
                else:
                    entry.stat(follow_symlinks=False)
                    count += 1
    return count


@dataclass(frozen=True, slots=True)
class RegroupFigures:
    """A step of the similarity slider over a simulated library."""

    photos: int
    pairs: int
    groups: int
    prepare_seconds: float
    median_seconds: float
    worst_seconds: float


def bench_regroup(photos: int, pairs: int | None = None) -> RegroupFigures:
    """Regroup a simulated library at twenty positions of the slider."""
    snapshot = simulated_snapshot(photos, pairs if pairs is not None else photos * 2 // 5)
    started = time.perf_counter()
    grouper = Grouper(snapshot)
    prepared = time.perf_counter() - started
    times, groups = [], 0
    for step in range(20):
        started = time.perf_counter()
        groups = len(grouper.group(View(similarity=0.99 - step * 0.012)))
        times.append(time.perf_counter() - started)
    return RegroupFigures(
        photos, len(snapshot.matches), groups, prepared, statistics.median(times), max(times)
    )


def simulated_snapshot(photos: int, pairs: int, seed: int = 1) -> Snapshot:
    """A library that was never on disk: dates and sizes at random, pairs among neighbours."""
    chance = np.random.default_rng(seed)
    contents = [ContentId(hashlib.sha256(str(n).encode()).hexdigest()) for n in range(photos)]
    start = datetime(2010, 1, 1)
    minutes = chance.integers(0, 15 * 365 * 1440, photos)
    sizes = chance.integers(500_000, 8_000_000, photos)
    rows = tuple(
        Photo(
            id=n,
            path=f"/album/{n // 500:04d}/IMG_{n:06d}.jpg",
            stamp=Stamp(int(sizes[n]), 1_500_000_000_000_000_000 + n, FileIdentity(1, n + 1)),
            content=contents[n],
            width=4000,
            height=3000,
            format="JPEG",
            taken=TakenDate(
                start + timedelta(minutes=int(minutes[n])), None, DateSource.EXIF_ORIGINAL,
                Grade.A, timedelta(seconds=1),
            ),
            metadata=PhotoMetadata(),
        )
        for n in range(photos)
    )  # fmt: skip
    first = chance.integers(0, photos - 4, pairs)
    second = first + chance.integers(1, 4, pairs)
    similarity = chance.uniform(0.7, 1.0, pairs).round(4)
    same = chance.random(pairs) < 0.3
    found = {}
    for one, two, value, proven in zip(first, second, similarity, same, strict=True):
        a, b = sorted((contents[one], contents[two]))
        tier = Tier.SAME if proven else Tier.SIMILAR
        found[a, b] = Match(a, b, float(value), tier)
    return Snapshot(rows, tuple(found.values()))
