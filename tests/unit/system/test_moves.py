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
