"""Whole folders in the real window: is a card safe to erase, and one decision for a tree."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pictures import save, scene, small_album
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from windows import SLOW_MS, drop_on, on_disk, scanned

from albumdedup.core.types import Role, Tier
from albumdedup.gui.app import Session
from albumdedup.gui.bars import Place
from albumdedup.store.catalog import open_catalog

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def album(session: Session, qtbot, tmp_path: Path) -> Path:
    folder = tmp_path / "album"
    small_album(folder, shots=6)
    scanned(session, qtbot, folder, groups=3)
    return folder


def test_a_card_is_not_safe_then_safe_and_never_stays_in_the_library(
    session: Session, qtbot, album: Path, tmp_path: Path
) -> None:
    card, sheet = tmp_path / "card", session.window.card
    (card / "DCIM").mkdir(parents=True)
    for name in ("IMG_0001.jpg", "IMG_0002.jpg", "IMG_0003.jpg"):
        shutil.copy2(album / "Pictures" / name, card / "DCIM" / name)
    only = save(scene(77), card / "DCIM" / "IMG_0077.jpg")
    film = card / "DCIM" / "MVI_0001.MOV"
    film.write_bytes(b"film" * 500)
    before, groups = on_disk(album), len(session.album.shown)
    photos = len(session.album.snapshot.photos)

    session.window.actions_by_name["card"].trigger()
    assert drop_on(sheet, card)
    qtbot.waitUntil(lambda: sheet.grid.isVisible() and session.album.idle, timeout=SLOW_MS)
    assert "is not safe to erase: 3 of its files" in sheet.sentence.text()
    rest = {Path(picture.path).name: picture.badge for picture in sheet.grid.pictures}
    assert rest == {"IMG_0077.jpg": "nowhere else", "MVI_0001.MOV": "not a photo"}
    assert sheet.tick.name == "warning"
    qtbot.waitUntil(lambda: len(session.album.snapshot.photos) == photos, timeout=SLOW_MS)
    assert len(session.album.shown) == groups

    shutil.copy2(film, album / "film.mov")  # with other files too, the film is held elsewhere
    qtbot.mouseClick(sheet.films, LEFT)
    qtbot.waitUntil(lambda: len(sheet.grid.pictures) == 1 and session.album.idle, timeout=SLOW_MS)
    assert not sheet.films.isVisible()

    only.unlink()
    film.unlink()
    sheet.check(str(card))
    assert not sheet.choose.isEnabled()
    qtbot.waitUntil(lambda: sheet.tick.isVisible() and session.album.idle, timeout=SLOW_MS)
    assert "is safe to erase: all its 3 photos" in sheet.sentence.text()
    assert sheet.tick.name == "check"
    assert not sheet.grid.isVisible()
    qtbot.waitUntil(lambda: len(session.album.snapshot.photos) == photos, timeout=SLOW_MS)
    assert on_disk(album) == before
    assert len(on_disk(card)) == 3


def test_a_window_closed_during_a_check_leaves_no_card_in_the_library(
    session: Session, qtbot, album: Path, tmp_path: Path
) -> None:
    card = tmp_path / "card"
    shutil.copytree(album / "Pictures", card / "DCIM")
    session.window.card.check(str(card))
    qtbot.waitUntil(lambda: session.album.scanning, timeout=SLOW_MS)
    session.window.close()
    assert session.stop()
    catalog, _rebuilt = open_catalog(session.paths.catalog)
    assert catalog.roots() == [str(album)]
    assert not any(str(card) in photo.path for photo in catalog.photos())
    catalog.close()


def test_a_checked_folder_that_was_in_the_library_stays_there(
    session: Session, qtbot, album: Path
) -> None:
    photos = len(session.album.snapshot.photos)
    session.window.card.check(str(album / "Backup"))
    qtbot.waitUntil(
        lambda: session.window.card.tick.isVisible() and session.album.idle, timeout=SLOW_MS
    )
    assert "is safe to erase" in session.window.card.sentence.text()
    assert len(session.album.snapshot.photos) == photos


def test_a_card_that_is_not_there_is_a_sentence(
    session: Session, qtbot, album: Path, tmp_path: Path
) -> None:
    session.window.card.check(str(tmp_path / "nowhere"))
    sheet = session.window.card
    qtbot.waitUntil(lambda: sheet.tick.isVisible() and session.album.idle, timeout=SLOW_MS)
    assert "nowhere is not there" in sheet.sentence.text()
    assert sheet.tick.name == "warning"


def test_one_decision_marks_the_copies_of_a_tree(session: Session, qtbot, tmp_path: Path) -> None:
    folder = tmp_path / "album"
    laptop = folder / "Old laptop" / "Pictures"
    for number in range(6):
        shot = save(scene(number), folder / "Album" / f"{number}.jpg")
        laptop.mkdir(parents=True, exist_ok=True)
        shutil.copy2(shot, laptop / f"{number}.jpg")
        if number < 2:  # elsewhere too, and not to be touched by the decision
            (folder / "Mail").mkdir(exist_ok=True)
            shutil.copy2(shot, folder / "Mail" / f"{number}.jpg")
        save(scene(100 + number), folder / "Album" / f"new {number}.jpg")
    only = save(scene(50), laptop / "only.jpg")
    scanned(session, qtbot, folder, groups=6)
    window = session.window
    window.review.filter.boxes[Tier.IDENTICAL].setChecked(False)
    qtbot.waitUntil(lambda: session.album.idle, timeout=SLOW_MS)

    qtbot.mouseClick(window.top.folders, LEFT)
    qtbot.waitUntil(lambda: bool(window.folders.rows), timeout=SLOW_MS)
    sentences = [row.findChildren(QPushButton, "rest") for row in window.folders.rows]
    row = window.folders.rows[next(n for n, found in enumerate(sentences) if found)]
    assert any("Old laptop/Pictures: 6 of 7 are in" in text for text in texts(row))
    qtbot.mouseClick(row.findChild(QPushButton, "rest"), LEFT)
    assert [picture.path for picture in window.folders.grid.pictures] == [str(only)]
    window.folders.stack.setCurrentIndex(0)
    qtbot.mouseClick(row.findChild(QPushButton, "mark"), LEFT)
    qtbot.waitUntil(lambda: session.album.idle and len(session.album.shown) == 6, timeout=SLOW_MS)
    assert window.place is Place.REVIEW
    assert window.review.banner.isVisible()
    assert going(session) == {str(laptop / f"{n}.jpg") for n in range(6)}

    window.review.filter.slider.setValue(5)  # other filters leave the decision alone
    qtbot.waitUntil(lambda: session.album.idle, timeout=SLOW_MS)
    assert going(session) == {str(laptop / f"{n}.jpg") for n in range(6)}
    qtbot.mouseClick(window.review.banner.end, LEFT)
    qtbot.waitUntil(lambda: session.album.idle and len(going(session)) == 8, timeout=SLOW_MS)
    assert not window.review.banner.isVisible()


def going(session: Session) -> set[str]:
    groups = session.album.shown
    return {m.photo.path for g in groups for m in g.members if m.role is Role.REMOVE}


def texts(widget) -> list[str]:
    from PySide6.QtWidgets import QLabel

    return [one.text() for one in widget.findChildren(QLabel)]
