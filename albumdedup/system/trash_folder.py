"""Removed photos go into a folder that the user picked, with their folder structure."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import _
from albumdedup.core.proof import FAT_STEP_NS
from albumdedup.core.scanner import REMOVED_MARK
from albumdedup.core.types import ContentId, Stamp
from albumdedup.system.moves import (
    OWN_PREFIX,
    discard_own,
    move,
    numbered,
    partial_of,
    rename_exclusive,
)
from albumdedup.system.syncing import Pending
from albumdedup.system.trial import rehearse, sweep_tries, try_name

MARK_TEXT = b"Photos that Album Deduplicator moved here. Scans leave this folder out.\n"
SUBFOLDER = "Removed by Album Deduplicator"
_GAPS = 20
"""So many numbered names may be free before one that is taken."""
_FULL = (errno.ENOSPC, errno.EDQUOT)


class FolderTrash:
    """A trash below one folder.

    The mark makes scans leave a folder out, so it is never put beside other photos: in a folder
    that holds anything else, a sub-folder is used.
    """

    def __init__(self, target: str) -> None:
        self._target = os.path.abspath(target)
        self._proved = False
        self._pending = Pending()

    @property
    def root(self) -> str:
        """Where removed photos go."""
        if os.path.lexists(os.path.join(self._target, REMOVED_MARK)):
            return self._target
        try:
            with os.scandir(self._target) as entries:
                others = any(not entry.name.startswith(OWN_PREFIX) for entry in entries)
        except OSError:
            others = False  # not there yet, or to be told by try_volume
        return os.path.join(self._target, SUBFOLDER) if others else self._target

    def try_volume(self, path: str) -> None:
        """Make the folder with its mark, and prove that it keeps what it is given.

        Raises AlbumError(TARGET_UNUSABLE)."""
        if self._proved:
            return
        try:
            os.makedirs(self._target, exist_ok=True)
            root = self.root
            os.makedirs(root, exist_ok=True)
            mark = os.path.join(root, REMOVED_MARK)
            if not os.path.lexists(mark):
                with open(mark, "xb") as file:
                    file.write(MARK_TEXT)
            _try(root)
        except OSError as error:
            raise AlbumError(
                ErrorCode.TARGET_UNUSABLE, path=self._target, detail=error.strerror or str(error)
            ) from error
        self._proved = True

    def reserve(self, path: str) -> str | None:
        """The place that ``put`` tries first; another program may take it until then."""
        return next(c for c in numbered(self._place(path)) if not os.path.lexists(c))

    def reserve_all(self, paths: Sequence[str]) -> list[str | AlbumError | None]:
        return [self.reserve(path) for path in paths]

    def _place(self, path: str) -> str:
        drive, rest = os.path.splitdrive(os.path.abspath(path))
        safe = drive.replace(":", "").strip("\\/").replace("\\", "_").replace("/", "_")
        return os.path.join(self.root, safe, rest.lstrip("\\/"))

    def put(self, path: str, place: str | None) -> str:
        wanted = place or self.reserve(path)
        assert wanted is not None
        try:
            before = os.lstat(path)
            os.makedirs(os.path.dirname(wanted), exist_ok=True)
            where = move(path, wanted, self._pending)
            after = os.lstat(where)
        except OSError as error:
            code = ErrorCode.DISK_FULL if error.errno in _FULL else ErrorCode.TRASH_FAILED
            about = self._target if code is ErrorCode.DISK_FULL else path
            raise AlbumError(code, path=about, detail=error.strerror or str(error)) from error
        if after.st_size != before.st_size:
            raise AlbumError(ErrorCode.TRASH_FAILED, path=path, detail=_("not found there whole"))
        return where

    def flush(self) -> None:
        try:
            self._pending.flush()
        except OSError as error:
            detail = error.strerror or str(error)
            raise AlbumError(ErrorCode.TRASH_FAILED, path=self._target, detail=detail) from error

    def find(self, path: str, stamp: Stamp) -> str | None:
        """Among the numbered names of the place: the same file, else a copy with its size and
        time (file systems keep times in steps of up to 2 s)."""
        names = numbered(self._place(path))
        alike: str | None = None
        gaps = 0
        while gaps <= _GAPS:
            candidate = next(names)
            try:
                status = os.lstat(candidate)
            except OSError:
                gaps += 1  # one was put back, the next may still be here
                continue
            if status.st_size != stamp.size:
                continue
            if status.st_ino == stamp.identity.file_id:
                return candidate
            if alike is None and abs(status.st_mtime_ns - stamp.mtime_ns) <= FAT_STEP_NS:
                alike = candidate
        return alike

    def restore(self, place: str, path: str) -> str:
        if not os.path.lexists(place):
            raise AlbumError(ErrorCode.NOT_THERE, path=place)
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            return move(place, path, self._pending)
        except OSError as error:
            code = ErrorCode.DISK_FULL if error.errno in _FULL else ErrorCode.TRASH_FAILED
            raise AlbumError(code, path=path, detail=error.strerror or str(error)) from error

    def tidy(self, path: str, place: str | None) -> None:
        """Remove what an interrupted copy of ours left behind, on its way there or back."""
        discard_own(partial_of(path))
        if place is not None:
            discard_own(partial_of(place))
        else:
            sweep_tries(self.root)

    def rehearse(self, place: str, path: str) -> ContentId:
        return rehearse(place, path)

    def sweep(self, paths: Sequence[str]) -> None:
        for path in paths:
            discard_own(partial_of(path))
        sweep_tries(self.root)


def _try(root: str) -> None:
    """Write, name and read back a small file of ours. Raises OSError."""
    probe = os.path.join(root, try_name())
    named = probe + "-named"
    try:
        with open(probe, "xb") as file:
            file.write(MARK_TEXT)
            file.flush()
            os.fsync(file.fileno())
        rename_exclusive(probe, named)
        with open(named, "rb") as file:
            if file.read() != MARK_TEXT:
                raise OSError(errno.EIO, os.strerror(errno.EIO), named)
    finally:
        discard_own(probe)
        discard_own(named)
