"""What a clean-up may take: a plan, checked as a whole before anything moves."""

from __future__ import annotations

import os
from collections.abc import Sequence

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import _
from albumdedup.core.keeper import inside
from albumdedup.core.scanner import inside_bin
from albumdedup.core.types import (
    FileIdentity,
    FileProof,
    Group,
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

    Raises AlbumError(PLAN_REFUSED) where carrying it out could cost the last copy of a photo.
    """
    items = [
        PlanItem(_proof(member.photo), _proof(group.keeper), member.tier, group.id, group.reason)
        for group in groups
        for member in group.members[1:]
        if member.role is Role.REMOVE and member.tier in tiers
    ]
    plan = Plan(tuple(items), target)
    check_plan(plan, protected)
    return plan


def _proof(photo: Photo) -> FileProof:
    return FileProof(photo.path, photo.stamp, photo.content)


def check_plan(plan: Plan, protected: Sequence[str]) -> None:
    """Refuse a plan whose parts contradict each other. Identity counts, never the path.

    Raises AlbumError(PLAN_REFUSED).
    """
    victims: set[FileIdentity] = set()
    survivors = {item.survivor.stamp.identity for item in plan.items}
    for item in plan.items:
        victim, identity = item.victim, item.victim.stamp.identity
        if item.tier is Tier.SIMILAR:
            _refuse(victim.path, _("similar shots are different photos"))
        if item.tier is Tier.IDENTICAL and victim.content != item.survivor.content:
            _refuse(victim.path, _("it is not identical to the copy that would stay"))
        if identity in survivors:
            _refuse(victim.path, _("it is the copy that stays of another photo"))
        if identity in victims:
            _refuse(victim.path, _("it would be removed twice"))
        if inside(victim.path, protected) is not None:
            _refuse(victim.path, _("its folder is protected"))
        if inside_bin(item.survivor.path):
            _refuse(item.survivor.path, _("a file in a recycle bin cannot be the one that stays"))
        if plan.target is not None and _below(item.survivor.path, plan.target):
            _refuse(item.survivor.path, _("it lies in the folder for removed photos"))
        victims.add(identity)


def _below(path: str, folder: str) -> bool:
    return path.startswith(os.path.join(folder, ""))


def _refuse(path: str, why: str) -> None:
    raise AlbumError(ErrorCode.PLAN_REFUSED, detail=f"{path}: {why}")
