"""Content rows of the catalog: each goes *pending* → *indexed* → *matched*.

Pending: decoded, vector not known to be stored. Indexed: the vector is stored. Matched: compared
with all others, its pairs are stored.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from albumdedup.core.ports import ContentRecord
from albumdedup.core.types import ContentId, Descriptors, Inside, PhotoMetadata
from albumdedup.store import drawers, pairs
from albumdedup.store.rows import content_bytes, content_id, metadata_json, metadata_of

PENDING, INDEXED, MATCHED = 0, 1, 2

_UNSEEN = """'"inside":[["unseen",0,""]]'"""
"""In the JSON of metadata, as a text of SQL."""

MARK_UNSEEN = f"""
    UPDATE contents SET metadata = CASE metadata
      WHEN '' THEN '{{' || {_UNSEEN} || '}}'
      ELSE substr(metadata, 1, length(metadata) - 1) || ',' || {_UNSEEN} || '}}' END
      WHERE instr(metadata, '"inside":') = 0 AND format NOT IN ('BMP', 'DIB', 'RAW');
    CREATE INDEX contents_unseen ON contents (id) WHERE instr(metadata, {_UNSEEN}) > 0;
"""
"""Until then nobody looked for films and maps inside of photos. A BMP cannot hold any; a RAW never
goes for a copy that is not the same bytes."""


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


def unseen(connection: sqlite3.Connection, tables: Sequence[str]) -> list[ContentId]:
    """Those that nobody looked into and that have a pair in one of these tables, ordered."""
    paired = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE {side} = contents.id)"
        for table in tables
        for side in ("a", "b")
    )
    return listed(connection, f"instr(metadata, {_UNSEEN}) > 0 AND state >= 1 AND ({paired})")


def save_inside(
    connection: sqlite3.Connection, seen: Mapping[ContentId, tuple[Inside, ...]]
) -> None:
    for content, inside in seen.items():
        key = (content_bytes(content),)
        row = connection.execute("SELECT metadata FROM contents WHERE content = ?", key).fetchone()
        if row is not None:
            told = metadata_json(replace(metadata_of(row[0]), inside=inside))
            connection.execute("UPDATE contents SET metadata = ? WHERE content = ?", (told, *key))


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
