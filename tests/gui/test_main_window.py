"""The window on a library in memory: dropping, progress, choices, clean-up, closing."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from desk import Desk
from fake_library import snapshot_of, unreadable
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QLineEdit,
    QProgressBar,
    QScrollBar,
    QWidget,
)

from albumdedup.core.types import Role, Tier
from albumdedup.gui.bars import Place
from albumdedup.gui.jobs import JobKind


def drop(window: QWidget, *paths: Path) -> None:
    """What a drag from the file manager sends."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(400, 300), Qt.DropAction.CopyAction, data, left, none)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    fall = QDropEvent(QPointF(400, 300), Qt.DropAction.CopyAction, data, left, none)
    QApplication.sendEvent(window, fall)
    assert fall.isAccepted()


@pytest.fixture
def filled(desk: Desk, qtbot, tmp_path: Path) -> Desk:
    drop(desk.window, tmp_path)
    qtbot.waitUntil(lambda: desk.album.idle and len(desk.album.shown) == desk.library.shots)
    return desk


def test_a_dropped_folder_is_scanned_and_its_groups_appear(filled: Desk, tmp_path: Path) -> None:
    assert filled.library.scanned == [[str(tmp_path)]]
    assert filled.window.place is Place.REVIEW
    assert filled.window.model.rowCount() == 5
    assert filled.window.bottom.next.text() == "Clean up 10 copies…"
    assert filled.window.review.summary.text().startswith("5 groups · 10 copies could go")
    assert filled.window.review.filter.boxes[Tier.IDENTICAL].counts.startswith("5 · ")


def test_a_dropped_photo_stands_for_its_folder(desk: Desk, qtbot, tmp_path: Path) -> None:
    one = tmp_path / "photo.jpg"
    one.write_bytes(b"x")
    drop(desk.window, one)
    qtbot.waitUntil(lambda: desk.album.idle and bool(desk.library.scanned))
    assert desk.library.scanned == [[str(tmp_path)]]


def test_while_dragging_the_window_names_what_hangs_over_it(desk: Desk, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    enter = QDragEnterEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(desk.window, enter)
    assert desk.window.overlay.isVisible()
    assert tmp_path.name in desk.window.overlay.sentence
    desk.window.dragLeaveEvent(None)
    assert not desk.window.overlay.isVisible()


def test_text_is_not_dropped(desk: Desk) -> None:
    data = QMimeData()
    data.setText("hello")
    enter = QDragEnterEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(desk.window, enter)
    assert not enter.isAccepted()


def test_groups_appear_during_the_scan_and_a_second_scan_waits(
    desk: Desk, qtbot, tmp_path: Path
) -> None:
    desk.library.gate.clear()
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    drop(desk.window, first)
    qtbot.waitUntil(lambda: bool(desk.album.shown))
    assert desk.album.scanning
    assert not desk.window.bottom.next.isEnabled()
    assert "Looking at photos" in desk.window.bottom.sentence.text()
    drop(desk.window, second)
    assert desk.library.scanned == [[str(first)]]
    desk.library.gate.set()
    qtbot.waitUntil(lambda: len(desk.library.scanned) == 2 and desk.album.idle)
    assert desk.library.scanned[1] == [str(second)]
    assert len(desk.album.shown) == 10


def test_pause_continue_cancel(desk: Desk, qtbot, tmp_path: Path) -> None:
    desk.library.gate.clear()
    drop(desk.window, tmp_path)
    qtbot.waitUntil(desk.library.half_way.is_set)
    bottom = desk.window.bottom
    qtbot.mouseClick(bottom.pause, Qt.MouseButton.LeftButton)
    assert desk.album.paused
    assert "Paused" in bottom.sentence.text()
    assert bottom.pause.accessibleName() == "Continue"
    qtbot.mouseClick(bottom.pause, Qt.MouseButton.LeftButton)
    assert not desk.album.paused
    with qtbot.waitSignal(desk.album.stopped) as stopped:
        qtbot.mouseClick(bottom.cancel, Qt.MouseButton.LeftButton)
    assert stopped.args == [JobKind.INDEX]
    assert "is kept" in bottom.sentence.text()
    qtbot.waitUntil(lambda: desk.album.idle)
    assert len(desk.album.shown) == 3


def test_boxes_slider_and_rule_regroup(filled: Desk, qtbot) -> None:
    panel = filled.window.review.filter
    panel.boxes[Tier.SAME].setChecked(False)
    qtbot.waitUntil(lambda: filled.album.removable()[0] == 5)
    assert filled.window.review.hidden_note.text() == "5 photos hidden"
    panel.boxes[Tier.SAME].setChecked(True)
    qtbot.waitUntil(lambda: filled.album.removable()[0] == 10)
    scanned = len(filled.library.scanned)
    for value in range(0, 31, 3):
        panel.slider.setValue(value)
    panel.keep.choice.setCurrentIndex(panel.keep.choice.findData("smallest"))
    qtbot.waitUntil(lambda: filled.album.grouped.view.rule == "smallest" and filled.album.idle)
    assert filled.album.grouped.view == panel.view()
    assert all(g.keeper.width == 400 for g in filled.album.shown)
    assert len(filled.library.scanned) == scanned


def test_edited_copies_go_only_by_a_click_of_their_own(desk: Desk, qtbot) -> None:
    content = snapshot_of(4)
    edited = tuple(replace(match, tier=Tier.EDITED) for match in content.matches)
    desk.library.content = replace(content, matches=edited)
    desk.album.refresh()
    qtbot.waitUntil(lambda: desk.album.removable()[0] == 4)
    desk.window.show_review()
    box = desk.window.review.filter.edited_go
    assert box.isVisible()
    box.setChecked(True)
    qtbot.waitUntil(lambda: desk.album.removable()[0] == 8)
    box.setChecked(False)
    qtbot.waitUntil(lambda: desk.album.removable()[0] == 4)


def test_selection_and_place_survive_new_groups(filled: Desk, qtbot, tmp_path: Path) -> None:
    view = filled.window.review.list
    view.setCurrentIndex(filled.window.model.index(2))
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    group = view.current_group()
    top_before = view.visualRect(view.currentIndex()).top()
    filled.window.add_folders([str(tmp_path)])
    qtbot.waitUntil(lambda: filled.album.idle and len(filled.album.shown) == 10)
    assert view.current_group().id == group.id
    assert view.visualRect(view.currentIndex()).top() == top_before


def test_a_click_on_a_photo_swaps_stays_and_goes(filled: Desk, qtbot) -> None:
    view = filled.window.review.list
    rect, layout = view.card_rect(0)
    at = rect.topLeft() + layout.tiles[1].mat.center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert filled.album.shown[0].members[1].role is Role.KEEP
    assert filled.album.removable()[0] == 9
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert filled.album.removable()[0] == 10
    keeper = rect.topLeft() + layout.tiles[0].mat.center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=keeper)
    assert filled.album.removable()[0] == 10
    assert "One copy always stays" in filled.window.bottom.sentence.text()


def test_keyboard_alone_is_enough(filled: Desk, qtbot) -> None:
    view = filled.window.review.list
    view.setFocus()
    view.setCurrentIndex(filled.window.model.index(0))
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.current_member == 2
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert filled.album.shown[0].members[2].role is Role.KEEP
    path = filled.album.shown[0].members[1].photo.path
    qtbot.keyClick(view, Qt.Key.Key_Left)
    qtbot.keyClick(view, Qt.Key.Key_K)
    assert filled.album.shown[0].keeper.path == path
    qtbot.keyClick(view, Qt.Key.Key_B)
    assert filled.album.removable()[0] == 8
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert view.currentIndex().row() == 1
    qtbot.keyClick(view, Qt.Key.Key_N)
    qtbot.waitUntil(lambda: filled.album.idle)
    assert len(filled.album.shown) == 4


def test_not_duplicates_is_remembered_and_can_be_undone(filled: Desk, qtbot) -> None:
    view = filled.window.review.list
    rect, layout = view.card_rect(0)
    at = rect.topLeft() + layout.not_duplicates.center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert len(filled.album.shown) == 4  # at once
    qtbot.waitUntil(lambda: filled.album.idle)
    assert len(filled.album.shown) == 4
    assert len(filled.library.pairs) > 0
    qtbot.mouseClick(filled.window.bottom.action, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: filled.album.idle and len(filled.album.shown) == 5)


def test_no_decision_is_lost_when_they_follow_quickly(filled: Desk, qtbot) -> None:
    for folder in ("/a", "/b", "/c"):
        filled.album.protect(folder)
    qtbot.waitUntil(lambda: filled.album.idle)
    assert filled.library.protected == ["/a", "/b", "/c"]


def test_clean_up_shows_the_list_first_then_the_receipt_then_puts_back(filled: Desk, qtbot) -> None:
    window = filled.window
    qtbot.mouseClick(window.bottom.next, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(window.cleanup.isVisible)
    assert filled.library.operations == []
    assert window.cleanup.model.rowCount() == 10
    assert "2.8 MB" in window.cleanup.summary.text()
    qtbot.mouseClick(window.cleanup.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.place is Place.DONE and filled.album.idle)
    assert window.done.headline.text() == "10 copies moved · 2.8 MB"
    assert filled.album.shown == []
    assert window.bottom.next.text() == "Put everything back"
    qtbot.mouseClick(window.done.back, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: filled.album.idle and len(filled.album.shown) == 5)
    assert window.done.headline.text() == "10 photos are back"


def test_escape_closes_the_sheet_and_nothing_moves(filled: Desk, qtbot) -> None:
    filled.window.clean_up()
    qtbot.waitUntil(filled.window.cleanup.isVisible)
    qtbot.keyClick(filled.window.cleanup, Qt.Key.Key_Escape)
    assert not filled.window.cleanup.isVisible()
    assert filled.library.operations == []


def test_history_lists_clean_ups_with_their_way_back(filled: Desk, qtbot) -> None:
    filled.album.make_plan()
    qtbot.waitUntil(filled.window.cleanup.isVisible)
    qtbot.mouseClick(filled.window.cleanup.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: filled.window.place is Place.DONE and filled.album.idle)
    qtbot.mouseClick(filled.window.top.history, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(filled.window.history.isVisible)
    back = filled.window.history.rows[0].findChild(QAbstractButton, "back")
    qtbot.mouseClick(back, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: filled.album.idle and len(filled.album.shown) == 5)


def test_a_narrow_window_hides_the_filters_until_they_are_wanted(filled: Desk, qtbot) -> None:
    window, panel = filled.window, filled.window.review.filter
    assert panel.isVisible()
    window.resize(820, 600)
    qtbot.waitUntil(lambda: not panel.isVisible())
    window.actions_by_name["filter"].trigger()
    assert panel.isVisible()


def test_unreadable_photos_are_a_quiet_line_with_a_list(desk: Desk, qtbot, tmp_path: Path) -> None:
    desk.library.problems = unreadable(14)
    drop(desk.window, tmp_path)
    qtbot.waitUntil(lambda: desk.album.idle and bool(desk.album.snapshot.unreadable))
    line = desk.window.review.filter.errors
    assert line.text() == "14 photos could not be read"
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton)
    assert desk.window.errors.isVisible()
    top = desk.window.errors.list.topLevelItem(0)
    assert "ends too early" in top.text(0)
    assert top.childCount() == 14


def test_the_library_is_never_called_on_the_gui_thread(filled: Desk) -> None:
    assert threading.main_thread().name not in filled.library.threads


def _in_popup(widget: QWidget) -> bool:
    """The list that a combo box opens, which carries the name of its box."""
    above = widget.parent()
    return isinstance(above, QComboBox) or isinstance(above and above.parent(), QComboBox)


def test_every_control_has_a_name(filled: Desk) -> None:
    kinds = (
        QAbstractButton, QAbstractSlider, QComboBox, QLineEdit, QAbstractItemView, QProgressBar,
    )  # fmt: skip
    nameless = [
        type(widget).__name__
        for widget in filled.window.findChildren(QWidget)
        if isinstance(widget, kinds)
        and not isinstance(widget, QScrollBar)
        and not widget.accessibleName()
        and not widget.objectName().startswith("qt_")
        and not _in_popup(widget)
        and type(widget).__name__ not in ("QHeaderView", "QTableCornerButton", "QComboBoxListView")
        and (not isinstance(widget, QAbstractButton) or widget.isVisibleTo(filled.window))
        and not isinstance(widget.parent(), QAbstractItemView)
    ]
    assert nameless == []


def test_closing_during_a_scan_stops_it_and_then_closes(desk: Desk, qtbot, tmp_path: Path) -> None:
    desk.library.gate.clear()
    drop(desk.window, tmp_path)
    qtbot.waitUntil(desk.library.half_way.is_set)
    assert not desk.window.close()
    qtbot.waitUntil(lambda: not desk.window.isVisible())
    assert desk.album.idle


def test_an_idle_window_closes_at_once(filled: Desk) -> None:
    assert filled.window.close()


def test_torch_and_milvus_are_not_imported_before_the_window_shows(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from PySide6.QtWidgets import QApplication\n"
        "from albumdedup.gui.app import Session\n"
        "from albumdedup.core.paths import AppPaths\n"
        "from albumdedup.core.settings import Settings\n"
        "from pathlib import Path\n"
        "application = QApplication([])\n"
        "session = Session(AppPaths(Path(sys.argv[1])), Settings())\n"
        "seen = []\n"
        "def look():\n"
        "    seen.extend(n for n in ('torch', 'pymilvus', 'milvus_lite', 'cv2', 'PIL.Image',\n"
        "                            'albumdedup.assembly') if n in sys.modules)\n"
        "session.window.shown_first.connect(look)\n"
        "session.album.opened.connect(application.quit)\n"
        "session.start([])\n"
        "application.exec()\n"
        "print(seen, 'torch' in sys.modules, 'pymilvus' in sys.modules)\n"
        "session.stop()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "library")],
        capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    assert done.stdout.strip() == "[] False False", done.stderr


def test_groups_of_an_old_snapshot_never_replace_those_of_a_new_one(
    filled: Desk, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The view changes while a new snapshot is being read: its groups are asked of the old one,
    and come after those of the new one."""
    read, chosen = filled.library.snapshot, threading.Event()

    def slowly():
        assert chosen.wait(10)
        return read()

    monkeypatch.setattr(filled.library, "snapshot", slowly)
    filled.library.content = replace(filled.library.content, matches=())
    filled.album.refresh()
    filled.album.set_view(replace(filled.album.view, similarity=0.8))
    chosen.set()
    qtbot.waitUntil(lambda: filled.album.idle)
    assert [len(group.members) for group in filled.album.shown] == [2] * 5
