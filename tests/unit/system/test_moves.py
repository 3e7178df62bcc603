"""Moves that never replace and never lose, also across volumes and on a full disk."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from pathlib import Path

import pytest
from albums import write

from albumdedup.system import moves
from albumdedup.system.moves import move, numbered, rename_exclusive


@pytest.fixture
def other_volume(tmp_path):
    """A folder on another volume, where this machine has one."""
    place = Path("/dev/shm")
    if not place.is_dir() or place.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("needs a second volume at /dev/shm")
    with tempfile.TemporaryDirectory(dir=place) as folder:
        yield Path(folder)


def test_numbered_names():
    names = numbered("/a/photo.jpg")
    assert [next(names) for _ in range(3)] == [
        "/a/photo.jpg",
        "/a/photo (1).jpg",
        "/a/photo (2).jpg",
    ]
    long = numbered("/a/" + "ä" * 125 + ".jpg")
    next(long)
    assert all(len(os.fsencode(os.path.basename(next(long)))) <= 255 for _ in range(12))


@pytest.mark.parametrize("atomic", [True, False])
def test_a_rename_refuses_to_replace(tmp_path, monkeypatch, atomic):
    if not atomic:
        monkeypatch.setattr(moves, "_renamed_by_system", lambda source, target: False)
    a, b = write(tmp_path / "a", b"first"), write(tmp_path / "b", b"second")
    with pytest.raises(FileExistsError):
        rename_exclusive(str(a), str(b))
    assert (a.read_bytes(), b.read_bytes()) == (b"first", b"second")
    rename_exclusive(str(a), str(tmp_path / "c"))
    assert (tmp_path / "c").read_bytes() == b"first"
    assert not a.exists()


def test_a_failed_rename_leaves_no_placeholder(tmp_path, monkeypatch):
    monkeypatch.setattr(moves, "_renamed_by_system", lambda source, target: False)
    with pytest.raises(FileNotFoundError):
        rename_exclusive(str(tmp_path / "none"), str(tmp_path / "target"))
    assert not (tmp_path / "target").exists()


def test_a_taken_name_gets_a_number(tmp_path):
    write(tmp_path / "b.jpg", b"stays")
    assert move(str(write(tmp_path / "a", b"1")), str(tmp_path / "b.jpg")).endswith("b (1).jpg")
    assert move(str(write(tmp_path / "a", b"2")), str(tmp_path / "b.jpg")).endswith("b (2).jpg")
    assert (tmp_path / "b.jpg").read_bytes() == b"stays"


def test_across_volumes_the_copy_is_proved_and_keeps_time_and_rights(tmp_path, other_volume):
    source = write(tmp_path / "a.jpg", os.urandom(3_000_000))
    source.chmod(0o640)
    content, time = source.read_bytes(), source.stat().st_mtime_ns
    place = move(str(source), str(other_volume / "a.jpg"))
    assert not source.exists()
    assert Path(place).read_bytes() == content
    assert Path(place).stat().st_mtime_ns == time
    assert stat.S_IMODE(Path(place).stat().st_mode) == 0o640
    assert os.listdir(other_volume) == ["a.jpg"]


def test_across_volumes_a_taken_name_gets_a_number(tmp_path, other_volume):
    write(other_volume / "a.jpg", b"stays")
    place = move(str(write(tmp_path / "a.jpg", b"moves")), str(other_volume / "a.jpg"))
    assert Path(place).name == "a (1).jpg"
    assert (other_volume / "a.jpg").read_bytes() == b"stays"


def test_a_full_disk_keeps_the_photo_and_leaves_nothing(tmp_path, other_volume, monkeypatch):
    source = write(tmp_path / "a.jpg", b"x" * 5000)

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(moves.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        move(str(source), str(other_volume / "a.jpg"))
    assert source.read_bytes() == b"x" * 5000
    assert os.listdir(other_volume) == []


def test_a_copy_that_reads_back_wrong_keeps_the_photo(tmp_path, other_volume, monkeypatch):
    source = write(tmp_path / "a.jpg", b"x" * 5000)
    monkeypatch.setattr(moves, "_digest_from_disk", lambda path: "0")
    with pytest.raises(OSError, match="read back"):
        move(str(source), str(other_volume / "a.jpg"))
    assert source.exists()
    assert os.listdir(other_volume) == []


def test_a_photo_that_changes_while_it_is_copied_is_kept(tmp_path, other_volume, monkeypatch):
    source = write(tmp_path / "a.jpg", b"x" * 5000)
    real = moves._copy

    def copy(path, partial):
        digest = real(path, partial)
        os.utime(path, (1, 1))
        return digest

    monkeypatch.setattr(moves, "_copy", copy)
    with pytest.raises(OSError, match="changed"):
        move(str(source), str(other_volume / "a.jpg"))
    assert source.exists()
    assert os.listdir(other_volume) == []


# --- names --------------------------------------------------------------------------------------


def test_a_name_with_an_early_dot_keeps_its_beginning():
    name = moves.fitting_name("IMG." + "x" * 251, " (1)")
    assert name.startswith("IMG.xxx")
    assert name.endswith("x (1)")
    assert len(name) == 255


def test_a_name_loses_no_more_than_it_must():
    assert len(moves.fitting_name("x" * 251 + ".jpg", " (10)")) == 255
    for length, kept in ((100, True), (127, True), (128, False)):
        suffix = "." + "x" * (length - 1)
        name = moves.fitting_name("a" + suffix, " (1)")
        assert name == (f"a (1){suffix}" if kept else f"a{suffix} (1)")


# --- file systems and platforms that cannot refuse to replace -------------------------------------


@pytest.mark.parametrize("why", ["no call", "old kernel"])
def test_without_the_call_a_rename_still_refuses_to_replace(tmp_path, monkeypatch, why):
    def unknown(source, target):
        moves.ctypes.set_errno(errno.ENOSYS)
        return -1

    call = None if why == "no call" else unknown
    monkeypatch.setattr(moves, "_exclusive_call", lambda: call)
    a, b = write(tmp_path / "a", b"first"), write(tmp_path / "b", b"second")
    with pytest.raises(FileExistsError):
        rename_exclusive(str(a), str(b))
    assert b.read_bytes() == b"second"
    rename_exclusive(str(a), str(tmp_path / "c"))
    assert (tmp_path / "c").read_bytes() == b"first"


def test_what_another_program_wrote_under_our_placeholder_stays(tmp_path, monkeypatch):
    """The name was taken with an empty file of ours, and somebody filled it meanwhile."""
    monkeypatch.setattr(moves, "_renamed_by_system", lambda source, target: False)
    photo, target = write(tmp_path / "a", b"photo"), tmp_path / "b"

    def filled(source, name):
        target.write_bytes(b"theirs")
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(moves.os, "rename", filled)
    with pytest.raises(OSError, match="Input/output"):
        rename_exclusive(str(photo), str(target))
    assert (photo.read_bytes(), target.read_bytes()) == (b"photo", b"theirs")


@pytest.mark.parametrize(
    ("platform", "name", "wanted"),
    [
        ("darwin", "renamex_np", (b"a", b"b", 4)),
        ("linux", "renameat2", (-100, b"a", -100, b"b", 1)),
        ("linux", "nothing", None),
        ("darwin", "nothing", None),
        ("freebsd14", "renameat2", None),
    ],
)
def test_each_platform_is_asked_in_its_own_way(monkeypatch, platform, name, wanted):
    class Library:
        pass

    library, told = Library(), []
    setattr(library, name, lambda *arguments: told.append(arguments) or 0)
    monkeypatch.setattr(moves.ctypes, "CDLL", lambda *_name, **_more: library)
    monkeypatch.setattr(moves.sys, "platform", platform)
    call = moves._exclusive_call.__wrapped__()
    assert (call is None) == (wanted is None)
    if call is not None:
        assert call(b"a", b"b") == 0
        assert told == [wanted]


# --- moves that fail ------------------------------------------------------------------------------


def test_a_folder_that_is_not_there_keeps_the_photo(tmp_path):
    source = write(tmp_path / "a.jpg", b"photo")
    with pytest.raises(FileNotFoundError):
        move(str(source), str(tmp_path / "none" / "a.jpg"))
    assert source.read_bytes() == b"photo"


def test_a_link_or_a_folder_is_not_moved(tmp_path):
    (tmp_path / "link.jpg").symlink_to(write(tmp_path / "a.jpg", b"photo"))
    for name in ("link.jpg", "."):
        with pytest.raises(OSError, match="link or a folder"):
            move(str(tmp_path / name), str(tmp_path / "b.jpg"))
    assert sorted(os.listdir(tmp_path)) == ["a.jpg", "home", "link.jpg"]


def test_a_folder_that_may_not_be_changed_is_told_before_a_copy_in_vain(
    tmp_path, other_volume, monkeypatch
):
    source = write(tmp_path / "a.jpg", b"photo")
    monkeypatch.setattr(moves.os, "access", lambda path, mode: path != str(tmp_path))
    monkeypatch.setattr(moves, "_copy", None)  # would be called
    with pytest.raises(PermissionError):
        move(str(source), str(other_volume / "a.jpg"))
    assert source.exists()
    assert os.listdir(other_volume) == []


def refuse_to_unlink(monkeypatch, source, first=lambda: None):
    real = os.unlink

    def unlink(path, *args, **kwargs):
        if path == str(source):
            first()
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        real(path, *args, **kwargs)

    monkeypatch.setattr(moves.os, "unlink", unlink)


def test_a_photo_that_cannot_be_taken_away_leaves_no_copy(tmp_path, other_volume, monkeypatch):
    source = write(tmp_path / "a.jpg", b"photo")
    refuse_to_unlink(monkeypatch, source)
    with pytest.raises(PermissionError):
        move(str(source), str(other_volume / "a.jpg"))
    assert source.read_bytes() == b"photo"
    assert os.listdir(other_volume) == []


def test_a_photo_that_changes_before_it_is_taken_away_stays_beside_its_copy(
    tmp_path, other_volume, monkeypatch
):
    """Both stay: the copy is what was to be moved, the photo what somebody made of it."""
    source = write(tmp_path / "a.jpg", b"photo")
    refuse_to_unlink(monkeypatch, source, lambda: source.write_bytes(b"edited meanwhile"))
    with pytest.raises(OSError, match="changed"):
        move(str(source), str(other_volume / "a.jpg"))
    assert source.read_bytes() == b"edited meanwhile"
    assert (other_volume / "a.jpg").read_bytes() == b"photo"


def test_a_copy_whose_name_is_not_surely_on_the_disk_takes_nothing_away(
    tmp_path, other_volume, monkeypatch
):
    source = write(tmp_path / "a.jpg", b"photo")

    def no_sync(folder):
        raise OSError(errno.EIO, os.strerror(errno.EIO), folder)

    monkeypatch.setattr(moves, "sync_folder", no_sync)
    with pytest.raises(OSError, match="Input/output"):
        move(str(source), str(other_volume / "a.jpg"))
    assert source.read_bytes() == b"photo"
    assert os.listdir(other_volume) == []


def test_a_copy_that_shrank_takes_nothing_away(tmp_path, other_volume, monkeypatch):
    source = write(tmp_path / "a.jpg", b"photo")
    real = moves.rename_exclusive

    def shrunk(one, two):
        real(one, two)
        if two == str(other_volume / "a.jpg"):
            os.truncate(two, 2)

    monkeypatch.setattr(moves, "rename_exclusive", shrunk)
    with pytest.raises(OSError, match="not whole"):
        move(str(source), str(other_volume / "a.jpg"))
    assert source.read_bytes() == b"photo"


def test_a_copy_is_read_back_also_where_the_cache_cannot_be_dropped(
    tmp_path, other_volume, monkeypatch
):
    monkeypatch.delattr(moves.os, "posix_fadvise", raising=False)
    source = write(tmp_path / "a.jpg", b"photo")
    assert move(str(source), str(other_volume / "a.jpg")) == str(other_volume / "a.jpg")
    assert (other_volume / "a.jpg").read_bytes() == b"photo"
    assert not source.exists()


def test_an_unfinished_copy_of_a_run_that_died_gives_way(tmp_path, other_volume):
    source, target = write(tmp_path / "a.jpg", b"photo"), other_volume / "a.jpg"
    write(Path(moves.partial_of(str(target))), b"pho")
    assert move(str(source), str(target)) == str(target)
    assert os.listdir(other_volume) == ["a.jpg"]
    assert target.read_bytes() == b"photo"


@pytest.mark.parametrize("name", ["photo.jpg", "$R12.jpg", "a.trashinfo.jpg", "albumdedup-x"])
def test_only_files_of_ours_can_be_discarded(tmp_path, name):
    path = write(tmp_path / name, b"photo")
    with pytest.raises(ValueError, match="not a file of ours"):
        moves.discard_own(str(path))
    assert path.read_bytes() == b"photo"


def test_a_move_of_its_own_is_synced_at_once(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(moves, "sync_folder", synced.append)
    source = write(tmp_path / "from" / "a.jpg", b"photo")
    (tmp_path / "to").mkdir()
    move(str(source), str(tmp_path / "to" / "a.jpg"))
    assert synced == [str(tmp_path / "to"), str(tmp_path / "from")]


@pytest.mark.skipif(not hasattr(os, "posix_fadvise"), reason="this system cannot be asked")
def test_a_copy_is_read_back_from_the_disk_and_not_from_the_cache(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(moves.os, "posix_fadvise", lambda _handle, *more: asked.append(more))
    source = write(tmp_path / "a.jpg", b"photo")
    moves.copied_and_read_back(str(source), str(tmp_path / "copy.jpg"))
    assert asked == [(0, 0, os.POSIX_FADV_DONTNEED)]
