"""What the walk notes of one file."""

from __future__ import annotations

import os
import sys

from albumdedup.core.types import FileIdentity, FoundFile, Stamp


def found_file(path: str, status: os.stat_result | None = None) -> FoundFile:
    """A file as the walk would give it. Raises OSError."""
    status = status or os.stat(path)
    identity = FileIdentity(status.st_dev, status.st_ino)
    stamp = Stamp(status.st_size, status.st_mtime_ns, identity)
    return FoundFile(path, stamp, _birth_ns(status))


def _birth_ns(status: os.stat_result) -> int | None:
    if sys.platform == "darwin":
        return int(status.st_birthtime * 1e9)
    if sys.platform == "win32":
        return status.st_ctime_ns  # creation time there
    return None
