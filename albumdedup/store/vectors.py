"""Descriptors in the catalog: the copy from which any vector store can be filled."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

import numpy as np

from albumdedup.core.types import ContentId, Descriptors
from albumdedup.store.rows import content_bytes, content_id

_AT_ONCE = 2000
_PER_STATEMENT = 500  # SQLite's oldest limit on parameters is 999


def save(connection: sqlite3.Connection, saved: Sequence[ContentId], rows: Descriptors) -> None:
    connection.executemany(
        "INSERT INTO vectors (id, vector, delivered) "
        "SELECT id, ?, 0 FROM contents WHERE content = ? "
        "ON CONFLICT (id) DO UPDATE SET vector = excluded.vector, delivered = 0",
        [
            (np.asarray(row, "<f4").tobytes(), content_bytes(content))
            for content, row in zip(saved, rows, strict=True)
        ],
    )


def everything(
    connection: sqlite3.Connection, table: str = "vectors"
) -> tuple[list[ContentId], Descriptors]:
    """Read in the order of the table, which is that of the disk, into their place."""
    order = connection.execute(
        f"SELECT v.id, c.content FROM {table} v JOIN contents c ON c.id = v.id ORDER BY c.content"
    ).fetchall()
    place = {row: turn for turn, (row, _content) in enumerate(order)}
    found = np.empty((0, 0), np.float32)
    cursor = connection.execute(f"SELECT id, vector FROM {table}")
    while page := cursor.fetchmany(_AT_ONCE):
        if not found.size:
            found = np.empty((len(order), len(page[0][1]) // 4), np.float32)
        for row, vector in page:
            found[place[row]] = np.frombuffer(vector, "<f4")
    return [content_id(content) for _row, content in order], found


def read(
    connection: sqlite3.Connection, wanted: Sequence[ContentId], table: str = "vectors"
) -> tuple[list[ContentId], Descriptors]:
    ids: list[ContentId] = []
    rows: list[Descriptors] = []
    for part in _parts(sorted(set(wanted))):
        marks = ",".join("?" * len(part))
        for content, vector in connection.execute(
            f"SELECT c.content, v.vector FROM contents c JOIN {table} v ON v.id = c.id "
            f"WHERE c.content IN ({marks}) ORDER BY c.content",
            [content_bytes(content) for content in part],
        ):
            ids.append(content_id(content))
            rows.append(np.frombuffer(vector, "<f4"))
    stacked = np.stack(rows).astype(np.float32) if rows else np.empty((0, 0), np.float32)
    return ids, stacked


def _parts(ids: Sequence[ContentId]) -> Iterator[Sequence[ContentId]]:
    for start in range(0, len(ids), _PER_STATEMENT):
        yield ids[start : start + _PER_STATEMENT]


def waiting(connection: sqlite3.Connection, most: int | None) -> list[ContentId]:
    """In the order in which they came, which is quick to find and as good as any."""
    return [
        content_id(content)
        for (content,) in connection.execute(
            "SELECT c.content FROM vectors v JOIN contents c ON c.id = v.id "
            "WHERE NOT v.delivered ORDER BY v.id LIMIT ?",
            (-1 if most is None else most,),
        )
    ]


def mark_delivered(connection: sqlite3.Connection, taken: Sequence[ContentId]) -> None:
    connection.executemany(
        "UPDATE vectors SET delivered = 1 WHERE id = (SELECT id FROM contents WHERE content = ?)",
        [(content_bytes(content),) for content in taken],
    )


def space(connection: sqlite3.Connection) -> str:
    return str(connection.execute("SELECT space FROM vector_store").fetchone()[0])


def set_space(connection: sqlite3.Connection, space: str) -> None:
    connection.execute("UPDATE vector_store SET space = ?", (space,))


def answering(connection: sqlite3.Connection) -> str:
    """The name of the embedding that answers; "" for the one that finds the duplicates."""
    return str(connection.execute("SELECT answering FROM vector_store").fetchone()[0])


def set_answering(connection: sqlite3.Connection, space: str) -> None:
    connection.execute("UPDATE vector_store SET answering = ?", (space,))


def place(connection: sqlite3.Connection) -> str:
    return str(connection.execute("SELECT place FROM vector_store").fetchone()[0])


def use_place(connection: sqlite3.Connection, new: str) -> None:
    """In a new place the descriptors of every embedding wait again."""
    if place(connection) == new:
        return
    connection.execute("UPDATE vector_store SET place = ?", (new,))
    connection.execute("UPDATE vectors SET delivered = 0")
    for (number,) in connection.execute("SELECT id FROM spaces").fetchall():
        connection.execute(f"UPDATE drawer_{number}_states SET delivered = 0")
