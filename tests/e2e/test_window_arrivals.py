"""What comes into the real window: recent folders, pastes, and what is no folder of photos."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pictures import save, scene, small_album
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog
from windows import SLOW_MS, scanned

from albumdedup.core.settings import load
from albumdedup.gui.app import Session
from albumdedup.gui.bars import Place
from albumdedup.gui.brought import names_of

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


def urls(*addresses: str | Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl(a) if isinstance(a, str) else QUrl.fromLocalFile(str(a)) for a in addresses])
    return data


def drag(session: Session, data: QMimeData) -> str:
    """Over the window and let go; what was read on it meanwhile."""
    copy, window = Qt.DropAction.CopyAction, session.window
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(99, 99), copy, data, LEFT, NONE))
    words = window.overlay.sentence if window.overlay.isVisible() else ""
    QApplication.sendEvent(window, QDropEvent(QPointF(99, 99), copy, data, LEFT, NONE))
    assert not window.overlay.isVisible()
    return words


def paste(session: Session, qtbot, data: QMimeData | str) -> None:
    clipboard = QGuiApplication.clipboard()
    if isinstance(data, str):
        clipboard.setText(data)
    else:
        clipboard.setMimeData(data)
    qtbot.keyClick(session.window, Qt.Key.Key_V, CONTROL)


def photos(session: Session) -> int:
    return len(session.album.snapshot.photos)


def sentence(session: Session) -> str:
    return session.window.bottom.sentence.text()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    small_album(tmp_path / "Ferien", shots=2)
    return tmp_path / "Ferien"


@pytest.fixture
def again(session: Session, qtbot) -> Iterator[list[Session]]:
    """Holds a second session, so that it is stopped whatever happens."""
    made: list[Session] = []
    yield made
    for one in made:
        assert one.stop()


# --- recent folders ---------------------------------------------------------------------


def test_a_second_start_offers_the_folders_of_before(
    session: Session, qtbot, folder: Path, tmp_path: Path, again: list[Session]
) -> None:
    stick = tmp_path / "stick"
    shutil.copytree(folder, stick)
    for one in (stick, folder):
        session.window.add_folders([str(one)])
        qtbot.waitUntil(lambda: session.album.idle, timeout=SLOW_MS)
    session.window.show_place(Place.ALBUM)
    shown = [made.folder for made in session.window.empty.recent.buttons]
    assert shown == [str(folder), str(stick)]  # newest first
    session.window.add_folders([str(stick)])
    assert session.window.empty.recent.buttons[0].folder == str(stick)  # once, and first again
    qtbot.waitUntil(lambda: session.album.idle, timeout=SLOW_MS)
    session.window.close()
    assert session.stop()
    assert load(session.paths.settings).settings.recent == (str(stick), str(folder))

    shutil.rmtree(stick)
    settings = load(session.paths.settings).settings
    later = Session(session.paths, settings)
    again.append(later)
    qtbot.addWidget(later.window)
    later.start([])
    away, here = later.window.empty.recent.buttons
    qtbot.waitUntil(lambda: away.missing and later.album.idle, timeout=SLOW_MS)
    assert not here.missing
    assert away.name == "stick · not there now"
    qtbot.mouseClick(away, LEFT)
    assert "stick is not there; plug in its drive" in sentence(later)
    assert later.window.place is Place.ALBUM
    assert not later.album.scanning

    shutil.copytree(folder, stick)
    qtbot.mouseClick(away, LEFT)  # looks again, on a thread
    qtbot.waitUntil(lambda: not away.missing and later.album.idle, timeout=SLOW_MS)
    here.setFocus()
    qtbot.keyClick(here, Qt.Key.Key_Return)
    assert later.window.place is Place.REVIEW
    qtbot.waitUntil(lambda: later.album.idle, timeout=SLOW_MS)
    assert later.settings.recent == (str(folder), str(stick))


def test_at_most_eight_are_remembered(session: Session, qtbot, tmp_path: Path) -> None:
    for number in range(10):
        (tmp_path / f"{number}").mkdir()
        session.window.add_folders([str(tmp_path / f"{number}")])
    qtbot.waitUntil(lambda: session.album.idle, timeout=SLOW_MS)
    names = [Path(one).name for one in session.settings.recent]
    assert names == ["9", "8", "7", "6", "5", "4", "3", "2"]
    session.window.show_place(Place.ALBUM)
    area, last = session.window.empty.area, session.window.empty.recent.buttons[-1]
    session.window.resize(800, 560)
    qtbot.waitUntil(lambda: not session.window.empty.picture.isVisible())
    last.setFocus(Qt.FocusReason.TabFocusReason)
    area.ensureWidgetVisible(last)
    assert area.viewport().rect().contains(last.mapTo(area.viewport(), last.rect().center()))


# --- pasting ----------------------------------------------------------------------------


def test_copied_folders_are_scanned_and_text_of_paths_too(
    session: Session, qtbot, folder: Path, tmp_path: Path
) -> None:
    for number in range(4):
        save(scene(50 + number), tmp_path / "Omas Album" / f"{number}.jpg")
    paste(session, qtbot, urls(folder))
    assert session.window.place is Place.REVIEW
    qtbot.waitUntil(lambda: session.album.idle and photos(session) == 4, timeout=SLOW_MS)
    paste(session, qtbot, f'"{tmp_path / "Omas Album"}"\n')
    qtbot.waitUntil(lambda: session.album.idle and photos(session) == 8, timeout=SLOW_MS)
    assert not session.window.find_sheet.isVisible()
    assert session.settings.recent == (str(tmp_path / "Omas Album"), str(folder))


def test_several_copied_photos_stand_for_their_folder_and_one_is_looked_for(
    session: Session, qtbot, folder: Path
) -> None:
    one, other, *_rest = sorted(folder.rglob("*.jpg"))
    paste(session, qtbot, urls(one, other))
    qtbot.waitUntil(lambda: session.album.idle and photos(session) > 0, timeout=SLOW_MS)
    paste(session, qtbot, urls(one))
    assert session.window.find_sheet.isVisible()
    qtbot.waitUntil(lambda: session.album.idle, timeout=SLOW_MS)
    paste(session, qtbot, urls(folder))  # folders fall through, as those that are dropped
    assert not session.window.find_sheet.isVisible()
    qtbot.waitUntil(lambda: session.album.idle and photos(session) == 4, timeout=SLOW_MS)


def test_a_text_field_keeps_what_is_pasted_into_it(session: Session, qtbot, folder: Path) -> None:
    scanned(session, qtbot, folder, groups=1)
    words = session.window.review.narrow.words
    words.setFocus()
    QGuiApplication.clipboard().setText(str(folder))
    qtbot.keyClick(words, Qt.Key.Key_V, CONTROL)
    assert words.text() == str(folder)
    assert not session.album.scanning


def test_a_folder_pasted_on_the_card_sheet_is_checked(
    session: Session, qtbot, folder: Path, tmp_path: Path
) -> None:
    scanned(session, qtbot, folder, groups=1)
    card = tmp_path / "card"
    shutil.copytree(folder, card)
    session.window.card.open()
    paste(session, qtbot, urls(card))
    qtbot.waitUntil(
        lambda: session.window.card.tick.isVisible() and session.album.idle, timeout=SLOW_MS
    )
    assert "is safe to erase" in session.window.card.sentence.text()
    assert str(card) not in session.settings.recent


# --- what is no folder of photos --------------------------------------------------------


def test_files_that_are_no_photos_are_a_sentence(session: Session, qtbot, tmp_path: Path) -> None:
    letter, tax, film = (tmp_path / name for name in ("letter.txt", "tax.pdf", "holiday"))
    for one in (letter, tax, film):
        one.write_bytes(b"no photo")
    assert "letter.txt is no photo" in drag(session, urls(letter))
    assert sentence(session) == "letter.txt is no photo. Drop or paste folders or photos."
    assert "None of these 3 files is a photo" in drag(session, urls(letter, tax, film))
    paste(session, qtbot, urls(tax, film))
    assert "None of these 2 files is a photo" in sentence(session)
    assert session.window.place is Place.ALBUM
    assert not session.album.scanning
    assert session.settings.recent == ()

    nameless = tmp_path / "photos" / "IMG_0001"
    save(scene(1), nameless.with_suffix(".jpg")).rename(nameless)
    drag(session, urls(letter, nameless))  # a photo by its content
    qtbot.waitUntil(lambda: session.album.idle and photos(session) == 1, timeout=SLOW_MS)


def test_a_web_address_is_a_sentence(session: Session, qtbot) -> None:
    assert "A web address cannot be" in drag(session, urls("https://example.org/a.jpg"))
    assert "Save the pictures on this computer first" in sentence(session)
    session.window.bottom.say("")
    paste(session, qtbot, urls("https://example.org/a.jpg"))
    assert "A web address" in sentence(session)
    session.window.bottom.say("")
    paste(session, qtbot, "http://example.org/album")
    assert "A web address" in sentence(session)
    paste(session, qtbot, "Dear Anna, …")
    assert "There is nothing to paste" in sentence(session)
    assert session.window.place is Place.ALBUM
    assert not session.window.find_sheet.isVisible()
    assert not session.album.scanning


def test_a_folder_that_vanished_is_a_sentence_and_its_parent_is_left_alone(
    session: Session, qtbot, folder: Path
) -> None:
    gone = folder.parent / "gone"
    drag(session, urls(gone))
    qtbot.waitUntil(lambda: "gone is not there" in sentence(session), timeout=SLOW_MS)
    qtbot.waitUntil(lambda: session.album.idle, timeout=SLOW_MS)
    assert photos(session) == 0
    assert session.settings.recent == ()
    drag(session, urls(gone, folder.parent / "gone too"))
    qtbot.waitUntil(lambda: "2 folders are not there" in sentence(session), timeout=SLOW_MS)


def test_a_folder_without_rights_is_a_sentence(
    session: Session, qtbot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As root, who may read everything, so the system's answer is made up."""
    import os

    real = os.scandir

    def guarded(path):
        if str(path) == str(folder / "Backup"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr("albumdedup.core.scanner.os.scandir", guarded)
    drag(session, urls(folder / "Backup"))
    qtbot.waitUntil(lambda: "Backup could not be looked into" in sentence(session), timeout=SLOW_MS)
    qtbot.waitUntil(lambda: session.album.idle, timeout=SLOW_MS)
    qtbot.mouseClick(session.window.bottom.action, LEFT)
    assert session.window.errors.isVisible()
    listed = session.window.errors.list.topLevelItem(0)
    assert "Backup" in listed.child(0).text(0)


def test_two_hundred_folders_at_once(session: Session, qtbot, tmp_path: Path) -> None:
    folders = [tmp_path / f"day {number:03}" for number in range(200)]
    for number, one in enumerate(folders):
        one.mkdir()
        if number % 50 == 0:
            save(scene(number), one / "photo.jpg")
    assert drag(session, urls(*folders)) == "Drop to look through 200 folders"
    facts = session.window.review.waiting.facts.text()
    assert facts == "day 000, day 001, day 002, day 003 and 196 more"
    qtbot.waitUntil(lambda: session.album.idle and photos(session) == 4, timeout=SLOW_MS)
    assert set(session.album.library.roots()) == {str(one) for one in folders}
    assert not [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog)]
    assert len(session.settings.recent) == 8


def test_names_are_shortened_only_where_that_saves_something() -> None:
    assert names_of(["/a/one"]) == "one"
    assert names_of([f"/a/{n}" for n in range(5)]) == "0, 1, 2, 3, 4"
    assert names_of([f"/a/{n}" for n in range(6)]) == "0, 1, 2, 3 and 2 more"
