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
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache

CHUNK = 1 << 20
PARTIAL = ".albumdedup-partial"
"""Suffix of a copy that is not finished: ours, never a photo's only place."""

_AT_FDCWD = -100
_RENAME_NOREPLACE = 1
_NOT_SUPPORTED = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP)


def numbered(path: str) -> Iterator[str]:
    """``photo.jpg``, ``photo (1).jpg``, ``photo (2).jpg`` …, each name at most 255 bytes."""
    folder, name = os.path.split(path)
    stem, suffix = os.path.splitext(name)
    yield path
    number = 0
    while True:
        number += 1
        mark = f" ({number})"
        room = 255 - len(os.fsencode(mark + suffix))
        short = os.fsdecode(os.fsencode(stem)[: max(1, room)])
        yield os.path.join(folder, f"{short}{mark}{suffix}")


def rename_exclusive(source: str, target: str) -> None:
    """Rename within one volume. Raises FileExistsError where ``target`` is taken and OSError
    (EXDEV) where it lies on another volume; the file is then still at ``source``."""
    if os.name == "nt":
        os.rename(source, target)  # refuses to replace by itself
        return
    if _renameat2(source, target):
        return
    # No atomic refusal here: take the name with an empty file of ours, then replace that one.
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        os.rename(source, target)
    except BaseException:
        if os.lstat(target).st_size == 0:
            os.unlink(target)  # our own empty file
        raise


@lru_cache(maxsize=1)
def _libc_renameat2() -> Callable[..., int] | None:
    if not sys.platform.startswith("linux"):
        return None
    function = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    return None if function is None else function


def _renameat2(source: str, target: str) -> bool:
    """True when done, False where the system or the file system cannot do it."""
    function = _libc_renameat2()
    if function is None:
        return False
    done = function(
        _AT_FDCWD, os.fsencode(source), _AT_FDCWD, os.fsencode(target), _RENAME_NOREPLACE
    )
    if done == 0:
        return True
    code = ctypes.get_errno()
    if code in _NOT_SUPPORTED:
        return False
    raise OSError(code, os.strerror(code), source, None, target)


def move(source: str, target: str) -> str:
    """Move to ``target`` or, where that is taken, beside it under a numbered name.

    Across volumes: copy under a name of ours, sync, read back, compare SHA-256, give it its
    name, and only then remove the source. Returns the new path. Raises OSError with the file
    still at ``source``.
    """
    for candidate in numbered(target):
        try:
            rename_exclusive(source, candidate)
        except FileExistsError:
            continue
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            return _move_across(source, target)
        sync_folder(os.path.dirname(candidate))
        sync_folder(os.path.dirname(source))
        return candidate
    raise AssertionError("numbered names do not end")


def _move_across(source: str, target: str) -> str:
    before = os.stat(source)
    partial = target + PARTIAL
    discard_partial(target)
    digest = _copy(source, partial)
    try:
        if _digest(partial) != digest:
            raise OSError(errno.EIO, "the copy does not read back as it was written", source)
        shutil.copystat(source, partial, follow_symlinks=False)
        after = os.stat(source)
        if (after.st_size, after.st_mtime_ns, after.st_ino) != (
            before.st_size, before.st_mtime_ns, before.st_ino,
        ):  # fmt: skip
            raise OSError(errno.EBUSY, "the photo changed while it was copied", source)
        place = _name_partial(partial, target)
    except BaseException:
        discard_partial(target)
        raise
    _remove_copied_source(source, place, digest)
    return place


def _name_partial(partial: str, target: str) -> str:
    for candidate in numbered(target):
        try:
            rename_exclusive(partial, candidate)
        except FileExistsError:
            continue
        sync_folder(os.path.dirname(candidate))
        return candidate
    raise AssertionError("numbered names do not end")


def _copy(source: str, partial: str) -> str:
    """Copy with exclusive creation, synced to disk; returns the SHA-256 of what was read."""
    digest = hashlib.sha256()
    try:
        with open(source, "rb") as reading, open(partial, "xb") as writing:
            while chunk := reading.read(CHUNK):
                digest.update(chunk)
                writing.write(chunk)
            writing.flush()
            os.fsync(writing.fileno())
    except FileExistsError:
        raise
    except BaseException:
        discard_partial(partial.removesuffix(PARTIAL))
        raise
    return digest.hexdigest()


def _digest(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _remove_copied_source(source: str, place: str, digest: str) -> None:
    """The one place in the program that unlinks a user's file: after its copy was proved."""
    if _digest(place) != digest or _digest(source) != digest:
        raise OSError(errno.EIO, "the copy and the photo differ; both are kept", source)
    os.unlink(source)
    sync_folder(os.path.dirname(source))


def discard_partial(target: str) -> None:
    """Remove an unfinished copy of ours, if there is one."""
    try:
        os.unlink(target + PARTIAL)
    except FileNotFoundError:
        return


def sync_folder(folder: str) -> None:
    """Make a rename in this folder survive a power cut, where the platform can."""
    if os.name == "nt":
        return
    handle = os.open(folder or ".", os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(handle)
