"""The trash that a clean-up uses: the platform's, or a folder that the user picked."""

from __future__ import annotations

import os
import sys
import tempfile

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.ports import Trash
from albumdedup.core.types import Stamp
from albumdedup.system.trash_folder import FolderTrash
from albumdedup.system.trash_freedesktop import FreedesktopTrash


def open_trash(target: str | None) -> Trash:
    """The trash for a clean-up. Raises AlbumError(TARGET_UNUSABLE)."""
    if target is not None:
        return FolderTrash(target)
    if sys.platform in ("win32", "darwin"):
        return QtTrash()
    return FreedesktopTrash()


class QtTrash(FolderTrash):
    """Recycle Bin and macOS Trash through Qt, which tells where a file went.

    Only the operating system knows the place before the move, so ``reserve`` gives none and
    ``find`` looks through the bins for the same file.
    """

    def __init__(self) -> None:  # a FolderTrash without a folder: restoring is the same
        self._tried: dict[int, str] = {}

    def try_volume(self, path: str) -> None:
        folder = os.path.dirname(path)
        volume = os.stat(folder).st_dev
        if volume not in self._tried:
            self._tried[volume] = self._try(folder)
        if self._tried[volume]:
            raise AlbumError(ErrorCode.TRASH_FAILED, path=folder, detail=self._tried[volume])

    def _try(self, folder: str) -> str:
        handle, probe = tempfile.mkstemp(prefix="albumdedup-try-", dir=folder)
        os.write(handle, b"a small file of ours")
        os.close(handle)
        try:
            place = self.put(probe, None)
            os.unlink(place)
        except (AlbumError, OSError) as error:
            if os.path.exists(probe):
                os.unlink(probe)
            return str(error)
        return ""

    def reserve(self, path: str) -> str | None:
        return None

    def put(self, path: str, place: str | None) -> str:
        from PySide6.QtCore import QFile

        before = os.lstat(path)
        moved, where = QFile.moveToTrash(path)
        if not moved or not where:
            raise AlbumError(ErrorCode.TRASH_FAILED, path=path, detail="the system refused")
        if not os.path.exists(where) or os.lstat(where).st_size != before.st_size:
            raise AlbumError(ErrorCode.TRASH_FAILED, path=path, detail="not found in the trash")
        return str(where)

    def find(self, path: str, stamp: Stamp) -> str | None:
        for bin_folder in _bins(path):
            for folder, _, names in os.walk(bin_folder):
                for name in names:
                    place = os.path.join(folder, name)
                    status = os.lstat(place)
                    same = (status.st_dev, status.st_ino) == (
                        stamp.identity.volume, stamp.identity.file_id,
                    )  # fmt: skip
                    if same and status.st_size == stamp.size:
                        return place
        return None

    def tidy(self, path: str, place: str | None) -> None:
        return None


def _bins(path: str) -> list[str]:
    if sys.platform == "darwin":
        mount = path
        while not os.path.ismount(mount):
            mount = os.path.dirname(mount)
        return [os.path.expanduser("~/.Trash"), os.path.join(mount, ".Trashes", str(os.getuid()))]
    return [os.path.join(os.path.splitdrive(path)[0] + os.sep, "$Recycle.Bin")]
