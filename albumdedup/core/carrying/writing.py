"""A sidecar of ours on disk: made new, synced, and taken back only where it is still ours."""

from __future__ import annotations

import os
from enum import StrEnum

from albumdedup.core.errors import AlbumError
from albumdedup.core.ports import Trash
from albumdedup.core.types import NewSidecar


class Written(StrEnum):
    """What became of a sidecar."""

    WHOLE = "whole"
    NOT_OURS = "not_ours"
    MISSING = "missing"


def look(sidecar: NewSidecar) -> Written:
    """What lies at its path: ours, whole or as far as a crash let us write it, or not ours."""
    if os.path.islink(sidecar.path):
        return Written.NOT_OURS
    try:
        with open(sidecar.path, "rb") as file:
            data = file.read(len(sidecar.content) + 1)
    except FileNotFoundError:
        return Written.MISSING
    except OSError:
        return Written.NOT_OURS
    return Written.WHOLE if sidecar.content.startswith(data) else Written.NOT_OURS


def write_new(sidecar: NewSidecar) -> None:
    """Make the file; it must not be there. Synced, with its folder. Raises OSError."""
    with open(sidecar.path, "xb") as file:
        file.write(sidecar.content)
        file.flush()
        os.fsync(file.fileno())
    if os.name == "posix":
        folder = os.open(os.path.dirname(sidecar.path), os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def take_back(sidecar: NewSidecar, trash: Trash) -> bool:
    """Move our own unchanged sidecar to the trash; False where it is not ours any more, or could
    not be moved. One that is gone counts as taken back."""
    found = look(sidecar)
    if found is not Written.WHOLE:
        return found is Written.MISSING
    try:
        trash.try_volume(sidecar.path)  # no copy need have lain on this volume
        trash.put(sidecar.path, trash.reserve(sidecar.path))
    except AlbumError:
        return False
    return True
