"""The groups of the moment with the user's choices by hand; no library call."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from albumdedup.core.i18n import _
from albumdedup.core.types import Group, Tier
from albumdedup.gui import overrides as by_hand
from albumdedup.gui.narrowing import Narrower, Narrowing
from albumdedup.gui.overrides import Overrides


class Choices(QObject):
    """What the rule says, what the user said, and what is shown of it."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shown: list[Group] = []
        self.passed_over = 0
        self._removable: tuple[int, int] | None = (0, 0)
        self._narrowing = Narrowing()
        self._narrower = Narrower()
        self._overrides = Overrides()
        self._ruled: dict[str, Group] = {}
        self._hidden: set[str] = set()

    @property
    def removable(self) -> tuple[int, int]:
        """How many photos would go, and their bytes; counted once for what is shown."""
        if self._removable is None:
            self._removable = by_hand.removable(self.shown)
        return self._removable

    def take(self, groups: Iterable[Group], going: tuple[int, int] | None = None) -> None:
        """New groups from the rule; the choices stay. ``going`` is what of them would go, where
        that was counted already."""
        self._ruled = {group.id: group for group in groups}
        self._narrower.forget()
        self._show(going)

    def narrow(self, narrowing: Narrowing) -> None:
        """Show, and clean up, only the groups that this names; ``passed_over`` counts the rest."""
        self._narrowing = narrowing
        self._show()

    def hide(self, group: Group, on: bool) -> None:
        """Let a card leave (or come back) before the decision is stored."""
        if on:
            self._hidden.add(group.id)
        else:
            self._hidden.discard(group.id)
        self._show()

    def unhide_all(self) -> None:
        """The stores know the decisions now."""
        self._hidden.clear()

    def toggle(self, shown: Group, index: int) -> str:
        """Swap stays and goes of one member; returns a sentence where that cannot be."""
        role = by_hand.toggled(shown, self._ruled.get(shown.id, shown), index)
        if role is None and index == 0:
            return _("One copy always stays. Choose “Keep this one” on another to swap them.")
        if role is None and shown.members[index].tier is Tier.SIMILAR:
            return _("Similar shots are different photos. They are never cleaned up here.")
        if role is None:
            return shown.members[index].note or _("This photo stays.")
        self._set(self._overrides.with_role(shown.members[index].photo.path, role))
        return ""

    def keep_this(self, shown: Group, index: int) -> None:
        path = shown.members[index].photo.path
        ruled = self._ruled.get(shown.id, shown)
        if ruled.keeper.path == path:
            self._set(self._overrides.without(ruled))
        else:
            self._set(self._overrides.with_keeper(ruled, path))

    def keep_all(self, shown: Group) -> None:
        self._set(self._overrides.keep_all(shown))

    def by_rule(self, shown: Group) -> None:
        """Forget what was chosen by hand for this group."""
        self._set(self._overrides.without(shown))

    def by_hand(self, shown: Group) -> Overrides:
        """What was chosen by hand for this group, to be restored."""
        return self._overrides.only(shown)

    def restore(self, shown: Group, before: Overrides) -> None:
        self._set(self._overrides.without(shown).joined(before))

    def ruled(self, shown: Group) -> Group:
        """The group as the rule made it: its evidence ties the members to its own keeper."""
        return self._ruled.get(shown.id, shown)

    def is_by_rule(self, shown: Group) -> bool:
        """Whether a card is just as the rule made it."""
        return self._ruled.get(shown.id) == shown

    def _set(self, overrides: Overrides) -> None:
        self._overrides = overrides
        self._show()

    def _show(self, going: tuple[int, int] | None = None) -> None:
        ruled = [group for group in self._ruled.values() if group.id not in self._hidden]
        count = len(ruled)
        if not self._narrowing.nothing:
            ruled = [one for one in ruled if self._narrower.holds(one, self._narrowing)]
        self.passed_over = count - len(ruled)
        self.shown = by_hand.apply(ruled, self._overrides)
        by_rule = self._overrides == Overrides() and len(self.shown) == len(self._ruled)
        self._removable = going if by_rule else None
        self.changed.emit()
