"""What is mounted where, and which files can reach which folders by a rename."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

_ESCAPED = re.compile(rb"\\([0-7]{3})")


def existing(path: str) -> str:
    """The path, or the nearest folder above it that is there."""
    while not os.path.lexists(path):
        above = os.path.dirname(path)
        if above == path:
            return path
        path = above
    return path


class Mount(NamedTuple):
    """A mounted file system: ``number`` is "major:minor" of its device."""

    number: str
    place: str
    kind: str


def mounts(told: Path = Path("/proc/self/mountinfo")) -> list[Mount]:
    """What is mounted, bind mounts included; empty where nobody tells."""
    try:
        lines = told.read_bytes().split(b"\n")
    except OSError:
        return []
    found = []
    for line in lines:
        fields = line.split(b" ")
        if len(fields) > 6 and b"-" in fields[6:]:
            place = _ESCAPED.sub(lambda octal: bytes([int(octal[1], 8)]), fields[4])
            kind = fields[fields.index(b"-", 6) + 1]
            found.append(Mount(fields[2].decode(), os.fsdecode(place), kind.decode()))
    return found


def mount_points() -> frozenset[str]:
    """Where file systems are mounted; empty where nobody tells (then the change of the volume
    number is all there is)."""
    return frozenset(mount.place for mount in mounts())


def top_folder(path: str, points: Callable[[], frozenset[str]] = mount_points) -> str:
    """The uppermost folder that a file in ``path`` reaches by a rename: where its volume is
    mounted. Two folders are on one volume when this is the same. Raises OSError."""
    known = points()
    folder = os.path.realpath(existing(path))
    if not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    volume = os.stat(folder).st_dev
    while folder not in known:
        above = os.path.dirname(folder)
        if above == folder or os.stat(above).st_dev != volume:
            break
        folder = above
    return folder
