"""What a walk asks of a drive: it may be slow, hang, or refuse."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice
from operator import attrgetter

from albumdedup.core.formats import HEAD_BYTES
from albumdedup.core.patience import Tell
from albumdedup.core.scanner.places import refuse_system
from albumdedup.core.types import Reason

_STEP = 64
"""Entries of a listing that show progress."""

by_name = attrgetter("name")


def first_look(root: str, _tell: Tell) -> None:
    """Whether a root may be walked, if it is there at all. Raises AlbumError(ROOT_REFUSED)."""
    refuse_system(root)
    with suppress(OSError):
        os.stat(root)


def looked_at(root: str, _tell: Tell) -> tuple[os.stat_result, bool, str]:
    """The status of a root, whether it is a link, and where it really is. Raises OSError."""
    return os.stat(root), os.path.islink(root), os.path.realpath(root)


def listed(folder: str, tell: Tell) -> list[os.DirEntry[str]]:
    """Raises OSError."""
    found: list[os.DirEntry[str]] = []
    with os.scandir(folder) as listing:
        entries = iter(listing)
        while some := list(islice(entries, _STEP)):
            found += some
            tell()
    found.sort(key=by_name)
    return found


def with_status(entries: Sequence[os.DirEntry[str]], tell: Tell) -> None:
    """Have each entry that is no folder learn its status, which it then keeps. One that has none
    raises once more where it is asked."""
    for entry in entries:
        try:
            if not entry.is_dir(follow_symlinks=False):
                entry.stat(follow_symlinks=False)
        except OSError:
            continue
        tell()


def head_of(path: str, _tell: Tell) -> bytes:
    """Raises OSError."""
    with open(path, "rb") as file:
        return file.read(HEAD_BYTES)


def reason_of(error: OSError) -> Reason:
    """Why the system would not open a file or folder."""
    if isinstance(error, PermissionError):
        return Reason.NO_RIGHTS
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return Reason.VANISHED
    return Reason.PATH_TOO_LONG if error.errno == errno.ENAMETOOLONG else Reason.READ_ERROR


def is_junction(entry: os.DirEntry[str]) -> bool:
    check = getattr(entry, "is_junction", None)
    return bool(check is not None and check())
