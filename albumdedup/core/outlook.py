"""What an album looks like after a clean-up: per folder and per tier, before anything moves."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

from albumdedup.core.types import Photo, Plan, Tier


@dataclass(frozen=True, slots=True)
class Amount:
    """Photos, counted as a person does, and the bytes of all that belongs to them."""

    photos: int = 0
    bytes: int = 0

    def plus(self, size: int, photos: int = 1) -> Amount:
        return Amount(self.photos + photos, self.bytes + size)

    def less(self, other: Amount) -> Amount:
        return Amount(max(0, self.photos - other.photos), max(0, self.bytes - other.bytes))


@dataclass(frozen=True, slots=True)
class FolderOutlook:
    """One folder (not what lies below it): what goes from it, and what is left in it."""

    folder: str
    going: Amount
    after: Amount


@dataclass(frozen=True, slots=True)
class Outlook:
    """``folders`` are those from which something goes, most bytes first. ``before`` and ``after``
    count the whole library. ``held_back`` copies stay for metadata that a sidecar could hold."""

    tiers: dict[Tier, Amount]
    folders: tuple[FolderOutlook, ...]
    before: Amount
    after: Amount
    held_back: int = 0
    synced: tuple[str, ...] = ()
    """The folders of sync clients that something goes from."""


NOTHING = Outlook({}, (), Amount(), Amount())


def outlook(plan: Plan, photos: Iterable[Photo], held_back: int = 0) -> Outlook:
    """The library's ``photos`` once ``plan`` is carried out."""
    tiers: dict[Tier, Amount] = {}
    going: dict[str, Amount] = {}
    for item in plan.items:
        size, counted = item.victim.stamp.size, 1 if item.part_of is None else 0
        folder = os.path.dirname(item.part_of or item.victim.path)
        going[folder] = going.get(folder, Amount()).plus(size, counted)
        tiers[item.tier] = tiers.get(item.tier, Amount()).plus(size, counted)
    before: dict[str, Amount] = {}
    whole = Amount()
    for photo in photos:
        folder = os.path.dirname(photo.path)
        before[folder] = before.get(folder, Amount()).plus(photo.unit_bytes)
        whole = whole.plus(photo.unit_bytes)
    folders = [
        FolderOutlook(folder, amount, before.get(folder, Amount()).less(amount))
        for folder, amount in going.items()
    ]
    folders.sort(key=lambda one: (-one.going.bytes, one.folder))
    total = Amount(len(plan.photos), plan.bytes)
    return Outlook(tiers, tuple(folders), whole, whole.less(total), held_back)
