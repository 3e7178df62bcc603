"""Search by image in a made library: file, descriptor, store, and the rows of what was found."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from albumdedup.assembly import build, thread_executor, torch_threads
from albumdedup.core.control import Control
from albumdedup.core.decoder import read_file
from albumdedup.core.paths import AppPaths
from albumdedup.core.scanner import found_file, scan
from albumdedup.core.settings import Settings
from albumdedup.core.types import ContentId, Descriptors
from albumdedup.evaluation.bench.camera import make_photos
from albumdedup.evaluation.bench.figures import Benchmark, Run, Shape, figures, percentile, timed
from albumdedup.evaluation.bench.library import fill_catalog
from albumdedup.evaluation.bench.store import EMBEDDED, bare_search, open_store
from albumdedup.evaluation.bench.synthetic import whole
from albumdedup.ml.registry import SPECS, create

TOP = 20
SHAPES = (
    Shape("first search"),
    Shape("search p50", baseline="bare search p50"),
    Shape("search p99", baseline="bare search p50"),
    Shape("bare search p50"),
    Shape("of it: read and decode", baseline="bare search p50"),
    Shape("of it: descriptor", baseline="bare search p50"),
    Shape("of it: product and sort", baseline="bare search p50"),
)
_PICTURES = 8
_TIMELAPSE = 50
_SIZE = (4000, 3000)


def bench_search(
    photos: int,
    settings: Settings,
    runs: int = 3,
    *,
    folders: Sequence[str] = (),
    searches: int = 100,
    seed: int = 1,
) -> Benchmark:
    """``searches`` in each run, in turn with the photos of ``folders``; without, with painted
    pictures of 12 MP. The bare search decodes, describes and multiplies with all descriptors in
    memory. The first search of a run loads the extractor and opens the store; it is told apart.
    """
    with tempfile.TemporaryDirectory() as place:
        if not folders:
            make_photos(Path(place) / "pictures", _PICTURES, seed=seed, sizes=[_SIZE])
            folders = [str(Path(place) / "pictures")]
        images = [found.path for found in scan(folders, Control())]
        paths = AppPaths(Path(place) / "library")
        paths.root.mkdir()
        spec = SPECS[settings.extractor]
        store = open_store(EMBEDDED, paths.vectors, spec)
        try:
            fill_catalog(paths, photos, spec, seed, timelapse=_TIMELAPSE, store=store)
        finally:
            store.close()
        known = whole(photos, seed, dim=spec.dim, timelapse=_TIMELAPSE)
        asked = [images[turn % len(images)] for turn in range(searches)]
        found = [_run(paths, settings, asked, known) for _ in range(runs)]
    facts = {"photos": photos, "searches": searches, "pictures": len(images)}
    return Benchmark("search", facts, figures(SHAPES, found))


def _run(
    paths: AppPaths,
    settings: Settings,
    images: Sequence[str],
    known: tuple[list[ContentId], Descriptors],
) -> Run:
    executor = thread_executor(settings)
    library = build(paths, settings, executor).library
    try:
        first, _hits = timed(partial(library.search, images[0], TOP))
        times = [timed(partial(library.search, image, TOP))[0] for image in images]
    finally:
        library.close()
        executor.close()
    return {
        "first search": first,
        "search p50": percentile(times, 0.5),
        "search p99": percentile(times, 0.99),
        **_bare(settings, images, known[1]),
    }


def _bare(settings: Settings, images: Sequence[str], vectors: Descriptors) -> dict[str, float]:
    """The same without a library."""
    spec = SPECS[settings.extractor]
    extractor = create(spec.name, settings.device, torch_threads(settings))
    parts: dict[str, list[float]] = {
        "read and decode": [],
        "descriptor": [],
        "product and sort": [],
    }
    for image in (images[0], *images):
        decode, read = timed(
            partial(read_file, found_file(image), spec.input_edge, lambda content: True)
        )
        if read.picture is None:
            continue
        describe, rows = timed(partial(extractor.extract, [read.picture.pixels]))
        multiply, _best = timed(partial(bare_search, vectors, rows[0], TOP))
        for name, seconds in zip(parts, (decode, describe, multiply), strict=True):
            parts[name].append(seconds)
    whole_times = [sum(times) for times in zip(*parts.values(), strict=True)][1:]
    return {
        "bare search p50": percentile(whole_times, 0.5),
        **{f"of it: {name}": percentile(times[1:], 0.5) for name, times in parts.items()},
    }
