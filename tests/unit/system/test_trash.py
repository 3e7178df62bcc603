"""The platform's trash by its specification, on this volume and on another."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from pathlib import Path

import pytest
from albums import photo, write

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.system import syncing, trash_freedesktop
from albumdedup.system.trash import QtTrash
from albumdedup.system.trash_folder import FolderTrash
from albumdedup.system.trash_freedesktop import FreedesktopTrash, home_bin


def test_the_home_trash_is_made_when_it_is_missing(tmp_path):
    trash = FreedesktopTrash()
    trash.try_volume(str(tmp_path / "a.jpg"))
    assert sorted(os.listdir(home_bin().base)) == ["files", "info"]
    assert os.listdir(home_bin().files) == []
    assert Path(home_bin().base).stat().st_mode & 0o077 == 0


def test_another_volume_has_its_own_trash(tmp_path):
    if not Path("/dev/shm").is_dir() or os.stat("/dev/shm").st_dev == tmp_path.stat().st_dev:
        pytest.skip("needs a second volume at /dev/shm")
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        path = write(Path(folder) / "ä photo.jpg", b"x" * 20)
        trash = FreedesktopTrash()
        trash.try_volume(str(path))
        stamp = photo(path).stamp
        place = trash.put(str(path), trash.reserve(str(path)))
        assert os.stat(place).st_dev == os.stat("/dev/shm").st_dev
        assert f".Trash-{os.getuid()}" in place or "/.Trash/" in place
        info = Path(place).parent.parent / "info" / (Path(place).name + ".trashinfo")
        assert f"Path={Path(folder).name}/%C3%A4%20photo.jpg" in info.read_text()
        assert trash.find(str(path), stamp) == place
        assert trash.restore(place, str(path)) == str(path)
        assert path.read_bytes() == b"x" * 20


def test_find_tells_a_photo_from_another_of_the_same_name(tmp_path):
    trash = FreedesktopTrash()
    path = write(tmp_path / "a.jpg", b"first")
    trash.try_volume(str(path))
    first = photo(path).stamp
    place = trash.put(str(path), trash.reserve(str(path)))
    write(path, b"later")
    second = photo(path).stamp
    other = trash.put(str(path), trash.reserve(str(path)))
    assert place != other
    assert trash.find(str(path), first) == place
    assert trash.find(str(path), second) == other
    assert trash.find(str(tmp_path / "b.jpg"), first) is None


def test_a_link_in_place_of_the_trash_is_not_trusted(tmp_path):
    base = Path(home_bin().base)
    base.parent.mkdir(parents=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    base.symlink_to(elsewhere)
    with pytest.raises(AlbumError) as raised:
        FreedesktopTrash().try_volume(str(tmp_path / "a.jpg"))
    assert raised.value.code is ErrorCode.TRASH_FAILED


def test_tidy_removes_a_reservation_and_never_a_photo(tmp_path):
    trash = FreedesktopTrash()
    path = write(tmp_path / "a.jpg", b"x")
    trash.try_volume(str(path))
    place = trash.reserve(str(path))
    assert os.listdir(home_bin().info) == ["a.jpg.trashinfo"]
    note = Path(home_bin().info) / "a.jpg.trashinfo"
    assert stat.S_IMODE(note.stat().st_mode) == 0o600  # where photos lay is nobody else's business
    trash.tidy(str(path), place)
    assert os.listdir(home_bin().info) == []
    place = trash.put(str(path), trash.reserve(str(path)))
    trash.tidy(str(path), place)
    assert os.path.exists(place)
    assert os.listdir(home_bin().info) == ["a.jpg.trashinfo"]


def test_a_folder_keeps_the_structure_and_says_what_it_is(tmp_path):
    target = tmp_path / "removed"
    trash = FolderTrash(str(target))
    path = write(tmp_path / "x" / "y" / "a.jpg", b"x")
    trash.try_volume(str(path))
    place = trash.put(str(path), trash.reserve(str(path)))
    assert Path(place) == target / str(path).lstrip("/")
    assert "Album Deduplicator" in (target / ".albumdedup-removed").read_text()


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(AlbumError) as raised:
        FolderTrash(str(tmp_path / "file" / "x")).try_volume(str(tmp_path / "a.jpg"))
    assert raised.value.code is ErrorCode.TARGET_UNUSABLE


def test_the_trash_through_qt_keeps_and_gives_back(tmp_path):
    """What Windows and macOS use; here on this platform's trash, which Qt knows too."""
    pytest.importorskip("PySide6.QtCore")
    Path(home_bin().base).parent.mkdir(parents=True)
    path = write(tmp_path / "a.jpg", b"x" * 50)
    trash = QtTrash()
    trash.try_volume(str(path))
    assert os.listdir(home_bin().files) == []
    assert trash.reserve(str(path)) is None
    place = trash.put(str(path), None)
    assert not path.exists()
    assert Path(place).read_bytes() == b"x" * 50
    write(path, b"taken meanwhile")
    assert trash.restore(place, str(path)) == str(tmp_path / "a (1).jpg")
    assert path.read_bytes() == b"taken meanwhile"
    with pytest.raises(AlbumError) as raised:
        trash.restore(place, str(path))
    assert raised.value.code is ErrorCode.NOT_THERE
    with pytest.raises(AlbumError):
        trash.put(str(tmp_path / "none.jpg"), None)


def test_a_shared_trash_counts_only_when_it_is_sticky_and_no_link(tmp_path, monkeypatch):
    top = tmp_path / "volume"
    monkeypatch.setattr(
        trash_freedesktop,
        "top_folder",
        lambda path: str(top) if str(path).startswith(str(top)) else "/",
    )
    path = write(top / "album" / "a.jpg", b"x" * 50)
    user = str(os.getuid())
    shared = top / ".Trash"

    def base():
        trash = FreedesktopTrash()
        trash.try_volume(str(path))
        return Path(str(trash.reserve(str(path)))).parent.parent

    assert base() == top / f".Trash-{user}"
    shared.mkdir(mode=0o777)
    assert base() == top / f".Trash-{user}"
    shared.chmod(0o1777)
    assert base() == shared / user
    shared.rename(top / "elsewhere")
    shared.symlink_to(top / "elsewhere")
    assert base() == top / f".Trash-{user}"


def test_a_name_of_255_bytes_leaves_room_for_its_note(tmp_path):
    path = write(tmp_path / ("ä" * 125 + ".jpg"), b"x")
    trash = FreedesktopTrash()
    trash.try_volume(str(path))
    place = trash.put(str(path), trash.reserve(str(path)))
    assert len(os.fsencode(os.path.basename(place))) <= 245
    assert place.endswith(".jpg")
    assert trash.find(str(path), photo(Path(place)).stamp) == place
    assert trash.restore(place, str(path)) == str(path)


def test_two_at_once_never_get_the_same_place(tmp_path):
    path = write(tmp_path / "a.jpg", b"x")
    trash = FreedesktopTrash()
    trash.try_volume(str(path))
    places = {trash.reserve(str(path)) for _ in range(5)}
    assert len(places) == 5
    trash.tidy(str(path), None)
    assert os.listdir(home_bin().info) == []


# --- what goes wrong in the trash of Linux desktops -----------------------------------------------


def test_one_photo_without_a_place_does_not_hold_up_the_others(tmp_path, monkeypatch):
    """And where the notes cannot be synced, none of them is left."""
    trash = FreedesktopTrash()
    near, far = write(tmp_path / "a.jpg", b"near"), write(tmp_path / "far" / "b.jpg", b"far")
    trash.try_volume(str(near))
    real = trash_freedesktop.top_folder

    def away(folder):
        if folder == str(far.parent):
            raise OSError(errno.ENXIO, os.strerror(errno.ENXIO), folder)
        return real(folder)

    monkeypatch.setattr(trash_freedesktop, "top_folder", away)
    one, other = trash.reserve_all([str(near), str(far)])
    assert isinstance(one, str)
    assert isinstance(other, AlbumError)
    assert other.facts["path"] == str(far)
    with pytest.raises(AlbumError):
        trash.reserve(str(far))
    trash.tidy(str(near), one)
    monkeypatch.setattr(syncing.Pending, "flush", failing)
    failed = trash.reserve_all([str(near), str(far)])
    assert [type(one) for one in failed] == [AlbumError, AlbumError]
    assert os.listdir(home_bin().info) == []
    assert (near.read_bytes(), far.read_bytes()) == (b"near", b"far")


def failing(*_arguments):
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_a_move_after_which_another_file_lies_there_is_told(tmp_path, monkeypatch):
    trash = FreedesktopTrash()
    path = write(tmp_path / "a.jpg", b"photo")
    trash.try_volume(str(path))

    def swapped(source, target):
        os.rename(source, tmp_path / "photo elsewhere.jpg")
        write(Path(target), b"other")

    monkeypatch.setattr(trash_freedesktop, "rename_exclusive", swapped)
    with pytest.raises(AlbumError) as raised:
        trash.put(str(path), trash.reserve(str(path)))
    assert raised.value.code is ErrorCode.TRASH_FAILED
    assert "not there whole" in str(raised.value.facts["detail"])
    assert (tmp_path / "photo elsewhere.jpg").read_bytes() == b"photo"


def test_a_volume_that_is_away_is_still_looked_for_in_the_home_trash(tmp_path, monkeypatch):
    trash = FreedesktopTrash()
    path = write(tmp_path / "a.jpg", b"photo")
    trash.try_volume(str(path))
    stamp = photo(path).stamp
    place = trash.put(str(path), None)
    again = FreedesktopTrash()
    monkeypatch.setattr(trash_freedesktop, "top_folder", failing)
    assert again.find(str(path), stamp) == place
    assert again.find(str(tmp_path / "b.jpg"), stamp) is None


def test_what_left_the_trash_cannot_be_put_back(tmp_path):
    with pytest.raises(AlbumError) as raised:
        FreedesktopTrash().restore(str(tmp_path / "none"), str(tmp_path / "a.jpg"))
    assert raised.value.code is ErrorCode.NOT_THERE


def test_a_photo_that_cannot_be_put_back_stays_in_the_trash_with_its_note(tmp_path):
    trash = FreedesktopTrash()
    path = write(tmp_path / "album" / "a.jpg", b"photo")
    trash.try_volume(str(path))
    place = trash.put(str(path), None)
    path.parent.rmdir()
    path.parent.write_bytes(b"a file where the folder was")
    with pytest.raises(AlbumError) as raised:
        trash.restore(place, str(path))
    assert raised.value.code is ErrorCode.TRASH_FAILED
    trash.flush()
    assert Path(place).read_bytes() == b"photo"
    assert os.listdir(home_bin().info) == ["a.jpg.trashinfo"]


def test_notes_of_other_programs_are_read_as_far_as_they_go(tmp_path):
    """Not a note, a folder of a note's name, a note without a path: none of them is ours."""
    trash = FreedesktopTrash()
    path = write(tmp_path / "a.jpg", b"photo")
    trash.try_volume(str(path))
    stamp = photo(path).stamp
    place = trash.put(str(path), None)
    info = Path(home_bin().info)
    (info / "a0.trashinfo").mkdir()
    write(info / "a.jpg", b"no note")
    write(info / "a1.trashinfo", b"[Trash Info]\n")
    assert trash.find(str(path), stamp) == place
    trash.sweep([str(path)])
    assert sorted(os.listdir(info)) == ["a.jpg", "a.jpg.trashinfo", "a0.trashinfo", "a1.trashinfo"]


def test_a_name_that_only_the_files_of_the_trash_have_is_passed_over(tmp_path):
    """A trash whose note was lost: the file there is somebody's, and keeps its place."""
    trash = FreedesktopTrash()
    path = write(tmp_path / "a.jpg", b"photo")
    trash.try_volume(str(path))
    write(Path(home_bin().files) / "a.jpg", b"without a note")
    place = trash.put(str(path), trash.reserve(str(path)))
    assert os.path.basename(place) == "a (1).jpg"
    assert (Path(home_bin().files) / "a.jpg").read_bytes() == b"without a note"


def test_a_trash_without_room_for_a_note_leaves_nothing_half_written(tmp_path, monkeypatch):
    trash = FreedesktopTrash()
    path = write(tmp_path / "a.jpg", b"photo")
    trash.try_volume(str(path))
    monkeypatch.setattr(trash_freedesktop, "rename_numbered", failing)
    with pytest.raises(AlbumError) as raised:
        trash.reserve(str(path))
    assert raised.value.facts["detail"] == os.strerror(errno.EIO)
    assert os.listdir(home_bin().info) == []
    assert path.read_bytes() == b"photo"


def test_a_volume_is_tried_once_and_what_failed_is_told_again(tmp_path, monkeypatch):
    tried = []

    def fails(trash, folder):
        tried.append(folder)
        return AlbumError(ErrorCode.TRASH_FAILED, path=folder, detail="no room")

    monkeypatch.setattr(trash_freedesktop, "try_with_own_file", fails)
    trash = FreedesktopTrash()
    for name in ("one", "two"):
        path = write(tmp_path / name / "a.jpg", b"photo")
        with pytest.raises(AlbumError) as raised:
            trash.try_volume(str(path))
        assert raised.value.facts == {"path": str(path.parent), "detail": "no room"}
    assert tried == [str(tmp_path / "one")]


def test_what_a_kill_left_is_swept_and_nothing_else(tmp_path):
    trash = FreedesktopTrash()
    path, other = (
        write(tmp_path / "album" / "a.jpg", b"a"),
        write(tmp_path / "album" / "b.jpg", b"b"),
    )
    trash.try_volume(str(path))
    place = trash.put(str(other), None)
    trash.reserve(str(path))
    tries = [Path(folder) / ".albumdedup-try-77"
             for folder in (path.parent, home_bin().files, home_bin().info)]  # fmt: skip
    for one in tries:
        write(one, b"try")
    trash.sweep([str(path)])
    assert not any(one.exists() for one in tries)
    assert os.listdir(home_bin().info) == ["b.jpg.trashinfo"]
    assert os.path.exists(place)
    assert path.read_bytes() == b"a"


def test_a_trial_restore_reads_the_file_back(tmp_path):
    trash = FreedesktopTrash()
    path = write(tmp_path / "album" / "a.jpg", b"photo")
    content = photo(path).content
    trash.try_volume(str(path))
    assert trash.rehearse(trash.put(str(path), None), str(path)) == content
    assert os.listdir(path.parent) == []
