"""The trash that a clean-up uses: the platform's, or a folder that the user picked."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import _
from albumdedup.core.ports import Trash
from albumdedup.core.types import ContentId, Stamp
from albumdedup.system.moves import discard_own, move, partial_of, regular
from albumdedup.system.syncing import Pending
from albumdedup.system.trash_folder import FolderTrash
from albumdedup.system.trash_freedesktop import FreedesktopTrash
from albumdedup.system.trial import rehearse, sweep_tries, try_with_own_file


def open_trash(target: str | None) -> Trash:
    """The trash for a clean-up. Touches no disk: ``try_volume`` tells whether it is usable."""
    if target is not None:
        return FolderTrash(target)
    if sys.platform in ("win32", "darwin"):
        return QtTrash()
    return FreedesktopTrash()


class QtTrash:
    """Recycle Bin and macOS Trash through Qt, which tells where a file went.

    Only the operating system knows the place before the move, so ``reserve`` gives none and
    ``find`` looks through the bins for the same file.
    """

    def __init__(self) -> None:
        self._tried: dict[int, AlbumError | None] = {}
        self._pending = Pending()

    def try_volume(self, path: str) -> None:
        folder = os.path.dirname(os.path.abspath(path))
        try:
            volume = os.stat(folder).st_dev
        except OSError as error:
            raise _failure(folder, error.strerror or str(error)) from error
        if volume not in self._tried:
            self._tried[volume] = try_with_own_file(self, folder)
        failed = self._tried[volume]
        if failed is not None:
            raise AlbumError(failed.code, **{**failed.facts, "path": folder})

    def reserve(self, path: str) -> str | None:
        return None

    def reserve_all(self, paths: Sequence[str]) -> list[str | AlbumError | None]:
        return [None for _path in paths]

    def put(self, path: str, place: str | None) -> str:
        from PySide6.QtCore import QFile

        try:
            before = regular(path)
        except OSError as error:
            raise _failure(path, error.strerror or str(error)) from error
        file = QFile(path)  # the static overload gives a bare bool in some versions
        if not file.moveToTrash():
            raise _failure(path, file.errorString() or _("the system refused it"))
        where = file.fileName()
        self._pending.renamed(os.path.dirname(path), os.path.dirname(where))
        try:
            after = os.lstat(where)
        except OSError as error:
            raise _failure(path, _("it is not found there")) from error
        if after.st_size != before.st_size:
            raise _failure(path, _("it is not there whole"))
        return where

    def find(self, path: str, stamp: Stamp) -> str | None:
        for folder in _bins(path):
            for place in _files_below(folder):
                try:
                    status = os.lstat(place)
                except OSError:
                    continue  # taken out of the bin meanwhile
                same = (status.st_dev, status.st_ino) == (
                    stamp.identity.volume, stamp.identity.file_id,
                )  # fmt: skip
                if same and status.st_size == stamp.size:
                    return place
        return None

    def restore(self, place: str, path: str) -> str:
        if not os.path.lexists(place):
            raise AlbumError(ErrorCode.NOT_THERE, path=place)
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            where = move(place, path, self._pending)
        except OSError as error:
            raise _failure(path, error.strerror or str(error)) from error
        self.tidy(path, place)
        return where

    def flush(self) -> None:
        try:
            self._pending.flush()
        except OSError as error:
            raise _failure(str(error.filename or ""), error.strerror or str(error)) from error

    def rehearse(self, place: str, path: str) -> ContentId:
        return rehearse(place, path)

    def sweep(self, paths: Sequence[str]) -> None:
        for path in paths:
            discard_own(partial_of(path))
        for folder in dict.fromkeys(os.path.dirname(os.path.abspath(path)) for path in paths):
            sweep_tries(folder)

    def tidy(self, path: str, place: str | None) -> None:
        """Windows keeps a note ``$I…`` beside each file ``$R…`` of the bin; it goes along."""
        discard_own(partial_of(path))
        if place is None:
            sweep_tries(os.path.dirname(os.path.abspath(path)))
            return
        if os.path.lexists(place):
            return
        folder, name = os.path.split(place)
        if name.startswith("$R"):
            discard_own(os.path.join(folder, "$I" + name[2:]))


def _failure(path: str, detail: str) -> AlbumError:
    return AlbumError(ErrorCode.TRASH_FAILED, path=path, detail=detail)


def _files_below(folder: str) -> Iterator[str]:
    for inner, _folders, names in os.walk(folder):
        for name in names:
            yield os.path.join(inner, name)


def _bins(path: str) -> list[str]:
    if sys.platform == "win32":
        return [os.path.join(os.path.splitdrive(path)[0] + os.sep, "$Recycle.Bin")]
    mount = os.path.dirname(os.path.abspath(path))
    while not os.path.ismount(mount):
        mount = os.path.dirname(mount)
    return [os.path.expanduser("~/.Trash"), os.path.join(mount, ".Trashes", str(os.getuid()))]
