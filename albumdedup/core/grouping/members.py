"""A keeper and the photos tied to it → a group as people see it: roles, reasons, warnings."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from albumdedup.core.bursts import burst_words
from albumdedup.core.grouping.layout import RANK, Layout
from albumdedup.core.grouping.solver import Draft
from albumdedup.core.i18n import _, joined
from albumdedup.core.keeper import Choice, KeepContext, extra_names, inside, lacks, pick, warn
from albumdedup.core.types import (
    PROVEN_TIERS,
    FileIdentity,
    Group,
    Match,
    Member,
    Photo,
    Role,
    Tier,
)

MOST_SIMILAR = 200
"""Similar shots that one group shows; a wall of them helps nobody."""


@dataclass(frozen=True, slots=True)
class Finisher:
    """Makes groups of drafts."""

    layout: Layout
    rule: str
    context: KeepContext
    removable: frozenset[Tier]

    def finish(self, draft: Draft) -> Group:
        keeper = draft.choice.keeper
        related: list[tuple[Photo, Tier, Match | None]] = [
            (photo, Tier.IDENTICAL, None)
            for photo in self.layout.files[draft.node]
            if photo is not keeper
        ]
        for node, match in draft.tied.items():
            related += [(photo, match.tier, match) for photo in self.layout.files[node]]
        choice = self._explained(draft, related)
        shown = [keeper, *(photo for photo, _tier, _match in related)]
        linked: set[FileIdentity] = set()
        if len({photo.stamp.identity for photo in shown}) < len(shown):
            copies = Counter(photo.stamp.identity for photo in shown)
            linked = {identity for identity, count in copies.items() if count > 1}
        members = [
            self._member(choice, photo, tier, match, linked) for photo, tier, match in related
        ]
        members.sort(key=lambda m: (RANK[m.tier], -m.similarity, m.photo.path))
        members, left_out = _capped(members)
        all_similar = all(m.tier is Tier.SIMILAR for m in members)
        burst = burst_words([keeper, *(m.photo for m in members)]) if all_similar else ""
        going = PROVEN_TIERS | self.removable
        warning, better = warn(keeper, [m.photo for m in members if m.tier in going])
        first = Member(keeper, Tier.IDENTICAL, Role.KEEP, 1.0)
        return Group(
            _group_id(shown),
            (first, *members),
            joined(burst, choice.reason),
            joined(warning, _left_out_words(left_out)),
            better.path if better else None,
            bool(burst),
            left_out,
        )

    def _explained(
        self, draft: Draft, related: Sequence[tuple[Photo, Tier, Match | None]]
    ) -> Choice:
        """The choice as it reads among the photos that are shown."""
        keeper = draft.choice.keeper
        core = [photo for photo, tier, _match in related if tier in PROVEN_TIERS]
        shown = [keeper, *(core or [photo for photo, _tier, _match in related])]
        if len(shown) == draft.among:
            return draft.choice
        choice = pick(shown, self.rule, self.context)
        if choice.keeper is keeper:
            return choice
        return Choice(keeper, _("Kept: it is the one that each of the others is like."))

    def _member(
        self,
        choice: Choice,
        photo: Photo,
        tier: Tier,
        match: Match | None,
        linked: Collection[FileIdentity],
    ) -> Member:
        role, note = self._role(choice, photo, tier, linked)
        similarity = 1.0 if match is None else match.similarity
        return Member(photo, tier, role, similarity, match.evidence if match else None, note)

    def _role(
        self, choice: Choice, photo: Photo, tier: Tier, linked: Collection[FileIdentity]
    ) -> tuple[Role, str]:
        keeper = choice.keeper
        if self.context.protected and inside(photo.path, self.context.protected) is not None:
            return Role.KEEP, _("It lies in a protected folder, and so it stays.")
        if self.context.spared(photo):
            return Role.REVIEW, _("It lies outside the folder that is emptied.")
        if photo.stamp.identity in linked:
            return Role.REVIEW, _("It is the same file on disk under another name; removing it "
                                  "frees nothing.")  # fmt: skip
        missing = lacks(keeper, photo)
        if missing and tier in PROVEN_TIERS | self.removable:
            return Role.REVIEW, _(
                "It holds what the kept photo lacks: {extras}; look before you remove it."
            ).format(extras=extra_names(missing))
        if tier not in self.removable:
            return Role.REVIEW, ""
        if self.context.spared(keeper) and photo.pixels > keeper.pixels:
            return Role.REVIEW, _(
                "It has more pixels than the copy outside the folder; look before you remove it."
            )
        if choice.unsure and photo.pixels > keeper.pixels:
            return Role.REVIEW, _(
                "It has more pixels than the kept photo, which was chosen with low confidence; "
                "look before you remove it."
            )
        return Role.REMOVE, ""


def _capped(members: list[Member]) -> tuple[list[Member], int]:
    """Without the least similar of too many similar shots, and how many these are."""
    proven = sum(1 for member in members if member.tier is not Tier.SIMILAR)
    kept = members[: proven + MOST_SIMILAR]
    return kept, len(members) - len(kept)


def _left_out_words(count: int) -> str:
    if count == 0:
        return ""
    return _(
        "{count} more shots like these are not shown here; a stricter slider parts them."
    ).format(count=count)


def _group_id(photos: Iterable[Photo]) -> str:
    """16 hex digits of SHA-256 over the sorted paths and contents."""
    digest = hashlib.sha256()
    for path, content in sorted((photo.path, photo.content) for photo in photos):
        # surrogatepass also takes the undecodable bytes of POSIX names, and names of Windows
        digest.update(f"{path}\0{content}\0".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:16]
