"""A clean-up in the folder of a sync client says what that means."""

from __future__ import annotations

from pathlib import Path

import pytest
from compare_table import Table


@pytest.mark.parametrize("kept_in_step", [True, False])
def test_the_clean_up_sheet_names_the_folder(
    table: Table, qtbot, tmp_path: Path, kept_in_step: bool
) -> None:
    if kept_in_step:
        (tmp_path / ".stfolder").mkdir()
    window = table.desk.window
    window.clean_up()
    qtbot.waitUntil(window.cleanup.isVisible)
    assert window.cleanup.synced.isVisible() == kept_in_step
    assert (str(tmp_path) in window.cleanup.synced.text()) == kept_in_step
