"""The map of the library: each photo a dot, alike beside alike, groups in colour."""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from albumdedup.core.i18n import _, ngettext
from albumdedup.core.types import Photo
from albumdedup.gui.household import PhotoMap
from albumdedup.gui.sharp import draw_fitted
from albumdedup.gui.texts import folder_of, shown
from albumdedup.gui.theme import CAPTION, LIGHT, Tokens, font
from albumdedup.gui.thumb_loader import ThumbLoader

EDGE = 18
"""Room around the dots."""
NEAR = 14
"""A dot within so many pixels of the pointer is meant."""
CARD = 120
"""The longer side of the photo that is shown for a dot."""


class PhotoMapView(QWidget):
    """Points with the mouse, or goes from dot to dot with the arrow keys."""

    chosen = Signal(object)  # Photo: entered or clicked

    def __init__(self, loader: ThumbLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tokens: Tokens = LIGHT
        self._loader = loader
        self._map: PhotoMap | None = None
        self._words = ""
        self._drawn: QPixmap | None = None
        self._current = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(260, 260))
        self.setAccessibleName(_("Map of the library: photos that look alike lie together"))
        self.say("")
        loader.ready.connect(self._on_thumbnail)

    # --- what it shows ------------------------------------------------------------------

    def say(self, words: str) -> None:
        """A sentence in place of the dots."""
        self._map, self._words, self._current, self._drawn = None, words, -1, None
        self.setAccessibleDescription(words)
        self.update()

    def show_map(self, photo_map: PhotoMap) -> None:
        kept = self.current
        self._map, self._words, self._drawn = photo_map, "", None
        self._current = photo_map.photos.index(kept) if kept in photo_map.photos else -1
        self.setAccessibleDescription(_("The arrow keys go from photo to photo."))
        self.update()

    @property
    def map(self) -> PhotoMap | None:
        return self._map

    @property
    def current(self) -> Photo | None:
        """The photo whose picture is shown, or None."""
        return self._map.photos[self._current] if self._map and self._current >= 0 else None

    def set_tokens(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self._drawn = None
        self.update()

    def point(self, number: int) -> QPointF:
        """Where a dot is drawn."""
        x, y = self._points()[number]
        return QPointF(float(x), float(y))

    def _points(self) -> NDArray[np.float32]:
        assert self._map is not None
        room = QRectF(self.rect()).adjusted(EDGE, EDGE, -EDGE, -EDGE)
        half = np.array([room.width() / 2, room.height() / 2], np.float32)
        middle = np.array([room.center().x(), room.center().y()], np.float32)
        return np.asarray(middle + self._map.places * half * (1, -1), np.float32)

    # --- pointing -----------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._map and self._map.photos:
            at = np.array([event.position().x(), event.position().y()], np.float32)
            far = np.linalg.norm(self._points() - at, axis=1)
            nearest = int(far.argmin())
            self._point_at(nearest if far[nearest] <= NEAR else -1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self._choose()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.hasFocus():
            self._point_at(-1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._map and self._map.photos and self._current < 0:
            self._point_at(int(np.abs(self._map.places).sum(axis=1).argmin()))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._point_at(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ways = {
            Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
        }  # fmt: skip
        key = Qt.Key(event.key())
        if key in ways and self._current >= 0:
            self._point_at(self._beside(ways[key]))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose()
        else:
            super().keyPressEvent(event)

    def _beside(self, way: tuple[int, int]) -> int:
        """The nearest dot in a direction: what lies aside counts as farther."""
        points = self._points()
        step = points - points[self._current]
        ahead = step @ np.array(way, np.float32)
        aside = np.abs(step @ np.array((way[1], way[0]), np.float32))
        cost = np.where(ahead > 0.5, ahead + 2 * aside, np.inf)
        best = int(cost.argmin())
        return best if np.isfinite(cost[best]) else self._current

    def _point_at(self, number: int) -> None:
        if number == self._current or self._map is None:
            return
        self._current = number
        if number >= 0:
            photo = self._map.photos[number]
            self._loader.want([photo])
            self.setAccessibleDescription(self._spoken(number))
            if QAccessible.isActive():
                QAccessible.updateAccessibility(
                    QAccessibleEvent(self, QAccessible.Event.DescriptionChanged)
                )
        self.update()

    def _spoken(self, number: int) -> str:
        assert self._map is not None
        photo, group = self._map.photos[number], self._map.groups[number]
        name = shown(os.path.basename(photo.path))
        others = self._map.groups.count(group) if group >= 0 else 0
        if not others:
            return _("{name}, in {folder}").format(name=name, folder=folder_of(photo))
        return ngettext(
            "{name}, in {folder}, in a group of {n} on this map",
            "{name}, in {folder}, in a group of {n} on this map",
            others,
        ).format(name=name, folder=folder_of(photo), n=others)

    def _choose(self) -> None:
        if self.current is not None:
            self.chosen.emit(self.current)

    def _on_thumbnail(self, content: object) -> None:
        photo = self.current
        if photo is not None and photo.content == content:
            self.update()

    # --- painting -----------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._drawn = None

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(t.accent), 2) if self.hasFocus() else QPen(QColor(t.line), 1))
        painter.setBrush(QColor(t.window))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        if self._map is None or not self._map.photos:
            painter.setPen(QColor(t.quiet))
            middle = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(24, 24, -24, -24), int(middle), self._words)
        else:
            if self._drawn is None:
                self._drawn = self._draw_dots()
            painter.drawPixmap(0, 0, self._drawn)
            if self._current >= 0:
                self._paint_current(painter)
        painter.end()

    def _draw_dots(self) -> QPixmap:
        """Once for each size and theme; photos without a group first, so that groups lie above."""
        assert self._map is not None
        ratio = self.devicePixelRatioF()
        drawn = QPixmap(self.size() * ratio)
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        points, groups, t = self._points(), np.array(self._map.groups), self.tokens
        alone = QColor(t.quiet)
        alone.setAlphaF(0.45)
        painter.setBrush(alone)
        for x, y in points[groups < 0]:
            painter.drawEllipse(QPointF(float(x), float(y)), 2.5, 2.5)
        for (x, y), group in zip(points[groups >= 0], groups[groups >= 0], strict=True):
            painter.setBrush(QColor(t.series[int(group) % len(t.series)]))
            painter.drawEllipse(QPointF(float(x), float(y)), 4.0, 4.0)
        painter.end()
        return drawn

    def _paint_current(self, painter: QPainter) -> None:
        assert self._map is not None
        t, at, group = self.tokens, self.point(self._current), self._map.groups[self._current]
        if group >= 0:
            pen = QPen(QColor(t.series[group % len(t.series)]), 1.5)
            painter.setPen(pen)
            for number, other in enumerate(self._map.groups):
                if other == group and number != self._current:
                    painter.drawPolyline(QPolygonF([at, self.point(number)]))
        painter.setPen(QPen(QColor(t.text), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(at, 6.0, 6.0)
        self._paint_card(painter, at)

    def _paint_card(self, painter: QPainter, at: QPointF) -> None:
        """The photo beside its dot, where there is room."""
        assert self._map is not None
        t, photo = self.tokens, self._map.photos[self._current]
        pixmap = self._loader.pixmap(photo.content)
        scale = CARD / max(photo.width, photo.height)
        picture = QSize(max(24, round(photo.width * scale)), max(24, round(photo.height * scale)))
        width, height = max(picture.width(), CARD) + 16, picture.height() + 54
        left = at.x() + 14 if at.x() + 14 + width < self.width() else at.x() - 14 - width
        top = at.y() + 14 if at.y() + 14 + height < self.height() else at.y() - 14 - height
        left = min(max(4.0, left), max(4.0, self.width() - width - 4.0))
        top = min(max(4.0, top), max(4.0, self.height() - height - 4.0))
        card = QRectF(left, top, width, height)
        painter.setPen(QPen(QColor(t.line), 1))
        painter.setBrush(QColor(t.card))
        painter.drawRoundedRect(card, 6, 6)
        place = QRectF(
            card.center().x() - picture.width() / 2, top + 8, picture.width(), picture.height()
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.mat))
        painter.drawRoundedRect(place, 4, 4)
        if pixmap is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            draw_fitted(painter, place, pixmap)
        painter.setFont(font(CAPTION))
        fit = QFontMetrics(painter.font())
        for line, (words, ink) in enumerate(
            ((shown(os.path.basename(photo.path)), t.text), (folder_of(photo), t.quiet))
        ):
            painter.setPen(QColor(ink))
            painter.drawText(
                QRectF(left + 8, place.bottom() + 6 + line * 18, width - 16, 18),
                int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter),
                fit.elidedText(words, Qt.TextElideMode.ElideMiddle, round(width - 16)),
            )
