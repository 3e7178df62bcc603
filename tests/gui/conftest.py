"""A window on a library in memory, and a guard that no thread task or timer stays behind."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from compare_table import Table, album
from desk import Desk
from fake_library import FakeLibrary
from leaks import nothing_left
from PySide6.QtCore import QObject

from albumdedup.core.ports import Lane
from albumdedup.core.types import View
from albumdedup.gui.album import Album
from albumdedup.gui.executor import QtExecutor
from albumdedup.gui.jobs import Bridge, JobRunner
from albumdedup.gui.main_window import MainWindow
from albumdedup.gui.thumb_loader import ThumbLoader

WIDTHS = {Lane.LIBRARY: 1, Lane.DECODE: 2, Lane.DELIVERY: 1, Lane.THUMBS: 2, Lane.FILES: 1}


@pytest.fixture(autouse=True)
def no_leak(qapp: QObject, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No thread, timer or pool task survives a test."""
    with nothing_left(monkeypatch):
        yield


@pytest.fixture
def executor() -> Iterator[QtExecutor]:
    """Fails a test that leaves a task behind."""
    made = QtExecutor(WIDTHS)
    yield made
    assert made.shutdown(5000), "a task was still running at the end of the test"


@pytest.fixture
def bridge(qapp: QObject) -> Iterator[Bridge]:
    made = Bridge()
    yield made
    made.deleteLater()


@pytest.fixture
def desk(qtbot, executor: QtExecutor, bridge: Bridge) -> Iterator[Desk]:
    library = FakeLibrary()
    opened = SimpleNamespace(library=library, interrupted=(), catalog_rebuilt=False)
    jobs = JobRunner(executor, bridge)
    album = Album(lambda: opened, jobs, bridge, View(rule="best"))
    loader = ThumbLoader(executor, bridge)
    window = MainWindow(album, loader)
    window.resize(1180, 780)
    qtbot.addWidget(window)
    window.show()
    qtbot.mouseMove(window.bottom)  # the test before may have left the pointer on the list
    album.open()
    qtbot.waitUntil(lambda: album.library is not None and album.idle)
    yield Desk(window, album, library, executor, loader)
    library.gate.set()
    album.begin_closing()
    loader.stop()
    qtbot.waitUntil(lambda: not executor.busy())
    gc.collect()


@pytest.fixture
def table(desk: Desk, qtbot, tmp_path: Path) -> Table:
    shots = album(tmp_path)
    desk.library.content = shots.snapshot
    desk.album.refresh()
    qtbot.waitUntil(lambda: len(desk.album.shown) == 3 and desk.album.idle)
    desk.window.show_review()
    panel = desk.window.review.side.panel

    def calm() -> None:
        qtbot.waitUntil(lambda: desk.album.idle and not panel.darkroom.loading, timeout=20_000)

    return Table(desk, shots, calm)
