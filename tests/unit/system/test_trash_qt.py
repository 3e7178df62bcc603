"""The trash of Windows and macOS, as far as it is ours; Qt's own part on this machine's trash."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from albums import photo, write

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.system import moves, syncing
from albumdedup.system import trash as trash_module
from albumdedup.system.trash import QtTrash, open_trash
from albumdedup.system.trash_folder import FolderTrash
from albumdedup.system.trash_freedesktop import FreedesktopTrash, home_bin

pytest.importorskip("PySide6.QtCore")


@pytest.fixture
def bin_of_mac(temporary_home) -> Path:
    place = temporary_home / ".Trash"
    place.mkdir()
    return place


@pytest.fixture(autouse=True)
def place_of_this_trash() -> None:
    Path(home_bin().base).parent.mkdir(parents=True)


def detail(raised) -> str:
    assert raised.value.code is ErrorCode.TRASH_FAILED
    return str(raised.value.facts["detail"])


@pytest.mark.parametrize("platform", ["win32", "darwin", "linux", "freebsd14"])
def test_each_platform_has_its_trash_and_a_folder_goes_before_it(tmp_path, monkeypatch, platform):
    monkeypatch.setattr(trash_module.sys, "platform", platform)
    wanted = QtTrash if platform in ("win32", "darwin") else FreedesktopTrash
    assert type(open_trash(None)) is wanted
    assert type(open_trash(str(tmp_path))) is FolderTrash
    assert os.listdir(tmp_path) == ["home"]


def test_a_volume_is_tried_once_and_what_failed_is_told_again(tmp_path, monkeypatch):
    tried = []

    def fails(trash, folder):
        tried.append(folder)
        return AlbumError(ErrorCode.TRASH_FAILED, path=folder, detail="no bin here")

    monkeypatch.setattr(trash_module, "try_with_own_file", fails)
    trash = QtTrash()
    for name in ("one", "two"):
        path = write(tmp_path / name / "a.jpg", b"photo")
        with pytest.raises(AlbumError) as raised:
            trash.try_volume(str(path))
        assert detail(raised) == "no bin here"
        assert raised.value.facts["path"] == str(path.parent)
    assert tried == [str(tmp_path / "one")]


def test_a_folder_that_is_not_there_cannot_be_tried(tmp_path):
    with pytest.raises(AlbumError) as raised:
        QtTrash().try_volume(str(tmp_path / "none" / "a.jpg"))
    assert detail(raised) == os.strerror(errno.ENOENT)


def test_no_place_is_known_before_the_move():
    assert QtTrash().reserve_all(["/a.jpg", "/b.jpg"]) == [None, None]


def test_a_link_is_not_put_into_the_bin(tmp_path):
    (tmp_path / "link.jpg").symlink_to(write(tmp_path / "a.jpg", b"photo"))
    with pytest.raises(AlbumError) as raised:
        QtTrash().put(str(tmp_path / "link.jpg"), None)
    assert detail(raised) == "it is a link or a folder, not a file"
    assert (tmp_path / "link.jpg").is_symlink()


@pytest.mark.parametrize("says", ["the bin is full", ""])
def test_a_bin_that_refuses_keeps_the_photo_and_says_why(tmp_path, monkeypatch, says):
    from PySide6 import QtCore

    path = write(tmp_path / "a.jpg", b"photo")

    class Refusing:
        def __init__(self, path):
            pass

        def moveToTrash(self):
            return False

        def errorString(self):
            return says

    monkeypatch.setattr(QtCore, "QFile", Refusing)
    with pytest.raises(AlbumError) as raised:
        QtTrash().put(str(path), None)
    assert detail(raised) == (says or "the system refused it")
    assert path.read_bytes() == b"photo"


@pytest.mark.parametrize("how", ["erased", "cut"])
def test_a_bin_that_erases_or_cuts_is_found_out(tmp_path, monkeypatch, how):
    from PySide6 import QtCore

    path = write(tmp_path / "a.jpg", b"photo")

    real = QtCore.QFile

    class Harmful:
        def __init__(self, path):
            self._file = real(path)
            self.fileName = self._file.fileName

        def moveToTrash(self):
            done = self._file.moveToTrash()
            os.unlink(self.fileName()) if how == "erased" else os.truncate(self.fileName(), 2)
            return done

    monkeypatch.setattr(QtCore, "QFile", Harmful)
    with pytest.raises(AlbumError) as raised:
        QtTrash().put(str(path), None)
    assert detail(raised) == (
        "it is not found there" if how == "erased" else "it is not there whole"
    )


def test_after_a_crash_a_photo_is_looked_for_in_the_bins(tmp_path, bin_of_mac):
    path = write(tmp_path / "a.jpg", b"photo")
    stamp = photo(path).stamp
    write(bin_of_mac / "a.jpg", b"photo")  # alike, but another file
    (bin_of_mac / "dangling").symlink_to(tmp_path / "none")
    assert QtTrash().find(str(path), stamp) is None
    place = bin_of_mac / "folder" / "a 12.34.56.jpg"
    place.parent.mkdir()
    path.rename(place)
    assert QtTrash().find(str(path), stamp) == str(place)
    place.write_bytes(b"photo and more")  # the same file, but not as it was removed
    assert QtTrash().find(str(path), stamp) is None


def test_a_file_that_leaves_the_bin_while_it_is_looked_through_is_passed_over(
    tmp_path, bin_of_mac, monkeypatch
):
    path = write(tmp_path / "a.jpg", b"photo")
    stamp = photo(path).stamp
    path.rename(bin_of_mac / "a.jpg")
    gone = str(bin_of_mac / "gone.jpg")
    below = trash_module._files_below
    monkeypatch.setattr(trash_module, "_files_below", lambda folder: [gone, *below(folder)])
    assert QtTrash().find(str(path), stamp) == str(bin_of_mac / "a.jpg")


def test_the_bins_of_each_platform(tmp_path, monkeypatch, temporary_home):
    home, other = trash_module._bins(str(tmp_path / "a.jpg"))
    assert home == str(temporary_home / ".Trash")
    mount = Path(other).parent.parent
    assert other == str(mount / ".Trashes" / str(os.getuid()))
    assert os.path.ismount(mount)
    monkeypatch.setattr(trash_module.sys, "platform", "win32")
    monkeypatch.setattr(trash_module.os.path, "splitdrive", lambda path: ("D:", path[2:]))
    assert trash_module._bins("D:/album/a.jpg") == [os.path.join("D:" + os.sep, "$Recycle.Bin")]


def test_what_cannot_be_put_back_or_synced_says_so_and_stays(tmp_path, monkeypatch):
    path = write(tmp_path / "album" / "a.jpg", b"photo")
    trash = QtTrash()
    place = trash.put(str(path), None)
    trash.flush()
    path.parent.rmdir()
    path.parent.write_bytes(b"a file where the folder was")
    with pytest.raises(AlbumError) as raised:
        trash.restore(place, str(path))
    assert detail(raised) == os.strerror(errno.EEXIST)
    assert Path(place).read_bytes() == b"photo"
    path.parent.unlink()
    assert trash.restore(place, str(path)) == str(path)

    def no_sync(self):
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(path.parent))

    monkeypatch.setattr(syncing.Pending, "flush", no_sync)
    with pytest.raises(AlbumError) as raised:
        trash.flush()
    assert detail(raised) == os.strerror(errno.EIO)
    assert raised.value.facts["path"] == str(path.parent)
    assert path.read_bytes() == b"photo"


def test_a_trial_restore_reads_the_file_back_and_leaves_nothing(tmp_path):
    path = write(tmp_path / "a.jpg", b"photo")
    content = photo(path).content
    trash = QtTrash()
    place = trash.put(str(path), None)
    assert trash.rehearse(place, str(path)) == content
    assert os.listdir(tmp_path) == ["home"]


def test_the_note_of_the_recycle_bin_goes_with_its_file_and_never_before(tmp_path):
    folder = tmp_path / "$Recycle.Bin" / "S-1-5"
    place, note = write(folder / "$RA1.jpg", b"photo"), write(folder / "$IA1.jpg", b"note")
    other = write(folder / "$IB2.jpg", b"of another photo")
    path = str(tmp_path / "a.jpg")
    trash = QtTrash()
    trash.tidy(path, str(place))
    assert note.exists()  # the photo is still in the bin
    assert trash.restore(str(place), path) == path
    assert not note.exists()
    assert other.exists()
    trash.tidy(path, str(folder / "a.jpg"))  # a bin without such notes
    assert sorted(os.listdir(folder)) == ["$IB2.jpg"]


def test_tidying_and_sweeping_take_only_what_is_ours(tmp_path):
    path = write(tmp_path / "album" / "a.jpg", b"photo")
    half = Path(moves.partial_of(str(path)))
    tried = tmp_path / "album" / ".albumdedup-try-77"
    trash = QtTrash()
    for act in (lambda: trash.tidy(str(path), None), lambda: trash.sweep([str(path)])):
        write(half, b"half")
        write(tried, b"try")
        act()
        assert os.listdir(path.parent) == ["a.jpg"]
