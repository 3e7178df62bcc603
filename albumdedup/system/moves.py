"""Moving a file so that nothing is ever replaced and nothing is ever lost.

The only module that takes a user's file away from where it lay: by a rename that refuses to
replace, or across volumes by a copy that was read back and compared first.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache
from typing import BinaryIO

from albumdedup.core.i18n import _
from albumdedup.system.syncing import Pending, sync_file, sync_folder

CHUNK = 1 << 20
OWN_PREFIX = ".albumdedup-"
"""Files of this beginning are ours: tries and unfinished copies, never a photo's only place."""

_NAME_BYTES = 255
_AT_FDCWD = -100
_RENAME_NOREPLACE = 1  # Linux, renameat2
_RENAME_EXCL = 4  # macOS, renamex_np
_NO_SUCH_CALL = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP)


def fitting_name(name: str, mark: str = "", room: int = _NAME_BYTES) -> str:
    """``name`` with ``mark`` before its suffix, shortened to ``room`` bytes; no character is
    cut in half."""
    stem, suffix = os.path.splitext(name)
    if len(os.fsencode(suffix)) > room // 2:  # no suffix, but a name with an early dot
        stem, suffix = name, ""
    while len(os.fsencode(stem + mark + suffix)) > room:
        stem = stem[:-1]
    return stem + mark + suffix


def numbered(path: str, room: int = _NAME_BYTES) -> Iterator[str]:
    """``photo.jpg``, ``photo (1).jpg``, ``photo (2).jpg`` …, each name at most ``room`` bytes."""
    folder, name = os.path.split(path)
    yield os.path.join(folder, fitting_name(name, room=room))
    number = 0
    while True:
        number += 1
        yield os.path.join(folder, fitting_name(name, f" ({number})", room))


def rename_exclusive(source: str, target: str) -> None:
    """Rename within one volume. Raises FileExistsError where ``target`` is taken and OSError
    (EXDEV) where it lies on another volume; the file is then still at ``source``."""
    if os.name == "nt":  # pragma: no cover - only there a plain rename refuses to replace
        os.rename(source, target)
        return
    if _renamed_by_system(source, target):
        return
    # No atomic refusal here: take the name with an empty file of ours, then replace that one.
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        os.rename(source, target)
    except BaseException:
        if os.lstat(target).st_size == 0:
            os.unlink(target)  # our own empty file
        raise


def _renamed_by_system(source: str, target: str) -> bool:
    """True when done, False where the system or the file system cannot refuse to replace."""
    call = _exclusive_call()
    if call is None:
        return False
    if call(os.fsencode(source), os.fsencode(target)) == 0:
        return True
    code = ctypes.get_errno()
    if code in _NO_SUCH_CALL:
        return False
    raise OSError(code, os.strerror(code), source, None, target)


@lru_cache(maxsize=1)
def _exclusive_call() -> Callable[[bytes, bytes], int] | None:
    if not sys.platform.startswith(("linux", "darwin")):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "darwin":
        renamex = getattr(libc, "renamex_np", None)
        return None if renamex is None else lambda one, two: int(renamex(one, two, _RENAME_EXCL))
    rename = getattr(libc, "renameat2", None)
    if rename is None:
        return None
    return lambda one, two: int(rename(_AT_FDCWD, one, _AT_FDCWD, two, _RENAME_NOREPLACE))


def move(source: str, target: str, pending: Pending | None = None) -> str:
    """Move a regular file to ``target`` or, where that is taken, beside it under a numbered name.

    Across volumes: copy under a name of ours, sync, read back, compare SHA-256, give it its
    name, and only then remove the source. Returns the new path. A rename is synced at once, or
    noted in ``pending``. Raises OSError with the file still at ``source``.
    """
    regular(source)
    try:
        place = rename_numbered(source, numbered(target))
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        return _move_across(source, target)
    folders = os.path.dirname(place), os.path.dirname(source)
    if pending is not None:
        pending.renamed(*folders)
    else:
        for folder in folders:
            sync_folder(folder)
    return place


def rename_numbered(source: str, names: Iterator[str]) -> str:
    """Rename to the first of these names that nobody has, and return it. Raises OSError."""
    while True:
        name = next(names)  # they do not end
        with suppress(FileExistsError):
            rename_exclusive(source, name)
            return name


def regular(path: str) -> os.stat_result:
    """The status of a regular file. Raises OSError for what is not there, a link, a folder."""
    status = os.lstat(path)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, _("it is a link or a folder, not a file"), path)
    return status


def _move_across(source: str, target: str) -> str:
    before = regular(source)
    folder = os.path.dirname(source)
    if not os.access(folder, os.W_OK | os.X_OK):  # told now, not after a copy in vain
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), folder)
    partial = partial_of(target)
    discard_own(partial)
    try:
        digest = _copy(source, partial)
        if _digest_from_disk(partial) != digest:
            raise OSError(errno.EIO, _("the copy does not read back as it was written"), source)
        shutil.copystat(source, partial, follow_symlinks=False)
        sync_file(partial)
        _require_unchanged(source, before)
        place = rename_numbered(partial, numbered(target))
    except BaseException:
        discard_own(partial)
        raise
    try:
        sync_folder(os.path.dirname(place))
        _remove_copied_source(source, before, place)
    except OSError:
        _require_unchanged(source, before)  # else both stay
        rename_exclusive(place, partial)
        discard_own(partial)
        raise
    return place


def partial_of(target: str) -> str:
    """The name of ours under which a copy to ``target`` is made; it depends on nothing else, so
    that an unfinished copy is found again after a crash."""
    folder, name = os.path.split(target)
    short = hashlib.sha256(os.fsencode(name)).hexdigest()[:24]
    return os.path.join(folder, f"{OWN_PREFIX}{short}.partial")


def _copy(source: str, partial: str) -> str:
    """Copy into a new file, synced to disk; returns the SHA-256 of what was read."""
    digest = hashlib.sha256()
    with _open_no_link(source) as reading, open(partial, "xb") as writing:
        while chunk := reading.read(CHUNK):
            digest.update(chunk)
            writing.write(chunk)
        writing.flush()
        os.fsync(writing.fileno())
    return digest.hexdigest()


def copied_and_read_back(source: str, copy: str) -> str:
    """Copy a regular file to a new one; SHA-256 of the copy as the disk holds it. OSError."""
    regular(source)
    _copy(source, copy)
    return _digest_from_disk(copy)


def _open_no_link(path: str) -> BinaryIO:
    """For reading, never through a link."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags), "rb")


def _digest_from_disk(path: str) -> str:
    """SHA-256 of what the disk holds, not of what the cache remembers, where that can be asked."""
    with open(path, "rb") as file:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return hashlib.file_digest(file, "sha256").hexdigest()


def _require_unchanged(path: str, before: os.stat_result) -> None:
    now = regular(path)
    if _look(now) != _look(before):
        raise OSError(errno.EBUSY, _("the photo changed while it was copied"), path)


def _look(status: os.stat_result) -> tuple[int, int, int, int]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _remove_copied_source(source: str, before: os.stat_result, place: str) -> None:
    """The one place in the program that unlinks a user's file: after its copy was proved, lies
    under its name, and the file is still the one that was copied."""
    if regular(place).st_size != before.st_size:
        raise OSError(errno.EIO, _("the copy is not whole; the photo is kept"), source)
    _require_unchanged(source, before)
    os.unlink(source)
    sync_folder(os.path.dirname(source))


def discard_own(path: str) -> None:
    """Remove a file of ours, if it is there: a try, an unfinished copy, a note on a trashed file.
    Refuses every other name."""
    name = os.path.basename(path)
    if not (name.startswith((OWN_PREFIX, "$I")) or name.endswith(".trashinfo")):
        raise ValueError(f"not a file of ours: {path}")
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
