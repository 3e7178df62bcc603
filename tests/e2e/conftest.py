"""The real program, and the real window, with a temporary home and library."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import Program
from windows import SLOW_MS, Opened

from albumdedup.core.paths import AppPaths
from albumdedup.core.settings import Settings
from albumdedup.gui.app import Session


@pytest.fixture
def program(tmp_path: Path, temporary_home: Path) -> Program:
    return Program(tmp_path / "library", temporary_home)


@pytest.fixture
def session(qtbot, tmp_path: Path, temporary_home: Path) -> Iterator[Session]:
    """As ``run`` makes it, without the application's own loop."""
    made = Session(AppPaths(tmp_path / "library"), Settings(commit_seconds=0.3, batch=8))
    qtbot.addWidget(made.window)
    made.window.resize(1180, 780)
    made.start([])
    qtbot.waitUntil(lambda: made.album.library is not None and made.album.idle, timeout=SLOW_MS)
    yield made
    assert made.stop(), "a thread did not come home"


@pytest.fixture
def opened(qapp) -> Iterator[Opened]:
    made = Opened()
    yield made
    made.stop()
