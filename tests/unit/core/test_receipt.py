"""The receipt tells what the disk shows, and a trial restore proves it, changing nothing."""

from __future__ import annotations

import hashlib
import io
import os
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from albums import Kept, group, photo, write
from fake_journal import MemoryJournal

from albumdedup.cli.main import main
from albumdedup.core.control import Control, Reporter
from albumdedup.core.executors import InlineExecutor
from albumdedup.core.operations import apply, undo
from albumdedup.core.planning import plan_clean
from albumdedup.core.receipt import Stays, lying, receipt, rehearse
from albumdedup.core.receipt_page import sentences, write_receipt
from albumdedup.core.types import PROVEN_TIERS, ItemState
from albumdedup.store.decisions import open_decisions
from albumdedup.store.journal import SqliteJournal
from albumdedup.system import trial
from albumdedup.system.trash import open_trash


def cleaned(place: Path, journal, target: str | None = None):
    """Two groups: x with two copies, y with one that has another hard link."""
    groups = []
    for name in ("x", "y"):
        data = name.encode() * 90
        files = [write(place / "album" / f / f"{name}.jpg", data) for f in ("a", "b", "c")]
        if name == "y":
            files.pop().unlink()
            os.link(files[1], place / "other name.jpg")
        groups.append(group(*map(photo, files)))
    plan = plan_clean(groups, PROVEN_TIERS, target, ())
    report = apply(plan, journal, open_trash(target), (), Control(), Reporter())
    return journal.operation(report.operation_id)


@pytest.fixture(params=["trash", "folder"])
def target(request, tmp_path) -> str | None:
    return str(tmp_path / "removed") if request.param == "folder" else None


def made(operation):
    return receipt(operation, InlineExecutor(), Control(), datetime(2026, 5, 1, 12))


def test_what_went_what_stays_and_what_comes_free(tmp_path, target):
    one = made(cleaned(tmp_path, MemoryJournal(), target))
    assert (one.photos, one.bytes, one.freed, one.at_once) == (3, 270, 180, False)
    assert [line.freed for line in one.lines] == [90, 90, 0]
    assert {line.stays for line in one.lines} == {Stays.WHOLE}
    for line in one.lines:
        assert line.there
        assert line.keeper_content == hashlib.sha256(Path(line.keeper).read_bytes()).hexdigest()
    told = " ".join(sentences(one))
    assert "3 copies (270 B)" in told
    assert "180 B come free when you" in told
    assert "not before" in told
    assert "hard link" in told
    assert "APFS" in told
    assert "is whole" in told


def test_two_names_of_one_file_that_both_went_free_its_bytes_once(tmp_path):
    journal = MemoryJournal()
    keeper = write(tmp_path / "album" / "k.jpg", b"k" * 70)
    copy = write(tmp_path / "album" / "c.jpg", b"k" * 70)
    operation = apply(
        plan_clean([group(photo(keeper), photo(copy))], PROVEN_TIERS, None, ()),
        journal, open_trash(None), (), Control(), Reporter(),
    ).operation_id  # fmt: skip
    entry = journal.operation(operation).items[0]
    os.link(str(entry.place), tmp_path / "again.jpg")
    assert made(journal.operation(operation)).freed == 0
    os.unlink(tmp_path / "again.jpg")
    assert made(journal.operation(operation)).freed == 70


def test_a_keeper_that_changed_or_went_and_a_file_that_left_the_trash_are_told(tmp_path):
    operation = cleaned(tmp_path, MemoryJournal())
    Path(operation.items[0].item.survivor.path).write_bytes(b"edited")
    os.unlink(operation.items[2].item.survivor.path)
    os.unlink(str(operation.items[1].place))
    one = made(operation)
    assert [line.stays for line in one.lines] == [Stays.CHANGED, Stays.CHANGED, Stays.UNREADABLE]
    assert [line.there for line in one.lines] == [True, False, True]
    told = " ".join(sentences(one))
    assert "Look at them before you empty" in told
    assert operation.items[2].item.survivor.path in told
    assert "1 removed file is no longer" in told
    page = io.StringIO()
    write_receipt(one, (), page)
    assert "changed since" in page.getvalue()
    assert "cannot be read" in page.getvalue()
    assert "no longer there" in page.getvalue()


def test_what_was_left_and_what_came_back(tmp_path):
    journal = MemoryJournal()
    operation = cleaned(tmp_path, journal)
    undo(operation, journal, open_trash(None), Control(), Reporter())
    one = made(journal.operation(operation.id))
    assert (one.photos, one.lines, one.freed) == (0, (), 0)
    entry = journal.operation(1).items[0]
    journal.mark(entry.id, ItemState.SKIPPED, problem="it <changed>")
    page = io.StringIO()
    write_receipt(made(journal.operation(1)), (), page)
    assert "it &lt;changed&gt;" in page.getvalue()


def test_a_trial_restore_proves_and_changes_nothing(tmp_path, target):
    operation = cleaned(tmp_path, MemoryJournal(), target)
    before = Kept.below(tmp_path)
    done = rehearse(operation, open_trash(target), 2, 7, Control())
    assert len(done) == 2
    assert [one.problem for one in done] == ["", ""]
    assert done == rehearse(operation, open_trash(target), 2, 7, Control())  # the seed decides
    assert len(rehearse(operation, open_trash(target), 99, 7, Control())) == 3
    assert Kept.below(tmp_path) == before


def test_a_trial_tells_what_is_spoilt_gone_or_cannot_be_written(tmp_path, monkeypatch):
    operation = cleaned(tmp_path, MemoryJournal())
    Path(str(operation.items[0].place)).write_bytes(b"spoilt by the disk")
    os.unlink(str(operation.items[1].place))
    one, two, three = rehearse(operation, open_trash(None), 9, 1, Control())
    assert "SHA-256 differs" in one.problem
    assert str(operation.items[1].place) in two.problem
    assert three.problem == ""

    def full(source, copy):
        Path(copy).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(trial, "copied_and_read_back", full)
    before = Kept.below(tmp_path)
    assert "No space left" in rehearse(operation, open_trash(None), 9, 1, Control())[2].problem
    assert Kept.below(tmp_path) == before


def test_a_trial_where_the_old_folder_is_gone_uses_the_one_above(tmp_path):
    operation = cleaned(tmp_path, MemoryJournal())
    for name in ("b", "c"):
        (tmp_path / "album" / name).rmdir()
    assert [one.problem for one in rehearse(operation, open_trash(None), 9, 1, Control())] == [
        ""
    ] * 3
    assert sorted(os.listdir(tmp_path / "album")) == ["a"]


# --- on the command line --------------------------------------------------------------------


@pytest.fixture
def library(tmp_path):
    folder = tmp_path / "library"
    folder.mkdir()
    with closing(open_decisions(folder / "decisions.sqlite")) as database:
        cleaned(tmp_path, SqliteJournal(database))
    return folder


def cli(library: Path, *arguments: str) -> int:
    return main([arguments[0], "--library", str(library), *arguments[1:]])


def test_the_receipt_is_saved_and_replaces_nothing(library, tmp_path, capsys):
    page = tmp_path / "receipt.html"
    assert cli(library, "history", "1", "--receipt", str(page), "--check", "2") == 0
    text = page.read_text()
    assert "Restored on trial: 2" in text
    assert str(tmp_path / "album" / "b" / "x.jpg") in text
    assert "3 copies" in capsys.readouterr().out
    assert cli(library, "history", "1", "--receipt", str(page)) == 5
    assert "File exists" in capsys.readouterr().err
    assert page.read_text() == text
    assert cli(library, "history", "1", "--receipt", str(tmp_path / "no" / "r.html")) == 5
    assert cli(library, "history", "--receipt", str(tmp_path / "r2.html")) == 2
    assert cli(library, "history", "77") == 5
    assert "no operation 77" in capsys.readouterr().err


def test_a_failing_trial_is_told_with_its_code(library, tmp_path, capsys):
    with closing(open_decisions(library / "decisions.sqlite")) as database:
        Path(str(SqliteJournal(database).operation(1).items[0].place)).write_bytes(b"?" * 90)
    assert cli(library, "history", "1", "--check", "9") == 5
    assert "SHA-256 differs" in capsys.readouterr().out


def test_undo_of_a_photo_and_a_group_by_command(library, tmp_path, capsys):
    path = str(tmp_path / "album" / "b" / "x.jpg")
    assert cli(library, "undo", "--photo", path) == 0
    assert os.path.exists(path)
    assert cli(library, "undo", "1", "--photo", str(tmp_path / "none.jpg")) == 5
    assert "no photo or group of operation 1" in capsys.readouterr().err
    group_id = f"group-{tmp_path / 'album' / 'a' / 'y.jpg'}"
    assert cli(library, "undo", "1", "--group", group_id) == 0
    assert os.path.exists(tmp_path / "album" / "b" / "y.jpg")
    assert not os.path.exists(tmp_path / "album" / "c" / "x.jpg")
    assert cli(library, "undo", "--photo", path) == 0
    assert "nothing to put back" in capsys.readouterr().err


def test_what_was_emptied_is_not_lying_there_and_reading_reports_progress(tmp_path, target):
    operation = cleaned(tmp_path, MemoryJournal(), target)
    assert lying(operation) == {entry.id for entry in operation.moved}
    first = operation.moved[0]
    os.unlink(first.place)
    assert lying(operation) == {entry.id for entry in operation.moved} - {first.id}
    told = []
    receipt(operation, InlineExecutor(), Control(), datetime(2026, 5, 1), Reporter(told.append))
    assert [(one.done, one.total) for one in told][-1] == (2, 2)
