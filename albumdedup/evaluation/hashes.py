"""The two 64-bit perceptual hashes that duplicate finders are made of, as descriptors.

A hash becomes a row of 64 values ±1/8, of norm 1: the inner product of two is 1 − distance / 32.
"""

from __future__ import annotations

import cv2
import numpy as np

from albumdedup.core.types import Descriptors, Pixels

BITS = 64


def similarity_at(distance: int) -> float:
    """The inner product of two hashes that differ in so many bits."""
    return 1 - 2 * distance / BITS


def phash(square: Pixels) -> Descriptors:
    """float32[64]: signs of the 8 × 8 lowest frequencies of a 32 × 32 luma against their median
    (Krawetz, "Looks Like It", 2011; the constant term is left out of the median)."""
    luma = cv2.cvtColor(square, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(luma, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
    low = cv2.dct(small)[:8, :8].ravel()
    return as_descriptor(low > np.median(low[1:]))


def dhash(square: Pixels) -> Descriptors:
    """float32[64]: is each of 8 × 9 lumas brighter than its right neighbour (Krawetz, "Kind of
    Like That", 2013)."""
    luma = cv2.cvtColor(square, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(luma, (9, 8), interpolation=cv2.INTER_AREA)
    return as_descriptor((small[:, :-1] > small[:, 1:]).ravel())


def from_bytes(hash_bytes: bytes) -> Descriptors:
    """float32[64] of eight bytes."""
    return as_descriptor(np.unpackbits(np.frombuffer(hash_bytes, np.uint8)).astype(np.bool_))


def as_descriptor(bits: np.typing.NDArray[np.bool_]) -> Descriptors:
    return np.where(bits, np.float32(1 / 8), np.float32(-1 / 8)).astype(np.float32)
