"""A unit moves whole or not at all, comes back whole, and no plan splits one."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from albums import Kept, photo, write
from fake_journal import MemoryJournal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from albumdedup.core.batches import units_of
from albumdedup.core.control import Control, Reporter
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.operations import apply, undo
from albumdedup.core.planning import check_plan, plan_clean
from albumdedup.core.recovery import recover
from albumdedup.core.types import (
    Companion,
    CompanionFacts,
    CompanionKind,
    Group,
    ItemState,
    Member,
    NewSidecar,
    Operation,
    Photo,
    Plan,
    Role,
    Tier,
)
from albumdedup.system.trash_folder import FolderTrash

IDENTICAL = frozenset({Tier.IDENTICAL})


def unit(folder: Path, name: str, number: int, *films: str) -> Photo:
    """A photo with companions beside it, as the catalog would know it."""
    still = photo(write(folder / f"{name}.HEIC", name.encode()), number)
    parts = []
    for suffix in films:
        path = write(folder / f"{name}{suffix}", f"{name}{suffix}".encode() * 5)
        known = photo(path)
        facts = CompanionFacts(sample=known.content, whole=suffix != ".MOV")
        parts.append(Companion(str(path), known.stamp, CompanionKind.FILM, facts))
    return replace(still, companions=tuple(parts))


def group(keeper: Photo, *others: Photo) -> Group:
    going = [Member(other, Tier.IDENTICAL, Role.REMOVE, 1.0) for other in others]
    return Group("g", (Member(keeper, Tier.IDENTICAL, Role.KEEP, 1.0), *going), "Kept: a test.")


@pytest.fixture
def album(tmp_path: Path) -> tuple[Path, Plan]:
    keep = unit(tmp_path / "album", "a", 1, ".MOV", ".AAE")
    copy = unit(tmp_path / "copy", "a", 2, ".MOV", ".AAE")
    return tmp_path, plan_clean([group(keep, copy)], IDENTICAL, str(tmp_path / "removed"), ())


def names(operation: Operation) -> dict[str, ItemState]:
    return {os.path.basename(e.item.victim.path): e.state for e in operation.items}


def test_a_unit_goes_whole_and_comes_back_whole(album: tuple[Path, Plan]):
    folder, plan = album
    before = Kept.below(folder)
    assert [os.path.basename(item.victim.path) for item in plan.items] == [
        "a.MOV",
        "a.AAE",
        "a.HEIC",
    ]
    assert len(plan.photos) == 1
    journal, trash = MemoryJournal(), FolderTrash(str(folder / "removed"))
    report = apply(plan, journal, trash, (), Control(), Reporter())
    assert (len(report.done), report.photos, report.problems) == (3, 1, ())
    assert report.bytes == plan.bytes
    assert not list((folder / "copy").iterdir())
    assert all(entry.item.victim.content for entry in journal.operation(1).items)
    back = undo(journal.operation(1), journal, trash, Control(), Reporter())
    assert back.photos == 1
    assert {
        p: c for p, c in Kept.below(folder).files.items() if "/removed/" not in p
    } == before.files


@pytest.mark.parametrize("spoilt", ["a.MOV", "a.AAE", "a.HEIC"])
@pytest.mark.parametrize("how", ["changed", "gone", "link", "same size and time"])
def test_one_that_cannot_be_proved_keeps_all(album: tuple[Path, Plan], spoilt: str, how: str):
    folder, plan = album
    path = folder / "copy" / spoilt
    status = path.stat()
    if how == "changed":
        path.write_bytes(b"x")
    elif how == "same size and time":
        path.write_bytes(b"x" * status.st_size)
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    else:
        path.unlink()
        if how == "link":
            path.symlink_to(folder / "album" / spoilt)
    before = Kept.below(folder / "copy")
    journal = MemoryJournal()
    report = apply(plan, journal, FolderTrash(str(folder / "removed")), (), Control(), Reporter())
    if how == "same size and time" and spoilt == "a.MOV":
        assert report.photos == 1  # its content was first read when the clean-up began
        return
    assert report.done == ()
    assert report.bytes == 0
    assert len(report.skipped) == 3
    assert Kept.below(folder / "copy") == before
    states = names(journal.operation(1))
    assert set(states.values()) <= {ItemState.SKIPPED, ItemState.RESTORED}
    others = [entry for entry in report.skipped if entry.item.victim.path != str(path)]
    assert all("belongs together with" in entry.problem for entry in others)


class _Failing(FolderTrash):
    """A trash that fails for one file, as a drive does that fills up."""

    def __init__(self, folder: Path, name: str) -> None:
        super().__init__(str(folder))
        self.name = name

    def put(self, path: str, place: str | None) -> str:
        if path.endswith(self.name):
            raise AlbumError(ErrorCode.TRASH_FAILED, path=path, detail="no space")
        return super().put(path, place)


@pytest.mark.parametrize("name", ["a.MOV", "a.AAE", "a.HEIC"])
def test_a_trash_that_fails_half_way_gives_back_what_went(album: tuple[Path, Plan], name: str):
    folder, plan = album
    before = Kept.below(folder / "copy")
    journal = MemoryJournal()
    trash = _Failing(folder / "removed", name)
    report = apply(plan, journal, trash, (), Control(), Reporter())
    assert (report.done, report.bytes) == ((), 0)
    assert Kept.below(folder / "copy") == before
    assert names(journal.operation(1))[name] is ItemState.FAILED
    assert len(report.problems) == 3


def test_a_plan_that_would_split_a_unit_is_refused(album: tuple[Path, Plan]):
    _folder, plan = album
    with pytest.raises(AlbumError) as refused:
        check_plan(replace(plan, items=plan.items[:2]), ())
    assert refused.value.code is ErrorCode.PLAN_REFUSED


def test_hard_linked_films_of_two_copies_do_not_stop_a_plan(tmp_path: Path):
    keep = unit(tmp_path / "album", "a", 1, ".MOV")
    copies = []
    for number, name in enumerate(("one", "two"), start=2):
        still = photo(write(tmp_path / name / "a.HEIC", b"a"), number)
        os.link(tmp_path / "album" / "a.MOV", tmp_path / name / "a.MOV")
        film = replace(keep.companions[0], path=str(tmp_path / name / "a.MOV"))
        copies.append(replace(still, companions=(film,)))
    plan = plan_clean([group(keep, *copies)], IDENTICAL, str(tmp_path / "removed"), ())
    report = apply(
        plan, MemoryJournal(), FolderTrash(str(tmp_path / "removed")), (), Control(), Reporter()
    )
    assert report.photos == 2
    assert (tmp_path / "album" / "a.MOV").exists()


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.sets(st.sampled_from((".MOV", ".AAE", ".XMP"))), min_size=1, max_size=4),
    st.sets(st.integers(0, 15)),
)
def test_whatever_fails_no_unit_is_split(
    tmp_path_factory: pytest.TempPathFactory, shapes: list[set[str]], broken: set[int]
):
    folder = tmp_path_factory.mktemp("unit")
    groups, units = [], []
    for number, films in enumerate(shapes):
        keep = unit(folder / "album", f"p{number}", 2 * number, *sorted(films))
        copy = unit(folder / "copy", f"p{number}", 2 * number + 1, *sorted(films))
        groups.append(group(keep, copy))
        units.append([copy.path, *(one.path for one in copy.companions)])
    plan = plan_clean(groups, IDENTICAL, str(folder / "removed"), ())
    for number, item in enumerate(plan.items):
        if number in broken:
            Path(item.victim.path).write_bytes(b"changed")
    journal, trash = MemoryJournal(), FolderTrash(str(folder / "removed"))
    before = Kept.below(folder).contents
    apply(plan, journal, trash, (), Control(), Reporter())
    for paths in units:
        assert len({os.path.exists(path) for path in paths}) == 1, paths
    assert Kept.below(folder).contents >= before
    assert [len(u) for u in units_of(journal.operation(1).items)] == [len(u) for u in units]


class _Death(BaseException):
    """What kill -9 looks like from inside."""


class _Dying(MemoryJournal):
    """Dies before or after its n-th mark."""

    def __init__(self, left: int, after: bool) -> None:
        super().__init__()
        self.left, self.after = left, after

    def mark_all(self, items):
        self._die(lambda: super(_Dying, self).mark_all(items))

    def mark_sidecar(self, sidecar_id, state):
        self._die(lambda: super(_Dying, self).mark_sidecar(sidecar_id, state))

    def _die(self, write):
        self.left -= 1
        if self.left == 0 and not self.after:
            raise _Death
        write()
        if self.left == 0:
            raise _Death


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("failing", ["", "a.HEIC"])
@pytest.mark.parametrize("step", range(1, 8))
def test_death_at_any_step_loses_nothing_and_undo_makes_it_whole(
    album: tuple[Path, Plan], step: int, failing: str, after: bool
):
    folder, plan = album
    before = Kept.below(folder / "copy")
    journal, trash = _Dying(step, after), _Failing(folder / "removed", failing or "nothing")
    with suppress(_Death):
        apply(plan, journal, trash, (), Control(), Reporter())
    assert Kept.below(folder).contents >= before.contents
    again = FolderTrash(str(folder / "removed"))
    journal.left = -1
    recover(journal, lambda target: again)
    operation = journal.operation(1)
    assert operation.finished
    if operation.moved:
        undo(operation, journal, again, Control(), Reporter())
    assert Kept.below(folder / "copy") == before


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", range(1, 9))
def test_death_around_a_sidecar_leaves_none_that_undo_does_not_know(
    album: tuple[Path, Plan], step: int, after: bool
):
    folder, plan = album
    keeper = plan.photos[0].survivor.path
    plan = replace(plan, sidecars=(NewSidecar(keeper + ".xmp", b"<x/>", keeper, ("rating",)),))
    before = Kept.below(folder / "copy", folder / "album")
    journal = _Dying(step, after)
    with suppress(_Death):
        apply(plan, journal, FolderTrash(str(folder / "removed")), (), Control(), Reporter())
    trash = FolderTrash(str(folder / "removed"))
    journal.left = -1
    recover(journal, lambda target: trash)
    with suppress(AlbumError):
        undo(journal.operation(1), journal, trash, Control(), Reporter())
    assert Kept.below(folder / "copy", folder / "album") == before


def test_a_unit_whose_path_is_taken_comes_back_beside_it_together(album: tuple[Path, Plan]):
    folder, plan = album
    journal, trash = MemoryJournal(), FolderTrash(str(folder / "removed"))
    apply(plan, journal, trash, (), Control(), Reporter())
    write(folder / "copy" / "a.HEIC", b"another")
    back = undo(journal.operation(1), journal, trash, Control(), Reporter())
    names = sorted(os.listdir(folder / "copy"))
    assert names == ["a (1).AAE", "a (1).HEIC", "a (1).MOV", "a.HEIC"]
    assert (folder / "copy" / "a.HEIC").read_bytes() == b"another"
    assert len(back.problems) == 3
