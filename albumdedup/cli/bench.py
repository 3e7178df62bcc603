"""``albumdedup bench WHAT``: how fast and how large, beside the bare work of the same run"""

from __future__ import annotations

import json
import tempfile
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from albumdedup.cli import bench_index
from albumdedup.cli.columns import columns, padded
from albumdedup.cli.console import printable, say
from albumdedup.cli.exits import Exit
from albumdedup.cli.places import chosen_paths
from albumdedup.cli.session import chosen_settings
from albumdedup.core.control import Control
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import _
from albumdedup.core.scanner import scan
from albumdedup.core.settings import Settings
from albumdedup.evaluation.bench import table
from albumdedup.evaluation.bench.camera import make_photos
from albumdedup.evaluation.bench.clean import bench_clean
from albumdedup.evaluation.bench.figures import Benchmark
from albumdedup.evaluation.bench.index_join import bench_index_join
from albumdedup.evaluation.bench.match import bench_match
from albumdedup.evaluation.bench.memory import bench_memory
from albumdedup.evaluation.bench.regroup import bench_regroup
from albumdedup.evaluation.bench.rescan import bench_rescan
from albumdedup.evaluation.bench.scan import bench_scan
from albumdedup.evaluation.bench.search import bench_search
from albumdedup.evaluation.bench.serve import bench_serve
from albumdedup.evaluation.bench.start import bench_start
from albumdedup.evaluation.bench.store import Server, bench_store
from albumdedup.ml.registry import DEFAULT

RUNS = 3
PHOTOS = {
    "rescan": 10_000, "regroup": 100_000, "match": 100_000, "search": 100_000, "store": 100_000,
    "start": 1_000, "memory": 8_000, "clean": 10_000, "index-join": 100_000,
    "serve": 10_000,
}  # fmt: skip


def run(arguments: Namespace) -> Exit:
    if arguments.what == "index":
        return bench_index.run(arguments)
    chosen = chosen_settings(arguments, chosen_paths(arguments))
    settings = replace(  # the program as it is delivered, whatever this library uses
        chosen, extractor=DEFAULT, vector_uri="", vector_token="", vector_certificate=""
    )
    try:
        if arguments.what == "scan":
            return _scan(arguments, settings)
        photos = arguments.photos or PHOTOS[arguments.what]
        if arguments.what in ("search", "serve") and not _photos_are_there(arguments.folders):
            return Exit.NOT_THERE
        _print(_of_made_things(arguments, photos, settings)(arguments.runs or RUNS), arguments)
    except RuntimeError as error:  # what was to be measured did not happen
        say(_("The measurement failed: {detail}").format(detail=error))
        return Exit.UNUSABLE
    return Exit.DONE


def _scan(arguments: Namespace, settings: Settings) -> Exit:
    if not arguments.folders and not arguments.make:
        say(_("Name a folder of photos: albumdedup bench scan DIR"))
        return Exit.USAGE
    if arguments.make and (len(arguments.folders) > 1 or _holds_something(arguments.folders)):
        say(_("With --make, name one new folder for the photos that are made, or none."))
        return Exit.USAGE
    with _photos(arguments) as folders:
        if not _photos_are_there(folders):
            return Exit.NOT_THERE
        _print(bench_scan(folders, settings, arguments.runs or RUNS), arguments)
    return Exit.DONE


def _photos_are_there(folders: Sequence[str]) -> bool:
    """Raises AlbumError(NOT_THERE, ROOT_REFUSED); says so where there are none."""
    walk = scan(folders, Control())
    found = sum(1 for _file in walk)
    if walk.missing_roots:
        raise AlbumError(ErrorCode.NOT_THERE, path=walk.missing_roots[0])
    if folders and not found:
        say(_("There are no photos in {path}.").format(path=printable(", ".join(folders))))
    return bool(found or not folders)


def _of_made_things(
    arguments: Namespace, photos: int, settings: Settings
) -> Callable[[int], Benchmark]:
    """The measurement that needs no photos, as a function of the number of runs."""
    seed, lapse = arguments.seed, {"timelapse": arguments.timelapse} if arguments.timelapse else {}
    match arguments.what:
        case "rescan":
            return lambda runs: bench_rescan(photos, settings, runs, seed=seed)
        case "regroup":
            return lambda runs: bench_regroup(photos, settings, runs, seed=seed, **lapse)
        case "match":
            new = arguments.new or 0
            return lambda runs: bench_match(photos, runs, new=new, seed=seed, **lapse)
        case "index-join":
            server, new = _server(arguments), arguments.new or 0
            return lambda runs: bench_index_join(
                photos, runs, server=server, new=new, seed=seed, **lapse
            )
        case "search":
            folders = arguments.folders
            return lambda runs: bench_search(photos, settings, runs, folders=folders, seed=seed)
        case "serve":
            folders = arguments.folders
            return lambda runs: bench_serve(photos, settings, runs, folders=folders, seed=seed)
        case "store":
            server = _server(arguments)
            return lambda runs: bench_store(photos, runs, server=server, seed=seed)
        case "start":
            return lambda runs: bench_start(photos, settings, runs, seed=seed)
        case "memory":
            return lambda runs: bench_memory(photos, settings, runs, seed=seed)
    return lambda runs: bench_clean(photos, settings, runs)


def _server(arguments: Namespace) -> Server:
    return Server(arguments.uri, arguments.token, arguments.certificate)


def _holds_something(folders: Sequence[str]) -> bool:
    return any(Path(folder).exists() for folder in folders)


@contextmanager
def _photos(arguments: Namespace) -> Iterator[Sequence[str]]:
    """The folders that were named; with --make a new one, which stays if it was named."""
    if not arguments.make:
        yield arguments.folders
        return
    source = Path(arguments.source) if arguments.source else None
    with tempfile.TemporaryDirectory() as place:
        target = Path(arguments.folders[0]) if arguments.folders else Path(place) / "photos"
        try:
            make_photos(target, arguments.make, source, arguments.seed)
        except OSError as error:
            raise RuntimeError(f"{target}: {error.strerror or error}") from error
        yield [str(target)]


def _print(benchmark: Benchmark, arguments: Namespace) -> None:
    if arguments.json:
        print(json.dumps(benchmark.as_json(), indent=1))
    elif arguments.markdown:
        print("\n".join(table.markdown(benchmark)))
    else:
        print(table.facts(benchmark))
        rows = [table.head(), *table.rows(benchmark)]
        widths = [max(columns(row[number]) for row in rows) for number in range(len(rows[0]))]
        for row in rows:
            cells = [padded(cell, width) for cell, width in zip(row, widths, strict=True)]
            print(f"  {'  '.join(cells)}".rstrip())
        for line in table.missing(benchmark):
            print(line)
