"""The photos side by side, wiped or as their difference; wheel, drag and keys look around."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QStyle, QWidget

from albumdedup.core.compare.arranging import arrange
from albumdedup.core.compare.looking import (
    Box,
    Limits,
    Look,
    Size,
    at_pixels,
    bounds,
    density,
    limits,
    moved,
    whole,
    zoomed,
)
from albumdedup.core.i18n import _
from albumdedup.gui.compare import painting
from albumdedup.gui.compare.slots import Mode, Scene
from albumdedup.gui.theme import LIGHT, Tokens

MARGIN = 4
STEP = 1.25
"""Zoom of one key press."""
PER_DEGREE = 1.0018
"""Zoom of an eighth of a degree of the wheel."""
GRIP = 14
"""Distance from the divider, in pixels, at which a press takes hold of it."""


class Canvas(QWidget):
    """Paints a ``Scene``; the look is one for all panes."""

    looked = Signal()  # the look changed: other sizes may be wanted
    wiped = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tokens: Tokens = LIGHT
        self.scene = Scene()
        self.look = Look(0, 0, 1)
        self._fitted = True
        self._held: QPoint | None = None
        self._wiping = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(_("Photos beside one another"))
        self.setMinimumSize(QSize(200, 140))
        self.setMouseTracking(True)

    # --- what is shown ------------------------------------------------------------------

    def show_scene(self, scene: Scene, *, anew: bool) -> None:
        """``anew`` looks at the whole; otherwise the place stays."""
        self.scene = scene
        if anew:
            self._fitted = True
        self._refit()

    def refresh(self) -> None:
        """Something of the scene arrived or changed."""
        self._refit()

    @property
    def fitted(self) -> bool:
        return self._fitted

    def panes(self) -> list[QRect]:
        """Where the photos are painted, without their captions."""
        scene = self.scene
        if not scene.slots:
            return []
        width, height = self._box().size
        aspect = width / max(1e-6, height)
        cells = arrange(scene.panes, self.width(), self.height(), aspect)
        top = painting.CAPTION_HEIGHT
        found = [QRect(c.x, c.y + top, c.width, max(1, c.height - top)) for c in cells]
        return [QStyle.visualRect(self.layoutDirection(), self.rect(), rect) for rect in found]

    # --- looking ------------------------------------------------------------------------

    def fit(self) -> None:
        self._fitted = True
        self._refit()

    def at_full_size(self, at: QPoint | None = None) -> None:
        """A pixel for a pixel of the finest photo; where it is so already, the whole again."""
        wanted = at_pixels(self.look, self._finest(), self.devicePixelRatioF())
        if abs(wanted.scale / self.look.scale - 1) < 1e-3:
            self.fit()
        else:
            self._zoom(wanted.scale / self.look.scale, at)

    def is_full_size(self) -> bool:
        wanted = at_pixels(self.look, self._finest(), self.devicePixelRatioF())
        return bool(self.scene.slots) and abs(wanted.scale / self.look.scale - 1) < 1e-3

    def zoom_step(self, steps: int) -> None:
        self._zoom(STEP**steps, None)

    def pan(self, across: float, down: float) -> None:
        self._fitted = False
        self._take(moved(self.look, across, down, self._limits()))

    def look_at(self, box: Box) -> None:
        """A box of the first photo's unit square, as large as the panes."""
        width, height = self.scene.first
        there = Box(box.left * width, box.top * height, box.right * width, box.bottom * height)
        near = whole(there, self._pane())
        allowed = self._limits()
        self._fitted = False
        scale = min(allowed.most, near.scale)
        self._take(Look(near.x, near.y, scale))

    def set_wipe(self, share: float) -> None:
        self.scene.wipe = min(1.0, max(0.0, share))
        self.wiped.emit(self.scene.wipe)
        self.update()

    def move_wipe(self, share: float) -> None:
        self.set_wipe(self.scene.wipe + share)

    def set_flipped(self, on: bool) -> None:
        if self.scene.flipped != on:
            self.scene.flipped = on
            self.update()

    def _zoom(self, factor: float, at: QPoint | None) -> None:
        if not self.scene.slots:
            return
        point = (self._pane()[0] / 2, self._pane()[1] / 2)
        for rect in self.panes():
            if at is not None and rect.contains(at):
                point = (float(at.x() - rect.x()), float(at.y() - rect.y()))
        self._fitted = False
        self._take(zoomed(self.look, factor, point, self._pane(), self._limits()))

    def _take(self, look: Look) -> None:
        self.look = look
        self.looked.emit()
        self.update()

    def _refit(self) -> None:
        if self._fitted and self.scene.slots:
            self._take(whole(self._box(), self._pane(), MARGIN))
        self.update()

    def _box(self) -> Box:
        return bounds(self.scene.first, [slot.place for slot in self.scene.slots])

    def _pane(self) -> Size:
        panes = self.panes()
        return (float(panes[0].width()), float(panes[0].height())) if panes else (1.0, 1.0)

    def _finest(self) -> float:
        at = self._box().middle if self._fitted else (self.look.x, self.look.y)
        found = [density(s.place, self.scene.first, s.size, at) for s in self.scene.slots]
        return max(found, default=1.0)

    def _limits(self) -> Limits:
        ratio = self.devicePixelRatioF()
        return limits(self._box(), self._pane(), self._finest(), ratio)

    # --- painting -----------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        painter.fillRect(self.rect(), QColor(self.tokens.card))
        painting.paint_scene(painter, self.panes(), self.scene, self.look, self.tokens)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self.tokens.accent), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    # --- mouse --------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta().y() or event.pixelDelta().y()
        if turn:
            self._zoom(PER_DEGREE**turn, event.position().toPoint())
        event.accept()

    def event(self, event: QEvent) -> bool:
        if (
            isinstance(event, QNativeGestureEvent)
            and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture
        ):
            self._zoom(1 + event.value(), event.position().toPoint())
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = event.position().toPoint()
            self._wiping = self._over_divider(self._held)
            if not self._wiping:
                self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._held is None:
            over = self._over_divider(at)
            self.setCursor(Qt.CursorShape.SplitHCursor if over else Qt.CursorShape.OpenHandCursor)
            return
        if self._wiping:
            rect = self.panes()[0]
            self.set_wipe((at.x() - rect.left()) / rect.width())
        else:
            self.pan(at.x() - self._held.x(), at.y() - self._held.y())
        self._held = at

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = None
        self._wiping = False
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.at_full_size(event.position().toPoint())

    def _over_divider(self, at: QPoint) -> bool:
        if self.scene.mode is not Mode.WIPE or self.scene.pair is None:
            return False
        rect = self.panes()[0]
        return rect.contains(at) and abs(at.x() - painting.divider_x(rect, self.scene)) <= GRIP

    # --- keyboard and size --------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self.set_flipped(True)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self.set_flipped(False)
        else:
            super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.set_flipped(False)
        super().focusOutEvent(event)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._refit()
