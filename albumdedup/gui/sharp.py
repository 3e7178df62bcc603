"""Draws pictures pixel for pixel: nothing is blurred by half a pixel, at any scale."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPixmap

NEAR = 1.5
"""A picture whose size is off by less than so many device pixels is not scaled."""


def scales() -> list[float]:
    """The scales of all screens, and the two most common ones."""
    return sorted({1.0, 2.0, *(one.devicePixelRatio() for one in QGuiApplication.screens())})


def draw_fitted(painter: QPainter, box: QRect | QRectF, pixmap: QPixmap) -> QRectF:
    """Draw a whole picture as large as fits into the middle of ``box``, on whole device pixels.

    A picture that was made for the box is drawn as it is; others are scaled smoothly. Returns
    where it is.
    """
    to_device = painter.deviceTransform()
    room = to_device.mapRect(QRectF(box))
    size = QSizeF(pixmap.size())
    fitting = size.scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
    if abs(fitting.width() - size.width()) >= NEAR or abs(fitting.height() - size.height()) >= NEAR:
        size = QSizeF(max(1, int(fitting.width())), max(1, int(fitting.height())))
    middle = room.center()
    corner = QPointF(round(middle.x() - size.width() / 2), round(middle.y() - size.height() / 2))
    place = to_device.inverted()[0].mapRect(QRectF(corner, size))
    painter.drawPixmap(place, pixmap, QRectF(pixmap.rect()))
    return place
