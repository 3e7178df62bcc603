"""Local features of a picture: points that are found again in an edited copy.

ORB (Rublee et al. 2011) is ten times cheaper and nearly always enough; SIFT (Lowe 2004), with the
square-root kernel of Arandjelović and Zisserman (2012), goes on where ORB finds too little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.types import Luminance, Pixels

FEATURE_EDGE = 480
"""Longer side, in pixels, at which features are looked for."""

_MOST_SIFT, _MOST_ORB = 600, 700
_SIFT_CONTRAST = 0.015
"""Below OpenCV's default: fog, sky and night hold few strong points."""
_NEAR_LEVEL, _HALF, _MOSTLY = 6, 0.55, 0.8
_ORB_SCALE, _ORB_LEVELS, _ORB_THRESHOLD = 1.25, 8, 8


Descriptions = NDArray[Any]
"""SIFT's as float32[n, 128] with rows of norm 1, or ORB's as uint8[n, 32]."""


@dataclass(frozen=True, slots=True)
class Features:
    """``points``: float32[n, 2] in units of the picture's sides. ``size``: width
    and height, in pixels, at which they were found."""

    points: NDArray[np.float32]
    descriptors: Descriptions
    size: tuple[int, int]

    def __len__(self) -> int:
        return len(self.points)

    @property
    def binary(self) -> bool:
        return self.descriptors.dtype == np.uint8


class Sight:
    """One upright sRGB picture, uint8[h, w, 3], with the features found in it so far. Not
    thread-safe."""

    def __init__(self, pixels: Pixels) -> None:
        self.pixels = pixels

    @cached_property
    def small(self) -> Luminance:
        """Luma, the longer side at most FEATURE_EDGE px."""
        import cv2

        luma: Luminance = cv2.cvtColor(self.pixels, cv2.COLOR_RGB2GRAY)
        scale = FEATURE_EDGE / max(luma.shape)
        if scale >= 1:
            return luma
        size = (max(1, round(luma.shape[1] * scale)), max(1, round(luma.shape[0] * scale)))
        reduced: Luminance = cv2.resize(luma, size, interpolation=cv2.INTER_AREA)
        return reduced

    @cached_property
    def low_detail(self) -> bool:
        """A page of text, a pattern, a night sky: nearly all of it is of one or two levels, and
        every other one looks like it."""
        levels = np.bincount(self.small.ravel(), minlength=256) / self.small.size
        near = np.convolve(levels, np.ones(2 * _NEAR_LEVEL + 1), "same")
        first = int(near.argmax())
        rest = near.copy()
        rest[max(0, first - 2 * _NEAR_LEVEL) : first + 2 * _NEAR_LEVEL + 1] = 0
        return bool(near[first] >= _HALF or near[first] + rest.max() >= _MOSTLY)

    @cached_property
    def corners(self) -> Features:
        return find_corners(self.small)

    @cached_property
    def mirrored_corners(self) -> Features:
        """Of the picture flipped left to right."""
        return find_corners(np.ascontiguousarray(self.small[:, ::-1]))

    @cached_property
    def blobs(self) -> Features:
        return find_blobs(self.small)

    @cached_property
    def mirrored_blobs(self) -> Features:
        return mirrored(self.blobs)


def find_corners(luma: Luminance) -> Features:
    """ORB features."""
    import cv2

    finder = cv2.ORB.create(_MOST_ORB, _ORB_SCALE, _ORB_LEVELS, fastThreshold=_ORB_THRESHOLD)
    points, found = finder.detectAndCompute(luma, None)
    return _features(points, found, luma, np.empty((0, 32), np.uint8))


def find_blobs(luma: Luminance) -> Features:
    """SIFT features."""
    import cv2

    finder = cv2.SIFT.create(
        nfeatures=_MOST_SIFT, contrastThreshold=_SIFT_CONTRAST, enable_precise_upscale=True
    )
    points, found = finder.detectAndCompute(luma, None)
    if points:
        found = np.sqrt(found / np.maximum(found.sum(axis=1, keepdims=True), 1e-6))
        found = found.astype(np.float32)
    return _features(points, found, luma, np.empty((0, 128), np.float32))


def _features(
    points: Sequence[Any],
    descriptors: Descriptions | None,
    luma: Luminance,
    nothing: Descriptions,
) -> Features:
    height, width = luma.shape
    if not points or descriptors is None:
        return Features(np.empty((0, 2), np.float32), nothing, (width, height))
    places = np.array([point.pt for point in points], np.float32)
    # Pixel centres lie at half pixels of the unit square.
    units = places + np.float32(0.5)
    units /= np.array((width, height), np.float32)
    return Features(units, descriptors, (width, height))


def mirrored(found: Features) -> Features:
    """SIFT features of the picture flipped left to right, without looking at it again.

    A reflected patch, turned to its reflected main direction, has its rows of cells and its
    directions reversed.
    """
    cells = found.descriptors.reshape(-1, 4, 4, 8)[:, ::-1]
    reverse = (-np.arange(8)) % 8
    descriptors = np.ascontiguousarray(cells[:, :, :, reverse].reshape(-1, 128))
    points = np.array(found.points, np.float32)
    points[:, 0] = 1 - points[:, 0]
    return Features(points, descriptors, found.size)
