"""Paints a group's card from data that is ready; asks nobody and waits for nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from albumdedup.core.i18n import _, human_bytes, ngettext, tier_name
from albumdedup.core.types import Group, Member, Role, Tier
from albumdedup.gui import icons
from albumdedup.gui.card_layout import CardLayout, Tile, lay_out
from albumdedup.gui.group_model import GROUP_ROLE, role_word
from albumdedup.gui.overrides import removable
from albumdedup.gui.texts import folder_of, human_pixels, parts_words, tier_mark
from albumdedup.gui.theme import BODY, CAPTION, LIGHT, RADIUS_CARD, RADIUS_PHOTO, Tokens, font
from albumdedup.gui.thumb_loader import ThumbLoader

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

ROLE_MARK = {Role.KEEP: "✓", Role.REMOVE: "↷", Role.REVIEW: "?"}


@dataclass(frozen=True, slots=True)
class CardState:
    """What the view knows about a card while it is painted."""

    hovered: bool = False
    current: bool = False
    current_member: int = 0
    pressed: QRect | None = None


class GroupDelegate(QStyledItemDelegate):
    """One card per row."""

    def __init__(self, loader: ThumbLoader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._loader = loader
        self.tokens: Tokens = LIGHT
        self.unfolded: set[str] = set()
        self.width = 600
        self.state = CardState()
        self.hovered_row = -1
        self._body, self._bold = font(BODY), font(BODY, bold=True)
        self._small, self._small_bold = font(CAPTION), font(CAPTION, bold=True)
        self._buttons = self._button_widths()
        self._heights: dict[tuple[int, int, bool, bool], int] = {}

    def set_tokens(self, tokens: Tokens) -> None:
        self.tokens = tokens

    def layout_of(self, group: Group) -> CardLayout:
        return lay_out(
            len(group.members), self.width, warned=bool(card_note(group)),
            unfolded=group.id in self.unfolded, button_widths=self._buttons,
        )  # fmt: skip

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        group: Group = index.data(GROUP_ROLE)
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
        group: Group = index.data(GROUP_ROLE)
        layout = self.layout_of(group)
        current = bool(option.state & QStyle.StateFlag.State_HasFocus)
        hovered = index.row() == self.hovered_row
        painter.save()
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # clicks are measured so too
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.translate(option.rect.topLeft())
        self._paint_card(painter, layout, current=current, hovered=hovered)
        self._paint_header(painter, group, layout, hovered or current)
        most_pixels = _most([m.photo.pixels for m in group.members])
        most_bytes = _most([m.photo.unit_bytes for m in group.members])
        for tile in layout.tiles:
            focused = current and tile.member == self.state.current_member
            self._paint_tile(painter, group, tile, most_pixels, most_bytes, focused=focused)
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
        strongest = _tier_of(group)
        chip = f"{tier_mark(strongest)} {tier_name(strongest)}"
        painter.setFont(self._small_bold)
        width = QFontMetrics(self._small_bold).horizontalAdvance(chip) + 16
        chip_rect = QRect(layout.header.left(), layout.header.top() + 3, width, 22)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.mat))
        painter.drawRoundedRect(chip_rect, 11, 11)
        painter.setPen(QColor(t.text))
        painter.drawText(chip_rect, Qt.AlignmentFlag.AlignCenter, chip)
        painter.setFont(self._small)
        painter.setPen(QColor(t.quiet))
        rest = layout.header.adjusted(width + 8, 0, 0, 0)
        rest.setRight((layout.keep_all.left() if active else layout.header.right()) - 8)
        count, size = removable([group])
        words = _going_words(len(group.members), count, size)
        _draw_elided(painter, rest, words, Qt.TextElideMode.ElideRight)
        if active:
            self._paint_button(painter, layout.keep_all, _("Keep all"))
            self._paint_button(painter, layout.not_duplicates, _("Not duplicates"))

    def _paint_button(self, painter: QPainter, rect: QRect, words: str) -> None:
        t = self.tokens
        pressed = self.state.pressed == rect
        painter.setPen(QPen(QColor(t.line), 1))
        painter.setBrush(QColor(t.line if pressed else t.card))
        painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setPen(QColor(t.text))
        painter.setFont(self._small)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_tile(
        self,
        painter: QPainter,
        group: Group,
        tile: Tile,
        most_pixels: int,
        most_bytes: int,
        *,
        focused: bool,
    ) -> None:
        t = self.tokens
        member = group.members[tile.member]
        tone = QColor({Role.KEEP: t.stays, Role.REMOVE: t.goes, Role.REVIEW: t.quiet}[member.role])
        painter.setPen(tone)
        painter.setFont(self._small_bold)
        badge = f"{ROLE_MARK[member.role]} {role_word(member.role)}"
        painter.drawText(
            tile.badge, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, badge
        )
        used = QFontMetrics(self._small_bold).horizontalAdvance(badge) + 8
        if tile.member and member.tier is not _tier_of(group):
            self._paint_own_tier(painter, tile, member, used)
        painter.setPen(QPen(QColor(t.accent), 2) if focused else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.mat))
        painter.drawRoundedRect(QRectF(tile.mat), RADIUS_PHOTO, RADIUS_PHOTO)
        self._paint_photo(painter, tile.mat, member)
        painter.setPen(QPen(tone, 3))
        edge = tile.mat.bottom() - 1
        painter.drawLine(tile.mat.left() + 3, edge, tile.mat.right() - 2, edge)
        self._paint_captions(painter, tile, member, most_pixels, most_bytes)

    def _paint_own_tier(self, painter: QPainter, tile: Tile, member: Member, used: int) -> None:
        painter.setPen(QColor(self.tokens.quiet))
        painter.setFont(self._small)
        words = f"{tier_mark(member.tier)} {tier_name(member.tier)}"
        rect = tile.badge.adjusted(used, 0, 0, 0)
        _draw_elided(painter, rect, words, Qt.TextElideMode.ElideRight, right=True)

    def _paint_photo(self, painter: QPainter, mat: QRect, member: Member) -> None:
        photo = member.photo
        pixmap = self._loader.pixmap(photo.content)
        inner = mat.adjusted(6, 6, -6, -6)
        if pixmap is not None:
            size = pixmap.size().scaled(inner.size(), Qt.AspectRatioMode.KeepAspectRatio)
            at = QRect(QPoint(0, 0), size)
            at.moveCenter(inner.center())
            painter.drawPixmap(at, pixmap)
        elif self._loader.failed(photo.content):
            middle = QRectF(0, 0, 28, 28)
            middle.moveCenter(QRectF(mat).center())
            icons.draw(painter, "warning", middle, QColor(self.tokens.quiet))
        else:  # the photo's own shape, while it is on its way
            size = QSize(max(1, photo.width), max(1, photo.height))
            size = size.scaled(inner.size(), Qt.AspectRatioMode.KeepAspectRatio)
            at = QRect(QPoint(0, 0), size)
            at.moveCenter(inner.center())
            painter.fillRect(at, QColor(self.tokens.line))

    def _paint_captions(
        self, painter: QPainter, tile: Tile, member: Member, most_pixels: int, most_bytes: int
    ) -> None:
        t, photo = self.tokens, member.photo
        upper = QRect(tile.captions.left(), tile.captions.top(), tile.captions.width(), 17)
        pieces = (
            (human_pixels(photo), photo.pixels == most_pixels),
            (" · ", False),
            (human_bytes(photo.unit_bytes), photo.unit_bytes == most_bytes),
            (parts_words(photo), False),
        )
        x = upper.left()
        for words, better in pieces:
            face = self._small_bold if better else self._small
            painter.setFont(face)
            painter.setPen(QColor(t.text if better else t.quiet))
            painter.drawText(
                QRect(x, upper.top(), upper.right() - x + 1, upper.height()),
                Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
                words,
            )
            x += QFontMetrics(face).horizontalAdvance(words)
        painter.setFont(self._small)
        painter.setPen(QColor(t.quiet))
        lower = upper.translated(0, 17)
        _draw_elided(painter, lower, folder_of(photo), Qt.TextElideMode.ElideLeft)

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
        t = self.tokens
        painter.setFont(self._body)
        painter.setPen(QColor(t.text))
        _draw_elided(painter, layout.reason, group.reason, Qt.TextElideMode.ElideRight)
        if layout.warning is not None:
            tone = QColor(t.goes if group.warning else t.quiet)
            mark = QRectF(layout.warning.left(), layout.warning.top() + 2, 16, 16)
            icons.draw(painter, "warning" if group.warning else "note", mark, tone)
            painter.setPen(tone)
            rest = layout.warning.adjusted(22, 0, 0, 0)
            _draw_elided(painter, rest, card_note(group), Qt.TextElideMode.ElideRight)

    def _button_widths(self) -> tuple[int, int]:
        metrics = QFontMetrics(self._small)
        return (
            metrics.horizontalAdvance(_("Not duplicates")) + 24,
            metrics.horizontalAdvance(_("Keep all")) + 24,
        )


def card_note(group: Group) -> str:
    """The line under the reason: the rule's warning, else what a photo is kept back for."""
    return group.warning or next((m.note for m in group.members if m.note), "")


def _tier_of(group: Group) -> Tier:
    """A card is named by its weakest tie: what a person must at least look at."""
    return max((m.tier for m in group.members[1:]), key=lambda tier: tier.rank, default=Tier.SAME)


def _most(values: list[int]) -> int:
    """The best of these values; -1 where all are equal and none is better."""
    return max(values) if len(set(values)) > 1 else -1


def _going_words(photos: int, count: int, size: int) -> str:
    if not count:
        return ngettext("{n} photo · nothing goes", "{n} photos · nothing goes", photos).format(
            n=photos
        )
    return ngettext(
        "{n} photo · {going} · {size}",
        "{n} photos · {going} · {size}",
        photos,
    ).format(
        n=photos,
        going=ngettext("{n} goes", "{n} go", count).format(n=count),
        size=human_bytes(size),
    )


def _draw_elided(
    painter: QPainter, rect: QRect, words: str, mode: Qt.TextElideMode, *, right: bool = False
) -> None:
    fitting = painter.fontMetrics().elidedText(words, mode, rect.width())
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter, fitting)
