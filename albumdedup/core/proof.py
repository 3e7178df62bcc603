"""Is a file, on disk and now, what the plan knows? Asked right before each move."""

from __future__ import annotations

import hashlib
import os
import stat

from albumdedup.core.i18n import _
from albumdedup.core.types import ContentId, FileIdentity, FileProof

CHUNK = 1 << 20
FAT_STEP_NS = 2_000_000_000
HOUR_NS = 3_600_000_000_000


class Unproved(Exception):
    """A file is not, on disk and now, what the plan knows. The sentence says why."""


def content_of(path: str) -> ContentId:
    """SHA-256 of a file's bytes. Raises OSError."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return ContentId(digest.hexdigest())


def prove(proof: FileProof, *, content: bool = True) -> None:
    """Raise Unproved unless the path is, now, the regular file that was planned with.

    A time that moved by up to 2 s or by exactly one hour (FAT, summer time) is settled by the
    content; any other difference means that the file changed.
    """
    try:
        status = os.lstat(proof.path)
    except OSError as error:
        raise Unproved(_("it is not there any more")) from error
    if not stat.S_ISREG(status.st_mode):
        raise Unproved(_("it is not a file any more, but a link or a folder"))
    if FileIdentity(status.st_dev, status.st_ino) != proof.stamp.identity:
        raise Unproved(_("another file stands in its place; scan again"))
    if status.st_size != proof.stamp.size:
        raise Unproved(_("it changed since the scan; scan again"))
    moved = abs(status.st_mtime_ns - proof.stamp.mtime_ns)
    if moved > FAT_STEP_NS and moved != HOUR_NS:
        raise Unproved(_("it changed since the scan; scan again"))
    if not content and moved == 0:
        return
    try:
        found = content_of(proof.path)
    except OSError as error:
        raise Unproved(_("it cannot be read: {why}").format(why=error.strerror)) from error
    if found != proof.content:
        raise Unproved(_("its content changed since the scan; scan again"))


def still_there(proof: FileProof, path: str) -> bool:
    """Whether the photo itself, by its content, lies at ``path`` (its own or another one)."""
    try:
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode) or status.st_size != proof.stamp.size:
            return False
        return content_of(path) == proof.content
    except OSError:
        return False
