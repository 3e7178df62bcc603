"""Where the eye is in the list of cards: what one looks at stays there through every refresh."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QListView

from albumdedup.gui.group_model import GroupModel

NEAR_TOP = QPoint(4, 4)
BELOW = 50
"""So many cards below the first one are noted, should those above them leave."""


@dataclass(frozen=True, slots=True)
class _Card:
    group: str
    keeper: str
    top: int


class KeptPlace:
    """Notes where the cards are: first the one under the pointer, which must never be another at
    the click, then those on the screen from its top. The first one that is still there afterwards
    goes back to its place."""

    def __init__(self, view: QListView, model: GroupModel) -> None:
        self._view = view
        self._model = model
        self._cards = [self._card(row) for row in self._rows()]

    def _rows(self) -> list[int]:
        view = self._view
        pointed = view.indexAt(view.viewport().mapFromGlobal(QCursor.pos()))
        rows = [pointed.row()] if pointed.isValid() and view.viewport().underMouse() else []
        first = view.indexAt(NEAR_TOP)
        if first.isValid() and (rows or view.verticalScrollBar().value()):
            last = min(first.row() + BELOW, self._model.rowCount())
            rows += range(first.row(), last)
        return rows

    def _card(self, row: int) -> _Card:
        group = self._model.group(row)
        top = self._view.visualRect(self._model.index(row)).top()
        return _Card(group.id, group.keeper.path, top)

    def restore(self) -> None:
        """After the change."""
        for card in self._cards:
            row = self._model.row_of_card(card.group, card.keeper)
            if row is not None:
                self._view.executeDelayedItemsLayout()
                bar = self._view.verticalScrollBar()
                top = self._view.visualRect(self._model.index(row)).top()
                bar.setValue(bar.value() + top - card.top)
                return
