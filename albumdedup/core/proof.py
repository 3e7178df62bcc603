"""Is a file, on disk and now, what the plan knows? Asked right before each move."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import replace
from typing import BinaryIO, cast

from albumdedup.core.i18n import _
from albumdedup.core.scanner import is_placeholder
from albumdedup.core.types import ContentId, FileIdentity, FileProof

CHUNK = 1 << 20
FAT_STEP_NS = 2_000_000_000
HOUR_NS = 3_600_000_000_000


class Unproved(Exception):
    """A file is not, on disk and now, what the plan knows. The sentence says why."""


def open_regular(path: str) -> BinaryIO:
    """A regular file, open for reading, never through a link. Raises OSError."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(0, _("it is not a file"), path)
    return cast(BinaryIO, os.fdopen(handle, "rb", buffering=0))


def content_of(path: str) -> ContentId:
    """SHA-256 of a regular file's bytes, never through a link. Raises OSError, also when the
    file changes while it is read."""
    digest = hashlib.sha256()
    with open_regular(path) as file:
        before = os.fstat(file.fileno())
        while chunk := file.read(CHUNK):
            digest.update(chunk)
        after = os.fstat(file.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise OSError(0, _("it is being written"), path)
    return ContentId(digest.hexdigest())


def prove(
    proof: FileProof, *, content: bool = True, seen: tuple[int, int] | None = None
) -> os.stat_result:
    """Its status, where the path is, now, the regular file that was planned with; else Unproved.

    ``seen`` are the modification and change time at which its content was proved before: while
    they stand it is not read again.
    A time that moved by up to 2 s or by exactly one hour (FAT, summer time) is settled by the
    content; any other difference means that the file changed.
    """
    try:
        status = os.lstat(proof.path)
    except OSError as error:
        raise Unproved(_("it is not there any more; scan again")) from error
    if not stat.S_ISREG(status.st_mode):
        raise Unproved(_("it is not a file any more, but a link or a folder; scan again"))
    if FileIdentity(status.st_dev, status.st_ino) != proof.stamp.identity:
        raise Unproved(_("another file stands in its place; scan again"))
    if status.st_size != proof.stamp.size:
        raise Unproved(_("it changed since the scan; scan again"))
    moved = abs(status.st_mtime_ns - proof.stamp.mtime_ns)
    if moved > FAT_STEP_NS and moved != HOUR_NS:
        raise Unproved(_("it changed since the scan; scan again"))
    if (not content and moved == 0) or (status.st_mtime_ns, status.st_ctime_ns) == seen:
        return status
    if not proof.content:
        raise Unproved(_("it could not be read; check its rights"))
    if is_placeholder(status):
        raise Unproved(_("it is only in the cloud; download it and scan again"))
    try:
        found = content_of(proof.path)
    except OSError as error:
        why = error.strerror or str(error)
        raise Unproved(_("it cannot be read ({why}); check its rights").format(why=why)) from error
    if found != proof.content:
        raise Unproved(_("its content changed since the scan; scan again"))
    return status


def same_file(proof: FileProof, path: str) -> bool:
    """Whether the very file lies at ``path`` (its own or another one), as after a rename."""
    try:
        status = os.lstat(path)
    except OSError:
        return False
    known = proof.stamp
    return stat.S_ISREG(status.st_mode) and (status.st_ino, status.st_size) == (
        known.identity.file_id, known.size,
    )  # fmt: skip


def same_content(proof: FileProof, path: str) -> bool:
    """Whether the photo's bytes lie at ``path``, as after a copy. Reads the file."""
    try:
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode) or status.st_size != proof.stamp.size:
            return False
        return content_of(path) == proof.content
    except OSError:
        return False


def still_there(proof: FileProof, path: str) -> bool:
    """Whether the photo lies at ``path``: the file itself, or its bytes."""
    return same_file(proof, path) or same_content(proof, path)


def out_of_reach(folder: str, volume: int) -> bool:
    """Whether a folder is missing because its drive is: what still exists above it lies on
    another volume than ``volume``. A missing drive proves nothing about its files."""
    existing = folder
    while not os.path.isdir(existing):
        above = os.path.dirname(existing)
        if above == existing:
            return True
        existing = above
    return existing != folder and os.stat(existing).st_dev != volume


def sealed(proof: FileProof) -> FileProof:
    """The proof with its content read, where the plan left that to the last moment; one that
    cannot be read stays without, and so cannot be proved."""
    if proof.content:
        return proof
    try:
        if is_placeholder(os.lstat(proof.path)):  # opening it would download it
            return proof
        return replace(proof, content=content_of(proof.path))
    except OSError:
        return proof


def arrived(victim: FileProof, where: str) -> bool:
    """Whether the checked photo, whole, is what lies there. Across volumes the copy was compared
    byte by byte on its way; its size and time then show that it is this one."""
    if same_file(victim, where):
        return True
    try:
        status = os.lstat(where)
    except OSError:
        return False
    near = abs(status.st_mtime_ns - victim.stamp.mtime_ns) <= FAT_STEP_NS
    return (near and status.st_size == victim.stamp.size) or same_content(victim, where)
