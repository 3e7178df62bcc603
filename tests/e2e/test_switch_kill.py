"""kill -9 at random moments of a change of the extractor: nothing is lost, nothing done twice for
ever, and the end is the same as without."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from commands import Program
from pictures import small_album

from albumdedup.store.catalog import open_catalog

SCRIPT = Path(__file__).parents[1] / "colour_program.py"
SETTINGS = "batch = 4\ncommit_seconds = 0.1\n"


class ColourProgram(Program):
    def start(self, *arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(SCRIPT), *map(str, arguments)],
            env={**self._environment, "PYTHONPATH": str(SCRIPT.parents[1])},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="backslashreplace",
        )  # fmt: skip


def program(place: Path, home: Path) -> ColourProgram:
    place.mkdir()
    (place / "settings.toml").write_text(SETTINGS)
    return ColourProgram(place, home)


def state(library: Path):
    """Who answers, how much of the other embedding is there, and all pairs."""
    catalog, rebuilt = open_catalog(library / "catalog.sqlite")
    try:
        assert not rebuilt
        described = [use.described for use in catalog.spaces()]
        answers = catalog.answering()
        return answers, sum(described), catalog.answers()
    finally:
        catalog.close()


def check_kills(tmp_path: Path, home: Path, kills: int) -> None:
    album = tmp_path / "album"
    small_album(album, 40)
    sound = program(tmp_path / "sound", home)
    sound.ok("scan", album)
    before = sound.report()["groups"]
    shutil.copytree(sound.library, tmp_path / "killed")
    started = time.monotonic()
    sound.ok("scan", "--extractor", "colour", album)
    span = time.monotonic() - started
    expected, pairs = sound.report(), state(sound.library)[2]
    killed = ColourProgram(tmp_path / "killed", home)
    chance, seen = random.Random(kills), [0]
    for _ in range(kills):
        process = killed.start("scan", "--extractor", "colour", album)
        try:
            process.communicate(timeout=chance.uniform(0.4, 1.0) * span)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        answers, described, _pairs = state(killed.library)
        assert described >= seen[-1], "what was kept is not done again"
        seen.append(described)
        if answers is None:  # the old answers, whole
            assert killed.report()["groups"] == before
    done = json.loads(killed.ok("scan", "--json", album))  # the extractor is remembered
    assert done["described"] == state(sound.library)[1] - seen[-1]
    assert killed.report() == expected
    assert state(killed.library)[2] == pairs
    again = json.loads(killed.ok("scan", "--json", album))
    assert (again["new"], again["described"]) == (0, 0)
    assert "✓ stores" in killed.run("doctor").stdout


@pytest.mark.slow
def test_a_switch_killed_a_few_times(tmp_path, temporary_home):
    check_kills(tmp_path, temporary_home, kills=2)


@pytest.mark.slow
def test_a_switch_killed_twelve_times(tmp_path, temporary_home):
    check_kills(tmp_path, temporary_home, kills=12)
