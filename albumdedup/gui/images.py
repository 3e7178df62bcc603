"""Pixels → what Qt draws, on any thread.

No reader of Qt's may run in a worker: to tell formats apart it asks its SVG plugin, which connects
a QObject. That waits for one of Qt's locks, and PySide holds Python's lock meanwhile; the window's
thread, disconnecting something, has Qt's and waits for Python's. Both then wait for ever.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

from albumdedup.core.types import Pixels


def image_of(pixels: Pixels) -> QImage:
    """A copy: a QImage over the array would outlive it."""
    height, width = pixels.shape[:2]
    packed = np.ascontiguousarray(pixels)
    over = QImage(packed.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return over.convertToFormat(QImage.Format.Format_RGB32)
