"""A tier's box: tick, shape and name, and beneath them how many photos and bytes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QCheckBox, QWidget

from albumdedup.core.i18n import _, human_bytes, tier_name
from albumdedup.core.types import Tier
from albumdedup.gui.grouped import Tally
from albumdedup.gui.texts import tier_mark
from albumdedup.gui.theme import BODY, CAPTION, LIGHT, Tokens, font

HEIGHT = 46


def tier_help(tier: Tier) -> str:
    return {
        Tier.IDENTICAL: _("The same file, byte for byte."),
        Tier.SAME: _("The same shot, stored again: other size, quality or format."),
        Tier.EDITED: _("Made from the same shot: cropped, filtered, turned."),
        Tier.SIMILAR: _("Another shot of the same thing. Never removed by itself."),
    }[tier]


class TierBox(QCheckBox):
    """A check box in all but its looks."""

    def __init__(self, tier: Tier, parent: QWidget | None = None) -> None:
        super().__init__(tier_name(tier), parent)
        self.tokens: Tokens = LIGHT
        self._tier = tier
        self._counts = "0"
        self._hovered = False
        self.setFixedHeight(HEIGHT)
        self.setToolTip(tier_help(tier))
        self.setAccessibleName(tier_name(tier))
        self.setAccessibleDescription(tier_help(tier))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def counts(self) -> str:
        return self._counts

    def show_tally(self, tally: Tally) -> None:
        self._counts = (
            _("{n} · {size}").format(n=f"{tally.photos:,}", size=human_bytes(tally.bytes))
            if tally.photos
            else "0"
        )
        self.setAccessibleDescription(f"{tier_help(self._tier)} {self._counts}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(180, HEIGHT)

    def hitButton(self, pos: object) -> bool:
        return True

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hovered = True
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = False
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._hovered or self.hasFocus():
            painter.setPen(QPen(QColor(t.accent), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(t.mat) if self._hovered else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        self._paint_tick(painter, QRectF(6, 6, 16, 16))
        ink = t.text if self.isChecked() and self.isEnabled() else t.quiet
        painter.setPen(QColor(ink))
        painter.setFont(font(BODY))
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(QRect(32, 3, 18, 22), middle, tier_mark(self._tier))
        painter.drawText(QRect(50, 3, self.width() - 52, 22), middle, self.text())
        painter.setFont(font(CAPTION))
        painter.setPen(QColor(t.quiet))
        painter.drawText(QRect(50, 23, self.width() - 52, 18), middle, self._counts)
        painter.end()

    def _paint_tick(self, painter: QPainter, box: QRectF) -> None:
        t = self.tokens
        on = self.isChecked()
        painter.setPen(QPen(QColor(t.accent if on else t.quiet), 1.2))
        painter.setBrush(QColor(t.accent if on else t.card))
        painter.drawRoundedRect(box, 4, 4)
        if on:
            pen = QPen(QColor(t.on_accent), 2)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            x, y = box.left(), box.top()
            painter.drawPolyline(
                QPolygonF(
                    [QPointF(x + 4, y + 8.2), QPointF(x + 7, y + 11.2), QPointF(x + 12, y + 5)]
                )
            )
