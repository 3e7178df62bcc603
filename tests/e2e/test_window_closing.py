"""The window closed in every stage: no thread stays, nothing is lost, nothing is asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from leaks import nothing_left
from pictures import small_album
from PySide6.QtCore import Qt
from windows import SLOW_MS, on_disk, scanned

from albumdedup.core.paths import AppPaths
from albumdedup.core.settings import Settings
from albumdedup.gui import grouper
from albumdedup.gui.app import Session
from albumdedup.gui.bars import Place
from albumdedup.gui.jobs import JobKind

WAIT_S = 20.0


@pytest.fixture(autouse=True)
def no_leak(qapp, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with nothing_left(monkeypatch):
        yield


class Gate:
    """Holds a job until the window was asked to close."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.open = threading.Event()

    def wait(self, *_news: object) -> None:
        self.reached.set()
        assert self.open.wait(WAIT_S)

    def before(self, call: Callable) -> Callable:
        def held(*args: object, **named: object) -> object:
            self.wait()
            return call(*args, **named)

        return held

    def at_first_news(self, call: Callable) -> Callable:
        """Inside the work: when it tells for the first time how far it is."""

        def held(first, control, sink, *rest):
            def tell(progress):
                if not self.reached.is_set():
                    self.wait()
                sink(progress)

            return call(first, control, tell, *rest)

        return held


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.open.set()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    small_album(tmp_path / "album", shots=6)
    return tmp_path / "album"


def close(session: Session, qtbot, gate: Gate) -> None:
    """While the job is held; it goes on when the window has said that it finishes."""
    qtbot.waitUntil(gate.reached.is_set, timeout=SLOW_MS)
    assert not session.album.idle
    assert not session.window.close()
    assert "Finishing" in session.window.bottom.sentence.text()
    gate.open.set()
    qtbot.waitUntil(lambda: not session.window.isVisible(), timeout=SLOW_MS)
    assert session.stop()


def begin_again(session: Session, qtbot) -> Session:
    later = Session(session.paths, session.settings)
    qtbot.addWidget(later.window)
    later.start([])
    qtbot.waitUntil(lambda: later.album.library is not None and later.album.idle, timeout=SLOW_MS)
    return later


def test_while_the_library_opens(
    qtbot, tmp_path: Path, temporary_home: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    from albumdedup import assembly

    monkeypatch.setattr(assembly, "build", gate.before(assembly.build))
    session = Session(AppPaths(tmp_path / "library"), Settings())
    qtbot.addWidget(session.window)
    session.start([])
    close(session, qtbot, gate)
    later = begin_again(session, qtbot)  # the first one let go of the library
    assert later.stop()


def test_when_opening_takes_longer_than_anybody_waits(
    qtbot, tmp_path: Path, temporary_home: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    from albumdedup import assembly

    monkeypatch.setattr(assembly, "build", gate.before(assembly.build))
    monkeypatch.setattr("albumdedup.gui.leaving.CLOSE_MS", 50)
    session = Session(AppPaths(tmp_path / "library"), Settings())
    qtbot.addWidget(session.window)
    session.start([])
    qtbot.waitUntil(gate.reached.is_set, timeout=SLOW_MS)
    session.window.close()
    qtbot.waitUntil(lambda: not session.window.isVisible())
    gate.open.set()
    assert session.stop()
    later = begin_again(session, qtbot)
    assert later.stop()


def test_while_it_scans(
    session: Session, qtbot, folder: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = on_disk(folder)
    library = session.album.library
    real = library.index

    def held(roots, control, sink, changed):
        return gate.at_first_news(lambda r, c, s: real(r, c, s, changed))(roots, control, sink)

    monkeypatch.setattr(library, "index", held)
    session.window.add_folders([str(folder)])
    session.window.add_folders([str(folder.parent / "next")])  # one more waits
    close(session, qtbot, gate)
    assert on_disk(folder) == before


@pytest.fixture
def filled(session: Session, qtbot, folder: Path) -> Session:
    scanned(session, qtbot, folder, groups=3)
    return session


def test_while_it_groups(filled: Session, qtbot, gate, monkeypatch) -> None:
    monkeypatch.setattr(grouper, "group", gate.before(grouper.group))
    slider = filled.window.review.filter.slider
    slider.setValue(slider.maximum())
    assert filled.album.runs(JobKind.GROUP)
    close(filled, qtbot, gate)


def test_while_it_reads_the_library(filled: Session, qtbot, gate, monkeypatch) -> None:
    library = filled.album.library
    monkeypatch.setattr(library, "snapshot", gate.before(library.snapshot))
    filled.album.refresh()
    close(filled, qtbot, gate)


def test_while_it_plans(filled: Session, qtbot, folder: Path, gate, monkeypatch) -> None:
    before = on_disk(folder)
    library = filled.album.library
    monkeypatch.setattr(library, "plan", gate.before(library.plan))
    qtbot.mouseClick(filled.window.bottom.next, Qt.MouseButton.LeftButton)
    close(filled, qtbot, gate)
    assert not filled.window.cleanup.isVisible()
    assert on_disk(folder) == before


def test_while_it_cleans_up(filled: Session, qtbot, folder: Path, gate, monkeypatch) -> None:
    before = on_disk(folder)
    library = filled.album.library
    monkeypatch.setattr(library, "clean", gate.at_first_news(library.clean))
    filled.window.clean_up()
    qtbot.waitUntil(filled.window.cleanup.isVisible, timeout=SLOW_MS)
    qtbot.mouseClick(filled.window.cleanup.go, Qt.MouseButton.LeftButton)
    close(filled, qtbot, gate)
    left = on_disk(folder)
    assert before.items() >= left.items()
    later = begin_again(filled, qtbot)
    moved = [item for one in later.album.library.history() for item in one.moved]
    assert len(moved) == len(before) - len(left)  # the journal knows each of them
    if moved:
        later.album.undo()
        qtbot.waitUntil(lambda: later.album.idle and on_disk(folder) == before, timeout=SLOW_MS)
    assert on_disk(folder) == before
    assert later.stop()


def test_while_it_puts_back(filled: Session, qtbot, folder: Path, gate, monkeypatch) -> None:
    before = on_disk(folder)
    library, window = filled.album.library, filled.window
    window.clean_up()
    qtbot.waitUntil(window.cleanup.isVisible, timeout=SLOW_MS)
    qtbot.mouseClick(window.cleanup.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.place is Place.DONE and filled.album.idle, timeout=SLOW_MS)
    assert on_disk(folder) != before
    monkeypatch.setattr(library, "undo", gate.at_first_news(library.undo))
    qtbot.mouseClick(window.done.back, Qt.MouseButton.LeftButton)
    close(filled, qtbot, gate)
    later = begin_again(filled, qtbot)
    later.album.undo()  # what is left of it
    qtbot.waitUntil(lambda: later.album.idle, timeout=SLOW_MS)
    assert on_disk(folder) == before
    assert later.stop()


def test_while_it_finds(filled: Session, qtbot, folder: Path, gate, monkeypatch) -> None:
    library = filled.album.library
    monkeypatch.setattr(library, "ask", gate.before(library.ask))
    filled.window.find_sheet.find_file(str(folder / "Pictures" / "IMG_0000.jpg"))
    close(filled, qtbot, gate)


def test_while_it_judges_a_card(
    filled: Session, qtbot, folder: Path, tmp_path: Path, gate, monkeypatch
) -> None:
    library = filled.album.library
    monkeypatch.setattr(library, "card", gate.before(library.card))
    card = tmp_path / "card"
    small_album(card, shots=2)
    filled.window.card.check(str(card))
    close(filled, qtbot, gate)
    later = begin_again(filled, qtbot)
    assert later.album.library.roots() == [str(folder)]
    assert later.stop()


def test_while_thumbnails_are_made(filled: Session, qtbot, gate, monkeypatch) -> None:
    """They are nobody's job: the window goes at once, and they end by themselves."""
    qtbot.waitUntil(lambda: not filled.loader.loading, timeout=SLOW_MS)
    thumb = filled._thumbs
    filled.loader.set_maker(lambda *wanted: gate.before(thumb)(*wanted))
    filled.loader._pixmaps.clear()
    filled.window.review.list._ahead.ask_soon()
    qtbot.waitUntil(gate.reached.is_set, timeout=SLOW_MS)
    assert filled.window.close()
    gate.open.set()
    assert filled.stop()
