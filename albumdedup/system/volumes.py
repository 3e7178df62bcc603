"""Which files can reach which folders by a rename: mounts and volumes."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable

_ESCAPED = re.compile(rb"\\([0-7]{3})")


def existing(path: str) -> str:
    """The path, or the nearest folder above it that is there."""
    while not os.path.lexists(path):
        above = os.path.dirname(path)
        if above == path:
            return path
        path = above
    return path


def mount_points() -> frozenset[str]:
    """Where file systems are mounted, bind mounts included; empty where nobody tells (then the
    change of the volume number is all there is)."""
    if not sys.platform.startswith("linux"):
        return frozenset()
    try:
        with open("/proc/self/mountinfo", "rb") as file:
            fields = [line.split(b" ") for line in file]
    except OSError:
        return frozenset()
    return frozenset(
        os.fsdecode(_ESCAPED.sub(lambda octal: bytes([int(octal[1], 8)]), line[4]))
        for line in fields
        if len(line) > 4
    )


def top_folder(path: str, mounts: Callable[[], frozenset[str]] = mount_points) -> str:
    """The uppermost folder that a file in ``path`` reaches by a rename: where its volume is
    mounted. Two folders are on one volume when this is the same. Raises OSError."""
    known = mounts()
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
