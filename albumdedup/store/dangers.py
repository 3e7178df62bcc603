"""Contents that are decoded in a process of their own: what stopped a decoder, and what was in hand
when the program died."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from albumdedup.core.types import DANGERS, ContentId, Danger, Reason
from albumdedup.store.rows import content_bytes, content_id

SCHEMA = """
CREATE TABLE dangers (content BLOB PRIMARY KEY, reason TEXT, version TEXT NOT NULL) WITHOUT ROWID;
"""


def listed(connection: sqlite3.Connection) -> dict[ContentId, Danger]:
    return {
        content_id(content): Danger(None if reason is None else Reason(reason), version)
        for content, reason, version in connection.execute(
            "SELECT content, reason, version FROM dangers"
        )
    }


def note(connection: sqlite3.Connection, content: ContentId, danger: Danger) -> None:
    reason = None if danger.reason is None else danger.reason.value
    connection.execute(
        "INSERT OR REPLACE INTO dangers VALUES (?, ?, ?)",
        (content_bytes(content), reason, danger.version),
    )


def suspect(connection: sqlite3.Connection, contents: Iterable[ContentId], version: str) -> None:
    """What was in hand; of what is known to be dangerous, nothing changes."""
    connection.executemany(
        "INSERT OR IGNORE INTO dangers VALUES (?, NULL, ?)",
        [(content_bytes(content), version) for content in contents],
    )


def clear(connection: sqlite3.Connection, content: ContentId) -> None:
    connection.execute("DELETE FROM dangers WHERE content = ?", (content_bytes(content),))


def retry(connection: sqlite3.Connection, version: str) -> None:
    """What another version could not decode is no longer broken, and its files have a stamp that
    no file has. They stay in the list of problems until they are read."""
    others = connection.execute(
        "SELECT content FROM dangers WHERE reason IS NOT NULL AND version != ?", (version,)
    ).fetchall()
    if not others:
        return
    connection.executemany("DELETE FROM broken WHERE content = ?", others)
    connection.execute(
        f"UPDATE files SET mtime_ns = -1 WHERE reason IN ({', '.join('?' * len(DANGERS))})",
        sorted(reason.value for reason in DANGERS),
    )
