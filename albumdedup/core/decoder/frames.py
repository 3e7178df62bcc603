"""The photo inside a frame: borders, letterboxes, polaroids, screenshots of a phone.

A descriptor of the whole sees mostly the frame; one of the inner box sees the photo.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.types import Pixels

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""

_TOLERANCE = 14
"""How far a channel of the frame may be from its colour."""
_PLAIN_SHARE = 0.6
"""Share of a line that has the frame's colour; the rest are clocks, buttons and captions."""
_QUIET_SHARE = 0.97
_LEAST_CUT = 0.05
_LEAST_LEFT = 0.06
_LEAST_EDGE = 24
_SOLID = 0.04
"""The photo begins where that share of the lines in a row, at least, is none of the frame."""


def inner_box(picture: Pixels) -> Box | None:
    """The box of a framed photo in uint8[h, w, 3], or None where no two opposite sides are of
    one plain colour. A guess that costs nothing where it is wrong: what is inside is looked at
    beside the whole, not in its place."""
    height, width = picture.shape[:2]
    if min(height, width) < 2 * _LEAST_EDGE:
        return None
    rows = _span(picture)
    columns = _span(picture.swapaxes(0, 1))
    top, bottom = rows or (0, height)
    left, right = columns or (0, width)
    share = (bottom - top) * (right - left) / (height * width)
    if not _LEAST_LEFT < share < 1 - _LEAST_CUT or min(bottom - top, right - left) < _LEAST_EDGE:
        return None
    return left, top, right, bottom


def _span(picture: Pixels) -> tuple[int, int] | None:
    """The rows between two plain bars of one colour, or None."""
    colours = [np.median(picture[row], axis=0) for row in (0, -1)]
    if np.abs(colours[0] - colours[1]).max() > _TOLERANCE:
        return None
    if any(_share(picture[row][None], colours[0])[0] < _QUIET_SHARE for row in (0, -1)):
        return None
    busy = _share(picture, colours[0]) < _PLAIN_SHARE
    run = max(3, round(_SOLID * len(busy)))
    solid = np.convolve(busy, np.ones(run), "valid") >= run
    starts = np.flatnonzero(solid)
    if not len(starts):
        return None
    first, last = int(starts[0]), int(starts[-1]) + run
    return (first, last) if first > 0 and last < len(busy) else None


def _share(lines: Pixels, colour: NDArray[np.floating]) -> NDArray[np.float64]:
    """How much of each line has the colour."""
    low = np.clip(colour - _TOLERANCE, 0, 255).astype(np.uint8)
    high = np.clip(colour + _TOLERANCE, 0, 255).astype(np.uint8)
    return np.asarray(((lines >= low) & (lines <= high)).all(axis=2).mean(axis=1), np.float64)
