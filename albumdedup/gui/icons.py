"""Line icons drawn for this program on a 20 × 20 grid, in the colour of the palette."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QIcon,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QPolygonF,
)

from albumdedup.gui.sharp import scales

GRID = 20.0
STROKE = 1.5


def _album(path: QPainterPath) -> None:
    path.addRoundedRect(QRectF(2.5, 5.5, 11, 11), 2, 2)
    path.moveTo(6.5, 2.8)
    path.lineTo(15.5, 2.8)
    path.quadTo(17.2, 2.8, 17.2, 4.5)
    path.lineTo(17.2, 13.5)


def _add_folder(path: QPainterPath) -> None:
    path.addPolygon(
        QPolygonF([QPointF(2, 16), QPointF(2, 4.5), QPointF(7.5, 4.5), QPointF(9.5, 7),
                   QPointF(18, 7), QPointF(18, 16), QPointF(2, 16)])
    )  # fmt: skip
    path.moveTo(10, 9)
    path.lineTo(10, 14)
    path.moveTo(7.5, 11.5)
    path.lineTo(12.5, 11.5)


def _pause(path: QPainterPath) -> None:
    path.addRoundedRect(QRectF(5, 4, 3, 12), 1, 1)
    path.addRoundedRect(QRectF(12, 4, 3, 12), 1, 1)


def _resume(path: QPainterPath) -> None:
    path.addPolygon(
        QPolygonF([QPointF(6, 4), QPointF(16, 10), QPointF(6, 16), QPointF(6, 4)])
    )  # fmt: skip


def _cancel(path: QPainterPath) -> None:
    path.moveTo(5, 5)
    path.lineTo(15, 15)
    path.moveTo(15, 5)
    path.lineTo(5, 15)


def _history(path: QPainterPath) -> None:
    path.arcMoveTo(QRectF(3, 3, 14, 14), 160)
    path.arcTo(QRectF(3, 3, 14, 14), 160, -320)
    path.moveTo(3, 4.2)
    path.lineTo(3.4, 8)
    path.lineTo(7.2, 7.6)
    path.moveTo(10, 6.5)
    path.lineTo(10, 10.4)
    path.lineTo(12.8, 12)


def _library(path: QPainterPath) -> None:
    for x, top in ((4.0, 11.0), (8.7, 4.0), (13.4, 7.5)):
        path.addRoundedRect(QRectF(x - 1.2, top, 3, 16 - top), 0.8, 0.8)


def _settings(path: QPainterPath) -> None:
    for y, x in ((5.0, 12.5), (10.0, 7.0), (15.0, 13.5)):
        path.moveTo(2.5, y)
        path.lineTo(x - 2, y)
        path.addEllipse(QPointF(x, y), 2, 2)
        path.moveTo(x + 2, y)
        path.lineTo(17.5, y)


def _warning(path: QPainterPath) -> None:
    path.addPolygon(
        QPolygonF([QPointF(10, 3), QPointF(18, 16.5), QPointF(2, 16.5), QPointF(10, 3)])
    )
    path.moveTo(10, 8)
    path.lineTo(10, 12)
    path.moveTo(10, 14.2)
    path.lineTo(10, 14.4)


def _note(path: QPainterPath) -> None:
    path.addEllipse(QPointF(10, 10), 7.2, 7.2)
    path.moveTo(10, 9.2)
    path.lineTo(10, 13.6)
    path.moveTo(10, 6.2)
    path.lineTo(10, 6.4)


def _check(path: QPainterPath) -> None:
    path.moveTo(4, 10.5)
    path.lineTo(8.2, 14.7)
    path.lineTo(16, 5.5)


def _undo(path: QPainterPath) -> None:
    path.moveTo(7, 4)
    path.lineTo(3, 8)
    path.lineTo(7, 12)
    path.moveTo(3.2, 8)
    path.lineTo(12.5, 8)
    path.arcTo(QRectF(8, 8, 9, 8), 90, -180)
    path.lineTo(7, 16)


def _search(path: QPainterPath) -> None:
    path.addEllipse(QPointF(8.5, 8.5), 5.2, 5.2)
    path.moveTo(12.4, 12.4)
    path.lineTo(17, 17)


def _folders(path: QPainterPath) -> None:
    path.addPolygon(
        QPolygonF([QPointF(2, 16), QPointF(2, 4.5), QPointF(7.5, 4.5), QPointF(9.5, 7),
                   QPointF(18, 7), QPointF(18, 16), QPointF(2, 16)])
    )  # fmt: skip
    path.moveTo(6.5, 11.5)
    path.lineTo(8.8, 13.6)
    path.lineTo(13.4, 9.6)


def _file(path: QPainterPath) -> None:
    path.addPolygon(
        QPolygonF([QPointF(4.5, 2.5), QPointF(11.5, 2.5), QPointF(15.5, 6.5), QPointF(15.5, 17.5),
                   QPointF(4.5, 17.5), QPointF(4.5, 2.5)])
    )  # fmt: skip
    path.moveTo(11.5, 2.5)
    path.lineTo(11.5, 6.5)
    path.lineTo(15.5, 6.5)


def _compare(path: QPainterPath) -> None:
    path.addRoundedRect(QRectF(2.5, 5, 6, 10), 1.5, 1.5)
    path.addRoundedRect(QRectF(11.5, 5, 6, 10), 1.5, 1.5)
    path.moveTo(10, 2.5)
    path.lineTo(10, 17.5)


ICONS: dict[str, Callable[[QPainterPath], None]] = {
    "album": _album,
    "add-folder": _add_folder,
    "pause": _pause,
    "resume": _resume,
    "cancel": _cancel,
    "history": _history,
    "library": _library,
    "settings": _settings,
    "warning": _warning,
    "note": _note,
    "check": _check,
    "undo": _undo,
    "search": _search,
    "folders": _folders,
    "file": _file,
    "compare": _compare,
}


def draw(painter: QPainter, name: str, rect: QRectF, colour: QColor) -> None:
    """Draw an icon as large as ``rect``."""
    path = QPainterPath()
    ICONS[name](path)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.topLeft())
    painter.scale(rect.width() / GRID, rect.height() / GRID)
    pen = QPen(colour, STROKE)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    painter.restore()


def icon(name: str, colour: QColor | str) -> QIcon:
    """The icon at the scale of every screen. Made anew when the theme changes."""
    made = QIcon()
    for scale in scales():
        edge = round(GRID * scale)
        pixmap = QPixmap(QSize(edge, edge))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        draw(painter, name, QRectF(0, 0, edge, edge), QColor(colour))
        painter.end()
        pixmap.setDevicePixelRatio(scale)
        made.addPixmap(pixmap)
    return made
