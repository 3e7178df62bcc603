"""One picture's luma foretold from another's colours.

A curve for each channel and a slow change over the frame say what brightness, contrast, grey,
sepia, saturation and vignettes do. Fitted by iteratively reweighted least squares, so that what
was pasted on does not count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.types import Pixels

Plane = NDArray[np.float32]

_KNOTS = np.array((0, 16, 40, 72, 112, 152, 192, 224, 240, 255))
_COUNT = len(_KNOTS)
_HATS = np.stack([np.interp(np.arange(256), _KNOTS, row) for row in np.eye(_COUNT)], axis=1)
"""float64[256, knots]: how far a level belongs to each knot."""

_SAMPLES = 1200
_ROUNDS = 4
_DARKEST, _BRIGHTEST = 3, 252
"""Channels past these may have been clipped: nothing can be foretold there."""


@dataclass(frozen=True, slots=True)
class Foretold:
    """``actual`` and ``expected`` luma of the ground, float32[h, w], both a little smoothed;
    ``usable``: bool[h, w], where neither picture is clipped."""

    actual: Plane
    expected: Plane
    usable: NDArray[np.bool_]


def foretell(
    ground: Pixels, sheet: Pixels, mask: NDArray[np.bool_], trusted: NDArray[np.bool_]
) -> Foretold:
    """The ground's luma from the sheet's colours, both uint8[h, w, 3]; learnt where ``trusted``,
    told where ``mask`` is."""
    import cv2

    colours = cv2.GaussianBlur(sheet.astype(np.float32), (0, 0), 1.0)
    luma = cv2.cvtColor(ground, cv2.COLOR_RGB2GRAY).astype(np.float32)
    actual = cv2.GaussianBlur(luma, (0, 0), 1.0)
    usable = mask & _unclipped(ground) & _unclipped(sheet)
    if usable.sum() < 0.2 * mask.sum():
        usable = mask
    height, width = actual.shape
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    learnt = usable & trusted
    rows, columns = np.nonzero(learnt if learnt.sum() > 0.2 * usable.sum() else usable)
    step = max(1, len(rows) // _SAMPLES)
    rows, columns = rows[::step], columns[::step]
    picked = np.rint(colours[rows, columns]).clip(0, 255).astype(np.intp)
    across, down = x[0, columns].astype(np.float64), y[rows, 0].astype(np.float64)
    grey = cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY) / np.float32(255)
    parts = [_HATS[picked[:, channel]] for channel in range(3)]
    slow = np.stack(_slow(across, down), axis=1)
    parts += [slow, slow * grey[rows, columns, None]]
    weights = _robust_fit(np.concatenate(parts, axis=1), actual[rows, columns].astype(np.float64))
    curves = [(_HATS @ weights[c * _COUNT : (c + 1) * _COUNT]).astype(np.float32) for c in range(3)]
    expected = sum(_through(curve, colours[:, :, c]) for c, curve in enumerate(curves))
    plain, scaled = np.split(weights[3 * _COUNT :].astype(np.float32), 2)
    terms = _slow(x, y)
    for weight, by_grey, term in zip(plain, scaled, terms, strict=True):
        expected = expected + (weight + by_grey * grey) * term
    return Foretold(actual, np.asarray(expected, np.float32), usable)


def _unclipped(picture: Pixels) -> NDArray[np.bool_]:
    import cv2

    low, high = (_DARKEST + 1,) * 3, (_BRIGHTEST - 1,) * 3
    return np.asarray(cv2.inRange(picture, low, high)).astype(bool)


def _slow(x: NDArray[np.floating], y: NDArray[np.floating]) -> list[NDArray[np.floating]]:
    """What changes slowly over the frame; -1 to 1 from side to side."""
    square_x, square_y = x * x, y * y
    radius = square_x + square_y
    return [x + 0 * y, y + 0 * x, square_x + 0 * y, square_y + 0 * x, x * y, radius * radius]


def _through(curve: Plane, values: Plane) -> Plane:
    low = np.clip(values.astype(np.intp), 0, 254)
    part = values - low
    out: Plane = curve[low] * (1 - part) + curve[low + 1] * part
    return out


def _robust_fit(columns: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least squares with Cauchy-like weights; smooth curves where there is nothing to go by."""
    count = len(values)
    penalty = np.diag([1e-3] * (3 * _COUNT) + [1e-2] * (columns.shape[1] - 3 * _COUNT)) * count
    penalty *= 1e-2
    for channel in range(3):
        for knot in range(1, _COUNT - 1):
            at = channel * _COUNT + knot
            bend = np.zeros(columns.shape[1])
            bend[at - 1 : at + 2] = 1, -2, 1
            penalty += 4e-4 * count * np.outer(bend, bend)
    trust = np.ones(count)
    weights = np.zeros(columns.shape[1])
    for _round in range(_ROUNDS):
        weighted = columns * trust[:, None]
        weights = np.linalg.solve(weighted.T @ columns + penalty, weighted.T @ values)
        off = np.abs(values - columns @ weights)
        scale = max(0.5, 1.5 * float(np.median(off)))
        trust = 1 / (1 + (off / (2 * scale)) ** 2)
    return weights
