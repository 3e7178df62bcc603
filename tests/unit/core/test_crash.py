"""What nobody expected leaves a report on this computer, and says where."""

from __future__ import annotations

import logging
import os
import stat
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from albumdedup import __version__
from albumdedup.cli import history
from albumdedup.cli.main import main
from albumdedup.core.crash import KEPT, Reporting, report


def failing(secret: str) -> Exception:
    inner = {"pixels": secret}
    try:
        try:
            inner["nothing"]
        except KeyError as error:
            raise ValueError(f"in {Path.home() / 'Pictures' / 'a.jpg'}") from error
    except ValueError as error:
        return error


def test_a_report_tells_the_way_and_no_variables(tmp_path):
    place = report(failing("SECRET"), tmp_path / "crashes", "1.2", "albumdedup scan")
    assert place is not None
    text = place.read_text(encoding="utf-8")
    assert text.startswith("albumdedup 1.2, ")
    assert "During: albumdedup scan, on thread MainThread" in text
    for part in ("KeyError: 'nothing'", "ValueError: in ~/Pictures/a.jpg", "in failing"):
        assert part in text
    assert "SECRET" not in text
    assert str(Path.home()) not in text
    if os.name == "posix":
        assert stat.S_IMODE(place.stat().st_mode) == 0o600
        assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700


def test_the_newest_few_are_kept_and_nothing_else_is_touched(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    begun = datetime(2026, 1, 1)
    made = [
        report(ValueError(str(n)), tmp_path, "1", now=begun + timedelta(seconds=n))
        for n in range(KEPT + 3)
    ]
    assert sorted(tmp_path.glob("crash-*.txt")) == made[-KEPT:]
    assert (tmp_path / "notes.txt").exists()


def test_an_error_that_quotes_much_is_cut(tmp_path):
    place = report(ValueError("x" * 10_000), tmp_path, "1")
    assert place is not None
    assert max(map(len, place.read_text().splitlines())) <= 500


def test_where_no_report_can_be_written_there_is_none(tmp_path):
    (tmp_path / "crashes").write_text("a file")
    assert report(ValueError("x"), tmp_path / "crashes", "1") is None


def test_what_is_logged_with_its_error_is_reported_from_any_thread(tmp_path):
    heard: list[Path] = []
    log, handler = logging.getLogger("a.part"), Reporting(tmp_path, "1", heard.append)
    log.addHandler(handler)
    try:
        thread = threading.Thread(
            target=lambda: log.error("it failed", exc_info=failing("SECRET")), name="decode 3"
        )
        thread.start()
        thread.join()
        log.error("only words")
        log.warning("too small", exc_info=failing("SECRET"))
    finally:
        log.removeHandler(handler)
    (place,) = heard
    assert "During: a.part, on thread decode 3" in place.read_text()


@pytest.fixture
def broken(monkeypatch):
    def run(_arguments):
        raise RuntimeError("nobody expected this")

    monkeypatch.setattr(history, "run", run)


def test_a_command_says_where_its_report_is(tmp_path, broken, capsys):
    handlers = list(logging.getLogger().handlers)
    assert main(["history", "--library", str(tmp_path)]) == 1
    (place,) = (tmp_path / "crashes").iterdir()
    assert capsys.readouterr().err == (
        "Something unexpected happened: RuntimeError: nobody expected this. A report is in "
        f"{place}; nothing is sent. All finished work is kept.\n"
    )
    assert f"albumdedup {__version__}, " in place.read_text()
    assert "During: albumdedup history" in place.read_text()
    assert [h for h in logging.getLogger().handlers if h not in handlers] == []


def test_a_library_that_is_not_there_is_not_made_for_a_report(tmp_path, broken):
    with pytest.raises(RuntimeError):
        main(["history", "--library", str(tmp_path / "none")])
    assert not (tmp_path / "none").exists()
