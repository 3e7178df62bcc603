"""The list of cards asks for what is about to be seen."""

from __future__ import annotations

from desk import Desk


def test_scrolling_asks_for_thumbnails_at_once(desk: Desk, qtbot, monkeypatch) -> None:
    desk.window.add_folders(["/photos"])
    qtbot.waitUntil(lambda: desk.album.idle and len(desk.album.shown) == desk.library.shots)
    cards = desk.window.review.list
    bar = cards.verticalScrollBar()
    bar.setRange(0, 100_000)
    asked: list[int] = []
    monkeypatch.setattr(desk.loader, "want", lambda photos: asked.append(len(photos)))
    bar.setValue(90_000)
    qtbot.waitUntil(lambda: bool(asked), timeout=1000)
