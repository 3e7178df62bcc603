"""The similarity slider: a histogram of the pairs above it, and beneath it what it means."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSlider, QVBoxLayout, QWidget

from albumdedup.core.i18n import _
from albumdedup.gui.grouped import LOOSEST, STRICTEST
from albumdedup.gui.similarity_words import similarity_words
from albumdedup.gui.theme import CAPTION, LIGHT, Tokens
from albumdedup.gui.widgets import label

LINES = 2
"""The sentence has so much room, so that nothing below it moves while it changes."""


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


class SimilarityBox(QWidget):
    """Tells while it moves. From strict, where reading begins, to loose."""

    changed = Signal()

    def __init__(self, similarity: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(label(_("SIMILARITY"), section=True))
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
        column.addSpacing(4)
        self.words = label("", caption=True, wrap=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.words.setMinimumHeight(LINES * (CAPTION + 5))
        column.addWidget(self.words)
        self._say()

    @property
    def similarity(self) -> float:
        return round(STRICTEST - self.slider.value() / 100, 2)

    def set_tokens(self, tokens: Tokens) -> None:
        self.histogram.tokens = tokens
        self.histogram.update()

    def _on_slider(self) -> None:
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        """For eyes, and for ears: the slider's own value is a number of steps."""
        words = similarity_words(self.similarity)
        self.words.setText(words)
        self.slider.setAccessibleDescription(words)
        self.slider.setToolTip(words)
        self.histogram.set_floor(self.similarity)
        if QAccessible.isActive():
            QAccessible.updateAccessibility(
                QAccessibleEvent(self.slider, QAccessible.Event.DescriptionChanged)
            )
