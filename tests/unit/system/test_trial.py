"""A small file of ours goes through a trash first: what it proves, and that it leaves nothing."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from albums import write

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.system import trial
from albumdedup.system.trash_folder import FolderTrash
from albumdedup.system.trash_freedesktop import FreedesktopTrash, home_bin
from albumdedup.system.trial import rehearse, sweep_tries, try_with_own_file


class Spoiling(FolderTrash):
    """Does to what it is given, or gives back, what ``act`` does to a path; returns its path."""

    def __init__(self, folder: Path, act, at: str) -> None:
        super().__init__(str(folder))
        self.try_volume("")
        self._act, self._at = act, at

    def put(self, path, place):
        where = super().put(path, place)
        return self._act(where) if self._at == "put" else where

    def restore(self, place, path):
        where = super().restore(place, path)
        return self._act(where) if self._at == "restore" else where


def whole(path):
    return path


def kept(place: Path) -> list[str]:
    """What lies in the folder for removed photos, beside its mark."""
    return [p.name for p in place.rglob("*") if p.is_file() and p.name != ".albumdedup-removed"]


def spoilt(path):
    Path(path).write_bytes(b"other bytes")
    return path


def elsewhere(path):
    os.rename(path, path + " elsewhere")
    return path + " elsewhere"


def erased(path):
    os.unlink(path)
    return path


def refused(path):
    raise AlbumError(ErrorCode.DISK_FULL, path=path)


@pytest.mark.parametrize(
    ("act", "at", "told"),
    [
        (spoilt, "put", "it does not keep"),
        (erased, "put", "No such file"),
        (spoilt, "restore", "it does not give back"),
        (elsewhere, "restore", "it does not give back"),
        (erased, "restore", "No such file"),
    ],
)
def test_a_trash_that_does_not_keep_its_word_is_found_out(tmp_path, act, at, told):
    album = tmp_path / "album"
    album.mkdir()
    failed = try_with_own_file(Spoiling(tmp_path / "removed", act, at), str(album))
    assert failed is not None
    assert failed.code is ErrorCode.TRASH_FAILED
    assert failed.facts["path"] == str(album)
    assert str(failed.facts["detail"]).startswith(told)
    assert os.listdir(album) == []  # nothing of ours is left
    assert kept(tmp_path / "removed") == []


def test_a_trash_that_forgets_where_it_put_it_is_found_out(tmp_path, monkeypatch):
    monkeypatch.setattr(FolderTrash, "find", lambda self, path, stamp: None)
    (tmp_path / "album").mkdir()
    trash = Spoiling(tmp_path / "removed", whole, "put")
    failed = try_with_own_file(trash, str(tmp_path / "album"))
    assert failed is not None
    assert "does not keep" in str(failed.facts["detail"])
    assert os.listdir(tmp_path / "album") == []


@pytest.mark.parametrize("at", ["put", "restore"])
def test_what_the_trash_itself_says_is_told_as_it_is(tmp_path, at):
    (tmp_path / "album").mkdir()
    failed = try_with_own_file(Spoiling(tmp_path / "removed", refused, at), str(tmp_path / "album"))
    assert failed is not None
    assert failed.code is ErrorCode.DISK_FULL


def test_a_trash_that_gives_nothing_back_keeps_no_note_of_the_try(tmp_path, monkeypatch):
    trash = FreedesktopTrash()
    trash.try_volume(str(tmp_path / "a.jpg"))

    def no(place, path):
        raise AlbumError(ErrorCode.TRASH_FAILED, path=path, detail="it says no")

    monkeypatch.setattr(trash, "restore", no)
    failed = try_with_own_file(trash, str(tmp_path))
    assert failed is not None
    assert failed.facts["detail"] == "it says no"
    assert os.listdir(home_bin().files) == os.listdir(home_bin().info) == []


def test_a_folder_without_room_for_a_try_is_told(tmp_path):
    trash = Spoiling(tmp_path / "removed", whole, "put")
    failed = try_with_own_file(trash, str(tmp_path / "none"))
    assert failed is not None
    assert failed.facts["detail"] == os.strerror(errno.ENOENT)


def test_a_sound_trash_passes_and_keeps_nothing(tmp_path):
    (tmp_path / "album").mkdir()
    trash = Spoiling(tmp_path / "removed", whole, "put")
    assert try_with_own_file(trash, str(tmp_path / "album")) is None
    assert os.listdir(tmp_path / "album") == []
    assert kept(tmp_path / "removed") == []


def test_tries_that_a_kill_left_are_swept_and_photos_are_not(tmp_path, monkeypatch):
    left = trial.try_name()
    for name in (left, "photo.jpg", ".albumdedup-removed"):
        write(tmp_path / "album" / name, b"x")
    assert sweep_tries(str(tmp_path / "album")) == [left]
    assert sorted(os.listdir(tmp_path / "album")) == [".albumdedup-removed", "photo.jpg"]
    assert sweep_tries(str(tmp_path / "none")) == []
    (tmp_path / "album" / left).mkdir()  # what cannot be removed is no reason to stop
    assert sweep_tries(str(tmp_path / "album")) == [left]


def test_a_rehearsal_of_what_is_gone_says_so(tmp_path):
    with pytest.raises(AlbumError) as raised:
        rehearse(str(tmp_path / "none"), str(tmp_path / "a.jpg"))
    assert raised.value.code is ErrorCode.NOT_THERE


def test_a_rehearsal_that_cannot_read_says_why(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(AlbumError) as raised:
        rehearse(str(tmp_path / "folder"), str(tmp_path / "a.jpg"))
    assert raised.value.facts["detail"] == "it is a link or a folder, not a file"
    assert sorted(os.listdir(tmp_path)) == ["folder", "home"]
