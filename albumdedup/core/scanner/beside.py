"""Files beside photos that may belong to one of them: films, sidecars, RAW."""

from __future__ import annotations

import os
import stat
from functools import partial
from typing import TYPE_CHECKING

from albumdedup.core.formats import APPLE_DOUBLE, RAW_SUFFIXES, companion_kind
from albumdedup.core.patience import NoAnswer
from albumdedup.core.scanner.looking import listed
from albumdedup.core.scanner.stamps import found_file
from albumdedup.core.types import CompanionKind, FoundFile
from albumdedup.core.units.names import FolderNames, burst, suffix

if TYPE_CHECKING:
    from albumdedup.core.scanner import Walk


class Beside:
    """The candidates of one folder, told once all its photos are known."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._waiting: list[os.DirEntry[str]] = []
        self.photos: list[str] = []
        """Names of the folder's photos that are no RAW; ``photo`` adds to them."""
        self._raw: list[FoundFile] = []

    def take(self, entry: os.DirEntry[str]) -> bool:
        """Whether a file is no photo but may belong to one; then ``settle`` counts it."""
        kind = companion_kind(entry.name)
        if kind is None or kind is CompanionKind.RAW:
            return False
        self._waiting.append(entry)
        return True

    def photo(self, name: str, found: FoundFile) -> None:
        if suffix(name) in RAW_SUFFIXES:
            self._raw.append(found)
        self.photos.append(name)

    def of_one(self, found: FoundFile) -> None:
        """What lies beside a photo that was named itself; the rest was not asked for."""
        folder, name = os.path.split(found.path)
        self.photo(name, found)
        try:
            for entry in self._walk.ask(found.stamp.identity.volume, partial(listed, folder)):
                self.take(entry)
        except OSError:
            return  # a folder may be closed to listing though its files are not
        except NoAnswer:
            self._walk.silent(folder)
            return
        self.settle(counted=False)

    def settle(self, *, counted: bool = True) -> None:
        """Give the walk what may belong to a photo, and count the rest as passed over."""
        if not self.photos:
            self._count(self._waiting)
        if not self.photos or not (self._waiting or self._raw):
            return
        films = [e.name for e in self._waiting if companion_kind(e.name) is CompanionKind.FILM]
        names = FolderNames(self.photos, films)
        developed = FolderNames(n for n in self.photos if suffix(n) not in RAW_SUFFIXES)
        told = {entry.name for entry in self._waiting} | set(self.photos)
        for found in self._raw:
            name = os.path.basename(found.path)
            if developed.may_own(name) or burst(name) is not None:
                self._walk.companions.append(found)
        for entry in self._waiting:
            double = entry.name.startswith(APPLE_DOUBLE)
            owned = entry.name[2:] in told if double else names.may_own(entry.name)
            if not owned and counted:
                self._count([entry])
            if owned or companion_kind(entry.name) is CompanionKind.FILM:
                self._add(entry)

    def _add(self, entry: os.DirEntry[str]) -> None:
        try:
            status = os.lstat(entry.path) if os.name == "nt" else entry.stat(follow_symlinks=False)
        except OSError:
            return  # gone in this moment: the next walk tells
        if not stat.S_ISREG(status.st_mode):
            return  # one that is only in the cloud still belongs to its photo
        self._walk.companions.append(found_file(entry.path, status))

    def _count(self, entries: list[os.DirEntry[str]]) -> None:
        for entry in entries:
            hidden = entry.name.startswith(".")
            self._walk.skipped["hidden" if hidden else "other_file"] += 1
