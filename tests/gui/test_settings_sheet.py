"""The settings sheet: every setting in words, refused in place, saved at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.paths import AppPaths
from albumdedup.core.settings import Settings, check_of, load
from albumdedup.core.types import Tier
from albumdedup.gui.app import Session
from albumdedup.gui.setting_words import REMEMBERED, refusal, sections, words_of
from albumdedup.gui.settings_sheet import SettingsSheet


@pytest.fixture
def session(qtbot, tmp_path: Path) -> Iterator[Session]:
    made = Session(AppPaths(tmp_path / "library"), Settings(theme="light"))
    qtbot.addWidget(made.window)
    made.window.resize(1180, 780)
    made.start([])
    qtbot.waitUntil(lambda: made.album.library is not None and made.album.idle, timeout=60_000)
    yield made
    assert made.stop()


@pytest.fixture
def sheet(session: Session, qtbot) -> SettingsSheet:
    qtbot.keyClick(session.window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(session.window.settings.isVisible)
    return session.window.settings


def saved(session: Session) -> Settings:
    return load(session.paths.settings).settings


def write(qtbot, sheet: SettingsSheet, name: str, text: str) -> None:
    line = sheet.rows[name].editor.first()
    line.setFocus()
    line.selectAll()
    qtbot.keyClick(line, Qt.Key.Key_Delete)
    qtbot.keyClicks(line, text)
    qtbot.keyClick(line, Qt.Key.Key_Return)


def test_every_setting_has_its_place_or_a_reason_not_to() -> None:
    shown = [name for _title, names in sections() for name in names]
    assert len(shown) == len(set(shown))
    assert set(shown) | REMEMBERED == {field.name for field in fields(Settings)}
    assert not set(shown) & REMEMBERED
    for name in shown:
        assert words_of(name).title
        assert words_of(name).help.endswith(".")
        assert refusal(check_of(name)).endswith(".")


def test_the_gear_opens_it_and_escape_closes_it(session: Session, qtbot) -> None:
    qtbot.mouseClick(session.window.top.settings, Qt.MouseButton.LeftButton)
    assert session.window.settings.isVisible()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert not session.window.settings.isVisible()


def test_it_shows_what_is_set(sheet: SettingsSheet) -> None:
    assert sheet.rows["theme"].editor.choice.currentData() == "light"
    assert sheet.rows["device"].editor.line.text() == "auto"
    assert sheet.rows["decode_threads"].editor.line.text() == "0"
    assert sheet.rows["thumbs_megabytes"].editor.line.text() == "2000"


def test_a_change_is_saved_at_once(session: Session, sheet: SettingsSheet, qtbot) -> None:
    write(qtbot, sheet, "decode_threads", "3")
    assert saved(session).decode_threads == 3
    assert sheet.rows["decode_threads"].told.text() == "Counts from the next start."


def test_appearance_changes_at_once(session: Session, sheet: SettingsSheet, qtbot) -> None:
    choice = sheet.rows["theme"].editor.choice
    choice.setFocus()
    qtbot.keyClick(choice, Qt.Key.Key_Down)
    assert session.settings.theme == saved(session).theme == "dark"
    assert session.window.settings.tokens.name == "dark"
    assert session.window.actions_by_name["dark"].isChecked()


@pytest.mark.parametrize(
    ("name", "wrong", "words"),
    [
        ("decode_threads", "many", "from 0 to 64"),
        ("decode_threads", "65", "from 0 to 64"),
        ("torch_threads", "-1", "from 0 to 64"),
        ("thumbs_megabytes", "1", "from 50 to"),
        ("device", "abacus", "cuda"),
        ("vector_uri", "somewhere", "http://192.168.1.5:19530"),
        ("removed_to", "Bin", "whole path"),
    ],
)
def test_what_cannot_be_is_refused_in_words_in_place(
    session: Session, sheet: SettingsSheet, qtbot, name: str, wrong: str, words: str
) -> None:
    before = session.settings
    write(qtbot, sheet, name, wrong)
    row = sheet.rows[name]
    assert words in row.told.text()
    assert row.told.isVisible()
    assert row.editor.line.text() == wrong  # to be mended, not taken away
    assert session.settings == before
    assert not session.paths.settings.exists()
    assert row.editor.first().accessibleDescription() == row.told.text()


def test_a_refused_value_is_mended(session: Session, sheet: SettingsSheet, qtbot) -> None:
    write(qtbot, sheet, "thumbs_megabytes", "x")
    write(qtbot, sheet, "thumbs_megabytes", "500")
    assert sheet.rows["thumbs_megabytes"].told.isHidden()
    assert saved(session).thumbs_megabytes == 500


def test_kinds_of_copies_and_the_rule_follow_into_the_review(
    session: Session, sheet: SettingsSheet, qtbot
) -> None:
    panel = session.window.review.filter
    qtbot.mouseClick(
        sheet.rows["tiers"].editor.boxes["similar"], Qt.MouseButton.LeftButton, pos=_left()
    )
    assert not panel.boxes[Tier.SIMILAR].isChecked()
    assert Tier.SIMILAR not in session.album.view.tiers
    keep = sheet.rows["keep_rule"].editor.keep
    keep.choice.setCurrentIndex(keep.choice.findData("newest"))
    assert panel.keep.rule == session.album.view.rule == saved(session).keep_rule == "newest"
    panel.keep.choice.setCurrentIndex(panel.keep.choice.findData("best"))
    assert keep.rule == "best"


def _left():
    from PySide6.QtCore import QPoint

    return QPoint(8, 14)


def test_the_last_kind_of_copies_stays_ticked(
    session: Session, sheet: SettingsSheet, qtbot
) -> None:
    boxes = sheet.rows["tiers"].editor.boxes
    for box in boxes.values():
        qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=_left())
    assert [box.isChecked() for box in boxes.values()] == [False, False, False, True]
    assert "At least one" in sheet.rows["tiers"].told.text()


def test_a_folder_for_removed_photos_counts_for_the_next_clean_up(
    session: Session, sheet: SettingsSheet, qtbot, tmp_path: Path
) -> None:
    write(qtbot, sheet, "removed_to", str(tmp_path / "removed"))
    assert saved(session).removed_to == str(tmp_path / "removed")
    assert session.window.cleaning.target == str(tmp_path / "removed")
    write(qtbot, sheet, "removed_to", "")
    assert session.window.cleaning.target is None


def test_tab_stays_on_the_sheet_and_brings_what_it_reaches_into_view(
    sheet: SettingsSheet, qtbot
) -> None:
    seen = set()
    for _step in range(40):
        focused = QApplication.focusWidget()
        assert sheet.isAncestorOf(focused)
        seen.add(focused)
        if sheet.area.isAncestorOf(focused):
            top = focused.mapTo(sheet.area.viewport(), focused.rect().topLeft()).y()
            assert 0 <= top <= sheet.area.viewport().height() - focused.height()
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    for row in sheet.rows.values():
        assert row.editor.first() in seen
    assert sheet.test in seen


def test_a_read_only_library_says_that_nothing_is_kept(
    session: Session, sheet: SettingsSheet, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("albumdedup.gui.app.stored.save", full)
    write(qtbot, sheet, "decode_threads", "2")
    assert "No space left on device" in sheet.note.text()
    assert session.settings.decode_threads == 2


# --- the connection ---------------------------------------------------------------------


def test_without_an_address_there_is_nothing_to_ask(sheet: SettingsSheet, qtbot) -> None:
    sheet.area.ensureWidgetVisible(sheet.test)
    qtbot.mouseClick(sheet.test, Qt.MouseButton.LeftButton)
    assert "on this computer" in sheet.rows["vector_uri"].told.text()


def test_the_connection_is_tried_on_another_thread_and_told_in_a_sentence(
    session: Session, sheet: SettingsSheet, qtbot
) -> None:
    asked: list[tuple[str, str, str]] = []
    gate = threading.Event()

    def answer(uri: str, token: str, certificate: str) -> str:
        gate.wait(10)
        asked.append((uri, token, threading.current_thread().name))
        return "v2.6.1"

    session.window.household._try_server = answer
    write(qtbot, sheet, "vector_uri", "http://nas:19530")
    write(qtbot, sheet, "vector_token", "secret")
    sheet.area.ensureWidgetVisible(sheet.test)
    qtbot.mouseClick(sheet.test, Qt.MouseButton.LeftButton)
    told = sheet.rows["vector_uri"].told
    assert told.text() == "Asking http://nas:19530…"
    assert not sheet.test.isEnabled()
    gate.set()
    qtbot.waitUntil(sheet.test.isEnabled)
    assert told.text() == "It answers: Milvus v2.6.1."
    assert asked[0][:2] == ("http://nas:19530", "secret")
    assert asked[0][2] != threading.main_thread().name
    assert saved(session).vector_token == "secret"


def test_a_server_that_does_not_answer_is_told_in_words(
    session: Session, sheet: SettingsSheet, qtbot
) -> None:
    def silent(uri: str, token: str, certificate: str) -> str:
        raise AlbumError(ErrorCode.SERVER_SILENT, path=uri, detail="refused")

    session.window.household._try_server = silent
    write(qtbot, sheet, "vector_uri", "http://nas:19530")
    sheet.area.ensureWidgetVisible(sheet.test)
    qtbot.mouseClick(sheet.test, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(sheet.test.isEnabled)
    told = sheet.rows["vector_uri"].told
    assert "No vector store answers at http://nas:19530" in told.text()
    assert told.property("tone") == "error"


# --- a broken file ----------------------------------------------------------------------


def test_a_broken_file_means_defaults_calm_words_and_a_copy(qtbot, tmp_path: Path) -> None:
    paths = AppPaths(tmp_path / "library")
    paths.root.mkdir()
    paths.settings.write_text("theme = [[[ broken")
    loaded = load(paths.settings)
    session = Session(paths, loaded.settings, loaded.rejected)
    qtbot.addWidget(session.window)
    session.start([])
    assert session.settings == Settings()
    assert "settings-not-understood-1.toml" in session.window.bottom.sentence.text()
    session.window.theme_chosen.emit("dark")
    qtbot.waitUntil(lambda: session.album.library is not None and session.album.idle)
    assert session.stop()
    assert load(paths.settings).settings.theme == "dark"
    kept = paths.root / "settings-not-understood-1.toml"
    assert kept.read_text() == "theme = [[[ broken"
