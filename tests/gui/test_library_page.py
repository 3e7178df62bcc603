"""The library page: counts, the map, forgetting and clearing, what could not be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import Desk
from fake_library import unreadable
from PySide6.QtCore import QAbstractItemModel, QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QAbstractButton, QApplication

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.statistics import Share
from albumdedup.gui import household
from albumdedup.gui.bars import Place
from albumdedup.gui.library_page import LibraryPage
from albumdedup.gui.share_table import AT_MOST, Column, ShareTable


@pytest.fixture
def page(desk: Desk, qtbot, tmp_path: Path) -> LibraryPage:
    """Five groups of three photos; the library is in view and has its answers."""
    desk.library.problems = unreadable(3)
    desk.window.add_folders([str(tmp_path)])
    qtbot.waitUntil(lambda: desk.album.idle and len(desk.album.shown) == 5)
    qtbot.mouseClick(desk.window.top.places[Place.LIBRARY], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.album.idle and desk.window.library.map.map is not None)
    return desk.window.library


def table(model: QAbstractItemModel) -> list[list[str]]:
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_it_tells_how_much_is_there(page: LibraryPage) -> None:
    assert page.headline.text() == "15 photos · 5.3 MB"
    assert page.facts.text() == "10 of them are copies that could go and would free 2.8 MB."


def test_the_charts_are_tables_with_numbers(page: LibraryPage, qtbot) -> None:
    chart = page.chart
    assert table(chart.table.shares) == [["2019", "", "15", "5.3 MB", "10"]]
    spoken = chart.table.shares.index(0, Column.BAR).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "15 photos, 5.3 MB; 10 of them could go and free 2.8 MB."
    qtbot.mouseClick(chart.choices[1], Qt.MouseButton.LeftButton)
    assert table(chart.table.shares)[0][0] == "Unknown"
    qtbot.mouseClick(chart.choices[2], Qt.MouseButton.LeftButton)
    assert {row[0] for row in table(chart.table.shares)} == {
        "photos/folder 0", "photos/folder 1", "photos/folder 2",
    }  # fmt: skip
    assert "Folder" in chart.table.accessibleName()


def test_bars_show_what_stays_and_what_could_go(qtbot) -> None:
    chart = ShareTable()
    qtbot.addWidget(chart)
    chart.resize(600, 200)
    chart.show_shares([Share("2019", 10, 100, 5, 50), Share("2020", 5, 50)], "Year", str)
    chart.show()
    image = chart.viewport().grab().toImage()
    ratio = image.devicePixelRatio()

    def inked(row: int, colour: str) -> int:
        rect = chart.visualRect(chart.shares.index(row, Column.BAR))
        y = round(rect.center().y() * ratio)
        return sum(
            image.pixelColor(x, y).name().upper() == colour
            for x in range(round(rect.left() * ratio), round(rect.right() * ratio))
        )

    from albumdedup.gui.theme import LIGHT

    assert inked(0, LIGHT.goes) == pytest.approx(inked(0, LIGHT.stays), rel=0.1)
    assert inked(1, LIGHT.goes) == 0
    assert inked(1, LIGHT.stays) == pytest.approx(inked(0, LIGHT.stays), rel=0.1)


def test_more_rows_than_are_shown_are_counted(qtbot) -> None:
    chart = ShareTable()
    qtbot.addWidget(chart)
    QAbstractItemModelTester(
        chart.shares, QAbstractItemModelTester.FailureReportingMode.Fatal, chart
    )
    chart.show_shares([Share(f"/{n}", 1, 10) for n in range(AT_MOST + 7)], "Folder", str)
    assert chart.shares.rowCount() == AT_MOST + 1
    last = chart.shares.share(AT_MOST)
    assert (last.name, last.photos, last.bytes) == ("… and 7 more", 7, 70)


# --- the map ----------------------------------------------------------------------------


def test_each_content_is_a_dot_and_groups_have_their_number(page: LibraryPage) -> None:
    shown = page.map.map
    assert shown is not None
    assert len(shown.photos) == 10  # five originals, each with an identical copy, and five smaller
    assert sorted(shown.groups) == sorted([0, 1, 2, 3, 4] * 2)
    assert "colours are groups" in page.map_facts.text()


def test_pointing_at_a_dot_shows_its_photo_and_a_click_opens_its_group(
    page: LibraryPage, desk: Desk, qtbot
) -> None:
    at = page.map.point(3).toPoint()
    qtbot.mouseMove(page.map, at)
    photo = page.map.current
    assert photo is page.map.map.photos[3]
    qtbot.mouseClick(page.map, Qt.MouseButton.LeftButton, pos=at)
    assert desk.window.place is Place.REVIEW
    current = desk.window.review.list.current_group()
    assert photo.path in [member.photo.path for member in current.members]


def test_the_arrow_keys_reach_dots_and_speak_of_them(page: LibraryPage, desk: Desk, qtbot) -> None:
    page.map.setFocus()
    qtbot.waitUntil(page.map.hasFocus)
    reached = {page.map.current.path}
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_Down) * 6:
        before, number = page.map.current, page.map.map.photos.index(page.map.current)
        qtbot.keyClick(page.map, key)
        if page.map.current is not before:
            step = page.map.point(page.map.map.photos.index(page.map.current)) - page.map.point(
                number
            )
            ahead = {
                Qt.Key.Key_Left: -step.x(), Qt.Key.Key_Right: step.x(),
                Qt.Key.Key_Up: -step.y(), Qt.Key.Key_Down: step.y(),
            }[key]  # fmt: skip
            assert ahead > 0
        reached.add(page.map.current.path)
    assert len(reached) >= 4
    words = page.map.accessibleDescription()
    assert Path(page.map.current.path).name in words
    assert "in a group of 2 on this map" in words
    qtbot.keyClick(page.map, Qt.Key.Key_Return)
    assert desk.window.place is Place.REVIEW


def test_the_map_is_not_worked_out_again_for_the_same_photos(
    page: LibraryPage, desk: Desk, qtbot
) -> None:
    assert desk.library.described == [10]
    desk.window.show_place(Place.REVIEW)
    desk.window.show_place(Place.LIBRARY)
    qtbot.waitUntil(lambda: desk.album.idle)
    assert desk.library.described == [10]


def test_a_large_library_is_sampled_and_says_so(
    page: LibraryPage, desk: Desk, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(household, "MAP_PHOTOS", 4)
    desk.window.household.ask_map()
    qtbot.waitUntil(lambda: desk.album.idle and len(page.map.map.photos) == 4)
    assert "4 of 10 photos are shown" in page.map_facts.text()


def test_a_store_that_cannot_be_read_is_words_on_the_map(
    page: LibraryPage, desk: Desk, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(contents):
        raise AlbumError(ErrorCode.VECTORS_UNUSABLE, path="/v", detail="gone")

    monkeypatch.setattr(desk.library, "descriptors", broken)
    desk.window.household._laid = None
    desk.window.household.ask_map()
    qtbot.waitUntil(lambda: desk.album.idle and page.map.map is None)
    assert "cannot be used (gone)" in page.map.accessibleDescription()


# --- folders, clearing, problems --------------------------------------------------------


def test_a_forgotten_folder_leaves_the_list_and_can_come_back(
    page: LibraryPage, desk: Desk, qtbot, tmp_path: Path
) -> None:
    (row,) = page.folders.list.rows
    forget = row.findChild(QAbstractButton)
    assert forget.accessibleName() == f"Forget {tmp_path}"
    page.area.ensureWidgetVisible(forget)
    qtbot.mouseClick(forget, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.album.idle and not page.folders.list.rows)
    assert desk.library.forgotten == [str(tmp_path)]
    assert "photos are untouched" in desk.window.bottom.sentence.text()
    assert desk.window.bottom.action.text() == "Scan again"
    qtbot.mouseClick(desk.window.bottom.action, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.album.idle and len(desk.library.scanned) == 2)


def test_clearing_takes_two_steps_in_place(
    page: LibraryPage, desk: Desk, qtbot, tmp_path: Path
) -> None:
    folders = page.folders
    page.area.ensureWidgetVisible(folders.clear)
    qtbot.mouseClick(folders.clear, Qt.MouseButton.LeftButton)
    assert folders.sure.isVisible()
    assert QApplication.focusWidget() is folders.stay
    qtbot.keyClick(folders.stay, Qt.Key.Key_Space)
    assert folders.sure.isHidden()
    assert QApplication.focusWidget() is folders.clear
    assert desk.library.forgotten == []
    qtbot.mouseClick(folders.clear, Qt.MouseButton.LeftButton)
    page.area.ensureWidgetVisible(folders.go)
    qtbot.mouseClick(folders.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.album.idle and page.headline.text() == "The library is empty")
    assert desk.library.forgotten == [str(tmp_path)]
    assert desk.album.shown == []
    assert desk.window.bottom.action.text() == "Scan again"
    assert page.map.map is None


def test_nothing_is_forgotten_while_a_scan_goes_on(
    page: LibraryPage, desk: Desk, qtbot, tmp_path: Path
) -> None:
    desk.library.gate.clear()
    desk.library.half_way.clear()
    desk.album.add_folders([str(tmp_path / "b")])
    qtbot.waitUntil(desk.library.half_way.is_set)
    qtbot.waitUntil(lambda: not page.folders.clear.isEnabled())
    assert not page.unreadable.retry.isEnabled()
    desk.library.gate.set()
    qtbot.waitUntil(lambda: desk.album.idle and page.folders.clear.isEnabled())


def test_unreadable_photos_are_told_by_cause_with_what_to_do(
    page: LibraryPage, desk: Desk, qtbot
) -> None:
    assert len(page.unreadable.list.rows) == 1
    page.area.ensureWidgetVisible(page.unreadable.retry)
    qtbot.mouseClick(page.unreadable.retry, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.album.idle and len(desk.library.scanned) == 2)
    assert desk.library.scanned[1] == ["/photos"]
    qtbot.mouseClick(page.unreadable.every, Qt.MouseButton.LeftButton)
    sheet = desk.window.errors
    assert sheet.isVisible()
    assert not sheet.show_folder.isEnabled()
    wanted = []
    sheet.folder_wanted.disconnect()
    sheet.folder_wanted.connect(wanted.append)
    sheet.list.setCurrentItem(sheet.list.topLevelItem(0).child(1))
    qtbot.mouseClick(sheet.show_folder, Qt.MouseButton.LeftButton)
    assert wanted == ["/photos"]


def test_where_it_is_kept_and_how_large(page: LibraryPage) -> None:
    assert page.storage.total.text() == "76.0 MB on this computer. No photo is among it."
    assert page.storage.place.text() == "/library"
    assert len(page.storage.list.rows) == 4


def test_an_empty_library_invites(desk: Desk, qtbot) -> None:
    desk.window.show_place(Place.LIBRARY)
    qtbot.waitUntil(lambda: desk.album.idle)
    page = desk.window.library
    assert page.headline.text() == "The library is empty"
    assert page.folders.none.isVisible()
    assert not page.folders.clear.isVisible()
    assert page.map.map is None
    qtbot.mouseMove(page.map, QPoint(50, 50))  # nothing to point at


def test_a_narrow_window_has_the_cards_one_below_the_other(
    page: LibraryPage, desk: Desk, qtbot
) -> None:
    def tops() -> tuple[int, int]:
        return tuple(card.mapTo(page, QPoint()).y() for card in (page.chart, page.map_card))

    assert tops()[0] == tops()[1]
    desk.window.resize(800, 560)
    qtbot.waitUntil(lambda: tops()[0] < tops()[1])
    assert page.area.horizontalScrollBar().maximum() == 0
