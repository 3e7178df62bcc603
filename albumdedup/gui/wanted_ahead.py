"""Asks for the thumbnails of the cards on screen, then of those just below and above."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QListView

from albumdedup.core.types import Photo
from albumdedup.gui.group_delegate import GroupDelegate
from albumdedup.gui.group_model import GroupModel
from albumdedup.gui.kept_place import NEAR_TOP
from albumdedup.gui.thumb_loader import ThumbLoader, unique

AHEAD = 600
"""Pixels below the screen whose thumbnails are wanted too."""
ABOVE = 2
"""Cards above it."""


class WantedAhead(QObject):
    """Once for all that happens in one turn of the event loop."""

    def __init__(
        self, view: QListView, model: GroupModel, delegate: GroupDelegate, loader: ThumbLoader
    ) -> None:
        super().__init__(view)
        self._view, self._model, self._delegate = view, model, delegate
        self._loader = loader
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._ask)
        view.verticalScrollBar().valueChanged.connect(self.ask_soon)
        for news in (
            model.rowsInserted, model.rowsRemoved, model.layoutChanged, model.dataChanged,
            model.modelReset,
        ):  # fmt: skip
            news.connect(self.ask_soon)

    @Slot()
    def ask_soon(self) -> None:
        """Not the timer's own start: that would take a signal's number for milliseconds."""
        self._soon.start()

    @Slot()
    def _ask(self) -> None:
        self._loader.want(unique(photo for row in self._rows() for photo in self._photos(row)))

    def _photos(self, row: int) -> list[Photo]:
        group = self._model.group(row)
        tiles = self._delegate.layout_of(group).tiles
        return [group.members[tile.member].photo for tile in tiles]

    def _rows(self) -> list[int]:
        view, count = self._view, self._model.rowCount()
        first = view.indexAt(NEAR_TOP)
        if not count or not first.isValid():
            return list(range(min(count, 4)))
        rows, y, row = [], view.visualRect(first).top(), first.row()
        while row < count and y < view.viewport().height() + AHEAD:
            rows.append(row)
            y += view.visualRect(self._model.index(row)).height()
            row += 1
        above = range(first.row() - 1, first.row() - 1 - ABOVE, -1)
        return rows + [number for number in above if number >= 0]
