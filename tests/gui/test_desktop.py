"""What the taskbar and the desktop hear of a scan, and the photos that pass by."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import Desk
from fake_library import photo
from PySide6.QtWidgets import QApplication

from albumdedup.gui import desktop
from albumdedup.gui.passing import COUNT, newest


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    said: list[object] = []
    monkeypatch.setattr(desktop, "tell_taskbar", said.append)
    monkeypatch.setattr(desktop, "notify", lambda title, words: said.append((title, words)))
    monkeypatch.setattr(desktop, "SECONDS_BETWEEN", 0.0)
    return said


def test_the_taskbar_shows_progress_until_the_end(
    desk: Desk, qtbot, tmp_path: Path, heard: list[object]
) -> None:
    desk.window.add_folders([str(tmp_path)])
    qtbot.waitUntil(lambda: desk.album.idle and bool(desk.album.shown))
    shares = [one for one in heard if isinstance(one, float)]
    assert shares
    assert all(0 <= share <= 1 for share in shares)
    assert None in heard  # taken away at the end


def test_who_looks_elsewhere_is_told_at_the_end(
    desk: Desk, qtbot, tmp_path: Path, heard: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    alerts: list[object] = []
    monkeypatch.setattr(QApplication, "alert", alerts.append)
    monkeypatch.setattr(desk.window, "isActiveWindow", lambda: False)
    desk.window.add_folders([str(tmp_path)])
    qtbot.waitUntil(lambda: desk.album.idle and bool(desk.album.shown))
    assert alerts == [desk.window]
    ((title, words),) = [one for one in heard if isinstance(one, tuple)]
    assert title == "The scan is done"
    assert words.startswith("15 photos were looked through.")


def test_who_looks_at_the_window_is_not(
    desk: Desk, qtbot, tmp_path: Path, heard: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.window, "isActiveWindow", lambda: True)
    desk.window.add_folders([str(tmp_path)])
    qtbot.waitUntil(lambda: desk.album.idle and bool(desk.album.shown))
    assert [one for one in heard if isinstance(one, tuple)] == []


def test_the_newest_photos_pass_by_one_for_each_content() -> None:
    photos = [photo(number, f"{number // 2}") for number in range(40)]
    passing = newest(photos)
    assert [one.id for one in passing] == list(range(39, 39 - 2 * COUNT, -2))


def test_the_strip_stands_only_while_there_is_nothing_to_review(desk: Desk, qtbot) -> None:
    strip = desk.window.review.waiting.passing
    assert not strip.isVisibleTo(desk.window.review.waiting)
    strip.show_photos([photo(1, "1"), photo(2, "2")])
    assert strip.isVisibleTo(desk.window.review.waiting)
    desk.window.review.show_waiting("No duplicates here")
    assert not strip.isVisibleTo(desk.window.review.waiting)
