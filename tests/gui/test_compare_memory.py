"""What the compare panel decodes and keeps."""

from __future__ import annotations

from compare_table import Key, Table
from PySide6.QtTest import QTest

from albumdedup.core.types import Photo


def test_pictures_of_other_groups_leave_when_there_is_no_room(table: Table) -> None:
    panel = table.panel
    panel.darkroom._limit = 1
    table.open(table.shots.original)
    shown = {slot.photo.path for slot in panel.scene.slots}
    table.key(Key.Key_Right)
    table.key(Key.Key_Left)
    table.calm()
    held = {key[1] for key in panel.darkroom._done if key[0] == "photo"}
    assert held == shown


def test_going_through_groups_quickly_decodes_only_the_last(table: Table, monkeypatch) -> None:
    from albumdedup.gui.compare import darkroom

    seen: list[str] = []
    real = darkroom.decode

    def noted(read: object, photo: Photo, edge: int, **rest: bool) -> object:
        seen.append(photo.path)
        return real(read, photo, edge, **rest)

    monkeypatch.setattr(darkroom, "decode", noted)
    model = table.desk.window.model
    cards = table.desk.window.review.list
    cards.setCurrentIndex(model.index(0))
    QTest.keyClick(cards, Key.Key_Return)
    table.key(Key.Key_Right)
    table.key(Key.Key_Right)
    table.calm()
    last = [slot.photo.path for slot in table.panel.scene.slots]
    assert set(last) <= set(seen)
    assert all(slot.levels for slot in table.panel.scene.slots)
    assert len(seen) <= 5  # two began at once, the others were dropped before they did
