"""What the user decided and what was cleaned up: one file that is never thrown away."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.types import (
    ContentId,
    FileIdentity,
    FileProof,
    ItemState,
    Operation,
    Plan,
    PlanItem,
    Stamp,
    Tier,
)
from albumdedup.store import backup
from albumdedup.store.database import Database
from albumdedup.store.decisions import SqliteDecisions, open_decisions
from albumdedup.store.journal import SqliteJournal
from tests.fakes import FakeClock

A, B, C = (ContentId(letter * 64) for letter in "abc")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "decisions.sqlite"


@pytest.fixture
def database(place: Path) -> Iterator[Database]:
    opened = open_decisions(place)
    yield opened
    opened.close()


@pytest.fixture
def decisions(database: Database) -> SqliteDecisions:
    return SqliteDecisions(database)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def journal(database: Database, clock: FakeClock) -> SqliteJournal:
    return SqliteJournal(database, clock)


def proof(path: str, content: ContentId = A, file_id: int = 1) -> FileProof:
    return FileProof(
        path, Stamp(1234, 1_700_000_000_123_456_789, FileIdentity(2, file_id)), content
    )


def plan(*paths: str, target: str | None = None) -> Plan:
    items = tuple(
        PlanItem(proof(path, file_id=n), proof("/keep.jpg", B, 2**64 - 1), Tier.SAME, "g1", "why")
        for n, path in enumerate(paths)
    )
    return Plan(items, target)


# --- decisions ------------------------------------------------------------------------------


def test_not_duplicates_are_all_pairs_in_order(decisions: SqliteDecisions) -> None:
    decisions.add_not_duplicates([C, A, B])
    decisions.add_not_duplicates([B, A])
    assert decisions.not_duplicates() == {(A, B), (A, C), (B, C)}
    decisions.remove_not_duplicates([C, B])
    assert decisions.not_duplicates() == {(A, B), (A, C)}


def test_one_content_twice_speaks_of_identical_files(decisions: SqliteDecisions) -> None:
    decisions.add_not_duplicates([A])
    assert decisions.not_duplicates() == frozenset()
    decisions.add_not_duplicates([B, A, A])
    assert decisions.not_duplicates() == {(A, A), (A, B)}
    decisions.remove_not_duplicates([A, A])
    assert decisions.not_duplicates() == {(A, B)}


def test_protected_folders(decisions: SqliteDecisions, tmp_path: Path) -> None:
    one, two = str(tmp_path / "one"), str(tmp_path / "two")
    for folder in (two, one, one + os.sep):
        decisions.protect(folder)
    assert decisions.protected() == (one, two)
    decisions.protect(one, False)
    decisions.protect(one, False)
    assert decisions.protected() == (two,)


def test_preferred_folders_keep_their_order(decisions: SqliteDecisions, tmp_path: Path) -> None:
    folders = [str(tmp_path / name) for name in ("b", "a", "c")]
    decisions.prefer([*folders, folders[0]])
    assert decisions.preferred() == tuple(folders)
    decisions.prefer(folders[1:])
    assert decisions.preferred() == tuple(folders[1:])
    decisions.prefer([])
    assert decisions.preferred() == ()


@pytest.mark.skipif(os.name != "posix", reason="such names are legal on POSIX systems only")
def test_folder_names_that_are_no_text(decisions: SqliteDecisions) -> None:
    name = os.fsdecode(b"/caf\xe9")
    decisions.protect(name)
    decisions.prefer([name])
    assert (decisions.protected(), decisions.preferred()) == ((name,), (name,))


# --- journal --------------------------------------------------------------------------------


def test_an_operation_comes_back_as_it_was_planned(
    journal: SqliteJournal, clock: FakeClock
) -> None:
    planned = plan("/a.jpg", "/\udcff\n.jpg", target="/trash/\udcfe")
    begun = journal.begin(planned)
    assert begun.started == clock()
    assert begun.started.tzinfo is not None
    assert (begun.target, begun.finished) == (planned.target, False)
    assert tuple(entry.item for entry in begun.items) == planned.items
    assert {entry.state for entry in begun.items} == {ItemState.PLANNED}
    assert journal.operation(begun.id) == begun
    assert journal.unfinished() == [begun]


def test_marks_are_kept_and_a_place_once_known_stays(journal: SqliteJournal) -> None:
    first, second = journal.begin(plan("/a.jpg", "/b.jpg")).items
    journal.mark(first.id, ItemState.MOVING, place="/trash/a \udcff.jpg")
    journal.mark(first.id, ItemState.MOVED)
    journal.mark(second.id, ItemState.FAILED, problem="the disk said \udce9")
    one, two = journal.operations()[0].items
    assert (one.state, one.place, one.problem) == (ItemState.MOVED, "/trash/a \udcff.jpg", "")
    assert (two.state, two.place, two.problem) == (
        ItemState.FAILED, None, "the disk said \udce9",
    )  # fmt: skip
    assert journal.operations()[0].moved == (one,)
    journal.mark(one.id, ItemState.RESTORED_BESIDE, restored_to="/a (2).jpg")
    journal.mark(two.id, ItemState.SKIPPED)
    one, two = journal.operations()[0].items
    assert (one.restored_to, one.place) == ("/a (2).jpg", "/trash/a \udcff.jpg")
    assert two.problem == ""


def test_operations_are_listed_newest_first(journal: SqliteJournal, clock: FakeClock) -> None:
    first = journal.begin(plan("/a.jpg"))
    clock.advance(hours=1)
    second = journal.begin(plan())
    assert second.started - first.started == timedelta(hours=1)
    assert [operation.id for operation in journal.operations()] == [second.id, first.id]
    assert [operation.id for operation in journal.unfinished()] == [first.id, second.id]
    journal.finish(first.id)
    assert [operation.id for operation in journal.unfinished()] == [second.id]
    assert journal.operation(first.id).finished


def test_the_start_is_told_in_local_time_whatever_the_clock_says(database: Database) -> None:
    """The instant is what is kept: a laptop travels."""
    instant = datetime(2024, 5, 1, 10, tzinfo=UTC)
    journal = SqliteJournal(database, lambda: instant)
    assert journal.begin(plan()).started == instant


def test_what_is_not_in_the_journal_is_refused(journal: SqliteJournal) -> None:
    journal.begin(plan("/a.jpg"))
    for call in (
        lambda: journal.operation(99),
        lambda: journal.finish(99),
        lambda: journal.mark(99, ItemState.MOVED),
    ):
        with pytest.raises(AlbumError) as refused:
            call()
        assert refused.value.code is ErrorCode.UNKNOWN_OPERATION


def test_many_marks_are_noted_together_or_not_at_all(journal: SqliteJournal) -> None:
    first, second = journal.begin(plan("/a.jpg", "/b.jpg")).items
    moving = replace(first, state=ItemState.MOVING, place="/trash/a.jpg")
    with pytest.raises(AlbumError) as refused:
        journal.mark_all([moving, replace(second, id=99, state=ItemState.MOVING)])
    assert refused.value.code is ErrorCode.UNKNOWN_OPERATION
    assert journal.operations()[0].items == (first, second)
    journal.mark_all([])
    journal.mark_all([moving])
    assert journal.operations()[0].items == (moving, second)


def test_the_journal_is_synced(database: Database) -> None:
    with database.write() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


KILLED = """
import os, sys
from pathlib import Path
from albumdedup.core.types import ItemState
from albumdedup.store.decisions import SqliteDecisions, open_decisions
from albumdedup.store.journal import SqliteJournal
from tests.contract.test_decisions_journal import A, B, plan
database = open_decisions(Path(sys.argv[1]))
journal = SqliteJournal(database)
items = journal.begin(plan("/a.jpg", "/b.jpg")).items
journal.mark(items[0].id, ItemState.MOVED, place="/t/a.jpg")
SqliteDecisions(database).add_not_duplicates([A, B])
with database.write() as connection:
    connection.execute("DELETE FROM items")
    os.kill(os.getpid(), 9)
"""


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is told to POSIX systems")
def test_after_kill_all_that_returned_is_there_and_nothing_half_done(place: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(place)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == -9, done.stderr
    database = open_decisions(place)
    (operation,) = SqliteJournal(database).unfinished()
    assert [entry.state for entry in operation.items] == [ItemState.MOVED, ItemState.PLANNED]
    assert operation.items[0].place == "/t/a.jpg"
    assert SqliteDecisions(database).not_duplicates() == {(A, B)}
    database.close()


# --- damage and backups ---------------------------------------------------------------------


def begun_and_closed(place: Path) -> Operation:
    """A library with one finished operation and one decision, closed."""
    database = open_decisions(place)
    SqliteDecisions(database).add_not_duplicates([A, B])
    journal = SqliteJournal(database)
    operation = journal.begin(plan(*(f"/{n}.jpg" for n in range(200))))
    journal.finish(operation.id)
    database.close()
    return operation


@pytest.mark.parametrize("damage", ["no_database", "pages", "lost"])
def test_a_damaged_file_is_restored_from_the_newest_backup(place: Path, damage: str) -> None:
    operation = begun_and_closed(place)
    whole = place.read_bytes()
    if damage == "no_database":
        place.write_bytes(b"nonsense" * 1000)
    elif damage == "pages":
        place.write_bytes(whole[:4096] + bytes([0x5A]) * (len(whole) - 4096))
    else:
        place.unlink()
    bad = place.read_bytes() if damage != "lost" else b""
    database = open_decisions(place)
    (restored,) = SqliteJournal(database).operations()
    assert restored.id == operation.id
    assert len(restored.items) == 200
    assert SqliteDecisions(database).not_duplicates() == {(A, B)}
    database.close()
    aside = list(place.parent.glob("decisions.sqlite-damaged-*[0-9]"))
    assert [kept.read_bytes() for kept in aside] == ([] if damage == "lost" else [bad])


def test_a_log_left_by_a_damaged_file_does_not_reach_the_restored_one(place: Path) -> None:
    begun_and_closed(place)
    wal = place.with_name(place.name + "-wal")
    place.write_bytes(b"nonsense" * 1000)
    wal.write_bytes(b"left over" * 1000)
    database = open_decisions(place)
    assert len(SqliteJournal(database).operations()) == 1
    database.close()
    assert not wal.exists()


def test_a_damaged_backup_is_passed_over(place: Path) -> None:
    begun_and_closed(place)
    open_decisions(place).close()
    newest = backup.backups(place)[0]
    older = newest.with_name("decisions-20000101-000000-000000.sqlite")
    older.write_bytes(newest.read_bytes())
    newest.write_bytes(b"nonsense" * 1000)
    place.write_bytes(b"nonsense" * 1000)
    for other in backup.backups(place)[1:-1]:
        other.unlink()
    database = open_decisions(place)
    assert len(SqliteJournal(database).operations()) == 1
    database.close()


def test_without_a_backup_a_damaged_file_is_left_and_told(place: Path) -> None:
    place.write_bytes(b"nonsense" * 1000)
    with pytest.raises(AlbumError) as refused:
        open_decisions(place)
    assert refused.value.code is ErrorCode.LIBRARY_UNUSABLE
    assert refused.value.facts["path"] == str(place)
    assert place.read_bytes() == b"nonsense" * 1000


def test_backups_are_whole_few_and_only_made_of_new_states(place: Path) -> None:
    for _ in range(4):
        open_decisions(place).close()
    assert len(backup.backups(place)) == 1
    database = open_decisions(place)
    decisions = SqliteDecisions(database)
    for number in range(backup.KEPT + 3):
        decisions.protect(f"/{number}")
        assert backup.make(database) is not None
    assert backup.make(database) is None
    database.close()
    kept = backup.backups(place)
    assert len(kept) == backup.KEPT
    with closing(sqlite3.connect(kept[0])) as copy:
        assert copy.execute("SELECT count(*) FROM protected").fetchone() == (backup.KEPT + 3,)
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert not list(place.parent.rglob("*.new"))


def test_a_backup_that_cannot_be_made_stops_nothing(place: Path) -> None:
    backup.folder_of(place).write_text("a file in the way")
    database = open_decisions(place)
    journal = SqliteJournal(database)
    operation = journal.begin(plan("/a.jpg"))
    journal.finish(operation.id)
    assert journal.operation(operation.id).finished
    database.close()
