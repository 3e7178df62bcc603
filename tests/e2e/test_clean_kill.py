"""kill -9 while cleaning and while putting back, at random moments, with the real program.

Afterwards each photo is at its place or in the trash, and undo brings back every byte.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from albums import Kept
from commands import Program
from pictures import save, scene

from albumdedup.assembly import build
from albumdedup.core.executors import InlineExecutor
from albumdedup.core.paths import AppPaths
from albumdedup.core.settings import Settings
from albumdedup.core.types import ItemState

WORKER = """
import sys
from albumdedup.assembly import build
from albumdedup.core.executors import InlineExecutor
from albumdedup.core.paths import AppPaths
from albumdedup.core.settings import Settings
from albumdedup.core.types import View
from pathlib import Path
library = build(AppPaths(Path(sys.argv[1])), Settings(), InlineExecutor()).library
print("ready", flush=True)
if sys.argv[2] == "clean":
    library.clean(library.plan(library.find_groups(View())))
else:
    library.undo()
library.close()
"""


def album_of_copies(folder: Path, count: int) -> None:
    """One shot each, with a copy: pictures are few, so that the scan is short."""
    for number in range(count):
        picture = save(scene(number, (96, 72)), folder / "Pictures" / f"{number:03d}.jpg")
        copy = folder / "Backup" / picture.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(picture.read_bytes())


def run_and_kill(library: Path, verb: str, after: float) -> bool:
    """True when the worker was killed before it ended by itself."""
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(library), verb], stdout=subprocess.PIPE, text=True
    )
    assert worker.stdout is not None
    worker.stdout.readline()
    try:
        worker.wait(timeout=after)
    except subprocess.TimeoutExpired:
        worker.kill()
    worker.communicate()
    return worker.returncode != 0


def opened(library: Path):
    return build(AppPaths(library), Settings(), InlineExecutor()).library


def check_kills(program: Program, tmp_path: Path, kills: int) -> None:
    album, library = tmp_path / "album", program.library
    album_of_copies(album, 60)
    program.ok("scan", album)
    whole = Kept.below(album)
    chance = random.Random(kills)
    started = time.monotonic()
    run_and_kill(library, "clean", 60)
    span = time.monotonic() - started
    opened_library = opened(library)
    opened_library.undo()
    opened_library.close()
    assert Kept.below(album) == whole
    died = 0
    for number in range(kills):
        verb = "undo" if number % 2 else "clean"
        died += run_and_kill(library, verb, chance.uniform(0.0, span / 3))
        after = opened(library)
        try:
            assert Kept.below(album).contents == whole.contents
            history = after.history()
            for operation in history:
                assert operation.finished
                for entry in operation.items:
                    assert entry.state not in (ItemState.MOVING, ItemState.RESTORING)
                    assert entry.state not in (ItemState.FAILED, ItemState.GONE), entry
                    if entry.state is ItemState.MOVED:
                        assert Path(str(entry.place)).exists()
            if verb == "undo":
                for operation in history:
                    if operation.moved:
                        after.undo(operation.id)
                assert Kept.below(album) == whole
        finally:
            after.close()
    assert died >= kills // 4


def test_a_few_kills(program, tmp_path):
    check_kills(program, tmp_path, kills=6)


@pytest.mark.slow
def test_twenty_kills(program, tmp_path):
    check_kills(program, tmp_path, kills=40)
