"""A large tick in a circle; the arrow back after an undo."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from albumdedup.core.i18n import _
from albumdedup.gui import icons
from albumdedup.gui.theme import LIGHT, Tokens


class Tick(QWidget):
    """``name`` is ``check``, ``undo`` or ``warning``."""

    def __init__(self, edge: int = 56, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tokens: Tokens = LIGHT
        self.name = "check"
        self.setFixedSize(QSize(edge, edge))
        self.setAccessibleName(_("Done"))

    def show_name(self, name: str) -> None:
        self.name = name
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor({"check": t.stays, "undo": t.accent}.get(self.name, t.goes))
        ground = QColor(colour)
        ground.setAlphaF(0.14)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawEllipse(QRectF(self.rect()))
        inset = self.width() * 0.28
        inner = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        icons.draw(painter, self.name, inner, colour)
        painter.end()
