"""The about sheet of a wheel and of a bundle, which brings the others' work along."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import Desk
from PySide6.QtCore import Qt

from albumdedup.gui import about_sheet
from albumdedup.gui.about_sheet import AboutSheet


def test_it_opens_by_the_menu_and_closes_by_escape(desk: Desk, qtbot) -> None:
    sheet = desk.window.about
    desk.window.actions_by_name["about"].trigger()
    assert sheet.isVisible()
    rows = sheet.table.rows
    told = {rows.row(n).cells[0]: rows.row(n).cells[2] for n in range(rows.rowCount())}
    assert told["torch"].startswith("Apache-2.0")
    assert "LGPL" in told["PySide6_Essentials"]
    assert sheet.table.isColumnHidden(1), "versions are the affair of the environment"
    assert not sheet.texts.isVisible()
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_a_bundle_tells_versions_and_shows_its_licences(
    desk: Desk, qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "licences").mkdir()
    (tmp_path / "third-party.json").write_text(
        '[{"name": "libx11-6", "version": "2:1.8", "licence": ""}]', encoding="utf-8"
    )
    monkeypatch.setattr(about_sheet, "resource", tmp_path.joinpath)
    opened: list[str] = []
    monkeypatch.setattr(
        about_sheet.QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile())
    )
    sheet = AboutSheet(desk.window)
    sheet.open()
    assert sheet.table.rows.row(0).cells == ("libx11-6", "2:1.8", "as its text says")
    assert not sheet.table.isColumnHidden(1)
    qtbot.mouseClick(sheet.texts, Qt.MouseButton.LeftButton)
    assert opened == [str(tmp_path / "licences")]
