"""A folder for removed photos: what it finds again, what it gives back, what it says."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from albums import photo, write

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import describe
from albumdedup.system import moves, syncing, trash_folder
from albumdedup.system.trash_folder import SUBFOLDER, FolderTrash


@pytest.fixture
def trash(tmp_path) -> FolderTrash:
    one = FolderTrash(str(tmp_path / "removed"))
    one.try_volume("")
    return one


def full(*_arguments):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_photo_is_found_again_by_identity_or_by_size_and_time(tmp_path, trash):
    path = write(tmp_path / "album" / "a.jpg", b"photo")
    stamp = photo(path).stamp
    assert trash.find(str(path), stamp) is None
    place = trash.put(str(path), None)
    assert trash.find(str(path), stamp) == place
    os.utime(place, (1_400_000_000, 1_400_000_000))
    assert trash.find(str(path), stamp) == place  # the same file
    copy = write(Path(place + ".new"), b"photo", 1_500_000_001)  # from another volume, FAT's time
    copy.replace(place)
    assert trash.find(str(path), stamp) == place
    write(Path(place), b"photo", 1_500_000_003)
    assert trash.find(str(path), stamp) is None
    write(Path(place), b"photo and more", 1_500_000_000)
    assert trash.find(str(path), stamp) is None


def test_a_photo_is_found_behind_gaps_of_others_that_came_back(tmp_path, trash):
    path = tmp_path / "album" / "a.jpg"
    stamps, places = [], []
    for number in range(3):
        write(path, f"photo {number:05}".encode() * (number + 1))
        stamps.append(photo(path).stamp)
        places.append(trash.put(str(path), None))
    assert [os.path.basename(place) for place in places] == ["a.jpg", "a (1).jpg", "a (2).jpg"]
    for place in places[:2]:
        trash.restore(place, str(path))
    assert trash.find(str(path), stamps[2]) == places[2]
    assert trash.find(str(path), stamps[1]) is None


def test_the_file_itself_goes_before_another_of_its_size_and_time(tmp_path, trash):
    """A rating that was written in place, with the old time given back, and both removed."""
    path = write(tmp_path / "album" / "a.jpg", b"rating 3")
    trash.put(str(path), None)
    write(path, b"rating 4")
    stamp = photo(path).stamp
    place = trash.put(str(path), None)
    assert trash.find(str(path), stamp) == place
    assert Path(place).read_bytes() == b"rating 4"


def test_a_photo_goes_to_the_place_that_the_journal_knows(tmp_path, trash):
    path = write(tmp_path / "album" / "a.jpg", b"photo")
    known = str(trash.reserve(str(path))).replace("a.jpg", "a (7).jpg")
    assert trash.put(str(path), known) == known
    assert Path(known).read_bytes() == b"photo"


def test_so_many_gaps_and_no_more_are_looked_behind(tmp_path, trash):
    path = write(tmp_path / "album" / "a.jpg", b"photo")
    stamp = photo(path).stamp
    folder = tmp_path / "removed" / str(path.parent).lstrip("/")
    for number, found in ((20, True), (21, False)):
        place = write(folder / f"a ({number}).jpg", b"photo")  # behind a.jpg and those before
        assert (trash.find(str(path), stamp) == str(place)) is found
        place.unlink()


def test_moves_that_cannot_be_synced_are_told(trash, monkeypatch):
    monkeypatch.setattr(syncing.Pending, "flush", full)
    with pytest.raises(AlbumError) as raised:
        trash.flush()
    assert raised.value.code is ErrorCode.TRASH_FAILED
    assert raised.value.facts["detail"] == os.strerror(errno.ENOSPC)


def test_a_trial_restore_reads_the_file_back(tmp_path, trash):
    path = write(tmp_path / "album" / "a.jpg", b"photo")
    content = photo(path).content
    assert trash.rehearse(trash.put(str(path), None), str(path)) == content
    assert os.listdir(path.parent) == []


def test_a_photo_that_is_gone_or_cannot_come_back_says_so(tmp_path, trash, monkeypatch):
    path = write(tmp_path / "album" / "a.jpg", b"photo")
    with pytest.raises(AlbumError) as raised:
        trash.restore(str(tmp_path / "removed" / "none"), str(path))
    assert raised.value.code is ErrorCode.NOT_THERE
    place = trash.put(str(path), None)
    path.parent.rmdir()
    path.parent.write_bytes(b"a file where the folder was")
    with pytest.raises(AlbumError) as raised:
        trash.restore(place, str(path))
    assert raised.value.code is ErrorCode.TRASH_FAILED
    assert raised.value.facts["detail"] == os.strerror(errno.EEXIST)
    path.parent.unlink()
    monkeypatch.setattr(trash_folder, "move", full)
    with pytest.raises(AlbumError) as raised:
        trash.restore(place, str(path))
    assert raised.value.code is ErrorCode.DISK_FULL
    assert str(path) in describe(raised.value)
    assert Path(place).read_bytes() == b"photo"


def test_a_photo_that_shrank_on_its_way_is_told(tmp_path, trash, monkeypatch):
    path = write(tmp_path / "a.jpg", b"photo")
    real = moves.move

    def shrunk(source, target, pending):
        where = real(source, target, pending)
        os.truncate(where, 2)
        return where

    monkeypatch.setattr(trash_folder, "move", shrunk)
    with pytest.raises(AlbumError) as raised:
        trash.put(str(path), None)
    assert raised.value.code is ErrorCode.TRASH_FAILED
    assert "not found there whole" in str(raised.value.facts["detail"])


def test_tidying_and_sweeping_take_only_what_is_ours(tmp_path, trash):
    path = write(tmp_path / "album" / "a.jpg", b"photo")
    place = str(trash.reserve(str(path)))
    half = [moves.partial_of(str(path)), moves.partial_of(place)]
    tried = str(tmp_path / "removed" / ".albumdedup-try-1")
    beside = write(Path(place).with_name("b.jpg"), b"another removed photo")

    def left() -> list[bool]:
        for one in (*half, tried):
            write(Path(one), b"half")
        return []

    left()
    trash.tidy(str(path), place)
    assert [os.path.exists(one) for one in (*half, tried)] == [False, False, True]
    left()
    trash.tidy(str(path), None)
    assert [os.path.exists(one) for one in (*half, tried)] == [False, True, False]
    left()
    trash.sweep([str(path)])
    assert [os.path.exists(one) for one in (*half, tried)] == [False, True, False]
    assert path.read_bytes() == b"photo"
    assert beside.read_bytes() == b"another removed photo"
    assert (tmp_path / "removed" / ".albumdedup-removed").exists()


def test_a_folder_that_does_not_give_back_what_it_was_given_is_refused(tmp_path, monkeypatch):
    real = moves.rename_exclusive

    def spoilt(source, target):
        real(source, target)
        Path(target).write_bytes(b"other bytes")

    monkeypatch.setattr(trash_folder, "rename_exclusive", spoilt)
    with pytest.raises(AlbumError) as raised:
        FolderTrash(str(tmp_path / "removed")).try_volume("")
    assert raised.value.code is ErrorCode.TARGET_UNUSABLE
    assert os.listdir(tmp_path / "removed") == [".albumdedup-removed"]


def test_what_belongs_to_somebody_else_gets_no_mark(tmp_path):
    """A mark would make scans leave that folder out."""
    desk = write(tmp_path / "desk" / "letter.txt", b"not ours").parent
    trash = FolderTrash(str(desk))
    trash.try_volume("")
    trash.try_volume("")  # once is enough
    assert trash.root == str(desk / SUBFOLDER)
    assert sorted(os.listdir(desk)) == [SUBFOLDER, "letter.txt"]
    only_ours = tmp_path / "new"
    write(only_ours / ".albumdedup-try-77", b"left by a kill")
    assert FolderTrash(str(only_ours)).root == str(only_ours)
    assert FolderTrash(str(tmp_path / "none")).root == str(tmp_path / "none")


def test_a_drive_letter_becomes_a_folder(tmp_path, trash, monkeypatch):
    """Windows: photos of C: and D: of one path do not meet."""
    monkeypatch.setattr(trash_folder.os.path, "splitdrive", lambda path: ("C:", path))
    assert trash.reserve("/album/a.jpg") == str(tmp_path / "removed" / "C" / "album" / "a.jpg")
    monkeypatch.setattr(trash_folder.os.path, "splitdrive", lambda path: (r"\\nas\photos", path))
    assert trash.reserve("/a.jpg") == str(tmp_path / "removed" / "nas_photos" / "a.jpg")


def test_a_disk_that_is_full_is_told_of_the_folder_and_a_photo_that_is_gone_of_itself(
    tmp_path, trash, monkeypatch
):
    path = write(tmp_path / "album" / "a.jpg", b"photo")
    with pytest.raises(AlbumError) as raised:
        trash.put(str(tmp_path / "none.jpg"), None)
    assert raised.value.code is ErrorCode.TRASH_FAILED
    assert raised.value.facts["path"] == str(tmp_path / "none.jpg")
    assert raised.value.facts["detail"] == os.strerror(errno.ENOENT)
    monkeypatch.setattr(trash_folder, "move", full)
    with pytest.raises(AlbumError) as raised:
        trash.put(str(path), None)
    assert raised.value.code is ErrorCode.DISK_FULL
    assert raised.value.facts["path"] == str(tmp_path / "removed")
    assert path.read_bytes() == b"photo"
