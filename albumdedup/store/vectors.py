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


def everything(connection: sqlite3.Connection) -> tuple[list[ContentId], Descriptors]:
    """Read in the order of the table, which is that of the disk, into their place."""
    order = connection.execute(
        "SELECT v.id, c.content FROM vectors v JOIN contents c ON c.id = v.id ORDER BY c.content"
    ).fetchall()
    place = {row: turn for turn, (row, _content) in enumerate(order)}
    found = np.empty((0, 0), np.float32)
    cursor = connection.execute("SELECT id, vector FROM vectors")
    while page := cursor.fetchmany(_AT_ONCE):
        if not found.size:
            found = np.empty((len(order), len(page[0][1]) // 4), np.float32)
        for row, vector in page:
            found[place[row]] = np.frombuffer(vector, "<f4")
    return [content_id(content) for _row, content in order], found


def read(
    connection: sqlite3.Connection, wanted: Sequence[ContentId]
) -> tuple[list[ContentId], Descriptors]:
    ids: list[ContentId] = []
    rows: list[Descriptors] = []
    for part in _parts(sorted(set(wanted))):
        marks = ",".join("?" * len(part))
        for content, vector in connection.execute(
            "SELECT c.content, v.vector FROM contents c JOIN vectors v ON v.id = c.id "
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


def place(connection: sqlite3.Connection) -> str:
    return str(connection.execute("SELECT place FROM vector_store").fetchone()[0])


def set_place(connection: sqlite3.Connection, place: str) -> None:
    connection.execute("UPDATE vector_store SET place = ?", (place,))
    connection.execute("UPDATE vectors SET delivered = 0")
