"""How many files to read from a drive at once: a turning disk is fastest with one reader, since
each further one sends its head to and fro; a network answers a few at a time; flash takes all."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from enum import Enum
from pathlib import Path

from albumdedup.core.types import FoundFile
from albumdedup.system.volumes import mounts

_REMOTE = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ncpfs", "9p", "davfs", "fuse.sshfs",
     "fuse.rclone", "fuse.davfs2", "fuse.gvfsd-fuse", "fuse.curlftpfs", "ceph", "glusterfs"}
)  # fmt: skip


class DriveKind(Enum):
    FLASH = "flash"
    TURNING = "turning"
    REMOTE = "remote"


READERS = {DriveKind.TURNING: 1, DriveKind.REMOTE: 4}
"""Files read at once; of the kinds that are not here, as many as there are threads."""


def drive_kind(volume: int) -> DriveKind:
    """What the volume of this device number lies on; FLASH where nobody tells."""
    if not sys.platform.startswith("linux"):
        return DriveKind.FLASH
    number = f"{os.major(volume)}:{os.minor(volume)}"
    if any(mount.number == number and mount.kind in _REMOTE for mount in mounts()):
        return DriveKind.REMOTE
    return DriveKind.TURNING if _turns(number) else DriveKind.FLASH


def _turns(number: str, devices: Path = Path("/sys/dev/block")) -> bool:
    """Whether the disk of a block device, or of a part of it, says that it turns."""
    try:
        device = (devices / number).resolve(strict=True)
    except OSError:
        return False
    for folder in (device, device.parent):
        try:
            return (folder / "queue" / "rotational").read_text().strip() == "1"
        except OSError:
            continue
    return False


class Readers:
    """Lets as many threads read from a volume at once as its drive takes well. Thread-safe."""

    def __init__(self, kind_of: Callable[[int], DriveKind] = drive_kind) -> None:
        self._kind_of = kind_of
        self._lock = threading.Lock()
        self._kinds: dict[int, DriveKind] = {}
        self._turns: dict[int, AbstractContextManager[object]] = {}

    def __call__(self, volume: int) -> AbstractContextManager[object]:
        """Held while one file of this volume is read."""
        kind = self._kind(volume)
        with self._lock:
            turn = self._turns.get(volume)
            if turn is None:
                count = READERS.get(kind)
                turn = nullcontext() if count is None else threading.Semaphore(count)
                self._turns[volume] = turn
            return turn

    def in_order(self, files: Sequence[FoundFile]) -> list[FoundFile]:
        """Files in the order in which to read them. On a turning disk, inside each folder, that
        of their file ids: file systems number files as they lay them down, so that the head goes
        one way. Names often say something else (IMG_0001 beside a copy of 2009)."""

        volumes = {file.stamp.identity.volume for file in files}
        turning = {one for one in volumes if self._kind(one) is DriveKind.TURNING}

        def key(file: FoundFile) -> tuple[str, int, str]:
            identity = file.stamp.identity
            place = identity.file_id if identity.volume in turning else 0
            return os.path.dirname(file.path), place, file.path

        return sorted(files, key=key) if turning else list(files)

    def _kind(self, volume: int) -> DriveKind:
        with self._lock:
            if volume not in self._kinds:
                self._kinds[volume] = self._kind_of(volume)
            return self._kinds[volume]
