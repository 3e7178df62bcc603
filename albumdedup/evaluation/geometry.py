"""Homographies between unit squares: how a point of one picture lies in another.

A matrix is nine numbers row by row, the last one 1; x runs to the right, y down, in units of
the sides (as ``core.types.Transform``).
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from albumdedup.core.types import Pixels

Matrix = tuple[float, ...]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in units of the sides."""

Points = NDArray[np.float64]
"""float64[n, 2]."""

IDENTITY: Matrix = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
_ORIENTATIONS: dict[int, Matrix] = {
    1: IDENTITY,
    2: (-1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0),
    3: (-1.0, 0.0, 1.0, 0.0, -1.0, 1.0, 0.0, 0.0, 1.0),
    4: (1.0, 0.0, 0.0, 0.0, -1.0, 1.0, 0.0, 0.0, 1.0),
    5: (0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0),
    6: (0.0, -1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0),
    7: (0.0, -1.0, 1.0, -1.0, 0.0, 1.0, 0.0, 0.0, 1.0),
    8: (0.0, 1.0, 0.0, -1.0, 0.0, 1.0, 0.0, 0.0, 1.0),
}


def orientation(value: int) -> Matrix:
    """Where the points of a stored picture lie in what its EXIF orientation (1..8) shows."""
    return _ORIENTATIONS[value]


def shown_in(box: Box) -> Matrix:
    """The crop to ``box``: the box of the original is the copy."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    return (1 / width, 0.0, -left / width, 0.0, 1 / height, -top / height, 0.0, 0.0, 1.0)


def placed_in(box: Box) -> Matrix:
    """The original lies whole in ``box`` of the copy."""
    return inverse(shown_in(box))


def from_corners(corners: Sequence[tuple[float, float]]) -> Matrix:
    """Where the original's corners (top left, top right, bottom right, bottom left) lie."""
    unit = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    return _flat(cv2.getPerspectiveTransform(unit, np.array(corners, np.float32)))


def compose(second: Matrix, first: Matrix) -> Matrix:
    """``first``, then ``second``."""
    return _flat(_square(second) @ _square(first))


def inverse(matrix: Matrix) -> Matrix:
    """The way back. Raises numpy.linalg.LinAlgError where there is none."""
    return _flat(np.linalg.inv(_square(matrix)))


def apply(matrix: Matrix, points: Points) -> Points:
    """Points float64[n, 2] through the homography; what it sends to infinity becomes inf."""
    ones = np.ones((len(points), 1))
    moved = np.hstack([points, ones]) @ _square(matrix).T
    with np.errstate(divide="ignore", invalid="ignore"):
        result: Points = moved[:, :2] / moved[:, 2:]
    return np.nan_to_num(result, nan=np.inf)


def grid(steps: int = 11) -> Points:
    """float64[steps², 2]: points spread evenly over the unit square, its border included."""
    line = np.linspace(0.0, 1.0, steps)
    return np.array([(x, y) for y in line for x in line])


def distance(truth: Matrix, found: Matrix) -> float:
    """How far ``found`` leads astray: the mean distance of the points of a grid that the copy
    really shows, in units of the copy's sides; inf where it shows none of them."""
    points = grid()
    expected = apply(truth, points)
    inside = ((expected >= -1e-9) & (expected <= 1 + 1e-9)).all(axis=1)
    if not inside.any():
        return float("inf")
    there = apply(found, points[inside])
    return float(np.hypot(*(there - expected[inside]).T).mean())


def warp(
    pixels: Pixels,
    matrix: Matrix,
    size: tuple[int, int],
    background: Pixels | None = None,
    *,
    smooth: bool = True,
) -> Pixels:
    """The picture as ``matrix`` lays it into one of ``size`` (width, height), over a
    ``background`` of that size (black where None). uint8[h, w, 3] or uint8[h, w]."""
    height, width = pixels.shape[:2]
    centre = np.array([(1.0, 0.0, 0.5), (0.0, 1.0, 0.5), (0.0, 0.0, 1.0)])
    into_unit = np.diag((1 / width, 1 / height, 1.0)) @ centre
    out_of_unit = np.linalg.inv(centre) @ np.diag((float(size[0]), float(size[1]), 1.0))
    whole = out_of_unit @ _square(matrix) @ into_unit
    flags = cv2.INTER_CUBIC if smooth else cv2.INTER_LINEAR
    moved: Pixels = cv2.warpPerspective(
        pixels, whole, size, flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    cover = cv2.warpPerspective(
        np.full((height, width), 255, np.uint8), whole, size, flags=cv2.INTER_LINEAR
    )
    share = (cover.astype(np.float32) / 255).reshape(*cover.shape, *([1] * (pixels.ndim - 2)))
    under = np.zeros_like(moved) if background is None else background
    mixed = moved * share + under * (1 - share)
    result: Pixels = np.rint(mixed).clip(0, 255).astype(np.uint8)
    return result


def _square(matrix: Matrix) -> NDArray[np.float64]:
    return np.array(matrix, np.float64).reshape(3, 3)


def _flat(square: NDArray[np.floating]) -> Matrix:
    return tuple(float(value) for value in (square / square[2, 2]).ravel())
