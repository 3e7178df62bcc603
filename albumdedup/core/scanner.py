"""Walk folders: sorted, once per file on disk, and every file passed over is counted."""

from __future__ import annotations

import os
import stat
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from albumdedup.core.control import Control
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.formats import HEAD_BYTES, OTHER_SUFFIXES, PHOTO_SUFFIXES, sniff
from albumdedup.core.ports import KnownFile
from albumdedup.core.types import FileIdentity, FoundFile, Problem, Reason, Stamp

REMOVED_MARK = ".albumdedup-removed"
"""A file of this name marks a folder that holds photos which we removed."""

_BINS = frozenset(
    {
        "$recycle.bin", "recycler", "recycled", ".trash", ".trashes", "trash", "#recycle",
        "@recycle", "@recently-snapshot", "#snapshot", ".snapshots", ".zfs", "@eadir",
        "system volume information", "found.000", "lost+found", ".thumbnails",
    }
)  # fmt: skip
_BUNDLES = (
    ".app", ".photoslibrary", ".photolibrary", ".migratedphotolibrary", ".aplibrary", ".lrdata",
    ".lrlibrary", ".bundle", ".framework", ".fcpbundle", ".imovielibrary", ".tvlibrary",
    ".musiclibrary", ".cocatalog", ".cosessiondb",
)  # fmt: skip
_SYSTEM_ROOTS = frozenset(
    {
        "/", "/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/run", "/sbin", "/sys",
        "/usr", "/var", "/System", "/Library", "/Applications", "/private", "/cores",
    }
)  # fmt: skip
_WINDOWS_SYSTEM = ("\\windows", "\\program files", "\\program files (x86)", "\\programdata")

_PLACEHOLDER_ATTRIBUTES = 0x1000 | 0x40000 | 0x400000
"""Windows: OFFLINE, RECALL_ON_OPEN, RECALL_ON_DATA_ACCESS."""
_DATALESS = 0x40000000
"""macOS: SF_DATALESS."""


def is_placeholder(status: os.stat_result) -> bool:
    """Whether a file's bytes lie only in the cloud, so that opening it would download it."""
    if sys.platform == "win32":
        return bool(status.st_file_attributes & _PLACEHOLDER_ATTRIBUTES)
    if sys.platform == "darwin":
        return bool(status.st_flags & _DATALESS)
    return False


def inside_bin(path: str) -> bool:
    """Whether a path lies in a recycle bin, a trash or a snapshot: no photo there can stay in
    place of another."""
    parts = os.path.normpath(path).replace("\\", "/").lower().split("/")[:-1]
    return any(part in _BINS or part.startswith(".trash-") for part in parts)


def found_file(
    path: str, status: os.stat_result | None = None, known: KnownFile | None = None
) -> FoundFile:
    """A file as the walk would give it; a ``known`` stamp that is still right is used again.
    Raises OSError."""
    status = status or os.stat(path)
    stamp = None if known is None else known.stamp
    if (
        stamp is None
        or stamp.mtime_ns != status.st_mtime_ns
        or stamp.size != status.st_size
        or stamp.identity != (status.st_dev, status.st_ino)
    ):
        identity = FileIdentity(status.st_dev, status.st_ino)
        stamp = Stamp(status.st_size, status.st_mtime_ns, identity)
    return FoundFile(path, stamp, _birth_ns(status))


def _birth_ns(status: os.stat_result) -> int | None:
    if sys.platform == "darwin":
        return int(status.st_birthtime * 1e9)
    if sys.platform == "win32":
        return status.st_ctime_ns  # creation time there
    return None


def fold(roots: Sequence[str]) -> list[str]:
    """Absolute roots, sorted, without those that lie inside another or are another spelling."""
    unique = sorted({os.path.normpath(os.path.abspath(root)) for root in roots})
    kept: list[str] = []
    for root in unique:
        real = os.path.realpath(root)
        if not any(
            _inside(real, os.path.realpath(other))
            for other in unique
            if other != root and (os.path.realpath(other) != real or other in kept)
        ):
            kept.append(root)
    return kept


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(os.path.join(folder, ""))


def refuse_system(root: str) -> None:
    """Raises AlbumError(ROOT_REFUSED) for a system disk's root and for system folders."""
    real = os.path.realpath(root)
    drive, rest = os.path.splitdrive(real)
    refused = real in _SYSTEM_ROOTS
    if sys.platform == "win32":
        system = os.path.splitdrive(os.environ.get("SYSTEMDRIVE", "C:") + "\\")[0].lower()
        low = rest.lower().rstrip("\\")
        refused = drive.lower() == system and (low == "" or low.startswith(_WINDOWS_SYSTEM))
    if refused:
        raise AlbumError(ErrorCode.ROOT_REFUSED, path=root)


@dataclass
class Walk:
    """One walk. Iterate it once; the rest is filled while it goes.

    ``skipped`` counts what was passed over, by kind; ``incomplete`` lists folders that could not
    be walked whole, so that nothing below them may be called gone.
    """

    roots: Sequence[str]
    control: Control
    known: Mapping[str, KnownFile]
    skipped: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    missing_roots: list[str] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)
    _seen: set[tuple[int, int]] = field(default_factory=set)

    def uncertain(self, path: str) -> bool:
        """Whether a path lies where the walk could not look."""
        return any(_inside(path, folder) for folder in self.incomplete)

    def __iter__(self) -> Iterator[FoundFile]:
        for root in self.roots:
            try:
                status = os.stat(root)
            except OSError:
                self.missing_roots.append(root)
                self.incomplete.append(root)
                continue
            if stat.S_ISDIR(status.st_mode):
                yield from self._folder(root)
            else:
                found = self._file(root, os.path.basename(root), status)
                if found is not None:
                    yield found

    def _folder(self, top: str) -> Iterator[FoundFile]:
        stack = [top]
        while stack:
            folder = stack.pop()
            self.control.checkpoint()
            try:
                with os.scandir(folder) as listing:
                    entries = sorted(listing, key=lambda entry: entry.name)
            except OSError as error:
                self._fail(folder, error)
                continue
            if folder != top and any(entry.name == REMOVED_MARK for entry in entries):
                self.skipped["removed_before"] += 1
                continue
            below = []
            for entry in entries:
                try:
                    if entry.is_symlink() or _is_junction(entry):
                        self.skipped["link"] += 1
                    elif entry.is_dir(follow_symlinks=False):
                        if self._enter(entry.name):
                            below.append(entry.path)
                    else:
                        found = self._file(entry.path, entry.name, None, entry)
                        if found is not None:
                            yield found
                except OSError as error:
                    self._fail(entry.path, error)
            stack.extend(reversed(below))

    def _enter(self, name: str) -> bool:
        low = name.lower()
        if low in _BINS or low.startswith(".trash-"):
            self.skipped["bin"] += 1
        elif low.endswith(_BUNDLES):
            self.skipped["bundle"] += 1
        elif low.startswith("."):
            self.skipped["hidden"] += 1
        else:
            return True
        return False

    def _file(
        self,
        path: str,
        name: str,
        status: os.stat_result | None,
        entry: os.DirEntry[str] | None = None,
    ) -> FoundFile | None:
        if name.startswith("."):
            self.skipped["hidden"] += 1
            return None
        dot = name.rfind(".")
        suffix = name[dot:].lower() if dot > 0 else ""
        if suffix in OTHER_SUFFIXES:
            self.skipped["other_file"] += 1
            return None
        if status is None and entry is not None:
            # On Windows the listing has no file id.
            listed = os.name != "nt"
            status = entry.stat(follow_symlinks=False) if listed else os.lstat(path)
        assert status is not None
        if not stat.S_ISREG(status.st_mode):
            self.skipped["other_file"] += 1
            return None
        if is_placeholder(status):
            self.skipped["placeholder"] += 1
            return None
        identity = (status.st_dev, status.st_ino)
        if identity in self._seen:
            self.skipped["same_file"] += 1
            return None
        found = found_file(path, status, self.known.get(path))
        if suffix not in PHOTO_SUFFIXES and not self._is_photo(found, suffix):
            return None
        self._seen.add(identity)
        return found

    def _is_photo(self, found: FoundFile, suffix: str) -> bool:
        """For a name that tells nothing: look at the first bytes, unless that was done before."""
        known = self.known.get(found.path)
        if known is not None and known.stamp == found.stamp:
            return True
        try:
            with open(found.path, "rb") as file:
                head = file.read(HEAD_BYTES)
        except OSError as error:
            self._fail(found.path, error)
            return False
        if sniff(head, suffix) is None:
            self.skipped["other_file"] += 1
            return False
        return True

    def _fail(self, path: str, error: OSError) -> None:
        reason = {
            PermissionError: Reason.NO_RIGHTS,
            FileNotFoundError: Reason.VANISHED,
        }.get(type(error), Reason.READ_ERROR)
        self.problems.append(Problem(path, reason, error.strerror or ""))
        self.incomplete.append(path)


def _is_junction(entry: os.DirEntry[str]) -> bool:
    check = getattr(entry, "is_junction", None)
    return bool(check is not None and check())


def scan(
    roots: Sequence[str], control: Control, known: Mapping[str, KnownFile] | None = None
) -> Walk:
    """The candidates below these folders, in sorted order whatever order the disk gives.

    Links are never followed; a file that is reached by two paths comes once, under the first.
    Raises AlbumError(ROOT_REFUSED), and Cancelled while iterating.
    """
    for root in roots:
        refuse_system(root)
    return Walk(fold(roots), control, known or {})
