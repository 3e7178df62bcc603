"""Underneath the photos: the facts in which they differ, and their histograms."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from albumdedup.core.compare.rows import Cell, Row
from albumdedup.core.i18n import _
from albumdedup.gui.theme import CAPTION, LIGHT, Tokens, font
from albumdedup.gui.widgets import label, page

BETTER = "▴"
SCROLL_STEP = 48
LONG = 9
_STYLES = (
    Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine,
)  # fmt: skip


class Histograms(QWidget):
    """How bright the photos are, one line each: lines differ in their strokes too."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tokens: Tokens = LIGHT
        self._bins: list[tuple[float, ...]] = []
        self.setFixedHeight(64)
        self.setAccessibleName(_("How bright the photos are, from black to white"))

    def sizeHint(self) -> QSize:
        return QSize(240, 64)

    def show_bins(self, bins: Sequence[tuple[float, ...]]) -> None:
        self._bins = list(bins)
        self.setVisible(any(self._bins))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self.tokens
        painter = QPainter(self)
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(t.line), 1))
        painter.setBrush(QColor(t.card))
        painter.drawRoundedRect(area, 4, 4)
        legend = 20 * len(self._bins) + 8
        curve = area.adjusted(4, 4, -legend - 12, -3)
        most = max((sorted(bins)[-3] for bins in self._bins if bins), default=1.0) or 1.0
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setFont(font(CAPTION))
        inks = (t.text, t.accent, t.quiet, t.text)
        for number, bins in enumerate(self._bins):
            pen = QPen(QColor(inks[number % 4]), 1.5, _STYLES[number % 4])
            painter.setPen(pen)
            if bins:
                painter.drawPolyline(_curve(bins, curve, most))
            x = area.right() - legend + 20 * number
            y = area.center().y()
            painter.drawLine(QPointF(x, y + 8), QPointF(x + 14, y + 8))
            painter.drawText(QRectF(x, y - 12, 14, 16), Qt.AlignmentFlag.AlignCenter,
                             str(number + 1))  # fmt: skip
        painter.end()


def _curve(bins: Sequence[float], area: QRectF, most: float) -> QPolygonF:
    step = area.width() / max(1, len(bins) - 1)
    return QPolygonF(
        [
            QPointF(area.left() + n * step, area.bottom() - min(1.0, v / most) * area.height())
            for n, v in enumerate(bins)
        ]
    )


class Details(QScrollArea):
    """A table with a column for each photo; scrolled with ↑ and ↓."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []
        self.histograms = Histograms()
        self.equal = label(_("They differ in nothing that the files tell."), quiet=True)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        inside = page()
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 6, 12, 8)
        column.setSpacing(8)
        column.addWidget(self.equal)
        column.addLayout(self._grid)
        column.addWidget(self.histograms)
        column.addStretch()
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(_("What differs"))

    def set_tokens(self, tokens: Tokens) -> None:
        self.histograms.tokens = tokens
        self.histograms.update()

    def show_rows(self, rows: Sequence[Row], numbers: Sequence[int]) -> None:
        if list(rows) == self.rows and self._grid.columnCount() == len(numbers) + 1:
            return
        self.rows = list(rows)
        while (item := self._grid.takeAt(0)) is not None:
            gone = item.widget()
            if gone is not None:
                gone.hide()
                gone.deleteLater()
        self.equal.setVisible(not rows)
        if rows:
            for column, number in enumerate(numbers, 1):
                self._grid.addWidget(label(str(number), section=True), 0, column)
        for line, row in enumerate(rows, 1):
            name = label(row.name, quiet=True)
            self._grid.addWidget(name, line, 0, Qt.AlignmentFlag.AlignTop)
            for column, cell in enumerate(row.cells, 1):
                self._grid.addWidget(_cell(cell, row.name), line, column, Qt.AlignmentFlag.AlignTop)
        self._grid.setColumnStretch(0, 0)
        for column in range(1, 5):
            self._grid.setColumnStretch(column, 1 if column <= len(numbers) else 0)

    def scroll_by(self, steps: int) -> None:
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + steps * SCROLL_STEP)


def _breakable(text: str) -> str:
    """Long names may go on in the next line wherever a part of them ends."""
    return re.sub(r"([-/_.])(?=\S)", "\\1\u200b", text) if len(text) > LONG else text


def _cell(cell: Cell, name: str) -> QWidget:
    value = label(
        f"{_breakable(cell.text)} {BETTER}" if cell.better else _breakable(cell.text), wrap=True
    )
    value.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    if cell.better:
        value.setFont(font(bold=True))
    value.setToolTip(cell.whole or cell.text)
    said = _("{name}: {value}, the better one") if cell.better else _("{name}: {value}")
    value.setAccessibleName(said.format(name=name, value=f"{cell.text} {cell.remark}".strip()))
    if not cell.remark:
        return value
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(value)
    remark = label(cell.remark, caption=True, wrap=True)
    remark.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    column.addWidget(remark)
    return made
