"""The picture that is looked for; a rectangle on it says which part counts."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QWidget

from albumdedup.core.asking import Crop
from albumdedup.core.i18n import _
from albumdedup.gui.sharp import draw_fitted
from albumdedup.gui.theme import LIGHT, RADIUS_PHOTO, Tokens

STEP, LEAST = 0.05, 0.1
"""How far an arrow key goes, and the shortest side, in shares of the picture's sides."""
FIRST = QRectF(0.25, 0.25, 0.5, 0.5)
"""Where the rectangle begins when it is drawn with keys."""
PAUSE_MS = 350
"""After the last key; the mouse tells when it is let go."""
_CLICK = 0.02

_ARROWS = {
    Qt.Key.Key_Left: (-STEP, 0.0),
    Qt.Key.Key_Right: (STEP, 0.0),
    Qt.Key.Key_Up: (0.0, -STEP),
    Qt.Key.Key_Down: (0.0, STEP),
}
_DROP = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Escape)


class CropView(QWidget):
    """Drag draws a rectangle, a click takes it away. Keys: arrows move it, with Shift they make it
    larger and smaller, Delete takes it away."""

    cropped = Signal(object)  # Crop, or None for the whole picture

    def __init__(self, size: QSize, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tokens: Tokens = LIGHT
        self._pixmap = QPixmap()
        self._box: QRectF | None = None
        self._told: QRectF | None = None
        self._from: QPointF | None = None
        self.setFixedSize(size)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(_("The picture that is looked for"))
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(PAUSE_MS)
        self._soon.timeout.connect(self._tell)
        self._describe()

    @property
    def crop(self) -> Crop | None:
        box = self._box
        return None if box is None else Crop(box.x(), box.y(), box.width(), box.height())

    def show_picture(self, pixmap: QPixmap) -> None:
        """Another picture, or a finer one; the rectangle stays."""
        self._pixmap = pixmap
        self.update()

    def set_crop(self, crop: Crop | None) -> None:
        """Nothing is told of it."""
        self._soon.stop()
        self._told = None
        if crop is not None:
            self._told = QRectF(crop.x, crop.y, crop.width, crop.height)
        self._set(self._told)

    def has_picture(self) -> bool:
        return not self._pixmap.isNull()

    # --- the mouse ------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.has_picture():
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._from = self._share(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is not None:
            drawn = QRectF(self._from, self._share(event.position())).normalized()
            if max(drawn.width(), drawn.height()) > _CLICK:
                self._set(_roomy(drawn))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        start, self._from = self._from, None
        if start is None:
            return
        end = self._share(event.position())
        if max(abs(end.x() - start.x()), abs(end.y() - start.y())) <= _CLICK:
            self._set(None)
        self._tell()

    # --- keys -----------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        arrow = _ARROWS.get(Qt.Key(event.key()))
        if arrow is not None and self.has_picture():
            larger = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._set(FIRST if self._box is None else _moved(self._box, arrow, larger=larger))
            self._soon.start()
        elif event.key() in _DROP and self._box is not None:
            self._set(None)
            self._soon.start()
        else:
            super().keyPressEvent(event)

    # --- inside ---------------------------------------------------------------------------

    def _place(self) -> QRectF:
        """Where the picture is painted."""
        room = QRectF(self.rect()).adjusted(4, 4, -4, -4)
        size = self._pixmap.deviceIndependentSize().scaled(
            room.size(), Qt.AspectRatioMode.KeepAspectRatio
        )
        place = QRectF(QPointF(), size)
        place.moveCenter(room.center())
        return place

    def _share(self, at: QPointF) -> QPointF:
        place = self._place()
        x = (at.x() - place.x()) / max(1.0, place.width())
        y = (at.y() - place.y()) / max(1.0, place.height())
        return QPointF(min(1.0, max(0.0, x)), min(1.0, max(0.0, y)))

    def _set(self, box: QRectF | None) -> None:
        self._box = box
        self._describe()
        self.update()

    def _tell(self) -> None:
        if self._box != self._told:
            self._told = self._box
            self.cropped.emit(self.crop)

    def _describe(self) -> None:
        """For ears, and as a tooltip."""
        box = self._box
        if box is None:
            words = _(
                "Draw a rectangle to look for a part of the picture: with the mouse, or with the "
                "arrow keys."
            )
        else:
            words = _(
                "Only a part counts: from {left} % to {right} % of the width and from {top} % to "
                "{bottom} % of the height. Arrows move it, with Shift they resize it, Delete takes "
                "it away."
            ).format(
                left=round(100 * box.left()), right=round(100 * box.right()),
                top=round(100 * box.top()), bottom=round(100 * box.bottom()),
            )  # fmt: skip
        self.setAccessibleDescription(words)
        self.setToolTip(words)
        if QAccessible.isActive():
            QAccessible.updateAccessibility(
                QAccessibleEvent(self, QAccessible.Event.DescriptionChanged)
            )

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.tokens.mat))
        painter.drawRoundedRect(self.rect(), RADIUS_PHOTO, RADIUS_PHOTO)
        if self.has_picture():
            place = draw_fitted(painter, QRectF(self.rect()).adjusted(4, 4, -4, -4), self._pixmap)
            if self._box is not None:
                self._paint_box(painter, place, self._box)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self.tokens.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            ring = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(ring, RADIUS_PHOTO, RADIUS_PHOTO)
        painter.end()

    def _paint_box(self, painter: QPainter, place: QRectF, box: QRectF) -> None:
        """What does not count is veiled."""
        part = QRectF(
            place.x() + box.x() * place.width(), place.y() + box.y() * place.height(),
            box.width() * place.width(), box.height() * place.height(),
        )  # fmt: skip
        veil = QColor("black")
        veil.setAlphaF(0.5)
        painter.save()
        for rest in (
            QRectF(place.topLeft(), QPointF(place.right(), part.top())),
            QRectF(QPointF(place.left(), part.bottom()), place.bottomRight()),
            QRectF(QPointF(place.left(), part.top()), part.bottomLeft()),
            QRectF(part.topRight(), QPointF(place.right(), part.bottom())),
        ):
            painter.fillRect(rest, veil)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor("white"), 3))
        painter.drawRect(part)
        painter.setPen(QPen(QColor(self.tokens.accent), 1.5))
        painter.drawRect(part)
        painter.restore()


def _roomy(box: QRectF) -> QRectF:
    """At least as large as a part must be, and inside."""
    width, height = max(LEAST, box.width()), max(LEAST, box.height())
    return QRectF(min(box.x(), 1 - width), min(box.y(), 1 - height), width, height)


def _moved(box: QRectF, arrow: tuple[float, float], *, larger: bool) -> QRectF:
    across, down = arrow
    if larger:
        width = min(max(LEAST, box.width() + across), 1 - box.x())
        height = min(max(LEAST, box.height() + down), 1 - box.y())
        return QRectF(box.x(), box.y(), width, height)
    x = min(max(0.0, box.x() + across), 1 - box.width())
    y = min(max(0.0, box.y() + down), 1 - box.height())
    return QRectF(x, y, box.width(), box.height())
