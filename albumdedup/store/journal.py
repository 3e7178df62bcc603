"""The journal of clean-ups. A change is on disk before its method returns."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.types import (
    ContentId,
    FileProof,
    ItemState,
    JournalItem,
    JournalSidecar,
    NewSidecar,
    Operation,
    Plan,
    PlanItem,
    SidecarState,
    Tier,
)
from albumdedup.store import backup
from albumdedup.store.database import Database
from albumdedup.store.rows import (
    content_bytes,
    content_id,
    path_bytes,
    path_text,
    plain_text,
    stamp_columns,
    stamp_of,
    text,
)

_INSERT = """
INSERT INTO items (operation, victim, size, mtime_ns, volume, file_id, content,
  survivor, survivor_size, survivor_mtime_ns, survivor_volume, survivor_file_id,
  survivor_content, tier, group_id, reason, part_of, state)
VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
"""

_ITEMS = """
SELECT id, victim, size, mtime_ns, volume, file_id, content,
  survivor, survivor_size, survivor_mtime_ns, survivor_volume, survivor_file_id,
  survivor_content, tier, group_id, reason, part_of, state, place, restored_to, problem
FROM items WHERE operation = ? ORDER BY id
"""

_SIDECARS = """
SELECT id, path, content, keeper, kinds, state FROM sidecars WHERE operation = ? ORDER BY id
"""

_MARK = """
UPDATE items SET state = ?, place = coalesce(?, place),
  restored_to = coalesce(?, restored_to), problem = ? WHERE id = ?
"""

_MARK_ALL = "UPDATE items SET state = ?, place = ?, restored_to = ?, problem = ? WHERE id = ?"


def _utc_now() -> datetime:
    return datetime.now(UTC)


class SqliteJournal:
    """The ``Journal`` port on a Database that was opened with ``synchronous="FULL"``."""

    def __init__(self, database: Database, now: Callable[[], datetime] = _utc_now) -> None:
        self._database = database
        self._now = now

    def begin(self, plan: Plan) -> Operation:
        """Write the whole plan down, in one transaction, before anything is moved."""
        target = None if plan.target is None else path_bytes(plan.target)
        with self._database.write() as connection:
            operation = connection.execute(
                "INSERT INTO operations (started, target) VALUES (?, ?)",
                (self._now().astimezone(UTC).isoformat(), target),
            ).lastrowid
            connection.executemany(_INSERT, [_columns(operation, item) for item in plan.items])
            connection.executemany(
                "INSERT INTO sidecars (operation, path, content, keeper, kinds, state) "
                "VALUES (?,?,?,?,?,?)",
                [(operation, *_sidecar_columns(one)) for one in plan.sidecars],
            )
            return _operations(connection, "WHERE id = ?", (operation,))[0]

    def mark(
        self,
        item_id: int,
        state: ItemState,
        *,
        place: str | None = None,
        restored_to: str | None = None,
        problem: str = "",
    ) -> None:
        """Note one file's new state. A place once noted stays when none is given."""
        with self._database.write() as connection:
            changed = connection.execute(
                _MARK,
                (
                    state.value,
                    None if place is None else path_bytes(place),
                    None if restored_to is None else path_bytes(restored_to),
                    text(problem),
                    item_id,
                ),
            ).rowcount
            if not changed:
                raise AlbumError(ErrorCode.UNKNOWN_OPERATION, name=str(item_id))

    def mark_all(self, items: Sequence[JournalItem]) -> None:
        """Note what is known of many files now, in one transaction."""
        if not items:
            return
        with self._database.write() as connection:
            changed = connection.executemany(_MARK_ALL, [_now_columns(item) for item in items])
            if changed.rowcount != len(items):
                raise AlbumError(ErrorCode.UNKNOWN_OPERATION, name=str(items[0].id))

    def mark_sidecar(self, sidecar_id: int, state: SidecarState) -> None:
        with self._database.write() as connection:
            connection.execute(
                "UPDATE sidecars SET state = ? WHERE id = ?", (state.value, sidecar_id)
            )

    def finish(self, operation_id: int) -> None:
        with self._database.write() as connection:
            changed = connection.execute(
                "UPDATE operations SET finished = 1 WHERE id = ?", (operation_id,)
            ).rowcount
            if not changed:
                raise AlbumError(ErrorCode.UNKNOWN_OPERATION, name=str(operation_id))
        # A window may stay open for weeks: do not leave this to the next start.
        backup.keep(self._database)

    def operation(self, operation_id: int) -> Operation:
        """Raises AlbumError(UNKNOWN_OPERATION)."""
        found = self._read("WHERE id = ?", (operation_id,))
        if not found:
            raise AlbumError(ErrorCode.UNKNOWN_OPERATION, name=str(operation_id))
        return found[0]

    def operations(self) -> list[Operation]:
        """Newest first."""
        return self._read("ORDER BY id DESC")

    def unfinished(self) -> list[Operation]:
        """Oldest first; also those whose putting back was interrupted."""
        return self._read(
            "WHERE NOT finished OR id IN (SELECT operation FROM items WHERE state IN (?, ?)) "
            "ORDER BY id",
            (ItemState.MOVING.value, ItemState.RESTORING.value),
        )

    def _read(self, condition: str, values: Sequence[object] = ()) -> list[Operation]:
        with self._database.read() as connection:
            return _operations(connection, condition, values)


def _proof_columns(proof: FileProof) -> tuple[object, ...]:
    return (path_bytes(proof.path), *stamp_columns(proof.stamp), content_bytes(proof.content))


def _now_columns(entry: JournalItem) -> tuple[object, ...]:
    return (
        entry.state.value,
        None if entry.place is None else path_bytes(entry.place),
        None if entry.restored_to is None else path_bytes(entry.restored_to),
        text(entry.problem),
        entry.id,
    )


def _columns(operation: int | None, item: PlanItem) -> tuple[object, ...]:
    return (
        operation,
        *_proof_columns(item.victim),
        *_proof_columns(item.survivor),
        item.tier.value,
        item.group_id,
        text(item.reason),
        None if item.part_of is None else path_bytes(item.part_of),
        ItemState.PLANNED.value,
    )


def _operations(
    connection: sqlite3.Connection, condition: str, values: Iterable[object]
) -> list[Operation]:
    rows = connection.execute(
        f"SELECT id, started, target, finished FROM operations {condition}", tuple(values)
    ).fetchall()
    return [
        Operation(
            operation,
            datetime.fromisoformat(started).astimezone(),
            None if target is None else path_text(target),
            bool(finished),
            tuple(_item(row) for row in connection.execute(_ITEMS, (operation,))),
            tuple(_sidecar(row) for row in connection.execute(_SIDECARS, (operation,))),
        )
        for operation, started, target, finished in rows
    ]


def _sidecar_columns(one: NewSidecar) -> tuple[object, ...]:
    path, keeper = path_bytes(one.path), path_bytes(one.keeper)
    return path, one.content, keeper, ",".join(one.kinds), SidecarState.PLANNED.value


def _sidecar(row: Sequence[Any]) -> JournalSidecar:
    number, path, content, keeper, kinds, state = row
    new = NewSidecar(
        path_text(path), content, path_text(keeper), tuple(filter(None, kinds.split(",")))
    )
    return JournalSidecar(number, new, SidecarState(state))


def _proof(path: bytes, stamp: Sequence[Any], content: bytes) -> FileProof:
    return FileProof(path_text(path), stamp_of(*stamp), ContentId(content_id(content)))


def _item(row: Sequence[Any]) -> JournalItem:
    tier, group_id, reason, part_of, state, place, restored_to, problem = row[13:]
    return JournalItem(
        row[0],
        PlanItem(
            _proof(row[1], row[2:6], row[6]),
            _proof(row[7], row[8:12], row[12]),
            Tier(tier),
            group_id,
            plain_text(reason),
            None if part_of is None else path_text(part_of),
        ),
        ItemState(state),
        None if place is None else path_text(place),
        None if restored_to is None else path_text(restored_to),
        plain_text(problem),
    )
