"""How fast a clean-up and its undo are, beside bare loops over the same number of files."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from albumdedup.assembly import lane_widths
from albumdedup.core.ahead import settled
from albumdedup.core.control import Control, Reporter
from albumdedup.core.executors import ThreadExecutor
from albumdedup.core.operations import apply, undo
from albumdedup.core.planning import plan_clean
from albumdedup.core.proof import content_of
from albumdedup.core.settings import Settings
from albumdedup.core.types import (
    PROVEN_TIERS,
    ContentId,
    FileIdentity,
    Group,
    Member,
    Photo,
    PhotoMetadata,
    Role,
    Stamp,
    Tier,
)
from albumdedup.evaluation.bench.figures import Benchmark, Run, Shape, Unit, figures
from albumdedup.store.decisions import open_decisions
from albumdedup.store.journal import SqliteJournal
from albumdedup.system.trash import open_trash

PHOTO_BYTES = 3_000_000


SHAPES = (
    Shape("small files: bare loop"),
    Shape("small files: clean-up", baseline="small files: bare loop"),
    Shape("small files: undo", baseline="small files: bare loop"),
    Shape("small files: cleaned up", Unit.PER_SECOND),
    Shape("small files: put back", Unit.PER_SECOND),
    Shape("photos of 3 MB: bare loop"),
    Shape("photos of 3 MB: clean-up", baseline="photos of 3 MB: bare loop"),
    Shape("photos of 3 MB: cleaned up", Unit.PER_SECOND),
)
"""The bare loop renames and syncs file by file; photos of 3 MB are hashed on both sides first."""


@dataclass(frozen=True, slots=True)
class _Pass:
    clean: float
    undo: float
    bare: float


def bench_clean(files: int, settings: Settings, runs: int = 3) -> Benchmark:
    """Small files show the cost of journal, trash and moves; photos of 3 MB, read into the cache
    before, that of checking each content again. Works in the temporary folder's volume."""
    photos = max(1, files // 20)
    found: list[Run] = []
    for _ in range(runs):
        small, large = _measure(files, 400, settings), _measure(photos, PHOTO_BYTES, settings)
        found.append(
            {
                "small files: bare loop": small.bare,
                "small files: clean-up": small.clean,
                "small files: undo": small.undo,
                "small files: cleaned up": files / small.clean,
                "small files: put back": files / small.undo,
                "photos of 3 MB: bare loop": large.bare,
                "photos of 3 MB: clean-up": large.clean,
                "photos of 3 MB: cleaned up": photos / large.clean,
            }
        )
    return Benchmark("clean", {"files": files, "photos": photos}, figures(SHAPES, found))


def _measure(count: int, size: int, settings: Settings) -> _Pass:
    """One clean-up and undo of ``count`` copies, between two bare loops; seconds."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        groups = _album(place / "album", count, size)
        bare = _bare_loop(place / "bare", count, size)
        executor = ThreadExecutor(lane_widths(settings))
        database = open_decisions(place / "decisions.sqlite")
        journal = SqliteJournal(database)
        target = str(place / "removed") if sys.platform != "linux" else None
        _wait_until_settled(Path(groups[-1].keeper.path))
        _sync()
        try:
            with _data_folder(place):
                started = time.perf_counter()
                plan = plan_clean(groups, PROVEN_TIERS, target, ())
                report = apply(
                    plan, journal, open_trash(target), (), Control(), Reporter(), executor
                )
                middle = time.perf_counter()
                operation = journal.operation(report.operation_id)
                back = undo(operation, journal, open_trash(target), Control(), Reporter())
                ended = time.perf_counter()
        finally:
            executor.close()
            database.close()
        if (len(report.done), len(back.done)) != (count, count):
            raise RuntimeError(f"{len(report.done)} moved and {len(back.done)} back of {count}")
    return _Pass(middle - started, ended - middle, bare)


@contextmanager
def _data_folder(place: Path) -> Iterator[None]:
    """On Linux the home trash moves into ``place``: the person's own stays as it is. Elsewhere a
    folder stands in for the trash."""
    before = os.environ.get("XDG_DATA_HOME")
    os.environ["XDG_DATA_HOME"] = str(place / "data")
    try:
        yield
    finally:
        del os.environ["XDG_DATA_HOME"]
        if before is not None:
            os.environ["XDG_DATA_HOME"] = before


def _wait_until_settled(path: Path) -> None:
    """Files made this second are read again at each check; those of an album are older."""
    while not settled(os.lstat(path)):
        time.sleep(0.1)


def _sync() -> None:
    """The album of a moment ago goes to the disk before the clock runs: a real one is there, and
    every sync that is timed would wait for it."""
    if hasattr(os, "sync"):
        os.sync()


def _bytes(number: int, size: int) -> bytes:
    seed = hashlib.sha256(str(number).encode()).digest()
    return (seed * (size // len(seed) + 1))[:size]


def _album(album: Path, count: int, size: int) -> list[Group]:
    """Pairs of equal files, 200 in a folder."""
    groups = []
    for number in range(count):
        data = _bytes(number, size)
        content = ContentId(hashlib.sha256(data).hexdigest())
        pair = []
        for kind in ("Pictures", "Backup"):
            path = album / kind / f"{number // 200:04d}" / f"IMG_{number:06d}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            pair.append(_photo(path, number, content))
        members = (
            Member(pair[0], Tier.IDENTICAL, Role.KEEP, 1.0),
            Member(pair[1], Tier.IDENTICAL, Role.REMOVE, 1.0),
        )
        groups.append(Group(f"g{number}", members, "Kept: a measurement."))
    return groups


def _photo(path: Path, number: int, content: ContentId) -> Photo:
    status = os.lstat(path)
    stamp = Stamp(status.st_size, status.st_mtime_ns, FileIdentity(status.st_dev, status.st_ino))
    return Photo(number, str(path), stamp, content, 4000, 3000, "JPEG", None, PhotoMetadata())


def _bare_loop(folder: Path, count: int, size: int) -> float:
    """What a script would do: hash both where they are photos, rename, sync the folder.

    Seconds for ``count`` files; of small files at most 300 are timed, since a sync for each is
    what makes it slow, and the rest is counted at the same pace.
    """
    timed = min(count, 300)
    for kind in ("keep", "go", "removed"):
        (folder / kind).mkdir(parents=True)
    for number in range(timed):
        for kind in ("keep", "go"):
            (folder / kind / f"{number}.jpg").write_bytes(_bytes(number, size))
    handle = os.open(folder / "removed", os.O_RDONLY)
    _sync()
    started = time.perf_counter()
    for number in range(timed):
        one, two = (str(folder / kind / f"{number}.jpg") for kind in ("keep", "go"))
        if size >= PHOTO_BYTES and content_of(one) != content_of(two):
            raise RuntimeError(f"{one} and {two} differ")
        os.rename(two, folder / "removed" / f"{number}.jpg")
        os.fsync(handle)
    seconds = time.perf_counter() - started
    os.close(handle)
    return seconds * count / timed
