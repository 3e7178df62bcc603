"""Carry a clean-up out, and undo it: the code that must never lose a photo.

The journal is on disk before each act; each photo and its survivor are checked on disk right
before the move; a move counts when the file was found again. What cannot be proved is skipped.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from albumdedup.core.control import Control, Progress, Reporter, Stage
from albumdedup.core.errors import AlbumError, Cancelled, ErrorCode
from albumdedup.core.i18n import _, describe
from albumdedup.core.keeper import inside
from albumdedup.core.planning import check_plan
from albumdedup.core.ports import Journal, Trash
from albumdedup.core.proof import Unproved, prove
from albumdedup.core.types import (
    FileIdentity,
    ItemState,
    JournalItem,
    Operation,
    OperationReport,
    Plan,
    PlanItem,
)


@dataclass
class _Apply:
    """One clean-up while it runs."""

    plan: Plan
    journal: Journal
    trash: Trash
    protected: Sequence[str]
    proved: set[FileIdentity] = field(default_factory=set)
    done: list[JournalItem] = field(default_factory=list)
    skipped: list[JournalItem] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def move(self, entry: JournalItem) -> None:
        """Take one file through its states. Raises AlbumError when the operation must stop."""
        item = entry.item
        try:
            self._check(item)
            self.trash.try_volume(item.victim.path)
            place = self.trash.reserve(item.victim.path)
        except Unproved as reason:
            self._skip(entry, ItemState.SKIPPED, str(reason))
            return
        except AlbumError as error:
            self._skip(entry, ItemState.FAILED, describe(error))
            return
        self.journal.mark(entry.id, ItemState.MOVING, place=place)
        try:
            where = self.trash.put(item.victim.path, place)
        except AlbumError as error:
            self.trash.tidy(item.victim.path, place)
            self._skip(entry, ItemState.FAILED, describe(error))
            if not os.path.lexists(item.victim.path) or error.code is ErrorCode.DISK_FULL:
                raise
            return
        self.journal.mark(entry.id, ItemState.MOVED, place=where)
        self.done.append(entry)

    def _check(self, item: PlanItem) -> None:
        """Survivor and victim, on disk, now. Raises Unproved."""
        if inside(item.victim.path, self.protected) is not None:
            raise Unproved(_("its folder is protected"))
        survivor = item.survivor
        try:
            prove(survivor, content=survivor.stamp.identity not in self.proved)
        except Unproved as reason:
            raise Unproved(
                _("the copy that stays, {path}, could not be proved: {why}").format(
                    path=survivor.path, why=reason
                )
            ) from reason
        self.proved.add(survivor.stamp.identity)
        prove(item.victim)

    def _skip(self, entry: JournalItem, state: ItemState, why: str) -> None:
        self.journal.mark(entry.id, state, problem=why)
        self.skipped.append(_with(entry, state, why))
        self.problems.append(
            _("{path} was left where it is: {why}").format(path=entry.item.victim.path, why=why)
        )


def _with(entry: JournalItem, state: ItemState, problem: str) -> JournalItem:
    return JournalItem(entry.id, entry.item, state, entry.place, entry.restored_to, problem)


def apply(
    plan: Plan,
    journal: Journal,
    trash: Trash,
    protected: Sequence[str],
    control: Control,
    reporter: Reporter,
) -> OperationReport:
    """Carry a plan out. Cancelling stops after the current file and keeps what was moved.

    Raises AlbumError(PLAN_REFUSED) before anything moved, and DISK_FULL or TRASH_FAILED when it
    had to stop; the journal then tells what was done, and ``recover`` settles the rest.
    """
    check_plan(plan, protected)
    operation = journal.begin(plan)
    run = _Apply(plan, journal, trash, protected)
    freed = 0
    try:
        for number, entry in enumerate(operation.items, start=1):
            control.checkpoint()
            before = len(run.done)
            run.move(entry)
            freed += entry.item.victim.stamp.size * (len(run.done) - before)
            reporter.report(
                Progress(
                    Stage.CLEANING, number, len(operation.items), bytes=freed,
                    unreadable=len(run.skipped), current=entry.item.victim.path,
                )
            )  # fmt: skip
    except Cancelled:
        run.problems.append(_("Stopped as you asked; the other photos were not touched."))
    journal.finish(operation.id)
    reporter.flush()
    return OperationReport(
        operation.id, tuple(run.done), tuple(run.skipped), freed, tuple(run.problems)
    )


def undo(
    operation: Operation, journal: Journal, trash: Trash, control: Control, reporter: Reporter
) -> OperationReport:
    """Put an operation back, last file first; file by file, each result reported.

    Raises AlbumError(NOTHING_TO_UNDO) when nothing of it lies in the trash.
    """
    waiting = list(reversed(operation.moved))
    if not waiting:
        raise AlbumError(ErrorCode.NOTHING_TO_UNDO)
    done: list[JournalItem] = []
    skipped: list[JournalItem] = []
    problems: list[str] = []
    restored = 0
    try:
        for number, entry in enumerate(waiting, start=1):
            control.checkpoint()
            after = _restore(entry, journal, trash)
            if after.state in (ItemState.RESTORED, ItemState.RESTORED_BESIDE):
                done.append(after)
                restored += entry.item.victim.stamp.size
            else:
                skipped.append(after)
            if after.problem:
                problems.append(after.problem)
            reporter.report(Progress(Stage.RESTORING, number, len(waiting), bytes=restored))
    except Cancelled:
        problems.append(_("Stopped as you asked; the rest is still in the trash."))
    reporter.flush()
    return OperationReport(operation.id, tuple(done), tuple(skipped), restored, tuple(problems))


def _restore(entry: JournalItem, journal: Journal, trash: Trash) -> JournalItem:
    path = entry.item.victim.path
    place = entry.place or trash.find(path, entry.item.victim.stamp)
    journal.mark(entry.id, ItemState.RESTORING)
    try:
        if place is None:
            raise AlbumError(ErrorCode.NOT_THERE, path=path)
        back = trash.restore(place, path)
    except AlbumError as error:
        gone = error.code is ErrorCode.NOT_THERE
        state = ItemState.GONE if gone else ItemState.MOVED
        why = (
            _("{path} is no longer in the trash, so it cannot be put back.").format(path=path)
            if gone
            else describe(error)
        )
        journal.mark(entry.id, state, problem=why)
        return _with(entry, state, why)
    if back == path:
        journal.mark(entry.id, ItemState.RESTORED, restored_to=back)
        return _with(entry, ItemState.RESTORED, "")
    why = _("{path} is taken by another file; the photo was put back as {back}.").format(
        path=path, back=back
    )
    journal.mark(entry.id, ItemState.RESTORED_BESIDE, restored_to=back, problem=why)
    return _with(entry, ItemState.RESTORED_BESIDE, why)
