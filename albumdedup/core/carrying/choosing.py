"""Which metadata goes over to which keeper."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace

from albumdedup.core.carrying.packet import packet
from albumdedup.core.carrying.reading import values_of
from albumdedup.core.keeper import inside, lacks
from albumdedup.core.metadata import EXTRAS
from albumdedup.core.metadata.values import Values
from albumdedup.core.types import (
    CompanionKind,
    Group,
    NewSidecar,
    Photo,
    Role,
    Snapshot,
    Tier,
)


def carried(
    snapshot: Snapshot, groups: Sequence[Group], tiers: frozenset[Tier]
) -> tuple[Snapshot, tuple[NewSidecar, ...]]:
    """The sidecars that would hold what only copies have, and the snapshot as if they were
    written: grouped again, it lets those copies go. Reads the copies; writes nothing."""
    sidecars, richer = [], {}
    for group in groups:
        keeper = group.keeper
        missing = _missing(group, tiers)
        path = keeper.path + ".xmp"
        if not missing or inside(path, snapshot.protected) is not None:
            continue
        if _has_sidecar(keeper) or os.path.lexists(path):
            continue
        values = _gathered(keeper, group, tiers, missing)
        kinds = values.kinds()
        if kinds:
            sidecars.append(NewSidecar(path, packet(values), keeper.path, kinds))
            extras = tuple(e for e in EXTRAS if e in kinds or e in keeper.metadata.extras)
            richer[keeper.path] = replace(keeper, metadata=replace(keeper.metadata, extras=extras))
    photos = tuple(richer.get(photo.path, photo) for photo in snapshot.photos)
    return replace(snapshot, photos=photos), tuple(sidecars)


def held_back(groups: Iterable[Group], tiers: frozenset[Tier]) -> int:
    """How many copies stay for nothing but metadata that a new sidecar could hold. Reads
    nothing, so that some of them may still stay when it comes to it."""
    return sum(
        1
        for group in groups
        if not _has_sidecar(group.keeper)
        for photo in _going(group, tiers)
        if (missing := lacks(group.keeper, photo)) and set(missing) <= set(EXTRAS)
    )


def _going(group: Group, tiers: frozenset[Tier]) -> Iterable[Photo]:
    return (m.photo for m in group.members[1:] if m.tier in tiers and m.role is Role.REVIEW)


def _missing(group: Group, tiers: frozenset[Tier]) -> set[str]:
    wanted = {extra for p in _going(group, tiers) for extra in lacks(group.keeper, p)}
    return wanted & set(EXTRAS)


def _gathered(keeper: Photo, group: Group, tiers: frozenset[Tier], missing: set[str]) -> Values:
    """What the keeper lacks, from the copies in their order. A kind that some copy has and that
    could not be read from it is not carried: that copy stays."""
    found, unread = Values(), set[str]()
    for photo in _going(group, tiers):
        kinds = missing & set(lacks(keeper, photo))
        values = values_of(photo).only(sorted(kinds))
        unread |= kinds - set(values.kinds())
        found = found.filled(values)
    return found.only(sorted(missing - unread))


def _has_sidecar(photo: Photo) -> bool:
    stem = os.path.splitext(photo.path)[0]
    beside = any(one.kind is CompanionKind.XMP for one in photo.companions)
    return beside or any(os.path.lexists(stem + suffix) for suffix in (".xmp", ".XMP"))
