"""Faults in the middle of a batch, at the journal, and several paths to one file."""

from __future__ import annotations

import errno
import os
import sqlite3
import time
import unicodedata
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from albums import Kept, group, photo, write
from fake_journal import MemoryJournal

from albumdedup.cli.main import main
from albumdedup.core import ahead
from albumdedup.core.control import Control, Reporter
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.operations import apply, undo
from albumdedup.core.planning import plan_clean
from albumdedup.core.recovery import recover
from albumdedup.core.types import PROVEN_TIERS, ItemState
from albumdedup.store.decisions import open_decisions
from albumdedup.store.journal import SqliteJournal
from albumdedup.system import syncing
from albumdedup.system.trash import open_trash
from albumdedup.system.trash_freedesktop import FreedesktopTrash, home_bin


def pairs(place: Path, count: int = 4):
    return [
        group(
            photo(write(place / "album" / "keep" / f"{n}.jpg", f"photo {n}".encode() * 40)),
            photo(write(place / "album" / "copy" / f"{n}.jpg", f"photo {n}".encode() * 40)),
        )
        for n in range(count)
    ]


def planned(groups, target=None, protected=()):
    return plan_clean(groups, PROVEN_TIERS, target, protected)


def clean(groups, journal=None, trash=None, target=None, protected=()):
    return apply(
        planned(groups, target, protected), journal or MemoryJournal(),
        trash or open_trash(target), protected, Control(), Reporter(),
    )  # fmt: skip


def put_back(journal, number=1):
    operation = journal.operation(number)
    return undo(operation, journal, open_trash(operation.target), Control(), Reporter())


class Meanwhile(FreedesktopTrash):
    """Something happens elsewhere while the n-th file of a batch moves."""

    def __init__(self, at: int, act) -> None:
        super().__init__()
        self._at, self._act, self.count = at, act, 0

    def put(self, path, place):
        if ".albumdedup-" not in path:
            self.count += 1
            if self.count == self._at:
                self._act()
        return super().put(path, place)


# --- between reading ahead and the move -------------------------------------------------------


@pytest.mark.parametrize("which", ["copy", "keep"])
def test_a_content_that_changes_unseen_within_a_batch_is_seen(tmp_path, monkeypatch, which):
    """Same size, same modification time: only the change time tells, and it is asked for."""
    monkeypatch.setattr(ahead, "FAT_STEP_NS", 0)
    groups = pairs(tmp_path)
    path = tmp_path / "album" / which / "3.jpg"

    def spoil():
        time.sleep(0.02)  # a later step of the file system's clock
        status = path.stat()
        path.write_bytes(b"?" * status.st_size)
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    report = clean(groups, trash=Meanwhile(1, spoil))
    assert len(report.done) == 3
    assert "content changed" in report.problems[0]
    assert (tmp_path / "album" / "copy" / "3.jpg").exists()


@pytest.mark.parametrize("which", ["copy", "keep"])
@pytest.mark.parametrize("how", ["link", "gone", "another"])
def test_a_file_that_becomes_another_within_a_batch_is_seen(tmp_path, monkeypatch, which, how):
    monkeypatch.setattr(ahead, "FAT_STEP_NS", 0)
    groups = pairs(tmp_path)
    path = tmp_path / "album" / which / "2.jpg"

    def act():
        os.rename(path, tmp_path / "elsewhere.jpg")
        if how == "link":
            path.symlink_to(tmp_path / "elsewhere.jpg")
        if how == "another":
            write(path, (tmp_path / "elsewhere.jpg").read_bytes())

    report = clean(groups, trash=Meanwhile(2, act))
    assert len(report.done) == 3
    assert len(report.skipped) == 1
    assert (tmp_path / "elsewhere.jpg").exists()
    assert len(os.listdir(home_bin().info)) == 3  # the place that it had is given up


def test_a_drive_that_goes_in_the_middle_keeps_what_is_on_it(tmp_path):
    groups = pairs(tmp_path)
    album, away = tmp_path / "album", tmp_path / "unplugged"
    before = Kept.below(album)
    journal = MemoryJournal()
    report = clean(groups, journal, Meanwhile(3, lambda: album.rename(away)))
    assert len(report.done) == 2
    assert {entry.state for entry in report.skipped} <= {ItemState.SKIPPED, ItemState.FAILED}
    away.rename(album)
    recover(journal, open_trash)
    put_back(journal)
    assert Kept.below(album) == before


def test_a_protected_keeper_that_vanished_keeps_its_copies(tmp_path):
    groups = pairs(tmp_path, 2)
    protected = [str(tmp_path / "album" / "keep")]
    plan = planned(groups, protected=protected)
    os.unlink(groups[0].keeper.path)
    report = apply(plan, MemoryJournal(), open_trash(None), protected, Control(), Reporter())
    assert [i.item.victim.path for i in report.skipped] == [groups[0].members[1].photo.path]
    assert groups[0].keeper.path in report.problems[0]


def test_a_clock_that_was_set_back_changes_nothing_but_the_speed(tmp_path, monkeypatch):
    groups = pairs(tmp_path)
    now = time.time_ns()
    monkeypatch.setattr(ahead.time, "time_ns", lambda: now - 10 * 365 * 86_400 * 10**9)
    journal = MemoryJournal()
    assert len(clean(groups, journal).done) == 4
    assert len(put_back(journal).done) == 4


# --- places and syncs that fail ---------------------------------------------------------------


def no_sync(self):
    raise OSError(errno.EIO, os.strerror(errno.EIO), "/disk")


def test_places_that_cannot_be_synced_move_nothing(tmp_path, monkeypatch):
    groups = pairs(tmp_path)
    trash = open_trash(None)
    trash.try_volume(groups[0].members[1].photo.path)
    monkeypatch.setattr(syncing.Pending, "flush", no_sync)
    report = clean(groups, trash=trash)
    assert report.done == ()
    assert all(entry.state is ItemState.FAILED for entry in report.skipped)
    assert "Input/output" in report.problems[0]
    assert os.listdir(home_bin().info) == []


@pytest.mark.parametrize("target", [None, "removed"])
def test_moves_that_cannot_be_synced_are_journalled_and_end_it(tmp_path, monkeypatch, target):
    groups = pairs(tmp_path)
    before = Kept.below(tmp_path / "album")
    where = None if target is None else str(tmp_path / target)
    trash = open_trash(where)
    trash.try_volume(groups[0].members[1].photo.path)
    real, journal = trash.flush, MemoryJournal()

    def flush():
        monkeypatch.setattr(syncing.Pending, "flush", no_sync)
        real()

    trash.flush = flush
    report = clean(groups, journal, trash, where)
    assert len(report.done) == 4
    assert "Input/output" in report.problems[-1]
    with pytest.raises(AlbumError) as raised:
        put_back(journal)
    assert raised.value.code is ErrorCode.TRASH_FAILED
    assert Kept.below(tmp_path / "album") == before  # yet all of it came back
    assert journal.operation(1).moved == ()


def test_without_a_call_for_the_whole_volume_each_folder_is_synced(tmp_path, monkeypatch):
    monkeypatch.setattr(syncing, "_whole_volume_call", lambda: None)
    synced = []
    monkeypatch.setattr(syncing, "sync_folder", synced.append)
    monkeypatch.setattr(syncing, "sync_file", synced.append)
    journal = MemoryJournal()
    clean(pairs(tmp_path), journal)
    assert str(tmp_path / "album" / "copy") in synced
    assert home_bin().files in synced
    assert sum(str(path).endswith(".trashinfo") for path in synced) >= 4
    put_back(journal)


def test_a_volume_that_cannot_be_synced_says_so(tmp_path, monkeypatch):
    pending = syncing.Pending()
    pending.renamed(str(tmp_path), str(tmp_path / "gone"))
    pending.flush()
    monkeypatch.setattr(syncing, "_whole_volume_call", lambda: lambda handle: -1)
    monkeypatch.setattr(syncing.ctypes, "get_errno", lambda: errno.EIO)
    pending.flush()  # nothing is pending any more
    pending.renamed(str(tmp_path))
    with pytest.raises(OSError, match="Input/output"):
        pending.flush()


# --- the journal ------------------------------------------------------------------------------


def test_a_torn_last_record_of_the_journal_is_settled_by_the_disk(tmp_path):
    groups = pairs(tmp_path)
    before = Kept.below(tmp_path / "album")
    place = tmp_path / "decisions.sqlite"
    log = tmp_path / "decisions.sqlite-wal"
    with closing(open_decisions(place)) as database:
        sizes: list[int] = []
        trash = Meanwhile(1, lambda: sizes.append(log.stat().st_size))
        clean(groups, SqliteJournal(database), trash)
        whole, outcome = log.read_bytes(), place.read_bytes()
    assert sizes[0] < len(whole)
    states = set()
    for length in [sizes[0], *range(sizes[0] + 1, len(whole), 997), len(whole) - 1, len(whole)]:
        torn = tmp_path / f"torn {length}"
        torn.mkdir()
        (torn / "decisions.sqlite").write_bytes(outcome)
        (torn / "decisions.sqlite-wal").write_bytes(whole[:length])
        with closing(open_decisions(torn / "decisions.sqlite")) as database:
            journal = SqliteJournal(database)
            states |= {entry.state for entry in journal.operation(1).items}
            recover(journal, open_trash)
            assert [e.state for e in journal.operation(1).items] == [ItemState.MOVED] * 4
            assert journal.unfinished() == []
    assert states == {ItemState.MOVING, ItemState.MOVED}
    with closing(open_decisions(torn / "decisions.sqlite")) as database:
        put_back(SqliteJournal(database))
    assert Kept.below(tmp_path / "album") == before


def test_decisions_of_a_newer_version_are_left_alone(tmp_path, capsys):
    folder = tmp_path / "library"
    folder.mkdir()
    with closing(open_decisions(folder / "decisions.sqlite")) as database:
        clean(pairs(tmp_path), SqliteJournal(database))
    with closing(sqlite3.connect(folder / "decisions.sqlite")) as connection:
        connection.execute("PRAGMA user_version = 999")
    before = (folder / "decisions.sqlite").read_bytes(), Kept.below(tmp_path / "album")
    for verb in ("history", "undo"):
        assert main([verb, "--library", str(folder)]) == 6
        assert "newer version" in capsys.readouterr().err
    assert ((folder / "decisions.sqlite").read_bytes(), Kept.below(tmp_path / "album")) == before


# --- several paths to one file ------------------------------------------------------------------


def test_one_file_by_several_names_is_no_copy(tmp_path):
    real = write(tmp_path / "album" / "f\u00fcr.jpg", b"x" * 50)
    (tmp_path / "alias").symlink_to(tmp_path / "album")
    os.link(real, tmp_path / "album" / "hard.jpg")
    one = photo(real)
    names = [
        str(tmp_path / "alias" / real.name),
        str(tmp_path / "album" / "hard.jpg"),
        str(real).upper(),  # on a disk that does not tell cases apart
        unicodedata.normalize("NFD", str(real)),
        str(tmp_path / "mounted again" / real.name),  # a bind mount: the same identity
    ]
    for name in names:
        for keeper, victim in ((one, replace(one, path=name)), (replace(one, path=name), one)):
            with pytest.raises(AlbumError) as raised:
                planned([group(keeper, victim)])
            assert raised.value.code is ErrorCode.PLAN_REFUSED
    assert real.read_bytes() == b"x" * 50


@pytest.mark.parametrize("name", ["x" * 251 + ".jpg", "ä" * 125 + ".jpg", "n\new\n.jpg"])
def test_a_long_or_odd_name_is_put_back_beside_a_newcomer(tmp_path, name):
    keeper = write(tmp_path / "album" / "k.jpg", b"x" * 50)
    copy = write(tmp_path / "album" / name, b"x" * 50)
    journal = MemoryJournal()
    clean([group(photo(keeper), photo(copy))], journal)
    write(copy, b"newcomer")
    report = put_back(journal)
    back = Path(str(report.done[0].restored_to))
    assert back.read_bytes() == b"x" * 50
    assert copy.read_bytes() == b"newcomer"
    assert len(os.fsencode(back.name)) <= 255
    assert back.name.endswith(" (1).jpg")


def test_a_folder_for_removed_photos_that_is_full_from_the_start(tmp_path, monkeypatch):
    groups = pairs(tmp_path)

    def full(path, *args, **kwargs):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)

    monkeypatch.setattr("albumdedup.system.trash_folder.rename_exclusive", full)
    journal = MemoryJournal()
    with pytest.raises(AlbumError) as raised:
        clean(groups, journal, target=str(tmp_path / "removed"))
    assert raised.value.code is ErrorCode.TARGET_UNUSABLE
    assert "No space" in str(raised.value.facts["detail"])
    assert len(list((tmp_path / "album" / "copy").iterdir())) == 4
    assert journal.operation(1).finished
