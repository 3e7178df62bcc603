"""Carry a clean-up out, and undo it: the code that must never lose a photo.

The journal is on disk before each act; each photo and its survivor are checked on disk right
before the move; a move counts when the file was found again. What cannot be proved is skipped.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from albumdedup.core.batches import BATCH, batches_of, units_of
from albumdedup.core.carrying import take_back, write_new
from albumdedup.core.control import Control, Progress, Reporter, Stage
from albumdedup.core.errors import AlbumError, Cancelled, ErrorCode
from albumdedup.core.executors import InlineExecutor, bounded_map
from albumdedup.core.i18n import _, describe, ngettext
from albumdedup.core.moving import Mover, Stopped
from albumdedup.core.part import Part, items_of
from albumdedup.core.planning import Places, check_plan
from albumdedup.core.ports import Executor, Journal, Lane, Trash
from albumdedup.core.proof import sealed
from albumdedup.core.recovery import one_per_volume, settle
from albumdedup.core.restoring import BACK, restore_batch
from albumdedup.core.types import (
    FileProof,
    JournalItem,
    JournalSidecar,
    Operation,
    OperationReport,
    Plan,
    SidecarState,
)

EVERYTHING = Part()


def _write_sidecars(sidecars: Sequence[JournalSidecar], run: Mover) -> None:
    """Before anything moves: what only the copies say is on disk, or they stay."""
    for entry in sidecars:
        new = entry.sidecar
        try:
            write_new(new)
        except OSError as error:
            why = _("the sidecar {path} could not be written ({why})").format(
                path=new.path, why=error.strerror or error
            )
            run.without[new.keeper] = why
            if isinstance(error, FileExistsError):
                run.journal.mark_sidecar(entry.id, SidecarState.NOT_WRITTEN)
            else:  # what there is of it is ours, and would keep a whole one from being written
                run.problems += take_back_sidecar(entry, run.journal, run.trash)
        else:
            run.journal.mark_sidecar(entry.id, SidecarState.WRITTEN)


def _take_back_unused(sidecars: Sequence[JournalSidecar], run: Mover) -> None:
    """A sidecar for which no copy went after all is not left behind."""
    used = {entry.item.survivor.path for entry in run.done.values()}
    for entry in sidecars:
        if entry.sidecar.keeper not in used | run.without.keys():
            run.problems += take_back_sidecar(entry, run.journal, run.trash)


def apply(
    plan: Plan,
    journal: Journal,
    trash: Trash,
    protected: Sequence[str],
    control: Control,
    reporter: Reporter,
    executor: Executor | None = None,
) -> OperationReport:
    """Carry a plan out, in batches; ``executor`` reads ahead. Cancelling stops after the current
    photo and keeps what was moved.

    ``bytes`` of the report counts only what came free: a file with another hard link counts 0.
    Raises AlbumError before anything moved: PLAN_REFUSED, TARGET_INSIDE_ALBUM, TARGET_UNUSABLE,
    and TRASH_FAILED where no volume's trash can be trusted. One from the journal may come at any
    moment; ``recover`` settles what is then half-way.
    """
    check_plan(plan, protected)
    executor = executor or InlineExecutor()
    operation = journal.begin(_sealed(plan, control, executor))
    try:
        bad = _try_volumes(operation.items, trash)
    except AlbumError:
        for sidecar in operation.sidecars:
            journal.mark_sidecar(sidecar.id, SidecarState.NOT_WRITTEN)
        journal.finish(operation.id)
        raise
    run = Mover(plan.target, journal, trash, Places(protected), bad, executor)
    _write_sidecars(operation.sidecars, run)
    total = len(operation.items)
    try:
        for batch in batches_of(units_of(operation.items)):
            control.checkpoint()
            for last in run.batch(batch, control):
                reporter.report(
                    Progress(
                        Stage.CLEANING, run.touched, total, bytes=run.freed,
                        unreadable=len(run.skipped), current=last.item.victim.path,
                    )
                )  # fmt: skip
    except Cancelled:
        run.problems.append(_untouched(total - run.touched))
    except Stopped as reason:
        run.problems.append(str(reason))
        if total > run.touched:
            run.problems.append(_untouched(total - run.touched))
    _take_back_unused(operation.sidecars, run)
    journal.finish(operation.id)
    reporter.flush()
    return OperationReport(
        operation.id, tuple(run.done.values()), tuple(run.skipped), run.freed, tuple(run.problems)
    )


def _sealed(plan: Plan, control: Control, executor: Executor) -> Plan:
    """The plan with every content known, so that the journal can prove each file."""
    open_ones = [item.victim for item in plan.items if not item.victim.content]
    window = 2 * executor.width(Lane.DECODE)
    known: dict[str, FileProof] = {}
    with suppress(Cancelled):  # then nothing moves, and nothing need be proved
        for proof in bounded_map(executor, Lane.DECODE, sealed, open_ones, window, control):
            known[proof.path] = proof
    items = (replace(item, victim=known.get(item.victim.path, item.victim)) for item in plan.items)
    return replace(plan, items=tuple(items))


def _untouched(count: int) -> str:
    return ngettext(
        "The clean-up stopped; {n} more photo was not touched.",
        "The clean-up stopped; {n} more photos were not touched.",
        count,
    ).format(n=count)


def _try_volumes(items: Sequence[JournalItem], trash: Trash) -> dict[int, AlbumError]:
    """Each volume once, from a folder that we may change. Returns the volumes that failed."""
    tried: dict[int, AlbumError | None] = {}
    for entry in one_per_volume(items):
        victim = entry.item.victim
        try:
            trash.try_volume(victim.path)
            tried[victim.stamp.identity.volume] = None
        except AlbumError as error:
            if error.code is not ErrorCode.TRASH_FAILED:
                raise
            tried[victim.stamp.identity.volume] = error
    bad = {volume: error for volume, error in tried.items() if error is not None}
    if bad and len(bad) == len(tried):
        raise next(iter(bad.values()))
    return bad


@dataclass
class _Undo:
    """What an undo did so far."""

    reporter: Reporter
    total: int
    done: list[JournalItem] = field(default_factory=list)
    skipped: list[JournalItem] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    bytes: int = 0

    def told(self, after: JournalItem) -> None:
        if after.state in BACK:
            self.done.append(after)
            self.bytes += after.item.victim.stamp.size
        else:
            self.skipped.append(after)
        if after.problem:
            self.problems.append(after.problem)
        self.reporter.report(
            Progress(
                Stage.RESTORING, len(self.done) + len(self.skipped), self.total,
                bytes=self.bytes, unreadable=len(self.skipped), current=after.item.victim.path,
            )
        )  # fmt: skip


def undo(
    operation: Operation,
    journal: Journal,
    trash: Trash,
    control: Control,
    reporter: Reporter,
    part: Part = EVERYTHING,
) -> OperationReport:
    """Put an operation, or a part of it, back, last file first; each file's result reported.

    Raises AlbumError: NOTHING_TO_UNDO when nothing of it lies in the trash, NOT_IN_OPERATION.
    """
    operation = settle(journal.operation(operation.id), journal, trash)
    wanted = {entry.id for entry in items_of(operation, part)}
    waiting = [entry for entry in reversed(operation.moved) if entry.id in wanted]
    if not waiting and (part or not any(entry.there for entry in operation.sidecars)):
        raise AlbumError(ErrorCode.NOTHING_TO_UNDO)
    run = _Undo(reporter, len(waiting))
    problems = run.problems
    try:
        beside: dict[str, str] = {}
        for first in range(0, len(waiting), BATCH):
            batch = waiting[first : first + BATCH]
            restore_batch(batch, operation.target, journal, trash, control, run.told, beside)
    except Cancelled:
        problems.append(_("Stopped as you asked; the rest is still in the trash."))
    if operation.sidecars:
        problems += _take_back_unneeded(journal.operation(operation.id), journal, trash)
    reporter.flush()
    return OperationReport(
        operation.id, tuple(run.done), tuple(run.skipped), run.bytes, tuple(problems)
    )


def _take_back_unneeded(operation: Operation, journal: Journal, trash: Trash) -> list[str]:
    """Sidecars whose copies are all back again go. Returns what to tell."""
    problems: list[str] = []
    needed = {entry.item.survivor.path for entry in operation.moved}
    for sidecar in operation.sidecars:
        if sidecar.there and sidecar.sidecar.keeper not in needed:
            problems += take_back_sidecar(sidecar, journal, trash)
    return problems


def last_with(part: Part, journal: Journal) -> Operation:
    """The newest operation that has something of this part in the trash, or, for the whole of
    it, a sidecar of ours beside a photo.

    Raises AlbumError(NOTHING_TO_UNDO)."""
    for operation in journal.operations():
        try:
            chosen = {entry.id for entry in items_of(operation, part)}
        except AlbumError:
            continue  # another operation took it
        written = not part and any(one.there for one in operation.sidecars)
        if written or any(entry.id in chosen for entry in operation.moved):
            return operation
    raise AlbumError(ErrorCode.NOTHING_TO_UNDO)


def take_back_sidecar(entry: JournalSidecar, journal: Journal, trash: Trash) -> list[str]:
    """Our own sidecar, if it is still as we wrote it, goes to the trash. Returns what to tell."""
    if take_back(entry.sidecar, trash):
        told = []
        try:
            trash.flush()
        except AlbumError as error:  # it is in the trash all the same
            told.append(describe(error))
        journal.mark_sidecar(entry.id, SidecarState.TAKEN_BACK)
        return told
    journal.mark_sidecar(entry.id, SidecarState.LEFT)
    return [
        _("The sidecar {path} was changed meanwhile, or cannot be moved, and so it stays.").format(
            path=entry.sidecar.path
        )
    ]
