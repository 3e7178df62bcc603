"""Neighbour pairs of the catalog, small: about 20 bytes each on the disk.

Keys are row numbers, a similarity is an integer, and evidence that is nothing but a note is the
number of that note.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat

import numpy as np

from albumdedup.core.closest import full_band
from albumdedup.core.matching import FLOOR
from albumdedup.core.pairs import STEP, NeighbourPairs, steps_of
from albumdedup.core.types import ContentId, Evidence, Match, Tier
from albumdedup.store.rows import (
    TIER_NUMBERS,
    TIERS,
    content_bytes,
    content_id,
    evidence_json,
    evidence_of,
)

_AT_ONCE = 10_000


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


class _Notes:
    """Evidence ↔ its column: a number where it is a note alone, else JSON."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        rows = connection.execute("SELECT id, note FROM notes").fetchall()
        self._numbers: dict[str, int] = {note: number for number, note in rows}
        self._evidence = {number: Evidence(note) for number, note in rows}

    def column(self, evidence: Evidence | None) -> int | str | None:
        if evidence is None or evidence != Evidence(evidence.note):
            return evidence_json(evidence)
        number = self._numbers.get(evidence.note)
        if number is None:
            number = self._connection.execute(
                "INSERT INTO notes (note) VALUES (?)", (evidence.note,)
            ).lastrowid
            assert number is not None
            self._numbers[evidence.note] = number
        return number

    def evidence(self, column: int | str | None) -> Evidence | None:
        return self._evidence[column] if isinstance(column, int) else evidence_of(column)


def _keys(connection: sqlite3.Connection, pairs: NeighbourPairs) -> Iterator[tuple[int, int, int]]:
    """steps, a, b, the smaller content id first; pairs of forgotten contents are left out."""
    row_of, named = _Rows(connection), pairs.contents
    for start in range(0, len(pairs), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        for i, j, steps in zip(
            pairs.a[part].tolist(), pairs.b[part].tolist(), pairs.steps[part].tolist(), strict=True
        ):
            one, other = named[i], named[j]
            a, b = row_of(one), row_of(other)
            if a is not None and b is not None:
                yield (steps, a, b) if one < other else (steps, b, a)


def save(connection: sqlite3.Connection, pairs: NeighbourPairs) -> None:
    """A pair that is found again keeps the verdict that it has."""
    connection.executemany(
        f"INSERT INTO pairs (steps, a, b, tier) VALUES (?, ?, ?, {TIER_NUMBERS[Tier.SIMILAR]}) "
        "ON CONFLICT (a, b) DO UPDATE SET steps = excluded.steps",
        _keys(connection, pairs),
    )


def save_plain(connection: sqlite3.Connection, pairs: NeighbourPairs, table: str) -> None:
    """Into a table of similarities alone: verdicts stand once, in ``pairs``."""
    connection.executemany(
        f"INSERT INTO {table} (steps, a, b) VALUES (?, ?, ?) "
        "ON CONFLICT (a, b) DO UPDATE SET steps = excluded.steps",
        _keys(connection, pairs),
    )


def drop(connection: sqlite3.Connection, pairs: NeighbourPairs, table: str = "pairs") -> None:
    connection.executemany(
        f"DELETE FROM {table} WHERE a = ? AND b = ?",
        ((a, b) for _, a, b in _keys(connection, pairs)),
    )


def save_verdicts(connection: sqlite3.Connection, matches: Iterable[Match]) -> None:
    row_of, notes = _Rows(connection), _Notes(connection)
    connection.executemany(
        "UPDATE pairs SET steps = ?, tier = ?, evidence = ? WHERE a = ? AND b = ?",
        (
            (
                steps_of(match.similarity),
                TIER_NUMBERS[match.tier],
                notes.column(match.evidence),
                row_of(match.a),
                row_of(match.b),
            )
            for match in matches
        ),
    )


def numbered(connection: sqlite3.Connection, table: str = "pairs") -> NeighbourPairs:
    """All pairs as arrays, by the order of their contents' ids."""
    rows = connection.execute("SELECT id, content FROM contents ORDER BY content").fetchall()
    found = _table(connection, table)
    order = np.zeros(max((row for row, _content in rows), default=0) + 1, np.int32)
    order[[row for row, _content in rows]] = np.arange(len(rows))
    a, b = order[found[:, 0]], order[found[:, 1]]
    steps = found[:, 2].astype(np.int16)
    ids = [content_id(content) for _row, content in rows]
    return NeighbourPairs(ids, np.minimum(a, b), np.maximum(a, b), steps)


def _table(
    connection: sqlite3.Connection, table: str
) -> np.ndarray[tuple[int, int], np.dtype[np.int32]]:
    cursor = connection.execute(f"SELECT a, b, steps FROM {table}")
    pages = [np.empty((0, 3), np.int32)]
    while page := cursor.fetchmany(_AT_ONCE):
        pages.append(np.array(page, np.int32))
    return np.concatenate(pages)


def listed(connection: sqlite3.Connection, unverified_from: float | None = None) -> list[Match]:
    """All pairs of contents whose vectors are stored, ordered by ids; with ``unverified_from``
    only those at or above it that have no evidence."""
    query = "SELECT a, b, steps, tier, evidence FROM pairs"
    if unverified_from is None:
        rows = connection.execute(query).fetchall()
    else:
        condition = " WHERE evidence IS NULL AND steps >= ?"
        rows = connection.execute(query + condition, (unverified_from * STEP - 0.5,)).fetchall()
    return _matches(connection, rows)


def answers(connection: sqlite3.Connection, table: str) -> list[Match]:
    """The pairs where another embedding says what is similar: what is proven stays as it is;
    near is what ``table`` holds, with what is known of it. A pair of which verification has more
    than a note (one picture lies in the other) stays too, at the floor where the other embedding
    does not name it."""
    similar, low = TIER_NUMBERS[Tier.SIMILAR], steps_of(FLOOR)
    rows = connection.execute(
        f"SELECT p.a, p.b, CASE WHEN p.tier <> {similar} THEN p.steps "
        f"ELSE coalesce(s.steps, min(p.steps, {low})) END, p.tier, p.evidence "
        f"FROM pairs p LEFT JOIN {table} s ON s.a = p.a AND s.b = p.b "
        f"WHERE p.tier <> {similar} OR s.steps IS NOT NULL OR typeof(p.evidence) = 'text' "
        f"UNION ALL SELECT s.a, s.b, s.steps, {similar}, NULL FROM {table} s "
        "WHERE NOT EXISTS (SELECT 1 FROM pairs p WHERE p.a = s.a AND p.b = s.b)"
    ).fetchall()
    return _matches(connection, rows)


def _matches(
    connection: sqlite3.Connection, rows: Sequence[tuple[int, int, int, int, int | str | None]]
) -> list[Match]:
    if not rows:
        return []
    ids = {
        row: content_id(content)
        for row, content in connection.execute("SELECT id, content FROM contents WHERE state >= 1")
    }
    evidence = _Notes(connection).evidence
    found = [
        Match(ids[a], ids[b], steps / STEP, TIERS[tier], evidence(column))
        for a, b, steps, tier, column in rows
        if a in ids and b in ids
    ]
    found.sort(key=_ids_of)
    return found


def _ids_of(match: Match) -> tuple[ContentId, ContentId]:
    return match.a, match.b


def forget(connection: sqlite3.Connection, gone: Sequence[int], table: str = "pairs") -> list[int]:
    """Delete the pairs of contents, by row; returns the other contents that had as many
    neighbours as they may have: in the place of these there may be room for others now."""
    lost: Counter[tuple[int, int]] = Counter()
    for row in gone:
        for one, other in (("a", "b"), ("b", "a")):
            lost.update(
                (neighbour, steps)
                for neighbour, steps in connection.execute(
                    f"SELECT {other}, steps FROM {table} WHERE {one} = ?", (row,)
                )
            )
            connection.execute(f"DELETE FROM {table} WHERE {one} = ?", (row,))
    steps_lost: dict[int, list[int]] = {}
    for (neighbour, steps), count in lost.items():
        steps_lost.setdefault(neighbour, []).extend(repeat(steps, count))
    dead = set(gone)
    return [
        row
        for row, steps in steps_lost.items()
        if row not in dead and full_band(steps, _steps_of_row(connection, row, table))
    ]


def _steps_of_row(connection: sqlite3.Connection, row: int, table: str) -> list[int]:
    query = f"SELECT steps FROM {table} WHERE a = ? UNION ALL SELECT steps FROM {table} WHERE b = ?"
    return [steps for (steps,) in connection.execute(query, (row, row))]
