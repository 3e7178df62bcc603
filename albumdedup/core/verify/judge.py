"""Two nominated photos → what their pixels prove.

Precision is worth more than recall: when in doubt the answer is Similar.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.dates import different_shots
from albumdedup.core.types import Evidence, Luminance, PhotoMetadata, Pixels, Tier, Transform
from albumdedup.core.verify.edits import NOISE_SHOWS, noise_objection
from albumdedup.core.verify.explain import noise
from albumdedup.core.verify.residual import Measured, block_residuals, measure

COMPARE_EDGE = 800
"""Longer side, in pixels, at which photos are compared: closed eyes show in a group photo."""

SAME_SIMILARITY = 0.985
"""Copies lie above 0.997 by the descriptor, grey or toned versions of colour photos below."""

SMALLEST_SIDE = 48
"""A strip narrower than this, in pixels, has too little of a picture to prove anything."""

_IDENTICAL_SIMILARITY = 0.9995
_COARSE_EDGE = 32
_COARSE_AGREEMENT = 0.95
_EXCUSED, _SHARED_NOISE = 1.12, 0.35
_NOISELESS_RMS = 1.3
"""Grey levels: what two encodings of a photo without visible noise stay below."""
_COLOUR_CELLS = 16
_COLOUR_LIMIT = 12.0
"""Chroma distance of a cell: copies stay below 6.4, a grey version of a colour photo is at 50."""


class Shot(Protocol):
    """What is known of a photo without its pixels; a ``Photo`` is one. Size upright."""

    @property
    def width(self) -> int: ...

    @property
    def height(self) -> int: ...

    @property
    def plain(self) -> bool: ...

    @property
    def metadata(self) -> PhotoMetadata: ...


def could_be_same(a: Shot, b: Shot, similarity: float | None = None) -> str | None:
    """None when the pixels deserve a look, else the note that says why they don't.

    ``similarity`` (of the descriptors) lets shots with different capture instants through only
    where their pixels may be identical.
    """
    if a.plain or b.plain:
        return None if (a.width, a.height) == (b.width, b.height) else "plain"
    straight = _shapes_agree(a.width, a.height, b.width, b.height)
    if not straight and not _shapes_agree(a.width, a.height, b.height, b.width):
        return "shapes_differ"
    if different_shots(a.metadata, b.metadata):
        twins = similarity is not None and similarity >= _IDENTICAL_SIMILARITY
        if not twins or (a.width, a.height) != (b.width, b.height):
            return "capture_times_differ"
    return None


def could_be_edited(a: Shot, b: Shot) -> str | None:
    """None when features deserve a look, else the note that says why they don't."""
    if a.plain or b.plain:
        return "plain"
    return "capture_times_differ" if different_shots(a.metadata, b.metadata) else None


def verify(
    first: Luminance | Pixels,
    second: Luminance | Pixels,
    a: Shot,
    b: Shot,
    *,
    similarity: float | None = None,
) -> tuple[Tier, Evidence]:
    """Compare two upright pictures, each reduced to at most COMPARE_EDGE px, antialiased.

    Luma (uint8[h, w]) or sRGB (uint8[h, w, 3], which also tells grey and toned versions from
    copies). SAME: one shot, the same way up, and every window agrees. EDITED: the same after a
    quarter turn or mirror. SIMILAR: everything else, with a note of what decided. The same tier
    for (a, b) and (b, a). ``plain`` pictures and shots with different capture instants are SAME
    only when their pixels are equal.
    """
    one, other = _luma(first), _luma(second)
    same_size = (a.width, a.height) == (b.width, b.height) and one.shape == other.shape
    alike = similarity is None or similarity >= SAME_SIMILARITY
    if same_size and alike and np.array_equal(first, second):
        return Tier.SAME, Evidence("pixels_equal", 1, 0.0, 0.0, 1.0, max(one.shape))
    if a.plain or b.plain:
        return _compare_plain(one, other, same_size)
    obstacle = could_be_same(a, b)
    if obstacle is not None:
        return Tier.SIMILAR, Evidence(obstacle)
    if min(*one.shape, *other.shape) < SMALLEST_SIDE:
        return Tier.SIMILAR, Evidence("too_small_to_tell")
    swapped = (other.size, other.tobytes()) < (one.size, one.tobytes())
    small, large = (other, one) if swapped else (one, other)
    orientation = _find_orientation(small, large)
    if orientation is None:
        return Tier.SIMILAR, Evidence("pixels_differ")
    turned = turn(large, orientation)
    found = measure(small, turned)
    note = _objection(found, small, turned)
    if note is None and not _colours_agree(first, second, orientation, swapped):
        note = "colours_differ"
    if note is None and orientation == 1 and not alike:
        note = "descriptors_differ"
    to_first = _inverse(orientation) if swapped else orientation
    evidence = found.evidence(note or ("pixels_agree" if orientation == 1 else "turned"), to_first)
    if note is not None:
        return Tier.SIMILAR, evidence
    if orientation == 1:
        return Tier.SAME, evidence
    return Tier.EDITED, replace(evidence, transform=turned_by(to_first))


def _objection(found: Measured, small: Luminance, large: Luminance) -> str | None:
    """What residuals and the sensor's noise say against one exposure. Noise that both share
    excuses a residual just past its limit."""
    import cv2

    note = found.objection()
    if note is not None and found.objection(_EXCUSED) is not None:
        return note
    if large.shape != small.shape:
        large = cv2.resize(large, small.shape[::-1], interpolation=cv2.INTER_AREA)
    shared = noise(small, large, None)
    if note is not None and (shared is None or shared.correlation < _SHARED_NOISE):
        return note
    if shared is not None and shared.stronger < NOISE_SHOWS and found.rms > _NOISELESS_RMS:
        return "cannot_tell"
    return noise_objection(shared)


def turned_by(orientation: int) -> Transform:
    """The transform of a second picture that ``orientation`` turns onto the first."""
    from_middle = np.array(((1.0, 0.0), (0.0, 1.0)))
    if orientation in (5, 6, 7, 8):
        from_middle = from_middle[::-1]
    across = -1.0 if orientation in (2, 3, 6, 7) else 1.0
    down = -1.0 if orientation in (3, 4, 7, 8) else 1.0
    # A viewer transposes first and flips then: its inverse flips first.
    linear = from_middle @ np.diag((across, down))
    shift = 0.5 - linear @ np.array((0.5, 0.5))
    rows = np.column_stack((linear, shift))
    matrix = (*(float(value) for value in rows.ravel()), 0.0, 0.0, 1.0)
    return Transform(matrix, 1.0, 1.0, 1.0)


def turn(picture: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Apply an EXIF orientation (1..8) to a picture, as a viewer would."""
    if orientation in (5, 6, 7, 8):
        picture = picture.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        picture = picture[:, ::-1]
    if orientation in (3, 4, 7, 8):
        picture = picture[::-1]
    return np.ascontiguousarray(picture)


def _inverse(orientation: int) -> int:
    return {6: 8, 8: 6}.get(orientation, orientation)


def _shapes_agree(width: int, height: int, other_width: int, other_height: int) -> bool:
    """Whether one size is the other one resized, up to 1.5 px of rounding in the smaller."""
    slack = 1.5 * max(width, height, other_width, other_height)
    return abs(width * other_height - height * other_width) <= slack


def _luma(picture: Luminance | Pixels) -> Luminance:
    if picture.ndim == 2:
        return picture
    import cv2

    luma: Luminance = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return luma


def _compare_plain(one: Luminance, other: Luminance, same_size: bool) -> tuple[Tier, Evidence]:
    """Near-uniform and tiny pictures: equal size and no block off by more than a grey level."""
    if not same_size:
        return Tier.SIMILAR, Evidence("plain")
    rms, worst = block_residuals(one.astype(np.float32) - other.astype(np.float32))
    evidence = Evidence("pixels_agree", 1, rms, worst, 1.0, max(one.shape))
    if worst <= 1.0:
        return Tier.SAME, evidence
    return Tier.SIMILAR, Evidence("plain", 1, rms, worst, 1.0, max(one.shape))


def _find_orientation(small: Luminance, large: Luminance) -> int | None:
    """The orientation that brings ``large`` onto ``small``, told by thumbnails; the lowest value
    where several are as good, None where none is good or the shapes forbid it."""
    import cv2

    edge = (_COARSE_EDGE, _COARSE_EDGE)
    pattern = _standard(cv2.resize(small, edge, interpolation=cv2.INTER_AREA))
    coarse = cv2.resize(large, edge, interpolation=cv2.INTER_AREA)
    scores = {
        o: float((pattern * _standard(turn(coarse, o))).mean())
        for o in range(1, 9)
        if _shapes_agree(*small.shape, *(large.shape if o < 5 else large.shape[::-1]))
    }
    best = max(scores.values(), default=0.0)
    if best < _COARSE_AGREEMENT:
        return None
    return min(o for o, score in scores.items() if score >= best - 0.002)


def _standard(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    values = picture.astype(np.float32)
    centred: NDArray[np.float32] = (values - values.mean()) / max(float(values.std()), 1e-3)
    return centred


def _colours_agree(
    first: Luminance | Pixels, second: Luminance | Pixels, orientation: int, swapped: bool
) -> bool:
    """Whether the chroma of a coarse grid agrees; True where a picture came as luma only."""
    if first.ndim == 2 or second.ndim == 2:
        return True
    import cv2

    cells = (_COLOUR_CELLS, _COLOUR_CELLS)

    def grid(picture: Pixels) -> NDArray[np.float32]:
        small = cv2.resize(picture, cells, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        chroma: NDArray[np.float32] = cv2.cvtColor(small, cv2.COLOR_RGB2YCrCb)[:, :, 1:] * 255
        return chroma

    turned = turn(second, _inverse(orientation) if swapped else orientation)
    distance = np.sqrt(((grid(first) - grid(turned)) ** 2).sum(axis=2))
    return bool(distance.max() <= _COLOUR_LIMIT)
