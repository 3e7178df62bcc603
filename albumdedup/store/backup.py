"""Copies of the decisions and the journal, which nothing else could bring back."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from albumdedup.core import private
from albumdedup.core.errors import AlbumError
from albumdedup.store.database import Database

_log = logging.getLogger(__name__)

KEPT = 5
"""How many different states are kept."""


def folder_of(path: Path) -> Path:
    return path.parent / "backups"


def backups(path: Path) -> list[Path]:
    """The backups of a database, newest first."""
    return sorted(folder_of(path).glob(f"{path.stem}-*{path.suffix}"), reverse=True)


def make(database: Database, now: datetime | None = None) -> Path | None:
    """Copy a database as it is now, whole, and keep the newest few copies.

    Returns the new copy; None where the newest one holds the same already. Raises AlbumError,
    sqlite3.Error, OSError.
    """
    path = database.path
    older = backups(path)
    stamp = (now or datetime.now()).strftime("%Y%m%d-%H%M%S-%f")
    copy = folder_of(path) / f"{path.stem}-{stamp}{path.suffix}"
    private.make_folder(copy.parent)
    beside = copy.with_suffix(".new")
    try:
        _copy(database, beside)
        if older and older[0].read_bytes() == beside.read_bytes():
            return None
        os.replace(beside, copy)
    finally:
        beside.unlink(missing_ok=True)
    for old in backups(path)[KEPT:]:
        old.unlink()
    return copy


def keep(database: Database) -> None:
    """``make``, for moments at which a failure to copy must not stop what was asked for."""
    try:
        make(database)
    except (AlbumError, OSError, sqlite3.Error) as error:
        _log.warning("%s could not be backed up: %s", database.path, error)


def _copy(database: Database, target: Path) -> None:
    target.unlink(missing_ok=True)
    private.make_file(target)
    with database.read() as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, complete in itself
    _sync(target)


def newest_whole(path: Path) -> Path | None:
    """The newest backup of a database that is not damaged itself."""
    return next((backup for backup in backups(path) if _whole(backup)), None)


def put_back(backup: Path, path: Path) -> None:
    """Copy a backup to where its database was. Raises OSError."""
    beside = path.with_name(path.name + ".new")
    private.make_file(beside)
    shutil.copyfile(backup, beside)
    _sync(beside)
    os.replace(beside, path)


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _whole(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)]
    except sqlite3.DatabaseError:
        return False
