"""Squares of pixels → the numbers that a network takes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.types import Pixels

MEAN = np.array((0.485, 0.456, 0.406), np.float32)
DEVIATION = np.array((0.229, 0.224, 0.225), np.float32)

_SCALE = np.float32(1) / (np.float32(255) * DEVIATION)
_SHIFT = -MEAN / DEVIATION


def to_batch(squares: Sequence[Pixels], edge: int, rows: int) -> NDArray[np.float32]:
    """uint8[edge, edge, 3] each → float32[rows, edge, edge, 3], channels last, normalised.

    Rows past ``len(squares)`` are filled with zeros, so that every batch has the same shape.
    Raises ValueError for a square of another shape or type.
    """
    batch = np.zeros((rows, edge, edge, 3), np.float32)
    for row, square in zip(batch, squares, strict=False):
        if square.shape != (edge, edge, 3) or square.dtype != np.uint8:
            raise ValueError(f"expected uint8[{edge}, {edge}, 3], got {square.dtype}{square.shape}")
        np.multiply(square, _SCALE, out=row)
        row += _SHIFT
    return batch
