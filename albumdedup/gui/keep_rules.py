"""Which copy stays: one rule, or an order that the user arranges, with what each step decides."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from albumdedup.core.i18n import _, ngettext
from albumdedup.core.settings import CHAIN
from albumdedup.gui.widgets import Choice, label

RULE_ORDER = ("oldest", "newest", "best", "largest", "smallest", "preferred")
CHAINED = ("preferred", "protected", "oldest", "newest", "best", "richest", "largest", "smallest")


def rule_name(rule: str) -> str:
    return {
        "oldest": _("Oldest"),
        "newest": _("Newest"),
        "best": _("Best quality"),
        "largest": _("Largest file"),
        "smallest": _("Smallest file"),
        "preferred": _("Preferred folder"),
        "protected": _("Protected folder"),
        "richest": _("Most metadata"),
        "tie_break": _("Tie-breaks"),
        CHAIN: _("My own order"),
    }.get(rule, rule)


class KeepRules(QWidget):
    """The choice of a rule; below it, for those who want one, their own order."""

    changed = Signal()

    def __init__(self, rule: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.choice = Choice()
        self.choice.setAccessibleName(_("Which copy stays"))
        for name in (*RULE_ORDER, CHAIN):
            self.choice.addItem(rule_name(name), name)
        self.order = OrderList(tuple(rule.split(",")) if "," in rule else ("preferred", "oldest"))
        self.decided = label("", caption=True)
        self.decided.setWordWrap(True)
        chosen = self.choice.findData(CHAIN if "," in rule else rule)
        self.choice.setCurrentIndex(max(0, chosen))
        for widget in (self.choice, self.order, self.decided):
            column.addWidget(widget)
        self._show_order()
        self.choice.currentIndexChanged.connect(self._on_choice)
        self.order.changed.connect(self.changed)

    @property
    def rule(self) -> str:
        """A rule's name, or several with commas."""
        named = str(self.choice.currentData())
        return ",".join(self.order.chain() or (RULE_ORDER[0],)) if named == CHAIN else named

    def show_rule(self, rule: str) -> None:
        """Set what is chosen, as ``rule`` tells it."""
        if "," in rule:
            self.order.set_chain(tuple(rule.split(",")))
        self.choice.setCurrentIndex(max(0, self.choice.findData(CHAIN if "," in rule else rule)))
        self._show_order()

    def show_decided(self, counts: Mapping[str, int]) -> None:
        """What each step decided: "Preferred folder 12 · Oldest 310 · Tie-breaks 18"."""
        words = " · ".join(f"{rule_name(rule)} {count:,}" for rule, count in counts.items())
        total = sum(counts.values())
        self.decided.setText(
            ngettext(
                "Decided in {n} group: {words}", "Decided in {n} groups: {words}", total
            ).format(n=f"{total:,}", words=words)
            if total
            else ""
        )
        self._show_order()

    def _on_choice(self) -> None:
        self._show_order()
        self.changed.emit()

    def _show_order(self) -> None:
        own = self.choice.currentData() == CHAIN
        self.order.setVisible(own)
        self.decided.setVisible(own and bool(self.decided.text()))


class OrderList(QListWidget):
    """Rules with a tick each; dragged, or moved with Alt and the arrow keys."""

    changed = Signal()

    def __init__(self, chain: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("The order in which rules decide"))
        self.setAccessibleDescription(_("Alt and the arrow keys move a rule; Space ticks it."))
        self.setToolTip(self.accessibleDescription())
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.set_chain(chain)
        self.setFixedHeight(self.sizeHintForRow(0) * len(CHAINED) + 2 * self.frameWidth() + 4)
        self.itemChanged.connect(self.changed)
        self.model().rowsMoved.connect(self.changed)

    def set_chain(self, chain: tuple[str, ...]) -> None:
        """These rules ticked, in this order; the others below."""
        blocked = self.blockSignals(True)
        self.clear()
        for rule in dict.fromkeys((*chain, *CHAINED)):
            if rule in CHAINED:
                item = QListWidgetItem(rule_name(rule), self)
                item.setData(Qt.ItemDataRole.UserRole, rule)
                ticked = Qt.CheckState.Checked if rule in chain else Qt.CheckState.Unchecked
                item.setCheckState(ticked)
        self.blockSignals(blocked)

    def chain(self) -> tuple[str, ...]:
        """The ticked rules from top to bottom."""
        items = (self.item(row) for row in range(self.count()))
        return tuple(
            str(item.data(Qt.ItemDataRole.UserRole))
            for item in items
            if item.checkState() == Qt.CheckState.Checked
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        step = steps.get(Qt.Key(event.key()), 0)
        if step and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.move_current(step)
        else:
            super().keyPressEvent(event)

    def move_current(self, step: int) -> None:
        """Take the current rule one place up (-1) or down (1)."""
        row = self.currentRow()
        if row < 0 or not 0 <= row + step < self.count():
            return
        blocked = self.blockSignals(True)
        item = self.takeItem(row)
        self.insertItem(row + step, item)
        self.setCurrentRow(row + step)
        self.blockSignals(blocked)
        self.changed.emit()
