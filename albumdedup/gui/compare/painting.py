"""Paints panes from what is ready; asks nobody and waits for nothing."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
    QTransform,
)
from PySide6.QtWidgets import QStyle

from albumdedup.core.compare.looking import Look, image_to_screen, plane_to_screen
from albumdedup.core.compare.placing import Matrix, outline
from albumdedup.core.i18n import _
from albumdedup.core.types import Role
from albumdedup.core.verify.alignment import UNIT, project
from albumdedup.gui.card_words import ROLE_MARK
from albumdedup.gui.compare.slots import Mode, Scene, Slot
from albumdedup.gui.group_model import role_word
from albumdedup.gui.lettering import draw_path
from albumdedup.gui.texts import shown
from albumdedup.gui.theme import BODY, CAPTION, Tokens, font

CAPTION_HEIGHT = 24
CRISP = 2.0
"""From this magnification on pixels are shown as squares."""
_WHOLE = 0.995


def q_transform(matrix: Matrix) -> QTransform:
    """Qt writes points as rows."""
    m = matrix.T
    return QTransform(
        m[0, 0], m[0, 1], m[0, 2], m[1, 0], m[1, 1], m[1, 2], m[2, 0], m[2, 1], m[2, 2]
    )


def paint_scene(
    painter: QPainter, panes: Sequence[QRect], scene: Scene, look: Look, tokens: Tokens
) -> None:
    """All panes with their captions."""
    pair = scene.pair
    for number, rect in enumerate(panes):
        if scene.mode is Mode.SIDE or scene.flipped or pair is None:
            here = scene.in_pane(number)
            paint_slot(painter, rect, here, scene, look, tokens)
            for other in frames(scene, number):
                paint_outline(painter, rect, other, scene, look, tokens)
            _paint_caption(painter, _above(rect), here, tokens)
            continue
        if scene.mode is Mode.WIPE:
            _paint_wipe(painter, rect, pair, scene, look, tokens)
        else:
            _paint_difference(painter, rect, pair, scene, look, tokens)
        above = _above(rect)
        half = above.width() // 2
        _paint_caption(painter, above.adjusted(0, 0, -half, 0), pair[0], tokens, right=False)
        _paint_caption(painter, above.adjusted(half, 0, 0, 0), pair[1], tokens, right=True)


def divider_x(rect: QRect, scene: Scene) -> int:
    return rect.left() + round(scene.wipe * rect.width())


def _above(rect: QRect) -> QRect:
    return QRect(rect.left(), rect.top() - CAPTION_HEIGHT, rect.width(), CAPTION_HEIGHT)


def _paint_wipe(
    painter: QPainter, rect: QRect, pair: tuple[Slot, Slot], scene: Scene, look: Look,
    tokens: Tokens,
) -> None:  # fmt: skip
    x = divider_x(rect, scene)
    left = QRect(rect.left(), rect.top(), x - rect.left(), rect.height())
    right = QRect(x, rect.top(), rect.right() + 1 - x, rect.height())
    for slot, part in zip(pair, (left, right), strict=True):
        painter.save()
        painter.setClipRect(part)
        paint_slot(painter, rect, slot, scene, look, tokens)
        painter.restore()
    _paint_divider(painter, rect, x, tokens)


def _paint_difference(
    painter: QPainter, rect: QRect, pair: tuple[Slot, Slot], scene: Scene, look: Look,
    tokens: Tokens,
) -> None:  # fmt: skip
    if scene.heat is None:
        paint_slot(painter, rect, pair[0], scene, look, tokens)
    else:
        painter.save()
        painter.setClipRect(rect)
        painter.fillRect(rect, QColor(tokens.mat))
        paint_image(painter, rect, scene.heat.image, scene.heat_place(), scene, look)
        painter.restore()
        for other in frames(scene, 0):
            paint_outline(painter, rect, other, scene, look, tokens)
    if scene.heat_sentence:
        _paint_note(painter, rect, scene.heat_sentence, tokens)


def paint_slot(
    painter: QPainter, rect: QRect, slot: Slot, scene: Scene, look: Look, tokens: Tokens
) -> None:
    """A photo as it lies in a pane; or why it cannot be seen."""
    painter.save()
    painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
    painter.fillRect(rect, QColor(tokens.mat))
    if slot.sentence:
        _paint_sentence(painter, rect, slot.sentence, tokens)
    else:
        ratio = painter.device().devicePixelRatioF()
        pane = (float(rect.width()), float(rect.height()))
        unit = image_to_screen(look, pane, scene.first, slot.place, (1.0, 1.0))
        corners = project(unit, UNIT)
        across = float(np.hypot(*(corners[1] - corners[0]))) * ratio
        image = slot.image(across)
        if image is None and slot.thumb is not None:
            image = slot.thumb.toImage()
        if image is not None:
            paint_image(painter, rect, image, slot.place, scene, look, across / image.width())
        else:
            _paint_sentence(painter, rect, _("One moment…"), tokens)
    painter.restore()


def paint_image(
    painter: QPainter,
    rect: QRect,
    image: QImage,
    place: Matrix,
    scene: Scene,
    look: Look,
    magnified: float = 1.0,
) -> None:
    """An image that covers the unit square of a photo which lies at ``place``."""
    pane = (float(rect.width()), float(rect.height()))
    size = (float(image.width()), float(image.height()))
    matrix = image_to_screen(look, pane, scene.first, place, size)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, magnified < CRISP)
    painter.translate(rect.topLeft())
    painter.setTransform(q_transform(matrix), True)
    painter.drawImage(QPointF(0, 0), image)
    painter.restore()


def paint_outline(
    painter: QPainter, rect: QRect, slot: Slot, scene: Scene, look: Look, tokens: Tokens
) -> None:
    """The frame of another photo on the one beneath it: what a crop shows of the original."""
    pane = (float(rect.width()), float(rect.height()))
    to_screen = plane_to_screen(look, pane)
    corners = project(to_screen, outline(slot.place) * scene.first)
    frame = QPolygonF([QPointF(float(x), float(y)) for x, y in corners])
    frame.translate(rect.topLeft())
    painter.save()
    painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((tokens.card, 4.0), (tokens.accent, 2.0)):
        painter.setPen(QPen(QColor(colour), width))
        painter.drawPolygon(frame)
    painter.restore()


def frames(scene: Scene, pane: int) -> list[Slot]:
    """Whose outline is drawn in a pane: a photo that shows less than the one that is there."""
    pair = scene.pair
    here = scene.in_pane(pane)
    if pair is None or here.sentence:
        return []
    others = [one for one in pair if one is not here] if here in pair else []
    return [one for one in others if _covers(one, here) < _WHOLE]


def _covers(one: Slot, other: Slot) -> float:
    """Share of ``other``'s area that the frame of ``one`` covers, where it lies inside."""
    inside = project(other.place, outline(one.place))
    if inside.min() < -0.02 or inside.max() > 1.02:
        return 1.0
    x, y = inside[:, 0], inside[:, 1]
    return float(abs((x * np.roll(y, -1) - np.roll(x, -1) * y).sum()) / 2)


def _paint_caption(
    painter: QPainter, rect: QRect, slot: Slot, tokens: Tokens, *, right: bool | None = None
) -> None:
    """Number, role and name above a pane, where reading begins or at the side that is named."""
    reading = painter.layoutDirection()
    role = slot.member.role
    ink = {Role.KEEP: tokens.stays, Role.REMOVE: tokens.goes}.get(role, tokens.quiet)
    words = f"{ROLE_MARK[role]} {role_word(role)}"
    bold, small = font(BODY, bold=True), font(CAPTION)
    number_width = QFontMetrics(bold).horizontalAdvance(f"{slot.number}") + 8
    word_width = QFontMetrics(small).horizontalAdvance(words) + 10
    room = max(0, rect.width() - number_width - word_width - 12)
    name = shown(os.path.basename(slot.photo.path))
    name = QFontMetrics(small).elidedText(name, Qt.TextElideMode.ElideMiddle, room)
    name_width = QFontMetrics(small).horizontalAdvance(name) + 2
    block = QRect(
        rect.left() + 6, rect.top(), number_width + word_width + name_width, rect.height()
    )
    if reading == Qt.LayoutDirection.RightToLeft if right is None else right:
        block.moveRight(rect.right() - 6)
    x = block.left()
    for text, face, colour, width in (
        (f"{slot.number}", bold, tokens.text, number_width),
        (words, small, ink, word_width),
        (name, small, tokens.quiet, name_width),
    ):
        painter.setFont(face)
        painter.setPen(QColor(colour))
        piece = QRect(x, rect.top(), width, rect.height())
        draw_path(
            painter, QStyle.visualRect(reading, block, piece), text, Qt.TextElideMode.ElideNone
        )
        x += width


def _paint_divider(painter: QPainter, rect: QRect, x: int, tokens: Tokens) -> None:
    """The edge of a wipe, with a handle in its middle."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(QRectF(x - 1.5, rect.top(), 3, rect.height()), QColor(tokens.card))
    painter.fillRect(QRectF(x - 0.5, rect.top(), 1, rect.height()), QColor(tokens.accent))
    handle = QPainterPath()
    handle.addEllipse(QPointF(x, rect.center().y()), 11, 11)
    painter.setPen(QPen(QColor(tokens.accent), 1.5))
    painter.setBrush(QColor(tokens.card))
    painter.drawPath(handle)
    y = rect.center().y()
    for side in (-1, 1):
        painter.drawPolyline(
            QPolygonF([QPointF(x + 3 * side, y - 4), QPointF(x + 6.5 * side, y),
                       QPointF(x + 3 * side, y + 4)])
        )  # fmt: skip
    painter.restore()


def _paint_note(painter: QPainter, rect: QRect, words: str, tokens: Tokens) -> None:
    """A short sentence at the foot of a pane."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font(CAPTION))
    width = min(rect.width() - 16, painter.fontMetrics().horizontalAdvance(words) + 20)
    box = QRectF(rect.center().x() - width / 2, rect.bottom() - 32, width, 24)
    painter.setPen(QPen(QColor(tokens.line), 1))
    painter.setBrush(QColor(tokens.card))
    painter.drawRoundedRect(box, 6, 6)
    painter.setPen(QColor(tokens.text))
    fitting = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, width - 12)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, fitting)
    painter.restore()


def _paint_sentence(painter: QPainter, rect: QRect, words: str, tokens: Tokens) -> None:
    painter.setPen(QColor(tokens.quiet))
    painter.setFont(font(BODY))
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(rect.adjusted(16, 8, -16, -8), flags, words)
