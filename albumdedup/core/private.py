"""Files and folders that nobody but the person who runs the program may read.

POSIX modes; on Windows a person's folder is private by its place. Files that a person asks for
(reports, receipts, sidecars) are made as every program makes them.
"""

from __future__ import annotations

import os
import re
import stat
from contextlib import suppress
from pathlib import Path

FOLDER, FILE = 0o700, 0o600
_OTHERS = stat.S_IRWXG | stat.S_IRWXO

_OURS = re.compile(
    r"(catalog|decisions)\.sqlite([-.].*)?|vectors\.db(-.*)?|settings.*\.(toml|new)|window\.ini.*"
    r"|thumbs|reductions|models|backups|crashes|in-hand|service-token|library\.lock|\.DS_Store"
)
"""What may lie at the top of a library's folder."""
TOKEN = "service-token"
"""Who could read it may know it: the service narrows it by itself, and says so."""


def make_folder(path: Path) -> None:
    """Make a folder and those above it that are missing, each private from its first moment.
    Raises OSError."""
    if not path.parent.exists():
        make_folder(path.parent)
    path.mkdir(mode=FOLDER, exist_ok=True)


def opener(path: str, flags: int) -> int:
    """For ``open(…, opener=…)``: a file that is made is private; one that was left behind by a
    crash becomes so before anything is written."""
    handle = os.open(path, flags, FILE)
    if os.name == "posix":
        with suppress(OSError):  # a file system without modes
            if os.fstat(handle).st_mode & _OTHERS:
                os.fchmod(handle, FILE)
    return handle


def make_file(path: Path) -> None:
    """Make an empty file where there is none, for a library that would make it readable to all.
    Never raises: what comes next says better what is wrong with the place."""
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE))


def narrow(root: Path) -> None:
    """Take from others what an older version let them read in a library's folder.

    Only what is ours: a folder that holds anything else (somebody named one that he uses
    otherwise, too), that is not his or that is shared by a sticky bit, keeps its own mode. Links
    are not followed. What cannot be changed stays as it is: the program works the same.
    """
    if os.name != "posix":
        return
    with suppress(OSError), os.scandir(root) as entries:
        found = list(entries)
        for entry in found:
            if _OURS.fullmatch(entry.name) and entry.name != TOKEN:
                _narrow(entry)
        if all(_OURS.fullmatch(entry.name) for entry in found):
            status = os.stat(root)
            if _to_narrow(status) and not status.st_mode & stat.S_ISVTX:
                os.chmod(root, stat.S_IMODE(status.st_mode) & ~_OTHERS)


def _narrow(entry: os.DirEntry[str]) -> None:
    """Inside of a folder that was closed before, nobody could look: it is passed over."""
    with suppress(OSError):
        status = entry.stat(follow_symlinks=False)
        if entry.is_symlink() or not _to_narrow(status):
            return
        os.chmod(entry.path, stat.S_IMODE(status.st_mode) & ~_OTHERS)
        if entry.is_dir():
            with os.scandir(entry.path) as inside:
                for one in inside:
                    _narrow(one)


def _to_narrow(status: os.stat_result) -> bool:
    return bool(status.st_mode & _OTHERS) and status.st_uid == os.geteuid()
