"""The trash of Linux desktops: freedesktop.org Trash specification 1.0.

Our own, so that the place in the trash is known, and journalled, before the photo moves.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote_to_bytes

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import _
from albumdedup.core.types import ContentId, Stamp
from albumdedup.system.moves import (
    OWN_PREFIX,
    discard_own,
    move,
    numbered,
    partial_of,
    regular,
    rename_exclusive,
    rename_numbered,
)
from albumdedup.system.syncing import Pending
from albumdedup.system.trial import rehearse, sweep_tries, try_name, try_with_own_file
from albumdedup.system.volumes import top_folder

_INFO = ".trashinfo"
_NAME_ROOM = 255 - len(_INFO)
_ALIKE = 20
"""So many first characters of a name's stem are the same in the trash, whatever its number."""


@dataclass(frozen=True, slots=True)
class Bin:
    """One trash directory. Paths in it are told relative to ``top``, or absolute without."""

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
        shown = path if self.top is None else os.path.relpath(_real(path), self.top)
        return quote(os.fsencode(shown))

    def original(self, told: str) -> str:
        path = os.fsdecode(unquote_to_bytes(told))
        return path if self.top is None else os.path.join(self.top, path)


def _real(path: str) -> str:
    """Links among the folders resolved; the file itself is not followed."""
    folder, name = os.path.split(os.path.abspath(path))
    return os.path.join(os.path.realpath(folder), name)


def home_bin() -> Bin:
    """The user's own trash. It need not exist yet."""
    data = os.environ.get("XDG_DATA_HOME", "")
    if not os.path.isabs(data):  # the specification of base directories asks to ignore it then
        data = os.path.expanduser("~/.local/share")
    return Bin(os.path.join(data, "Trash"), None)


class FreedesktopTrash:
    """The home trash, and ``.Trash/$uid`` or ``.Trash-$uid`` on other volumes."""

    def __init__(self) -> None:
        self._bins: dict[str, Bin] = {}
        self._pending = Pending()
        self._emptied: list[tuple[str, str]] = []
        self._tried: dict[str, AlbumError | None] = {}

    def _bin(self, path: str) -> Bin:
        """The trash of this path's volume. Raises OSError."""
        folder = os.path.dirname(os.path.abspath(path))
        if folder not in self._bins:
            self._bins[folder] = _choose(top_folder(folder))
        return self._bins[folder]

    def try_volume(self, path: str) -> None:
        folder = os.path.dirname(os.path.abspath(path))
        try:
            place = self._bin(path)
            if place.base not in self._tried:
                _prepare(place)
                self._tried[place.base] = try_with_own_file(self, folder)
        except OSError as error:
            raise _failure(folder, error) from error
        failed = self._tried[place.base]
        if failed is not None:
            raise AlbumError(failed.code, **{**failed.facts, "path": folder})

    def reserve(self, path: str) -> str | None:
        place = self.reserve_all([path])[0]
        if isinstance(place, AlbumError):
            raise place
        return place

    def reserve_all(self, paths: Sequence[str]) -> list[str | AlbumError | None]:
        """Take names by creating each ``.trashinfo`` exclusively, as the specification asks."""
        notes = Pending()
        places = [self._reserve(path, notes) for path in paths]
        try:
            notes.flush()
        except OSError as error:
            failed = [_failure(path, error) for path in paths]
            for path, place in zip(paths, places, strict=True):
                if isinstance(place, str):
                    self.tidy(path, place)
            return list(failed)
        return places

    def _reserve(self, path: str, notes: Pending) -> str | AlbumError | None:
        path = os.path.abspath(path)
        try:
            place = self._bin(path)
            wanted = os.path.join(place.files, os.path.basename(path))
            when = datetime.now().strftime("%Y-%m-%dT%H:%M:%S")
            text = f"[Trash Info]\nPath={place.told(path)}\nDeletionDate={when}\n"
            note = os.path.join(place.info, try_name())
            try:
                _write_note(note, text)
                named = _named(note, numbered(wanted, _NAME_ROOM))
            except BaseException:
                discard_own(note)
                raise
        except OSError as error:
            return _failure(path, error)
        notes.written(_info_of(named))
        return named

    def put(self, path: str, place: str | None) -> str:
        where = place or self.reserve(path)
        assert where is not None
        try:
            before = regular(path)
            rename_exclusive(path, where)
            self._pending.renamed(os.path.dirname(where), os.path.dirname(path))
            after = os.lstat(where)
        except OSError as error:
            if os.path.lexists(path):
                self.tidy(path, where)
            raise _failure(path, error) from error
        if (after.st_ino, after.st_size) != (before.st_ino, before.st_size):
            raise AlbumError(ErrorCode.TRASH_FAILED, path=path, detail=_("it is not there whole"))
        return where

    def find(self, path: str, stamp: Stamp) -> str | None:
        wanted = {os.path.abspath(path), _real(path)}
        stem = os.path.splitext(os.path.basename(path))[0]
        for place in self._candidates(path):
            for told, file in _entries(place, stem[:_ALIKE]):
                try:
                    status = os.lstat(file)
                except OSError:
                    continue  # a note without a file
                same = (status.st_ino, status.st_size) == (stamp.identity.file_id, stamp.size)
                if same and place.original(told) in wanted:
                    return file
        return None

    def _candidates(self, path: str) -> Iterator[Bin]:
        """Where a file of this path may have gone: its volume's trash, and the home trash."""
        home = home_bin()
        yield home
        try:
            near = self._bin(path)
        except OSError:
            return
        if near != home:
            yield near

    def restore(self, place: str, path: str) -> str:
        if not os.path.lexists(place):
            raise AlbumError(ErrorCode.NOT_THERE, path=place)
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            where = move(place, path, self._pending)
        except OSError as error:
            raise _failure(path, error) from error
        self._emptied.append((path, place))
        return where

    def flush(self) -> None:
        """A note is removed when its file is surely out of the trash."""
        try:
            self._pending.flush()
        except OSError as error:
            raise _failure(str(error.filename or home_bin().base), error) from error
        for path, place in self._emptied:
            self.tidy(path, place)
        self._emptied.clear()

    def tidy(self, path: str, place: str | None) -> None:
        """Remove our note of a file that is not in the trash (any more); without a place, what a
        try or a reservation for this path left behind."""
        if place is None:
            self.sweep([path])
            return
        discard_own(partial_of(path))
        if not os.path.lexists(place):
            discard_own(_info_of(place))

    def rehearse(self, place: str, path: str) -> ContentId:
        return rehearse(place, path)

    def sweep(self, paths: Sequence[str]) -> None:
        wanted = {spelt for path in paths for spelt in (os.path.abspath(path), _real(path))}
        folders = dict.fromkeys(os.path.dirname(os.path.abspath(path)) for path in paths)
        for folder in folders:
            sweep_tries(folder)
        bins = {place: None for folder in folders for place in self._candidates(folder + "/photo")}
        for place in bins:
            sweep_tries(place.files)
            sweep_tries(place.info)
            for told, file in _entries(place):
                original = place.original(told)
                ours = original in wanted or os.path.basename(original).startswith(OWN_PREFIX)
                if ours and not os.path.lexists(file):
                    discard_own(_info_of(file))


def _choose(top: str) -> Bin:
    """The trash for a volume that is mounted at ``top``."""
    home = home_bin()
    if top_folder(home.base) == top:
        return home
    user = str(os.getuid())
    shared = os.path.join(top, ".Trash")
    try:
        status = os.lstat(shared)
        if stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX:
            return Bin(os.path.join(shared, user), top)
    except OSError:
        pass  # no shared trash on this volume: the user's own is next
    return Bin(os.path.join(top, f".Trash-{user}"), top)


def _prepare(place: Bin) -> None:
    """Make the folders of a trash; refuse one that is a link or another user's. OSError."""
    os.makedirs(os.path.dirname(place.base), exist_ok=True)
    for folder in (place.base, place.files, place.info):
        try:
            os.mkdir(folder, 0o700)
        except FileExistsError:
            status = os.lstat(folder)
            if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
                raise OSError(
                    0, _("its trash folder is a link or belongs to somebody else"), folder
                ) from None


def _write_note(note: str, text: str) -> None:
    """Whole before it gets its name: a killed program leaves no empty note."""
    with os.fdopen(os.open(note, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(text.encode("ascii"))


def _named(note: str, candidates: Iterator[str]) -> str:
    """Give the note the first free name; returns the place that it reserves."""
    free = (candidate for candidate in candidates if not os.path.lexists(candidate))
    named = rename_numbered(note, map(_info_of, free))
    return _place_of(named)


def _entries(place: Bin, beginning: str = "") -> Iterator[tuple[str, str]]:
    """The Path= value and the file of each note, of those whose name begins so."""
    try:
        names = sorted(os.listdir(place.info))
    except OSError:
        return
    for name in names:
        if not (name.endswith(_INFO) and name.startswith(beginning)):
            continue
        try:
            with open(
                os.path.join(place.info, name), encoding="ascii", errors="replace", newline="\n"
            ) as note:
                told = next((line[5:].rstrip("\n") for line in note if line[:5] == "Path="), "")
        except OSError:
            continue  # another program took it out meanwhile
        yield told, os.path.join(place.files, name.removesuffix(_INFO))


def _info_of(place: str) -> str:
    folder, name = os.path.split(place)
    return os.path.join(os.path.dirname(folder), "info", name + _INFO)


def _place_of(note: str) -> str:
    folder, name = os.path.split(note)
    return os.path.join(os.path.dirname(folder), "files", name.removesuffix(_INFO))


def _failure(path: str, error: OSError) -> AlbumError:
    return AlbumError(ErrorCode.TRASH_FAILED, path=path, detail=error.strerror or str(error))
