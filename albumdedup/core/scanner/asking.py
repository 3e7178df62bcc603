"""Whether a scan would take one file, and if not, why: as the walk decides, for one path."""

from __future__ import annotations

import os
import stat
from typing import NamedTuple

from albumdedup.core.formats import HEAD_BYTES, OTHER_SUFFIXES, PHOTO_SUFFIXES, sniff
from albumdedup.core.scanner.places import (
    REMOVED_MARK,
    is_hidden,
    is_placeholder,
    is_stub,
    left_out,
    parts_of,
)


class PassedOver(NamedTuple):
    """``kind`` as the walk counts it; ``place`` the folder or file that is the cause."""

    kind: str
    place: str


def why_passed_over(path: str, root: str | None) -> PassedOver | None:
    """Why a scan of ``root`` would not read this file; None where it would. ``root`` is None for
    a file outside of the scanned folders, which is judged by the folders around it alone.

    Opens only a file whose name tells nothing. Raises OSError.
    """
    around = _of_folders(path, root)
    return around if around is not None else _of_file(path)


def _of_folders(path: str, root: str | None) -> PassedOver | None:
    folder = os.path.dirname(path)
    inside = () if root is None else parts_of(os.path.relpath(folder, root))
    place = root or os.path.splitdrive(path)[0] + os.sep
    for part in parts_of(folder):
        if left_out(part) is not None:
            return PassedOver(left_out(part) or "", part)
    for part in inside:
        if part in (os.curdir, ""):
            continue
        place = os.path.join(place, part)
        if os.path.islink(place):
            return PassedOver("link", place)
        if part.startswith(".") or is_hidden(os.lstat(place)):
            return PassedOver("hidden", place)
        if os.path.lexists(os.path.join(place, REMOVED_MARK)):
            return PassedOver("removed_before", place)
    if os.path.lexists(os.path.join(folder, REMOVED_MARK)):
        return PassedOver("removed_before", folder)
    return None


def _of_file(path: str) -> PassedOver | None:
    name = os.path.basename(path)
    status = os.lstat(path)
    suffix = os.path.splitext(name)[1].lower()
    if stat.S_ISLNK(status.st_mode):
        kind = "link"
    elif is_stub(name, PHOTO_SUFFIXES) or is_placeholder(status):
        kind = "placeholder"
    elif name.startswith(".") or is_hidden(status):
        kind = "hidden"
    elif (
        suffix in OTHER_SUFFIXES
        or not stat.S_ISREG(status.st_mode)
        or (suffix not in PHOTO_SUFFIXES and sniff(_head(path), suffix) is None)
    ):
        kind = "other_file"
    else:
        return None
    return PassedOver(kind, path)


def _head(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read(HEAD_BYTES)
