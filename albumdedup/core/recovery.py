"""After a crash: where is each photo? Looks at the disk, corrects the journal, moves nothing."""

from __future__ import annotations

import os
from collections.abc import Callable

from albumdedup.core.i18n import _
from albumdedup.core.ports import Journal, Trash
from albumdedup.core.proof import still_there
from albumdedup.core.types import FileProof, ItemState, JournalItem, Operation


def recover(journal: Journal, trash_for: Callable[[str | None], Trash]) -> list[Operation]:
    """Settle what a crash left half-way, by looking at the disk. Moves no photo.

    Returns the operations as they are now; each is finished and can be put back.
    """
    settled = []
    for operation in journal.unfinished():
        trash = trash_for(operation.target)
        for entry in operation.items:
            if entry.state is ItemState.MOVING:
                _settle_move(entry, journal, trash)
            elif entry.state is ItemState.RESTORING:
                _settle_restore(entry, journal, trash)
        journal.finish(operation.id)
        settled.append(journal.operation(operation.id))
    return settled


def _settle_move(entry: JournalItem, journal: Journal, trash: Trash) -> None:
    victim = entry.item.victim
    place = _in_trash(entry, trash)
    if still_there(victim, victim.path):
        why = _("The clean-up was interrupted before this photo moved.")
        if place is not None:
            why = _(
                "The clean-up was interrupted; the photo is in its place, a copy of it at {place}."
            )
            why = why.format(place=place)
        trash.tidy(victim.path, entry.place)
        journal.mark(entry.id, ItemState.SKIPPED, problem=why)
    elif place is not None:
        journal.mark(entry.id, ItemState.MOVED, place=place)
    else:
        why = _(
            "{path} was neither at its place nor in the trash after an interruption; look for it "
            "in the trash by name."
        ).format(path=victim.path)
        journal.mark(entry.id, ItemState.FAILED, problem=why)


def _settle_restore(entry: JournalItem, journal: Journal, trash: Trash) -> None:
    victim = entry.item.victim
    if _in_trash(entry, trash) is not None:
        journal.mark(entry.id, ItemState.MOVED)
        return
    trash.tidy(victim.path, entry.place)
    if still_there(victim, victim.path):
        journal.mark(entry.id, ItemState.RESTORED, restored_to=victim.path)
    else:
        beside = _beside(victim)
        state = ItemState.GONE if beside is None else ItemState.RESTORED_BESIDE
        journal.mark(entry.id, state, restored_to=beside)


def _in_trash(entry: JournalItem, trash: Trash) -> str | None:
    place = entry.place
    if place is not None and _same_size(place, entry.item.victim):
        return place
    return trash.find(entry.item.victim.path, entry.item.victim.stamp)


def _same_size(path: str, victim: FileProof) -> bool:
    try:
        return os.lstat(path).st_size == victim.stamp.size
    except OSError:
        return False


def _beside(victim: FileProof) -> str | None:
    """Where an interrupted undo may have put a photo whose path was taken."""
    folder, name = os.path.split(victim.path)
    stem, suffix = os.path.splitext(name)
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return None
    for other in names:
        if other.startswith(f"{stem} (") and other.endswith(suffix):
            path = os.path.join(folder, other)
            if still_there(victim, path):
                return path
    return None
