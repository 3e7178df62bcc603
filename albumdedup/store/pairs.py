"""Neighbour pairs of the catalog. Integer keys keep millions of them small."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from albumdedup.core.types import ContentId, Match
from albumdedup.store.rows import (
    TIER_NUMBERS,
    TIERS,
    content_bytes,
    content_id,
    evidence_json,
    evidence_of,
)


class _Rows:
    """Content id → row number, looked up once each; None for a content that has no row."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._rows: dict[ContentId, int | None] = {}

    def __call__(self, content: ContentId) -> int | None:
        try:
            return self._rows[content]
        except KeyError:
            found = self._connection.execute(
                "SELECT id FROM contents WHERE content = ?", (content_bytes(content),)
            ).fetchone()
            row = self._rows[content] = None if found is None else found[0]
            return row


def _columns(
    connection: sqlite3.Connection, matches: Iterable[Match]
) -> Iterator[tuple[object, ...]]:
    """similarity, tier, evidence, a, b; pairs of contents that were forgotten are left out."""
    row_of = _Rows(connection)
    for match in matches:
        a, b = row_of(match.a), row_of(match.b)
        if a is not None and b is not None:
            evidence = evidence_json(match.evidence)
            yield match.similarity, TIER_NUMBERS[match.tier], evidence, a, b


def save(connection: sqlite3.Connection, matches: Iterable[Match]) -> None:
    """A pair that is found again keeps the verdict that it has."""
    connection.executemany(
        "INSERT INTO pairs (similarity, tier, evidence, a, b) VALUES (?,?,?,?,?) "
        "ON CONFLICT (a, b) DO UPDATE SET similarity = excluded.similarity, "
        "tier = CASE WHEN excluded.evidence IS NULL THEN tier ELSE excluded.tier END, "
        "evidence = coalesce(excluded.evidence, evidence)",
        _columns(connection, matches),
    )


def save_verdicts(connection: sqlite3.Connection, matches: Iterable[Match]) -> None:
    connection.executemany(
        "UPDATE pairs SET similarity = ?, tier = ?, evidence = ? WHERE a = ? AND b = ?",
        _columns(connection, matches),
    )


def listed(connection: sqlite3.Connection, unverified_from: float | None = None) -> list[Match]:
    """All pairs of contents whose vectors are stored, ordered by ids; with ``unverified_from``
    only those at or above it that have no evidence."""
    ids: dict[int, ContentId] = {}
    rank: dict[int, int] = {}
    for order, (row, content) in enumerate(
        connection.execute("SELECT id, content FROM contents WHERE state >= 1 ORDER BY content")
    ):
        ids[row], rank[row] = content_id(content), order
    query = "SELECT a, b, similarity, tier, evidence FROM pairs"
    if unverified_from is None:
        cursor = connection.execute(query)
    else:
        condition = " WHERE evidence IS NULL AND similarity >= ?"
        cursor = connection.execute(query + condition, (unverified_from,))
    rows = [row for row in cursor if row[0] in rank and row[1] in rank]
    rows.sort(key=lambda row: (rank[row[0]], rank[row[1]]))
    return [
        Match(ids[a], ids[b], similarity, TIERS[tier], evidence_of(evidence))
        for a, b, similarity, tier, evidence in rows
    ]
