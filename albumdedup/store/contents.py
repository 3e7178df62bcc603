"""Content rows of the catalog: each goes *pending* → *indexed* → *matched*.

Pending: decoded, vector not known to be stored. Indexed: the vector is stored. Matched: compared
with all others, its pairs are stored.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import numpy as np

from albumdedup.core.ports import ContentRecord
from albumdedup.core.types import ContentId, Descriptors, PhotoMetadata
from albumdedup.store import drawers, pairs
from albumdedup.store.rows import content_bytes, content_id, metadata_json, metadata_of

PENDING, INDEXED, MATCHED = 0, 1, 2


def save(connection: sqlite3.Connection, records: Sequence[ContentRecord]) -> None:
    connection.executemany(
        "INSERT INTO contents (content, state, width, height, format, plain, metadata) "
        "VALUES (?, 0, ?, ?, ?, ?, ?) ON CONFLICT (content) DO UPDATE SET state = 0, "
        "width = excluded.width, height = excluded.height, format = excluded.format, "
        "plain = excluded.plain, metadata = excluded.metadata, inner_vector = NULL",
        [
            (
                content_bytes(record.content),
                record.width,
                record.height,
                record.format,
                record.plain,
                metadata_json(record.metadata),
            )
            for record in records
        ],
    )
    connection.executemany("DELETE FROM broken WHERE content = ?", _keys(records))


def save_inner(
    connection: sqlite3.Connection, saved: Sequence[ContentId], vectors: Descriptors
) -> None:
    connection.executemany(
        "UPDATE contents SET inner_vector = ? WHERE content = ?",
        [
            (vector.astype("<f4").tobytes(), content_bytes(content))
            for content, vector in zip(saved, vectors, strict=True)
        ],
    )


def inner_vectors(connection: sqlite3.Connection) -> tuple[list[ContentId], Descriptors]:
    rows = connection.execute(
        "SELECT content, inner_vector FROM contents "
        "WHERE inner_vector IS NOT NULL AND state >= 1 ORDER BY content"
    ).fetchall()
    found = [np.frombuffer(vector, "<f4") for _content, vector in rows]
    stacked = np.stack(found).astype(np.float32) if found else np.empty((0, 0), np.float32)
    return [content_id(content) for content, _vector in rows], stacked


def _keys(records: Sequence[ContentRecord]) -> list[tuple[bytes]]:
    return [(content_bytes(record.content),) for record in records]


def known(connection: sqlite3.Connection) -> dict[ContentId, PhotoMetadata]:
    return {
        content_id(content): metadata_of(metadata)
        for content, metadata in connection.execute(
            "SELECT content, metadata FROM contents WHERE state >= 1"
        )
    }


def listed(connection: sqlite3.Connection, condition: str) -> list[ContentId]:
    """The contents that meet a condition on their row, ordered."""
    return [
        content_id(content)
        for (content,) in connection.execute(
            f"SELECT content FROM contents WHERE {condition} ORDER BY content"
        )
    ]


def has_any(connection: sqlite3.Connection, condition: str) -> bool:
    """Whether a content meets a condition on its row."""
    row = connection.execute(f"SELECT EXISTS (SELECT 1 FROM contents WHERE {condition})").fetchone()
    return bool(row[0])


def mark(
    connection: sqlite3.Connection, contents: Sequence[ContentId], before: int, after: int
) -> None:
    connection.executemany(
        "UPDATE contents SET state = ? WHERE content = ? AND state = ?",
        [(after, content_bytes(content), before) for content in contents],
    )


def forget(connection: sqlite3.Connection, contents: Sequence[ContentId]) -> None:
    """Drop contents, their pairs and the file rows that lead to them."""
    found = (
        connection.execute(
            "SELECT id FROM contents WHERE content = ?", (content_bytes(content),)
        ).fetchone()
        for content in contents
    )
    _drop(connection, [row[0] for row in found if row is not None])


def forget_unused(connection: sqlite3.Connection) -> None:
    """Drop the contents that no file row leads to any more, laid-by rows included."""
    unused = connection.execute(
        "SELECT id FROM contents WHERE id NOT IN "
        "(SELECT content FROM files WHERE content IS NOT NULL UNION ALL "
        "SELECT content FROM removed WHERE content IS NOT NULL)"
    ).fetchall()
    _drop(connection, [row for (row,) in unused])


def _drop(connection: sqlite3.Connection, rows: Sequence[int]) -> None:
    """What lost neighbours of many is compared anew by the next scan."""
    poorer = pairs.forget(connection, rows)
    drawers.forget_pairs(connection, rows)
    keys = [(row,) for row in rows]
    connection.executemany("DELETE FROM files WHERE content = ?", keys)
    connection.executemany("DELETE FROM removed WHERE content = ?", keys)
    connection.executemany("DELETE FROM contents WHERE id = ?", keys)
    connection.executemany(
        "UPDATE contents SET state = ? WHERE id = ? AND state = ?",
        [(INDEXED, row, MATCHED) for row in poorer],
    )
