"""A clean-up of the past as a person sees it: its groups, its photos, where each is now. No Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from albumdedup.core.i18n import _, human_bytes, ngettext
from albumdedup.core.receipt import lying
from albumdedup.core.types import FileProof, ItemState, JournalItem, Operation
from albumdedup.gui.texts import shown


class Now(StrEnum):
    """Where a photo of a clean-up is now."""

    AWAY = "away"
    BACK = "back"
    GONE = "gone"
    NEVER_LEFT = "never_left"


@dataclass(frozen=True, slots=True)
class PastPhoto:
    """A photo with what belongs to it. ``place`` is where its pixels lie now."""

    entry: JournalItem
    now: Now
    bytes: int

    @property
    def path(self) -> str:
        return self.entry.item.victim.path

    @property
    def place(self) -> str:
        if self.now is Now.AWAY:
            return self.entry.place or self.path
        return self.entry.restored_to or self.path


@dataclass(frozen=True, slots=True)
class PastGroup:
    """The photos of one group that a clean-up took, and the one that stayed."""

    id: str
    keeper: FileProof
    photos: tuple[PastPhoto, ...]

    @property
    def away(self) -> int:
        return sum(photo.now is Now.AWAY for photo in self.photos)


@dataclass(frozen=True, slots=True)
class Past:
    """One operation with its groups, in the order in which they were cleaned up; how many of its
    photos are where; and the bytes that lie in the trash."""

    operation: Operation
    groups: tuple[PastGroup, ...]
    counts: Counter[Now]
    bytes_away: int

    @property
    def id(self) -> int:
        return self.operation.id

    @property
    def when(self) -> str:
        return f"{self.operation.started.astimezone():%Y-%m-%d %H:%M}"


def look(operations: Iterable[Operation]) -> list[Past]:
    """Looks for every removed file on disk: for the files lane."""
    return [_look(operation) for operation in operations]


def _look(operation: Operation) -> Past:
    there = lying(operation)
    sizes: Counter[str] = Counter()
    for entry in operation.items:
        sizes[entry.item.part_of or entry.item.victim.path] += entry.item.victim.stamp.size
    found: dict[str, list[PastPhoto]] = {}
    for entry in operation.items:
        if entry.item.part_of is None:
            photo = PastPhoto(entry, _now(entry, there), sizes[entry.item.victim.path])
            found.setdefault(entry.item.group_id, []).append(photo)
    groups = tuple(
        PastGroup(group, photos[0].entry.item.survivor, tuple(photos))
        for group, photos in found.items()
    )
    counts = Counter(photo.now for group in groups for photo in group.photos)
    away = sum(e.item.victim.stamp.size for e in operation.moved if e.id in there)
    return Past(operation, groups, counts, away)


def _now(entry: JournalItem, there: frozenset[int]) -> Now:
    if entry.state in (ItemState.MOVED, ItemState.RESTORING):
        return Now.AWAY if entry.id in there else Now.GONE
    if entry.state in (ItemState.RESTORED, ItemState.RESTORED_BESIDE):
        return Now.BACK
    return Now.GONE if entry.state is ItemState.GONE else Now.NEVER_LEFT


def state_words(past: Past) -> str:
    """ "8 are in the trash · 2.8 MB · 2 are back · 1 is gone from there"."""
    counts, target = past.counts, past.operation.target
    place = shown(target) if target else _("the trash")
    size = human_bytes(past.bytes_away)
    told = (
        (Now.AWAY, ngettext("{n} is in {place} · {size}", "{n} are in {place} · {size}",
                            counts[Now.AWAY])),
        (Now.BACK, ngettext("{n} is back", "{n} are back", counts[Now.BACK])),
        (Now.GONE, ngettext("{n} is gone from {place}", "{n} are gone from {place}",
                            counts[Now.GONE])),
        (Now.NEVER_LEFT, ngettext("{n} was left alone", "{n} were left alone",
                                  counts[Now.NEVER_LEFT])),
    )  # fmt: skip
    words = [
        sentence.format(n=f"{counts[now]:,}", place=place, size=size)
        for now, sentence in told
        if counts[now]
    ]
    if not past.operation.finished:
        words.insert(0, _("interrupted"))
    return " · ".join(words) or _("nothing was moved")
