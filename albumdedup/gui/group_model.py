"""The groups as a list model that changes by id, so that selection and place are kept."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from albumdedup.core.i18n import _, human_bytes, joined, ngettext, tier_name
from albumdedup.core.types import Group, Role
from albumdedup.gui.texts import human_pixels, part_words, shown

MANY = 200
"""More rows than this leave at once by a reset."""

GROUP_ROLE = Qt.ItemDataRole.UserRole + 1


class SortOrder(StrEnum):
    """How the list is ordered."""

    FOUND = "found"
    COUNT = "count"
    DATE = "date"
    DOUBT = "doubt"


def _when(group: Group) -> str:
    return group.keeper.taken.wall.isoformat() if group.keeper.taken else "9999"


def _certainty(group: Group) -> tuple[int, float]:
    """The weakest tie of a group: by tier, and how alike within it."""
    return min((-member.tier.rank, member.similarity) for member in group.members[1:])


SORT_KEYS: dict[SortOrder, Callable[[Group], Any]] = {
    SortOrder.COUNT: lambda group: (-len(group.members), group.id),
    SortOrder.DATE: lambda group: (_when(group), group.id),
    SortOrder.DOUBT: lambda group: (_certainty(group), group.id),
}


def role_word(role: Role) -> str:
    return {Role.KEEP: _("stays"), Role.REMOVE: _("goes"), Role.REVIEW: _("your choice")}[role]


def spoken(group: Group) -> str:
    """A card in words, for screen readers."""
    lines = [
        ngettext("Group of {n} photo.", "Group of {n} photos.", len(group.members)).format(
            n=len(group.members)
        )
    ]
    for member in group.members:
        lines.append(
            _("{name}: {role}, {tier}, {pixels}, {size}.").format(
                name=shown(os.path.basename(member.photo.path)),
                role=role_word(member.role),
                tier=tier_name(member.tier),
                pixels=human_pixels(member.photo),
                size=" · ".join((human_bytes(member.photo.unit_bytes), *part_words(member.photo))),
            )
        )
    return joined(*lines, group.reason, group.warning)


class GroupModel(QAbstractListModel):
    """One row per group. ``show`` takes the new state and tells the views only what differs."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._groups: list[Group] = []
        self._ids: dict[str, int] | None = None
        self._paths: dict[str, int] | None = None
        self._order = SortOrder.FOUND

    def rowCount(
        self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()  # noqa: B008
    ) -> int:  # fmt: skip
        return 0 if parent.isValid() else len(self._groups)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> object:
        if not index.isValid() or not 0 <= index.row() < len(self._groups):
            return None
        group = self._groups[index.row()]
        if role == GROUP_ROLE:
            return group
        if role == Qt.ItemDataRole.DisplayRole:
            return shown(os.path.basename(group.keeper.path))
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return spoken(group)
        return None

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return (
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemNeverHasChildren
        )

    def group(self, row: int) -> Group:
        return self._groups[row]

    def groups(self) -> list[Group]:
        return list(self._groups)

    def row_of(self, group_id: str) -> int | None:
        return self._rows.get(group_id)

    def row_of_card(self, group_id: str, keeper: str) -> int | None:
        """Where a card is that may have another group now: the one with its keeper."""
        row = self._rows.get(group_id)
        return row if row is not None else self._keepers.get(keeper)

    def set_order(self, order: SortOrder) -> None:
        """Order the rows anew; selections follow their groups."""
        self._order = order
        self._rearrange(self._sorted(self._groups))

    def show(self, groups: Sequence[Group], *, growing: bool = False) -> None:
        """Show these groups. While the list is ``growing`` known rows stay where they are and
        new ones come after them; otherwise all stand in order.

        A group whose members changed but whose keeper did not is the same card: it changes in
        place.
        """
        fresh = {group.id: group for group in groups}
        heirs = self._heirs(fresh)
        kept = {heir.id for heir in heirs.values()}
        gone = [
            row for row, group in enumerate(self._groups)
            if group.id not in fresh and group.id not in heirs
        ]  # fmt: skip
        if len(gone) > MANY:
            self._start_anew(groups)
            return
        self._remove(gone)
        self._update(fresh, heirs)
        arrivals = [g for g in groups if g.id not in self._rows and g.id not in kept]
        if arrivals:
            first = len(self._groups)
            self.beginInsertRows(QModelIndex(), first, first + len(arrivals) - 1)
            self._groups += arrivals
            self._index_rows()
            self.endInsertRows()
        if not growing:
            self._rearrange(self._sorted(groups))

    def _heirs(self, fresh: dict[str, Group]) -> dict[str, Group]:
        """For groups that are no more: the new group around the same keeper."""
        lost = [group for group in self._groups if group.id not in fresh]
        if not lost:
            return {}
        by_keeper = {
            group.keeper.path: group for group in fresh.values() if group.id not in self._rows
        }
        found = ((old.id, by_keeper.get(old.keeper.path)) for old in lost)
        return {group_id: heir for group_id, heir in found if heir is not None}

    def _update(self, fresh: dict[str, Group], heirs: dict[str, Group]) -> None:
        """Put new states into the rows that stay; one word about all of them."""
        changed = []
        for row, old in enumerate(self._groups):
            new = fresh.get(old.id) or heirs[old.id]
            if new is not old and new != old:
                self._groups[row] = new
                changed.append(row)
        if changed:
            self._index_rows()
            self.dataChanged.emit(self.index(changed[0]), self.index(changed[-1]))

    def _start_anew(self, groups: Sequence[Group]) -> None:
        """So many rows leave that telling each one would take seconds. The view keeps the
        current card and the place by id."""
        self.beginResetModel()
        self._groups = self._sorted(groups)
        self._index_rows()
        self.endResetModel()

    def _sorted(self, groups: Sequence[Group]) -> list[Group]:
        key = SORT_KEYS.get(self._order)
        return sorted(groups, key=key) if key else list(groups)

    def _remove(self, rows: list[int]) -> None:
        """Remove rows in runs, from the end, so that earlier numbers stay right."""
        end = len(rows)
        while end:
            begin = end - 1
            while begin and rows[begin - 1] == rows[begin] - 1:
                begin -= 1
            first, last = rows[begin], rows[end - 1]
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._groups[first : last + 1]
            self._index_rows()
            self.endRemoveRows()
            end = begin

    def _rearrange(self, wanted: list[Group]) -> None:
        if [g.id for g in wanted] == [g.id for g in self._groups]:
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        ids = [self._groups[index.row()].id for index in before]
        self._groups = list(wanted)
        self._index_rows()
        after = [self.index(self._rows[group_id]) for group_id in ids]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    @property
    def _rows(self) -> dict[str, int]:
        """Row of each group. Made when asked for: of a hundred runs that leave, once."""
        if self._ids is None:
            self._ids = {group.id: row for row, group in enumerate(self._groups)}
        return self._ids

    @property
    def _keepers(self) -> dict[str, int]:
        """Row of each card, by the path of its keeper."""
        if self._paths is None:
            self._paths = {group.keeper.path: row for row, group in enumerate(self._groups)}
        return self._paths

    def _index_rows(self) -> None:
        self._ids = self._paths = None
