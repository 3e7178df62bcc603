"""Putting back one photo or one group, across restarts, with all that belongs to it."""

from __future__ import annotations

import os
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from albums import Kept, group, photo, write

from albumdedup.core.control import Control, Reporter
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.operations import apply, last_with, undo
from albumdedup.core.part import Part
from albumdedup.core.planning import plan_clean
from albumdedup.core.types import PROVEN_TIERS, ItemState, OperationReport
from albumdedup.store.decisions import open_decisions
from albumdedup.store.journal import SqliteJournal
from albumdedup.system.trash import open_trash


class Album:
    """Three photos, each with two copies, cleaned up; each verb opens the journal anew."""

    def __init__(self, place: Path, target: str | None) -> None:
        self.place, self.target = place, target
        groups = []
        for name in ("x", "y", "z"):
            data = name.encode() * 90
            files = [write(place / "album" / f / f"{name}.jpg", data) for f in ("a", "b", "c")]
            files[2].chmod(0o640)
            groups.append(group(*map(photo, files)))
        self.before = Kept.below(place / "album")
        self.groups = [one.id for one in groups]
        with closing(open_decisions(place / "decisions.sqlite")) as database:
            plan = plan_clean(groups, PROVEN_TIERS, target, ())
            apply(plan, SqliteJournal(database), open_trash(target), (), Control(), Reporter())
        assert len(self.here()) == 3

    def path(self, name: str) -> Path:
        return self.place / "album" / name

    def here(self) -> set[str]:
        return {str(p.relative_to(self.place / "album"))
                for p in (self.place / "album").rglob("*.jpg")}  # fmt: skip

    def undo(self, *photos: str, groups: tuple[str, ...] = ()) -> OperationReport:
        with closing(open_decisions(self.place / "decisions.sqlite")) as database:
            journal = SqliteJournal(database)
            part = Part(photos, groups)
            operation = last_with(part, journal)
            trash = open_trash(self.target)
            return undo(operation, journal, trash, Control(), Reporter(), part)


@pytest.fixture(params=["trash", "folder"])
def album(request, tmp_path) -> Album:
    return Album(tmp_path, str(tmp_path / "removed") if request.param == "folder" else None)


def test_one_photo_then_one_group_then_the_rest(album: Album):
    report = album.undo(str(album.path("b/y.jpg")))
    assert [entry.item.victim.path for entry in report.done] == [str(album.path("b/y.jpg"))]
    assert album.here() == {"a/x.jpg", "a/y.jpg", "a/z.jpg", "b/y.jpg"}
    report = album.undo(groups=(album.groups[0],))
    assert len(report.done) == 2
    assert album.here() == {"a/x.jpg", "a/y.jpg", "a/z.jpg", "b/y.jpg", "b/x.jpg", "c/x.jpg"}
    assert os.stat(album.path("c/x.jpg")).st_mode & 0o777 == 0o640
    report = album.undo(groups=(album.groups[1],))  # one of its two is back already
    assert [entry.item.victim.path for entry in report.done] == [str(album.path("c/y.jpg"))]
    album.undo()
    assert Kept.below(album.place / "album") == album.before
    for again in ((str(album.path("b/y.jpg")),), ()):
        with pytest.raises(AlbumError) as raised:
            album.undo(*again)
        assert raised.value.code is ErrorCode.NOTHING_TO_UNDO


def test_photos_and_groups_together_and_by_other_spellings(album: Album, monkeypatch):
    (album.place / "alias").symlink_to(album.place / "album")
    monkeypatch.chdir(album.place / "album")
    report = album.undo("b/../b/x.jpg", str(album.place / "alias" / "c" / "y.jpg"),
                        groups=(album.groups[2],))  # fmt: skip
    assert len(report.done) == 4
    assert {"b/x.jpg", "c/y.jpg", "b/z.jpg", "c/z.jpg"} < album.here()


def test_what_the_operation_does_not_have_is_named_and_nothing_moves(album: Album):
    here = album.here()
    with closing(open_decisions(album.place / "decisions.sqlite")) as database:
        journal = SqliteJournal(database)
        for part in (Part((str(album.path("a/x.jpg")),)), Part(groups=("none",)),
                     Part((str(album.path("b/x.jpg")), "/no/such.jpg"))):  # fmt: skip
            with pytest.raises(AlbumError) as raised:
                undo(journal.operation(1), journal, open_trash(album.target), Control(),
                     Reporter(), part)  # fmt: skip
            assert raised.value.code is ErrorCode.NOT_IN_OPERATION
            assert raised.value.facts["name"] == "1"
    assert album.here() == here


def test_a_photo_that_two_operations_took_comes_from_the_newer(album: Album):
    album.undo(str(album.path("b/x.jpg")))
    with closing(open_decisions(album.place / "decisions.sqlite")) as database:
        journal = SqliteJournal(database)
        pair = group(photo(album.path("a/x.jpg")), photo(album.path("b/x.jpg")))
        plan = plan_clean([pair], PROVEN_TIERS, album.target, ())
        apply(plan, journal, open_trash(album.target), (), Control(), Reporter())
        assert last_with(Part((str(album.path("b/x.jpg")),)), journal).id == 2
        assert last_with(Part((str(album.path("c/x.jpg")),)), journal).id == 1
    assert album.undo(str(album.path("b/x.jpg"))).operation_id == 2


def test_a_stopped_undo_leaves_the_rest_where_it_is(album: Album):
    control = Control()
    with closing(open_decisions(album.place / "decisions.sqlite")) as database:
        journal = SqliteJournal(database)
        trash = open_trash(album.target)
        real, count = trash.restore, []

        def restore(place: str, path: str) -> str:
            count.append(path)
            if len(count) == 2:
                control.cancel()
            return real(place, path)

        trash.restore = restore  # type: ignore[method-assign]
        report = undo(journal.operation(1), journal, trash, control, Reporter())
        assert len(report.done) == 2
        assert "still in the trash" in report.problems[-1]
        states = [entry.state for entry in journal.operation(1).items]
        assert states.count(ItemState.MOVED) == 4
        assert journal.unfinished() == []
    album.undo()
    assert Kept.below(album.place / "album") == album.before


@pytest.fixture
def other_volume(tmp_path):
    place = Path("/dev/shm")
    if not place.is_dir() or place.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("needs a second volume at /dev/shm")
    with tempfile.TemporaryDirectory(dir=place) as folder:
        yield Path(folder)


def test_rights_times_and_extended_attributes_survive_both_ways(tmp_path, other_volume):
    keeper = write(tmp_path / "album" / "a.jpg", b"x" * 50)
    path = write(tmp_path / "album" / "b.jpg", b"x" * 50, 1_511_111_111)
    path.chmod(0o604)
    try:
        os.setxattr(path, "user.rating", b"5")
        probe = write(other_volume / "probe", b"")
        os.setxattr(probe, "user.rating", b"5")
    except (OSError, AttributeError):
        pytest.skip("this system or volume has no extended attributes")
    before = os.stat(path)
    for target in (None, str(other_volume / "removed")):
        with closing(open_decisions(tmp_path / "decisions.sqlite")) as database:
            journal = SqliteJournal(database)
            plan = plan_clean([group(photo(keeper), photo(path))], PROVEN_TIERS, target, ())
            report = apply(plan, journal, open_trash(target), (), Control(), Reporter())
            place = str(report.done[0].place)
            assert os.getxattr(place, "user.rating") == b"5"
            operation = journal.operation(report.operation_id)
            undo(operation, journal, open_trash(target), Control(), Reporter())
        after = os.stat(path)
        assert (after.st_mode, after.st_mtime_ns) == (before.st_mode, before.st_mtime_ns)
        assert os.getxattr(path, "user.rating") == b"5"
