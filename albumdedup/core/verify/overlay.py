"""One picture laid over another: warped onto it by the homography that aligns them, and moved
until it fits to a fraction of a pixel.

The picture that shows the overlap more coarsely is the ground, the other one is brought to its
scale: nothing is ever enlarged.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.types import Luminance, Pixels
from albumdedup.core.verify.alignment import UNIT, Homography, fit, project, signed_area

CELLS = 12
"""The overlap is looked at in CELLS × CELLS parts when it is moved into place."""

_COARSE = 480
_SPREAD = 6.0
_TEXTURE = 0.004
_FULL = 0.6
_CLEAR_CELLS = 12


@dataclass(frozen=True, slots=True)
class Overlay:
    """``ground`` and ``sheet``: uint8[h, w, 3], the sheet already warped; ``mask``: bool[h, w],
    where the sheet lies. ``matrix`` leads from the ground's unit square to the sheet's;
    ``ground_is_second`` tells which is which."""

    ground: Pixels
    sheet: Pixels
    mask: NDArray[np.bool_]
    matrix: Homography
    ground_is_second: bool

    @property
    def first_to_second(self) -> Homography:
        matrix = np.linalg.inv(self.matrix) if self.ground_is_second else self.matrix
        out: Homography = matrix / matrix[2, 2]
        return out


def lay_over(first: Pixels, second: Pixels, matrix: Homography) -> Overlay:
    """``matrix`` leads from the first unit square to the second."""
    height, width = first.shape[:2]
    corners = project(matrix, UNIT) * (second.shape[1], second.shape[0])
    scale = float(np.sqrt(abs(signed_area(corners)) / (width * height)))
    coarse = scale > 1
    ground, sheet = (first, second) if coarse else (second, first)
    sheet = reduced(sheet, scale if coarse else 1 / scale)
    lies = matrix if coarse else np.linalg.inv(matrix)
    lies = _settle(_luma(ground), _luma(sheet), lies / lies[2, 2])
    size = ground.shape[:2]
    mask = inside(lies, size, sheet.shape[:2], 2.5)
    return Overlay(ground, warp(sheet, lies, size), mask, lies, not coarse)


def reduced(picture: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    import cv2

    if scale < 1.05:
        return picture
    height, width = picture.shape[:2]
    size = (max(8, round(width / scale)), max(8, round(height / scale)))
    out: NDArray[np.uint8] = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return out


def _luma(picture: Pixels) -> Luminance:
    import cv2

    luma: Luminance = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return luma


def warp(sheet: NDArray[np.uint8], matrix: Homography, size: tuple[int, int]) -> NDArray[np.uint8]:
    """The sheet as it lies on a ground of ``size`` (height, width)."""
    import cv2

    to_sheet = np.linalg.inv(_unit(sheet.shape[:2])) @ matrix @ _unit(size)
    out: NDArray[np.uint8] = cv2.warpPerspective(
        sheet, to_sheet, size[::-1],
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    return out


def _unit(size: tuple[int, int]) -> NDArray[np.float64]:
    """Pixel numbers, whose centres are whole, → the unit square."""
    height, width = size
    return np.array(((1 / width, 0, 0.5 / width), (0, 1 / height, 0.5 / height), (0, 0, 1)))


def inside(
    matrix: Homography, size: tuple[int, int], sheet: tuple[int, int], margin: float
) -> NDArray[np.bool_]:
    """Where a point of the ground lies on the sheet, ``margin`` px from its edge."""
    height, width = size
    x = ((np.arange(width) + 0.5) / width).astype(np.float32)[None, :]
    y = ((np.arange(height) + 0.5) / height).astype(np.float32)[:, None]
    m = matrix.astype(np.float32)
    depth = m[2, 0] * x + m[2, 1] * y + m[2, 2]
    across = (m[0, 0] * x + m[0, 1] * y + m[0, 2]) / depth
    down = (m[1, 0] * x + m[1, 1] * y + m[1, 2]) / depth
    left, top = margin / sheet[1], margin / sheet[0]
    mask: NDArray[np.bool_] = (
        (across > left) & (across < 1 - left) & (down > top) & (down < 1 - top) & (depth > 0)
    )
    return mask


def _settle(ground: Luminance, sheet: Luminance, matrix: Homography) -> Homography:
    """Measure by how much each cell is off and fit the transform again, twice, on pictures of at
    most _COARSE px: good to a tenth of a pixel of twice their size."""
    scale = max(ground.shape) / _COARSE
    ground, sheet = reduced(ground, scale), reduced(sheet, scale)
    return _settle_once(ground, sheet, _settle_once(ground, sheet, matrix))


def _settle_once(ground: Luminance, sheet: Luminance, matrix: Homography) -> Homography:
    size = ground.shape[:2]
    middles = (np.arange(CELLS) + 0.5) / CELLS
    centres = np.stack(np.meshgrid(middles, middles), axis=-1).reshape(-1, 2)
    own = contrast_normalised(ground)
    other = contrast_normalised(warp(sheet, matrix, size))
    offsets, clear = displacements(own, other, inside(matrix, size, sheet.shape[:2], 4.0))
    if int(clear.sum()) < _CLEAR_CELLS:
        return matrix
    scale = np.array(size[::-1], np.float64)
    moved = centres[clear] * scale + np.clip(offsets[clear], -2, 2)
    target = project(matrix, moved / scale) * sheet.shape[1::-1]
    found = fit(centres[clear] * scale, target, 1.0, nearly=0.9)
    if found is None:
        return matrix
    to_unit = np.diag((1 / sheet.shape[1], 1 / sheet.shape[0], 1.0))
    settled = to_unit @ found[0] @ np.diag((*scale, 1.0))
    out: Homography = settled / settled[2, 2]
    return out


def contrast_normalised(luma: Luminance) -> NDArray[np.float32]:
    """Detail over local contrast: what brightness, contrast and vignettes leave alone."""
    import cv2

    smooth = cv2.GaussianBlur(luma.astype(np.float32), (0, 0), 1.0)
    detail = smooth - cv2.GaussianBlur(smooth, (0, 0), _SPREAD)
    local = cv2.GaussianBlur(detail * detail, (0, 0), _SPREAD)
    out: NDArray[np.float32] = detail / (np.sqrt(np.maximum(local, 0)) + 2)
    return out


def displacements(
    one: NDArray[np.float32], other: NDArray[np.float32], mask: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """How far each cell of ``other`` lies from ``one``: float64[CELLS², 2] in px (x, y), and for
    which cells that can be said. One step of Lucas and Kanade's registration (1981) a cell."""
    import cv2

    weight = mask.astype(np.float32)
    both = one + other
    across = cv2.Sobel(both, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 16) * weight
    down = cv2.Sobel(both, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 16) * weight
    apart = other - one

    def cells(values: NDArray[np.float32]) -> NDArray[np.float64]:
        small = cv2.resize(values, (CELLS, CELLS), interpolation=cv2.INTER_AREA)
        return np.asarray(small, np.float64)

    xx, yy, xy = cells(across * across), cells(down * down), cells(across * down)
    xd, yd = cells(across * apart), cells(down * apart)
    half = (xx + yy) / 2
    determinant = xx * yy - xy * xy
    weaker = half - np.sqrt(np.maximum(half * half - determinant, 0))
    clear = (cells(weight) > _FULL) & (weaker > _TEXTURE)
    safe = np.where(clear, determinant, 1.0)
    x, y = -(yy * xd - xy * yd) / safe, -(xx * yd - xy * xd) / safe
    return np.stack((x, y), axis=-1).reshape(-1, 2), clear.ravel()
