"""The window stays when something unexpected happens, and says where the report is."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from albumdedup.gui.app import _excepthook
from albumdedup.gui.bars import BottomBar
from albumdedup.gui.crashes import Crashes
from albumdedup.gui.jobs import JobKind, sentence_of


def test_an_error_on_the_gui_thread_and_one_of_a_job_are_reported(qtbot, tmp_path: Path) -> None:
    bottom = BottomBar()
    qtbot.addWidget(bottom)
    before = list(logging.getLogger().handlers)
    crashes = Crashes(tmp_path / "crashes")
    try:
        crashes.tell_in(bottom)
        try:
            raise ValueError("in a slot")
        except ValueError:
            _excepthook(*sys.exc_info())  # type: ignore[arg-type]
        qtbot.waitUntil(lambda: "stays on this computer" in bottom.sentence.text())
        (first,) = (tmp_path / "crashes").iterdir()
        assert first.name in bottom.sentence.text()
        assert "ValueError: in a slot" in first.read_text()
        bottom.say(sentence_of(JobKind.INDEX, KeyError("in a job")))
        assert "stays on" not in bottom.sentence.text()
        qtbot.waitUntil(lambda: "stays on this computer" in bottom.sentence.text())
        assert len(list((tmp_path / "crashes").iterdir())) == 2
    finally:
        crashes.stop()
    assert logging.getLogger().handlers == before
    logging.getLogger("x").error("later", exc_info=ValueError("unheard"))
    assert len(list((tmp_path / "crashes").iterdir())) == 2
