"""SQLite: open, migrate, lend connections."""

from __future__ import annotations

import queue
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from albumdedup.core.errors import AlbumError, ErrorCode


def _failure(error: sqlite3.Error, path: Path) -> AlbumError:
    """The expected failures of a database file, as codes."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return AlbumError(ErrorCode.DISK_FULL, path=str(path))
    if code == sqlite3.SQLITE_READONLY:
        return AlbumError(ErrorCode.LIBRARY_READ_ONLY, path=str(path))
    if code == sqlite3.SQLITE_BUSY:
        return AlbumError(ErrorCode.LIBRARY_BUSY, path=str(path))
    return AlbumError(ErrorCode.LIBRARY_UNUSABLE, path=str(path), detail=str(error))


class Database:
    """One SQLite file in WAL mode, brought to the newest schema when opened.

    ``migrations[i]`` is the script that leads from schema version i to i + 1. A connection is
    lent to one borrower at a time, so that no thread keeps one. ``synchronous`` is ``"FULL"``
    where a commit must survive a power cut, ``"NORMAL"`` for caches.

    Raises AlbumError: LIBRARY_NEWER, LIBRARY_READ_ONLY, LIBRARY_UNUSABLE, DISK_FULL.
    """

    def __init__(
        self, path: Path, migrations: Sequence[str], *, synchronous: str = "NORMAL"
    ) -> None:
        self._path = path
        self._synchronous = synchronous
        self._idle: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        self._closed = False
        with self.write() as connection:
            self._migrate(connection, migrations)

    def _migrate(self, connection: sqlite3.Connection, migrations: Sequence[str]) -> None:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(migrations):
            raise AlbumError(ErrorCode.LIBRARY_NEWER, path=str(self._path))
        for script in migrations[version:]:
            for statement in script.split(";"):
                if statement.strip():
                    connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(migrations)}")

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, isolation_level=None, check_same_thread=False, timeout=10
        )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {self._synchronous}")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    @contextmanager
    def _lend(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._idle.get_nowait()
        except queue.Empty:
            connection = self._open()
        try:
            yield connection
        finally:
            if self._closed:
                connection.close()
            else:
                self._idle.put(connection)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._lend() as connection:
                yield connection
        except sqlite3.Error as error:
            raise _failure(error, self._path) from error

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction: committed at the end, rolled back on any exception."""
        try:
            with self._lend() as connection:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise
        except sqlite3.Error as error:
            raise _failure(error, self._path) from error

    def close(self) -> None:
        self._closed = True
        while not self._idle.empty():
            self._idle.get_nowait().close()
