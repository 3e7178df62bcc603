"""Milvus Lite inside this process: start it on a folder, stop it so that the folder is free.

``MilvusClient("….db")`` would start it too, but keeps the reason of a failure to itself, and
ends it only with the process.
"""

from __future__ import annotations

from pathlib import Path

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.store.database import failure_of_os, why_not_writable

_GRACE_SECONDS = 2


class DamagedStore(Exception):
    """What lies at the place of the store is not one that this version can read."""


class MilvusLiteServer:
    """Raises AlbumError: VECTORS_LOCKED, LIBRARY_READ_ONLY, DISK_FULL; DamagedStore."""

    def __init__(self, folder: Path) -> None:
        from milvus_lite import DataDirLockedError
        from milvus_lite.adapter.grpc.server import start_server_in_thread

        try:
            self._server, self._database, port = start_server_in_thread(
                str(folder), host="127.0.0.1", port=0
            )
        except DataDirLockedError as error:
            raise AlbumError(ErrorCode.VECTORS_LOCKED, path=str(folder)) from error
        except Exception as error:  # whatever else a foreign or broken folder makes it raise
            reason = why_not_writable(folder.parent)
            if reason is not None:
                raise failure_of_os(reason, folder) from error
            raise DamagedStore(f"{type(error).__name__}: {error}") from error
        self.uri = f"http://127.0.0.1:{port}"

    def stop(self) -> None:
        """Returns when the folder is free for another process."""
        self._server.stop(grace=_GRACE_SECONDS).wait()
        self._database.close()
