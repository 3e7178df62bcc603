"""A whole scan over files that kill their decoder: each is named, and nothing else is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import poisoned_worker
import pytest
from fakes import HistogramExtractor, MemoryVectorStore
from pictures import save, scene
from poisoned_worker import ABORT, COMMAND, HANG, KILL, SEGV, poison

from albumdedup import __version__, assembly
from albumdedup.assembly import build, thread_executor
from albumdedup.core.control import Control
from albumdedup.core.errors import Cancelled
from albumdedup.core.paths import AppPaths
from albumdedup.core.settings import Settings
from albumdedup.core.types import Danger, Reason, View
from albumdedup.system.isolation.pool import Workers

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the deeds are signals")
HEALTHY = 6


@contextmanager
def opened(place: Path, threads: int = 2, worker=COMMAND):
    settings = Settings(batch=4, commit_seconds=0.0, decode_threads=threads)
    executor = thread_executor(settings)
    vectors = MemoryVectorStore()
    library = build(
        AppPaths(place), settings, executor,
        extractor=HistogramExtractor, vectors=lambda: vectors, worker=worker,
    ).library  # fmt: skip
    try:
        yield library
    finally:
        library.close()
        executor.close()


def answer(library) -> tuple:
    """Problems and groups, by name."""
    snapshot = library.snapshot()
    groups = library.find_groups(View(), snapshot)
    return (
        [(os.path.basename(p.path), p.reason) for p in snapshot.unreadable],
        sorted(sorted(os.path.basename(m.photo.path) for m in one.members) for one in groups),
    )


@pytest.fixture
def album(tmp_path) -> Path:
    folder = tmp_path / "album"
    for number in range(HEALTHY):
        save(scene(number), folder / f"{number}.jpg")
    scene(1).save(folder / "1.tif")
    return folder


def test_every_deadly_file_is_named_and_the_rest_is_as_if_they_were_not_there(tmp_path, album):
    with opened(tmp_path / "clean") as library:
        library.index([str(album)])
        _, groups = answer(library)
    assert groups == [["1.jpg", "1.tif"]]
    deadly = [
        poison(album / f"bad {n}.tif", deed, tall=150 + n)
        for n, deed in enumerate((SEGV, ABORT, KILL))
    ]
    named = [(path.name, Reason.STOPPED_DECODER) for path in deadly]
    answers = []
    for threads in (1, 3):
        with opened(tmp_path / f"library {threads}", threads) as library:
            summary = library.index([str(album)])
            assert (summary.files, summary.unreadable) == (HEALTHY + 4, 3)
            answers.append(answer(library))
    assert answers == [(named, groups)] * 2


def test_a_deadly_file_is_tried_once_by_each_version(tmp_path, album, monkeypatch):
    poison(album / "bad.tif", SEGV)
    starts = []
    real = Workers.run
    monkeypatch.setattr(Workers, "run", lambda *a: starts.append(1) or real(*a))
    place = tmp_path / "library"
    with opened(place) as library:
        library.index([str(album)])
        assert len(starts) == 2  # the good TIFF and the bad one
    poison(album / "bad too.tif", SEGV)
    with opened(place) as library:
        library.index([str(album)])
        bad = [("bad too.tif", Reason.STOPPED_DECODER), ("bad.tif", Reason.STOPPED_DECODER)]
        assert answer(library)[0] == bad
        assert len(starts) == 2  # its content is known
    monkeypatch.setattr(assembly, "__version__", "99.0")
    with opened(place) as library:
        library.index([str(album)])
        assert answer(library)[0] == bad
        assert len(starts) == 3
    monkeypatch.setattr(assembly, "__version__", "100.0")
    with opened(place, worker=None) as library:  # a version whose decoder is mended
        assert answer(library)[0] == bad  # until the scan
        library.index([str(album)])
        assert answer(library) == ([], [["1.jpg", "1.tif"], ["bad too.tif", "bad.tif"]])


def test_a_photo_that_killed_the_program_is_found_at_the_next_start(tmp_path, album):
    """The picture that did it is told from those that were merely in hand beside it."""
    bad = poison(album / "3 bad.jpg", KILL, "JPEG")
    place = tmp_path / "library"
    script = Path(poisoned_worker.__file__).with_name("dying_scan.py")
    places = os.pathsep.join(filter(None, sys.path))
    died = subprocess.run(
        [sys.executable, str(script), str(place), str(album)], check=False,
        env={**os.environ, "PYTHONPATH": places},
    )  # fmt: skip
    assert died.returncode == -signal.SIGKILL
    with opened(place) as library:
        suspects = library._parts.catalog.dangers()
        assert 1 <= len(suspects) <= 2  # one for each thread
        assert set(suspects.values()) == {Danger(None, __version__)}
        library.index([str(album)])
        unreadable, groups = answer(library)
        assert unreadable == [(bad.name, Reason.STOPPED_DECODER)]
        assert groups == [["1.jpg", "1.tif"]]
        left = library._parts.catalog.dangers()
        assert list(left.values()) == [Danger(Reason.STOPPED_DECODER, __version__)]
    with opened(place) as library:  # and it never comes into this process again
        assert library.door.read_upright(str(bad), 100).reason is Reason.STOPPED_DECODER


def test_a_scan_that_is_stopped_does_not_wait_for_a_decoder(tmp_path, album, monkeypatch):
    note = tmp_path / "at work"
    monkeypatch.setenv("POISON_NOTE", str(note))
    poison(album / "9.tif", HANG)
    control, ended = Control(), []
    with opened(tmp_path / "library") as library:

        def work() -> None:
            try:
                library.index([str(album)], control)
            except Cancelled as error:
                ended.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        while not note.exists() and thread.is_alive():
            thread.join(0.05)
        control.cancel()
        thread.join(30)
        assert not thread.is_alive()
        assert ended
    with opened(tmp_path / "library", worker=None) as library:  # what was read is kept
        assert len(library.snapshot().photos) >= HEALTHY - 1, "but what the other thread was at"
        library.index([str(album)])
        assert len(library.snapshot().photos) == HEALTHY + 2
