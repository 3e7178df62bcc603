"""Milvus Lite inside this process: start it on a folder, stop it so that the folder is free.

``MilvusClient("….db")`` would start it too, but keeps the reason of a failure to itself, ends it
only with the process, and lets every user of the computer in while it runs: Milvus Lite asks for
no password. So it can listen at a socket in a folder that nobody else may enter.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from albumdedup.core import private
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.store.database import failure_of_os, why_not_writable

_GRACE_SECONDS = 2
_LONGEST = 90
"""The path of a socket has at most 104 bytes on macOS, 108 on Linux."""
_PLAIN = re.compile(r"[A-Za-z0-9/._+-]+")


class DamagedStore(Exception):
    """What lies at the place of the store is not one that this version can read."""


class MilvusLiteServer:
    """``uri`` is where it answers: at a port of this computer or, ``hidden``, where nobody else
    can ask, if there is such a place.

    Raises AlbumError: VECTORS_LOCKED, LIBRARY_READ_ONLY, DISK_FULL; DamagedStore.
    """

    def __init__(self, folder: Path, *, hidden: bool = False) -> None:
        from milvus_lite import DataDirLockedError
        from milvus_lite.adapter.grpc.server import start_server_in_thread

        self._door = _private_door() if hidden else None
        host = "127.0.0.1" if self._door is None else f"unix:{self._door.name}/milvus"
        try:
            private.make_folder(folder)
            self._server, self._database, port = start_server_in_thread(
                str(folder), host=host, port=0
            )
        except DataDirLockedError as error:
            self._close_door()
            raise AlbumError(ErrorCode.VECTORS_LOCKED, path=str(folder)) from error
        except Exception as error:  # whatever else a foreign or broken folder makes it raise
            self._close_door()
            reason = why_not_writable(folder.parent)
            if reason is not None:
                raise failure_of_os(reason, folder) from error
            raise DamagedStore(f"{type(error).__name__}: {error}") from error
        # The port is a part of the socket's name.
        self.uri = f"http://{host}:{port}" if self._door is None else f"{host}:0"

    def stop(self) -> None:
        """Returns when the folder is free for another process."""
        self._server.stop(grace=_GRACE_SECONDS).wait()
        self._database.close()
        self._close_door()

    def _close_door(self) -> None:
        if self._door is not None:
            self._door.cleanup()


def _private_door() -> tempfile.TemporaryDirectory[str] | None:
    """A folder for the socket, not the library's: the paths of sockets are short, and what stands
    in them is part of an address. None where no such socket can be had."""
    if os.name != "posix":
        return None
    try:
        door = tempfile.TemporaryDirectory(prefix="albumdedup-", ignore_cleanup_errors=True)
    except OSError:  # no temporary folder: a port does as well, but for the neighbours
        return None
    if len(door.name) > _LONGEST or not _PLAIN.fullmatch(door.name):
        door.cleanup()
        return None
    return door
