"""Carry a clean-up out, and undo it: the code that must never lose a photo.

The journal is on disk before each act; each photo and its survivor are checked on disk right
before the move; a move counts when the file was found again. What cannot be proved is skipped.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from albumdedup.core.carrying import take_back, write_new
from albumdedup.core.control import Control, Progress, Reporter, Stage
from albumdedup.core.errors import AlbumError, Cancelled, ErrorCode
from albumdedup.core.i18n import _, describe, ngettext
from albumdedup.core.planning import Places, check_plan
from albumdedup.core.ports import Journal, Trash
from albumdedup.core.proof import (
    FAT_STEP_NS,
    Unproved,
    out_of_reach,
    prove,
    same_content,
    same_file,
    sealed,
    still_there,
)
from albumdedup.core.recovery import away, one_per_volume, settle, settle_move, where_trashed
from albumdedup.core.types import (
    FileIdentity,
    FileProof,
    ItemState,
    JournalItem,
    JournalSidecar,
    Operation,
    OperationReport,
    Plan,
    PlanItem,
    SidecarState,
)


class _Stop(Exception):
    """The operation ends here; what was done is journalled."""


@dataclass
class _Apply:
    """One clean-up while it runs."""

    target: str | None
    journal: Journal
    trash: Trash
    places: Places
    bad_volumes: dict[int, AlbumError]
    proved: dict[FileIdentity, tuple[int, int]] = field(default_factory=dict)
    freed_by: dict[int, int] = field(default_factory=dict)
    without: dict[str, str] = field(default_factory=dict)
    """Keepers whose sidecar could not be written, and why: what it was to hold must stay."""
    done: list[JournalItem] = field(default_factory=list)
    skipped: list[JournalItem] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    freed: int = 0

    def write_sidecars(self, sidecars: Sequence[JournalSidecar]) -> None:
        """Before anything moves: what only the copies say is on disk, or they stay."""
        for entry in sidecars:
            new = entry.sidecar
            try:
                write_new(new)
            except OSError as error:
                why = _("the sidecar {path} could not be written ({why})").format(
                    path=new.path, why=error.strerror or error
                )
                self.without[new.keeper] = why
                self.journal.mark_sidecar(entry.id, SidecarState.NOT_WRITTEN)
            else:
                self.journal.mark_sidecar(entry.id, SidecarState.WRITTEN)

    def take_back_unused(self, sidecars: Sequence[JournalSidecar]) -> None:
        """A sidecar for which no copy went after all is not left behind."""
        used = {entry.item.survivor.path for entry in self.done}
        for entry in sidecars:
            if entry.sidecar.keeper not in used | self.without.keys():
                self.problems += take_back_sidecar(entry, self.journal, self.trash)

    def unit(self, entries: Sequence[JournalItem]) -> None:
        """Take a photo and its companions through their states: all move, or none. Raises
        _Stop."""
        lost = self.without.get(entries[-1].item.survivor.path)
        if lost is not None:
            for entry in entries:
                self._skip(entry, ItemState.SKIPPED, lost)
            return
        refused = self._first_refused(entries) if len(entries) > 1 else None
        if refused is not None:
            culprit, why = refused
            for entry in entries:
                self._skip(
                    entry, ItemState.SKIPPED, why if entry is culprit else _kept_with(culprit)
                )
            return
        for number, entry in enumerate(entries):
            try:
                self.move(entry)
            except _Stop:
                self._together_again(entries, number)
                raise
            if entry.id not in self.freed_by:
                self._together_again(entries, number)
                return

    def _first_refused(self, entries: Sequence[JournalItem]) -> tuple[JournalItem, str] | None:
        """The first that cannot move, before any has: each is checked in full when it moves."""
        for entry in entries:
            try:
                self._check_survivor(entry.item)
                prove(entry.item.victim, content=False)
            except Unproved as reason:
                return entry, str(reason)
        return None

    def _together_again(self, entries: Sequence[JournalItem], number: int) -> None:
        """One of a unit did not move: those before it come back, those behind it stay."""
        culprit = entries[number]
        for entry in [e for e in reversed(self.done) if _among(e, entries)]:
            after = _restore(entry, self.target, self.journal, self.trash)
            if after.state not in (ItemState.RESTORED, ItemState.RESTORED_BESIDE):
                self.problems.append(after.problem)
                continue
            self.done.remove(entry)
            self.freed -= self.freed_by.pop(entry.id)
            why = after.problem or _kept_with(culprit)
            self.journal.mark(entry.id, after.state, problem=why)
            self.skipped.append(replace(after, problem=why))
            self.problems.append(_left(entry, why))
        for entry in entries[number + 1 :]:
            self._skip(entry, ItemState.SKIPPED, _kept_with(culprit))

    def move(self, entry: JournalItem) -> None:
        """Take one file through its states. Raises _Stop when the operation must end."""
        victim = entry.item.victim
        bad = self.bad_volumes.get(victim.stamp.identity.volume)
        if bad is not None:
            self._skip(entry, ItemState.FAILED, describe(bad))
            return
        try:
            alone = self._check(entry.item)
        except Unproved as reason:
            self._skip(entry, ItemState.SKIPPED, str(reason))
            return
        try:
            place = self.trash.reserve(victim.path)
        except AlbumError as error:
            self._skip(entry, ItemState.FAILED, _refusal(error))
            return
        entry = replace(entry, state=ItemState.MOVING, place=place)
        self.journal.mark(entry.id, ItemState.MOVING, place=place)
        try:
            where = self.trash.put(victim.path, place)
        except AlbumError as error:
            self._after_failed_put(entry, error)
            return
        if not _arrived(victim, where):
            self._back_at_once(entry, where)
            return
        self._moved(replace(entry, place=where), victim.stamp.size if alone else 0)

    def _moved(self, entry: JournalItem, freed: int) -> None:
        assert entry.place is not None
        self.journal.mark(entry.id, ItemState.MOVED, place=entry.place)
        self.done.append(replace(entry, state=ItemState.MOVED))
        self.freed += freed
        self.freed_by[entry.id] = freed

    def _check(self, item: PlanItem) -> bool:
        """Survivor and victim, on disk, now; whether the victim's bytes have no other name.
        Raises Unproved."""
        self._check_survivor(item)
        return prove(item.victim).st_nlink <= 1

    def _check_survivor(self, item: PlanItem) -> None:
        victim, survivor = item.victim, item.survivor
        if self.places.protected(victim.path):
            raise Unproved(_("its folder is protected"))
        if self.places.bin(survivor.path):
            raise Unproved(
                _("the copy that stays, {path}, lies in a bin").format(path=survivor.path)
            )
        known = self.proved.get(survivor.stamp.identity)
        try:
            status = prove(survivor, content=known is None)
            now = (status.st_mtime_ns, status.st_ctime_ns)
            if known is not None and known != now:
                status = prove(survivor)  # touched since we read it: read it again
                now = (status.st_mtime_ns, status.st_ctime_ns)
        except Unproved as reason:
            raise Unproved(
                _("the copy that stays, {path}, could not be proved: {why}").format(
                    path=survivor.path, why=reason
                )
            ) from reason
        self.proved[survivor.stamp.identity] = now

    def _after_failed_put(self, entry: JournalItem, error: AlbumError) -> None:
        """Nothing is guessed: the file is where the disk shows it."""
        victim = entry.item.victim
        if same_file(victim, victim.path):
            self.trash.tidy(victim.path, entry.place)
            self._skip(entry, ItemState.FAILED, _refusal(error))
            if error.code is not ErrorCode.TRASH_FAILED:
                raise _Stop(describe(error))
            return
        place = where_trashed(entry, self.trash)
        if place is not None:
            self._moved(replace(entry, place=place), 0)
        elif same_content(victim, victim.path):
            self._skip(entry, ItemState.FAILED, _refusal(error))
        else:
            settle_move(entry, self.target, self.journal, self.trash)
            why = _(
                "The trash cannot be shown to hold {path} ({why}). The clean-up stopped; look "
                "for the photo in the trash by its name, and choose a folder for removed photos "
                "instead (--to DIR)."
            ).format(path=victim.path, why=_detail(error))
            self.skipped.append(replace(entry, state=ItemState.FAILED, problem=why))
            raise _Stop(why)

    def _back_at_once(self, entry: JournalItem, where: str) -> None:
        """Something else than the checked photo went: it came to its path in the last instant."""
        victim = entry.item.victim
        try:
            back = self.trash.restore(where, victim.path)
        except AlbumError as error:
            self._moved(replace(entry, place=where), 0)  # so that undo knows of it
            raise _Stop(
                _("{path} changed while it was moved and lies at {place} now: {why}").format(
                    path=victim.path, place=where, why=_detail(error)
                )
            ) from error
        why = _("it changed in the instant of the move; it was put back as {path}; scan again")
        self._skip(entry, ItemState.SKIPPED, why.format(path=back))

    def _skip(self, entry: JournalItem, state: ItemState, why: str) -> None:
        self.journal.mark(entry.id, state, problem=why)
        self.skipped.append(replace(entry, state=state, problem=why))
        self.problems.append(_left(entry, why))


def _left(entry: JournalItem, why: str) -> str:
    return _("{path} was left where it is: {why}").format(path=entry.item.victim.path, why=why)


def _kept_with(culprit: JournalItem) -> str:
    return _("it belongs together with {path}, which stays").format(path=culprit.item.victim.path)


def _among(entry: JournalItem, entries: Sequence[JournalItem]) -> bool:
    return any(entry.id == other.id for other in entries)


def units_of(items: Sequence[JournalItem]) -> list[list[JournalItem]]:
    """The items of a plan, unit by unit: companions, then their photo."""
    units: list[list[JournalItem]] = []
    open_unit: str | None = None
    for entry in items:
        name = entry.item.part_of or entry.item.victim.path
        if units and name == open_unit:
            units[-1].append(entry)
        else:
            units.append([entry])
        open_unit = entry.item.part_of
    return units


def _detail(error: AlbumError) -> str:
    return str(error.facts.get("detail") or describe(error))


def _refusal(error: AlbumError) -> str:
    if error.code is not ErrorCode.TRASH_FAILED:
        return describe(error)
    return _(
        "it could not be moved ({why}); check the rights of its folder, or choose another place "
        "for removed photos (--to DIR)"
    ).format(why=_detail(error))


def _arrived(victim: FileProof, where: str) -> bool:
    """Whether the checked photo, whole, is what lies there. Across volumes the copy was compared
    byte by byte on its way; its size and time then show that it is this one."""
    if same_file(victim, where):
        return True
    try:
        status = os.lstat(where)
    except OSError:
        return False
    near = abs(status.st_mtime_ns - victim.stamp.mtime_ns) <= FAT_STEP_NS
    return (near and status.st_size == victim.stamp.size) or same_content(victim, where)


def apply(
    plan: Plan,
    journal: Journal,
    trash: Trash,
    protected: Sequence[str],
    control: Control,
    reporter: Reporter,
) -> OperationReport:
    """Carry a plan out. Cancelling stops after the current file and keeps what was moved.

    ``bytes`` of the report counts only what came free: a file with another hard link counts 0.
    Raises AlbumError before anything moved: PLAN_REFUSED, TARGET_INSIDE_ALBUM, TARGET_UNUSABLE,
    and TRASH_FAILED where no volume's trash can be trusted. One from the journal may come at any
    moment; ``recover`` settles what is then half-way.
    """
    check_plan(plan, protected)
    operation = journal.begin(_sealed(plan, control))
    try:
        bad = _try_volumes(operation.items, trash)
    except AlbumError:
        journal.finish(operation.id)
        raise
    run = _Apply(plan.target, journal, trash, Places(protected), bad)
    run.write_sidecars(operation.sidecars)
    total = len(operation.items)
    number = 0
    try:
        for unit in units_of(operation.items):
            control.checkpoint()
            number += len(unit)
            run.unit(unit)
            reporter.report(
                Progress(
                    Stage.CLEANING, number, total, bytes=run.freed,
                    unreadable=len(run.skipped), current=unit[-1].item.victim.path,
                )
            )  # fmt: skip
    except Cancelled:
        run.problems.append(_untouched(total - number))
    except _Stop as reason:
        run.problems.append(str(reason))
        if total > number:
            run.problems.append(_untouched(total - number))
    run.take_back_unused(operation.sidecars)
    journal.finish(operation.id)
    reporter.flush()
    return OperationReport(
        operation.id, tuple(run.done), tuple(run.skipped), run.freed, tuple(run.problems)
    )


def _sealed(plan: Plan, control: Control) -> Plan:
    """The plan with every content known, so that the journal can prove each file."""
    items = []
    for item in plan.items:
        proof = item.victim if control.cancelled else sealed(item.victim)
        items.append(item if proof is item.victim else replace(item, victim=proof))
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


def undo(
    operation: Operation, journal: Journal, trash: Trash, control: Control, reporter: Reporter
) -> OperationReport:
    """Put an operation back, last file first; file by file, each result reported.

    Raises AlbumError(NOTHING_TO_UNDO) when nothing of it lies in the trash.
    """
    operation = settle(journal.operation(operation.id), journal, trash)
    waiting = list(reversed(operation.moved))
    if not waiting and not any(entry.there for entry in operation.sidecars):
        raise AlbumError(ErrorCode.NOTHING_TO_UNDO)
    done: list[JournalItem] = []
    skipped: list[JournalItem] = []
    problems: list[str] = []
    restored = 0
    try:
        for number, entry in enumerate(waiting, start=1):
            control.checkpoint()
            after = _restore(entry, operation.target, journal, trash)
            if after.state in (ItemState.RESTORED, ItemState.RESTORED_BESIDE):
                done.append(after)
                restored += entry.item.victim.stamp.size
            else:
                skipped.append(after)
            if after.problem:
                problems.append(after.problem)
            reporter.report(
                Progress(
                    Stage.RESTORING, number, len(waiting), bytes=restored,
                    unreadable=len(skipped), current=entry.item.victim.path,
                )
            )  # fmt: skip
    except Cancelled:
        problems.append(_("Stopped as you asked; the rest is still in the trash."))
    now = journal.operation(operation.id)
    needed = {entry.item.survivor.path for entry in now.moved}
    for sidecar in now.sidecars:
        if sidecar.there and sidecar.sidecar.keeper not in needed:
            problems += take_back_sidecar(sidecar, journal, trash)
    reporter.flush()
    return OperationReport(operation.id, tuple(done), tuple(skipped), restored, tuple(problems))


def take_back_sidecar(entry: JournalSidecar, journal: Journal, trash: Trash) -> list[str]:
    """Our own sidecar, if it is still as we wrote it, goes to the trash. Returns what to tell."""
    if take_back(entry.sidecar, trash):
        journal.mark_sidecar(entry.id, SidecarState.TAKEN_BACK)
        return []
    journal.mark_sidecar(entry.id, SidecarState.LEFT)
    return [
        _("The sidecar {path} was changed meanwhile, or cannot be moved, and so it stays.").format(
            path=entry.sidecar.path
        )
    ]


def _restore(entry: JournalItem, target: str | None, journal: Journal, trash: Trash) -> JournalItem:
    victim = entry.item.victim
    place = where_trashed(entry, trash)
    if place is None:
        return _not_in_trash(entry, target, journal)
    folder = os.path.dirname(victim.path)
    if out_of_reach(folder, victim.stamp.identity.volume):
        why = _(
            "{path} stays in the trash, because its folder {folder} is not there; plug in its "
            "drive, or make the folder again, and put back once more."
        ).format(path=victim.path, folder=folder)
        return _noted(entry, ItemState.MOVED, journal, why)
    journal.mark(entry.id, ItemState.RESTORING, place=place)
    try:
        back = trash.restore(place, victim.path)
    except AlbumError as error:
        why = _("{path} stays in the trash ({why}); mend that, and put back once more.").format(
            path=victim.path, why=_detail(error)
        )
        return _noted(entry, ItemState.MOVED, journal, why)
    _give_time(back, victim.stamp.mtime_ns)
    if back == victim.path:
        return _noted(entry, ItemState.RESTORED, journal, restored_to=back)
    why = _("{path} is taken by another file; the photo was put back as {back}.").format(
        path=victim.path, back=back
    )
    return _noted(entry, ItemState.RESTORED_BESIDE, journal, why, restored_to=back)


def _not_in_trash(entry: JournalItem, target: str | None, journal: Journal) -> JournalItem:
    victim = entry.item.victim
    if still_there(victim, victim.path):  # put back by hand meanwhile
        return _noted(entry, ItemState.RESTORED, journal, restored_to=victim.path)
    if away(entry, target):
        why = _(
            "{path} cannot be put back now, because {place} is not there; plug in its drive and "
            "put back once more."
        ).format(path=victim.path, place=entry.place or target or "")
        return _noted(entry, ItemState.MOVED, journal, why)
    if entry.place is not None and os.path.lexists(entry.place):
        why = _("What lies at {place} is no longer {path} as it was removed; look there.").format(
            place=entry.place, path=victim.path
        )
        return _noted(entry, ItemState.MOVED, journal, why)
    why = _("{path} is no longer in the trash, so it cannot be put back.").format(path=victim.path)
    return _noted(entry, ItemState.GONE, journal, why)


def _give_time(path: str, mtime_ns: int) -> None:
    """A rename keeps the time; a copy on a coarse file system may have lost its fractions."""
    with suppress(OSError):  # the photo is back; a time that cannot be set is no reason to stop
        status = os.lstat(path)
        if status.st_mtime_ns != mtime_ns:
            os.utime(path, ns=(status.st_atime_ns, mtime_ns), follow_symlinks=False)


def _noted(
    entry: JournalItem,
    state: ItemState,
    journal: Journal,
    why: str = "",
    restored_to: str | None = None,
) -> JournalItem:
    journal.mark(entry.id, state, restored_to=restored_to, problem=why)
    return replace(entry, state=state, problem=why, restored_to=restored_to or entry.restored_to)
