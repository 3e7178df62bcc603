"""A strip of the photos that were read last, while there is nothing to review yet."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from albumdedup.core.i18n import _
from albumdedup.core.types import ContentId, Photo
from albumdedup.gui.sharp import draw_fitted
from albumdedup.gui.theme import LIGHT, Tokens
from albumdedup.gui.thumb_loader import ThumbLoader

COUNT, EDGE, GAP = 7, 88, 8


def newest(photos: Sequence[Photo], count: int = COUNT) -> list[Photo]:
    """The photos that came into the library last, the newest first, one for each content."""
    found: dict[ContentId, Photo] = {}
    for photo in sorted(photos, key=lambda one: one.id, reverse=True):
        found.setdefault(photo.content, photo)
        if len(found) == count:
            break
    return list(found.values())


class Passing(QWidget):
    """Photos come in at the left as soon as their pictures are ready."""

    def __init__(self, loader: ThumbLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tokens: Tokens = LIGHT
        self._loader = loader
        self._photos: list[Photo] = []
        self.setAccessibleName(_("The photos that were looked at last"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        loader.ready.connect(self.update)
        self.hide()

    def sizeHint(self) -> QSize:
        return QSize(COUNT * EDGE + (COUNT - 1) * GAP, EDGE)

    def show_photos(self, photos: Sequence[Photo]) -> None:
        self._photos = list(photos)
        self._loader.want(self._photos)
        self.setVisible(bool(self._photos))
        self.update()

    def clear(self) -> None:
        self._photos = []
        self.hide()

    @property
    def pictures(self) -> list[QPixmap]:
        found = (self._loader.pixmap(photo.content) for photo in self._photos)
        return [pixmap for pixmap in found if pixmap is not None]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, pixmap in enumerate(self.pictures):
            mat = QRectF(place * (EDGE + GAP), 0, EDGE, EDGE)
            if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
                mat.moveLeft(self.width() - mat.right())
            rounded = QPainterPath()
            rounded.addRoundedRect(mat, 4, 4)
            painter.setClipPath(rounded)
            painter.fillPath(rounded, QColor(self.tokens.mat))
            draw_fitted(painter, mat, pixmap)
        painter.end()
