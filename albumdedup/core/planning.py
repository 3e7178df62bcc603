"""What a clean-up may take: a plan, checked as a whole before anything moves."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import _
from albumdedup.core.scanner import REMOVED_MARK, inside_bin
from albumdedup.core.types import (
    ContentId,
    FileIdentity,
    FileProof,
    Group,
    Member,
    Photo,
    Plan,
    PlanItem,
    Role,
    Tier,
)


def plan_clean(
    groups: Sequence[Group],
    tiers: frozenset[Tier],
    target: str | None,
    protected: Sequence[str],
) -> Plan:
    """The clean-up that takes every REMOVE member of these tiers; checked as a whole.

    Raises AlbumError: PLAN_REFUSED where carrying it out could cost the last copy of a photo, or
    similar shots were asked for; TARGET_INSIDE_ALBUM.
    """
    items = [
        item
        for group in groups
        for member in group.members[1:]
        if member.role is Role.REMOVE and member.tier in tiers
        for item in _items(group, member)
    ]
    plan = Plan(tuple(items), target)
    check_plan(plan, protected)
    for item in items:
        for path in (item.victim.path, item.survivor.path):
            if os.path.islink(path):
                _refuse(path, _("it is a link, not a photo"))
    return plan


def _items(group: Group, member: Member) -> Iterator[PlanItem]:
    """A photo with its companions, which come first: should a crash come between, the photo is
    still there and can be cleaned up again."""
    photo = member.photo
    last = PlanItem(_proof(photo), _proof(group.keeper), member.tier, group.id, group.reason)
    for one in photo.companions:
        content = ContentId(one.facts.sample if one.facts.whole else "")
        yield replace(last, victim=FileProof(one.path, one.stamp, content), part_of=photo.path)
    yield last


def _proof(photo: Photo) -> FileProof:
    return FileProof(photo.path, photo.stamp, photo.content)


def check_plan(plan: Plan, protected: Sequence[str]) -> None:
    """Refuse a plan whose parts contradict each other. Identity counts, never the path.

    Raises AlbumError(PLAN_REFUSED, TARGET_INSIDE_ALBUM).
    """
    places = Places(protected)
    victims: set[FileIdentity] = set()
    survivors = {item.survivor.stamp.identity for item in plan.items}
    whole = {item.victim.path for item in plan.items if item.part_of is None}
    for item in plan.items:
        victim, identity = item.victim, item.victim.stamp.identity
        if item.tier is Tier.SIMILAR:
            _refuse(victim.path, _("similar shots are different photos"))
        part = item.part_of is not None
        if part and item.part_of not in whole:
            _refuse(victim.path, _("the photo that it belongs to would stay"))
        if not part and item.tier is Tier.IDENTICAL and victim.content != item.survivor.content:
            _refuse(victim.path, _("it is not identical to the copy that would stay"))
        if identity in survivors:
            _refuse(victim.path, _("it is itself a copy that stays"))
        if identity in victims and not part:  # films may be hard links of each other
            _refuse(victim.path, _("it would be removed twice"))
        if places.protected(victim.path):
            _refuse(victim.path, _("its folder is protected"))
        if places.bin(item.survivor.path):
            _refuse(
                item.survivor.path,
                _("a file in a bin or among removed photos cannot be the one that stays"),
            )
        if not part:
            victims.add(identity)
    if plan.target is not None:
        _refuse_target_in_album(plan, plan.target)


def _refuse_target_in_album(plan: Plan, target: str) -> None:
    folders = {
        os.path.realpath(os.path.dirname(proof.path))
        for item in plan.items
        for proof in (item.victim, item.survivor)
    }
    folder = os.path.realpath(target)
    while True:
        if folder in folders:
            raise AlbumError(ErrorCode.TARGET_INSIDE_ALBUM, path=target)
        above = os.path.dirname(folder)
        if above == folder:
            return
        folder = above


def _refuse(path: str, why: str) -> None:
    raise AlbumError(ErrorCode.PLAN_REFUSED, detail=f"{path}: {why}")


class Places:
    """What kind of place a path lies in, however it is spelled: folders are compared by name and
    by identity on disk, and links among them are followed. Asks the disk once per folder."""

    def __init__(self, protected: Sequence[str]) -> None:
        self._names = {
            os.path.normcase(name)
            for folder in protected
            for name in (os.path.abspath(folder), os.path.realpath(folder))
        }
        found = (_identity(folder) for folder in protected)
        self._identities = {identity for identity in found if identity is not None}
        self._known: dict[str, tuple[bool, bool]] = {}

    def protected(self, path: str) -> bool:
        """Whether it lies in a protected folder."""
        return self._of(os.path.dirname(os.path.abspath(path)))[0]

    def bin(self, path: str) -> bool:
        """Whether it lies in a bin, a trash, a snapshot, or a folder of removed photos."""
        return self._of(os.path.dirname(os.path.abspath(path)))[1]

    def _of(self, folder: str) -> tuple[bool, bool]:
        known = self._known.get(folder)
        if known is not None:
            return known
        protected = os.path.normcase(folder) in self._names or _identity(folder) in self._identities
        in_bin = inside_bin(os.path.join(folder, "photo")) or os.path.lexists(
            os.path.join(folder, REMOVED_MARK)
        )
        others = {os.path.dirname(folder), os.path.realpath(folder)} - {folder}
        for other in others:
            above = self._of(other)
            protected, in_bin = protected or above[0], in_bin or above[1]
        self._known[folder] = protected, in_bin
        return protected, in_bin


def _identity(folder: str) -> tuple[int, int] | None:
    try:
        status = os.stat(folder)
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if status.st_ino else None
