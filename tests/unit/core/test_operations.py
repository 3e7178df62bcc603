"""Each promise about safety, as an example on real files and a real trash."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from albums import Kept, group, photo, write
from fake_journal import MemoryJournal

from albumdedup.core.control import Control, Reporter
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import describe
from albumdedup.core.operations import apply, undo
from albumdedup.core.planning import check_plan, plan_clean
from albumdedup.core.proof import HOUR_NS
from albumdedup.core.recovery import recover
from albumdedup.core.types import PROVEN_TIERS, ItemState, Tier
from albumdedup.system.trash import open_trash
from albumdedup.system.trash_freedesktop import home_bin

ALL = PROVEN_TIERS | {Tier.EDITED, Tier.SIMILAR}


@pytest.fixture
def pair(tmp_path):
    keeper = write(tmp_path / "album" / "a.jpg", b"one photo" * 100)
    copy = write(tmp_path / "album" / "b.jpg", b"one photo" * 100)
    return photo(keeper, 1), photo(copy, 2)


def clean(plan, journal=None, *, trash=None, protected=(), control=None):
    return apply(
        plan, journal or MemoryJournal(), trash or open_trash(plan.target), protected,
        control or Control(), Reporter(),
    )  # fmt: skip


def put_back(journal, number=1):
    operation = journal.operation(number)
    return undo(operation, journal, open_trash(operation.target), Control(), Reporter())


def planned(*groups, tiers=PROVEN_TIERS, target=None, protected=()):
    return plan_clean(groups, tiers, target, protected)


# --- apply and undo -------------------------------------------------------------------------


def test_a_copy_goes_to_the_trash_and_comes_back_with_its_time(pair, tmp_path):
    keeper, copy = pair
    before = Kept.below(tmp_path / "album")
    journal = MemoryJournal()
    report = clean(planned(group(keeper, copy)), journal)
    assert [i.item.victim.path for i in report.done] == [copy.path]
    assert report.bytes == copy.stamp.size
    assert not os.path.exists(copy.path)
    place = journal.operation(1).items[0].place
    assert place is not None
    assert Path(place).read_bytes() == Path(keeper.path).read_bytes()
    info = Path(home_bin().info) / (Path(place).name + ".trashinfo")
    assert f"Path={copy.path}" in info.read_text()
    back = put_back(journal)
    assert (back.photos, back.bytes, back.problems) == (1, copy.stamp.size, ())
    assert Kept.below(tmp_path / "album") == before
    assert not info.exists()
    with pytest.raises(AlbumError) as raised:
        put_back(journal)
    assert raised.value.code is ErrorCode.NOTHING_TO_UNDO


def test_a_folder_instead_of_the_trash(pair, tmp_path):
    keeper, copy = pair
    before = Kept.below(tmp_path / "album")
    journal = MemoryJournal()
    target = tmp_path / "removed"
    clean(planned(group(keeper, copy), target=str(target)), journal)
    assert (target / ".albumdedup-removed").exists()
    assert (target / copy.path.lstrip("/")).exists()
    put_back(journal)
    assert Kept.below(tmp_path / "album") == before


def test_a_path_that_was_taken_meanwhile_is_not_replaced(pair):
    keeper, copy = pair
    journal = MemoryJournal()
    clean(planned(group(keeper, copy)), journal)
    write(Path(copy.path), b"a new photo")
    report = put_back(journal)
    assert report.done[0].state is ItemState.RESTORED_BESIDE
    beside = Path(copy.path).with_name("b (1).jpg")
    assert beside.read_bytes() == Path(keeper.path).read_bytes()
    assert Path(copy.path).read_bytes() == b"a new photo"
    assert str(beside) in report.problems[0]


def test_a_parent_folder_that_is_gone_is_made_again(tmp_path):
    keeper = photo(write(tmp_path / "a.jpg", b"x" * 50), 1)
    copy = photo(write(tmp_path / "deep" / "er" / "a.jpg", b"x" * 50), 2)
    journal = MemoryJournal()
    clean(planned(group(keeper, copy)), journal)
    (tmp_path / "deep" / "er").rmdir()
    (tmp_path / "deep").rmdir()
    put_back(journal)
    assert Path(copy.path).read_bytes() == b"x" * 50


def test_a_photo_that_was_emptied_from_the_trash_is_named_as_gone(pair):
    keeper, copy = pair
    journal = MemoryJournal()
    clean(planned(group(keeper, copy)), journal)
    Path(journal.operation(1).items[0].place).unlink()
    report = put_back(journal)
    assert report.skipped[0].state is ItemState.GONE
    assert copy.path in report.problems[0]


def test_two_files_of_one_name_both_find_room_in_the_trash(tmp_path):
    journal = MemoryJournal()
    groups = []
    for folder in ("x", "y", "z"):
        keeper = photo(write(tmp_path / folder / "keep.jpg", folder.encode() * 99))
        groups.append(
            group(keeper, photo(write(tmp_path / folder / "a.jpg", folder.encode() * 99)))
        )
    before = Kept.below(tmp_path / "x", tmp_path / "y", tmp_path / "z")
    assert len(clean(planned(*groups), journal).done) == 3
    put_back(journal)
    assert Kept.below(tmp_path / "x", tmp_path / "y", tmp_path / "z") == before


@pytest.mark.parametrize(
    "name",
    ["line\nbreak.jpg", "ä ö %41 é.jpg", "x" * 251 + ".jpg", os.fsdecode(b"odd \xff\xfe.jpg")],
)
@pytest.mark.parametrize("target", [None, "removed"])
def test_odd_names_go_and_come_back(tmp_path, name, target):
    keeper = photo(write(tmp_path / "album" / "a.jpg", b"x" * 50), 1)
    copy = photo(write(tmp_path / "album" / name, b"x" * 50), 2)
    before = Kept.below(tmp_path / "album")
    journal = MemoryJournal()
    where = None if target is None else str(tmp_path / target)
    assert len(clean(planned(group(keeper, copy), target=where), journal).done) == 1
    put_back(journal)
    assert Kept.below(tmp_path / "album") == before


# --- the plan -------------------------------------------------------------------------------


def refused(*groups, tiers=PROVEN_TIERS, target=None, protected=()):
    with pytest.raises(AlbumError) as raised:
        planned(*groups, tiers=tiers, target=target, protected=protected)
    assert raised.value.code is ErrorCode.PLAN_REFUSED


def test_similar_shots_are_never_planned(pair):
    refused(group(*pair, tier=Tier.SIMILAR), tiers=ALL)
    assert planned(group(*pair, tier=Tier.SIMILAR)).items == ()


def test_a_survivor_may_not_be_a_victim_elsewhere(tmp_path):
    a, b, c = (photo(write(tmp_path / n, b"same" * 9)) for n in ("a.jpg", "b.jpg", "c.jpg"))
    refused(group(a, b), group(b, c))
    refused(group(a, b), group(c, b))
    refused(group(a, b), group(b, a))


def test_one_file_under_two_names_is_no_copy(tmp_path):
    a = write(tmp_path / "a.jpg", b"same" * 9)
    os.link(a, tmp_path / "b.jpg")
    refused(group(photo(a), photo(tmp_path / "b.jpg")))


def test_two_hard_links_of_a_victim_are_one_victim(tmp_path):
    a = photo(write(tmp_path / "a.jpg", b"same" * 9))
    b = write(tmp_path / "b.jpg", b"same" * 9)
    os.link(b, tmp_path / "c.jpg")
    refused(group(a, photo(b), photo(tmp_path / "c.jpg")))


def test_protected_folders_are_refused_by_the_engine(pair):
    keeper, copy = pair
    plan = planned(group(keeper, copy))
    refused(group(keeper, copy), protected=[os.path.dirname(copy.path)])
    with pytest.raises(AlbumError):
        clean(plan, protected=[os.path.dirname(copy.path)])
    assert os.path.exists(copy.path)


def test_a_file_in_a_bin_is_never_the_one_that_stays(tmp_path):
    keeper = photo(write(tmp_path / "$RECYCLE.BIN" / "a.jpg", b"x" * 50))
    refused(group(keeper, photo(write(tmp_path / "b.jpg", b"x" * 50))))


def test_identical_must_have_equal_content(tmp_path):
    a, b = (photo(write(tmp_path / n, n.encode() * 50)) for n in ("a.jpg", "b.jpg"))
    refused(group(a, b))
    assert len(planned(group(a, b, tier=Tier.SAME)).items) == 1


def test_a_survivor_in_the_folder_for_removed_photos_is_refused(tmp_path):
    keeper = photo(write(tmp_path / "out" / "a.jpg", b"x" * 50))
    copy = photo(write(tmp_path / "b.jpg", b"x" * 50))
    with pytest.raises(AlbumError) as raised:
        planned(group(keeper, copy), target=str(tmp_path / "out"))
    assert raised.value.code is ErrorCode.TARGET_INSIDE_ALBUM
    write(tmp_path / "out" / ".albumdedup-removed", b"")
    refused(group(keeper, copy))


# --- what changed between the plan and the move ---------------------------------------------


def skipped(plan, because, journal=None):
    report = clean(plan, journal)
    assert report.done == ()
    assert len(report.skipped) == len(plan.items)
    assert because in report.problems[0]
    return report


def test_a_victim_that_changed_is_skipped(pair):
    plan = planned(group(*pair))
    Path(pair[1].path).write_bytes(b"edited meanwhile")
    skipped(plan, "changed")
    assert Path(pair[1].path).read_bytes() == b"edited meanwhile"


def test_a_victim_of_equal_size_and_time_but_other_content_is_skipped(pair):
    plan = planned(group(*pair))
    write(Path(pair[1].path), b"two photo" * 100)
    skipped(plan, "content changed")


def test_a_survivor_that_changed_keeps_its_copies(pair):
    plan = planned(group(*pair))
    write(Path(pair[0].path), b"broken by a sync program")
    skipped(plan, "copy that stays")
    assert os.path.exists(pair[1].path)


def test_a_survivor_that_was_removed_elsewhere_keeps_its_copies(pair):
    plan = planned(group(*pair))
    os.unlink(pair[0].path)
    skipped(plan, "not there any more")
    assert os.path.exists(pair[1].path)


@pytest.mark.parametrize("which", [0, 1])
def test_a_file_that_became_a_link_is_skipped(pair, tmp_path, which):
    plan = planned(group(*pair))
    real = tmp_path / "moved away.jpg"
    os.rename(pair[which].path, real)
    os.symlink(real, pair[which].path)
    skipped(plan, "link")
    assert os.path.exists(real)


def test_a_file_that_was_replaced_by_an_equal_one_is_skipped(pair):
    plan = planned(group(*pair))
    os.rename(pair[1].path, pair[1].path + ".old")
    write(Path(pair[1].path), b"one photo" * 100)
    skipped(plan, "another file")


@pytest.mark.parametrize(
    ("shift", "moves"),
    [(HOUR_NS, True), (2_000_000_000, True), (2_000_000_001, False), (60 * 10**9, False)],
)
def test_a_time_that_moved_by_a_fat_step_or_an_hour_is_settled_by_content(pair, shift, moves):
    plan = planned(group(*pair))
    for member in pair:
        time = member.stamp.mtime_ns + shift
        os.utime(member.path, ns=(time, time))
    assert len(clean(plan).done) == int(moves)


# --- faults ---------------------------------------------------------------------------------


class FailingTrash:
    """The real trash, failing at the n-th file in a chosen way."""

    def __init__(self, at: int, act) -> None:
        self._real = open_trash(None)
        self._at, self._act, self._count = at, act, 0

    def __getattr__(self, name):
        return getattr(self._real, name)

    def put(self, path, place):
        self._count += 1
        if self._count == self._at:
            self._act(path, place)
        return self._real.put(path, place)


def three_pairs(tmp_path):
    return [
        group(
            photo(write(tmp_path / "album" / f"{n}.jpg", n.encode() * 50)),
            photo(write(tmp_path / "album" / f"{n} copy.jpg", n.encode() * 50)),
        )
        for n in "abc"
    ]


def test_a_trash_that_fails_for_the_third_file(tmp_path):
    groups = three_pairs(tmp_path)
    before = Kept.below(tmp_path / "album")

    def fail(path, place):
        raise AlbumError(ErrorCode.TRASH_FAILED, path=path, detail="no room")

    journal = MemoryJournal()
    report = clean(planned(*groups), journal, trash=FailingTrash(3, fail))
    assert len(report.done) == 2
    assert "--to" in report.problems[0]
    assert os.path.exists(groups[2].members[1].photo.path)
    assert len(os.listdir(home_bin().info)) == 2
    put_back(journal)
    assert Kept.below(tmp_path / "album") == before


def test_a_trash_that_erases_stops_the_operation(tmp_path):
    groups = three_pairs(tmp_path)

    def erase(path, place):
        os.unlink(path)
        raise AlbumError(ErrorCode.TRASH_FAILED, path=path, detail="not found there whole")

    report = clean(planned(*groups), trash=FailingTrash(1, erase))
    assert report.done == ()
    assert report.skipped[0].state is ItemState.FAILED
    assert groups[0].members[1].photo.path in report.problems[0]
    for number in (1, 2):
        assert os.path.exists(groups[number].members[1].photo.path)
    for each in groups:
        assert os.path.exists(each.keeper.path)


def test_a_volume_whose_trash_cannot_be_used_keeps_its_photos(pair, monkeypatch):
    def no_rename(source, target):
        raise OSError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("albumdedup.system.trash_freedesktop.rename_exclusive", no_rename)
    with pytest.raises(AlbumError) as raised:
        clean(planned(group(*pair)))
    assert raised.value.code is ErrorCode.TRASH_FAILED
    assert "--to" in describe(raised.value)
    assert sorted(os.listdir(os.path.dirname(pair[1].path))) == ["a.jpg", "b.jpg"]


def test_a_target_that_cannot_be_made(pair, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    plan = planned(group(*pair), target=str(tmp_path / "file" / "removed"))
    journal = MemoryJournal()
    with pytest.raises(AlbumError) as raised:
        clean(plan, journal)
    assert raised.value.code is ErrorCode.TARGET_UNUSABLE
    assert os.path.exists(pair[1].path)
    assert journal.unfinished() == []


def test_cancel_stops_after_the_current_file(tmp_path):
    groups = three_pairs(tmp_path)
    control = Control()
    journal = MemoryJournal()
    trash = FailingTrash(2, lambda path, place: control.cancel())
    report = clean(planned(*groups), journal, trash=trash, control=control)
    assert len(report.done) == 2
    assert report.problems == ("The clean-up stopped; 1 more photo was not touched.",)
    assert len(os.listdir(home_bin().info)) == 2  # the place of the third is given up
    assert os.path.exists(groups[2].members[1].photo.path)
    assert journal.operation(1).finished
    put_back(journal)
    assert all(os.path.exists(g.members[1].photo.path) for g in groups)


def test_nothing_to_recover_after_a_whole_operation(pair):
    journal = MemoryJournal()
    clean(planned(group(*pair)), journal)
    assert recover(journal, open_trash) == []


def test_an_empty_plan_is_sound():
    check_plan(planned(), ())
