"""A tick that can be seen in both themes: the platform's own frame is lost on dark cards."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QCheckBox, QStyle

from albumdedup.gui.lettering import draw_line
from albumdedup.gui.theme import BODY, TARGET, font

EDGE = 16
START = 6
GAP = 8


def paint_tick(
    painter: QPainter, box: QRectF, *, on: bool, frame: QColor, ground: QColor, ink: QColor
) -> None:
    """The square with its tick; ``frame`` fills it where it is on."""
    painter.setPen(QPen(frame, 1.2))
    painter.setBrush(frame if on else ground)
    painter.drawRoundedRect(box, 4, 4)
    if on:
        pen = QPen(ink, 2)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        x, y = box.left(), box.top()
        painter.drawPolyline(
            QPolygonF([QPointF(x + 4, y + 8.2), QPointF(x + 7, y + 11.2), QPointF(x + 12, y + 5)])
        )


class TickBox(QCheckBox):
    """A check box in all but its looks; the colours are the palette's."""

    def sizeHint(self) -> QSize:
        words = QFontMetrics(font(BODY)).horizontalAdvance(self.text())
        return QSize(START + EDGE + GAP + words + 8, TARGET)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, pos: object) -> bool:
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        roles, palette, on = QPalette.ColorRole, self.palette(), self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(QPen(palette.color(roles.Highlight), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        box = QRect(START, (self.height() - EDGE) // 2, EDGE, EDGE)
        words = self.rect().adjusted(START + EDGE + GAP, 0, 0, 0)
        way = self.layoutDirection()
        quiet = roles.PlaceholderText
        paint_tick(
            painter,
            QRectF(QStyle.visualRect(way, self.rect(), box)),
            on=on,
            frame=palette.color(roles.Highlight if on and self.isEnabled() else quiet),
            ground=palette.color(roles.Base),
            ink=palette.color(roles.HighlightedText),
        )
        painter.setPen(palette.color(roles.Text if self.isEnabled() else quiet))
        painter.setFont(font(BODY))
        painter.setLayoutDirection(way)
        draw_line(painter, QStyle.visualRect(way, self.rect(), words), self.text())
        painter.end()
