"""The local service under load: many clients that search at the same time, each as fast as it is
answered."""

from __future__ import annotations

import http.client
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import albumdedup
from albumdedup.core.control import Control
from albumdedup.core.paths import AppPaths
from albumdedup.core.scanner import scan
from albumdedup.core.settings import Settings, save
from albumdedup.evaluation.bench.camera import make_photos
from albumdedup.evaluation.bench.figures import Benchmark, Run, Shape, Unit, figures, percentile
from albumdedup.evaluation.bench.library import fill_catalog
from albumdedup.evaluation.bench.peak import resident_bytes
from albumdedup.ml.registry import SPECS
from albumdedup.system.program import own_command

SHAPES = (
    Shape("search p50", baseline="search alone p50"),
    Shape("search p99", baseline="search alone p50"),
    Shape("slowest search", baseline="search alone p50"),
    Shape("search alone p50"),
    Shape("searches in a second", Unit.PER_SECOND),
    Shape("errors", Unit.COUNT),
    Shape("memory before", Unit.BYTES),
    Shape("memory after", Unit.BYTES, "memory before"),
)
CLIENTS, SEARCHES = 50, 20
_ALONE = 10
_PICTURES = 8
_SIZE = (4000, 3000)
_TIMELAPSE = 50
_PATIENCE = 300.0


@dataclass(frozen=True, slots=True)
class _Address:
    host: str
    port: int
    token: str


def bench_serve(
    photos: int,
    settings: Settings,
    runs: int = 3,
    *,
    folders: Sequence[str] = (),
    clients: int = CLIENTS,
    searches: int = SEARCHES,
    seed: int = 1,
) -> Benchmark:
    """A made library of ``photos``; each run is a service of its own. The clients are threads of
    this process and send the photos of ``folders`` in turn (without: painted ones of 12 MP). One
    round of all clients comes first and is not counted: memory is taken after it and at the end.
    Raises RuntimeError where the service does not start."""
    with tempfile.TemporaryDirectory() as place:
        if not folders:
            make_photos(Path(place) / "pictures", _PICTURES, seed=seed, sizes=[_SIZE])
            folders = [str(Path(place) / "pictures")]
        pictures = [Path(found.path).read_bytes() for found in scan(folders, Control())]
        paths = AppPaths(Path(place) / "library")
        paths.root.mkdir()
        save(settings, paths.settings)
        fill_catalog(paths, photos, SPECS[settings.extractor], seed, timelapse=_TIMELAPSE)
        found = [_run(paths, pictures, clients, searches) for _ in range(runs)]
    facts = {
        "photos": photos, "clients": clients, "searches": clients * searches,
        "pictures": len(pictures),
    }  # fmt: skip
    told = all("memory before" in run for run in found)
    return Benchmark("serve", facts, figures(SHAPES, found), () if told else ("memory",))


def _run(paths: AppPaths, pictures: Sequence[bytes], clients: int, searches: int) -> Run:
    first = list(pictures[:1]) * 2  # the extractor is loaded before the answer comes
    with _service(paths) as (process, address):
        _alone, errors = _client(address, first)
        alone, more = _client(address, [pictures[n % len(pictures)] for n in range(_ALONE)])
        errors += more + _load(address, pictures, clients, 1)[1]
        before = resident_bytes(process.pid)
        started = time.perf_counter()
        times, more = _load(address, pictures, clients, searches)
        seconds = time.perf_counter() - started
        after = resident_bytes(process.pid)
    run = {
        "search p50": percentile(times, 0.5),
        "search p99": percentile(times, 0.99),
        "slowest search": max(times),
        "search alone p50": percentile(alone, 0.5),
        "searches in a second": len(times) / seconds,
        "errors": float(errors + more),
    }
    if before is not None and after is not None:
        run["memory before"], run["memory after"] = float(before), float(after)
    return run


def _load(
    address: _Address, pictures: Sequence[bytes], clients: int, searches: int
) -> tuple[list[float], int]:
    """All clients begin in the same moment."""
    together = threading.Barrier(clients)

    def ask(number: int) -> tuple[list[float], int]:
        sent = [pictures[(number + turn) % len(pictures)] for turn in range(searches)]
        together.wait()
        return _client(address, sent)

    with ThreadPoolExecutor(clients) as pool:
        answers = list(pool.map(ask, range(clients)))
    return [one for times, _errors in answers for one in times], sum(n for _t, n in answers)


def _client(address: _Address, pictures: Sequence[bytes]) -> tuple[list[float], int]:
    """One after the other on one connection: the seconds of each, and how many failed."""
    connection = http.client.HTTPConnection(address.host, address.port, timeout=_PATIENCE)
    head = {"Authorization": f"Bearer {address.token}", "Content-Type": "image/jpeg"}
    times, errors = [], 0
    try:
        for picture in pictures:
            started = time.perf_counter()
            try:
                connection.request("POST", "/search?page_size=20", picture, head)
                answer = connection.getresponse()
                answer.read()
                errors += answer.status != http.client.OK
            except (OSError, http.client.HTTPException):
                errors += 1
                connection.close()
            times.append(time.perf_counter() - started)
    finally:
        connection.close()
    return times, errors


@contextmanager
def _service(paths: AppPaths) -> Iterator[tuple[subprocess.Popen[str], _Address]]:
    """``albumdedup serve`` at any free port."""
    own = str(Path(albumdedup.__file__).parents[1])
    known = {**os.environ, "PYTHONPATH": os.pathsep.join([own, os.environ.get("PYTHONPATH", "")])}
    words = ["serve", "--library", str(paths.root), "--port", "0"]
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(
            [*own_command(), *words], env=known, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=errors, encoding="utf-8",
        ) as process,
    ):  # fmt: skip
        assert process.stdout is not None
        link = urlsplit(process.stdout.readline().strip())
        try:
            if not link.hostname or not link.port:
                process.wait()
                errors.seek(0)
                raise RuntimeError(errors.read().decode("utf-8", "replace").strip()[-2000:])
            token = paths.service_token.read_text(encoding="ascii")
            yield process, _Address(link.hostname, link.port, token)
        finally:
            process.terminate()
