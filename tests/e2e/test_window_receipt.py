"""After a clean-up in the real window: the receipt, the trial, the history, and every way back."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from pictures import small_album
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from windows import SLOW_MS, Opened, on_disk, scanned, tile

from albumdedup.gui.app import Session
from albumdedup.gui.bars import Place

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def album(session: Session, qtbot, tmp_path: Path) -> Path:
    folder = tmp_path / "album"
    small_album(folder, shots=6)
    scanned(session, qtbot, folder, groups=3)
    return folder


def clean(session: Session, qtbot) -> None:
    """Through the bottom bar and the sheet, until the receipt is read back."""
    qtbot.mouseClick(session.window.bottom.next, LEFT)
    qtbot.waitUntil(session.window.cleanup.isVisible, timeout=SLOW_MS)
    qtbot.mouseClick(session.window.cleanup.go, LEFT)
    done = session.window.done
    qtbot.waitUntil(lambda: done.receipt is not None and session.album.idle, timeout=SLOW_MS)


def look_inside(session: Session, qtbot) -> None:
    qtbot.mouseClick(session.window.top.history, LEFT)
    history = session.window.history
    qtbot.waitUntil(history.isVisible, timeout=SLOW_MS)
    qtbot.mouseClick(history.rows[0].findChild(QPushButton, "open"), LEFT)
    assert history.stack.currentIndex() == 1


def test_the_sheet_tells_what_each_folder_keeps_and_saves_the_list(
    session: Session, qtbot, album: Path, tmp_path: Path
) -> None:
    before = on_disk(album)
    qtbot.mouseClick(session.window.bottom.next, LEFT)
    sheet = session.window.cleanup
    qtbot.waitUntil(sheet.isVisible, timeout=SLOW_MS)
    assert "Identical 3," in sheet.summary.text()
    assert "Same photo 3," in sheet.summary.text()
    assert "6 of 12 photos" in sheet.afterwards.text()
    qtbot.mouseClick(sheet.by_folder, LEFT)
    assert sheet.folders.isVisible()
    rows = [sheet.folders_model.row(n) for n in range(sheet.folders_model.rowCount())]
    told = {row.cells[0].split("/")[-1]: row.cells[1:] for row in rows}
    assert told.keys() == {"Pictures", "Messenger"}
    assert told["Pictures"][1].startswith("3 photos · ")
    assert told["Messenger"][0].startswith("3 photos · ")
    assert told["Messenger"][1] == "no photo stays here"

    place = tmp_path / "list.csv"
    place.write_text("mine")
    sheet.save_list(str(place))
    qtbot.waitUntil(lambda: bool(sheet.saved.text()), timeout=SLOW_MS)
    assert place.read_text() == "mine"  # nothing is ever replaced
    with (tmp_path / "list (2).csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 6
    assert {Path(line["stays"]).parent.name for line in lines} == {"Backup"}
    assert all(line["reason"] for line in lines)
    assert on_disk(album) == before


def test_the_receipt_is_read_from_the_disk_and_the_way_back_is_tried(
    session: Session, qtbot, album: Path, tmp_path: Path, opened: Opened
) -> None:
    clean(session, qtbot)
    done = session.window.done
    assert done.headline.text().startswith("6 copies moved · ")
    assert done.where.text() == "6 photos are in your computer’s trash."
    assert "come free when you empty the trash" in done.facts.text()
    assert "read again just now and is whole" in done.facts.text()
    rows = [done.model.row(n).cells for n in range(done.model.rowCount())]
    assert {row[4] for row in rows} == {"in the trash"}
    assert {row[1] for row in rows} == {"Identical", "Same photo"}
    done.list.selectRow(0)
    assert "stays: read again just now, and whole. Kept:" in done.detail.text()

    qtbot.mouseClick(done.show_place, LEFT)
    assert opened.paths[0].endswith("Trash/files")
    after = on_disk(tmp_path)
    qtbot.mouseClick(done.check, LEFT)
    qtbot.waitUntil(lambda: bool(done.trials), timeout=SLOW_MS)
    assert done.news.text() == (
        "The way back works: 6 photos, drawn at random, were restored on trial and came back "
        "byte for byte."
    )
    assert on_disk(tmp_path) == after  # the trial leaves nothing behind
    done.save_receipt(str(tmp_path / "receipt.html"))
    qtbot.waitUntil(lambda: "receipt.html" in done.news.text(), timeout=SLOW_MS)
    page = (tmp_path / "receipt.html").read_text()
    assert page.count("SHA-256") >= 3
    assert "Restored on trial: 6" in page


def test_one_photo_one_group_and_then_the_rest_come_back(
    session: Session, qtbot, album: Path
) -> None:
    before = on_disk(album)
    clean(session, qtbot)
    history, window = session.window.history, session.window
    look_inside(session, qtbot)
    assert len(history.groups.pictures) == 3
    assert [one.badge for one in history.photos.pictures] == ["✓ stays", *["↷ in the trash"] * 2]
    qtbot.waitUntil(lambda: not session.loader.loading)

    qtbot.mouseClick(history.photos.viewport(), LEFT, pos=tile(history.photos, 0))
    assert not history.photo_back.isEnabled()  # the one that stays is there
    qtbot.mouseClick(history.photos.viewport(), LEFT, pos=tile(history.photos, 2))
    wanted = Path(history.photos.current.key)
    assert not wanted.exists()
    qtbot.mouseClick(history.photo_back, LEFT)
    qtbot.waitUntil(lambda: "✓ back" in history.photos.current.badge, timeout=SLOW_MS)
    assert wanted.exists()
    assert len(on_disk(album)) == 7
    assert history.news.text() == "1 photo is back."
    assert history.photos.current.key == str(wanted)  # the place is kept
    assert history.isVisible()

    qtbot.mouseClick(history.groups.viewport(), LEFT, pos=tile(history.groups, 1))
    qtbot.mouseClick(history.group_back, LEFT)
    qtbot.waitUntil(lambda: history.news.text() == "2 photos are back.", timeout=SLOW_MS)
    qtbot.waitUntil(lambda: session.album.idle, timeout=SLOW_MS)
    assert len(on_disk(album)) == 9
    assert "3 are in the trash" in history.facts.text()
    assert "3 are back" in history.facts.text()

    qtbot.keyClick(history, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.done.operation is not None, timeout=SLOW_MS)
    window.show_place(Place.DONE)
    assert window.bottom.next.text() == "Put the rest back"
    qtbot.mouseClick(window.bottom.next, LEFT)
    qtbot.waitUntil(lambda: session.album.idle and len(session.album.shown) == 3, timeout=SLOW_MS)
    assert on_disk(album) == before
    assert window.done.headline.text() == "3 photos are back"
    assert not window.done.back.isVisible()


def test_what_the_user_emptied_from_the_trash_is_named_as_gone(
    session: Session, qtbot, album: Path
) -> None:
    clean(session, qtbot)
    done, history = session.window.done, session.window.history
    for line in done.receipt.lines[:2]:
        Path(line.place).unlink()
    look_inside(session, qtbot)
    assert "4 are in the trash" in history.facts.text()
    assert "2 are gone from the trash" in history.facts.text()
    assert history.groups.pictures[0].badge == "– 2 gone"
    assert not history.group_back.isEnabled()
    qtbot.mouseClick(history.receipt, LEFT)
    qtbot.waitUntil(lambda: session.album.idle and done.receipt is not None, timeout=SLOW_MS)
    assert session.window.place is Place.DONE
    assert "2 photos are gone from your computer’s trash" in done.where.text()
    assert [done.model.row(n).cells[4] for n in range(3)] == ["gone", "gone", "in the trash"]

    qtbot.mouseClick(done.back, LEFT)
    qtbot.waitUntil(lambda: session.album.idle and "are back" in done.headline.text())
    assert done.headline.text() == "4 photos are back"
    told = [done.problems.item(n).text() for n in range(done.problems.count())]
    assert len(told) == 2
    assert all("no longer in the trash" in sentence for sentence in told)
