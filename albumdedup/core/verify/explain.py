"""How much of an overlap one exposure explains.

What is left after place, tone and sharpness were made equal, looked at through small windows as in
``residual``; and the sensor's noise, which two encodings of one exposure share and two exposures
don't (Lukáš, Fridrich, Goljan 2006 use the same residual to tell cameras apart).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.types import Luminance, Pixels
from albumdedup.core.verify.overlay import (
    CELLS,
    Overlay,
    contrast_normalised,
    displacements,
    reduced,
)
from albumdedup.core.verify.tone import Foretold, Plane, foretell

EXPLAIN_EDGE = 480
"""Longer side, in pixels, at which tones and residuals are compared."""

_WINDOW = 9
_UNEXPLAINED = 2.2
"""Window residual over local detail; compression and noise stay below 1.7 nearly everywhere."""
_TRUSTED = 0.5
"""Cells that correlate less were pasted over: tones are not learnt from them."""
_REGIONS = 24
_SHARE_OF_CELL = 0.08
_BLURS = (0.6, 1.0, 1.5, 2.2, 3.2)
_FLATTEST = 0.25
_FEWEST_CELLS = 20


@dataclass(frozen=True, slots=True)
class Noise:
    """Correlation of fine residuals over the flattest quarter of cells; ``stronger`` and
    ``weaker`` their rms in grey levels in the noisier and the cleaner picture; ``texture`` that of
    the flattest parts that both pictures have."""

    correlation: float
    stronger: float
    weaker: float
    texture: float


@dataclass(frozen=True, slots=True)
class Explained:
    """``correlation``: median of the cells' normalised correlation; ``unexplained``: the share
    of the overlap that differs; ``moved``: the median displacement elsewhere, in px; ``edge``: the
    square root of the overlap's area, in px of the overlay."""

    correlation: float
    unexplained: float
    moved: float
    noise: Noise | None
    edge: int


def explain(overlay: Overlay) -> Explained:
    """Look at an overlay of at least some hundred pixels: at noise as it is, at all else at
    EXPLAIN_EDGE px."""
    import cv2

    scale = max(overlay.mask.shape) / EXPLAIN_EDGE
    colours, others = reduced(overlay.ground, scale), reduced(overlay.sheet, scale)
    mask = overlay.mask
    if colours.shape[:2] != mask.shape:
        size = (colours.shape[1], colours.shape[0])
        mask = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    ground, sheet = _luma(colours), _luma(others)
    alike, full = _correlations(ground, sheet, mask)
    size = (mask.shape[1], mask.shape[0])
    trusted = cv2.resize(alike, size, interpolation=cv2.INTER_NEAREST) > _TRUSTED
    windows, usable = _residual(foretell(colours, others, mask, mask & trusted))
    inside = _cells(mask.astype(np.float32), _REGIONS)
    differing = _cells(((windows > _UNEXPLAINED) & usable).astype(np.float32), _REGIONS)
    regions = differing > _SHARE_OF_CELL
    around = cv2.dilate(regions.astype(np.uint8), np.ones((3, 3), np.uint8))
    rest = mask & ~cv2.resize(around, size, interpolation=cv2.INTER_NEAREST).astype(bool)
    return Explained(
        correlation=float(np.median(alike[full])) if full.any() else 0.0,
        unexplained=float(regions.sum() / max(1, int((inside > 0.3).sum()))),
        moved=_moved(ground, sheet, rest if rest.mean() > 0.05 else mask),
        noise=noise(_luma(overlay.ground), _luma(overlay.sheet), overlay.mask),
        edge=round(float(np.sqrt(overlay.mask.sum()))),
    )


def _luma(picture: Pixels) -> Luminance:
    import cv2

    luma: Luminance = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return luma


def _residual(tones: Foretold) -> tuple[Plane, NDArray[np.bool_]]:
    """float32[h, w]: what is left in a window around each pixel, over the detail it holds; and
    where that can be said."""
    import cv2

    usable = cv2.erode(tones.usable.astype(np.uint8), np.ones((5, 5), np.uint8))
    weight = usable.astype(np.float32)
    actual, expected = _equally_sharp(tones.actual, tones.expected, weight)
    difference = (actual - expected) * weight
    detail = cv2.Laplacian(expected, cv2.CV_32F, ksize=1) * weight
    across = cv2.Sobel(expected, cv2.CV_32F, 1, 0, ksize=3, scale=0.125) * weight
    down = cv2.Sobel(expected, cv2.CV_32F, 0, 1, ksize=3, scale=0.125) * weight
    parts = (detail, across, down)
    matrix = np.array([[np.vdot(one, two) for two in parts] for one in parts], np.float64)
    matrix += np.eye(3) * 1e-6 * difference.size
    right = np.array([np.vdot(part, difference) for part in parts], np.float64)
    for amount, part in zip(np.linalg.solve(matrix, right), parts, strict=True):
        difference -= np.float32(np.clip(amount, -1, 1)) * part
    window = (_WINDOW, _WINDOW)
    left = cv2.blur(difference * difference, window)
    room = np.maximum(cv2.blur(detail * detail, window), 0)
    found: Plane = np.sqrt(np.maximum(left / (0.5 * room + 1), 0))
    return found, usable.astype(bool)


def _equally_sharp(actual: Plane, expected: Plane, weight: Plane) -> tuple[Plane, Plane]:
    """Blur the sharper one until they agree best."""
    import cv2

    def steep(values: Plane) -> float:
        edges = cv2.Laplacian(values, cv2.CV_32F, ksize=1) * weight
        return float(np.abs(edges).mean())

    sharp, soft = steep(expected), steep(actual)
    if max(sharp, soft) < 1.15 * min(sharp, soft):
        return actual, expected
    target = min(sharp, soft)
    source = expected if sharp > soft else actual
    blurred, below = source, 0.0
    for sigma in _BLURS:
        candidate = cv2.GaussianBlur(source, (0, 0), sigma)
        level = steep(candidate)
        if level < target:  # between this and the one before lies the blur that is meant
            share = (max(sharp, soft) if below == 0 else below) - target
            total = (max(sharp, soft) if below == 0 else below) - level
            part = np.float32(share / max(total, 1e-6))
            blurred = blurred * (1 - part) + candidate * part
            break
        blurred, below = candidate, level
    return (actual, blurred) if sharp > soft else (blurred, expected)


def _cells(values: Plane, count: int) -> Plane:
    import cv2

    small: Plane = cv2.resize(values, (count, count), interpolation=cv2.INTER_AREA)
    return small


def _correlations(
    one: Luminance, other: Luminance, mask: NDArray[np.bool_]
) -> tuple[Plane, NDArray[np.bool_]]:
    """The normalised correlation of each cell, float32[CELLS, CELLS], and which cells count."""
    weight = mask.astype(np.float32)
    full = _cells(weight, CELLS)
    a, b = one.astype(np.float32), other.astype(np.float32)

    def mean(values: Plane) -> Plane:
        return np.asarray(_cells(values * weight, CELLS) / np.maximum(full, 1e-6), np.float32)

    mean_a, mean_b = mean(a), mean(b)
    together = mean(a * b) - mean_a * mean_b
    spread = (mean(a * a) - mean_a**2 + 0.5).clip(0.5) * (mean(b * b) - mean_b**2 + 0.5).clip(0.5)
    found = (together + 0.5) / np.sqrt(spread)
    return np.asarray(found, np.float32), full > 0.5


def _moved(one: Luminance, other: Luminance, mask: NDArray[np.bool_]) -> float:
    offsets, clear = displacements(contrast_normalised(one), contrast_normalised(other), mask)
    if not clear.any():
        return 0.0
    return float(np.median(np.hypot(offsets[clear, 0], offsets[clear, 1])))


def noise(one: Luminance, other: Luminance, mask: NDArray[np.bool_] | None) -> Noise | None:
    """Fine residuals of two pictures, uint8[h, w], that lie on each other; None where hardly a
    cell is whole."""
    import cv2

    weight = np.ones(one.shape, np.float32) if mask is None else mask.astype(np.float32)

    def fine(luma: Luminance) -> Plane:
        values = luma.astype(np.float32)
        out: Plane = (values - cv2.GaussianBlur(values, (0, 0), 1.5)) * weight
        return out

    a, b = fine(one), fine(other)
    whole = _cells(weight, _REGIONS) > 0.9
    if int(whole.sum()) < _FEWEST_CELLS:
        return None
    energy_a, energy_b = _cells(a * a, _REGIONS)[whole], _cells(b * b, _REGIONS)[whole]
    shared = _cells(a * b, _REGIONS)[whole]
    most, least = np.maximum(energy_a, energy_b), np.minimum(energy_a, energy_b)
    flat = most <= np.quantile(most, _FLATTEST)
    scale = float(np.sqrt(float(energy_a[flat].sum()) * float(energy_b[flat].sum()) + 1e-9))
    return Noise(
        correlation=float(shared[flat].sum()) / scale,
        stronger=float(np.sqrt(np.median(most[flat]))),
        weaker=float(np.sqrt(np.median(least[flat]))),
        texture=float(np.sqrt(np.quantile(least, _FLATTEST / 2))),
    )
