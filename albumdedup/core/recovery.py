"""After a crash: where is each photo? Looks at the disk, corrects the journal, moves nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import replace

from albumdedup.core.carrying import Written, look
from albumdedup.core.i18n import _
from albumdedup.core.ports import Journal, Trash
from albumdedup.core.proof import out_of_reach, same_content, same_file, still_there
from albumdedup.core.types import (
    ItemState,
    JournalItem,
    JournalSidecar,
    Operation,
    PlanItem,
    SidecarState,
)

_UNSETTLED = (ItemState.MOVING, ItemState.RESTORING)


def recover(journal: Journal, trash_for: Callable[[str | None], Trash]) -> list[Operation]:
    """Settle what a crash left half-way, by looking at the disk. Moves no photo.

    Returns the operations as they are now, each ready to be put back. One is finished unless a
    photo of it lies on a drive that is not here: then the next start asks again.
    """
    return [
        settle(operation, journal, trash_for(operation.target))
        for operation in journal.unfinished()
    ]


def settle(operation: Operation, journal: Journal, trash: Trash) -> Operation:
    """The operation with no item half-way, as far as its drives are here."""
    if operation.finished and not _half_way(operation):
        return operation
    if not operation.finished:
        _sweep(operation, trash)
        for sidecar in operation.sidecars:
            _settle_sidecar(sidecar, journal)
    for entry in operation.items:
        if entry.state is ItemState.MOVING:
            settle_move(entry, operation.target, journal, trash)
        elif entry.state is ItemState.RESTORING:
            _settle_restore(entry, operation.target, journal, trash)
    settled = journal.operation(operation.id)
    if not _half_way(settled) and not settled.finished:
        journal.finish(operation.id)
        settled = replace(settled, finished=True)
    return settled


def _settle_sidecar(entry: JournalSidecar, journal: Journal) -> None:
    """Note whether one that was about to be written is there, as far as it is."""
    if entry.state is SidecarState.PLANNED:
        there = look(entry.sidecar) is Written.WHOLE
        journal.mark_sidecar(entry.id, SidecarState.WRITTEN if there else SidecarState.NOT_WRITTEN)


def _half_way(operation: Operation) -> bool:
    return any(entry.state in _UNSETTLED for entry in operation.items)


def one_per_volume(items: Iterable[JournalItem]) -> list[JournalItem]:
    """The first item of each volume whose folder is there and may be changed."""
    first: dict[int, JournalItem] = {}
    for entry in items:
        volume = entry.item.victim.stamp.identity.volume
        if volume not in first and _may_move(os.path.dirname(entry.item.victim.path), volume):
            first[volume] = entry
    return list(first.values())


def _may_move(folder: str, volume: int) -> bool:
    try:
        return os.stat(folder).st_dev == volume and os.access(folder, os.W_OK | os.X_OK)
    except OSError:
        return False


def _sweep(operation: Operation, trash: Trash) -> None:
    """Small things of ours that a crash may have left: a try, the notes of the next batch."""
    planned = [entry for entry in operation.items if entry.state is ItemState.PLANNED]
    wanted = [*one_per_volume(operation.items), *planned]
    trash.sweep([entry.item.victim.path for entry in wanted])


def settle_move(entry: JournalItem, target: str | None, journal: Journal, trash: Trash) -> None:
    """Find out, and note, whether a move happened. MOVING stays where that cannot be seen now."""
    victim = entry.item.victim
    if same_file(victim, victim.path):
        _never_moved(entry, journal, trash)
    elif (place := where_trashed(entry, trash)) is not None:
        journal.mark(entry.id, ItemState.MOVED, place=place)
    elif same_content(victim, victim.path):
        _never_moved(entry, journal, trash)
    elif not away(entry, target):
        why = _(
            "{path} was neither at its place nor in the trash after an interruption; look for it "
            "in the trash by its name, and in your backup."
        ).format(path=victim.path)
        journal.mark(entry.id, ItemState.FAILED, problem=why)


def _never_moved(entry: JournalItem, journal: Journal, trash: Trash) -> None:
    trash.tidy(entry.item.victim.path, entry.place)
    why = _("The clean-up was interrupted before {path} moved; it is in its place.").format(
        path=entry.item.victim.path
    )
    journal.mark(entry.id, ItemState.SKIPPED, problem=why)


def _settle_restore(entry: JournalItem, target: str | None, journal: Journal, trash: Trash) -> None:
    victim = entry.item.victim
    if entry.place is not None and same_file(victim, entry.place):
        trash.tidy(victim.path, entry.place)
        journal.mark(entry.id, ItemState.MOVED)
    elif still_there(victim, victim.path):
        trash.tidy(victim.path, entry.place)
        journal.mark(entry.id, ItemState.RESTORED, restored_to=victim.path)
    elif (place := where_trashed(entry, trash)) is not None:
        trash.tidy(victim.path, place)
        journal.mark(entry.id, ItemState.MOVED, place=place)
    elif (beside := _beside(entry.item)) is not None:
        trash.tidy(victim.path, entry.place)
        journal.mark(entry.id, ItemState.RESTORED_BESIDE, restored_to=beside)
    elif not away(entry, target):
        why = _("{path} is no longer in the trash, so it cannot be put back.").format(
            path=victim.path
        )
        journal.mark(entry.id, ItemState.GONE, problem=why)


def where_trashed(entry: JournalItem, trash: Trash) -> str | None:
    """Where this photo, proved by identity or content, lies in the trash; None where it does
    not."""
    victim = entry.item.victim
    if entry.place is not None and still_there(victim, entry.place):
        return entry.place
    found = trash.find(victim.path, victim.stamp)
    return found if found is not None and still_there(victim, found) else None


def away(entry: JournalItem, target: str | None) -> bool:
    """Whether the photo may lie on a drive, or in a folder, that is not here now."""
    victim = entry.item.victim
    volume = victim.stamp.identity.volume
    if out_of_reach(os.path.dirname(victim.path), volume):
        return True
    if target is not None:
        return not os.path.isdir(target)
    return entry.place is not None and out_of_reach(os.path.dirname(entry.place), volume)


def _beside(item: PlanItem) -> str | None:
    """Where an interrupted undo may have put a photo whose path was taken; the copy that stayed
    is not it."""
    victim = item.victim
    folder, name = os.path.split(victim.path)
    stem, suffix = os.path.splitext(name)
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return None
    paths = [
        os.path.join(folder, other)
        for other in names
        if " (" in other and other.endswith(suffix) and other.startswith(stem[:20])
    ]
    exact = (path for path in paths if same_file(victim, path))
    others = (path for path in paths if path != item.survivor.path)
    copies = (path for path in others if same_content(victim, path))
    return next(exact, None) or next(copies, None)
