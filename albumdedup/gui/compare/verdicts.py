"""What the person decides while comparing, and how the last decision is taken back."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from albumdedup.core.i18n import _, ngettext
from albumdedup.core.types import Group, Role, Tier
from albumdedup.gui.album import Album

MOST = 200
"""So many decisions can be taken back."""


@dataclass(frozen=True, slots=True)
class Decision:
    """``group_id`` is where one looks after it is taken back."""

    group_id: str
    take_back: Callable[[], None]


class Verdicts:
    """Each verb returns the sentence that tells what it did."""

    def __init__(self, album: Album) -> None:
        self._album = album
        self._made: list[Decision] = []

    def keep(self, group: Group, path: str, beside: Collection[str]) -> str:
        """This photo stays; those ``beside`` it that may go do. An edited copy, which no rule
        lets go by itself, was looked at here."""
        choices = self._album.choices
        self._remember(group)
        choices.keep_this(group, _index(group, path))
        for other in beside:
            now = self._now(group.id) or group
            member = now.members[_index(now, other)]
            if other != path and member.role is Role.REVIEW and member.tier is not Tier.SIMILAR:
                choices.toggle(now, _index(now, other))
        now = self._now(group.id) or group
        going = sum(member.role is Role.REMOVE for member in now.members)
        if not going:
            return _("This photo stays, and the others too.")
        return ngettext(
            "This photo stays, {n} copy goes.", "This photo stays, {n} copies go.", going
        ).format(n=going)

    def keep_all(self, group: Group) -> str:
        self._remember(group)
        self._album.choices.keep_all(group)
        return _("All photos of this group stay.")

    def not_duplicates(self, group: Group) -> None:
        """The window itself says what it did."""
        album = self._album
        self._push(group.id, lambda: album.not_duplicates(group, on=False))

    def take_back(self) -> str | None:
        """Take the last decision back; the id of its group, or None where there is none."""
        if not self._made:
            return None
        last = self._made.pop()
        last.take_back()
        return last.group_id

    def _remember(self, group: Group) -> None:
        choices = self._album.choices
        before = choices.by_hand(group)
        self._push(group.id, lambda: choices.restore(group, before))

    def _push(self, group_id: str, take_back: Callable[[], None]) -> None:
        self._made.append(Decision(group_id, take_back))
        del self._made[:-MOST]

    def _now(self, group_id: str) -> Group | None:
        return next((one for one in self._album.shown if one.id == group_id), None)


def _index(group: Group, path: str) -> int:
    paths = [member.photo.path for member in group.members]
    return paths.index(path)
