"""The walk: sorted, once per file on disk, and everything passed over is counted."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from albums import write

from albumdedup.core import scanner
from albumdedup.core.control import Control
from albumdedup.core.errors import AlbumError, Cancelled, ErrorCode
from albumdedup.core.ports import KnownFile
from albumdedup.core.scanner import fold, inside_bin, places, scan
from albumdedup.core.types import FileIdentity, Reason


def known_as(*found):
    return {f.path: KnownFile(f.stamp.size, f.stamp.mtime_ns, *f.stamp.identity) for f in found}


JPEG_HEAD = b"\xff\xd8\xff\xe0" + b"\0" * 40


def names(root: Path, *roots: Path, **options) -> list[str]:
    walk = scan([str(root), *map(str, roots)], Control(), **options)
    return [os.path.relpath(f.path, root) for f in walk]


def walked(*roots: Path):
    walk = scan([str(r) for r in roots], Control())
    return [f.path for f in walk], walk


def test_photos_come_sorted_and_other_files_are_counted(tmp_path):
    for name in ("b.jpg", "a.JPG", "sub/c.png", "notes.txt", "film.mov", "z.heic"):
        write(tmp_path / name, JPEG_HEAD)
    found, walk = walked(tmp_path)
    assert [os.path.relpath(p, tmp_path) for p in found] == [
        "a.JPG",
        "b.jpg",
        "z.heic",
        "sub/c.png",
    ]
    assert walk.skipped["other_file"] == 2


def test_the_order_does_not_depend_on_the_disk(tmp_path, monkeypatch):
    for number in range(30):
        write(tmp_path / f"d{number % 3}" / f"{number}.jpg", JPEG_HEAD)
    expected = names(tmp_path)
    real = os.scandir

    class Shuffled:
        def __init__(self, path):
            with real(path) as entries:
                self.entries = list(entries)
            random.Random(5).shuffle(self.entries)

        def __enter__(self):
            return iter(self.entries)

        def __exit__(self, *exc):
            return None

    monkeypatch.setattr(os, "scandir", Shuffled)
    assert names(tmp_path) == expected


def test_unknown_suffixes_are_told_by_content(tmp_path):
    write(tmp_path / "no suffix", JPEG_HEAD)
    write(tmp_path / "photo.orig", JPEG_HEAD)
    write(tmp_path / "data.orig", b"not a picture at all")
    found, walk = walked(tmp_path)
    assert [os.path.basename(p) for p in found] == ["no suffix", "photo.orig"]
    assert walk.skipped["other_file"] == 1


def test_a_known_file_of_unknown_suffix_is_not_opened_again(tmp_path, monkeypatch):
    write(tmp_path / "photo.orig", JPEG_HEAD)
    first = list(scan([str(tmp_path)], Control()))
    monkeypatch.setattr("builtins.open", lambda *a, **k: pytest.fail("a file was opened"))
    again = scan([str(tmp_path)], Control(), known_as(*first))
    assert list(again) == []
    assert again.unchanged == [file.path for file in first]


def test_files_that_are_as_they_are_known_are_named_and_nothing_more(tmp_path):
    album = ("a.jpg", "b.JPEG", "c.dng", "c.xmp", "c.jpg", "same.orig", "sub/d.png")
    place = tmp_path / "album"
    for name in album:
        write(place / name, JPEG_HEAD + name.encode())
    os.link(place / "a.jpg", place / "linked.jpg")
    first = scan([str(place)], Control())
    known = known_as(*first)
    told = []
    again = scan([str(place)], Control(), known, lambda *news: told.append(news))
    assert list(again) == []
    assert again.unchanged == list(known)
    assert again.skipped == first.skipped == {"same_file": 1}
    assert again.companions == first.companions != []
    assert told == [(5, str(place)), (6, str(place / "sub"))]


@pytest.mark.parametrize("field", ["size", "mtime_ns", "volume", "file_id"])
@pytest.mark.parametrize("name", ["a.jpg", "a.cr2", "a.orig"])
def test_a_file_that_is_not_as_it_is_known_comes_again(tmp_path, name, field):
    write(tmp_path / name, JPEG_HEAD)
    (file,) = scan([str(tmp_path)], Control())
    (before,) = known_as(file).values()
    other = before._replace(**{field: getattr(before, field) + 1})
    again = scan([str(tmp_path)], Control(), {file.path: other})
    assert list(again) == [file]
    assert again.unchanged == []


def test_what_took_the_place_of_a_known_photo_is_seen(tmp_path):
    for name in ("a.jpg", "b.jpg", "c.jpg", ".d.jpg"):
        write(tmp_path / name, JPEG_HEAD + name.encode())
    known = known_as(*scan([str(tmp_path), str(tmp_path / ".d.jpg")], Control()))
    known |= known_as(scanner.found_file(str(tmp_path / ".d.jpg")))
    (tmp_path / "a.jpg").unlink()
    (tmp_path / "a.jpg").symlink_to(tmp_path / "b.jpg")
    (tmp_path / "c.jpg").unlink()
    (tmp_path / "c.jpg").mkdir()
    again = scan([str(tmp_path)], Control(), known)
    assert list(again) == []
    assert again.unchanged == [str(tmp_path / "b.jpg")]
    assert again.skipped == {"link": 1, "hidden": 1}


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        (".hidden", "hidden"), ("$RECYCLE.BIN", "bin"), (".Trash-1000", "bin"), ("Trash", "bin"),
        ("@eaDir", "made_by_a_program"), (".zfs", "snapshot"), ("#snapshot", "snapshot"),
        ("Photos Library.photoslibrary", "bundle"), ("Some.app", "bundle"),
        ("Catalog Previews.lrdata", "bundle"),
    ],
)  # fmt: skip
def test_folders_that_are_not_albums_are_left_out(tmp_path, folder, kind):
    write(tmp_path / folder / "a.jpg", JPEG_HEAD)
    write(tmp_path / "b.jpg", JPEG_HEAD)
    found, walk = walked(tmp_path)
    assert found == [str(tmp_path / "b.jpg")]
    assert walk.skipped == {kind: 1}


def test_a_folder_of_removed_photos_is_left_out(tmp_path):
    write(tmp_path / "removed" / ".albumdedup-removed", b"")
    write(tmp_path / "removed" / "a.jpg", JPEG_HEAD)
    found, walk = walked(tmp_path)
    assert found == []
    assert walk.skipped["removed_before"] == 1


def test_a_link_is_never_a_photo_and_never_followed(tmp_path):
    real = write(tmp_path / "a" / "x.jpg", JPEG_HEAD)
    os.symlink(real, tmp_path / "link.jpg")
    os.symlink(tmp_path / "a", tmp_path / "folder link")
    os.symlink(tmp_path, tmp_path / "a" / "loop")
    found, walk = walked(tmp_path)
    assert found == [str(real)]
    assert walk.skipped["link"] == 3


def test_a_file_under_two_names_comes_once(tmp_path):
    real = write(tmp_path / "a.jpg", JPEG_HEAD)
    os.link(real, tmp_path / "b.jpg")
    found, walk = walked(tmp_path)
    assert found == [str(real)]
    assert walk.skipped["same_file"] == 1


def test_overlapping_roots_are_folded(tmp_path):
    inner = tmp_path / "album" / "2019"
    write(inner / "a.jpg", JPEG_HEAD)
    os.symlink(tmp_path / "album", tmp_path / "alias")
    assert fold([str(inner), str(tmp_path / "album"), str(inner) + "/."]) == [
        str(tmp_path / "album")
    ]
    found, _ = walked(tmp_path / "album", inner, tmp_path / "album")
    assert len(found) == 1
    found, _ = walked(tmp_path / "album", tmp_path / "alias")
    assert len(found) == 1


def test_a_thousand_roots_are_folded_without_comparing_each_with_each(tmp_path, monkeypatch):
    paths = [str(write(tmp_path / f"{n}.jpg", JPEG_HEAD)) for n in range(1000)]
    real, calls = os.path.realpath, []
    monkeypatch.setattr(os.path, "realpath", lambda path: calls.append(path) or real(path))
    assert len(fold([*paths, *paths])) == 1000
    assert len(calls) == 1000


def test_a_missing_root_inside_another_is_still_told(tmp_path):
    write(tmp_path / "a.jpg", JPEG_HEAD)
    found, walk = walked(tmp_path, tmp_path / "drive")
    assert found == [str(tmp_path / "a.jpg")]
    assert walk.missing_roots == [str(tmp_path / "drive")]
    assert walk.uncertain(str(tmp_path / "drive" / "b.jpg"))


def test_an_empty_folder_whose_drive_is_not_mounted_is_missing(tmp_path):
    """Where a drive is mounted by the system's table, its folder stays when it is taken off."""
    path = write(tmp_path / "drive" / "a.jpg", JPEG_HEAD)
    (file,) = scan([str(tmp_path / "drive")], Control())
    here = known_as(file)
    other = FileIdentity(file.stamp.identity.volume + 1, file.stamp.identity.file_id)
    elsewhere = known_as(file._replace(stamp=file.stamp._replace(identity=other)))
    path.unlink()
    for known, missing in ((here, []), (elsewhere, [str(tmp_path / "drive")]), ({}, [])):
        walk = scan([str(tmp_path / "drive")], Control(), known)
        assert list(walk) == []
        assert walk.missing_roots == missing
        assert walk.uncertain(file.path) is bool(missing)


def test_neighbours_of_like_names_do_not_overlap(tmp_path):
    write(tmp_path / "a" / "1.jpg", JPEG_HEAD)
    write(tmp_path / "ab" / "2.jpg", JPEG_HEAD)
    found, _ = walked(tmp_path / "a", tmp_path / "ab")
    assert len(found) == 2


def test_a_single_file_may_be_named(tmp_path):
    path = write(tmp_path / "a.jpg", JPEG_HEAD)
    assert walked(path)[0] == [str(path)]


def test_a_named_file_may_be_hidden_but_not_a_link(tmp_path):
    path = write(tmp_path / ".a.jpg", JPEG_HEAD)
    assert walked(path)[0] == [str(path)]
    os.symlink(path, tmp_path / "link.jpg")
    found, walk = walked(tmp_path / "link.jpg")
    assert found == []
    assert walk.skipped == {"link": 1}


@pytest.mark.parametrize(
    ("root", "kind"),
    [("Trash", "bin"), ("$RECYCLE.BIN/S-1", "bin"), ("My.photoslibrary/originals", "bundle")],
)
def test_a_bin_or_bundle_is_not_walked_even_when_it_is_named(tmp_path, root, kind):
    write(tmp_path / root / "a.jpg", JPEG_HEAD)
    found, walk = walked(tmp_path / root)
    assert found == []
    assert walk.skipped == {kind: 1}


def test_a_folder_of_removed_photos_is_not_walked_even_when_it_is_named(tmp_path):
    write(tmp_path / "removed" / ".albumdedup-removed", b"")
    write(tmp_path / "removed" / "2019" / "a.jpg", JPEG_HEAD)
    assert walked(tmp_path / "removed")[0] == []


def test_a_missing_root_is_told_and_nothing_below_it_is_certain(tmp_path):
    found, walk = walked(tmp_path / "none")
    assert found == []
    assert walk.missing_roots == [str(tmp_path / "none")]
    assert walk.uncertain(str(tmp_path / "none" / "deep" / "a.jpg"))
    assert not walk.uncertain(str(tmp_path / "other.jpg"))


@pytest.mark.parametrize(
    ("error", "reason"), [(PermissionError, Reason.NO_RIGHTS), (FileNotFoundError, Reason.VANISHED)]
)
def test_a_folder_that_cannot_be_walked_is_a_problem_and_uncertain(
    tmp_path, monkeypatch, error, reason
):
    write(tmp_path / "a" / "1.jpg", JPEG_HEAD)
    write(tmp_path / "b" / "2.jpg", JPEG_HEAD)
    real = os.scandir

    def scandir(path):
        if str(path).endswith("/a"):
            raise error(13, "told so", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found, walk = walked(tmp_path)
    assert found == [str(tmp_path / "b" / "2.jpg")]
    assert [(p.path, p.reason) for p in walk.problems] == [(str(tmp_path / "a"), reason)]
    assert walk.uncertain(str(tmp_path / "a" / "1.jpg"))


def test_a_folder_that_vanishes_while_it_is_walked_keeps_what_was_below(tmp_path):
    for name in ("a", "b"):
        write(tmp_path / name / "1.jpg", JPEG_HEAD)
    walk = scan([str(tmp_path)], Control())
    files = iter(walk)
    first = next(files)
    assert first.path == str(tmp_path / "a" / "1.jpg")
    shutil.rmtree(tmp_path / "b")
    assert list(files) == []
    assert [(p.path, p.reason) for p in walk.problems] == [(str(tmp_path / "b"), Reason.VANISHED)]
    assert walk.uncertain(str(tmp_path / "b" / "1.jpg"))
    assert not walk.uncertain(str(tmp_path / "a" / "2.jpg"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may walk everything; see the test above")
def test_a_folder_without_rights_is_a_problem(tmp_path):
    write(tmp_path / "a" / "1.jpg", JPEG_HEAD)
    (tmp_path / "a").chmod(0)
    try:
        found, walk = walked(tmp_path)
    finally:
        (tmp_path / "a").chmod(0o700)
    assert found == []
    assert [(p.path, p.reason) for p in walk.problems] == [(str(tmp_path / "a"), Reason.NO_RIGHTS)]


def test_where_files_have_no_number_none_is_taken_for_another(tmp_path, monkeypatch):
    for name in ("a.jpg", "b.jpg"):
        write(tmp_path / name, JPEG_HEAD)
    real = os.scandir

    class Unnumbered:
        def __init__(self, entry):
            self._entry = entry

        def __getattr__(self, name):
            return getattr(self._entry, name)

        def stat(self, **options):
            values = list(self._entry.stat(**options))
            return os.stat_result([values[0], 0, *values[2:]])

    class Listing:
        def __init__(self, path):
            with real(path) as entries:
                self.entries = [Unnumbered(entry) for entry in entries]

        def __enter__(self):
            return iter(self.entries)

        def __exit__(self, *exc):
            return None

    monkeypatch.setattr(os, "scandir", Listing)
    assert names(tmp_path) == ["a.jpg", "b.jpg"]


def test_placeholders_are_counted_and_not_opened(tmp_path, monkeypatch):
    write(tmp_path / "a.jpg", JPEG_HEAD)
    write(tmp_path / "no suffix", JPEG_HEAD)
    monkeypatch.setattr(scanner, "is_placeholder", lambda status: True)
    monkeypatch.setattr("builtins.open", lambda *a, **k: pytest.fail("a file was opened"))
    found, walk = walked(tmp_path)
    assert found == []
    assert walk.skipped == {"placeholder": 2}


@pytest.mark.parametrize(
    ("platform", "status", "placeholder", "hidden"),
    [
        ("win32", {"st_file_attributes": 0x400020}, True, False),
        ("win32", {"st_file_attributes": 0x22}, False, True),
        ("win32", {"st_file_attributes": 0x20}, False, False),
        ("darwin", {"st_flags": 0x40000000}, True, False),
        ("darwin", {"st_flags": 0x8000}, False, True),
        ("linux", {}, False, False),
    ],
)
def test_what_platforms_tell_by_marks(monkeypatch, platform, status, placeholder, hidden):
    monkeypatch.setattr(places.sys, "platform", platform)
    told = SimpleNamespace(**status)
    assert places.is_placeholder(told) is placeholder
    assert places.is_hidden(told) is hidden


@pytest.mark.parametrize("root", ["/", "/usr", "/etc", "/proc", "/proc/self", "//", "/usr/../"])
def test_system_folders_are_refused(root):
    with pytest.raises(AlbumError) as raised:
        scan([root], Control())
    assert raised.value.code is ErrorCode.ROOT_REFUSED


def test_undecodable_names_survive(tmp_path):
    raw = os.fsencode(tmp_path) + b"/odd \xff\xfe.jpg"
    with open(raw, "wb") as file:
        file.write(JPEG_HEAD)
    found, _ = walked(tmp_path)
    assert os.fsencode(found[0]) == raw


def test_cancel_stops_the_walk(tmp_path):
    control = Control()
    control.cancel()
    with pytest.raises(Cancelled):
        list(scan([str(tmp_path)], control))


def test_a_file_in_a_bin_is_recognised_by_its_path():
    assert inside_bin("/disk/$RECYCLE.BIN/S-1/a.jpg")
    assert inside_bin("/disk/.Trash-1000/files/a.jpg")
    assert not inside_bin("/home/x/Trash.jpg")


def test_where_cases_are_one_a_photo_comes_once(tmp_path, monkeypatch):
    """As on a volume of macOS or Windows: both spellings are the same file on disk."""
    write(tmp_path / "album" / "a.jpg", JPEG_HEAD)

    def blind(function):
        def called(path, *arguments, **options):
            if isinstance(path, str):
                path = path.replace(f"{os.sep}ALBUM", f"{os.sep}album").replace("A.JPG", "a.jpg")
            return function(path, *arguments, **options)

        return called

    for name in ("stat", "lstat", "scandir"):
        monkeypatch.setattr(os, name, blind(getattr(os, name)))
    spelled = [tmp_path / "album", tmp_path / "ALBUM"]
    found, walk = walked(*spelled)
    assert len(found) == 1
    assert walk.problems == []
    found, walk = walked(tmp_path / "album" / "a.jpg", tmp_path / "album" / "A.JPG")
    assert len(found) == 1
    found, walk = walked(tmp_path / "album", tmp_path / "ALBUM" / "A.JPG")
    assert len(found) == 1
