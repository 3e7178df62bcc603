"""Put a small file of ours through a trash before a photo goes there."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import _
from albumdedup.core.ports import Trash
from albumdedup.core.types import ContentId, FileIdentity, Stamp
from albumdedup.system.moves import OWN_PREFIX, copied_and_read_back, discard_own
from albumdedup.system.volumes import existing

_TRY = OWN_PREFIX + "try-"
_TEXT = b"Album Deduplicator tries whether this trash keeps what it is given.\n"


def try_name() -> str:
    """A name that no other file has, and that ``sweep_tries`` knows."""
    return _TRY + secrets.token_hex(8)


def try_with_own_file(trash: Trash, folder: str) -> AlbumError | None:
    """Put a file of ours from ``folder`` into the trash, find it there, take it back out, and
    remove it. Returns what failed; leaves nothing of ours behind where that can be helped."""
    path = os.path.join(folder, try_name())
    at = path
    try:
        with open(path, "xb") as file:
            file.write(_TEXT)
            file.flush()
            status = os.fstat(file.fileno())
        stamp = Stamp(
            status.st_size, status.st_mtime_ns, FileIdentity(status.st_dev, status.st_ino)
        )
        reserved = trash.reserve(path)
        at = trash.put(path, reserved)
        if not _whole(at) or (reserved is not None and trash.find(path, stamp) is None):
            return _failed(folder, _("it does not keep what it is given"))
        at = trash.restore(at, path)
        trash.flush()
        if at != path or not _whole(path):
            return _failed(folder, _("it does not give back what it was given"))
    except OSError as error:
        return _failed(folder, error.strerror or str(error))
    except AlbumError as error:
        return error
    finally:
        for ours in (path, at):
            if os.path.basename(ours).startswith(OWN_PREFIX) and os.path.lexists(ours):
                discard_own(ours)
        if at != path:
            trash.tidy(path, at)
    return None


def rehearse(place: str, path: str) -> ContentId:
    """Copy a removed file to a hidden file of ours near its old place, read it back from the
    disk, remove our copy; its SHA-256. Raises AlbumError(NOT_THERE, TRASH_FAILED)."""
    if not os.path.lexists(place):
        raise AlbumError(ErrorCode.NOT_THERE, path=place)
    copy = os.path.join(existing(os.path.dirname(os.path.abspath(path))), try_name())
    try:
        return ContentId(copied_and_read_back(place, copy))
    except OSError as error:
        raise _failed(path, error.strerror or str(error)) from error
    finally:
        with suppress(OSError):  # swept by the next recovery
            discard_own(copy)


def sweep_tries(folder: str) -> list[str]:
    """Remove what tries that were killed left in a folder; returns their names."""
    try:
        names = [name for name in os.listdir(folder) if name.startswith(_TRY)]
    except OSError:
        return []
    for name in names:
        with suppress(OSError):  # a small file of ours is no reason to stop
            discard_own(os.path.join(folder, name))
    return names


def _whole(path: str) -> bool:
    with open(path, "rb") as file:
        return file.read(len(_TEXT) + 1) == _TEXT


def _failed(folder: str, detail: str) -> AlbumError:
    return AlbumError(ErrorCode.TRASH_FAILED, path=folder, detail=detail)
