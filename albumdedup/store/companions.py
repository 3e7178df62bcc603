"""Companion rows of the catalog: the files beside photos. One that was moved away is laid by, so
that it is known at once when it comes back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields

from albumdedup.core.types import Companion, CompanionFacts, CompanionKind, Stamp
from albumdedup.store.rows import below, path_bytes, path_text, stamp_columns, stamp_of


def known(connection: sqlite3.Connection, roots: Sequence[str]) -> dict[str, Stamp]:
    query = (
        "SELECT path, size, mtime_ns, volume, file_id FROM companions "
        "WHERE path >= ? AND path < ? AND NOT removed"
    )
    return {
        path_text(path): stamp_of(*stamp)
        for root in roots
        for path, *stamp in connection.execute(query, below(root))
    }


def save(connection: sqlite3.Connection, found: Iterable[Companion]) -> None:
    connection.executemany(
        "INSERT OR REPLACE INTO companions (path, size, mtime_ns, volume, file_id, kind, facts) "
        "VALUES (?,?,?,?,?,?,?)",
        [
            (path_bytes(one.path), *stamp_columns(one.stamp), one.kind.value, _json(one.facts))
            for one in found
        ],
    )


def listed(connection: sqlite3.Connection) -> list[Companion]:
    rows = connection.execute(
        "SELECT path, size, mtime_ns, volume, file_id, kind, facts FROM companions "
        "WHERE NOT removed ORDER BY path"
    )
    return [
        Companion(path_text(path), stamp_of(*stamp), CompanionKind(kind), _facts(facts))
        for path, *stamp, kind, facts in rows
    ]


def lay_by(connection: sqlite3.Connection, paths: Sequence[str]) -> None:
    connection.executemany(
        "UPDATE companions SET removed = 1 WHERE path = ?", [(path_bytes(p),) for p in paths]
    )


def restore(connection: sqlite3.Connection, moved: Mapping[str, str]) -> None:
    """Old path → new path, of files that came back."""
    connection.executemany(
        "UPDATE OR REPLACE companions SET removed = 0, path = ? WHERE path = ?",
        [(path_bytes(new), path_bytes(old)) for old, new in moved.items()],
    )


def forget_below(connection: sqlite3.Connection, folder: str) -> None:
    connection.execute("DELETE FROM companions WHERE path >= ? AND path < ?", below(folder))


def _json(facts: CompanionFacts) -> str:
    told = {
        field.name: value
        for field in fields(CompanionFacts)
        if (value := getattr(facts, field.name)) != field.default
    }
    return json.dumps(told, separators=(",", ":"))


def _facts(stored: str) -> CompanionFacts:
    told = json.loads(stored)
    if "extras" in told:
        told["extras"] = tuple(told["extras"])
    return CompanionFacts(**told)
