"""What a clean-up would take, whole, before anything moves. There is no "are you sure?"."""

from __future__ import annotations

import os

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QTableView,
    QWidget,
)

from albumdedup.core.i18n import _, human_bytes, ngettext, tier_name
from albumdedup.core.types import Plan, PlanItem
from albumdedup.gui.sheet import Sheet
from albumdedup.gui.texts import last_two_parts, shown
from albumdedup.gui.widgets import Choice, button, label, retitle

Index = QModelIndex | QPersistentModelIndex


class PlanModel(QAbstractTableModel):
    """One row per photo that would go."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: tuple[PlanItem, ...] = ()

    def show(self, items: tuple[PlanItem, ...]) -> None:
        self.beginResetModel()
        self._items = items
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._items)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 4

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return (_("Goes"), _("Why"), _("Stays"), _("Size"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section == 3 else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        item = self._items[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return (
                shown(_short(item.victim.path)),
                tier_name(item.tier),
                shown(_short(item.survivor.path)),
                human_bytes(item.victim.stamp.size),
            )[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return shown(
                (item.victim.path, item.reason, item.survivor.path, item.victim.path)[
                    index.column()
                ]
            )
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == 3:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None


def _short(path: str) -> str:
    return os.path.join(last_two_parts(os.path.dirname(path)), os.path.basename(path))


class CleanupSheet(Sheet):
    """List, sum, where to, and one button."""

    clean_wanted = Signal(object)  # Plan
    target_chosen = Signal(object)  # folder path, or None for the trash

    def __init__(self, parent: QWidget) -> None:
        super().__init__(_("Clean up"), parent, width=820)
        self._plan: Plan | None = None
        self.summary = label("")
        self.model = PlanModel(self)
        self.list = QTableView()
        self.list.setModel(self.model)
        self.list.setAccessibleName(_("Photos that go"))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.list.setTabKeyNavigation(False)
        self.list.setShowGrid(False)
        self.list.setWordWrap(False)
        self.list.setTextElideMode(Qt.TextElideMode.ElideLeft)
        self.list.verticalHeader().hide()
        self.list.verticalHeader().setDefaultSectionSize(28)
        self.list.setMinimumHeight(320)
        head = self.list.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        head.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        head.setSectionResizeMode(3, QHeaderView.ResizeMode.ResizeToContents)
        self.target = Choice()
        self.target.setAccessibleName(_("Where the photos go"))
        self.target.addItem(_("To the trash"), None)
        self.target.addItem(_("Into a folder…"), "")
        self.target.activated.connect(self._on_target)
        self.promise = label(_("Everything can be put back afterwards."), quiet=True)
        self.go = button("", self._on_go, primary=True)
        self.later = button(_("Not now"), self.dismiss)
        self.body.addWidget(self.summary)
        self.body.addWidget(self.list, 1)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.target)
        row.addWidget(self.promise)
        row.addStretch()
        row.addWidget(self.later)
        row.addWidget(self.go)
        self.body.addLayout(row)

    def show_plan(self, plan: Plan) -> None:
        self._plan = plan
        self.model.show(plan.photos)
        count, size = len(plan.photos), human_bytes(plan.bytes)
        self.title.setText(ngettext("{n} copy goes", "{n} copies go", count).format(n=f"{count:,}"))
        self.summary.setText(
            _("{size} in all. Every one of them has a copy that stays.").format(size=size)
        )
        words = ngettext("Move {n} copy", "Move {n} copies", count).format(n=f"{count:,}")
        retitle(self.go, words)
        self.go.setEnabled(count > 0)
        self._show_target(plan.target)
        self.present(self.go)

    def _show_target(self, target: str | None) -> None:
        self.target.blockSignals(True)
        while self.target.count() > 2:
            self.target.removeItem(1)
        if target is not None:
            self.target.insertItem(1, _("To {folder}").format(folder=shown(_short(target))), target)
        self.target.setCurrentIndex(0 if target is None else 1)
        self.target.blockSignals(False)

    def _on_target(self, index: int) -> None:
        chosen = self.target.itemData(index)
        if chosen == "":
            self._show_target(self._plan.target if self._plan else None)
            dialog = QFileDialog(self, _("Folder for the removed photos"))
            dialog.setFileMode(QFileDialog.FileMode.Directory)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.fileSelected.connect(self.target_chosen)
            dialog.open()
        else:
            self.target_chosen.emit(chosen)

    def _on_go(self) -> None:
        if self._plan is not None:
            plan, self._plan = self._plan, None
            self.hide()
            self.clean_wanted.emit(plan)
