"""Values of more than eight bits as eight: a wrong range makes black pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.types import Pixels

_MOST_ABOVE = 99.0
"""Percent of floating-point values that the range has to hold: the rest are highlights."""


def eight_bit(values: NDArray[Any], bits: int | None = None) -> Pixels:
    """Greys or colours of any type as uint8 of the same shape. Unsigned 8 and 16 bits have the
    range of their type, or of ``bits`` where the file says how many count; others the smallest
    usual one that holds their values."""
    import cv2

    if values.dtype == np.uint8:
        return values
    if values.dtype == np.uint16 or values.dtype.newbyteorder("=") == np.uint16:
        most = (1 << bits) - 1 if bits is not None and 8 < bits < 16 else 65535
        native = values.astype(np.uint16, copy=False)  # a TIFF's may be of the other byte order
        return np.asarray(cv2.convertScaleAbs(native, alpha=255 / most), np.uint8)
    whole = values.dtype.kind in "ui"
    known = np.nan_to_num(values.astype(np.float32), posinf=0.0, neginf=0.0)
    top = _range(known, whole=whole)
    return (known.clip(0, top) * (255 / top)).astype(np.uint8)


def _range(values: NDArray[np.float32], *, whole: bool) -> float:
    largest = float(values.max(initial=0))
    if whole:
        usual, most = (65535.0, float(2**31), float(2**32)), largest
    else:
        usual, most = (1.0, 255.0, 65535.0), float(np.percentile(values, _MOST_ABOVE))
    return next((top for top in usual if most <= top), largest)
