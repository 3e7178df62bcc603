"""A copy that knows more goes too, once a new file beside the photo that stays holds it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pictures import scene
from PIL import Image
from PySide6.QtCore import Qt
from windows import SLOW_MS, scanned

from albumdedup.gui.app import Session

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """One photo with a plain copy, and one with a copy that has the caption."""
    folder = tmp_path / "album"
    folder.mkdir()
    for seed in (1, 2):
        image = scene(seed, (900, 600))
        for kind in ("photo", "copy"):
            exif = Image.Exif()
            exif.get_ifd(0x8769)[0x9003] = f"2019:05:0{seed} 12:00:00"
            if seed == 2 and kind == "copy":
                exif[270] = "At the lake"
            size = (900, 600) if kind == "photo" else (600, 400)
            path = folder / f"{kind} {seed}.jpg"
            image.resize(size).save(path, quality=92, exif=exif)
            when = 1_600_000_000 + (0 if kind == "photo" else 1000)
            os.utime(path, (when, when))
    return folder


def test_what_only_a_copy_says_is_kept_on_request_and_undone(
    session: Session, qtbot, album: Path
) -> None:
    scanned(session, qtbot, album, groups=2)
    before = {path.name: path.read_bytes() for path in album.iterdir()}
    qtbot.mouseClick(session.window.bottom.next, LEFT)
    sheet = session.window.cleanup
    qtbot.waitUntil(sheet.isVisible, timeout=SLOW_MS)
    assert sheet.go.text() == "Move 1 copy"
    assert sheet.carry.isVisible()
    assert "1 copy that knows more" in sheet.carry.text()
    sheet.carry.setFocus()
    qtbot.keyClick(sheet.carry, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: sheet.go.text() == "Move 2 copies", timeout=SLOW_MS)
    assert sheet.carry.isChecked()
    assert not (album / "photo 2.jpg.xmp").exists(), "nothing is written before the button"
    qtbot.mouseClick(sheet.go, LEFT)
    done = session.window.done
    qtbot.waitUntil(lambda: done.receipt is not None and session.album.idle, timeout=SLOW_MS)
    assert "At the lake" in (album / "photo 2.jpg.xmp").read_text(encoding="utf-8")
    assert sorted(path.suffix for path in album.iterdir()) == [".jpg", ".jpg", ".xmp"]
    session.album.undo_last()
    qtbot.waitUntil(lambda: session.album.idle, timeout=SLOW_MS)  # its try of the trash is gone too
    assert {p.name: p.read_bytes() for p in album.iterdir()} == before


def test_the_box_starts_unticked_each_time_and_hides_where_nothing_is_held_back(
    session: Session, qtbot, album: Path
) -> None:
    (album / "copy 2.jpg").unlink()
    scanned(session, qtbot, album, groups=1)
    qtbot.mouseClick(session.window.bottom.next, LEFT)
    sheet = session.window.cleanup
    qtbot.waitUntil(sheet.isVisible, timeout=SLOW_MS)
    assert not sheet.carry.isVisible()
    assert not sheet.carry.isChecked()
