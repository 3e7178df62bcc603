"""Where one picture lies in another: features → homography.

Correspondences by Lowe's ratio test, both ways; the homography by MAGSAC++ (Barath et al. 2020)
as OpenCV has it. All coordinates are in units of the pictures' sides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.verify.features import Features, Sight

Homography = NDArray[np.float64]
"""float64[3, 3], last element 1: a point of the first unit square → the second."""

FEWEST_INLIERS = 12
_ENOUGH_CORNERS = 30
"""Inliers of ORB that settle it; unrelated photos reach 29 of its many weak matches."""
_SURE = 100
"""Fewer, and the mirrored picture is tried too: façades look alike from both sides."""
_HOPELESS = 12
_RATIO = 0.85
_THRESHOLD = 2.5
"""Pixels of the second picture, at the size its features were found at."""

_LEAST_AREA, _MOST_AREA = 1 / 30, 30.0
UNIT = np.array(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)))
"""The corners of a picture."""

MIRROR = np.array(((-1.0, 0, 1), (0, 1, 0), (0, 0, 1)))
"""Left to right, in the unit square."""


@dataclass(frozen=True, slots=True)
class Alignment:
    matrix: Homography
    inliers: int
    mirrored: bool = False


def align(first: Sight, second: Sight, *, thorough: bool = True) -> Alignment | None:
    """How the first picture lies in the second, or None where nothing convincing is found. The
    mirrored first picture is tried where the straight one fails, then SIFT where ORB fails;
    not SIFT, unless ``thorough``, where ORB finds as little as between unrelated photos."""
    found = _better(
        lambda: _align(first.corners, second.corners),
        lambda: _align(first.mirrored_corners, second.corners),
    )
    if found is not None and found.inliers >= _ENOUGH_CORNERS:
        return found
    if not thorough and (found is None or found.inliers < _HOPELESS):
        return None
    return _better(
        lambda: _align(first.blobs, second.blobs),
        lambda: _align(first.mirrored_blobs, second.blobs),
    )


def _better(
    straight: Callable[[], Alignment | None], mirrored: Callable[[], Alignment | None]
) -> Alignment | None:
    one = straight()
    if one is not None and one.inliers >= _SURE:
        return one
    other = mirrored()
    if other is None or (one is not None and one.inliers >= other.inliers):
        return one
    matrix = other.matrix @ MIRROR
    return Alignment(matrix / matrix[2, 2], other.inliers, True)


def _align(first: Features, second: Features) -> Alignment | None:
    if min(len(first), len(second)) < FEWEST_INLIERS:
        return None
    ones, others = _correspondences(first, second)
    if len(ones) < FEWEST_INLIERS:
        return None
    size = np.array(second.size, np.float64)
    own = np.array(first.size, np.float64)
    source = first.points[ones].astype(np.float64) * own
    target = second.points[others].astype(np.float64) * size
    fitted = fit(source, target, _THRESHOLD, nearly=0.97)
    if fitted is None or fitted[1] < FEWEST_INLIERS:
        return None
    matrix = np.diag((*(1 / size), 1.0)) @ fitted[0] @ np.diag((*own, 1.0))
    if abs(matrix[2, 2]) < 1e-9:
        return None
    matrix = matrix / matrix[2, 2]
    return Alignment(matrix, fitted[1]) if plausible(matrix) else None


def fit(
    source: NDArray[np.float64], target: NDArray[np.float64], threshold: float, *, nearly: float
) -> tuple[Homography, int] | None:
    """Points float64[n, 2] in px onto points, with the number that agrees within ``threshold``.

    A turn, scale and shift where they explain ``nearly`` as many points (a share) as a
    homography: that is what crops, frames and screenshots are, and fewer numbers are measured
    better.
    """
    import cv2

    matrix, mask = cv2.findHomography(
        source, target, cv2.USAC_MAGSAC, threshold, maxIters=2000, confidence=0.999
    )
    simple, chosen = cv2.estimateAffinePartial2D(
        source, target, method=cv2.RANSAC, ransacReprojThreshold=threshold, maxIters=1000
    )
    most = 0 if matrix is None else int(mask.sum())
    if simple is not None and int(chosen.sum()) >= max(nearly * most, 4):
        return np.vstack((simple, (0.0, 0.0, 1.0))), int(chosen.sum())
    return None if matrix is None else (matrix, most)


def _correspondences(
    first: Features, second: Features
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows of the first and of the second that are each other's nearest, and clearly so."""
    distances = _hamming(first, second) if first.binary else _squared(first, second)
    nearest = distances.argmin(axis=1)
    rows = np.arange(len(first))
    best = distances[rows, nearest]
    back = distances.argmin(axis=0)
    distances[rows, nearest] = np.inf
    ratio = _RATIO if first.binary else _RATIO * _RATIO
    good = (best < ratio * distances.min(axis=1)) & (back[nearest] == rows)
    return rows[good], nearest[good]


def _squared(first: Features, second: Features) -> NDArray[np.float32]:
    """Norms are 1, so that the squared distance is 2 - 2 * product."""
    found: NDArray[np.float32] = 2 - 2 * (first.descriptors @ second.descriptors.T)
    return found


def _hamming(first: Features, second: Features) -> NDArray[np.float32]:
    """Bits that differ, by a product of ±1."""
    one, other = (
        np.unpackbits(features.descriptors, axis=1).astype(np.float32) * 2 - 1
        for features in (first, second)
    )
    found: NDArray[np.float32] = (one.shape[1] - one @ other.T) / 2
    return found


def plausible(matrix: Homography) -> bool:
    """Not folded, not mirrored, neither a speck nor a blow-up, no extreme perspective."""
    corners = np.column_stack((UNIT, np.ones(4))) @ matrix.T
    depth = corners[:, 2]
    if depth.min() < 0.4 or depth.max() > 2.5:
        return False
    area = signed_area(corners[:, :2] / depth[:, None])
    return _LEAST_AREA < area < _MOST_AREA


def signed_area(corners: NDArray[np.float64]) -> float:
    """Of a polygon with corners float64[n, 2]; positive where they turn as the axes do."""
    x, y = corners[:, 0], corners[:, 1]
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)


def project(matrix: Homography, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """float64[n, 2] → float64[n, 2]."""
    out = np.column_stack((points, np.ones(len(points)))) @ matrix.T
    projected: NDArray[np.float64] = out[:, :2] / out[:, 2:]
    return projected


def sticks_out(matrix: Homography) -> float:
    """By how much of the second picture's sides the first one reaches past it; below 0 where it
    lies inside."""
    corners = project(matrix, UNIT)
    return float(max(-corners.min(), corners.max() - 1))


_GRID = (np.arange(64) + 0.5) / 64
_POINTS = np.stack(np.meshgrid(_GRID, _GRID), axis=-1).reshape(-1, 2)


def inverse(matrix: Homography) -> Homography:
    return np.asarray(np.linalg.inv(matrix), np.float64)


def share_inside(matrix: Homography) -> float:
    """The share of the first picture's area that lies within the second."""
    places = project(matrix, _POINTS)
    return float(((places >= -0.004) & (places <= 1.004)).all(axis=1).mean())
