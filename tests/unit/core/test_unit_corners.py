"""Units and sidecars where the trash or the disk fails in the middle: whole, or told by name."""

from __future__ import annotations

import errno
import os
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from albums import Kept, photo, write
from fake_journal import MemoryJournal
from test_unit_moves import IDENTICAL, group, unit

from albumdedup.core.carrying import writing
from albumdedup.core.control import Control, Reporter
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.operations import apply, last_with, undo
from albumdedup.core.part import Part
from albumdedup.core.planning import plan_clean
from albumdedup.core.recovery import recover
from albumdedup.core.types import ItemState, NewSidecar, SidecarState
from albumdedup.system import trash_freedesktop
from albumdedup.system.trash import open_trash
from albumdedup.system.trash_folder import FolderTrash
from albumdedup.system.trash_freedesktop import FreedesktopTrash, home_bin


@pytest.fixture
def other_volume(tmp_path):
    place = Path("/dev/shm")
    if not place.is_dir() or place.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("needs a second volume at /dev/shm")
    with tempfile.TemporaryDirectory(dir=place) as folder:
        yield Path(folder)


@pytest.fixture
def plan(tmp_path):
    keep = unit(tmp_path / "album", "a", 1, ".MOV", ".AAE")
    copy = unit(tmp_path / "copy", "a", 2, ".MOV", ".AAE")
    return plan_clean([group(keep, copy)], IDENTICAL, None, ())


def clean(plan, journal, trash):
    return apply(plan, journal, trash, (), Control(), Reporter())


def put_back(journal, trash=None, part=Part()):  # noqa: B008 - it cannot change
    operation = journal.operation(1)
    trash = trash or open_trash(operation.target)
    return undo(operation, journal, trash, Control(), Reporter(), part)


def failed(path: str) -> AlbumError:
    return AlbumError(ErrorCode.TRASH_FAILED, path=path, detail="it says no")


def states(journal) -> dict[str, ItemState]:
    return {os.path.basename(e.item.victim.path): e.state for e in journal.operation(1).items}


class NoPlace(FreedesktopTrash):
    """Has no place for one file."""

    def reserve_all(self, paths):
        places = super().reserve_all(paths)
        return [
            failed(path) if path.endswith(".AAE") else place
            for path, place in zip(paths, places, strict=True)
        ]


def test_a_unit_of_which_one_has_no_place_stays_whole(tmp_path, plan):
    before = Kept.below(tmp_path / "copy")
    journal = MemoryJournal()
    report = clean(plan, journal, NoPlace())
    assert Kept.below(tmp_path / "copy") == before
    assert states(journal) == {
        "a.MOV": ItemState.SKIPPED, "a.AAE": ItemState.FAILED, "a.HEIC": ItemState.SKIPPED,
    }  # fmt: skip
    assert [f"with {tmp_path / 'copy' / 'a.AAE'}" in one for one in report.problems] == [
        True, False, True,
    ]  # fmt: skip
    assert "it says no" in report.problems[1]
    assert [p for p in os.listdir(home_bin().info) if ".AAE" not in p] == []  # places given up


def test_a_film_does_not_move_in_vain_before_a_photo_that_changed(tmp_path):
    keep, copy = unit(tmp_path / "album", "a", 1), unit(tmp_path / "copy", "a", 2, ".MOV")
    plan = plan_clean([group(keep, copy)], IDENTICAL, None, ())
    Path(copy.path).write_bytes(b"changed")
    trash, moved = FreedesktopTrash(), []
    trash.try_volume(copy.path)
    trash.put = lambda path, place: moved.append(path)
    clean(plan, MemoryJournal(), trash)
    assert moved == []


class OneWay(FreedesktopTrash):
    """Takes films, refuses the photo, and does not give back while ``closed``."""

    closed = True

    def put(self, path, place):
        if path.endswith(".HEIC"):
            raise failed(path)
        return super().put(path, place)

    def restore(self, place, path):
        if self.closed and path.endswith(".MOV"):
            raise failed(path)
        return super().restore(place, path)


def test_a_part_that_cannot_come_back_at_once_is_named_and_undo_brings_it(tmp_path, plan):
    before = Kept.below(tmp_path / "copy")
    journal = MemoryJournal()
    report = clean(plan, journal, OneWay())
    film = str(tmp_path / "copy" / "a.MOV")
    assert [entry.item.victim.path for entry in report.done] == [film]
    assert states(journal) == {
        "a.MOV": ItemState.MOVED, "a.AAE": ItemState.RESTORED, "a.HEIC": ItemState.FAILED,
    }  # fmt: skip
    assert any(film in one and "stays in the trash" in one for one in report.problems)
    assert report.bytes == plan.items[0].victim.stamp.size  # it alone is in the trash
    assert sorted(os.listdir(tmp_path / "copy")) == ["a.AAE", "a.HEIC"]
    assert [e.state for e in put_back(journal).done] == [ItemState.RESTORED]
    assert Kept.below(tmp_path / "copy") == before


class NoSync(OneWay):
    """What comes back cannot be synced."""

    closed = False
    broken = False

    def restore(self, place, path):
        where = super().restore(place, path)
        if ".albumdedup-" not in path:
            self.broken = True
        return where

    def flush(self):
        super().flush()
        if self.broken:
            self.broken = False
            raise failed("/disk")


def test_a_unit_that_comes_back_without_a_sync_ends_the_clean_up_with_all_journalled(tmp_path):
    copies = [unit(tmp_path / "copy", name, 2, ".MOV") for name in ("a", "b")]
    groups = [
        replace(group(unit(tmp_path / "album", name, 1, ".MOV"), copy), id=name)
        for name, copy in zip(("a", "b"), copies, strict=True)
    ]
    before = Kept.below(tmp_path / "copy")
    journal = MemoryJournal()
    report = clean(plan_clean(groups, IDENTICAL, None, ()), journal, NoSync())
    assert Kept.below(tmp_path / "copy") == before
    assert report.done == ()
    assert journal.unfinished() == []
    assert states(journal) == {
        "a.MOV": ItemState.RESTORED, "a.HEIC": ItemState.FAILED,
        "b.MOV": ItemState.PLANNED, "b.HEIC": ItemState.PLANNED,
    }  # fmt: skip
    assert any("it says no" in one for one in report.problems)
    assert any("2 more photos were not touched" in one for one in report.problems)


def test_a_journal_that_fails_while_a_unit_comes_back_is_settled_by_the_disk(tmp_path, plan):
    before = Kept.below(tmp_path / "copy")

    class Full(MemoryJournal):
        full = False

        def mark_all(self, items):
            if self.full:
                raise AlbumError(ErrorCode.DISK_FULL, path="decisions.sqlite")
            super().mark_all(items)

    class FullThen(OneWay):
        closed = False

        def put(self, path, place):
            journal.full = path.endswith(".HEIC")
            return super().put(path, place)

    journal = Full()
    with pytest.raises(AlbumError) as raised:
        clean(plan, journal, FullThen())
    assert raised.value.code is ErrorCode.DISK_FULL
    journal.full = False
    recover(journal, open_trash)
    assert sorted(set(states(journal).values())) == [ItemState.MOVED, ItemState.SKIPPED]
    put_back(journal)
    assert Kept.below(tmp_path / "copy") == before


def test_a_companion_of_another_name_comes_back_under_its_own(tmp_path):
    """Its photo came to lie beside a newcomer; what has not the photo's name keeps its own."""
    keep, copy = unit(tmp_path / "album", "a", 1), unit(tmp_path / "copy", "a", 2, ".MOV")
    other = write(tmp_path / "copy" / "edits.json", b"edits")
    known = photo(other)
    facts = replace(copy.companions[0].facts, sample=known.content, whole=True)
    one = replace(copy.companions[0], path=str(other), stamp=known.stamp, facts=facts)
    copy = replace(copy, companions=(*copy.companions, one))
    journal = MemoryJournal()
    clean(plan_clean([group(keep, copy)], IDENTICAL, None, ()), journal, open_trash(None))
    write(tmp_path / "copy" / "a.HEIC", b"newcomer")
    put_back(journal)
    names = ["a (1).HEIC", "a (1).MOV", "a.HEIC", "edits.json"]
    assert sorted(os.listdir(tmp_path / "copy")) == names
    assert other.read_bytes() == b"edits"


# --- sidecars -------------------------------------------------------------------------------------


def with_sidecar(plan):
    keeper = plan.photos[0].survivor.path
    return replace(plan, sidecars=(NewSidecar(keeper + ".xmp", b"<x/>" * 9, keeper, ("rating",)),))


def test_a_disk_that_is_full_leaves_no_half_sidecar(tmp_path, plan, monkeypatch):
    """It would stand beside the photo for ever, and keep a whole one from being written."""
    before = Kept.below(tmp_path / "album", tmp_path / "copy")

    def full(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(writing.os, "fsync", full)
        trash = open_trash(str(tmp_path / "removed"))
        trash._proved = True
        journal = MemoryJournal()
        report = clean(
            with_sidecar(replace(plan, target=str(tmp_path / "removed"))), journal, trash
        )
    assert report.done == ()
    assert "No space left" in report.problems[-1]
    assert Kept.below(tmp_path / "album", tmp_path / "copy") == before


def test_a_half_sidecar_that_cannot_be_taken_away_is_named(tmp_path, plan, monkeypatch):
    def full(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    class NoRoom(FolderTrash):
        def put(self, path, place):
            raise failed(path)

    before = Kept.below(tmp_path / "copy")
    journal, trash = MemoryJournal(), NoRoom(str(tmp_path / "removed"))
    trash.try_volume("")
    with monkeypatch.context() as patch:
        patch.setattr(writing.os, "fsync", full)
        report = clean(with_sidecar(plan), journal, trash)
    assert any("a.HEIC.xmp" in one and "it stays" in one for one in report.problems)
    assert journal.operation(1).sidecars[0].state is SidecarState.LEFT
    assert Kept.below(tmp_path / "copy") == before


def test_a_sidecar_that_went_without_a_sync_is_told(tmp_path):
    keep, copy = unit(tmp_path / "album", "a", 1), unit(tmp_path / "copy", "a", 2)
    before = Kept.below(tmp_path / "album", tmp_path / "copy")
    journal = MemoryJournal()
    planned = with_sidecar(plan_clean([group(keep, copy)], IDENTICAL, None, ()))
    clean(planned, journal, open_trash(None))

    class LastSync(FreedesktopTrash):
        def put(self, path, place):
            where = super().put(path, place)
            if path.endswith(".xmp"):
                self.flush = self.fail
            return where

        def fail(self):
            raise failed("/disk")

    report = put_back(journal, LastSync())
    assert "it says no" in report.problems[-1]
    assert journal.operation(1).sidecars[0].state is SidecarState.TAKEN_BACK
    assert Kept.below(tmp_path / "album", tmp_path / "copy") == before


def test_a_sidecar_that_somebody_else_wrote_meanwhile_stays(tmp_path, plan):
    sidecar = write(tmp_path / "album" / "a.HEIC.xmp", b"")  # empty, as another program begins
    journal = MemoryJournal()
    report = clean(with_sidecar(plan), journal, open_trash(None))
    assert report.done == ()
    assert sidecar.read_bytes() == b""
    assert journal.operation(1).sidecars[0].state is SidecarState.NOT_WRITTEN


def test_a_sidecar_on_a_volume_without_a_trash_is_taken_back_too(
    tmp_path, other_volume, monkeypatch
):
    real = trash_freedesktop.top_folder
    far = str(other_volume)  # as if it were mounted here, for the first time
    monkeypatch.setattr(
        trash_freedesktop, "top_folder", lambda path: far if path.startswith(far) else real(path)
    )
    keep = unit(other_volume / "album", "a", 1)
    copy = unit(tmp_path / "copy", "a", 2)
    before = Kept.below(other_volume / "album", tmp_path / "copy")
    journal = MemoryJournal()
    planned = with_sidecar(plan_clean([group(keep, copy)], IDENTICAL, None, ()))
    assert clean(planned, journal, open_trash(None)).problems == ()
    assert os.path.exists(keep.path + ".xmp")
    assert put_back(journal).problems == ()
    assert Kept.below(other_volume / "album", tmp_path / "copy") == before


def test_a_sidecar_stays_while_a_copy_that_it_stands_for_is_in_the_trash(tmp_path):
    keep = unit(tmp_path / "album", "a", 1)
    copies = [unit(tmp_path / name, "a", n) for n, name in enumerate(("one", "two"), start=2)]
    before = Kept.below(tmp_path / "album")
    journal = MemoryJournal()
    planned = with_sidecar(plan_clean([group(keep, *copies)], IDENTICAL, None, ()))
    clean(planned, journal, open_trash(None))
    put_back(journal, part=Part((copies[0].path,)))
    assert (tmp_path / "album" / "a.HEIC.xmp").exists()
    put_back(journal, part=Part((copies[1].path,)))
    assert Kept.below(tmp_path / "album") == before


class Killed(BaseException):
    pass


@pytest.mark.parametrize("marked", [False, True])
def test_a_sidecar_that_a_crash_left_alone_is_what_the_next_undo_takes(tmp_path, plan, marked):
    before = Kept.below(tmp_path / "album", tmp_path / "copy")

    class Dying(MemoryJournal):
        def mark_sidecar(self, sidecar_id, state):
            if marked:
                super().mark_sidecar(sidecar_id, state)
            raise Killed

    dying = Dying()
    with pytest.raises(Killed):
        clean(with_sidecar(plan), dying, open_trash(None))
    journal = MemoryJournal()
    journal._operations = dying._operations
    assert (tmp_path / "album" / "a.HEIC.xmp").exists()
    recover(journal, open_trash)
    assert journal.operation(1).sidecars[0].state is SidecarState.WRITTEN
    assert last_with(Part(), journal).id == 1
    put_back(journal)
    assert Kept.below(tmp_path / "album", tmp_path / "copy") == before
    with pytest.raises(AlbumError) as raised:
        last_with(Part(), journal)
    assert raised.value.code is ErrorCode.NOTHING_TO_UNDO


def test_a_sidecar_that_was_never_written_is_nothing_to_undo(tmp_path, plan, monkeypatch):
    """Neither where the process died before, nor where the trash was refused."""

    class Dying(MemoryJournal):
        def begin(self, plan):
            super().begin(plan)
            raise Killed

    dying = Dying()
    with pytest.raises(Killed):
        clean(with_sidecar(plan), dying, open_trash(None))
    journal = MemoryJournal()
    journal._operations = dying._operations
    recover(journal, open_trash)
    (tmp_path / "file").touch()
    target = str(tmp_path / "file" / "removed")
    with pytest.raises(AlbumError):
        clean(replace(with_sidecar(plan), target=target), journal, open_trash(target))
    for number in (1, 2):
        assert journal.operation(number).sidecars[0].state is SidecarState.NOT_WRITTEN
    with pytest.raises(AlbumError) as raised:
        last_with(Part(), journal)
    assert raised.value.code is ErrorCode.NOTHING_TO_UNDO


# --- drives that are away after a crash -----------------------------------------------------------


def test_an_undo_that_died_is_not_settled_while_its_drive_is_away(tmp_path, other_volume):
    """The album lies on a drive; the trash for it in a folder here."""
    drive = tmp_path / "drive"
    drive.symlink_to(other_volume)
    keep, copy = unit(drive / "album", "a", 1), unit(drive / "copy", "a", 2)
    before = Kept.below(other_volume / "copy")
    target = str(tmp_path / "removed")
    journal = MemoryJournal()
    clean(plan_clean([group(keep, copy)], IDENTICAL, target, ()), journal, FolderTrash(target))
    entry = journal.operation(1).items[0]
    os.unlink(str(entry.place))  # it came back, and that was not journalled any more
    write(Path(copy.path), b"a")
    os.utime(copy.path, ns=(copy.stamp.mtime_ns, copy.stamp.mtime_ns))
    journal.mark(entry.id, ItemState.RESTORING, place=entry.place)
    drive.unlink()
    assert recover(journal, open_trash)[0].items[0].state is ItemState.RESTORING
    assert journal.unfinished() != []
    drive.symlink_to(other_volume)
    assert recover(journal, open_trash)[0].items[0].state is ItemState.RESTORED
    assert journal.unfinished() == []
    assert Kept.below(other_volume / "copy").contents == before.contents
