"""The left panel: which tiers, how alike, which copy stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSlider, QVBoxLayout, QWidget

from albumdedup.core.i18n import _, ngettext
from albumdedup.core.types import Tier, View
from albumdedup.gui.grouped import LOOSEST, STRICTEST, Tally
from albumdedup.gui.keep_rules import KeepRules
from albumdedup.gui.theme import LIGHT, Tokens
from albumdedup.gui.tick_box import TickBox
from albumdedup.gui.tier_box import TierBox
from albumdedup.gui.widgets import button, label

WIDTH = 220


class Histogram(QWidget):
    """How many pairs are how alike; what the slider takes in is accented."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tokens: Tokens = LIGHT
        self._bins: Sequence[int] = ()
        self._from = 0.9
        self.setFixedHeight(28)
        self.setAccessibleName(_("How many pairs are how alike"))

    def show_bins(self, bins: Sequence[int]) -> None:
        self._bins = bins
        self.update()

    def set_floor(self, similarity: float) -> None:
        self._from = similarity
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not any(self._bins):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:  # as the slider below
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
        count, most = len(self._bins), max(self._bins)
        inset = 8.0  # the middle of the handle at either end
        step = (self.width() - 2 * inset) / count
        for number, pairs in enumerate(self._bins):
            strength = 1.0 - number / count  # loose pairs stand at the right, as on the slider
            low = LOOSEST + (STRICTEST - LOOSEST) * number / count
            height = 0.0 if not pairs else max(2.0, (pairs / most) ** 0.5 * (self.height() - 2))
            taken = low + 1e-9 >= self._from - 1 / count * (STRICTEST - LOOSEST)
            painter.setBrush(QColor(self.tokens.accent if taken else self.tokens.line))
            x = inset + (strength * count - 1) * step
            painter.drawRoundedRect(
                QRectF(x + 0.5, self.height() - height, max(1.0, step - 1), height), 1, 1
            )
        painter.end()


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
        self._add_slider(column, view.similarity)
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
        """The slider goes from strict (left) to loose (right)."""
        return round(STRICTEST - self.slider.value() / 100, 2)

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
        self.histogram.tokens = tokens
        self.histogram.update()
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

    def _add_slider(self, column: QVBoxLayout, similarity: float) -> None:
        title = QHBoxLayout()
        title.addWidget(label(_("SIMILARITY"), section=True))
        title.addStretch()
        self.percent = label("", caption=True)
        title.addWidget(self.percent)
        column.addLayout(title)
        self.histogram = Histogram()
        column.addWidget(self.histogram)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, round((STRICTEST - LOOSEST) * 100))
        self.slider.setPageStep(5)
        self.slider.setAccessibleName(_("How alike photos must be"))
        self.slider.setValue(round((STRICTEST - similarity) * 100))
        self.slider.valueChanged.connect(self._on_slider)
        column.addWidget(self.slider)
        ends = QHBoxLayout()
        ends.addWidget(label(_("strict"), caption=True))
        ends.addStretch()
        ends.addWidget(label(_("loose"), caption=True))
        column.addLayout(ends)
        self._show_percent()

    def _show_percent(self) -> None:
        percent = _("{n} %").format(n=round(self.similarity() * 100))
        self.percent.setText(percent)
        self.slider.setAccessibleDescription(percent)
        self.histogram.set_floor(self.similarity())

    def _on_slider(self) -> None:
        self._show_percent()
        self._tell()

    def _tell(self) -> None:
        self.view_changed.emit(self.view())
