"""The embeddings beside the one that finds duplicates: a drawer of tables for each.

Tables of their own, not a column: they are read in the order of the disk, another embedding's
descriptors are never passed over, and to drop one gives its space back at once. What changes
(delivered, compared) lies apart from the descriptors, which may be 16 KB each.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import numpy as np

from albumdedup.core.pairs import NeighbourPairs
from albumdedup.core.types import ContentId, Descriptors, Space, SpaceUse, Tier
from albumdedup.store import pairs, vectors
from albumdedup.store.database import Database
from albumdedup.store.rows import TIER_NUMBERS, content_bytes, content_id

_TABLES = (
    """CREATE TABLE drawer_{n}_vectors (
      id INTEGER PRIMARY KEY REFERENCES contents (id) ON DELETE CASCADE, vector BLOB NOT NULL
    )""",
    """CREATE TABLE drawer_{n}_inner (
      id INTEGER PRIMARY KEY REFERENCES contents (id) ON DELETE CASCADE, vector BLOB NOT NULL
    )""",
    """CREATE TABLE drawer_{n}_states (
      id INTEGER PRIMARY KEY REFERENCES contents (id) ON DELETE CASCADE,
      delivered INTEGER NOT NULL, compared INTEGER NOT NULL
    )""",
    "CREATE INDEX drawer_{n}_waiting ON drawer_{n}_states (id) WHERE NOT delivered",
    "CREATE INDEX drawer_{n}_uncompared ON drawer_{n}_states (id) WHERE NOT compared",
    """CREATE TABLE drawer_{n}_pairs (
      a INTEGER NOT NULL, b INTEGER NOT NULL, steps INTEGER NOT NULL, PRIMARY KEY (a, b)
    ) WITHOUT ROWID""",
    "CREATE INDEX drawer_{n}_pairs_b ON drawer_{n}_pairs (b)",
)

_COLUMNS = "name, extractor, dim, floor, similar, source, whiten"


def _space(row: Sequence[object]) -> Space:
    name, extractor, dim, floor, similar, source, whiten = row
    return Space(
        str(name), str(extractor), int(str(dim)), float(str(floor)), float(str(similar)),
        str(source), bool(whiten),
    )  # fmt: skip


def numbers(connection: sqlite3.Connection) -> list[int]:
    """Those of all drawers; their tables are named by them."""
    return [number for (number,) in connection.execute("SELECT id FROM spaces ORDER BY id")]


def number_of(connection: sqlite3.Connection, name: str) -> int | None:
    row = connection.execute("SELECT id FROM spaces WHERE name = ?", (name,)).fetchone()
    return None if row is None else int(row[0])


def make(connection: sqlite3.Connection, space: Space) -> int:
    """The drawer of this embedding, made where there is none."""
    found = number_of(connection, space.name)
    if found is not None:
        _rescale(connection, found, space)
        return found
    number = connection.execute(
        f"INSERT INTO spaces ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (space.name, space.extractor, space.dim, space.floor, space.similar, space.source,
         space.whiten),
    ).lastrowid  # fmt: skip
    assert number is not None
    for statement in _TABLES:
        connection.execute(statement.format(n=number))
    return number


def _rescale(connection: sqlite3.Connection, number: int, space: Space) -> None:
    """With other thresholds, measured since, its pairs are found again."""
    known = connection.execute("SELECT floor, similar FROM spaces WHERE id = ?", (number,))
    if known.fetchone() == (space.floor, space.similar):
        return
    connection.execute(
        "UPDATE spaces SET floor = ?, similar = ? WHERE id = ?",
        (space.floor, space.similar, number),
    )
    connection.execute(f"DELETE FROM drawer_{number}_pairs")
    connection.execute(f"UPDATE drawer_{number}_states SET compared = 0")


def used(connection: sqlite3.Connection) -> list[SpaceUse]:
    answers = vectors.answering(connection)
    rows = connection.execute(f"SELECT id, {_COLUMNS} FROM spaces ORDER BY name").fetchall()
    found = []
    for number, *row in rows:
        space = _space(row)
        described, inner = (
            connection.execute(f"SELECT count(*) FROM drawer_{number}_{what}").fetchone()[0]
            for what in ("states", "inner")
        )
        size = (described + inner) * space.dim * 4
        found.append(SpaceUse(space, described, size, space.name == answers))
    return found


def answering(connection: sqlite3.Connection) -> tuple[int, Space] | None:
    name = vectors.answering(connection)
    row = connection.execute(
        f"SELECT id, {_COLUMNS} FROM spaces WHERE name = ?", (name,)
    ).fetchone()
    return None if row is None else (int(row[0]), _space(row[1:]))


def undescribed(connection: sqlite3.Connection, name: str) -> list[ContentId]:
    number = number_of(connection, name)
    lacking = "" if number is None else f" AND id NOT IN (SELECT id FROM drawer_{number}_states)"
    return [
        content_id(content)
        for (content,) in connection.execute(
            f"SELECT content FROM contents WHERE state >= 1{lacking} ORDER BY content"
        )
    ]


def promote(connection: sqlite3.Connection, name: str) -> None:
    """Let an embedding find the duplicates from now on. What is proven, and what is known of
    pairs that are near here too, stays; so do the pairs of contents that are not described here:
    their drive is away."""
    number = number_of(connection, name)
    if number is None:
        return
    similar = TIER_NUMBERS[Tier.SIMILAR]
    near = f"SELECT s.steps FROM drawer_{number}_pairs s WHERE s.a = pairs.a AND s.b = pairs.b"
    described = f"SELECT id FROM drawer_{number}_states"
    for statement in (
        "DELETE FROM vectors",
        "INSERT INTO vectors (id, vector, delivered) "
        f"SELECT id, vector, 0 FROM drawer_{number}_vectors",
        "UPDATE contents SET inner_vector = NULL WHERE inner_vector IS NOT NULL",
        "UPDATE contents SET inner_vector = "
        f"(SELECT vector FROM drawer_{number}_inner i WHERE i.id = contents.id) "
        f"WHERE id IN (SELECT id FROM drawer_{number}_inner)",
        f"UPDATE contents SET state = 2 WHERE state = 1 AND id IN ({described})",
        f"DELETE FROM pairs WHERE tier = {similar} AND a IN ({described}) AND b IN ({described}) "
        f"AND NOT EXISTS ({near})",
        f"UPDATE pairs SET steps = ({near}) WHERE EXISTS ({near})",
        "INSERT OR IGNORE INTO pairs (a, b, steps, tier) "
        f"SELECT a, b, steps, {similar} FROM drawer_{number}_pairs",
    ):
        connection.execute(statement)
    vectors.set_space(connection, name)
    drop(connection, name)


def drop(connection: sqlite3.Connection, name: str) -> None:
    """Without the embedding that answers, the one that finds the duplicates does."""
    number = number_of(connection, name)
    if number is None:
        return
    if vectors.answering(connection) == name:
        vectors.set_answering(connection, "")
    for what in ("vectors", "inner", "states", "pairs"):
        connection.execute(f"DROP TABLE drawer_{number}_{what}")
    connection.execute("DELETE FROM spaces WHERE id = ?", (number,))


def forget_pairs(connection: sqlite3.Connection, gone: Sequence[int]) -> None:
    """The pairs of contents that go, by row; what lost neighbours of many is to be compared
    again. The descriptors go with their contents."""
    for number in numbers(connection):
        poorer = pairs.forget(connection, gone, f"drawer_{number}_pairs")
        connection.executemany(
            f"UPDATE drawer_{number}_states SET compared = 0 WHERE id = ?",
            [(row,) for row in poorer],
        )


class SqliteDrawer:
    """The ``Drawer`` port for one of them. Should the embedding be dropped meanwhile, writing
    fails."""

    def __init__(self, database: Database, number: int) -> None:
        self._database = database
        self._name = f"drawer_{number}"
        self.vectors_state = 0

    def save_vectors(self, saved: Sequence[ContentId], rows: Descriptors) -> None:
        keys = [content_bytes(content) for content in saved]
        blobs = [np.asarray(row, "<f4").tobytes() for row in rows]
        with self._database.write() as connection:
            connection.executemany(
                f"INSERT OR REPLACE INTO {self._name}_vectors (id, vector) "
                "SELECT id, ? FROM contents WHERE content = ?",
                zip(blobs, keys, strict=True),
            )
            connection.executemany(
                f"INSERT OR REPLACE INTO {self._name}_states (id, delivered, compared) "
                "SELECT id, 0, 0 FROM contents WHERE content = ?",
                [(key,) for key in keys],
            )
        self.vectors_state += 1

    def save_inner(self, saved: Sequence[ContentId], rows: Descriptors) -> None:
        if not saved:
            return
        with self._database.write() as connection:
            connection.executemany(
                f"INSERT OR REPLACE INTO {self._name}_inner (id, vector) "
                "SELECT id, ? FROM contents WHERE content = ?",
                [
                    (np.asarray(row, "<f4").tobytes(), content_bytes(content))
                    for content, row in zip(saved, rows, strict=True)
                ],
            )

    def vectors(
        self, wanted: Sequence[ContentId] | None = None
    ) -> tuple[list[ContentId], Descriptors]:
        with self._database.read() as connection:
            if wanted is None:
                return vectors.everything(connection, f"{self._name}_vectors")
            return vectors.read(connection, wanted, f"{self._name}_vectors")

    def inner_vectors(self) -> tuple[list[ContentId], Descriptors]:
        with self._database.read() as connection:
            return vectors.everything(connection, f"{self._name}_inner")

    def waiting_vectors(self, most: int | None = None) -> list[ContentId]:
        return self._states("NOT delivered", "id", most)

    def mark_delivered(self, taken: Sequence[ContentId]) -> None:
        self._mark("delivered", taken)

    def use_vector_place(self, place: str) -> None:
        with self._database.write() as connection:
            vectors.use_place(connection, place)

    def indexed_contents(self) -> list[ContentId]:
        return self._states("true", "content")

    def unmatched_contents(self) -> list[ContentId]:
        return self._states("NOT compared", "content")

    def save_matches(
        self, compared: Sequence[ContentId], found: NeighbourPairs, dropped: NeighbourPairs
    ) -> None:
        with self._database.write() as connection:
            pairs.save_plain(connection, found, f"{self._name}_pairs")
            pairs.drop(connection, dropped, f"{self._name}_pairs")
            self._mark_in(connection, "compared", compared)

    def neighbour_pairs(self) -> NeighbourPairs:
        with self._database.read() as connection:
            return pairs.numbered(connection, f"{self._name}_pairs")

    def _states(self, condition: str, order: str, most: int | None = None) -> list[ContentId]:
        query = (
            f"SELECT c.content FROM {self._name}_states s JOIN contents c ON c.id = s.id "
            f"WHERE {condition} ORDER BY {'s' if order == 'id' else 'c'}.{order} LIMIT ?"
        )
        with self._database.read() as connection:
            rows = connection.execute(query, (-1 if most is None else most,))
            return [content_id(content) for (content,) in rows]

    def _mark(self, what: str, contents: Sequence[ContentId]) -> None:
        with self._database.write() as connection:
            self._mark_in(connection, what, contents)

    def _mark_in(
        self, connection: sqlite3.Connection, what: str, contents: Sequence[ContentId]
    ) -> None:
        connection.executemany(
            f"UPDATE {self._name}_states SET {what} = 1 "
            "WHERE id = (SELECT id FROM contents WHERE content = ?)",
            [(content_bytes(content),) for content in contents],
        )
