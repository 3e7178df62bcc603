"""Files that are no photos (films, RAW that cannot be read): held if their bytes lie elsewhere."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from albumdedup.core.control import Control
from albumdedup.core.i18n import _
from albumdedup.core.scanner import inside_bin
from albumdedup.core.verdicts.ties import FileVerdict, Standing

_CHUNK = 1 << 20
_COMPARED = (Standing.UNREADABLE, Standing.NOT_A_PHOTO)


def compare_bytes(
    rest: Sequence[FileVerdict],
    folder: str,
    roots: Iterable[str],
    here: set[tuple[int, int]],
    control: Control,
) -> list[FileVerdict]:
    """The verdicts once more, after a look for the same bytes below ``roots``.

    A file counts as elsewhere if it lies outside ``folder``, in no bin, and is none of the files
    ``here`` under another name. Reads both files whole where their sizes agree. Raises Cancelled.
    """
    sizes: dict[int, list[str]] = {}
    for one in rest:
        if one.standing in _COMPARED:
            with suppress(OSError):
                sizes.setdefault(os.lstat(one.path).st_size, [])
    sizes.pop(0, None)
    for path, status in _files(roots, folder, control):
        if status.st_size in sizes and (status.st_dev, status.st_ino) not in here:
            sizes[status.st_size].append(path)
    digests: dict[str, str | None] = {}
    return [_judged(one, sizes, digests, control) for one in rest]


def _judged(
    one: FileVerdict,
    sizes: dict[int, list[str]],
    digests: dict[str, str | None],
    control: Control,
) -> FileVerdict:
    if one.standing not in _COMPARED:
        return one
    try:
        others = sizes.get(os.lstat(one.path).st_size, [])
    except OSError:
        return one
    for other in others:
        for path in (one.path, other):
            if path not in digests:
                digests[path] = _digest(path, control)
        if digests[one.path] is not None and digests[one.path] == digests[other]:
            said = _("The same bytes lie at {path}.").format(path=other)
            return FileVerdict(one.path, Standing.SAFE, said, other)
    return one


def _files(
    roots: Iterable[str], folder: str, control: Control
) -> Iterator[tuple[str, os.stat_result]]:
    """Plain files below the roots, outside the folder, in sorted order."""
    for root in roots:
        for top, folders, names in os.walk(root):
            control.checkpoint()
            folders[:] = sorted(
                name for name in folders if not os.path.islink(os.path.join(top, name))
            )
            if inside_bin(os.path.join(top, "file")) or _within(top, folder):
                folders.clear()
                continue
            for name in sorted(names):
                path = os.path.join(top, name)
                with suppress(OSError):
                    status = os.lstat(path)
                    if stat.S_ISREG(status.st_mode):
                        yield path, status


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(os.path.join(folder, ""))


def _digest(path: str, control: Control) -> str | None:
    digest = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            while chunk := file.read(_CHUNK):
                control.checkpoint()
                digest.update(chunk)
    except OSError:
        return None
    return digest.hexdigest()
