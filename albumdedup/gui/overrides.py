"""What the user decided by hand, laid over the groups that the keep rule made. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from albumdedup.core.i18n import _
from albumdedup.core.types import PROVEN_TIERS, Group, Member, Role, Tier


@dataclass(frozen=True, slots=True)
class Overrides:
    """Roles set by hand, and photos chosen to be the one that stays; both by path."""

    roles: frozenset[tuple[str, Role]] = frozenset()
    keepers: frozenset[str] = frozenset()

    def with_role(self, path: str, role: Role | None) -> Overrides:
        """Set, or with None forget, the role of one photo."""
        rest = frozenset(entry for entry in self.roles if entry[0] != path)
        return replace(self, roles=rest if role is None else rest | {(path, role)})

    def with_keeper(self, group: Group, path: str) -> Overrides:
        """Choose the photo of this group that stays instead of the rule's."""
        paths = {member.photo.path for member in group.members}
        roles = frozenset(entry for entry in self.roles if entry[0] not in paths)
        return Overrides(roles, (self.keepers - paths) | {path})

    def without(self, group: Group) -> Overrides:
        """Back to what the rule says."""
        paths = {member.photo.path for member in group.members}
        return Overrides(
            frozenset(entry for entry in self.roles if entry[0] not in paths), self.keepers - paths
        )

    def only(self, group: Group) -> Overrides:
        """What is chosen for this group and nothing else."""
        paths = {member.photo.path for member in group.members}
        return Overrides(
            frozenset(entry for entry in self.roles if entry[0] in paths), self.keepers & paths
        )

    def joined(self, other: Overrides) -> Overrides:
        return Overrides(self.roles | other.roles, self.keepers | other.keepers)

    def keep_all(self, group: Group) -> Overrides:
        kept = self.without(group)
        roles = {(member.photo.path, Role.KEEP) for member in group.members}
        return replace(kept, roles=kept.roles | roles)


def weaker(one: Tier, other: Tier) -> Tier:
    return max(one, other, key=lambda tier: tier.rank)


def promote(group: Group, path: str) -> Group:
    """The same group around another keeper.

    Only what is proven is carried over: the old keeper's tie is the new keeper's own; another
    member is tied through the old keeper, and that is proof only where one of the two ties is
    byte equality. Otherwise a person must look, and the role becomes REVIEW.
    """
    chosen = next((m for m in group.members[1:] if m.photo.path == path), None)
    if chosen is None:
        return group
    old = group.members[0]
    members = [replace(chosen, tier=Tier.IDENTICAL, role=Role.KEEP, similarity=1.0, evidence=None)]
    proven = chosen.tier in PROVEN_TIERS
    members.append(
        replace(
            old, tier=chosen.tier, similarity=chosen.similarity, evidence=chosen.evidence,
            role=Role.REMOVE if proven and not old.note else Role.REVIEW,
        )
    )  # fmt: skip
    for member in group.members[1:]:
        if member is chosen:
            continue
        exact = Tier.IDENTICAL in (member.tier, chosen.tier)
        role = member.role
        if role is Role.REMOVE and not (exact and proven):
            role = Role.REVIEW
        tier = weaker(member.tier, chosen.tier)
        members.append(replace(member, tier=tier, role=role))
    return replace(
        group, members=tuple(members), reason=_("Kept: chosen by you."), warning="", better=None
    )


def apply(groups: Iterable[Group], overrides: Overrides) -> list[Group]:
    """The groups as the user sees them. The keeper always stays."""
    if not overrides.roles and not overrides.keepers:
        return list(groups)
    roles = dict(overrides.roles)
    seen = []
    for group in groups:
        for member in group.members[1:]:
            if member.photo.path in overrides.keepers:
                group = promote(group, member.photo.path)
                break
        if any(member.photo.path in roles for member in group.members):
            group = replace(group, members=_with_roles(group, roles))
        seen.append(group)
    return seen


def _with_roles(group: Group, roles: dict[str, Role]) -> tuple[Member, ...]:
    keeper, *others = group.members
    return (keeper, *(replace(m, role=roles.get(m.photo.path, m.role)) for m in others))


def toggled(shown: Group, ruled: Group, index: int) -> Role | None:
    """The role that a click on a member gives it; None where it may not change: the one that
    stays, similar shots (which are other photos), other names of the file that stays, and
    photos that the rule keeps for a reason of its own (a protected folder). ``ruled`` is the
    group as the keep rule made it."""
    member = shown.members[index]
    if index == 0:
        return None
    if member.role is Role.REMOVE:
        return Role.KEEP
    if member.tier is Tier.SIMILAR or _same_file(member, shown.members[0]):
        return None
    first = next(m for m in ruled.members if m.photo.path == member.photo.path)
    fixed = first.role is Role.KEEP and first is not ruled.members[0]
    return None if fixed else Role.REMOVE


def _same_file(one: Member, other: Member) -> bool:
    return one.photo.stamp.identity == other.photo.stamp.identity


def removable(groups: Iterable[Group]) -> tuple[int, int]:
    """How many photos would go, and their bytes."""
    sizes = [
        member.photo.unit_bytes
        for group in groups
        for member in group.members
        if member.role is Role.REMOVE
    ]
    return len(sizes), sum(sizes)
