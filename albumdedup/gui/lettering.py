"""One line of words, cut with … where it does not fit, at the side where reading begins.

The side follows the direction of the painter; the words run as their own letters do, so that a
number with its unit, or a name in another script, stays readable in any window.
"""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle


def draw_line(
    painter: QPainter,
    rect: QRect,
    words: str,
    mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    *,
    at_end: bool = False,
) -> None:
    """``at_end`` sets it at the other side, where reading ends."""
    _draw(painter, rect, words, mode, Qt.LayoutDirection.LayoutDirectionAuto, at_end=at_end)


def draw_path(
    painter: QPainter,
    rect: QRect,
    path: str,
    mode: Qt.TextElideMode = Qt.TextElideMode.ElideLeft,
) -> None:
    """A path runs from its root to its file in every script."""
    _draw(painter, rect, path, mode, Qt.LayoutDirection.LeftToRight)


def _draw(
    painter: QPainter,
    rect: QRect,
    words: str,
    mode: Qt.TextElideMode,
    running: Qt.LayoutDirection,
    *,
    at_end: bool = False,
) -> None:
    reading = painter.layoutDirection()
    side = Qt.AlignmentFlag.AlignRight if at_end else Qt.AlignmentFlag.AlignLeft
    seen = QStyle.visualAlignment(reading, side | Qt.AlignmentFlag.AlignVCenter)
    fitting = painter.fontMetrics().elidedText(words, mode, rect.width())
    painter.setLayoutDirection(running)
    painter.drawText(rect, seen | Qt.AlignmentFlag.AlignAbsolute, fitting)
    painter.setLayoutDirection(reading)
