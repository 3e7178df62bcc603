"""A journal in memory that can die before or after any of its writes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.types import (
    ItemState,
    JournalItem,
    JournalSidecar,
    Operation,
    Plan,
    SidecarState,
)


class MemoryJournal:
    """Fulfils the Journal port; what is in it survives the death of its user."""

    def __init__(self) -> None:
        self._operations: dict[int, Operation] = {}
        self._next = 1

    def begin(self, plan: Plan) -> Operation:
        items = []
        for item in plan.items:
            items.append(JournalItem(self._next, item, ItemState.PLANNED))
            self._next += 1
        number = len(self._operations) + 1
        sidecars = tuple(
            JournalSidecar(1000 * number + place, one, SidecarState.PLANNED)
            for place, one in enumerate(plan.sidecars)
        )
        operation = Operation(
            number, datetime(2026, 1, 1), plan.target, False, tuple(items), sidecars
        )
        self._operations[number] = operation
        return operation

    def mark(self, item_id, state, *, place=None, restored_to=None, problem=""):
        for number, operation in self._operations.items():
            items = tuple(
                replace(
                    i, state=state, place=place or i.place,
                    restored_to=restored_to or i.restored_to, problem=problem,
                )
                if i.id == item_id
                else i
                for i in operation.items
            )  # fmt: skip
            self._operations[number] = replace(operation, items=items)

    def mark_all(self, items):
        """All of them, or none."""
        now = {item.id: item for item in items}
        for number, operation in self._operations.items():
            after = tuple(now.get(item.id, item) for item in operation.items)
            self._operations[number] = replace(operation, items=after)

    def mark_sidecar(self, sidecar_id, state):
        for number, operation in self._operations.items():
            sidecars = tuple(
                replace(s, state=state) if s.id == sidecar_id else s for s in operation.sidecars
            )
            self._operations[number] = replace(operation, sidecars=sidecars)

    def finish(self, operation_id):
        operation = self.operation(operation_id)
        self._operations[operation_id] = replace(operation, finished=True)

    def operation(self, operation_id):
        if operation_id not in self._operations:
            raise AlbumError(ErrorCode.UNKNOWN_OPERATION, name=str(operation_id))
        return self._operations[operation_id]

    def operations(self):
        return [self._operations[n] for n in sorted(self._operations, reverse=True)]

    def unfinished(self):
        half = (ItemState.MOVING, ItemState.RESTORING)
        return [
            self._operations[n]
            for n in sorted(self._operations)
            if not self._operations[n].finished
            or any(i.state in half for i in self._operations[n].items)
        ]
