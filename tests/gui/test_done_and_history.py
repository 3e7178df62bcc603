"""The receipt, the history and the grid of small pictures, on a library in memory."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from desk import Desk
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from albumdedup.core.control import Progress, Stage
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.part import Part
from albumdedup.core.types import ContentId
from albumdedup.gui.picture_grid import Picture, PictureGrid
from albumdedup.gui.saving import write_new

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def cleaned(desk: Desk, qtbot, tmp_path: Path) -> Desk:
    desk.window.add_folders([str(tmp_path)])
    qtbot.waitUntil(lambda: desk.album.idle and len(desk.album.shown) == desk.library.shots)
    desk.window.clean_up()
    qtbot.waitUntil(desk.window.cleanup.isVisible)
    qtbot.mouseClick(desk.window.cleanup.go, LEFT)
    qtbot.waitUntil(lambda: desk.window.done.receipt is not None and desk.album.idle)
    return desk


def test_reading_the_receipt_can_be_stopped_and_begun_again(cleaned: Desk, qtbot) -> None:
    made, gate = cleaned.library.receipt, threading.Event()

    def slow(operation_id, control=None, sink=None):
        sink(Progress(Stage.PROVING, 3, 40))
        while not gate.wait(0.01):
            control.checkpoint()
        return made(operation_id)

    cleaned.library.receipt = slow
    done = cleaned.window.done
    done.show_past(1, "2026-01-01 12:00")
    qtbot.waitUntil(lambda: "3 of 40" in done.reading.text())
    assert done.list.model().rowCount() == 0
    qtbot.mouseClick(done.read, LEFT)
    qtbot.waitUntil(lambda: "Stopped before" in done.reading.text())
    assert done.read.text() == "Read it again"
    gate.set()
    qtbot.mouseClick(done.read, LEFT)
    qtbot.waitUntil(lambda: done.receipt is not None)
    assert done.model.rowCount() == 10
    assert not done.reading.isVisible()


def test_a_receipt_that_is_overtaken_is_not_shown(cleaned: Desk, qtbot) -> None:
    made, asked, gate = cleaned.library.receipt, [], threading.Event()

    def slow(operation_id, control=None, sink=None):
        asked.append(operation_id)
        while len(asked) == 1 and not gate.wait(0.01):
            control.checkpoint()
        return made(1)

    cleaned.library.receipt = slow
    done = cleaned.window.done
    done.show_past(7, "long ago")
    qtbot.waitUntil(lambda: asked == [7])
    done.show_past(1, "2026-01-01 12:00")
    qtbot.waitUntil(lambda: done.receipt is not None)
    assert asked == [7, 1]
    assert done.receipt.operation == 1


def test_putting_back_tells_how_far_it_is_and_can_be_cancelled(cleaned: Desk, qtbot) -> None:
    undo, stopped = cleaned.library.undo, threading.Event()

    def slow(operation_id=None, control=None, sink=None, part=None):
        sink(Progress(Stage.RESTORING, 4, 10))
        while not control.cancelled:
            stopped.wait(0.01)
        return undo(operation_id)

    cleaned.library.undo = slow
    window = cleaned.window
    qtbot.mouseClick(window.done.back, LEFT)
    assert "Putting photos back" in window.bottom.sentence.text()
    assert not window.done.back.isEnabled()
    qtbot.waitUntil(lambda: "4 of 10" in window.bottom.sentence.text())
    qtbot.mouseClick(window.bottom.cancel, LEFT)
    qtbot.waitUntil(lambda: cleaned.album.idle and "are back" in window.done.headline.text())


def test_an_error_of_the_trial_is_a_sentence(cleaned: Desk, qtbot) -> None:
    def broken(*_arguments, **_more):
        raise AlbumError(ErrorCode.UNKNOWN_OPERATION, name="1")

    cleaned.library.rehearse = broken
    done = cleaned.window.done
    qtbot.mouseClick(done.check, LEFT)
    qtbot.waitUntil(lambda: "There is no operation 1" in done.news.text())
    qtbot.waitUntil(lambda: cleaned.album.idle)
    assert done.check.isEnabled()


def test_a_group_and_a_photo_of_the_history_go_back_by_themselves(cleaned: Desk, qtbot) -> None:
    parts: list[Part] = []
    undo = cleaned.library.undo

    def noted(operation_id=None, control=None, sink=None, part=None):
        parts.append(part)
        return undo(operation_id)

    cleaned.library.undo = noted
    history = cleaned.window.history
    qtbot.mouseClick(cleaned.window.top.history, LEFT)
    qtbot.waitUntil(history.isVisible)
    look = history.rows[0].findChild(QPushButton, "open")
    assert look.hasFocus()
    qtbot.keyClick(look, Qt.Key.Key_Space)
    assert history.groups.hasFocus()
    assert len(history.groups.pictures) == 5
    qtbot.keyClick(history.groups, Qt.Key.Key_Right)
    group = history.groups.current.key
    photo = history.photos.current.key
    assert history.photos.pictures[0].badge == "✓ stays"
    history.photo_back.setFocus()
    qtbot.keyClick(history.photo_back, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(parts) == 1 and cleaned.album.idle)
    assert parts == [Part(photos=(photo,))]
    assert history.isVisible()
    assert history.groups.current.key == group  # the fake put all of it back
    assert not history.group_back.isEnabled()


def test_the_grid_keeps_its_place_and_speaks(cleaned: Desk, qtbot) -> None:
    grid = PictureGrid("Photos", cleaned.loader)
    qtbot.addWidget(grid)
    grid.resize(330, 260)
    grid.show()
    pictures = [
        Picture(f"{n}", f"/p/{n}.jpg", ContentId(f"{n:064d}"), f"{n} %", caption=f"{n}.jpg")
        for n in range(30)
    ]
    grid.show_pictures(pictures)
    assert grid.current == pictures[0]
    grid.setFocus()
    for _step in range(4):
        qtbot.keyClick(grid, Qt.Key.Key_Down)
    assert grid.current == pictures[8]  # two in a row
    place = grid.verticalScrollBar().value()
    grid.show_pictures(pictures[1:], keep=True)
    assert grid.current == pictures[8]
    assert abs(grid.verticalScrollBar().value() - place) < 250
    with qtbot.waitSignal(grid.opened) as opened:
        qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert opened.args == [pictures[8]]
    index = grid.model().index(0, 0)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "1 %, 1.jpg"


def test_a_saved_file_never_replaces_another(tmp_path: Path) -> None:
    place = tmp_path / "list.csv"
    paths = [write_new(str(place), lambda file: file.write("x") and None) for _ in range(3)]
    assert [Path(path).name for path in paths] == ["list.csv", "list (2).csv", "list (3).csv"]
    with pytest.raises(AlbumError, match="not_written"):
        write_new(str(tmp_path / "nowhere" / "list.csv"), lambda file: None)


def test_the_history_is_as_high_as_it_needs(cleaned: Desk, qtbot) -> None:
    history = cleaned.window.history
    cleaned.album.ask_history()
    qtbot.waitUntil(history.isVisible)
    assert history.card.height() < cleaned.window.height() / 2
    row = history.rows[0]
    assert row.height() >= row.sizeHint().height()
    qtbot.mouseClick(row.findChild(QPushButton, "open"), LEFT)
    assert history.card.height() > cleaned.window.height() * 0.8
    qtbot.mouseClick(history.list_again, LEFT)
    assert history.card.height() < cleaned.window.height() / 2
