"""Removed photos go into a folder that the user picked, with their folder structure."""

from __future__ import annotations

import errno
import os
import tempfile

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.scanner import REMOVED_MARK
from albumdedup.core.types import Stamp
from albumdedup.system.moves import discard_partial, move, numbered

MARK_TEXT = "Photos that Album Deduplicator moved here. Scans leave this folder out.\n"


class FolderTrash:
    """A trash below one folder. Raises AlbumError(TARGET_UNUSABLE) when it cannot be used."""

    def __init__(self, target: str) -> None:
        self._target = os.path.abspath(target)

    def try_volume(self, path: str) -> None:
        """Make the folder with its mark, and prove that it keeps what it is given."""
        mark = os.path.join(self._target, REMOVED_MARK)
        try:
            os.makedirs(self._target, exist_ok=True)
            if not os.path.exists(mark):
                with open(mark, "x", encoding="utf-8") as file:
                    file.write(MARK_TEXT)
            handle, probe = tempfile.mkstemp(prefix=".albumdedup-try-", dir=self._target)
            try:
                os.write(handle, b"a small file of ours")
                os.fsync(handle)
            finally:
                os.close(handle)
                os.unlink(probe)
        except OSError as error:
            raise AlbumError(
                ErrorCode.TARGET_UNUSABLE, path=self._target, detail=error.strerror
            ) from error

    def reserve(self, path: str) -> str | None:
        """The place that ``put`` tries first; another one may be taken by then."""
        for candidate in numbered(self._place(path)):
            if not os.path.lexists(candidate):
                return candidate
        return None

    def _place(self, path: str) -> str:
        drive, rest = os.path.splitdrive(os.path.abspath(path))
        safe = drive.replace(":", "").strip("\\/").replace("\\", "_").replace("/", "_")
        return os.path.join(self._target, safe, rest.lstrip("\\/"))

    def put(self, path: str, place: str | None) -> str:
        wanted = place or self._place(path)
        before = os.lstat(path)
        try:
            os.makedirs(os.path.dirname(wanted), exist_ok=True)
            where = move(path, wanted)
            after = os.lstat(where)
        except OSError as error:
            code = ErrorCode.DISK_FULL if error.errno == errno.ENOSPC else ErrorCode.TRASH_FAILED
            raise AlbumError(code, path=path, detail=error.strerror or str(error)) from error
        if after.st_size != before.st_size:
            raise AlbumError(ErrorCode.TRASH_FAILED, path=path, detail="not found there whole")
        return where

    def find(self, path: str, stamp: Stamp) -> str | None:
        """The numbered names of the place, up to the first gap."""
        for candidate in numbered(self._place(path)):
            try:
                status = os.lstat(candidate)
            except OSError:
                return None
            if (status.st_size, status.st_mtime_ns) == (stamp.size, stamp.mtime_ns):
                return candidate
        return None

    def restore(self, place: str, path: str) -> str:
        if not os.path.lexists(place):
            raise AlbumError(ErrorCode.NOT_THERE, path=place)
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            return move(place, path)
        except OSError as error:
            raise AlbumError(
                ErrorCode.TRASH_FAILED, path=place, detail=error.strerror or str(error)
            ) from error

    def tidy(self, path: str, place: str | None) -> None:
        """Remove what an interrupted copy of ours left behind."""
        if place is not None:
            discard_partial(place)
