"""Paints one photo of a card: its badge, the photo on its mat, and what is said beneath."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle

from albumdedup.core.folder_names import told_apart
from albumdedup.core.i18n import human_bytes, tier_name
from albumdedup.core.types import Group, Member, Role
from albumdedup.gui import icons
from albumdedup.gui.card_layout import MAT, Tile
from albumdedup.gui.card_words import ROLE_MARK, most, weakest_tie
from albumdedup.gui.group_model import role_word
from albumdedup.gui.lettering import draw_line, draw_path
from albumdedup.gui.sharp import draw_fitted
from albumdedup.gui.texts import human_pixels, part_words, shown, tier_mark
from albumdedup.gui.theme import CAPTION, RADIUS_PHOTO, Tokens, font
from albumdedup.gui.thumb_loader import ThumbLoader

LINE = 17


class Place(NamedTuple):
    """A photo's folder, or its own name where others of its group lie in the same folder; and
    where that may be cut."""

    words: str
    cut: Qt.TextElideMode = Qt.TextElideMode.ElideLeft


@dataclass(frozen=True, slots=True)
class Best:
    """The better values of a group, which are set in bold, and where its photos lie."""

    pixels: int
    bytes: int
    places: tuple[Place, ...]
    """Of each member."""

    @staticmethod
    def of(group: Group) -> Best:
        photos = [member.photo for member in group.members]
        folders = [os.path.dirname(photo.path) for photo in photos]
        often = Counter(folders)
        places = (
            Place(shown(name))
            if often[folder] == 1
            else Place(shown(os.path.basename(photo.path)), Qt.TextElideMode.ElideMiddle)
            for name, folder, photo in zip(told_apart(folders), folders, photos, strict=True)
        )
        return Best(
            most([p.pixels for p in photos]), most([p.unit_bytes for p in photos]),
            tuple(places),
        )  # fmt: skip


class TilePainter:
    """Paints from what is ready; a photo on its way is a field of its own shape."""

    def __init__(self, loader: ThumbLoader) -> None:
        self._loader = loader
        self._small, self._bold = font(CAPTION), font(CAPTION, bold=True)

    def paint(
        self, painter: QPainter, group: Group, tile: Tile, best: Best, t: Tokens, *, focused: bool
    ) -> None:
        member = group.members[tile.member]
        tone = QColor({Role.KEEP: t.stays, Role.REMOVE: t.goes, Role.REVIEW: t.quiet}[member.role])
        painter.setPen(tone)
        painter.setFont(self._bold)
        badge = f"{ROLE_MARK[member.role]} {role_word(member.role)}"
        draw_line(painter, tile.badge, badge)
        used = QFontMetrics(self._bold).horizontalAdvance(badge) + 8
        if tile.member and member.tier is not weakest_tie(group):
            self._paint_own_tier(painter, tile, member, used, t)
        painter.setPen(QPen(QColor(t.accent), 2) if focused else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.mat))
        painter.drawRoundedRect(QRectF(tile.mat), RADIUS_PHOTO, RADIUS_PHOTO)
        self._paint_photo(painter, tile.mat, member, t)
        painter.setPen(QPen(tone, 3))
        edge = tile.mat.bottom() - 1
        painter.drawLine(tile.mat.left() + 3, edge, tile.mat.right() - 2, edge)
        self._paint_captions(painter, tile, member, best, t)

    def _paint_own_tier(
        self, painter: QPainter, tile: Tile, member: Member, used: int, t: Tokens
    ) -> None:
        painter.setPen(QColor(t.quiet))
        painter.setFont(self._small)
        rest = tile.badge.adjusted(used, 0, 0, 0)
        rest = QStyle.visualRect(painter.layoutDirection(), tile.badge, rest)
        draw_line(painter, rest, f"{tier_mark(member.tier)} {tier_name(member.tier)}", at_end=True)

    def _paint_photo(self, painter: QPainter, mat: QRect, member: Member, t: Tokens) -> None:
        photo = member.photo
        pixmap = self._loader.pixmap(photo.content)
        inner = mat.adjusted(MAT, MAT, -MAT, -MAT)
        if pixmap is not None:
            draw_fitted(painter, inner, pixmap)
        elif self._loader.failed(photo.content):
            middle = QRectF(0, 0, 28, 28)
            middle.moveCenter(QRectF(mat).center())
            icons.draw(painter, "warning", middle, QColor(t.quiet))
        else:  # the photo's own shape, while it is on its way
            size = QSize(max(1, photo.width), max(1, photo.height))
            size = size.scaled(inner.size(), Qt.AspectRatioMode.KeepAspectRatio)
            at = QRect(QPoint(0, 0), size)
            at.moveCenter(inner.center())
            painter.fillRect(at, QColor(t.line))

    def _paint_captions(
        self, painter: QPainter, tile: Tile, member: Member, best: Best, t: Tokens
    ) -> None:
        """Piece after piece from where reading begins, each running as its own letters do."""
        photo = member.photo
        line = QRect(tile.captions.left(), tile.captions.top(), tile.captions.width(), LINE)
        pieces = [
            (human_pixels(photo), photo.pixels == best.pixels),
            (human_bytes(photo.unit_bytes), photo.unit_bytes == best.bytes),
            *((word, False) for word in part_words(photo)),
        ]
        used = 0
        for number, (words, better) in enumerate(pieces):
            for text, bold in ((" · ", False), (words, better))[0 if number else 1 :]:
                face = self._bold if bold else self._small
                painter.setFont(face)
                painter.setPen(QColor(t.text if bold else t.quiet))
                width = QFontMetrics(face).horizontalAdvance(text)
                room = line.adjusted(used, 0, 0, 0)
                place = QStyle.visualRect(painter.layoutDirection(), line, room)
                draw_line(painter, place, text, Qt.TextElideMode.ElideNone)
                used += width
        painter.setFont(self._small)
        painter.setPen(QColor(t.quiet))
        draw_path(painter, line.translated(0, LINE), *best.places[tile.member])
