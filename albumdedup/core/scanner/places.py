"""What kind of place a path is: bins, bundles, system folders, clouds; and which roots overlap."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence

from albumdedup.core.errors import AlbumError, ErrorCode

REMOVED_MARK = ".albumdedup-removed"
"""A file of this name marks a folder that holds photos which we removed."""

_BINS = frozenset(
    {
        "$recycle.bin", "recycler", "recycled", ".trash", ".trashes", "trash", "#recycle",
        "@recycle", "system volume information", "found.000", "lost+found",
    }
)  # fmt: skip
_SNAPSHOTS = frozenset(
    {
        "@recently-snapshot", "#snapshot", ".snapshot", ".snapshots", ".zfs",
        "backups.backupdb", ".mobilebackups",
    }
)  # fmt: skip
_MADE = frozenset({"@eadir", "@__thumb", ".thumbnails"})
"""Folders of small pictures that photo stations and viewers make by themselves."""
_NO_SURVIVORS = frozenset({"bin", "snapshot", "made_by_a_program"})
_BUNDLES = (
    ".app", ".photoslibrary", ".photolibrary", ".migratedphotolibrary", ".aplibrary", ".lrdata",
    ".lrlibrary", ".bundle", ".framework", ".fcpbundle", ".imovielibrary", ".tvlibrary",
    ".musiclibrary", ".cocatalog", ".cosessiondb", ".sparsebundle", ".backupbundle",
)  # fmt: skip
_SYSTEM_ROOTS = frozenset(
    {
        "/", "/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/run", "/sbin", "/sys",
        "/usr", "/var", "/System", "/System/Volumes/Data", "/Library", "/Applications", "/private",
        "/cores",
    }
)  # fmt: skip
_NO_FILES = ("/proc/", "/sys/")
_WINDOWS_SYSTEM = ("\\windows", "\\program files", "\\program files (x86)", "\\programdata")

_PLACEHOLDER_ATTRIBUTES = 0x1000 | 0x40000 | 0x400000
"""Windows: OFFLINE, RECALL_ON_OPEN, RECALL_ON_DATA_ACCESS."""
_DATALESS = 0x40000000
"""macOS: SF_DATALESS."""
_HIDDEN_ATTRIBUTE, _HIDDEN_FLAG = 0x2, 0x8000
"""Windows: HIDDEN; macOS: UF_HIDDEN."""
TELLS_HIDDEN = sys.platform in ("win32", "darwin")


_STUBS = (".icloud", ".nextcloud", ".owncloud", ".cloud", ".cloudf")
"""What clients append to the names of small files that stand for those in the cloud: macOS before
Sonoma (``.IMG_1.HEIC.icloud``), Nextcloud, ownCloud and odrive."""


def is_stub(name: str, suffixes: frozenset[str]) -> bool:
    """Whether a file's name says that it only stands for a photo in the cloud; ``suffixes`` are
    those of photos."""
    low = name.lower()
    stub = next((end for end in _STUBS if low.endswith(end)), None)
    return stub is not None and low[: -len(stub)].endswith(tuple(suffixes))


def is_placeholder(status: os.stat_result) -> bool:
    """Whether a file's bytes lie only in the cloud, so that opening it would download it."""
    if sys.platform == "win32":
        return bool(status.st_file_attributes & _PLACEHOLDER_ATTRIBUTES)
    if sys.platform == "darwin":
        return bool(status.st_flags & _DATALESS)
    return False


def is_hidden(status: os.stat_result) -> bool:
    """Whether the platform hides a file or folder by a mark instead of by its name."""
    if sys.platform == "win32":
        return bool(status.st_file_attributes & _HIDDEN_ATTRIBUTE)
    if sys.platform == "darwin":
        return bool(status.st_flags & _HIDDEN_FLAG)
    return False


def inside_bin(path: str) -> bool:
    """Whether a path lies in a recycle bin, a trash or a snapshot: no photo there can stay in
    place of another."""
    return any(left_out(part) in _NO_SURVIVORS for part in parts_of(path)[:-1])


def parts_of(path: str) -> list[str]:
    return os.path.normpath(path).replace("\\", "/").split("/")


def left_out(name: str) -> str | None:
    """Why a folder of this name is not walked, as the kind under which it is counted."""
    low = name.lower()
    if low in _BINS or low.startswith(".trash-"):
        return "bin"
    if low in _SNAPSHOTS:
        return "snapshot"
    if low in _MADE:
        return "made_by_a_program"
    return "bundle" if low.endswith(_BUNDLES) else None


def fold(roots: Sequence[str]) -> list[str]:
    """Absolute roots, sorted, without those that lie inside another or are another spelling of
    it: another case, a link, a second mount. One that is not there stays, to be told."""
    unique = sorted({os.path.normpath(os.path.abspath(root)) for root in roots})
    seen: dict[str, tuple[int, int] | str] = {}

    def place(path: str) -> tuple[int, int] | str:
        if path not in seen:
            try:
                status = os.stat(path)
            except OSError:
                seen[path] = os.path.normcase(path)
            else:
                named = (status.st_dev, status.st_ino)
                seen[path] = named if status.st_ino else os.path.normcase(path)
        return seen[path]

    first: dict[tuple[int, int] | str, str] = {}
    for root in unique:
        first.setdefault(place(root), root)
    return [
        root
        for root in first.values()
        if not os.path.exists(root)
        or not any(place(folder) in first for folder in above(os.path.realpath(root)))
    ]


def above(path: str) -> Iterator[str]:
    """The folders that a path lies in, innermost first."""
    while (folder := os.path.dirname(path)) != path:
        yield folder
        path = folder


def refuse_system(root: str) -> None:
    """Raises AlbumError(ROOT_REFUSED) for a system disk's root and for system folders."""
    real = os.path.realpath(root)
    drive, rest = os.path.splitdrive(real)
    refused = real in _SYSTEM_ROOTS or real.startswith(_NO_FILES)
    if sys.platform == "win32":
        system = os.path.splitdrive(os.environ.get("SYSTEMDRIVE", "C:") + "\\")[0].lower()
        top = "\\" + rest.lower().strip("\\").split("\\")[0]
        refused = drive.lower() == system and top in ("\\", *_WINDOWS_SYSTEM)
    if refused:
        raise AlbumError(ErrorCode.ROOT_REFUSED, path=root)
