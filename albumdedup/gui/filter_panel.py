"""The left panel: which tiers, how alike, which copy stays."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from albumdedup.core.i18n import _, ngettext
from albumdedup.core.types import Tier, View
from albumdedup.gui.counting import Tally
from albumdedup.gui.keep_rules import KeepRules
from albumdedup.gui.similarity_box import SimilarityBox
from albumdedup.gui.theme import Tokens
from albumdedup.gui.tick_box import TickBox
from albumdedup.gui.tier_box import TierBox
from albumdedup.gui.widgets import button, label

WIDTH = 220


class FilterPanel(QWidget):
    """Tells a new ``View`` whenever something is changed; the slider while it moves."""

    view_changed = Signal(object)  # View
    edited_go_changed = Signal(bool)
    errors_wanted = Signal()

    def __init__(self, view: View, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filter")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 16, 16, 12)
        column.setSpacing(2)
        column.addWidget(label(_("SHOW"), section=True))
        self.boxes: dict[Tier, TierBox] = {}
        for tier in Tier:
            self._add_tier(column, tier, tier in view.tiers)
            if tier is Tier.EDITED:
                row = QHBoxLayout()
                row.addSpacing(26)
                row.addWidget(self._edited_box())
                column.addLayout(row)
        column.addSpacing(16)
        self._similarity = SimilarityBox(view.similarity)
        self._similarity.changed.connect(self._tell)
        self.slider, self.histogram = self._similarity.slider, self._similarity.histogram
        column.addWidget(self._similarity)
        column.addSpacing(16)
        column.addWidget(label(_("KEEP"), section=True))
        column.addSpacing(4)
        self.keep = KeepRules(view.rule)
        self.keep.changed.connect(self._tell)
        column.addWidget(self.keep)
        column.addStretch()
        self.errors = button("", self.errors_wanted, link=True)
        self.errors.hide()
        column.addWidget(self.errors)

    def view(self) -> View:
        return View(
            frozenset(tier for tier, box in self.boxes.items() if box.isChecked()),
            self.similarity(),
            self.keep.rule,
        )

    def similarity(self) -> float:
        return self._similarity.similarity

    def show_view(self, view: View) -> None:
        """Take the tiers and the rule of a view that was chosen elsewhere, and tell it on."""
        before = self.view()
        for tier, box in self.boxes.items():
            box.blockSignals(True)
            box.setChecked(tier in view.tiers)
            box.blockSignals(False)
        self.keep.blockSignals(True)
        self.keep.show_rule(view.rule)
        self.keep.blockSignals(False)
        if self.view() != before:
            self._tell()

    def show_tallies(self, tallies: Mapping[Tier, Tally]) -> None:
        for tier, box in self.boxes.items():
            box.show_tally(tallies.get(tier, Tally()))
        edited = tallies.get(Tier.EDITED, Tally()).photos > 0
        self.edited_go.setVisible(edited and self.boxes[Tier.EDITED].isChecked())

    def show_errors(self, count: int) -> None:
        self.errors.setVisible(count > 0)
        words = ngettext(
            "{n} photo could not be read", "{n} photos could not be read", count
        ).format(n=f"{count:,}")
        self.errors.setText(words)
        self.errors.setAccessibleName(words)

    def set_tokens(self, tokens: Tokens) -> None:
        self._similarity.set_tokens(tokens)
        for box in self.boxes.values():
            box.tokens = tokens
            box.update()

    def _add_tier(self, column: QVBoxLayout, tier: Tier, on: bool) -> None:
        box = self.boxes[tier] = TierBox(tier)
        box.setChecked(on)
        box.toggled.connect(self._tell)
        column.addWidget(box)

    def _edited_box(self) -> TickBox:
        """Edited copies stay unless a person says otherwise, once, here."""
        self.edited_go = TickBox(_("Edited copies go too"))
        self.edited_go.setAccessibleName(self.edited_go.text())
        self.edited_go.toggled.connect(self.edited_go_changed)
        self.edited_go.hide()
        return self.edited_go

    def _tell(self) -> None:
        self.view_changed.emit(self.view())
