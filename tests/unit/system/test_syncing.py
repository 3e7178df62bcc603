"""What is brought to the disk, and what happens where the disk will not have it."""

from __future__ import annotations

import ctypes
import errno
import os
import sys

import pytest
from albums import write

from albumdedup.system import syncing
from albumdedup.system.syncing import Pending, sync_folder
from albumdedup.system.trash import QtTrash
from albumdedup.system.trash_folder import FolderTrash
from albumdedup.system.trash_freedesktop import FreedesktopTrash, home_bin


def failing(code: int):
    def fail(*_arguments, **_more):
        raise OSError(code, os.strerror(code))

    return fail


@pytest.mark.parametrize("call", ["open", "fsync"])
def test_a_folder_that_may_not_be_synced_stops_nothing(tmp_path, monkeypatch, call):
    """Rights and some file systems do not allow it; the rename itself was made."""
    monkeypatch.setattr(syncing.os, call, failing(errno.EACCES))
    sync_folder(str(tmp_path))


@pytest.mark.parametrize("call", ["open", "fsync"])
def test_a_disk_that_fails_to_sync_is_told(tmp_path, monkeypatch, call):
    monkeypatch.setattr(syncing.os, call, failing(errno.EIO))
    with pytest.raises(OSError, match="Input/output"):
        sync_folder(str(tmp_path))


def test_a_folder_that_is_gone_is_no_reason_not_to_sync_the_others(tmp_path, monkeypatch):
    """Elsewhere than on Linux: of a folder that was removed meanwhile nothing is pending."""
    monkeypatch.setattr(syncing, "_whole_volume_call", lambda: None)
    synced = []
    monkeypatch.setattr(syncing, "sync_folder", synced.append)
    pending = Pending()
    pending.renamed(str(tmp_path / "gone"), str(tmp_path))
    pending.written(str(write(tmp_path / "note" / "a.trashinfo", b"x")))
    pending.flush()
    assert synced == [str(tmp_path), str(tmp_path / "note")]
    pending.flush()
    assert len(synced) == 2


@pytest.mark.parametrize("kind", [FolderTrash, FreedesktopTrash, QtTrash])
def test_both_folders_of_each_move_are_brought_to_the_disk(tmp_path, monkeypatch, kind):
    """The one that a photo left, and the one that it came to; on its way back too."""
    monkeypatch.setattr(syncing, "_whole_volume_call", lambda: None)
    synced = []
    trash = kind(str(tmp_path / "removed")) if kind is FolderTrash else kind()
    os.makedirs(os.path.dirname(home_bin().base), exist_ok=True)
    path = str(write(tmp_path / "album" / "a.jpg", b"photo"))
    trash.try_volume(path)
    trash.flush()
    monkeypatch.setattr(syncing, "sync_folder", synced.append)
    place = trash.put(path, trash.reserve(path))
    trash.flush()
    assert {os.path.dirname(path), os.path.dirname(place)} <= set(synced)
    synced.clear()
    trash.restore(place, path)
    trash.flush()
    assert {os.path.dirname(path), os.path.dirname(place)} <= set(synced)
    synced.clear()
    trash.flush()
    assert synced == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a call of Linux")
@pytest.mark.parametrize("has", [True, False])
def test_a_whole_volume_is_synced_where_the_system_can(monkeypatch, has):
    class Library:
        pass

    library, told = Library(), []
    if has:
        library.syncfs = lambda handle: told.append(handle) or 0
    monkeypatch.setattr(syncing.ctypes, "CDLL", lambda *_name, **_more: library)
    call = syncing._whole_volume_call.__wrapped__()
    assert (call is not None) == has
    if call is not None:
        assert call(7) == 0
        assert told == [7]


def test_one_folder_of_each_volume_is_enough(tmp_path, monkeypatch):
    handles = []
    monkeypatch.setattr(syncing, "_whole_volume_call", lambda: lambda one: handles.append(one) or 0)
    pending = Pending()
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        pending.renamed(str(tmp_path / name))
    pending.flush()
    assert len(handles) == 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a call of Linux")
def test_a_sync_that_fails_says_why():
    call = syncing._whole_volume_call()
    if call is None:
        pytest.skip("this C library has no syncfs")
    assert call(-1) == -1
    assert ctypes.get_errno() == errno.EBADF
