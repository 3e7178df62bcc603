"""Where the eye is in the list of cards: the card at the top stays there through every refresh."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QListView

from albumdedup.gui.group_model import GroupModel

NEAR_TOP = QPoint(4, 4)


@dataclass(frozen=True, slots=True)
class KeptPlace:
    """The group at the top, its keeper, and where its card began."""

    group_id: str
    keeper: str
    top: int

    @staticmethod
    def of(view: QListView, model: GroupModel) -> KeptPlace | None:
        """None at the very top: what arrives above may be seen there."""
        index = view.indexAt(NEAR_TOP)
        if not index.isValid() or view.verticalScrollBar().value() == 0:
            return None
        group = model.group(index.row())
        return KeptPlace(group.id, group.keeper.path, view.visualRect(index).top())

    def restore(self, view: QListView, model: GroupModel) -> None:
        row = row_of(model, self.group_id, self.keeper)
        if row is not None:
            view.executeDelayedItemsLayout()
            bar = view.verticalScrollBar()
            bar.setValue(bar.value() + view.visualRect(model.index(row)).top() - self.top)


def row_of(model: GroupModel, group_id: str, keeper: str) -> int | None:
    """A group has another name when its photos change; its keeper tells it then."""
    row = model.row_of(group_id)
    if row is not None:
        return row
    groups = enumerate(model.groups())
    return next((number for number, group in groups if group.keeper.path == keeper), None)
