"""What a clean-up did, as the disk shows it now: what went, what stays, what comes free.

Nothing is taken from memory: each file that stays is read again, and its SHA-256 stands in the
receipt; each removed one is looked for where it was put.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from albumdedup.core.control import Control, Progress, Reporter, Stage
from albumdedup.core.errors import AlbumError
from albumdedup.core.executors import bounded_map
from albumdedup.core.i18n import _, describe
from albumdedup.core.ports import Executor, Lane, Trash
from albumdedup.core.proof import content_of
from albumdedup.core.types import ContentId, ItemState, JournalItem, Operation, Tier


class Stays(StrEnum):
    """What became of the file that stays."""

    WHOLE = "whole"
    CHANGED = "changed"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One removed file. ``keeper_content`` is the SHA-256 read just now, None where the file that
    stays cannot be read; ``there``: whether the removed file lies where it was put."""

    path: str
    part_of: str | None
    place: str | None
    there: bool
    bytes: int
    freed: int
    content: ContentId
    tier: Tier
    group: str
    reason: str
    state: ItemState
    keeper: str
    keeper_content: ContentId | None
    stays: Stays
    problem: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """An operation as it is now. ``freed``: bytes that come, or came, free: a file with another
    hard link counts 0. ``at_once``: whether they came free already, because the removed files
    went to another volume; else they do when the trash is emptied or the folder deleted."""

    operation: int
    started: datetime
    made: datetime
    target: str | None
    lines: tuple[ReceiptLine, ...]
    left: tuple[ReceiptLine, ...]
    bytes: int
    freed: int
    at_once: bool

    @property
    def photos(self) -> int:
        """What went and has not come back, counted as a person does."""
        return len({line.part_of or line.path for line in self.lines})


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One removed file that was restored on trial; ``problem`` is empty where it came whole."""

    path: str
    place: str | None
    content: ContentId
    problem: str = ""


def lying(operation: Operation) -> frozenset[int]:
    """The ids of the removed files that lie where they were put; the rest was emptied, or taken
    from there. Looks at the disk, reads nothing."""
    return frozenset(entry.id for entry in operation.moved if _status(entry.place) is not None)


def receipt(
    operation: Operation,
    executor: Executor,
    control: Control,
    now: datetime,
    reporter: Reporter | None = None,
) -> Receipt:
    """Look at the disk and read every file that stays. Changes nothing. Raises Cancelled."""
    moved = operation.moved
    keepers = sorted({entry.item.survivor.path for entry in moved})
    window = 2 * executor.width(Lane.DECODE)
    contents: dict[str, ContentId | None] = {}
    read = bounded_map(executor, Lane.DECODE, _read, keepers, window, control)
    for path, content in zip(keepers, read, strict=True):
        contents[path] = content
        if reporter is not None:
            reporter.report(Progress(Stage.PROVING, len(contents), len(keepers), current=path))
    statuses = {entry.id: _status(entry.place) for entry in moved}
    freed = _freed(moved, statuses)
    lines = tuple(
        _line(entry, contents[entry.item.survivor.path], statuses[entry.id], freed[entry.id])
        for entry in moved
    )
    stayed = (ItemState.SKIPPED, ItemState.FAILED, ItemState.GONE)
    return Receipt(
        operation=operation.id,
        started=operation.started,
        made=now,
        target=operation.target,
        lines=lines,
        left=tuple(_line(e, None, None, 0) for e in operation.items if e.state in stayed),
        bytes=sum(line.bytes for line in lines),
        freed=sum(freed.values()),
        at_once=any(
            status is not None and status.st_dev != entry.item.victim.stamp.identity.volume
            for entry in moved
            for status in [statuses[entry.id]]
        ),
    )


def rehearse(
    operation: Operation, trash: Trash, count: int, seed: int, control: Control
) -> tuple[Rehearsal, ...]:
    """Restore ``count`` of the removed files on trial, drawn by ``seed``: each is copied out of
    the trash to a hidden file of ours beside its old place, read back from the disk, compared by
    SHA-256, and our copy is removed. The removed files stay where they are. Raises Cancelled."""
    moved = sorted(operation.moved, key=lambda entry: entry.id)
    chosen = random.Random(seed).sample(moved, min(count, len(moved)))
    done = []
    for entry in sorted(chosen, key=lambda one: one.id):
        control.checkpoint()
        done.append(_rehearse(entry, trash))
    return tuple(done)


def _rehearse(entry: JournalItem, trash: Trash) -> Rehearsal:
    victim = entry.item.victim
    try:
        found = trash.rehearse(entry.place or "", victim.path)
    except AlbumError as error:
        return Rehearsal(victim.path, entry.place, victim.content, describe(error))
    other = _("what came back is not the photo that was removed: its SHA-256 differs")
    problem = "" if found == victim.content else other
    return Rehearsal(victim.path, entry.place, victim.content, problem)


def _read(path: str) -> ContentId | None:
    try:
        return content_of(path)
    except OSError:
        return None


def _status(place: str | None) -> os.stat_result | None:
    try:
        return None if place is None else os.lstat(place)
    except OSError:
        return None


def _freed(
    moved: Sequence[JournalItem], statuses: dict[int, os.stat_result | None]
) -> dict[int, int]:
    """Bytes by item: those of a file whose every name went, counted with its first one."""
    identities = {i: (s.st_dev, s.st_ino) for i, s in statuses.items() if s is not None}
    names = Counter(identities.values())
    freed: dict[int, int] = {}
    counted: set[tuple[int, int]] = set()
    for entry in moved:
        status, identity = statuses[entry.id], identities.get(entry.id)
        alone = status is not None and identity is not None and status.st_nlink <= names[identity]
        first = identity is not None and identity not in counted
        freed[entry.id] = status.st_size if status is not None and alone and first else 0
        if identity is not None:
            counted.add(identity)
    return freed


def _line(
    entry: JournalItem, content: ContentId | None, status: os.stat_result | None, freed: int
) -> ReceiptLine:
    item = entry.item
    whole = Stays.WHOLE if content == item.survivor.content else Stays.CHANGED
    return ReceiptLine(
        path=item.victim.path,
        part_of=item.part_of,
        place=entry.place,
        there=status is not None,
        bytes=item.victim.stamp.size,
        freed=freed,
        content=item.victim.content,
        tier=item.tier,
        group=item.group_id,
        reason=item.reason,
        state=entry.state,
        keeper=item.survivor.path,
        keeper_content=content,
        stays=Stays.UNREADABLE if content is None else whole,
        problem=entry.problem,
    )


def failures(rehearsals: Iterable[Rehearsal]) -> list[Rehearsal]:
    return [one for one in rehearsals if one.problem]
