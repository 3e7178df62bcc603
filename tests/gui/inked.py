"""Where anything is painted in a picture."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage


def marks(image: QImage) -> np.ndarray:
    """Where an image differs from its ground."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
    rows = rows[:, : grey.width()].astype(int)
    return np.abs(rows - np.median(rows)) > 40


def columns(image: QImage) -> np.ndarray:
    """The columns of an image in which anything is painted."""
    return np.flatnonzero(marks(image).any(axis=0))
