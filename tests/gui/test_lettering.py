"""Lines of words and paths, where one reads from left to right and from right to left."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from inked import columns, marks
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from albumdedup.gui.lettering import draw_line, draw_path

PLACE = QRect(0, 0, 200, 24)


def _drawn(draw: Callable[[QPainter], None], reading: Qt.LayoutDirection) -> QImage:
    image = QImage(PLACE.size(), QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setLayoutDirection(reading)
    draw(painter)
    assert painter.layoutDirection() == reading
    painter.end()
    return image


@pytest.mark.parametrize("draw", [draw_line, draw_path])
def test_a_line_stands_where_reading_begins(qapp: QApplication, draw: Callable) -> None:
    forwards, backwards = Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft
    for words in ("/a/b", "/א"):
        ink = columns(_drawn(lambda p, words=words: draw(p, PLACE, words), backwards))
        assert ink.min() > 100
        ink = columns(_drawn(lambda p, words=words: draw(p, PLACE, words), forwards))
        assert ink.max() < 100
    ink = columns(_drawn(lambda p: draw_line(p, PLACE, "one", at_end=True), backwards))
    assert ink.max() < 100


@pytest.mark.parametrize("reading", list(Qt.LayoutDirection)[:2])
def test_a_path_runs_from_its_root_in_every_script(
    qapp: QApplication, reading: Qt.LayoutDirection
) -> None:
    """The stroke that it begins with, higher than its letters, stays at its left."""
    ink = marks(_drawn(lambda p: draw_path(p, PLACE, "|אאאאאא"), reading))
    across = np.flatnonzero(ink.any(axis=0))
    first, last = across.min(), across.max()
    high = ink.any(axis=1).sum()
    assert ink[:, first : first + 4].any(axis=1).sum() == high
    assert ink[:, last - 3 : last + 1].any(axis=1).sum() < high
