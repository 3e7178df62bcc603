"""The review place: filters at the left, the groups, and what stands there while there are none."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from albumdedup.core.i18n import _, ngettext
from albumdedup.core.types import View
from albumdedup.gui.empty_state import ThreeBecomeOne
from albumdedup.gui.filter_panel import FilterPanel
from albumdedup.gui.group_model import GroupModel, SortOrder
from albumdedup.gui.group_view import GroupView
from albumdedup.gui.texts import human_bytes
from albumdedup.gui.theme import Tokens
from albumdedup.gui.thumb_loader import ThumbLoader
from albumdedup.gui.widgets import Choice, label, page

NARROW = 900


def order_name(order: SortOrder) -> str:
    return {
        SortOrder.FOUND: _("Most space first"),
        SortOrder.COUNT: _("Most copies first"),
        SortOrder.DATE: _("Oldest first"),
    }[order]


class Waiting(QWidget):
    """A headline and a sentence in the middle: looking, or nothing found."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.headline = label("", headline=True)
        self.facts = label("", quiet=True)
        self.pictures = QHBoxLayout()
        self.pictures.setSpacing(12)
        self.shots = (QLabel(), QLabel())
        self.pictures.addStretch()
        for shot in self.shots:
            shot.setAccessibleName(_("The closest pair"))
            self.pictures.addWidget(shot)
        self.pictures.addStretch()
        self.below = label("", quiet=True)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        self.drawing = ThreeBecomeOne()
        column.addStretch(3)
        column.addWidget(self.drawing, 0, Qt.AlignmentFlag.AlignHCenter)
        for widget in (self.headline, self.facts):
            widget.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(widget)
        column.addSpacing(8)
        column.addLayout(self.pictures)
        self.below.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.below)
        column.addStretch(4)

    def say(self, headline: str, facts: str = "", below: str = "") -> None:
        """Where ``below`` speaks of the closest pair its two pictures stand above it."""
        self.drawing.setVisible(not below)
        self.headline.setText(headline)
        self.facts.setText(facts)
        self.below.setText(below)
        if not below:
            for shot in self.shots:
                shot.clear()


class ReviewPage(QWidget):
    """Filter panel and list; the header line sums up."""

    order_chosen = Signal(object)

    def __init__(
        self, view: View, model: GroupModel, loader: ThumbLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.filter = FilterPanel(view)
        self.list = GroupView(model, loader)
        self.waiting = Waiting()
        self.summary = label("")
        self.hidden_note = label("", caption=True)
        self.order = Choice()
        self.order.setAccessibleName(_("Order of the groups"))
        for order in (SortOrder.FOUND, SortOrder.COUNT, SortOrder.DATE):
            self.order.addItem(order_name(order), order.value)
        self.order.currentIndexChanged.connect(self._on_order)
        head = QHBoxLayout()
        head.setContentsMargins(16, 10, 28, 6)
        head.setSpacing(10)
        head.addWidget(self.summary)
        head.addWidget(self.hidden_note)
        head.addStretch()
        head.addWidget(self.order)
        groups = page()
        column = QVBoxLayout(groups)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.list, 1)
        self.stack = QStackedWidget()
        self.stack.addWidget(groups)
        self.stack.addWidget(self.waiting)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.filter)
        row.addWidget(self.stack, 1)

    def set_tokens(self, tokens: Tokens) -> None:
        self.filter.set_tokens(tokens)
        self.list.set_tokens(tokens)
        self.waiting.drawing.tokens = tokens

    def show_summary(self, groups: int, count: int, size: int, hidden: int) -> None:
        words = ngettext("{n} group", "{n} groups", groups).format(n=f"{groups:,}")
        if count:
            going = ngettext(
                "{groups} · {n} copy could go · {size}",
                "{groups} · {n} copies could go · {size}",
                count,
            )
            words = going.format(groups=words, n=f"{count:,}", size=human_bytes(size))
        self.summary.setText(words)
        self.hidden_note.setText(
            ngettext("{n} photo hidden", "{n} photos hidden", hidden).format(n=f"{hidden:,}")
            if hidden
            else ""
        )

    def show_groups_page(self) -> None:
        self.stack.setCurrentIndex(0)

    def show_waiting(self, headline: str, facts: str = "", below: str = "") -> None:
        self.waiting.say(headline, facts, below)
        self.stack.setCurrentIndex(1)

    def _on_order(self) -> None:
        self.order_chosen.emit(SortOrder(self.order.currentData()))
