"""SQLite: open, migrate, lend connections; its errors as codes."""

from __future__ import annotations

import errno
import logging
import os
import queue
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from albumdedup.core import private
from albumdedup.core.errors import AlbumError, ErrorCode

_log = logging.getLogger(__name__)

_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_READ_ONLY = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_PROBE_BYTES = 64 * 1024
BUSY_SECONDS = 10.0
"""How long a statement waits for another one that writes or, to make the file smaller, reads."""
_CACHE_KIB = 32 * 1024  # at most, for each connection; SQLite's 2 MiB thrash on a large catalog


def failure_of_os(error: OSError, path: Path) -> AlbumError:
    """An operating system's refusal to write in the data folder, as a code."""
    if error.errno in _DISK_FULL:
        return AlbumError(ErrorCode.DISK_FULL, path=str(path))
    if error.errno in _READ_ONLY:
        return AlbumError(ErrorCode.LIBRARY_READ_ONLY, path=str(path))
    detail = error.strerror or str(error)
    return AlbumError(ErrorCode.LIBRARY_UNUSABLE, path=str(path), detail=detail)


def why_not_writable(folder: Path) -> OSError | None:
    """SQLite says "I/O error" or "unable to open" for a full disk and for missing rights alike;
    a small file of ours, gone at once, tells which."""
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(_PROBE_BYTES))
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        return error
    return None


def _failure(error: sqlite3.Error, path: Path) -> Exception:
    """The expected failures of a database file, as codes; a bug of ours stays as it is."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF
    if primary is None or primary in (sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISUSE):
        return error
    if primary == sqlite3.SQLITE_FULL:
        return AlbumError(ErrorCode.DISK_FULL, path=str(path))
    if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return AlbumError(ErrorCode.LIBRARY_READ_ONLY, path=str(path))
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return AlbumError(ErrorCode.LIBRARY_BUSY, path=str(path))
    if primary in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN):
        reason = why_not_writable(path.parent)
        if reason is not None:
            return failure_of_os(reason, path)
    return AlbumError(ErrorCode.LIBRARY_UNUSABLE, path=str(path), detail=str(error))


def damaged(error: AlbumError) -> bool:
    """Whether a database failed because its file is not a (whole) database."""
    return _is_damage(error.__cause__)


def _is_damage(error: BaseException | None) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _DAMAGE


def damage_note(path: Path) -> Path:
    """The file whose presence says that damage was met in this database."""
    return path.with_name(path.name + "-damage-met")


def statements(script: str) -> Iterator[str]:
    """The statements of a script one by one; a ``;`` in a text, comment or trigger is no end."""
    begun = ""
    for piece in script.split(";"):
        begun += piece + ";"
        if sqlite3.complete_statement(begun):
            if begun.strip(" \t\r\n;"):
                yield begun
            begun = ""
    if begun.strip(" \t\r\n;"):
        raise ValueError(f"unfinished statement: {begun!r}")


class Database:
    """One SQLite file in WAL mode, brought to the newest schema when opened.

    ``migrations[i]`` is the script that leads from schema version i to i + 1. A connection is
    lent to one borrower at a time, so that no thread keeps one. ``synchronous`` is ``"FULL"``
    where a commit must survive a power cut, ``"NORMAL"`` for caches.

    Raises AlbumError: LIBRARY_NEWER, LIBRARY_READ_ONLY, LIBRARY_UNUSABLE, LIBRARY_BUSY,
    DISK_FULL; so do ``read`` and ``write``, for whatever happens inside.
    """

    def __init__(
        self, path: Path, migrations: Sequence[str], *, synchronous: str = "NORMAL"
    ) -> None:
        self.path = path
        self._synchronous = synchronous
        self._idle: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        self._closed = False
        self.writes = 0
        private.make_file(path)  # its log and its index get the mode of the database
        try:
            with self.write() as connection:  # a file that cannot be written is told at once
                created = self._migrate(connection, migrations)
            if created:
                self._sync_folder()
        except BaseException:
            self.close()
            raise

    def _migrate(self, connection: sqlite3.Connection, migrations: Sequence[str]) -> bool:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(migrations):
            raise AlbumError(ErrorCode.LIBRARY_NEWER, path=str(self.path))
        if version < len(migrations):
            for script in migrations[version:]:
                for statement in statements(script):
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {len(migrations)}")
        return bool(version == 0)

    def _sync_folder(self) -> None:
        """Make the new file's name as durable as its content (POSIX; elsewhere it is)."""
        if os.name != "posix":
            return
        with suppress(OSError):  # some file systems cannot sync a folder
            folder = os.open(self.path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS
        )
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA synchronous = {self._synchronous}")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            if self._synchronous == "FULL":  # on macOS a plain fsync stops at the drive's cache
                connection.execute("PRAGMA fullfsync = ON")
        except BaseException:
            connection.close()
            raise
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
            if self._closed or connection.in_transaction:
                connection.close()  # a transaction that could not be rolled back ends with it
            else:
                self._idle.put(connection)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection whose statements see one state of the database."""
        try:
            with self._lend() as connection:
                connection.execute("BEGIN")
                try:
                    yield connection
                finally:
                    with suppress(sqlite3.Error):  # nothing was written: closing ends it as well
                        connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            raise self._failed(error) from error

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction: committed at the end, rolled back on any exception."""
        try:
            with self._lend() as connection:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                    self.writes += 1
                except BaseException:
                    with suppress(sqlite3.Error):  # a full disk has rolled back by itself
                        connection.execute("ROLLBACK")
                    raise
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def _failed(self, error: sqlite3.Error) -> Exception:
        """Damage may sit in one page and be met in mid-work only: note it for the next start."""
        if _is_damage(error):
            with suppress(OSError):
                damage_note(self.path).touch(mode=private.FILE)
        return _failure(error, self.path)

    def compact(self) -> bool:
        """Give the room of what was deleted back to the disk; False where that cannot be now (a
        full disk, another reader): it is used again by what comes."""
        try:
            with self._lend() as connection:
                connection.execute("VACUUM")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.OperationalError as error:
            _log.info("%s is not made smaller: %s", self.path.name, error)
            return False
        return True

    def sound(self) -> bool:
        """Whether every page can be read and makes sense. Reads the whole file."""
        try:
            with self.read() as connection:
                answer: list[tuple[str]] = connection.execute("PRAGMA quick_check(1)").fetchall()
        except AlbumError as error:
            if damaged(error):
                return False
            raise
        return answer == [("ok",)]

    def close(self) -> None:
        self._closed = True
        while True:
            try:
                self._idle.get_nowait().close()
            except queue.Empty:
                return


def set_aside(path: Path, stamp: str) -> Path:
    """Rename a damaged database, with the files beside it that belong to it, and return its new
    name. Its log must go along: it would be replayed into the next file of that name."""
    for number in range(1, 1000):
        tail = f"-damaged-{stamp}" + (f"-{number}" if number > 1 else "")
        aside = path.with_name(path.name + tail)
        if not aside.exists():
            break
    try:
        for suffix in ("-wal", "-shm", ""):
            part = path.with_name(path.name + suffix)
            if part.exists():
                os.replace(part, aside.with_name(aside.name + suffix))
        damage_note(path).unlink(missing_ok=True)
    except OSError as error:
        raise failure_of_os(error, path) from error
    return aside
