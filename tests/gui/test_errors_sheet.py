"""The list of what could not be read: by cause, with a copy of it for a mail."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from albumdedup.core.types import Problem, Reason
from albumdedup.gui.lists import ErrorsSheet


@pytest.fixture
def sheet(qtbot) -> Iterator[ErrorsSheet]:
    around = QWidget()
    around.resize(900, 700)
    qtbot.addWidget(around)
    around.show()
    yield ErrorsSheet(around)
    around.close()


def test_causes_unfold_to_their_files_and_are_copied_as_text(sheet):
    problems = [
        Problem("/a/2.jpg", Reason.TRUNCATED, "too few bytes"),
        Problem("/a/1\n.jpg", Reason.TRUNCATED),
        Problem("/a/x.bin", Reason.NO_RIGHTS),
    ]
    sheet.show_problems(problems, {"link": 2})
    tops = [sheet.list.topLevelItem(i) for i in range(sheet.list.topLevelItemCount())]
    assert [top.childCount() for top in tops] == [2, 1]
    assert tops[0].text(0).startswith("2 files: The file ends too early")
    assert "2 links" in sheet.passed.text()
    sheet.copy.click()
    lines = QGuiApplication.clipboard().text().split("\n")
    assert lines[0] == tops[0].text(0)
    assert lines[2] == "    /a/2.jpg: too few bytes"
    assert len(lines) == 5


def test_nothing_to_copy_where_all_could_be_read(sheet):
    sheet.show_problems([], {})
    assert not sheet.copy.isEnabled()
    assert not sheet.retry.isEnabled()
    assert sheet.passed.isHidden()
