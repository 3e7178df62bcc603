"""The real window on real files: drop, groups, slider, clean-up, undo; closing at work."""

from __future__ import annotations

from pathlib import Path

from pictures import small_album
from PySide6.QtCore import Qt
from windows import SLOW_MS, drop, on_disk

from albumdedup.core.executors import ThreadExecutor
from albumdedup.core.paths import AppPaths
from albumdedup.core.ports import Lane
from albumdedup.core.settings import Settings, load
from albumdedup.core.types import Role
from albumdedup.gui.app import Session
from albumdedup.gui.bars import Place


def test_from_drop_to_undo(session: Session, qtbot, tmp_path: Path) -> None:
    folder = tmp_path / "album"
    album = small_album(folder, shots=8)
    before = on_disk(folder)
    assert len(before) == 16

    drop(session, folder)
    assert session.window.place is Place.REVIEW
    qtbot.waitUntil(lambda: session.album.idle and len(session.album.shown) == 4, timeout=SLOW_MS)
    assert on_disk(folder) == before  # scanning changes nothing
    by_shot = [sorted(str(f) for f in files) for files in album.values() if len(files) > 1]
    found = [sorted(m.photo.path for m in group.members) for group in session.album.shown]
    assert sorted(found) == sorted(by_shot)

    panel = session.window.review.filter
    panel.slider.setValue(panel.slider.maximum())
    qtbot.waitUntil(
        lambda: session.album.idle and session.album.grouped.view.similarity == 0.7,
        timeout=SLOW_MS,
    )
    panel.slider.setValue(0)
    qtbot.waitUntil(
        lambda: session.album.idle and session.album.grouped.view.similarity == 1.0,
        timeout=SLOW_MS,
    )
    panel.slider.setValue(10)
    qtbot.waitUntil(lambda: session.album.idle and len(session.album.shown) == 4, timeout=SLOW_MS)

    going = {m.photo.path for g in session.album.shown for m in g.members if m.role is Role.REMOVE}
    assert len(going) == 8
    qtbot.mouseClick(session.window.bottom.next, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(session.window.cleanup.isVisible, timeout=SLOW_MS)
    assert on_disk(folder) == before  # the list alone moves nothing
    qtbot.mouseClick(session.window.cleanup.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: session.window.place is Place.DONE and session.album.idle, timeout=SLOW_MS
    )
    after = on_disk(folder)
    gone = {str(folder / name) for name in before.keys() - after.keys()}
    assert gone == going
    assert all(before[name] == state for name, state in after.items())
    assert session.album.shown == []

    qtbot.mouseClick(session.window.done.back, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.album.idle and len(session.album.shown) == 4, timeout=SLOW_MS)
    assert on_disk(folder) == before


def test_closing_during_a_scan_keeps_what_was_done(session: Session, qtbot, tmp_path: Path) -> None:
    folder = tmp_path / "album"
    small_album(folder, shots=20)
    before = on_disk(folder)
    drop(session, folder)
    qtbot.waitUntil(lambda: bool(session.album.snapshot.photos), timeout=SLOW_MS)
    session.window.close()
    qtbot.waitUntil(lambda: not session.window.isVisible(), timeout=SLOW_MS)
    assert session.stop()
    assert on_disk(folder) == before

    again = Session(session.paths, session.settings)
    qtbot.addWidget(again.window)
    again.start([])
    qtbot.waitUntil(lambda: bool(again.album.snapshot.photos), timeout=SLOW_MS)
    again.window.add_folders([str(folder)])
    qtbot.waitUntil(lambda: again.album.idle and len(again.album.shown) == 10, timeout=SLOW_MS)
    assert again.stop()


def test_a_busy_library_is_a_sentence_and_opens_when_it_is_free(
    qtbot, tmp_path: Path, temporary_home: Path
) -> None:
    from albumdedup.assembly import build

    paths = AppPaths(tmp_path / "library")
    executor = ThreadExecutor(dict.fromkeys(Lane, 1))
    other = build(paths, Settings(), executor)
    session = Session(paths, Settings())
    qtbot.addWidget(session.window)
    session.start([])
    bottom = session.window.bottom
    qtbot.waitUntil(lambda: "in use" in bottom.sentence.text(), timeout=SLOW_MS)
    assert bottom.action.text() == "Try again"
    other.library.close()
    qtbot.mouseClick(bottom.action, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.album.library is not None, timeout=SLOW_MS)
    assert "in use" not in bottom.sentence.text()
    assert session.stop()
    executor.close()


def test_choices_are_remembered(session: Session, qtbot) -> None:
    panel = session.window.review.filter
    panel.slider.setValue(17)
    panel.keep.choice.setCurrentIndex(panel.keep.choice.findData("newest"))
    session.window.theme_chosen.emit("dark")
    assert session.stop()
    kept = load(session.paths.settings).settings
    assert (kept.similarity, kept.keep_rule, kept.theme) == (0.83, "newest", "dark")
