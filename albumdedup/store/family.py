"""What the family was told, in the catalog; and where it was told so, beside the decisions."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from albumdedup.core.family import Holding, Place
from albumdedup.core.types import ContentId
from albumdedup.store.database import Database
from albumdedup.store.rows import content_bytes, content_id, path_bytes, path_text

TABLES = """
CREATE TABLE told (
  content BLOB PRIMARY KEY, files, path, bytes, width, height, taken, plain
) WITHOUT ROWID;
CREATE TABLE family_place (uri TEXT NOT NULL, family TEXT NOT NULL, space TEXT NOT NULL);
"""

PLACES = """
CREATE TABLE families (
  uri TEXT NOT NULL, family TEXT NOT NULL, space TEXT NOT NULL, PRIMARY KEY (uri, family, space)
);
"""

# Beside min() SQLite takes the other columns from the row that has it.
_HELD = """
SELECT c.content, count(*) AS files, min(f.path) AS path, f.size AS bytes, c.width, c.height,
       f.wall AS taken, c.plain
FROM files AS f JOIN contents AS c ON c.id = f.content JOIN vectors AS v ON v.id = c.id
WHERE c.state >= 1 GROUP BY c.id
"""
_NEW = f"""
SELECT h.* FROM ({_HELD}) AS h LEFT JOIN told AS t ON t.content = h.content
WHERE (h.files, h.path, h.bytes, h.width, h.height, h.taken, h.plain)
      IS NOT (t.files, t.path, t.bytes, t.width, t.height, t.taken, t.plain)
"""
_GONE = """
SELECT t.content FROM told AS t WHERE NOT EXISTS (
  SELECT 1 FROM contents AS c JOIN files AS f ON f.content = c.id JOIN vectors AS v ON v.id = c.id
  WHERE c.content = t.content AND c.state >= 1)
"""


def holdings(connection: sqlite3.Connection) -> list[Holding]:
    return [_holding(row) for row in connection.execute(f"{_HELD} ORDER BY c.content")]


def untold(connection: sqlite3.Connection) -> tuple[list[Holding], list[ContentId]]:
    new = [_holding(row) for row in connection.execute(f"{_NEW} ORDER BY h.path")]
    return new, [content_id(content) for (content,) in connection.execute(_GONE)]


def has_untold(connection: sqlite3.Connection) -> bool:
    """Where all that is held was told, more is told than held if something is gone: counting is
    quicker than looking for it."""
    row = connection.execute(
        f"SELECT EXISTS ({_NEW}) OR (SELECT count(*) FROM told) <> (SELECT count(*) FROM ({_HELD}))"
    ).fetchone()
    return bool(row[0])


def told(connection: sqlite3.Connection) -> list[ContentId]:
    rows = connection.execute("SELECT content FROM told ORDER BY content")
    return [content_id(content) for (content,) in rows]


def note_told(connection: sqlite3.Connection, new: Sequence[Holding]) -> None:
    connection.executemany(
        "INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                content_bytes(one.content), one.files, path_bytes(one.path), one.bytes,
                one.width, one.height, one.taken, int(one.plain),
            )
            for one in new
        ],
    )  # fmt: skip


def note_taken(connection: sqlite3.Connection, contents: Sequence[ContentId]) -> None:
    connection.executemany(
        "DELETE FROM told WHERE content = ?", [(content_bytes(content),) for content in contents]
    )


def place(connection: sqlite3.Connection) -> Place | None:
    row = connection.execute("SELECT uri, family, space FROM family_place").fetchone()
    return None if row is None else Place(*row)


def set_place(connection: sqlite3.Connection, place: Place | None) -> None:
    connection.execute("DELETE FROM told")
    connection.execute("DELETE FROM family_place")
    if place is not None:
        row = (place.uri, place.family, place.space)
        connection.execute("INSERT INTO family_place VALUES (?, ?, ?)", row)


def _holding(row: tuple) -> Holding:  # type: ignore[type-arg]
    content, files, path, size, width, height, taken, plain = row
    return Holding(
        content_id(content), files, path_text(path), int(size), width, height, taken, bool(plain)
    )


class SqliteFamilyBook:
    """The ``FamilyBook`` port, in the file of the decisions: it must outlive a damaged catalog."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def places(self) -> list[Place]:
        with self._database.read() as connection:
            rows = connection.execute("SELECT uri, family, space FROM families ORDER BY 1, 2, 3")
            return [Place(*row) for row in rows]

    def joined(self, place: Place) -> None:
        with self._database.write() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO families VALUES (?, ?, ?)",
                (place.uri, place.family, place.space),
            )

    def left(self, place: Place) -> None:
        with self._database.write() as connection:
            connection.execute(
                "DELETE FROM families WHERE uri = ? AND family = ? AND space = ?",
                (place.uri, place.family, place.space),
            )
