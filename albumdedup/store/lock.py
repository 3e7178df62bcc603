"""One process at a time owns a data folder."""

from __future__ import annotations

from types import TracebackType

from filelock import FileLock, Timeout

from albumdedup.core import private
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import _
from albumdedup.core.paths import AppPaths
from albumdedup.store.database import failure_of_os

PATIENCE = 1.0
"""Seconds. A program that was killed at the moment when it started a process has a child for a few
milliseconds more, which holds what it held."""


class LibraryLock:
    """The lock on a library's folder, which is made where it is missing and closed to others. The
    system lets go of it when the process ends, however it ends. May be released by another
    thread."""

    def __init__(self, paths: AppPaths) -> None:
        self._root = paths.root
        self._lock = FileLock(paths.lock, mode=private.FILE, thread_local=False)

    def acquire(self) -> None:
        """Raises AlbumError: LIBRARY_BUSY, LIBRARY_READ_ONLY, LIBRARY_UNUSABLE, DISK_FULL."""
        try:
            private.make_folder(self._root)
            self._lock.acquire(timeout=PATIENCE)
            private.narrow(self._root)
        except Timeout as error:
            raise AlbumError(ErrorCode.LIBRARY_BUSY, path=str(self._root)) from error
        except OSError as error:
            raise failure_of_os(error, self._root) from error
        except NotImplementedError as error:
            raise AlbumError(
                ErrorCode.LIBRARY_UNUSABLE,
                path=str(self._root),
                detail=_("its file system has no locks"),
            ) from error

    def release(self) -> None:
        self._lock.release()

    def __enter__(self) -> LibraryLock:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
