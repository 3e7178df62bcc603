"""A table whose rows are worded only when they are looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Row:
    """What a row says, what each cell's tooltip adds, and a sentence about the whole."""

    cells: tuple[str, ...]
    tips: tuple[str, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    wide: bool = False
    number: bool = False


class RowModel(QAbstractTableModel):
    """One row per item; ``row_of`` words it."""

    def __init__(
        self,
        columns: Sequence[Column],
        row_of: Callable[[Any], Row],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._row_of = row_of
        self._items: Sequence[Any] = ()

    def show(self, items: Sequence[Any]) -> None:
        self.beginResetModel()
        self._items = items
        self.endResetModel()

    def row(self, number: int) -> Row:
        return self._row_of(self._items[number])

    def item(self, number: int) -> Any:
        return self._items[number]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._items)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(self.columns[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(self.columns[index.column()])
        if role == Qt.ItemDataRole.DisplayRole:
            return self.row(index.row()).cells[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            tips = self.row(index.row()).tips
            return tips[index.column()] if tips else None
        return None


def _side(column: Column) -> int:
    side = Qt.AlignmentFlag.AlignRight if column.number else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)


class CellDelegate(QStyledItemDelegate):
    """Where one reads from right to left a cell's words stand at the other side, but a path or a
    number with its unit still runs from left to right."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.displayAlignment = QStyle.visualAlignment(option.direction, option.displayAlignment)
        option.direction = Qt.LayoutDirection.LeftToRight


class RowTable(QTableView):
    """Whole rows, one at a time, with the keyboard too; tells the sentence of the current one."""

    told = Signal(str)
    opened = Signal(object)  # the item: double click or Enter

    def __init__(self, name: str, model: RowModel) -> None:
        super().__init__()
        self.rows = model
        self.setModel(model)
        self.setItemDelegate(CellDelegate(self))
        self.setAccessibleName(name)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(28)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        for number, column in enumerate(model.columns):
            mode = QHeaderView.ResizeMode
            head.setSectionResizeMode(
                number, mode.Stretch if column.wide else mode.ResizeToContents
            )
        head.setResizeContentsPrecision(50)
        self.activated.connect(self._on_activated)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.told.emit(self.rows.row(current.row()).detail if current.isValid() else "")

    def _on_activated(self, index: QModelIndex) -> None:
        self.opened.emit(self.rows.item(index.row()))
