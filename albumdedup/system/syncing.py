"""Bringing names and bytes to the disk, so that a power cut cannot take them back."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Callable
from functools import lru_cache

_CANNOT_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.EACCES, errno.EPERM, errno.EROFS)


def sync_file(path: str) -> None:
    """Bring a file's bytes and times to the disk, where the platform can without writing."""
    if os.name == "nt":  # pragma: no cover - a handle that may write would be needed
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: str) -> None:
    """Make a rename in this folder survive a power cut, where platform and rights allow."""
    if os.name == "nt":  # pragma: no cover - NTFS journals names by itself
        return
    try:
        handle = os.open(folder or ".", os.O_RDONLY)
    except OSError as error:
        if error.errno in _CANNOT_SYNC:
            return
        raise
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise
    finally:
        os.close(handle)


class Pending:
    """What was written or renamed, and is not on the disk yet.

    On Linux one ``syncfs`` for each volume brings it there, whatever the number of files and
    folders; elsewhere each file and folder is synced.
    """

    def __init__(self) -> None:
        self._folders: dict[str, None] = {}
        self._files: dict[str, None] = {}

    def renamed(self, *folders: str) -> None:
        """A name came to, or went from, these folders."""
        self._folders.update(dict.fromkeys(folders))

    def written(self, path: str) -> None:
        """A file of ours was written, and will keep this name."""
        self._files[path] = None
        self.renamed(os.path.dirname(path))

    def flush(self) -> None:
        """Raises OSError; then nothing is promised about what was pending."""
        folders, files = list(self._folders), list(self._files)
        self._folders.clear()
        self._files.clear()
        call = _whole_volume_call()
        if call is None:
            for file in files:
                sync_file(file)
            for folder in folders:
                if os.path.isdir(folder):
                    sync_folder(folder)
            return
        for folder in _one_per_volume(folders):
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                if call(handle) != 0:
                    code = ctypes.get_errno()
                    raise OSError(code, os.strerror(code), folder)
            finally:
                os.close(handle)


def _one_per_volume(folders: list[str]) -> list[str]:
    """A folder that may be opened for each volume; of folders that are gone nothing is pending."""
    first: dict[int, str] = {}
    for folder in folders:
        try:
            volume = os.stat(folder).st_dev
        except OSError:
            continue
        if volume not in first and os.access(folder, os.R_OK):
            first[volume] = folder
    return list(first.values())


@lru_cache(maxsize=1)
def _whole_volume_call() -> Callable[[int], int] | None:
    if not sys.platform.startswith("linux"):  # pragma: no cover - a call of Linux
        return None
    call = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    return None if call is None else lambda handle: int(call(handle))
