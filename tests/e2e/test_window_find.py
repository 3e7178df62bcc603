"""Find in the real window: drop, paste, choose, from a card; the answer with its scores."""

from __future__ import annotations

from pathlib import Path

import pytest
from pictures import save, scene, small_album
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from windows import SLOW_MS, Opened, drop_on, scanned, tile

from albumdedup.gui import menus
from albumdedup.gui.app import Session

LEFT, CONTROL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def album(session: Session, qtbot, tmp_path: Path) -> Path:
    folder = tmp_path / "album"
    small_album(folder, shots=6)
    scanned(session, qtbot, folder, groups=3)
    return folder


def found(session: Session, qtbot) -> list[str]:
    """The badges of the answer, when it is there."""
    sheet = session.window.find_sheet
    qtbot.waitUntil(lambda: session.album.idle, timeout=SLOW_MS)
    assert sheet.isVisible()
    return [picture.badge for picture in sheet.grid.pictures]


def test_a_picture_dropped_on_the_search_field_finds_its_copies(
    session: Session, qtbot, album: Path, tmp_path: Path, opened: Opened
) -> None:
    query = save(scene(2).resize((320, 240)), tmp_path / "from the web.jpg", quality=70)
    assert drop_on(session.window.top.search, query)
    badges = found(session, qtbot)
    sheet = session.window.find_sheet
    names = [Path(picture.path).name for picture in sheet.grid.pictures]
    assert names[:3] == ["IMG_0002.jpg"] * 3
    assert all(badge.endswith("% alike") for badge in badges)
    shares = [int(badge.split()[0]) for badge in badges]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 90 > shares[-1]
    assert "No photo is the same as from the web.jpg byte for byte" in sheet.sentence.text()
    assert not sheet.preview.pixmap().isNull()

    qtbot.mouseClick(sheet.grid.viewport(), LEFT, pos=tile(sheet.grid, 1))
    qtbot.mouseClick(sheet.folder, LEFT)
    qtbot.keyClick(sheet.grid, Qt.Key.Key_Return)
    path = sheet.grid.pictures[1].path
    assert opened.paths == [str(Path(path).parent), path]


def test_a_folder_on_the_search_field_is_scanned_as_anywhere_else(
    session: Session, qtbot, album: Path
) -> None:
    small_album(album / "more", shots=8)
    assert drop_on(session.window.top.search, album / "more")
    assert not session.window.find_sheet.isVisible()
    qtbot.waitUntil(
        lambda: session.album.idle and len(session.album.snapshot.photos) == 28, timeout=SLOW_MS
    )


def test_a_copied_picture_and_a_copied_file_are_found_by_ctrl_v(
    session: Session, qtbot, album: Path
) -> None:
    clipboard = QGuiApplication.clipboard()
    clipboard.setImage(QImage(str(album / "Pictures" / "IMG_0004.jpg")).scaled(400, 300))
    qtbot.keyClick(session.window, Qt.Key.Key_V, CONTROL)
    found(session, qtbot)
    sheet = session.window.find_sheet
    assert Path(sheet.grid.pictures[0].path).name == "IMG_0004.jpg"

    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(album / "Backup" / "IMG_0000.jpg"))])
    clipboard.setMimeData(data)
    qtbot.keyClick(session.window, Qt.Key.Key_V, CONTROL)
    badges = found(session, qtbot)
    assert sorted(badges[:2]) == ["▣ Identical", "● this file"]
    assert "2 photos are the same, byte for byte" in sheet.sentence.text()

    clipboard.setText("no picture")
    qtbot.keyClick(session.window, Qt.Key.Key_V, CONTROL)
    assert "There is no picture to paste" in sheet.sentence.text()


def test_how_many_are_shown_can_be_chosen(session: Session, qtbot, album: Path) -> None:
    sheet = session.window.find_sheet
    sheet.find_file(str(album / "Pictures" / "IMG_0001.jpg"))
    assert len(found(session, qtbot)) == 12  # all there are
    sheet.count.setFocus()
    qtbot.keyClick(sheet.count, Qt.Key.Key_Home)  # 12 instead of 24
    assert sheet.top == 12
    more = album / "more"
    small_album(more, shots=8)
    session.window.add_folders([str(more)])
    qtbot.waitUntil(lambda: session.album.idle and len(session.album.snapshot.photos) == 28)
    sheet.find_file(str(album / "Pictures" / "IMG_0001.jpg"))
    assert len(found(session, qtbot)) == 12
    qtbot.keyClick(sheet.count, Qt.Key.Key_Down)
    assert len(found(session, qtbot)) == 24


def test_find_similar_of_a_card_leaves_the_photo_itself_out(
    session: Session, qtbot, album: Path
) -> None:
    window = session.window
    group = session.album.shown[0]
    menu = menus.card_menu(window, group, 0)
    next(one for one in menu.actions() if one.text() == "Find similar").trigger()
    found(session, qtbot)
    paths = [picture.path for picture in window.find_sheet.grid.pictures]
    assert group.keeper.path not in paths
    assert set(paths[:2]) == {member.photo.path for member in group.members[1:]}

    window.find_sheet.dismiss()
    window.review.list.setFocus()
    window.review.list.setCurrentIndex(window.model.index(1))
    window.actions_by_name["similar"].trigger()
    found(session, qtbot)
    assert window.model.group(1).keeper.path not in [
        picture.path for picture in window.find_sheet.grid.pictures
    ]


def test_what_is_no_picture_and_an_empty_library_are_sentences(
    session: Session, qtbot, tmp_path: Path
) -> None:
    sheet = session.window.find_sheet
    picture = save(scene(1), tmp_path / "one.jpg")
    assert drop_on(session.window.top.search, picture)
    assert found(session, qtbot) == []
    assert "The library is empty" in sheet.sentence.text()
    text = tmp_path / "letter.txt"
    text.write_text("Dear …")
    assert drop_on(sheet, text)
    assert found(session, qtbot) == []
    assert "cannot be read as a photo" in sheet.sentence.text()
