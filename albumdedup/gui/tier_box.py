"""A tier's box: tick, shape and name, and beneath them how many photos and bytes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QStyle, QWidget

from albumdedup.core.i18n import _, human_bytes, joined, tier_name
from albumdedup.core.types import Tier
from albumdedup.gui.counting import Tally
from albumdedup.gui.lettering import draw_line
from albumdedup.gui.texts import tier_mark
from albumdedup.gui.theme import BODY, CAPTION, LIGHT, Tokens, font
from albumdedup.gui.tick_box import paint_tick

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
        self.setAccessibleDescription(joined(tier_help(self._tier), self._counts))
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
        on = self.isChecked()
        paint_tick(
            painter, QRectF(self._seen(QRect(6, 6, 16, 16))),
            on=on, frame=QColor(t.accent if on else t.quiet), ground=QColor(t.card),
            ink=QColor(t.on_accent),
        )  # fmt: skip
        ink = t.text if self.isChecked() and self.isEnabled() else t.quiet
        painter.setPen(QColor(ink))
        painter.setFont(font(BODY))
        painter.setLayoutDirection(self.layoutDirection())
        draw_line(painter, self._seen(QRect(32, 3, 18, 22)), tier_mark(self._tier))
        draw_line(painter, self._seen(QRect(50, 3, self.width() - 52, 22)), self.text())
        painter.setFont(font(CAPTION))
        painter.setPen(QColor(t.quiet))
        draw_line(painter, self._seen(QRect(50, 23, self.width() - 52, 18)), self._counts)
        painter.end()

    def _seen(self, rect: QRect) -> QRect:
        """Where it is drawn: mirrored where writing goes from right to left."""
        return QStyle.visualRect(self.layoutDirection(), self.rect(), rect)
