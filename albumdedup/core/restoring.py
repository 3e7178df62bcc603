"""Put removed files back, in batches: intents synced, files restored, outcomes synced."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from albumdedup.core.control import Control
from albumdedup.core.errors import AlbumError, Cancelled
from albumdedup.core.i18n import _, describe
from albumdedup.core.ports import Journal, Trash
from albumdedup.core.proof import out_of_reach, still_there
from albumdedup.core.recovery import away, where_trashed
from albumdedup.core.types import ItemState, JournalItem

BACK = (ItemState.RESTORED, ItemState.RESTORED_BESIDE)


def detail_of(error: AlbumError) -> str:
    return str(error.facts.get("detail") or describe(error))


def restore_batch(
    entries: Sequence[JournalItem],
    target: str | None,
    journal: Journal,
    trash: Trash,
    control: Control,
    told: Callable[[JournalItem], None],
    beside: dict[str, str] | None = None,
) -> None:
    """Put these files back, in their order; ``told`` is called with each one's outcome when that
    is on disk. ``beside`` holds the photos that came to lie beside their old path, old → new, so
    that what belongs to them follows. Raises Cancelled with the rest of the batch still in the
    trash."""
    beside = {} if beside is None else beside
    after: list[JournalItem] = []
    ready: list[JournalItem] = []
    for entry in entries:
        looked = _look(entry, target, trash)
        (ready if looked.state is ItemState.RESTORING else after).append(looked)
    journal.mark_all(ready)
    stopped: Cancelled | None = None
    for number, entry in enumerate(ready):
        try:
            control.checkpoint()
        except Cancelled as error:
            stopped = error
            after += [replace(e, state=ItemState.MOVED) for e in ready[number:]]
            break
        outcome = _restore(entry, trash, _wanted(entry, beside))
        if outcome.state is ItemState.RESTORED_BESIDE and outcome.restored_to is not None:
            beside[entry.item.victim.path] = outcome.restored_to
        after.append(outcome)
    failed: AlbumError | None = None
    try:
        trash.flush()
    except AlbumError as error:
        failed = error  # the files are where they are, and the journal tells where
    journal.mark_all(after)
    untouched = {entry.id for entry in ready[number:]} if stopped else set()
    for entry in after:
        if entry.id not in untouched:
            told(entry)
    if failed is not None or stopped is not None:
        raise failed or stopped or Cancelled


def restore_now(
    entry: JournalItem, target: str | None, journal: Journal, trash: Trash
) -> tuple[JournalItem, AlbumError | None]:
    """Put one file back at once; its outcome, journalled, and what kept it from being synced."""
    outcome: list[JournalItem] = []
    failed: AlbumError | None = None
    try:
        restore_batch([entry], target, journal, trash, Control(), outcome.append)
    except AlbumError as error:
        if not outcome:  # the journal itself
            raise
        failed = error
    return outcome[0], failed


def _look(entry: JournalItem, target: str | None, trash: Trash) -> JournalItem:
    """The item with the place that it will be restored from, or with why it cannot be now."""
    victim = entry.item.victim
    place = where_trashed(entry, trash)
    if place is None:
        return _not_in_trash(entry, target)
    folder = os.path.dirname(victim.path)
    if out_of_reach(folder, victim.stamp.identity.volume):
        why = _(
            "{path} stays in the trash, because its folder {folder} is not there; plug in its "
            "drive, or make the folder again, and put back once more."
        ).format(path=victim.path, folder=folder)
        return replace(entry, state=ItemState.MOVED, problem=why)
    return replace(entry, state=ItemState.RESTORING, place=place, problem="")


def _wanted(entry: JournalItem, beside: dict[str, str]) -> str:
    """Where a file shall come back to: its path, or for a companion of a photo that came to lie
    beside its own, the same name with the photo's new one in it."""
    path, photo = entry.item.victim.path, entry.item.part_of
    if photo is None or photo not in beside:
        return path
    folder, name = os.path.split(path)
    for old, new in (
        (os.path.basename(photo), os.path.basename(beside[photo])),
        (_stem(photo), _stem(beside[photo])),
    ):
        for mark in ("", "._"):
            if name.startswith(mark + old):
                return os.path.join(folder, mark + new + name[len(mark + old) :])
    return path


def _stem(path: str) -> str:
    return os.path.splitext(os.path.basename(path))[0]


def _restore(entry: JournalItem, trash: Trash, wanted: str) -> JournalItem:
    victim = entry.item.victim
    assert entry.place is not None
    try:
        back = trash.restore(entry.place, wanted)
    except AlbumError as error:
        why = _("{path} stays in the trash ({why}); mend that, and put back once more.").format(
            path=victim.path, why=detail_of(error)
        )
        return replace(entry, state=ItemState.MOVED, problem=why)
    _give_time(back, victim.stamp.mtime_ns)
    if back == victim.path:
        return replace(entry, state=ItemState.RESTORED, restored_to=back)
    if wanted != victim.path:
        why = _("{path} was put back as {back}, beside its photo.")
    else:
        why = _("{path} is taken by another file; the photo was put back as {back}.")
    why = why.format(path=victim.path, back=back)
    return replace(entry, state=ItemState.RESTORED_BESIDE, problem=why, restored_to=back)


def _not_in_trash(entry: JournalItem, target: str | None) -> JournalItem:
    victim = entry.item.victim
    if still_there(victim, victim.path):  # put back by hand meanwhile
        return replace(entry, state=ItemState.RESTORED, problem="", restored_to=victim.path)
    if away(entry, target):
        why = _(
            "{path} cannot be put back now, because {place} is not there; plug in its drive and "
            "put back once more."
        ).format(path=victim.path, place=entry.place or target or "")
        return replace(entry, state=ItemState.MOVED, problem=why)
    if entry.place is not None and os.path.lexists(entry.place):
        why = _("What lies at {place} is no longer {path} as it was removed; look there.").format(
            place=entry.place, path=victim.path
        )
        return replace(entry, state=ItemState.MOVED, problem=why)
    why = _("{path} is no longer in the trash, so it cannot be put back.").format(path=victim.path)
    return replace(entry, state=ItemState.GONE, problem=why)


def _give_time(path: str, mtime_ns: int) -> None:
    """A rename keeps the time; a copy on a coarse file system may have lost its fractions."""
    with suppress(OSError):  # the photo is back; a time that cannot be set is no reason to stop
        status = os.lstat(path)
        if status.st_mtime_ns != mtime_ns:
            os.utime(path, ns=(status.st_atime_ns, mtime_ns), follow_symlinks=False)
