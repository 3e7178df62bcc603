"""The walk among real oddities of file systems: long, odd and doubled names, links that loop, what
is no file, what may not be read, what comes and goes."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path

import pytest
from albums import write

from albumdedup.core.control import Control
from albumdedup.core.decoder import read_file
from albumdedup.core.ports import KnownFile
from albumdedup.core.scanner import found_file, scan
from albumdedup.core.types import Reason

posix = pytest.mark.skipif(os.name == "nt", reason="names and kinds of files that Windows lacks")
JPEG_HEAD = b"\xff\xd8\xff\xe0" + b"\0" * 40


def walked(*roots: Path | str):
    walk = scan([str(r) for r in roots], Control())
    return [found.path for found in walk], walk


ODD_NAMES = (
    b"new\nline.jpg", b"tab\there.jpg", b"bytes \xff\xfe.jpg", "\U0001f600 smile.jpg".encode(),
    b"dot at the end.jpg.", b"blank at the end.jpg ", b"-rf.jpg", b'quote " and \' one.jpg',
    b"back\\slash.jpg", b"*?[a].jpg", b"$HOME `id`.jpg", b"..jpg.jpg", b"%41 %s {path}.jpg",
    "right \u202eto left.jpg".encode(), b"x" * 251 + b".jpg",
)  # fmt: skip


@posix
def test_odd_names_come_once_each_and_can_be_read(tmp_path):
    place = os.fsencode(tmp_path)
    for name in ODD_NAMES:
        with open(os.path.join(place, name), "wb") as file:
            file.write(JPEG_HEAD)
    found, walk = walked(tmp_path)
    hidden = [name for name in ODD_NAMES if name.startswith(b".")]
    assert sorted(map(os.fsencode, found)) == sorted(
        os.path.join(place, name) for name in ODD_NAMES if name not in hidden
    )
    assert walk.skipped["hidden"] == len(hidden)
    assert not walk.problems
    for path in found:
        assert read_file(found_file(path), 16, lambda content: False).content is not None


@posix
def test_both_unicode_forms_of_a_name_are_two_files(tmp_path):
    forms = {unicodedata.normalize(form, "Zoë Müller.jpg") for form in ("NFC", "NFD")}
    for form in forms:
        write(tmp_path / form, JPEG_HEAD + form.encode())
    if len(os.listdir(tmp_path)) < 2:
        pytest.skip("this file system takes both for one name")
    found, _walk = walked(tmp_path)
    assert {os.path.basename(path) for path in found} == forms


@pytest.fixture
def deep(tmp_path):
    """A photo whose path is longer than the system opens, made by going down step by step."""
    before = os.open(".", os.O_RDONLY)
    os.chdir(tmp_path)
    try:
        for _number in range(20):
            os.mkdir("n" * 250)
            os.chdir("n" * 250)
        Path("deep.jpg").write_bytes(JPEG_HEAD)
    finally:
        os.fchdir(before)
        os.close(before)
    yield tmp_path
    shutil.rmtree(tmp_path / ("n" * 250), ignore_errors=True)


@posix
def test_a_path_that_is_too_long_is_told_and_the_rest_is_walked(deep):
    write(deep / "a.jpg", JPEG_HEAD)
    found, walk = walked(deep)
    assert found == [str(deep / "a.jpg")]
    (problem,) = walk.problems
    assert problem.reason is Reason.PATH_TOO_LONG
    assert walk.uncertain(problem.path)


@posix
def test_what_is_no_file_is_never_opened(tmp_path, monkeypatch):
    for name in ("pipe.jpg", "pipe without suffix"):
        os.mkfifo(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("socket.jpg")
    os.mkdir("folder.jpg")
    write(tmp_path / "folder.jpg" / "in it.jpg", JPEG_HEAD)
    try:
        found, walk = walked(tmp_path)  # an opened pipe would wait here for ever
    finally:
        listener.close()
    assert found == [str(tmp_path / "folder.jpg" / "in it.jpg")]
    assert walk.skipped == {"other_file": 3}


@posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="makes a device")
def test_a_device_is_never_opened(tmp_path):
    try:
        os.mknod(tmp_path / "zero.jpg", 0o600 | 0o020000, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("devices may not be made here")
    found, walk = walked(tmp_path)
    assert (found, walk.skipped) == ([], {"other_file": 1})


@posix
def test_a_pipe_that_takes_a_photos_place_does_not_hold_the_scan_up(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(JPEG_HEAD)
    found = found_file(str(path))
    path.unlink()
    os.mkfifo(path)
    read = read_file(found, 16, lambda content: True)
    assert read.problem is not None
    assert read.problem.reason is Reason.CHANGED


@posix
def test_links_that_loop_lead_out_or_lead_nowhere_are_counted(tmp_path):
    album = tmp_path / "album"
    write(tmp_path / "outside" / "b.jpg", JPEG_HEAD)
    write(album / "sub" / "a.jpg", JPEG_HEAD)
    (album / "sub" / "up").symlink_to(album)
    (album / "itself").symlink_to(album / "itself")
    (album / "outside").symlink_to(tmp_path / "outside")
    (album / "nowhere.jpg").symlink_to(tmp_path / "not there.jpg")
    found, walk = walked(album)
    assert found == [str(album / "sub" / "a.jpg")]
    assert walk.skipped == {"link": 4}
    assert not walk.problems


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (".IMG_1.HEIC.icloud", "placeholder"), ("IMG_1.jpg.nextcloud", "placeholder"),
        ("IMG_1.JPG.owncloud", "placeholder"), ("IMG_1.jpg.cloud", "placeholder"),
        ("Thumbs.db", "other_file"), ("notes.icloud", "other_file"), (".hidden.jpg", "hidden"),
    ],
)  # fmt: skip
def test_files_that_only_stand_for_photos_are_counted_by_kind(tmp_path, name, kind):
    write(tmp_path / name, b"bplist00")
    found, walk = walked(tmp_path)
    assert (found, walk.skipped) == ([], {kind: 1})


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("#snapshot", "snapshot"), (".zfs/snapshot/daily", "snapshot"),
        ("Backups.backupdb/Mac", "snapshot"), ("@eaDir/a.jpg", "made_by_a_program"),
        (".thumbnails", "made_by_a_program"), (".Trash-1000/files", "bin"),
        ("$RECYCLE.BIN/S-1-5", "bin"), ("Mac.sparsebundle/bands", "bundle"),
        ("My Previews.lrdata/0", "bundle"), ("Photos.photoslibrary/originals", "bundle"),
    ],
)  # fmt: skip
def test_folders_that_programs_keep_are_counted_by_kind(tmp_path, folder, kind):
    write(tmp_path / folder / "a.jpg", JPEG_HEAD)
    found, walk = walked(tmp_path)
    assert (found, walk.skipped) == ([], {kind: 1})


def test_a_sparse_giant_is_told_and_not_held_in_memory(tmp_path):
    path = tmp_path / "giant.jpg"
    with open(path, "wb") as file:
        file.write(JPEG_HEAD)
        file.truncate(513 * 1024 * 1024)
    read = read_file(found_file(str(path)), 16, lambda content: True)
    assert read.problem is not None
    assert read.problem.reason is Reason.TOO_LARGE
    assert read.content is not None


def test_a_file_that_shrinks_grows_or_vanishes_before_it_is_read(tmp_path):
    told = {}
    for change, act in {
        "cut": lambda p: os.truncate(p, 10),
        "grown": lambda p: p.write_bytes(JPEG_HEAD * 2),
        "gone": lambda p: p.unlink(),
    }.items():
        path = tmp_path / f"{change}.jpg"
        path.write_bytes(JPEG_HEAD)
        found = found_file(str(path))
        act(path)
        problem = read_file(found, 16, lambda content: True).problem
        told[change] = problem and problem.reason
    assert told == {
        "cut": Reason.CHANGED, "grown": Reason.CHANGED, "gone": Reason.VANISHED,
    }  # fmt: skip


_AS_NOBODY = """
import os, sys
sys.path.insert(0, sys.argv[2])
from albumdedup.core.control import Control
from albumdedup.core.decoder import read_file
from albumdedup.core.scanner import scan
os.setgroups([]); os.setgid(65534); os.setuid(65534)
walk = scan([sys.argv[1]], Control())
found = [f for f in walk]
told = [(os.path.basename(p.path), p.reason.value) for p in walk.problems]
for one in found:
    problem = read_file(one, 16, lambda content: False).problem
    told.append((os.path.basename(one.path), problem.reason.value if problem else "read"))
print(sorted(told))
"""


@posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="gives up rights")
def test_what_may_not_be_read_is_told_and_the_rest_is_read(tmp_path):
    with tempfile.TemporaryDirectory() as place:  # below tmp_path only root may look
        os.chmod(place, 0o755)
        album = Path(place)
        for name in ("open.jpg", "shut.jpg", "locked/a.jpg", "listed/b.jpg"):
            write(album / name, JPEG_HEAD)
        os.chmod(album / "shut.jpg", 0)
        os.chmod(album / "locked", 0)
        os.chmod(album / "listed", 0o744)  # names can be seen, files cannot be reached
        source = str(Path(__file__).resolve().parents[3])
        done = subprocess.run(
            [sys.executable, "-c", _AS_NOBODY, place, source],
            capture_output=True, text=True, timeout=100,
        )  # fmt: skip
    assert done.stdout.strip() == str(
        [("b.jpg", "no_rights"), ("locked", "no_rights"), ("open.jpg", "read"),
         ("shut.jpg", "no_rights")]
    ), done.stderr  # fmt: skip


def test_a_folder_that_is_taken_away_and_comes_back_keeps_its_entries(tmp_path):
    album = tmp_path / "album"
    write(album / "sub" / "a.jpg", JPEG_HEAD)
    first = {f.path: f for f in scan([str(album)], Control())}
    known = {p: KnownFile(f.stamp.size, f.stamp.mtime_ns, *f.stamp.identity)
             for p, f in first.items()}  # fmt: skip
    album.rename(tmp_path / "away")
    walk = scan([str(album)], Control(), known)
    assert list(walk) == []
    assert walk.missing_roots == [str(album)]
    assert all(walk.uncertain(path) for path in known)
    (tmp_path / "away").rename(album)
    walk = scan([str(album)], Control(), known)
    assert list(walk) == []
    assert walk.unchanged == list(known)


def test_a_folder_of_many_files_is_walked_whole(tmp_path):
    one = tmp_path / "0.jpg"
    one.write_bytes(JPEG_HEAD)
    for number in range(1, 2000):
        os.link(one, tmp_path / f"{number}.jpg")
    found, walk = walked(tmp_path)
    assert len(found) == 1
    assert walk.skipped == {"same_file": 1999}
