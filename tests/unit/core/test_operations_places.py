"""Where photos lie: aliases, links, volumes, drives that went, and folders for removed photos."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from albums import Kept, group, photo, write
from fake_journal import MemoryJournal

from albumdedup.core import planning
from albumdedup.core.control import Control, Reporter
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.operations import apply, undo
from albumdedup.core.planning import Places, plan_clean
from albumdedup.core.proof import out_of_reach
from albumdedup.core.recovery import away, recover
from albumdedup.core.types import (
    PROVEN_TIERS,
    FileIdentity,
    FileProof,
    ItemState,
    JournalItem,
    PlanItem,
    Tier,
)
from albumdedup.system import moves
from albumdedup.system.trash import open_trash
from albumdedup.system.trash_folder import SUBFOLDER
from albumdedup.system.trash_freedesktop import FreedesktopTrash, home_bin


@pytest.fixture
def pair(tmp_path):
    keeper = write(tmp_path / "album" / "a.jpg", b"one photo" * 100)
    copy = write(tmp_path / "album" / "b.jpg", b"one photo" * 100, 1_511_111_111)
    return photo(keeper, 1), photo(copy, 2)


@pytest.fixture
def other_volume(tmp_path):
    place = Path("/dev/shm")
    if not place.is_dir() or place.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("needs a second volume at /dev/shm")
    with tempfile.TemporaryDirectory(dir=place) as folder:
        yield Path(folder)


def planned(*groups, target=None, protected=()):
    return plan_clean(groups, PROVEN_TIERS, target, protected)


def clean(plan, journal, trash=None, protected=()):
    trash = trash or open_trash(plan.target)
    return apply(plan, journal, trash, protected, Control(), Reporter())


def put_back(journal, number=1):
    operation = journal.operation(number)
    return undo(operation, journal, open_trash(operation.target), Control(), Reporter())


# --- places ---------------------------------------------------------------------------------


def test_a_protected_folder_is_known_under_every_name(tmp_path):
    inside = write(tmp_path / "kept" / "deep" / "a.jpg", b"x")
    (tmp_path / "alias").symlink_to(tmp_path / "kept")
    for name in (tmp_path / "kept", tmp_path / "alias", tmp_path / "kept" / ".." / "kept"):
        places = Places([str(name)])
        assert places.protected(str(inside))
        assert places.protected(str(tmp_path / "alias" / "deep" / "a.jpg"))
        assert not places.protected(str(tmp_path / "kept but not this" / "a.jpg"))


def test_a_protected_folder_that_is_not_there_is_still_known(tmp_path):
    assert Places([str(tmp_path / "gone")]).protected(str(tmp_path / "gone" / "a.jpg"))


def test_a_survivor_reached_through_a_link_into_the_trash_is_refused(tmp_path, pair):
    keeper = write(tmp_path / "data" / "Trash" / "files" / "a.jpg", b"one photo" * 100)
    (tmp_path / "album" / "old").symlink_to(keeper.parent)
    with pytest.raises(AlbumError) as raised:
        planned(group(photo(tmp_path / "album" / "old" / "a.jpg"), pair[1]))
    assert raised.value.code is ErrorCode.PLAN_REFUSED


def test_a_link_is_never_planned(tmp_path, pair):
    plan_photos = pair
    os.rename(pair[1].path, tmp_path / "real.jpg")
    os.symlink(tmp_path / "real.jpg", pair[1].path)
    with pytest.raises(AlbumError) as raised:
        planned(group(*plan_photos))
    assert raised.value.code is ErrorCode.PLAN_REFUSED


def test_a_folder_that_becomes_protected_after_the_plan_is_refused(pair):
    plan, journal = planned(group(*pair)), MemoryJournal()
    with pytest.raises(AlbumError):
        clean(plan, journal, protected=[os.path.dirname(pair[1].path)])
    assert os.path.exists(pair[1].path)
    assert journal.operations() == []


# --- bytes that come free -------------------------------------------------------------------


def test_a_file_with_another_hard_link_frees_nothing(pair, tmp_path):
    os.link(pair[1].path, tmp_path / "second name.jpg")
    report = clean(planned(group(*pair)), MemoryJournal())
    assert len(report.done) == 1
    assert report.bytes == 0


# --- the folder for removed photos ----------------------------------------------------------


def test_a_folder_with_other_files_gets_a_sub_folder_and_no_mark(pair, tmp_path):
    desk = write(tmp_path / "desk" / "other.jpg", b"not ours").parent
    journal = MemoryJournal()
    clean(planned(group(*pair), target=str(desk)), journal)
    assert not (desk / ".albumdedup-removed").exists()
    assert (desk / SUBFOLDER / ".albumdedup-removed").exists()
    assert str(journal.operation(1).items[0].place).startswith(str(desk / SUBFOLDER))
    put_back(journal)
    assert os.path.exists(pair[1].path)


@pytest.mark.parametrize("where", ["album", "album/below", "album/below/deeper"])
def test_a_target_inside_the_album_is_refused(pair, tmp_path, where):
    with pytest.raises(AlbumError) as raised:
        planned(group(*pair), target=str(tmp_path / where))
    assert raised.value.code is ErrorCode.TARGET_INSIDE_ALBUM


def test_a_target_linked_into_the_album_is_refused(pair, tmp_path):
    (tmp_path / "out").symlink_to(tmp_path / "album")
    with pytest.raises(AlbumError) as raised:
        planned(group(*pair), target=str(tmp_path / "out"))
    assert raised.value.code is ErrorCode.TARGET_INSIDE_ALBUM


def test_a_folder_without_rights_keeps_its_photo_and_the_others_go(tmp_path, pair, monkeypatch):
    locked = write(tmp_path / "locked" / "c.jpg", b"one photo" * 100)
    plan = planned(group(pair[0], photo(locked), pair[1]))
    real = moves.rename_exclusive

    def guarded(source, target):
        if os.path.dirname(source) == str(locked.parent) and "try-" not in source:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), source)
        real(source, target)

    monkeypatch.setattr("albumdedup.system.trash_freedesktop.rename_exclusive", guarded)
    report = clean(plan, MemoryJournal())
    assert [i.item.victim.path for i in report.done] == [pair[1].path]
    assert locked.exists()
    assert str(locked) in report.problems[0]
    assert "Permission denied" in report.problems[0]
    assert len(os.listdir(home_bin().info)) == 1


def test_a_full_disk_stops_the_operation_and_keeps_the_rest(tmp_path, other_volume, monkeypatch):
    groups = []
    for name in ("x", "y", "z"):
        first = photo(write(tmp_path / "album" / name / "1.jpg", name.encode() * 5000))
        groups.append(group(first, photo(write(tmp_path / "album" / name / "2.jpg",
                                               name.encode() * 5000))))  # fmt: skip
    before = Kept.below(tmp_path / "album")
    real, calls = moves._copy, []

    def full(source, partial):
        calls.append(source)
        if len(calls) == 2:
            Path(partial).write_bytes(b"half")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), partial)
        return real(source, partial)

    monkeypatch.setattr(moves, "_copy", full)
    journal = MemoryJournal()
    report = clean(planned(*groups, target=str(other_volume / "removed")), journal)
    assert len(report.done) == 1
    assert len(report.skipped) == 1
    assert len(calls) == 2  # the third was not even tried
    assert "full" in report.problems[0]
    assert list(other_volume.rglob("*.partial")) == []
    put_back(journal)
    assert Kept.below(tmp_path / "album") == before


# --- the instant of the move ----------------------------------------------------------------


class LastInstant(FreedesktopTrash):
    """Something else comes to the path between the last check and the rename."""

    def __init__(self, act) -> None:
        super().__init__()
        self._act = act

    def put(self, path, place):
        if not os.path.basename(path).startswith(".albumdedup-"):
            self._act(path)
        return super().put(path, place)


def test_what_came_in_the_last_instant_is_put_back(pair):
    def replaced(path):
        os.rename(path, path + ".moved by the user")
        write(Path(path), b"another photo")

    report = clean(planned(group(*pair)), MemoryJournal(), LastInstant(replaced))
    assert report.done == ()
    assert report.skipped[0].state is ItemState.SKIPPED
    assert Path(pair[1].path).read_bytes() == b"another photo"
    assert Path(pair[1].path + ".moved by the user").exists()
    assert os.listdir(home_bin().files) == []


def test_a_link_that_came_in_the_last_instant_stays(pair, tmp_path):
    def linked(path):
        os.rename(path, tmp_path / "real.jpg")
        os.symlink(tmp_path / "real.jpg", path)

    report = clean(planned(group(*pair)), MemoryJournal(), LastInstant(linked))
    assert report.done == ()
    assert os.path.islink(pair[1].path)
    assert (tmp_path / "real.jpg").exists()
    assert os.listdir(home_bin().info) == []


# --- volumes and drives ---------------------------------------------------------------------


def test_two_volumes_each_with_its_own_trash(tmp_path, pair, other_volume):
    far = photo(write(other_volume / "far.jpg", b"one photo" * 100), 3)
    before = Kept.below(tmp_path / "album", other_volume)
    journal = MemoryJournal()
    report = clean(planned(group(pair[0], pair[1], far)), journal)
    assert len(report.done) == 2
    places = [str(entry.place) for entry in journal.operation(1).items]
    assert os.stat(places[1]).st_dev == os.stat(other_volume).st_dev
    put_back(journal)
    assert Kept.below(tmp_path / "album", other_volume) == before


def test_one_volume_whose_trash_fails_does_not_hold_up_the_other(
    tmp_path, pair, other_volume, monkeypatch
):
    far = photo(write(other_volume / "far.jpg", b"one photo" * 100), 3)
    real = moves.rename_exclusive

    def no_room(source, target):
        if str(target).startswith("/dev/shm"):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        real(source, target)

    monkeypatch.setattr("albumdedup.system.trash_freedesktop.rename_exclusive", no_room)
    report = clean(planned(group(pair[0], pair[1], far)), MemoryJournal())
    assert [i.item.victim.path for i in report.done] == [pair[1].path]
    assert [i.item.victim.path for i in report.skipped] == [far.path]
    assert "--to" in report.problems[0]
    assert os.path.exists(far.path)
    assert os.listdir(other_volume) == ["far.jpg"]


def test_a_target_on_a_drive_that_is_away_is_waited_for(tmp_path, pair):
    journal = MemoryJournal()
    target = tmp_path / "drive" / "removed"
    clean(planned(group(*pair), target=str(target)), journal)
    (tmp_path / "drive").rename(tmp_path / "unplugged")
    report = put_back(journal)
    assert report.skipped[0].state is ItemState.MOVED
    assert "plug in" in report.problems[0]
    (tmp_path / "unplugged").rename(tmp_path / "drive")
    put_back(journal)
    assert Path(pair[1].path).stat().st_mtime == 1_511_111_111


def test_a_crash_is_not_settled_while_the_drive_is_away(tmp_path, pair):
    """The photo lies on the drive; calling it lost, or the operation finished, would be wrong."""
    journal = MemoryJournal()
    target = tmp_path / "drive" / "removed"
    clean(planned(group(*pair), target=str(target)), journal)
    entry = journal.operation(1).items[0]
    journal.mark(entry.id, ItemState.MOVING, place=entry.place)
    journal._operations[1] = replace(journal.operation(1), finished=False)
    (tmp_path / "drive").rename(tmp_path / "unplugged")
    assert [o.items[0].state for o in recover(journal, open_trash)] == [ItemState.MOVING]
    assert not journal.operation(1).finished
    (tmp_path / "unplugged").rename(tmp_path / "drive")
    assert [o.items[0].state for o in recover(journal, open_trash)] == [ItemState.MOVED]
    assert journal.operation(1).finished
    put_back(journal)
    assert os.path.exists(pair[1].path)


def test_out_of_reach(tmp_path, other_volume):
    here, there = os.stat(tmp_path).st_dev, os.stat(other_volume).st_dev
    assert not out_of_reach(str(tmp_path), there)  # it is there: numbers may change
    assert not out_of_reach(str(tmp_path / "gone"), here)
    assert out_of_reach(str(tmp_path / "gone"), there)


# --- after a crash --------------------------------------------------------------------------


def test_a_photo_in_neither_place_is_told_loudly(pair):
    journal = MemoryJournal()
    clean(planned(group(*pair)), journal)
    entry = journal.operation(1).items[0]
    journal.mark(entry.id, ItemState.MOVING, place=entry.place)
    os.unlink(str(entry.place))
    settled = recover(journal, open_trash)[0].items[0]
    assert settled.state is ItemState.FAILED
    assert pair[1].path in settled.problem


def test_a_copy_in_both_places_keeps_the_photo(pair, tmp_path):
    journal = MemoryJournal()
    clean(planned(group(*pair), target=str(tmp_path / "removed")), journal)
    entry = journal.operation(1).items[0]
    shutil.copy2(str(entry.place), pair[1].path)
    journal.mark(entry.id, ItemState.RESTORING, place=entry.place)
    assert recover(journal, open_trash)[0].items[0].state is ItemState.MOVED  # the very file
    assert Path(pair[1].path).read_bytes() == b"one photo" * 100


def test_an_undo_settles_what_is_half_way_before_it_starts(pair):
    journal = MemoryJournal()
    clean(planned(group(*pair)), journal)
    entry = journal.operation(1).items[0]
    journal.mark(entry.id, ItemState.MOVING, place=entry.place)
    assert [i.state for i in put_back(journal).done] == [ItemState.RESTORED]


def test_a_photo_found_again_though_it_was_put_back_by_hand(pair):
    journal = MemoryJournal()
    clean(planned(group(*pair)), journal)
    os.rename(str(journal.operation(1).items[0].place), pair[1].path)
    assert [i.state for i in put_back(journal).done] == [ItemState.RESTORED]


def test_another_file_in_the_trash_is_not_put_back_as_the_photo(pair):
    journal = MemoryJournal()
    clean(planned(group(*pair)), journal)
    place = Path(str(journal.operation(1).items[0].place))
    place.unlink()
    write(place, b"of another program")
    report = put_back(journal)
    assert report.done == ()
    assert report.skipped[0].state is ItemState.MOVED
    assert f"What lies at {place} is no longer {pair[1].path}" in report.problems[0]
    assert not os.path.exists(pair[1].path)
    assert place.read_bytes() == b"of another program"


def test_a_journal_that_cannot_be_written_moves_nothing(pair):
    class Full(MemoryJournal):
        def mark_all(self, *args, **kwargs):
            raise AlbumError(ErrorCode.DISK_FULL, path="decisions.sqlite")

    journal = Full()
    with pytest.raises(AlbumError):
        clean(planned(group(*pair)), journal)
    assert os.path.exists(pair[1].path)
    assert os.listdir(home_bin().files) == []


def test_a_protected_folder_is_known_by_its_identity_under_another_name(tmp_path, monkeypatch):
    """As where a folder is mounted in two places, or its name is spelled in another case."""
    real, alias = tmp_path / "Family", tmp_path / "family"
    for folder in (real, alias, tmp_path / "Other"):
        folder.mkdir()
    stat = os.stat

    def one_folder(path, *more, **named):
        return stat(str(real) if str(path) == str(alias) else path, *more, **named)

    monkeypatch.setattr(planning.os, "stat", one_folder)
    places = Places([str(real)])
    assert places.protected(str(alias / "a.jpg"))
    assert places.protected(str(alias / "below" / "a.jpg"))
    assert not places.protected(str(tmp_path / "Other" / "a.jpg"))


def test_a_trash_on_a_drive_that_is_not_here_is_away(tmp_path, pair, other_volume):
    """The photo's own folder is there, and its trash was elsewhere."""
    victim = pair[1]
    proof = FileProof(victim.path, victim.stamp, victim.content)
    item = PlanItem(proof, proof, Tier.IDENTICAL, "g", "")
    there = other_volume.stat().st_dev
    gone = replace(
        item, victim=replace(proof, path=str(other_volume / "a.jpg"),
                             stamp=proof.stamp._replace(identity=FileIdentity(there, 1)))
    )  # fmt: skip
    unplugged = str(tmp_path / "not mounted" / ".Trash" / "a.jpg")
    assert away(JournalItem(1, gone, ItemState.MOVED, unplugged), None)
    near = JournalItem(1, item, ItemState.MOVED, str(tmp_path / "trash" / "a.jpg"))
    assert not away(near, None)
    assert not away(replace(near, place=None), None)
