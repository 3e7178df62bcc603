"""What a group's card says. No Qt."""

from __future__ import annotations

from collections.abc import Sequence

from albumdedup.core.i18n import human_bytes, ngettext
from albumdedup.core.types import Group, Role, Tier

ROLE_MARK = {Role.KEEP: "✓", Role.REMOVE: "↷", Role.REVIEW: "?"}


def card_note(group: Group) -> str:
    """The line under the reason: the rule's warning, else what a photo is kept back for."""
    return group.warning or next((m.note for m in group.members if m.note), "")


def weakest_tie(group: Group) -> Tier:
    """A card is named by its weakest tie: what a person must at least look at."""
    return max((m.tier for m in group.members[1:]), key=lambda tier: tier.rank, default=Tier.SAME)


def most(values: Sequence[int]) -> int:
    """The best of these values; -1 where all are equal and none is better."""
    return max(values) if len(set(values)) > 1 else -1


def going_words(photos: int, count: int, size: int) -> str:
    if not count:
        return ngettext("{n} photo · nothing goes", "{n} photos · nothing goes", photos).format(
            n=photos
        )
    return ngettext(
        "{n} photo · {going} · {size}",
        "{n} photos · {going} · {size}",
        photos,
    ).format(
        n=photos,
        going=ngettext("{n} goes", "{n} go", count).format(n=count),
        size=human_bytes(size),
    )
