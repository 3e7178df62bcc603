"""What could not be read: folders that were not looked into, and what other decoders tried."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from albumdedup.core.types import Problem, Reason
from albumdedup.store.rows import below, path_bytes, path_text, plain_text, text

TABLES = """
CREATE TABLE unwalked (path BLOB PRIMARY KEY, reason TEXT NOT NULL, detail BLOB NOT NULL);
CREATE TABLE decoders (stamp TEXT NOT NULL);
INSERT INTO decoders VALUES ('');
"""


def save(connection: sqlite3.Connection, roots: Sequence[str], problems: Sequence[Problem]) -> None:
    """What a walk of these folders could not look into takes the place of what was known."""
    for root in roots:
        forget_below(connection, root)
    connection.executemany(
        "INSERT OR REPLACE INTO unwalked VALUES (?, ?, ?)",
        [(path_bytes(p.path), p.reason.value, text(p.detail)) for p in problems],
    )


def forget_below(connection: sqlite3.Connection, folder: str) -> None:
    connection.execute("DELETE FROM unwalked WHERE path >= ? AND path < ?", below(folder))
    connection.execute("DELETE FROM unwalked WHERE path = ?", (path_bytes(folder),))


def problems(connection: sqlite3.Connection) -> list[Problem]:
    rows = connection.execute("SELECT path, reason, detail FROM unwalked ORDER BY path")
    return [
        Problem(path_text(path), Reason(reason), plain_text(detail))
        for path, reason, detail in rows
    ]


def decoders(connection: sqlite3.Connection) -> str:
    stamp: str = connection.execute("SELECT stamp FROM decoders").fetchone()[0]
    return stamp


def retry(connection: sqlite3.Connection, stamp: str) -> None:
    """What other decoders could not open is no longer broken, and its files have a stamp that no
    file has. They stay in the list of problems until they are read."""
    connection.execute("DELETE FROM broken")
    connection.execute("UPDATE files SET mtime_ns = -1 WHERE reason IS NOT NULL")
    connection.execute("UPDATE decoders SET stamp = ?", (stamp,))
