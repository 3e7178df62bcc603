"""kill -9 at random moments of a scan: the next start is consistent and ends the same."""

from __future__ import annotations

import json
import random
import subprocess
import time
from pathlib import Path

import pytest
from commands import Program
from pictures import small_album


def kill_at_random(program: Program, album: Path, chance: random.Random, span: float) -> None:
    process = program.start("scan", album)
    try:
        process.communicate(timeout=chance.uniform(0.05, span))
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def check_kills(tmp_path: Path, home: Path, kills: int) -> None:
    album = tmp_path / "album"
    small_album(album, 60)
    files = sorted(str(p) for p in album.rglob("*.jpg"))
    sound = Program(tmp_path / "sound", home)
    started = time.monotonic()
    sound.ok("scan", album)
    span = time.monotonic() - started
    expected = sound.report()
    program = Program(tmp_path / "killed", home)
    chance = random.Random(kills)
    for _ in range(kills):
        kill_at_random(program, album, chance, span)
    program.ok("scan", album)
    assert program.report() == expected
    assert sorted(str(p) for p in album.rglob("*.jpg")) == files
    again = json.loads(program.ok("scan", "--json", album))
    assert (again["new"], again["unchanged"]) == (0, len(files))
    assert "✗" not in program.ok("doctor")


def test_a_scan_killed_a_few_times(tmp_path, temporary_home):
    check_kills(tmp_path, temporary_home, kills=4)


@pytest.mark.slow
def test_a_scan_killed_twenty_times(tmp_path, temporary_home):
    check_kills(tmp_path, temporary_home, kills=20)
