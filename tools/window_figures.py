"""How quick the window is: start, scanning, slider and scrolling, each measured in the real one.

    python tools/window_figures.py [start] [scan] [slider] [scroll] [--photos DIR] [--json FILE]

``scan`` takes the photos of DIR, and is left out without them: 2,000 or more are telling.
``slider`` and ``scroll`` show libraries that were never on disk. Times are of the window's
thread; run it on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QElapsedTimer, QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from albumdedup.core.paths import AppPaths
from albumdedup.core.settings import Settings
from albumdedup.core.types import Group, View
from albumdedup.evaluation.bench.figures import percentile
from albumdedup.evaluation.bench.simulated import simulated_snapshot
from albumdedup.gui.app import Session
from albumdedup.gui.collector import Collector
from albumdedup.gui.group_view import GroupView
from albumdedup.gui.jobs import JobKind

TICK_MS = 4
STARTS = 5
Figures = dict[str, float]


class Gaps(QObject):
    """How long the window's thread was away from its event loop, in milliseconds."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[float] = []
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self.found.clear()
        self._clock.start()
        self._timer.start()

    def stop(self) -> Figures:
        self._timer.stop()
        ordered = sorted(self.found)
        return {
            "gaps": len(ordered),
            "p50_ms": percentile(ordered, 0.5),
            "p99_ms": percentile(ordered, 0.99),
            "max_ms": ordered[-1],
        }

    def _tick(self) -> None:
        self.found.append(max(0.0, self._clock.nsecsElapsed() / 1e6 - TICK_MS))
        self._clock.restart()


class Paints(QObject):
    """How long each paint of one widget takes: from the event until it was handled."""

    def __init__(self, view: GroupView) -> None:
        super().__init__()
        self.found: list[float] = []
        self._paint = view.paintEvent
        view.paintEvent = self._timed  # type: ignore[method-assign]

    def _timed(self, event: QEvent) -> None:
        started = time.perf_counter()
        self._paint(event)  # type: ignore[arg-type]
        self.found.append((time.perf_counter() - started) * 1000)


def until(ready: Callable[[], bool], seconds: float = 600.0) -> None:
    """Run the event loop until something holds. Raises TimeoutError."""
    loop, started = QEventLoop(), time.monotonic()
    watch = QTimer()
    watch.setInterval(20)
    watch.timeout.connect(
        lambda: loop.quit() if ready() or time.monotonic() - started > seconds else None
    )
    watch.start()
    if not ready():
        loop.exec()
    watch.stop()
    if not ready():
        raise TimeoutError(f"not within {seconds:.0f} s")


@contextmanager
def window(place: Path) -> Iterator[Session]:
    session = Session(AppPaths(place / "library"), Settings())
    session.window.resize(1180, 780)
    try:
        yield session
    finally:
        session.window.hide()
        session.stop()


def resident() -> float:
    """Memory of this process in MB; 0 where that cannot be asked."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


# --- start ------------------------------------------------------------------------------------

_FIRST_PAINT = """
import sys, time, os
from albumdedup.gui import main_window
shown = main_window.MainWindow.showEvent
def first(self, event):
    shown(self, event)
    self.shown_first.connect(lambda: report(self))
def report(self):
    heavy = [m for m in ("torch", "pymilvus", "cv2") if m in sys.modules]
    print(time.time() - float(os.environ["STARTED"]), ",".join(heavy) or "-", flush=True)
    os._exit(0)
main_window.MainWindow.showEvent = first
from albumdedup.gui.app import run
run(["--library", sys.argv[1]])
"""


def figures_of_start() -> Figures:
    """From the start of the process to the first paint, the module's own imports included."""
    seconds = []
    for _number in range(STARTS + 1):
        with tempfile.TemporaryDirectory() as place:
            environment = os.environ | {"STARTED": str(time.time())}
            done = subprocess.run(
                [sys.executable, "-c", _FIRST_PAINT, place],
                env=environment, capture_output=True, text=True, check=True,
            )  # fmt: skip
        spent, heavy = done.stdout.split()
        if heavy != "-":
            raise RuntimeError(f"imported before the first paint: {heavy}")
        seconds.append(float(spent))
    return {"median_s": statistics.median(seconds[1:]), "worst_s": max(seconds[1:])}


# --- scanning ---------------------------------------------------------------------------------


def figures_of_scan(album: Path) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        with window(place) as session:
            session.window.show()
            gaps = Gaps()
            gaps.start()
            started = time.monotonic()
            session.start([str(album)])
            until(lambda: session.album.library is not None and session.album.idle)
            figures = gaps.stop()
            figures["seconds"] = time.monotonic() - started
            figures["photos"] = len(session.album.snapshot.photos)
            figures["groups"] = len(session.album.shown)
    return figures


# --- slider -----------------------------------------------------------------------------------


def figures_of_slider(photos: int = 100_000, pairs: int = 40_000) -> Figures:
    """Steps of the similarity slider: the regrouping beside the window, then what the window's
    own thread does with the groups until they are painted."""
    with tempfile.TemporaryDirectory() as folder, window(Path(folder)) as session:
        show_simulated(session, photos, pairs)
        paints = Paints(session.window.review.list)
        regroup, taken, gaps = [], [], Gaps()
        for step in range(20):
            view = View(similarity=round(0.98 - step * 0.012, 3))
            gaps.start()
            started = time.perf_counter()
            session.album.set_view(view)
            came: list[float] = []
            link = session.album.groups_changed.connect(
                lambda c=came: c.append(time.perf_counter())
            )
            until(lambda v=view: session.album.view == v and not session.album.runs(JobKind.GROUP))
            session.window.review.list.viewport().repaint()
            regroup.append((came[0] - started) * 1000 if came else 0.0)
            session.album.groups_changed.disconnect(link)
            taken.append(gaps.stop()["max_ms"])
        return {
            "photos": photos, "pairs": len(session.album.snapshot.matches),
            "groups": len(session.album.shown),
            "regroup_median_ms": statistics.median(regroup), "regroup_worst_ms": max(regroup),
            "window_median_ms": statistics.median(taken), "window_worst_ms": max(taken),
            "paint_worst_ms": max(paints.found),
        }  # fmt: skip


def show_simulated(session: Session, photos: int, pairs: int) -> None:
    """A library that was never on disk, in the real window."""
    session.start([])
    until(lambda: session.album.library is not None and session.album.idle)
    snapshot = simulated_snapshot(photos, pairs)
    session.album.library.snapshot = lambda: snapshot  # type: ignore[union-attr,method-assign]
    session.album.set_view(View(similarity=0.70))
    session.album.refresh()
    until(lambda: session.album.idle and len(session.album.snapshot.photos) == photos)
    session.window.show_review()
    settle()


def settle() -> None:
    for _number in range(5):
        QApplication.processEvents()


# --- scrolling --------------------------------------------------------------------------------


def figures_of_scroll(groups: int = 50_000) -> Figures:
    """Frames of scrolling from the first card to the last: by the wheel, and in jumps."""
    with tempfile.TemporaryDirectory() as folder, window(Path(folder)) as session:
        show_simulated(session, 3 * groups, 3 * groups)
        view = session.window.review.list
        shown: list[Group] = list(session.album.shown)
        paints = Paints(view)
        bar = view.verticalScrollBar()
        before = resident()
        for start in (0, bar.maximum() // 2, bar.maximum() * 9 // 10):
            for step in range(300):
                bar.setValue(start + step * 60)
                view.viewport().repaint()
        for step in range(300):
            bar.setValue(bar.maximum() * step // 300)
            view.viewport().repaint()
        ordered = sorted(paints.found)
        return {
            "groups": len(shown), "frames": len(ordered), "p50_ms": percentile(ordered, 0.5),
            "p99_ms": percentile(ordered, 0.99), "max_ms": ordered[-1],
            "grown_mb": resident() - before,
        }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    every = ("start", "scan", "slider", "scroll")
    parser.add_argument("what", nargs="*", choices=[*every, []], default=[])
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    application = QApplication([sys.argv[0]])
    application.setApplicationName("Album Deduplicator")
    collector = Collector()
    found: dict[str, Figures] = {}
    for what in arguments.what or every:
        if what == "scan" and arguments.photos is None:
            print("scan     left out: name a folder with --photos DIR", flush=True)
            continue
        match what:
            case "start":
                found[what] = figures_of_start()
            case "scan":
                found[what] = figures_of_scan(arguments.photos)
            case "slider":
                found[what] = figures_of_slider()
            case _:
                found[what] = figures_of_scroll()
        line = "  ".join(f"{name} {value:,.4g}" for name, value in found[what].items())
        print(f"{what:8} {line}", flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    collector.stop()


if __name__ == "__main__":
    main()
