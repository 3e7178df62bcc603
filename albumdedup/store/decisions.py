"""What the user decided, and the file that it shares with the journal. Never thrown away."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import combinations
from pathlib import Path
from uuid import uuid4

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import _
from albumdedup.core.types import ContentId
from albumdedup.store import backup
from albumdedup.store.database import (
    Database,
    damage_note,
    damaged,
    failure_of_os,
    set_aside,
)
from albumdedup.store.family import PLACES
from albumdedup.store.rows import content_bytes, content_id, path_bytes, path_text

_log = logging.getLogger(__name__)

MIGRATIONS = (
    """
    CREATE TABLE not_duplicates (
      a BLOB NOT NULL, b BLOB NOT NULL, PRIMARY KEY (a, b)
    ) WITHOUT ROWID;
    CREATE TABLE protected (folder BLOB PRIMARY KEY);
    CREATE TABLE preferred (position INTEGER PRIMARY KEY, folder BLOB NOT NULL UNIQUE);
    CREATE TABLE operations (
      id INTEGER PRIMARY KEY AUTOINCREMENT, started TEXT NOT NULL, target BLOB,
      finished INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE items (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      operation INTEGER NOT NULL REFERENCES operations (id),
      victim BLOB NOT NULL, size NOT NULL, mtime_ns NOT NULL, volume NOT NULL,
      file_id NOT NULL, content BLOB NOT NULL,
      survivor BLOB NOT NULL, survivor_size NOT NULL, survivor_mtime_ns NOT NULL,
      survivor_volume NOT NULL, survivor_file_id NOT NULL, survivor_content BLOB NOT NULL,
      tier TEXT NOT NULL, group_id TEXT NOT NULL, reason BLOB NOT NULL,
      state TEXT NOT NULL, place BLOB, restored_to BLOB, problem BLOB NOT NULL DEFAULT x''
    );
    CREATE INDEX items_operation ON items (operation, id);
    """,
    "ALTER TABLE items ADD COLUMN part_of BLOB;",
    """
    CREATE TABLE sidecars (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      operation INTEGER NOT NULL REFERENCES operations (id),
      path BLOB NOT NULL, content BLOB NOT NULL, keeper BLOB NOT NULL, kinds TEXT NOT NULL,
      state TEXT NOT NULL
    );
    CREATE INDEX sidecars_operation ON sidecars (operation, id);
    """,
    "CREATE TABLE library (id TEXT NOT NULL);",
    PLACES,
)


def library_id(database: Database) -> str:
    """What tells this library from others that share a vector server; made at first use. It is
    kept here, since it must outlive a damaged catalog."""
    with database.write() as connection:
        row = connection.execute("SELECT id FROM library").fetchone()
        if row is None:
            row = (uuid4().hex[:12],)
            connection.execute("INSERT INTO library VALUES (?)", row)
        return str(row[0])


def open_decisions(path: Path) -> Database:
    """Open, or make, the file of decisions and journal, and back it up.

    A damaged file is set aside, never thrown away, and the newest whole backup takes its place.
    Raises AlbumError: LIBRARY_UNUSABLE (damaged, and no backup), LIBRARY_READ_ONLY,
    LIBRARY_NEWER, LIBRARY_BUSY, DISK_FULL.
    """
    try:
        database = _open_sound(path)
        if database is None:
            database = _restore(path)
        damage_note(path).unlink(missing_ok=True)
    except OSError as error:
        raise failure_of_os(error, path) from error
    backup.keep(database)
    return database


def _open_sound(path: Path) -> Database | None:
    """None where the file is damaged."""
    if not path.exists() and backup.backups(path):
        return None  # lost rather than new: a backup knows better than an empty file
    try:
        database = Database(path, MIGRATIONS, synchronous="FULL")
    except AlbumError as error:
        if damaged(error):
            return None
        raise
    if database.sound():
        return database
    database.close()
    return None


def _restore(path: Path) -> Database:
    usable = backup.newest_whole(path)
    if usable is None:
        raise AlbumError(
            ErrorCode.LIBRARY_UNUSABLE,
            path=str(path),
            detail=_("it is damaged, and there is no backup of it"),
        )
    aside = set_aside(path, datetime.now().strftime("%Y%m%d-%H%M%S"))
    backup.put_back(usable, path)
    _log.warning("%s was damaged; restored from %s, set aside as %s", path, usable, aside)
    return Database(path, MIGRATIONS, synchronous="FULL")


class SqliteDecisions:
    """The ``Decisions`` port. Each change is on disk before its method returns."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_not_duplicates(self, contents: Sequence[ContentId]) -> None:
        """None of these is a duplicate of another. An id given twice speaks of identical files."""
        with self._database.write() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO not_duplicates (a, b) VALUES (?, ?)", _pairs(contents)
            )

    def remove_not_duplicates(self, contents: Sequence[ContentId]) -> None:
        with self._database.write() as connection:
            connection.executemany(
                "DELETE FROM not_duplicates WHERE a = ? AND b = ?", _pairs(contents)
            )

    def not_duplicates(self) -> frozenset[tuple[ContentId, ContentId]]:
        with self._database.read() as connection:
            rows = connection.execute("SELECT a, b FROM not_duplicates")
            return frozenset((content_id(a), content_id(b)) for a, b in rows)

    def protect(self, folder: str, on: bool = True) -> None:
        statement = (
            "INSERT OR IGNORE INTO protected (folder) VALUES (?)"
            if on
            else "DELETE FROM protected WHERE folder = ?"
        )
        with self._database.write() as connection:
            connection.execute(statement, (path_bytes(os.path.abspath(folder)),))

    def protected(self) -> tuple[str, ...]:
        """Ordered by path."""
        return self._folders("SELECT folder FROM protected ORDER BY folder")

    def prefer(self, folders: Sequence[str]) -> None:
        wanted = dict.fromkeys(os.path.abspath(folder) for folder in folders)
        with self._database.write() as connection:
            connection.execute("DELETE FROM preferred")
            connection.executemany(
                "INSERT INTO preferred (position, folder) VALUES (?, ?)",
                [(position, path_bytes(folder)) for position, folder in enumerate(wanted)],
            )

    def preferred(self) -> tuple[str, ...]:
        """The most preferred first."""
        return self._folders("SELECT folder FROM preferred ORDER BY position")

    def _folders(self, query: str) -> tuple[str, ...]:
        with self._database.read() as connection:
            return tuple(path_text(folder) for (folder,) in connection.execute(query))


def _pairs(contents: Iterable[ContentId]) -> set[tuple[bytes, bytes]]:
    ordered = sorted(content_bytes(content) for content in contents)
    return set(combinations(ordered, 2))
