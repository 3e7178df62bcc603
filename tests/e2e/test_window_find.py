"""Find in the real window: drop, paste, choose, from a card; the answer with its scores."""

from __future__ import annotations

from pathlib import Path

import pytest
from pictures import save, scene, small_album
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QPushButton
from windows import SLOW_MS, Opened, drop_on, scanned, tile

from albumdedup.gui import finding, menus
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
    assert sheet.preview.has_picture()

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


def test_more_come_when_one_scrolls_to_the_end(
    session: Session, qtbot, album: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "PAGE", 5)
    sheet = session.window.find_sheet
    sheet.find_file(str(album / "Pictures" / "IMG_0001.jpg"))
    bar = sheet.grid.verticalScrollBar()

    def all_there() -> bool:
        bar.setValue(bar.maximum())
        return session.album.idle and len(sheet.grid.pictures) == 12

    qtbot.waitUntil(all_there, timeout=SLOW_MS)
    paths = [picture.path for picture in sheet.grid.pictures]
    assert len(set(paths)) == 12
    shares = [int(p.badge.split()[0]) for p in sheet.grid.pictures if p.badge.endswith("alike")]
    assert shares == sorted(shares, reverse=True)
    assert sheet.grid.current is sheet.grid.pictures[0]  # and nothing else moved


def test_a_part_of_the_picture_is_looked_for_by_mouse_and_by_keys(
    session: Session, qtbot, album: Path, tmp_path: Path
) -> None:
    """Two photos beside one another; the part that is marked decides which one is found."""
    both = Image.new("RGB", (1280, 480))
    both.paste(scene(2), (0, 0))
    both.paste(scene(5), (640, 0))
    query = save(both, tmp_path / "both.jpg")
    sheet = session.window.find_sheet
    sheet.find_file(str(query))
    found(session, qtbot)
    view = sheet.preview
    place = view._place()

    def at(x: float, y: float) -> QPoint:
        spot = QPointF(place.x() + x * place.width(), place.y() + y * place.height())
        return spot.toPoint()

    for left, right, name in ((0.0, 0.5, "IMG_0002.jpg"), (0.5, 1.0, "IMG_0005.jpg")):
        qtbot.mousePress(view, LEFT, pos=at(left, 0.0))
        qtbot.mouseMove(view, at((left + right) / 2, 0.5))
        qtbot.mouseMove(view, at(right, 1.0))
        qtbot.mouseRelease(view, LEFT, pos=at(right, 1.0))
        qtbot.waitUntil(lambda: not session.album.idle or view.crop is not None)
        found(session, qtbot)
        assert Path(sheet.grid.pictures[0].path).name == name
        assert "the marked part of both.jpg" in sheet.sentence.text()
    qtbot.mouseClick(view, LEFT, pos=at(0.5, 0.5))
    assert view.crop is None

    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Left)  # begins in the middle
    for _ in range(6):
        qtbot.keyClick(view, Qt.Key.Key_Left)
        qtbot.keyClick(view, Qt.Key.Key_Up)
        qtbot.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    crop = view.crop
    assert crop is not None
    assert (crop.x, crop.y) == (0.0, 0.0)
    assert "from 0 % to 50 % of the width" in view.accessibleDescription()
    qtbot.waitUntil(lambda: "marked part" in sheet.sentence.text(), timeout=SLOW_MS)
    qtbot.waitUntil(
        lambda: session.album.idle and Path(sheet.grid.pictures[0].path).name == "IMG_0002.jpg",
        timeout=SLOW_MS,
    )
    assert view.hasFocus()
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert view.crop is None
    assert sheet.isVisible()


def test_like_this_too_and_not_like_this(session: Session, qtbot, album: Path) -> None:
    sheet = session.window.find_sheet
    sheet.find_file(str(album / "Pictures" / "IMG_0001.jpg"))
    found(session, qtbot)
    names = [Path(picture.path).name for picture in sheet.grid.pictures]
    sheet.grid.select(names.index("IMG_0003.jpg"))
    qtbot.mouseClick(sheet.also, LEFT)
    assert set(found(session, qtbot)[:2]) == {"● this file"}
    assert {Path(p.path).name for p in sheet.grid.pictures[:2]} == {"IMG_0001.jpg", "IMG_0003.jpg"}
    assert sheet.examples.isVisible()
    assert "all of these" in sheet.sentence.text()

    names = [Path(picture.path).name for picture in sheet.grid.pictures]
    sheet.grid.select(names.index("IMG_0005.jpg"))
    qtbot.mouseClick(sheet.unlike, LEFT)
    found(session, qtbot)
    assert "IMG_0005.jpg" not in {Path(p.path).name for p in sheet.grid.pictures}

    def buttons() -> list[QPushButton]:
        return [one for one in sheet.examples.findChildren(QPushButton) if one.isVisible()]

    wanted = [
        "Looked for: IMG_0001.jpg", "Looked for: IMG_0003.jpg", "Looked away from: IMG_0005.jpg",
    ]  # fmt: skip
    qtbot.waitUntil(lambda: [one.accessibleName() for one in buttons()] == wanted)
    last = buttons()[-1]
    qtbot.mouseClick(last, LEFT)
    found(session, qtbot)
    assert "IMG_0005.jpg" in {Path(p.path).name for p in sheet.grid.pictures}


def test_only_a_folder_some_days_and_a_camera(session: Session, qtbot, album: Path) -> None:
    sheet = session.window.find_sheet
    sheet.find_file(str(album / "Pictures" / "IMG_0004.jpg"))
    found(session, qtbot)
    filters = sheet.filters
    filters.choose_folder(str(album / "Messenger"))
    found(session, qtbot)
    assert {Path(p.path).parent.name for p in sheet.grid.pictures} == {"Messenger"}
    filters.first.setText("2019-05-04")
    filters.last.setText("2019-05-31")
    qtbot.keyClick(filters.last, Qt.Key.Key_Return)
    found(session, qtbot)
    assert [Path(p.path).name for p in sheet.grid.pictures] == ["IMG_0004.jpg"]
    assert filters.camera.itemText(1) == "Test camera"
    filters.last.setText("soon")
    qtbot.keyClick(filters.last, Qt.Key.Key_Return)
    assert "soon is no date" in sheet.sentence.text()
    filters.last.setText("2018")
    filters.first.clear()
    qtbot.keyClick(filters.last, Qt.Key.Key_Return)
    assert found(session, qtbot) == []
    assert "No photo of the library passes these filters" in sheet.sentence.text()
    qtbot.mouseClick(filters.all, LEFT)
    assert len(found(session, qtbot)) == 12
    assert not filters.all.isVisible()


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
