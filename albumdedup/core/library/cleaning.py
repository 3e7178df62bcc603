"""Clean-ups, their undo and their history, and the catalog that follows them."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from datetime import datetime

from albumdedup.core import (
    operations,
    planning,
    recovery,
)
from albumdedup.core.companions import read_companion
from albumdedup.core.control import Control, ProgressSink, Reporter
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import _
from albumdedup.core.library.parts import Verbs
from albumdedup.core.part import Part
from albumdedup.core.ports import (
    Decisions,
)
from albumdedup.core.receipt import Receipt, Rehearsal, receipt, rehearse
from albumdedup.core.scanner import found_file
from albumdedup.core.types import (
    PROVEN_TIERS,
    Companion,
    CompanionKind,
    Group,
    ItemState,
    NewSidecar,
    Operation,
    OperationReport,
    Plan,
    SidecarState,
    Tier,
)
from albumdedup.core.units import newcomers


class Cleaning(Verbs):
    """Clean-ups, their undo and their history, and the catalog that follows them."""

    @property
    def decisions(self) -> Decisions:
        return self._parts.decisions

    def plan(
        self,
        groups: Sequence[Group],
        tiers: frozenset[Tier] = PROVEN_TIERS,
        target: str | None = None,
        sidecars: Sequence[NewSidecar] = (),
    ) -> Plan:
        """The clean-up that takes every member whose role is REMOVE and whose tier is among
        ``tiers``. Raises AlbumError(PLAN_REFUSED, TARGET_INSIDE_ALBUM)."""
        where = os.path.abspath(target) if target is not None else None
        if where is not None:
            self._refuse_inside_album(where)
        plan = planning.plan_clean(groups, tiers, where, self._parts.decisions.protected())
        self._refuse_newcomers(plan)
        stay = {item.survivor.path for item in plan.items}
        return dataclasses.replace(
            plan, sidecars=tuple(one for one in sidecars if one.keeper in stay)
        )

    def clean(
        self, plan: Plan, control: Control | None = None, sink: ProgressSink | None = None
    ) -> OperationReport:
        """Move what the plan lists; every step is journalled before it happens."""
        parts = self._parts
        report = operations.apply(
            plan, parts.journal, parts.trash(plan.target), parts.decisions.protected(),
            control or Control(), Reporter(sink), parts.executor,
        )  # fmt: skip
        self._note_moves(parts.journal.operation(report.operation_id))
        return report

    def undo(
        self,
        operation_id: int | None = None,
        control: Control | None = None,
        sink: ProgressSink | None = None,
        part: Part = operations.EVERYTHING,
    ) -> OperationReport:
        """Put an operation, or a part of it, back; by default the last one that has something of
        it to put back. Raises AlbumError(NOTHING_TO_UNDO, NOT_IN_OPERATION)."""
        journal = self._parts.journal
        if operation_id is None:
            operation_id = operations.last_with(part, journal).id
        operation = journal.operation(operation_id)
        report = operations.undo(
            operation, journal, self._parts.trash(operation.target), control or Control(),
            Reporter(sink), part,
        )  # fmt: skip
        self._note_moves(journal.operation(operation_id))
        return report

    def history(self) -> list[Operation]:
        return self._parts.journal.operations()

    def receipt(
        self,
        operation_id: int,
        control: Control | None = None,
        sink: ProgressSink | None = None,
    ) -> Receipt:
        """What a clean-up did, as the disk shows it now. Raises AlbumError(UNKNOWN_OPERATION)."""
        operation = self._parts.journal.operation(operation_id)
        return receipt(
            operation, self._parts.executor, control or Control(), datetime.now(), Reporter(sink)
        )

    def rehearse(
        self, operation_id: int, count: int = 20, seed: int = 1, control: Control | None = None
    ) -> tuple[Rehearsal, ...]:
        """Restore some removed files on trial; they stay where they are. Raises
        AlbumError(UNKNOWN_OPERATION), Cancelled."""
        operation = self._parts.journal.operation(operation_id)
        trash = self._parts.trash(operation.target)
        return rehearse(operation, trash, count, seed, control or Control())

    def recover(self) -> list[Operation]:
        """After a crash: settle every half-done move by looking at the disk; returns the
        operations that were unfinished. Called once by ``assembly.build``."""
        settled = recovery.recover(self._parts.journal, self._parts.trash)
        for operation in settled:
            self._note_moves(operation)
        return settled

    def try_trash(self, folder: str, target: str | None = None) -> None:
        """Put a small file of ours through the trash. Raises AlbumError(TRASH_FAILED)."""
        self._parts.trash(target).try_volume(os.path.join(folder, "photo"))

    def _note_moves(self, operation: Operation) -> None:
        """Let the catalog follow what an operation did on disk."""
        gone = [i.item.victim.path for i in operation.items if i.state is ItemState.MOVED]
        back = {
            i.item.victim.path: i.restored_to or i.item.victim.path
            for i in operation.items
            if i.state in (ItemState.RESTORED, ItemState.RESTORED_BESIDE)
        }
        catalog = self._parts.catalog
        catalog.remove_files(gone)
        catalog.restore_files(back)
        written = [s.sidecar.path for s in operation.sidecars if s.state is SidecarState.WRITTEN]
        catalog.save_companions([one for path in written for one in _new_companion(path)])
        catalog.remove_companions(
            [s.sidecar.path for s in operation.sidecars if s.state is SidecarState.TAKEN_BACK]
        )

    def _refuse_newcomers(self, plan: Plan) -> None:
        """Raises AlbumError(PLAN_REFUSED) where a file came to lie beside a photo since the scan:
        the plan would leave it behind."""
        victims = [item.victim.path for item in plan.photos]
        folders = sorted({os.path.dirname(path) for path in victims})
        catalog = self._parts.catalog
        known = catalog.known_companions(folders).keys() | set(victims)
        known |= catalog.known_files(folders).keys()  # a RAW may be a photo of its own
        for photo, other in newcomers(victims, known)[:1]:
            why = _("{path} came to lie beside {photo} since the scan").format(
                path=other, photo=os.path.basename(photo)
            )
            raise AlbumError(ErrorCode.PLAN_REFUSED, detail=why)

    def _refuse_inside_album(self, target: str) -> None:
        real = os.path.realpath(target)
        for root in self._parts.catalog.roots():
            inside = os.path.realpath(root)
            if real == inside or real.startswith(os.path.join(inside, "")):
                raise AlbumError(ErrorCode.TARGET_INSIDE_ALBUM, path=target)


def _new_companion(path: str) -> list[Companion]:
    try:
        one = read_companion(found_file(path), CompanionKind.XMP)
    except OSError:
        return []  # moved away since: the next scan tells
    return [one] if one is not None else []
