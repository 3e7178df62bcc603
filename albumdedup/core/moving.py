"""Move the files of a clean-up, batch by batch; each is checked on disk right before its move.

Of a batch, first the intents are journalled and synced, then the files move one by one, then
the folders are synced, then the outcomes are journalled and synced. Death at any instant leaves
items *moving*, and ``recovery`` looks at the disk for each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from albumdedup.core.ahead import Times, read_ahead, settled, times_of
from albumdedup.core.batches import Unit
from albumdedup.core.control import Control
from albumdedup.core.errors import AlbumError, Cancelled, ErrorCode
from albumdedup.core.i18n import _, describe
from albumdedup.core.planning import Places
from albumdedup.core.ports import Executor, Journal, Trash
from albumdedup.core.proof import Unproved, arrived, prove, same_content, same_file
from albumdedup.core.recovery import settle_move, where_trashed
from albumdedup.core.restoring import BACK, detail_of, restore_now
from albumdedup.core.types import FileIdentity, ItemState, JournalItem, PlanItem


class Stopped(Exception):
    """The operation ends here; what was done is journalled."""


@dataclass
class Mover:
    """One clean-up while it runs."""

    target: str | None
    journal: Journal
    trash: Trash
    places: Places
    bad_volumes: dict[int, AlbumError]
    executor: Executor
    without: dict[str, str] = field(default_factory=dict)
    """Keepers whose sidecar could not be written, and why: what it was to hold must stay."""
    done: dict[int, JournalItem] = field(default_factory=dict)
    skipped: list[JournalItem] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    freed: int = 0
    touched: int = 0
    """How many files had their turn."""
    _freed_by: dict[int, int] = field(default_factory=dict)
    _proved: dict[FileIdentity, Times] = field(default_factory=dict)
    _outcomes: dict[int, JournalItem] = field(default_factory=dict)

    def batch(self, units: Sequence[Unit], control: Control) -> Iterator[JournalItem]:
        """Move these units; yields the photo of each when it had its turn.

        Raises Stopped and Cancelled, with every outcome journalled."""
        items = [entry.item for unit in units for entry in unit]
        self._proved.update(read_ahead(items, self._proved, self.executor, control))
        ready = self._reserve(units)
        stopped: Stopped | Cancelled | None = None
        for number, unit in enumerate(ready):
            try:
                control.checkpoint()
                self.touched += len(unit)
                self._unit(unit)
            except (Stopped, Cancelled) as error:
                stopped = error
                behind = number + (0 if isinstance(error, Cancelled) else 1)
                self._let_go([entry for later in ready[behind:] for entry in later])
                break
            yield unit[-1]
        self._note_outcomes()
        if stopped is not None:
            raise stopped

    def _reserve(self, units: Sequence[Unit]) -> list[Unit]:
        """Take a place in the trash for each file and journal it, before the first of them moves.
        Returns the units that may go on."""
        going = [unit for unit in units if not self._refused_at_once(unit)]
        self.touched += sum(map(len, units)) - sum(map(len, going))
        paths = [entry.item.victim.path for unit in going for entry in unit]
        places = iter(self.trash.reserve_all(paths))
        ready: list[Unit] = []
        for unit in going:
            moving: Unit = []
            refused: dict[int, AlbumError] = {}
            for entry in unit:
                place = next(places)
                if isinstance(place, AlbumError):
                    refused[entry.id] = place
                    place = None
                moving.append(replace(entry, state=ItemState.MOVING, place=place))
            if refused:
                self.touched += len(unit)
                self._refuse(moving, refused)
            else:
                ready.append(moving)
        self.journal.mark_all([entry for unit in ready for entry in unit])
        return ready

    def _refused_at_once(self, unit: Unit) -> bool:
        """Whether its volume's trash failed its trial, or a sidecar that it needs is missing."""
        lost = self.without.get(unit[-1].item.survivor.path)
        if lost is not None:
            for entry in unit:
                self._skip(entry, ItemState.SKIPPED, lost)
            return True
        volumes = {entry.id: entry.item.victim.stamp.identity.volume for entry in unit}
        bad = {i: self.bad_volumes[v] for i, v in volumes.items() if v in self.bad_volumes}
        if bad:
            self._refuse(unit, bad)
        return bool(bad)

    def _refuse(self, unit: Unit, errors: dict[int, AlbumError]) -> None:
        culprit = next(entry for entry in unit if entry.id in errors)
        for entry in unit:
            error = errors.get(entry.id)
            if error is None:
                self._skip(entry, ItemState.SKIPPED, _kept_with(culprit))
            else:
                at_once = entry.state is ItemState.PLANNED
                why = describe(error) if at_once else _refusal(error)
                self._skip(entry, ItemState.FAILED, why)

    def _unit(self, entries: Unit) -> None:
        """Take a photo and its companions through their states: all move, or none. Raises
        Stopped."""
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
                self._move(entry)
            except Stopped:
                self._together_again(entries, number)
                raise
            if entry.id not in self.done:
                self._together_again(entries, number)
                return

    def _first_refused(self, entries: Unit) -> tuple[JournalItem, str] | None:
        """The first that cannot move, before any has: each is checked in full when it moves."""
        for entry in entries:
            try:
                self._check_survivor(entry.item)
                prove(entry.item.victim, content=False)
            except Unproved as reason:
                return entry, str(reason)
        return None

    def _together_again(self, entries: Unit, number: int) -> None:
        """One of a unit did not move: those before it come back, those behind it stay. Raises
        Stopped where the disk will not say that they are back."""
        culprit = entries[number]
        unsynced: AlbumError | None = None
        for before in reversed(entries[:number]):
            entry = self.done[before.id]
            after, failed = restore_now(entry, self.target, self.journal, self.trash)
            unsynced = unsynced or failed
            if after.state not in BACK:
                self._outcomes[entry.id] = self.done[entry.id] = after
                self.problems.append(after.problem)
                continue
            del self.done[entry.id]
            self.freed -= self._freed_by.pop(entry.id)
            why = after.problem or _kept_with(culprit)
            self._outcomes[entry.id] = replace(after, problem=why)
            self.skipped.append(self._outcomes[entry.id])
            self.problems.append(_left(entry, why))
        for entry in entries[number + 1 :]:
            self._skip(entry, ItemState.SKIPPED, _kept_with(culprit))
        if unsynced is not None:
            raise Stopped(describe(unsynced))

    def _move(self, entry: JournalItem) -> None:
        """Check one file and its survivor, and move it. Raises Stopped."""
        victim = entry.item.victim
        try:
            alone = self._check(entry.item)
        except Unproved as reason:
            self._skip(entry, ItemState.SKIPPED, str(reason))
            return
        try:
            where = self.trash.put(victim.path, entry.place)
        except AlbumError as error:
            self._after_failed_put(entry, error)
            return
        if not arrived(victim, where):
            self._back_at_once(entry, where)
            return
        self._moved(replace(entry, place=where), victim.stamp.size if alone else 0)

    def _moved(self, entry: JournalItem, freed: int) -> None:
        entry = replace(entry, state=ItemState.MOVED)
        self._outcomes[entry.id] = self.done[entry.id] = entry
        self.freed += freed
        self._freed_by[entry.id] = freed

    def _check(self, item: PlanItem) -> bool:
        """Survivor and victim, on disk, now; whether the victim's bytes have no other name.
        Raises Unproved."""
        self._check_survivor(item)
        victim = item.victim
        return prove(victim, seen=self._proved.get(victim.stamp.identity)).st_nlink <= 1

    def _check_survivor(self, item: PlanItem) -> None:
        victim, survivor = item.victim, item.survivor
        if self.places.protected(victim.path):
            raise Unproved(_("its folder is protected"))
        if self.places.bin(survivor.path):
            raise Unproved(
                _("the copy that stays, {path}, lies in a bin").format(path=survivor.path)
            )
        identity = survivor.stamp.identity
        try:
            status = prove(survivor, seen=self._proved.get(identity))
        except Unproved as reason:
            raise Unproved(
                _("the copy that stays, {path}, could not be proved: {why}").format(
                    path=survivor.path, why=reason
                )
            ) from reason
        if settled(status):
            self._proved[identity] = times_of(status)

    def _after_failed_put(self, entry: JournalItem, error: AlbumError) -> None:
        """Nothing is guessed: the file is where the disk shows it."""
        victim = entry.item.victim
        if same_file(victim, victim.path):
            self._skip(entry, ItemState.FAILED, _refusal(error))
            if error.code is not ErrorCode.TRASH_FAILED:
                raise Stopped(describe(error))
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
            ).format(path=victim.path, why=detail_of(error))
            self.skipped.append(replace(entry, state=ItemState.FAILED, problem=why))
            raise Stopped(why)

    def _back_at_once(self, entry: JournalItem, where: str) -> None:
        """Something else than the checked photo went: it came to its path in the last instant."""
        victim = entry.item.victim
        try:
            back = self.trash.restore(where, victim.path)
        except AlbumError as error:
            self._moved(replace(entry, place=where), 0)  # so that undo knows of it
            raise Stopped(
                _("{path} changed while it was moved and lies at {place} now: {why}").format(
                    path=victim.path, place=where, why=detail_of(error)
                )
            ) from error
        why = _("it changed in the instant of the move; it was put back as {path}; scan again")
        self._skip(entry, ItemState.SKIPPED, why.format(path=back))

    def _skip(self, entry: JournalItem, state: ItemState, why: str) -> None:
        if entry.place is not None:
            self.trash.tidy(entry.item.victim.path, entry.place)
        self._outcomes[entry.id] = replace(entry, state=state, problem=why)
        self.skipped.append(self._outcomes[entry.id])
        self.problems.append(_left(entry, why))

    def _let_go(self, entries: Sequence[JournalItem]) -> None:
        """Their turn did not come."""
        for entry in entries:
            if entry.place is not None:
                self.trash.tidy(entry.item.victim.path, entry.place)
            self._outcomes[entry.id] = replace(entry, state=ItemState.PLANNED, place=None)

    def _note_outcomes(self) -> None:
        """The moves are on disk before the journal says that they were made. Raises Stopped where
        the disk will not say so: the files are where they are, and the journal tells where."""
        failed: AlbumError | None = None
        try:
            self.trash.flush()
        except AlbumError as error:
            failed = error
        self.journal.mark_all(list(self._outcomes.values()))
        self._outcomes.clear()
        if failed is not None:
            raise Stopped(describe(failed))


def _left(entry: JournalItem, why: str) -> str:
    return _("{path} was left where it is: {why}").format(path=entry.item.victim.path, why=why)


def _kept_with(culprit: JournalItem) -> str:
    return _("it belongs together with {path}, which stays").format(path=culprit.item.victim.path)


def _refusal(error: AlbumError) -> str:
    if error.code is not ErrorCode.TRASH_FAILED:
        return describe(error)
    return _(
        "it could not be moved ({why}); check the rights of its folder, or choose another place "
        "for removed photos (--to DIR)"
    ).format(why=detail_of(error))
