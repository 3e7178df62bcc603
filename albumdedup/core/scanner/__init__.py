"""Walk folders: sorted, once per file on disk, and every file passed over is counted."""

from __future__ import annotations

import os
import stat
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from albumdedup.core.control import Control
from albumdedup.core.errors import AlbumError, Cancelled
from albumdedup.core.formats import (
    OTHER_SUFFIXES,
    PHOTO_SUFFIXES,
    RAW_SUFFIXES,
    sniff,
)
from albumdedup.core.patience import NoAnswer, Patience, Tell
from albumdedup.core.ports import KnownFile
from albumdedup.core.scanner.beside import Beside
from albumdedup.core.scanner.looking import (
    by_name,
    first_look,
    head_of,
    is_junction,
    listed,
    looked_at,
    reason_of,
    with_status,
)
from albumdedup.core.scanner.places import (
    REMOVED_MARK,
    TELLS_HIDDEN,
    above,
    fold,
    inside_bin,
    is_hidden,
    is_placeholder,
    is_stub,
    left_out,
    parts_of,
)
from albumdedup.core.scanner.stamps import found_file
from albumdedup.core.types import FoundFile, Problem, Reason

__all__ = [
    "REMOVED_MARK", "Walk", "fold", "found_file", "inside_bin", "is_placeholder", "scan",
]  # fmt: skip

_LISTING_TELLS = os.name != "nt"
"""Whether a listing of a folder has the file ids; on Windows each file is asked for its own."""

_ALONE = PHOTO_SUFFIXES - RAW_SUFFIXES
"""Photos that are never another one's companion."""

_PIECE = 1000
"""Entries of a folder that are asked about at once."""

R = TypeVar("R")


@dataclass
class Walk:
    """One walk. Iterate it once, over the files that are not as they are ``known``, and over
    known ones whose volume is numbered anew; the rest is filled while it goes.

    ``unchanged`` are the paths of the others: they are most, and nothing else is made of them.
    ``skipped`` counts what was passed over, by kind; ``incomplete`` holds the paths that could
    not be walked whole, so that nothing below them may be called gone. ``companions`` are files
    beside photos that may belong to one of them.
    """

    roots: Sequence[str]
    control: Control
    known: Mapping[str, KnownFile]
    told: Callable[[int, str], None] | None = None
    """Told of each folder, with the number of files so far."""
    patience: Patience = field(default_factory=Patience)
    """Asks the drives; it is closed at the end of the walk."""
    unchanged: list[str] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    missing_roots: list[str] = field(default_factory=list)
    incomplete: set[str] = field(default_factory=set)
    companions: list[FoundFile] = field(default_factory=list)
    _seen: dict[int, set[int]] = field(default_factory=dict)
    _yielded: int = 0

    def uncertain(self, path: str) -> bool:
        """Whether a path lies where the walk could not look."""
        if not self.incomplete:
            return False
        return path in self.incomplete or any(f in self.incomplete for f in above(path))

    def ask(self, volume: int | None, act: Callable[[Tell], R]) -> R:
        """Raises NoAnswer where the drive is silent, Cancelled, and what ``act`` raises."""
        return self.patience.ask(volume, act, lambda: self.control.cancelled)

    def __iter__(self) -> Iterator[FoundFile]:
        try:
            for number, root in enumerate(self.roots):
                try:
                    status, link, real = self.ask(-1 - number, partial(looked_at, root))
                except OSError:
                    self._missing(root)
                    continue
                except NoAnswer:
                    self.silent(root)
                    continue
                yield from self._root(root, status, link, real)
        finally:
            self.patience.close()

    def _root(
        self, root: str, status: os.stat_result, link: bool, real: str
    ) -> Iterator[FoundFile]:
        folder = stat.S_ISDIR(status.st_mode)
        kinds = (left_out(part) for part in parts_of(real))
        kind = next(filter(None, kinds), "link" if link and not folder else None)
        if kind is not None:
            self.skipped[kind] += 1
        elif folder:
            yield from self._folder(root, status)
        else:
            found = self._file(root, os.path.basename(root), status)
            if found is not None:
                Beside(self).of_one(found)
                yield from self._new(found)

    def _missing(self, root: str) -> None:
        self.missing_roots.append(root)
        self.incomplete.add(root)

    def _folder(self, top: str, status: os.stat_result) -> Iterator[FoundFile]:
        stack = [top]
        while stack:
            folder = stack.pop()
            self.control.checkpoint()
            try:
                entries = self.ask(status.st_dev, partial(listed, folder))
            except OSError as error:
                self._fail(folder, error)
                continue
            except NoAnswer:
                self.silent(folder)
                continue
            if not entries and folder == top and self._was_a_drive(top, status):
                self._missing(top)
                return
            mark = bisect_left(entries, REMOVED_MARK, key=by_name)
            if mark < len(entries) and entries[mark].name == REMOVED_MARK:
                self.skipped["removed_before"] += 1
                continue
            below = []
            beside = Beside(self)
            for entry in self._known_of(folder, entries, status.st_dev):
                try:
                    if self._is_unchanged(entry):
                        beside.photos.append(entry.name)
                    elif entry.is_symlink() or is_junction(entry):
                        self.skipped["link"] += 1
                    elif entry.is_dir(follow_symlinks=False):
                        if self._enter(entry):
                            below.append(entry.path)
                    elif not beside.take(entry):
                        found = self._file(entry.path, entry.name, None, entry)
                        if found is not None:
                            beside.photo(entry.name, found)
                            yield from self._new(found)
                except OSError as error:
                    self._fail(entry.path, error)
            beside.settle()
            if self.told is not None:
                self.told(len(self.unchanged) + self._yielded, folder)
            stack.extend(reversed(below))

    def _known_of(
        self, folder: str, entries: list[os.DirEntry[str]], volume: int
    ) -> Iterator[os.DirEntry[str]]:
        """Hand them out in order, each with its status in it, and keep none: a folder may have a
        million. Those behind a silence are not handed out."""
        entries.reverse()
        while entries:
            piece = entries[-_PIECE:]
            del entries[-_PIECE:]
            try:
                self.ask(volume, partial(with_status, piece))
            except NoAnswer:
                self.silent(folder)
                return
            while piece:
                yield piece.pop()

    def _is_unchanged(self, entry: os.DirEntry[str]) -> bool:
        """The short way for most files of a rescan; what it does not take, the long way judges."""
        known = self.known.get(entry.path)
        if known is None or not _LISTING_TELLS or not entry.is_file(follow_symlinks=False):
            return False
        name = entry.name
        if name[0] == "." or name[name.rfind(".") :].lower() not in _ALONE:
            return False
        status = entry.stat(follow_symlinks=False)
        if (
            status.st_mtime_ns != known.mtime_ns
            or status.st_size != known.size
            or status.st_ino != known.file_id
            or status.st_dev != known.volume
            or (TELLS_HIDDEN and (is_hidden(status) or is_placeholder(status)))
            or self._met(status)
        ):
            return False
        self.unchanged.append(entry.path)
        return True

    def _met(self, status: os.stat_result) -> bool:
        """Whether this file came before, under another path; from now on it has."""
        seen = self._seen.get(status.st_dev)
        if seen is None:
            seen = self._seen[status.st_dev] = set()
        number = status.st_ino
        if number in seen and number:  # some file systems number nothing
            return True
        seen.add(number)
        return False

    def _new(self, found: FoundFile) -> Iterator[FoundFile]:
        known = self.known.get(found.path)
        if known is not None and known.stamp == found.stamp:
            self.unchanged.append(found.path)
        else:
            self._yielded += 1
            yield found

    def _was_a_drive(self, root: str, status: os.stat_result) -> bool:
        """Whether an empty folder is where a drive used to be mounted: it lies on the volume of
        the folder around it, and the photos that were known below it lay on another."""
        inside = os.path.join(root, "")
        known = next((k for path, k in self.known.items() if path.startswith(inside)), None)
        if known is None or known.size < 0 or known.volume == status.st_dev:
            return False
        return os.stat(os.path.dirname(root)).st_dev == status.st_dev

    def _enter(self, entry: os.DirEntry[str]) -> bool:
        kind = left_out(entry.name)
        if kind is None and (
            entry.name.startswith(".")
            or (TELLS_HIDDEN and is_hidden(entry.stat(follow_symlinks=False)))
        ):
            kind = "hidden"
        if kind is not None:
            self.skipped[kind] += 1
        return kind is None

    def _file(
        self,
        path: str,
        name: str,
        status: os.stat_result | None,
        entry: os.DirEntry[str] | None = None,
    ) -> FoundFile | None:
        if is_stub(name, PHOTO_SUFFIXES):
            self.skipped["placeholder"] += 1
            return None
        if name.startswith(".") and entry is not None:  # one that was named is meant
            self.skipped["hidden"] += 1
            return None
        dot = name.rfind(".")
        suffix = name[dot:].lower() if dot > 0 else ""
        if suffix in OTHER_SUFFIXES:
            self.skipped["other_file"] += 1
            return None
        if status is None and entry is not None:
            status = entry.stat(follow_symlinks=False) if _LISTING_TELLS else os.lstat(path)
        assert status is not None
        if not stat.S_ISREG(status.st_mode):
            self.skipped["other_file"] += 1
            return None
        if is_placeholder(status):
            self.skipped["placeholder"] += 1
            return None
        if TELLS_HIDDEN and entry is not None and is_hidden(status):
            self.skipped["hidden"] += 1
            return None
        found = found_file(path, status)
        if suffix not in PHOTO_SUFFIXES and not self._is_photo(found, suffix):
            return None
        if self._met(status):
            self.skipped["same_file"] += 1
            return None
        return found

    def _is_photo(self, found: FoundFile, suffix: str) -> bool:
        """For a name that tells nothing: look at the first bytes, unless that was done before."""
        known = self.known.get(found.path)
        if known is not None and known.stamp == found.stamp:
            return True
        try:
            head = self.ask(found.stamp.identity.volume, partial(head_of, found.path))
        except OSError as error:
            self._fail(found.path, error)
            return False
        except NoAnswer:
            self.silent(found.path)
            return False
        if sniff(head, suffix) is None:
            self.skipped["other_file"] += 1
            return False
        return True

    def _fail(self, path: str, error: OSError) -> None:
        self.problems.append(Problem(path, reason_of(error), error.strerror or ""))
        self.incomplete.add(path)

    def silent(self, path: str) -> None:
        """Its drive said nothing: it is listed, and nothing below it may be called gone."""
        self.problems.append(Problem(path, Reason.NO_ANSWER))
        self.incomplete.add(path)


def scan(
    roots: Sequence[str],
    control: Control,
    known: Mapping[str, KnownFile] | None = None,
    told: Callable[[int, str], None] | None = None,
    patience: Patience | None = None,
) -> Walk:
    """The candidates below these folders, in sorted order whatever order the disk gives.

    Links are never followed; a file that is reached by two paths comes once, under the first.
    Raises AlbumError(ROOT_REFUSED), and Cancelled while iterating.
    """
    asked = patience or Patience()
    there, silent = _answering(roots, control, asked)
    walk = Walk(fold(there), control, known or {}, told, asked)
    for root in silent:
        walk.silent(os.path.abspath(root))
    return walk


def _answering(
    roots: Sequence[str], control: Control, patience: Patience
) -> tuple[list[str], list[str]]:
    """The roots whose drives say anything, and the others. Of no volume yet: none is blamed for
    another one's silence."""
    there, silent = [], []
    for number, root in enumerate(roots):
        try:
            patience.ask(-1 - number, partial(first_look, root), lambda: control.cancelled)
            there.append(root)
        except NoAnswer:
            silent.append(root)
        except (AlbumError, Cancelled):
            patience.close()
            raise
    return there, silent
