"""Paints a group's card from data that is ready; asks nobody and waits for nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from albumdedup.core.i18n import _, ngettext, tier_name
from albumdedup.core.types import Group
from albumdedup.gui import icons
from albumdedup.gui.card_layout import CardLayout, lay_out, mirrored
from albumdedup.gui.card_words import card_note, going_words, weakest_tie
from albumdedup.gui.lettering import draw_line
from albumdedup.gui.overrides import removable
from albumdedup.gui.texts import tier_mark
from albumdedup.gui.theme import BODY, CAPTION, LIGHT, RADIUS_CARD, RADIUS_PHOTO, Tokens, font
from albumdedup.gui.thumb_loader import ThumbLoader
from albumdedup.gui.tile_painter import Best, TilePainter

if TYPE_CHECKING:
    from PySide6.QtCore import QObject


@dataclass(frozen=True, slots=True)
class CardState:
    """What the view knows about a card while it is painted."""

    hovered: bool = False
    current: bool = False
    current_member: int = 0
    pressed: QRect | None = None


class GroupDelegate(QStyledItemDelegate):
    """One card per row."""

    def __init__(
        self,
        loader: ThumbLoader,
        group_at: Callable[[int], Group],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._group_at = group_at
        self._tiles = TilePainter(loader)
        self.tokens: Tokens = LIGHT
        self.unfolded: set[str] = set()
        self.width = 600
        self.backwards = False
        self.state = CardState()
        self.hovered_row = -1
        self._body = font(BODY)
        self._small, self._small_bold = font(CAPTION), font(CAPTION, bold=True)
        self._buttons = self._button_widths()
        self._heights: dict[tuple[int, int, bool, bool], int] = {}

    def set_tokens(self, tokens: Tokens) -> None:
        self.tokens = tokens

    def layout_of(self, group: Group) -> CardLayout:
        """As it is seen; ``backwards`` where one reads from right to left."""
        layout = lay_out(
            len(group.members), self.width, warned=bool(card_note(group)),
            unfolded=group.id in self.unfolded, button_widths=self._buttons,
        )  # fmt: skip
        return mirrored(layout, self.width) if self.backwards else layout

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        group = self._group_at(index.row())  # past Qt: this is asked of every row
        key = (len(group.members), self.width, bool(card_note(group)), group.id in self.unfolded)
        height = self._heights.get(key)
        if height is None:
            height = self._heights[key] = self.layout_of(group).height
        return QSize(100, height)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        group = self._group_at(index.row())
        layout = self.layout_of(group)
        current = bool(option.state & QStyle.StateFlag.State_HasFocus)
        hovered = index.row() == self.hovered_row
        way = Qt.LayoutDirection
        painter.save()
        painter.setLayoutDirection(way.RightToLeft if self.backwards else way.LeftToRight)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.translate(option.rect.topLeft())
        self._paint_card(painter, layout, current=current, hovered=hovered)
        self._paint_header(painter, group, layout, hovered or current)
        best = Best.of(group)
        for tile in layout.tiles:
            focused = current and tile.member == self.state.current_member
            self._tiles.paint(painter, group, tile, best, self.tokens, focused=focused)
        if layout.more is not None:
            self._paint_more(painter, layout)
        self._paint_sentences(painter, group, layout)
        painter.restore()

    def _paint_card(
        self, painter: QPainter, layout: CardLayout, *, current: bool, hovered: bool
    ) -> None:
        t = self.tokens
        if hovered:  # the one shadow of the window
            shade = QColor(0, 0, 0, 18 if t.name == "light" else 60)
            for spread in (1, 2, 3):
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(
                    QColor(shade.red(), shade.green(), shade.blue(), shade.alpha() // 3)
                )
                painter.drawRoundedRect(
                    layout.card.adjusted(-spread, 0, spread, spread + 1), RADIUS_CARD, RADIUS_CARD
                )
        pen = QPen(QColor(t.accent), 2) if current else QPen(QColor(t.line), 1)
        painter.setPen(pen)
        painter.setBrush(QColor(t.card))
        painter.drawRoundedRect(
            QRectF(layout.card).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_CARD, RADIUS_CARD
        )

    def _paint_header(
        self, painter: QPainter, group: Group, layout: CardLayout, active: bool
    ) -> None:
        t = self.tokens
        strongest = weakest_tie(group)
        chip = f"{tier_mark(strongest)} {tier_name(strongest)}"
        painter.setFont(self._small_bold)
        width = QFontMetrics(self._small_bold).horizontalAdvance(chip) + 16
        header = layout.header
        chip_rect = self._seen(header, QRect(header.left(), header.top() + 3, width, 22))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.mat))
        painter.drawRoundedRect(chip_rect, 11, 11)
        painter.setPen(QColor(t.text))
        painter.drawText(chip_rect, Qt.AlignmentFlag.AlignCenter, chip)
        painter.setFont(self._small)
        painter.setPen(QColor(t.quiet))
        buttons = layout.keep_all.united(layout.not_duplicates).width() if active else 0
        rest = self._seen(header, header.adjusted(width + 8, 0, -buttons - 8, 0))
        count, size = removable([group])
        draw_line(painter, rest, going_words(len(group.members), count, size))
        if active:
            self._paint_button(painter, layout.keep_all, _("Keep all"))
            self._paint_button(painter, layout.not_duplicates, _("Not duplicates"))

    def _seen(self, around: QRect, rect: QRect) -> QRect:
        """Where a part that is measured from the left of ``around`` is painted."""
        way = Qt.LayoutDirection
        return QStyle.visualRect(
            way.RightToLeft if self.backwards else way.LeftToRight, around, rect
        )

    def _paint_button(self, painter: QPainter, rect: QRect, words: str) -> None:
        t = self.tokens
        pressed = self.state.pressed == rect
        painter.setPen(QPen(QColor(t.line), 1))
        painter.setBrush(QColor(t.line if pressed else t.card))
        painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setPen(QColor(t.text))
        painter.setFont(self._small)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_more(self, painter: QPainter, layout: CardLayout) -> None:
        t = self.tokens
        assert layout.more is not None
        painter.setPen(QPen(QColor(t.line), 1, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(layout.more), RADIUS_PHOTO, RADIUS_PHOTO)
        painter.setPen(QColor(t.text))
        painter.setFont(self._body)
        words = ngettext("{n} more", "{n} more", layout.hidden).format(n=layout.hidden)
        painter.drawText(layout.more, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_sentences(self, painter: QPainter, group: Group, layout: CardLayout) -> None:
        t, warning = self.tokens, layout.warning
        painter.setFont(self._body)
        painter.setPen(QColor(t.text))
        draw_line(painter, layout.reason, group.reason)
        if warning is not None:
            tone = QColor(t.goes if group.warning else t.quiet)
            mark = self._seen(warning, QRect(warning.left(), warning.top() + 2, 16, 16))
            icons.draw(painter, "warning" if group.warning else "note", QRectF(mark), tone)
            painter.setPen(tone)
            rest = self._seen(warning, warning.adjusted(22, 0, 0, 0))
            draw_line(painter, rest, card_note(group))

    def _button_widths(self) -> tuple[int, int]:
        metrics = QFontMetrics(self._small)
        return (
            metrics.horizontalAdvance(_("Not duplicates")) + 24,
            metrics.horizontalAdvance(_("Keep all")) + 24,
        )
