"""What is left between two luminances once all that re-encoding may change is made equal.

Both are brought to the size of the smaller one: one gain and offset, a shift below one pixel and a
little sharpness are taken out. What is left is looked at through small windows, against the fine
detail that each window holds. Compression leaves an even grain; a closed eye, a moved leaf or a
date stamp stands out of it. The limits were measured on photos saved again in many ways, on
sequences and on small edits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.types import Evidence, Luminance

SMALLEST_EDGE = 256
"""A copy smaller than this hides closed eyes and next shots; its pixels prove nothing."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What copies of one shot keep within. ``windows`` are the largest residuals in windows of
    5, 9 and 15 px, in units of one grey level plus local detail; ``even`` gives the first two
    windows' bound over the photo's own grain, so that a lone spot in a clean photo stands out.
    ``grainy`` lets hard compression, which shows as grain everywhere, raise the bounds a little."""

    windows: tuple[float, float, float]
    even: bool = False
    grainy: bool = False


GAIN, BRIGHTNESS, SHIFT, SHARPNESS = 0.015, 0.8, 0.6, 0.2
"""How far gain may be from 1, mean from mean (grey levels), shift from 0 (px), sharpness from 0."""

_WINDOWS = (5, 9, 15)
_OVER_GRAIN, _MOST_GRAIN = (8.2, 5.6, 4.1), 0.85
"""Copies that were compressed hard reach these multiples of their grain; grain past the second
number raises nothing, since a moved camera makes grain too."""
_LIMITS = (
    (800, Limits((4.5, 3.2, 2.6), grainy=True)),
    (480, Limits((4.5, 3.0, 2.3), grainy=True)),
    (SMALLEST_EDGE, Limits((3.2, 2.5, 2.1), even=True)),
)


@dataclass(frozen=True, slots=True)
class Measured:
    edge: int
    rms: float
    worst: float
    gain: float
    brightness: float
    shift: float
    sharpness: float
    windows: tuple[float, float, float]
    grain: float

    def objection(self, slack: float = 1.0) -> str | None:
        """The note that forbids Same photo, or None. ``slack`` widens what windows may hold."""
        limits = _limits(self.edge)
        if limits is None:
            return "too_small_to_tell"
        if self.shift > SHIFT:
            return "pixels_moved"
        if abs(self.gain - 1) > GAIN or abs(self.brightness) > BRIGHTNESS:
            return "tones_differ"
        if abs(self.sharpness) > SHARPNESS:
            return "sharpness_differs"
        bounds = list(limits.windows)
        if limits.even:
            bounds[0] = min(bounds[0], 1.5 + 4 * self.grain)
            bounds[1] = min(bounds[1], 1.0 + 3 * self.grain)
        if limits.grainy:
            grain = min(self.grain, _MOST_GRAIN)
            raised = [factor * grain for factor in _OVER_GRAIN]
            bounds = [max(pair) for pair in zip(bounds, raised, strict=True)]
        if any(found > slack * bound for found, bound in zip(self.windows, bounds, strict=True)):
            return "pixels_differ"
        return None

    def evidence(self, note: str, orientation: int) -> Evidence:
        return Evidence(
            note=note,
            orientation=orientation,
            residual=round(self.rms, 3),
            worst_block=round(self.worst, 3),
            gain=round(self.gain, 4),
            compared_edge=self.edge,
        )


def measure(small: Luminance, large: Luminance) -> Measured:
    """Make the two alike in tone, place and sharpness, and look at what is left."""
    import cv2

    size = small.shape[::-1]
    if large.shape != small.shape:
        large = cv2.resize(large, size, interpolation=cv2.INTER_AREA)
    one = cv2.GaussianBlur(small.astype(np.float32), (0, 0), 1.0)
    other = cv2.GaussianBlur(large.astype(np.float32), (0, 0), 1.0)
    means, spreads = (
        (float(one.mean()), float(other.mean())),
        (float(one.std()), float(other.std())),
    )
    gain = max(spreads[0], 1e-3) / max(spreads[1], 1e-3)
    one = (one - means[0]) * np.float32(gain**-0.5)
    other = (other - means[1]) * np.float32(gain**0.5)
    middle, difference = (one + other) * np.float32(0.5), other - one
    across = cv2.Sobel(middle, cv2.CV_32F, 1, 0, ksize=3, scale=0.125)
    down = cv2.Sobel(middle, cv2.CV_32F, 0, 1, ksize=3, scale=0.125)
    detail = cv2.Laplacian(middle, cv2.CV_32F, ksize=1)
    x, y, sharpness = _explain(difference, across, down, detail)
    shift = max(abs(x), abs(y))
    for amount, limit, part in ((x, 1, across), (y, 1, down), (sharpness, 1, detail)):
        difference -= np.float32(np.clip(amount, -limit, limit)) * part
    rms, worst = block_residuals(difference)
    windows, grain = _windows(difference, detail, _limits(max(size)))
    brightness = means[1] - means[0]
    return Measured(
        max(size), rms, worst, gain, brightness, shift, sharpness, windows, grain
    )  # fmt: skip


def _explain(
    difference: NDArray[np.float32], *parts: NDArray[np.float32]
) -> tuple[float, float, float]:
    """Least squares: how much of each part is in the difference (one step of Lucas and Kanade's
    registration, with a third regressor for sharpness)."""
    count = len(parts)
    matrix, right = np.empty((count, count)), np.empty(count)
    for i, part in enumerate(parts):
        right[i] = np.vdot(part, difference)
        for j in range(i + 1):
            matrix[i, j] = matrix[j, i] = np.vdot(part, parts[j])
    matrix += np.eye(count) * 1e-6 * difference.size
    x, y, sharpness = (float(value) for value in np.linalg.solve(matrix, right))
    return x, y, sharpness


def _limits(edge: int) -> Limits | None:
    return next((limits for smallest, limits in _LIMITS if edge >= smallest), None)


def _windows(
    difference: NDArray[np.float32], detail: NDArray[np.float32], limits: Limits | None
) -> tuple[tuple[float, float, float], float]:
    """The largest residual in windows of each size relative to local detail, and the grain: the
    90th percentile in windows of 9 px.

    Local detail only ever lowers a residual. Where the bare residuals are within the limits
    already, they are returned with grain 0, and half of the work is spared.
    """
    import cv2

    energy = difference * difference
    local = {width: cv2.blur(energy, (width, width)) for width in _WINDOWS}
    if limits is not None and not limits.even:
        bare = [_root_of_most(local[width]) for width in _WINDOWS]
        if all(found <= bound for found, bound in zip(bare, limits.windows, strict=True)):
            return (bare[0], bare[1], bare[2]), 0.0
    room = detail * detail
    largest, grain = [], 0.0
    for width in _WINDOWS:
        allowed = cv2.blur(room, (width, width))  # its rounding may fall below 0 by 1e-6
        ratio = cv2.divide(local[width], cv2.add(cv2.multiply(allowed, 0.5), 1.0))
        largest.append(_root_of_most(ratio))
        if width == 9:
            grain = float(np.sqrt(max(float(np.quantile(ratio[1::3, 1::3], 0.9)), 0.0)))
    return (largest[0], largest[1], largest[2]), grain


def _root_of_most(values: NDArray[np.float32]) -> float:
    return float(np.sqrt(max(float(values.max()), 0.0)))


def block_residuals(difference: NDArray[np.float32]) -> tuple[float, float]:
    """The rms of the whole and of the worst of 24 × 24 blocks, in grey levels."""
    import cv2

    energy = difference * difference
    height, width = energy.shape
    blocks = cv2.resize(energy, (min(24, width), min(24, height)), interpolation=cv2.INTER_AREA)
    return float(np.sqrt(energy.mean())), float(np.sqrt(max(float(blocks.max()), 0.0)))
