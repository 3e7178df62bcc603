"""The rare branches of proof, moving, putting back and recovery, each by an example."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from albums import group, photo, write
from fake_journal import MemoryJournal

from albumdedup.core import batches, moving, operations, proof, recovery, restoring
from albumdedup.core.control import Control, Reporter, Stage
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import describe
from albumdedup.core.operations import apply, undo
from albumdedup.core.planning import plan_clean
from albumdedup.core.proof import Unproved, arrived, content_of, out_of_reach, prove, sealed
from albumdedup.core.recovery import recover
from albumdedup.core.types import PROVEN_TIERS, ContentId, FileProof, ItemState
from albumdedup.system.moves import partial_of
from albumdedup.system.trash import QtTrash, open_trash
from albumdedup.system.trash_freedesktop import FreedesktopTrash, home_bin


@pytest.fixture
def pair(tmp_path):
    keeper = write(tmp_path / "album" / "a.jpg", b"one photo" * 100)
    copy = write(tmp_path / "album" / "b.jpg", b"one photo" * 100, 1_511_111_111)
    return photo(keeper, 1), photo(copy, 2)


def clean(pair, journal, trash=None, target=None):
    plan = plan_clean([group(*pair)], PROVEN_TIERS, target, ())
    return apply(plan, journal, trash or open_trash(target), (), Control(), Reporter())


def put_back(journal, trash=None):
    operation = journal.operation(1)
    return undo(operation, journal, trash or open_trash(operation.target), Control(), Reporter())


def proof_of(one) -> FileProof:
    return FileProof(one.path, one.stamp, one.content)


# --- proof ------------------------------------------------------------------------------------


def why(one: FileProof, **more) -> str:
    with pytest.raises(Unproved) as raised:
        prove(one, **more)
    return str(raised.value)


def test_what_cannot_be_proved_says_why(pair, monkeypatch):
    one = proof_of(pair[1])
    assert sealed(replace(one, path="/none")).content == one.content  # known: not read again
    assert "could not be read" in why(replace(one, content=ContentId("")))
    monkeypatch.setattr(proof, "is_placeholder", lambda status: True)
    assert "in the cloud" in why(one)
    assert sealed(replace(one, content=ContentId(""))).content == ""
    monkeypatch.setattr(proof, "is_placeholder", lambda status: False)
    assert sealed(replace(one, content=ContentId(""))) == one

    def refused(path):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(proof, "content_of", refused)
    assert "Permission denied" in why(one)
    assert sealed(replace(one, content=ContentId(""))).content == ""
    assert prove(one, content=False).st_size == 900
    status = os.lstat(one.path)
    assert prove(one, seen=(status.st_mtime_ns, status.st_ctime_ns)) == status
    assert "Permission denied" in why(one, seen=(status.st_mtime_ns, 1))


def test_a_file_that_is_written_while_it_is_read_has_no_content(pair, monkeypatch):
    real = os.fstat
    calls = []

    def grown(handle):
        calls.append(handle)
        if len(calls) == 3:
            os.truncate(pair[1].path, 5)
        return real(handle)

    monkeypatch.setattr(proof.os, "fstat", grown)
    with pytest.raises(OSError, match="being written"):
        content_of(pair[1].path)


def test_a_folder_has_no_content(tmp_path):
    with pytest.raises(OSError, match="not a file"):
        content_of(str(tmp_path))


def test_arrived_is_the_file_itself_or_its_bytes(pair, tmp_path):
    one = proof_of(pair[1])
    assert arrived(one, one.path)
    assert not arrived(one, str(tmp_path / "none"))
    shutil.copy2(one.path, tmp_path / "copy")
    assert arrived(one, str(tmp_path / "copy"))  # equal size and time
    os.utime(tmp_path / "copy", (1, 1))
    assert arrived(one, str(tmp_path / "copy"))  # equal bytes
    (tmp_path / "copy").write_bytes(b"?" * 900)
    assert not arrived(one, str(tmp_path / "copy"))


def test_nothing_above_a_folder_is_there(monkeypatch):
    monkeypatch.setattr(proof.os.path, "isdir", lambda path: False)
    assert out_of_reach("/a/b", 1)


# --- a trash that misbehaves --------------------------------------------------------------------


class Odd(FreedesktopTrash):
    """Its ``put`` and ``restore`` do as told for photos; its own trial is left alone."""

    def __init__(self, put=None, restore=None) -> None:
        super().__init__()
        self.on_put, self.on_restore = put, restore

    def put(self, path, place):
        if self.on_put is None or ".albumdedup-" in path:
            return super().put(path, place)
        return self.on_put(super().put, path, place)

    def restore(self, place, path):
        if self.on_restore is None or ".albumdedup-" in path:
            return super().restore(place, path)
        return self.on_restore(super().restore, place, path)


def failed(path: str) -> AlbumError:
    return AlbumError(ErrorCode.TRASH_FAILED, path=path, detail="it says no")


def test_a_trash_that_says_no_but_did_it(pair):
    def put(real, path, place):
        real(path, place)
        raise failed(path)

    journal = MemoryJournal()
    report = clean(pair, journal, Odd(put))
    assert (len(report.done), report.bytes) == (1, 0)
    assert journal.operation(1).items[0].state is ItemState.MOVED
    put_back(journal)
    assert os.path.exists(pair[1].path)


def test_a_trash_that_says_no_and_left_a_copy_in_its_place(pair):
    def put(real, path, place):
        shutil.copy2(path, path + ".new")
        os.rename(path + ".new", path)
        raise failed(path)

    report = clean(pair, MemoryJournal(), Odd(put))
    assert report.done == ()
    assert "it says no" in report.problems[0]
    assert os.path.exists(pair[1].path)


def test_a_stranger_that_cannot_be_put_back_at_once_is_known_to_undo(pair):
    def put(real, path, place):
        os.rename(path, path + ".moved by the user")
        write(Path(path), b"a stranger")
        return real(path, place)

    def no(real, place, path):
        raise failed(path)

    journal = MemoryJournal()
    report = clean(pair, journal, Odd(put, no))
    assert report.bytes == 0
    assert len(report.problems) == 1  # no word of photos that were not touched: there are none
    assert "changed while it was moved" in report.problems[0]
    assert report.problems[0].endswith("now: it says no")
    entry = journal.operation(1).items[0]
    assert entry.state is ItemState.MOVED
    assert Path(str(entry.place)).read_bytes() == b"a stranger"


def test_a_restore_that_fails_leaves_it_in_the_trash(pair):
    def no(real, place, path):
        raise failed(path)

    journal = MemoryJournal()
    clean(pair, journal)
    report = put_back(journal, Odd(restore=no))
    assert "it says no" in report.problems[0]
    assert journal.operation(1).items[0].state is ItemState.MOVED
    assert len(put_back(journal).done) == 1


def test_a_folder_on_a_drive_that_is_away_is_waited_for(pair, monkeypatch):
    journal = MemoryJournal()
    clean(pair, journal)
    monkeypatch.setattr(restoring, "out_of_reach", lambda folder, volume: True)
    report = put_back(journal)
    assert "plug in" in report.problems[0]
    assert journal.operation(1).items[0].state is ItemState.MOVED


def test_a_time_that_a_coarse_disk_lost_is_given_back(pair):
    journal = MemoryJournal()
    clean(pair, journal)
    os.utime(str(journal.operation(1).items[0].place), (1_511_111_110, 1_511_111_110))
    put_back(journal)
    assert os.stat(pair[1].path).st_mtime == 1_511_111_111


@pytest.mark.parametrize("kind", ["protected", "bin"])
def test_a_place_that_becomes_another_kind_after_the_plan_is_seen(pair, monkeypatch, kind):
    monkeypatch.setattr(moving.Places, kind, lambda self, path: True)
    plan = plan_clean([], PROVEN_TIERS, None, ())
    monkeypatch.undo()
    plan = plan_clean([group(*pair)], PROVEN_TIERS, None, ())

    def put(real, path, place):
        raise AssertionError("it must not move")

    trash = Odd(put)
    tried = trash.try_volume

    def try_volume(path):
        tried(path)
        monkeypatch.setattr(moving.Places, kind, lambda self, path: True)

    trash.try_volume = try_volume
    report = apply(plan, MemoryJournal(), trash, (), Control(), Reporter())
    assert report.skipped[0].state is ItemState.SKIPPED
    assert ("protected" if kind == "protected" else "lies in a bin") in report.problems[0]


def test_a_clean_up_that_is_stopped_leaves_the_rest_also_without_known_places(tmp_path):
    """The trash of Windows and macOS tells a place only after the move."""
    Path(home_bin().base).parent.mkdir(parents=True)
    pairs = [[photo(write(tmp_path / f / f"{n}.jpg", b"photo" * n)) for f in "ab"] for n in (1, 2)]
    control, journal, trash = Control(), MemoryJournal(), QtTrash()
    put = trash.put

    def stop(path, place):
        control.cancel()
        return put(path, place)

    trash.try_volume(pairs[0][1].path)
    trash.put = stop
    plan = plan_clean([group(*one) for one in pairs], PROVEN_TIERS, None, ())
    report = apply(plan, journal, trash, (), control, Reporter())
    assert [entry.state for entry in journal.operation(1).items] == [
        ItemState.MOVED, ItemState.PLANNED,
    ]  # fmt: skip
    assert "1 more photo was not touched" in report.problems[0]
    assert os.listdir(tmp_path / "b") == ["2.jpg"]
    put_back(journal, QtTrash())
    assert sorted(os.listdir(tmp_path / "b")) == ["1.jpg", "2.jpg"]


# --- what is told while it works ----------------------------------------------------------------


def test_progress_counts_files_skips_and_bytes_both_ways(tmp_path, monkeypatch):
    monkeypatch.setattr(batches, "BATCH", 2)
    monkeypatch.setattr(operations, "BATCH", 2)
    pairs = [[photo(write(tmp_path / f / f"{n}.jpg", b"photo" * n)) for f in "ab"]
             for n in range(1, 5)]  # fmt: skip
    plan = plan_clean([group(*one) for one in pairs], PROVEN_TIERS, None, ())
    Path(pairs[1][1].path).write_bytes(b"changed")
    journal, told = MemoryJournal(), []
    reporter = Reporter(told.append, interval=0)
    report = apply(plan, journal, open_trash(None), (), Control(), reporter)
    assert [(p.stage, p.done, p.total, p.bytes, p.unreadable, p.current) for p in told] == [
        (Stage.CLEANING, 1, 4, 5, 0, pairs[0][1].path),
        (Stage.CLEANING, 2, 4, 5, 1, pairs[1][1].path),
        (Stage.CLEANING, 3, 4, 20, 1, pairs[2][1].path),
        (Stage.CLEANING, 4, 4, 40, 1, pairs[3][1].path),
    ]
    assert report.bytes == 40
    told.clear()
    Path(str(journal.operation(1).items[2].place)).unlink()
    back = undo(journal.operation(1), journal, open_trash(None), Control(), reporter)
    assert [(p.stage, p.done, p.total, p.bytes, p.unreadable, p.current) for p in told] == [
        (Stage.RESTORING, 1, 3, 0, 1, pairs[2][1].path),  # what cannot come back is known first
        (Stage.RESTORING, 2, 3, 20, 1, pairs[3][1].path),
        (Stage.RESTORING, 3, 3, 25, 1, pairs[0][1].path),
    ]
    assert back.bytes == 25


def test_the_last_report_is_not_held_back(pair):
    """A slow screen gets one in ten; the end is among them."""
    journal, told = MemoryJournal(), []
    plan = plan_clean([group(*pair)], PROVEN_TIERS, None, ())
    apply(plan, journal, open_trash(None), (), Control(), Reporter(told.append, interval=9e9))
    assert [p.done for p in told] == [1]
    assert restoring.detail_of(AlbumError(ErrorCode.NOT_THERE, path="/a.jpg")) == describe(
        AlbumError(ErrorCode.NOT_THERE, path="/a.jpg")
    )


# --- recovery -----------------------------------------------------------------------------------


def half_way(pair, journal, state=ItemState.RESTORING):
    clean(pair, journal)
    entry = journal.operation(1).items[0]
    journal.mark(entry.id, state, place=entry.place)
    return Path(str(entry.place))


def settled(journal):
    return recover(journal, open_trash)[0].items[0]


def test_an_undo_that_died_before_the_move(pair):
    journal = MemoryJournal()
    half_way(pair, journal)
    assert settled(journal).state is ItemState.MOVED


def test_an_undo_that_died_while_it_copied_leaves_no_part_of_a_photo(pair):
    journal = MemoryJournal()
    place = half_way(pair, journal)
    part = Path(partial_of(pair[1].path))
    part.write_bytes(b"one ph")
    entry = settled(journal)
    assert entry.state is ItemState.MOVED
    assert Path(str(entry.place)) == Path(place)
    assert Path(place).exists()
    assert not part.exists()


def test_an_undo_that_died_after_the_move(pair):
    journal = MemoryJournal()
    os.rename(half_way(pair, journal), pair[1].path)
    entry = settled(journal)
    assert (entry.state, entry.restored_to) == (ItemState.RESTORED, pair[1].path)
    assert os.listdir(home_bin().info) == []


@pytest.mark.parametrize("same", [True, False])
def test_an_undo_that_died_after_it_restored_beside(pair, same):
    journal = MemoryJournal()
    place = half_way(pair, journal)
    beside = Path(pair[1].path).with_name("b (1).jpg")
    write(Path(pair[1].path), b"newcomer")
    if same:
        os.rename(place, beside)
    else:
        shutil.copy2(place, beside)
        os.unlink(place)
    entry = settled(journal)
    assert (entry.state, entry.restored_to) == (ItemState.RESTORED_BESIDE, str(beside))


def test_a_photo_that_moved_within_the_trash_is_found(pair):
    journal = MemoryJournal()
    place = half_way(pair, journal)
    entry = journal.operation(1).items[0]
    journal.mark_all([replace(entry, place=str(place) + " of another time")])
    found = settled(journal)
    assert (found.state, found.place) == (ItemState.MOVED, str(place))


@pytest.mark.parametrize("folder_too", [False, True])
def test_an_undo_whose_photo_is_nowhere_says_so(pair, folder_too):
    journal = MemoryJournal()
    half_way(pair, journal).unlink()
    if folder_too:
        shutil.rmtree(os.path.dirname(pair[1].path))
    entry = settled(journal)
    assert entry.state is ItemState.GONE
    assert pair[1].path in entry.problem


def test_a_move_that_a_copy_stands_for_never_happened(pair):
    journal = MemoryJournal()
    place = half_way(pair, journal, ItemState.MOVING)
    shutil.copy2(place, pair[1].path)
    os.unlink(place)
    entry = settled(journal)
    assert entry.state is ItemState.SKIPPED
    assert "in its place" in entry.problem


def test_a_folder_that_is_gone_has_no_say_about_its_volume(pair):
    journal = MemoryJournal()
    clean(pair, journal)
    shutil.rmtree(os.path.dirname(pair[0].path))
    assert recovery.one_per_volume(journal.operation(1).items) == []


def test_a_volume_is_tried_from_the_first_folder_that_may_be_changed(tmp_path):
    paths = [write(tmp_path / name / "a.jpg", b"photo") for name in ("gone", "one", "two")]
    keeper = photo(write(tmp_path / "keep.jpg", b"photo"))
    plan = plan_clean([group(keeper, *map(photo, paths))], PROVEN_TIERS, None, ())
    items = MemoryJournal().begin(plan).items
    shutil.rmtree(tmp_path / "gone")
    assert [e.item.victim.path for e in recovery.one_per_volume(items)] == [str(paths[1])]
    victim = items[1].item.victim
    elsewhere = victim.stamp._replace(identity=victim.stamp.identity._replace(volume=77))
    victim = replace(victim, stamp=elsewhere)  # another disk is mounted there now
    away = replace(items[1], item=replace(items[1].item, victim=victim))
    assert recovery.one_per_volume([away]) == []


def test_places_that_were_taken_for_a_batch_that_never_began_are_given_up(pair):
    class Killed(BaseException):
        pass

    class Dying(MemoryJournal):
        def mark_all(self, items):
            raise Killed

    dying = Dying()
    with pytest.raises(Killed):
        clean(pair, dying)
    assert len(os.listdir(home_bin().info)) == 1
    (after,) = recover(dying, open_trash)
    assert after.finished
    assert after.items[0].state is ItemState.PLANNED
    assert os.listdir(home_bin().info) == []
    assert os.path.exists(pair[1].path)


def test_another_removed_photo_of_its_size_and_time_is_not_taken_for_it(pair, tmp_path):
    journal = MemoryJournal()
    clean(pair, journal, target=str(tmp_path / "removed"))
    entry = journal.operation(1).items[0]
    place = Path(str(entry.place))
    other = write(tmp_path / "other.jpg", b"two photo" * 100, 1_511_111_111)
    os.replace(other, place)  # made beside it: a file system gives a free number out again
    journal.mark_all([replace(entry, state=ItemState.MOVING, place=None)])
    assert settled(journal).state is ItemState.FAILED


def test_the_copy_that_stayed_is_not_what_an_undo_put_back(tmp_path):
    """Copies are often called so: beside "b.jpg" stays "b (1).jpg", with the same content."""
    keeper = write(tmp_path / "album" / "b (1).jpg", b"one photo" * 100)
    copy = write(tmp_path / "album" / "b.jpg", b"one photo" * 100)
    journal = MemoryJournal()
    half_way((photo(keeper), photo(copy)), journal).unlink()
    entry = settled(journal)
    assert entry.state is ItemState.GONE
    assert str(copy) in entry.problem
