"""The trash of Linux desktops: freedesktop.org Trash specification 1.0.

Our own, so that the place in the trash is known, and journalled, before the photo moves.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.types import Stamp
from albumdedup.system.moves import move, numbered, rename_exclusive, sync_folder


@dataclass(frozen=True, slots=True)
class _Bin:
    """One trash directory; paths in it are told relative to ``top``, or absolute without."""

    base: str
    top: str | None

    @property
    def files(self) -> str:
        return os.path.join(self.base, "files")

    @property
    def info(self) -> str:
        return os.path.join(self.base, "info")

    def told(self, path: str) -> str:
        """The Path= value: percent-encoded bytes."""
        shown = path if self.top is None else os.path.relpath(path, self.top)
        return quote(os.fsencode(shown))

    def original(self, told: str) -> str:
        path = os.fsdecode(unquote_bytes(told))
        return path if self.top is None else os.path.join(self.top, path)


def unquote_bytes(text: str) -> bytes:
    return unquote(text, encoding="latin-1").encode("latin-1")


def home_bin() -> _Bin:
    data = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
    return _Bin(os.path.join(data, "Trash"), None)


def _mount_of(path: str) -> str:
    folder = os.path.realpath(path)
    while not os.path.ismount(folder):
        folder = os.path.dirname(folder)
    return folder


def _volume_of(path: str) -> int:
    while not os.path.exists(path):
        path = os.path.dirname(path)
    return os.stat(path).st_dev


class FreedesktopTrash:
    """The home trash, and ``.Trash/$uid`` or ``.Trash-$uid`` on other volumes."""

    def __init__(self) -> None:
        self._bins: dict[int, _Bin] = {}
        self._tried: dict[str, str] = {}

    def _bin(self, path: str) -> _Bin:
        folder = os.path.dirname(os.path.abspath(path))
        volume = _volume_of(folder)
        if volume not in self._bins:
            self._bins[volume] = self._choose(folder, volume)
        return self._bins[volume]

    def _choose(self, folder: str, volume: int) -> _Bin:
        home = home_bin()
        if _volume_of(home.base) == volume:
            return home
        top, user = _mount_of(folder), str(os.getuid())
        shared = os.path.join(top, ".Trash")
        try:
            status = os.lstat(shared)
            if stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX:
                return _Bin(os.path.join(shared, user), top)
        except OSError:
            pass  # no shared trash on this volume: the user's own is next
        return _Bin(os.path.join(top, f".Trash-{user}"), top)

    def _candidates(self, path: str) -> Iterator[_Bin]:
        yield self._bin(path)
        yield home_bin()

    def try_volume(self, path: str) -> None:
        place = self._bin(path)
        if place.base not in self._tried:
            self._tried[place.base] = _try(place)
        if self._tried[place.base]:
            raise AlbumError(
                ErrorCode.TRASH_FAILED, path=os.path.dirname(path), detail=self._tried[place.base]
            )

    def reserve(self, path: str) -> str | None:
        """Take a name by creating its ``.trashinfo`` exclusively, as the specification asks."""
        place = self._bin(path)
        text = (
            f"[Trash Info]\nPath={place.told(path)}\n"
            f"DeletionDate={datetime.now().strftime('%Y-%m-%dT%H:%M:%S')}\n"
        )
        name = os.path.basename(path)
        room = 255 - len(b".trashinfo")
        if len(os.fsencode(name)) > room:
            stem, suffix = os.path.splitext(name)
            keep = max(1, room - len(os.fsencode(suffix)))
            name = os.fsdecode(os.fsencode(stem)[:keep]) + suffix
        for candidate in numbered(os.path.join(place.files, name)):
            if os.path.lexists(candidate):
                continue
            info = _info_of(candidate)
            try:
                handle = os.open(info, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            except FileExistsError:
                continue
            except OSError as error:
                raise _failure(path, error) from error
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            return candidate
        return None

    def put(self, path: str, place: str | None) -> str:
        where = place or self.reserve(path)
        assert where is not None
        before = os.lstat(path)
        try:
            rename_exclusive(path, where)
            sync_folder(os.path.dirname(where))
            sync_folder(os.path.dirname(path))
            after = os.lstat(where)
        except OSError as error:
            if os.path.lexists(path):
                self.tidy(path, where)
            raise _failure(path, error) from error
        if (after.st_ino, after.st_size) != (before.st_ino, before.st_size):
            raise AlbumError(ErrorCode.TRASH_FAILED, path=path, detail="not found there whole")
        return where

    def find(self, path: str, stamp: Stamp) -> str | None:
        for place in self._candidates(path):
            try:
                names = os.listdir(place.info)
            except OSError:
                continue
            for name in names:
                found = self._matches(place, name, path, stamp)
                if found is not None:
                    return found
        return None

    def _matches(self, place: _Bin, name: str, path: str, stamp: Stamp) -> str | None:
        file = os.path.join(place.files, name.removesuffix(".trashinfo"))
        try:
            status = os.lstat(file)
            with open(os.path.join(place.info, name), encoding="ascii", errors="replace") as info:
                told = next((line[5:].strip() for line in info if line.startswith("Path=")), "")
        except OSError:
            return None
        same = (status.st_ino, status.st_size) == (stamp.identity.file_id, stamp.size)
        return file if same and place.original(told) == path else None

    def restore(self, place: str, path: str) -> str:
        if not os.path.lexists(place):
            raise AlbumError(ErrorCode.NOT_THERE, path=place)
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            where = move(place, path)
        except OSError as error:
            raise _failure(place, error) from error
        self.tidy(path, place)
        return where

    def tidy(self, path: str, place: str | None) -> None:
        """Remove our ``.trashinfo`` of a file that is not in the trash (any more)."""
        if place is None or os.path.lexists(place):
            return
        try:
            os.unlink(_info_of(place))
        except FileNotFoundError:
            return


def _info_of(place: str) -> str:
    folder, name = os.path.split(place)
    return os.path.join(os.path.dirname(folder), "info", name + ".trashinfo")


def _failure(path: str, error: OSError) -> AlbumError:
    return AlbumError(ErrorCode.TRASH_FAILED, path=path, detail=error.strerror or str(error))


def _try(place: _Bin) -> str:
    """Put a small file of ours through a trash directory; the reason where it fails."""
    try:
        os.makedirs(place.base, mode=0o700, exist_ok=True)
        if os.path.islink(place.base) or os.lstat(place.base).st_uid != os.getuid():
            return "the trash folder belongs to somebody else"
        for folder in (place.files, place.info):
            os.makedirs(folder, mode=0o700, exist_ok=True)
        handle, probe = tempfile.mkstemp(prefix="albumdedup-try-", dir=place.base)
        os.write(handle, b"a small file of ours")
        os.close(handle)
        inside = os.path.join(place.files, os.path.basename(probe))
        rename_exclusive(probe, inside)
        whole = os.lstat(inside).st_size == len(b"a small file of ours")
        os.unlink(inside)
    except OSError as error:
        return error.strerror or str(error)
    return "" if whole else "it does not keep what it is given"
