"""Is one picture an edited version of the other?

Features align the two; what one picture shows and the other lacks must be nothing but a frame, a
bar or what was cut off; and what overlaps must be the same exposure. Panorama neighbours fail the
first test, frames from a tripod the second.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.types import Evidence, Pixels, Tier, Transform
from albumdedup.core.verify.alignment import (
    MIRROR,
    Alignment,
    Homography,
    align,
    inverse,
    share_inside,
    sticks_out,
)
from albumdedup.core.verify.explain import Explained, Noise, explain
from albumdedup.core.verify.features import Sight
from albumdedup.core.verify.overlay import Overlay, lay_over

LOW_DETAIL, SAME_LAYOUT = "low_detail", "same_layout"
_LAYOUT_EDGE, _LAYOUT_AGREES, _SHAPE = 48, 0.98, 0.02
"""Thumbnails of unrelated pictures of low detail correlate up to 0.90, those of blurred and noisy
copies from 0.995."""
_PIXELS_AGREE = frozenset({"noise_differs", "cannot_tell"})
"""Notes of pictures that align and correlate, though nothing proves them one exposure."""

LEAST_EDGE = 180
"""Overlaps of less than its square, in pixels, prove nothing."""

_PAST = 0.012
"""How far, in sides, a contained picture may seem to reach past the other."""
_CORRELATION = 0.85
_UNEXPLAINED = 0.045
"""Share of the overlap; edits of the whole picture stay below 0.03, shots from a tripod above."""
_PASTED_CORRELATION = 0.98
_PASTED_NOISE, _PASTED = (0.38, 0.7), (0.3, 0.36)
"""Share that captions and stickers may cover, by the noise that is shared elsewhere."""
_SMALL = 400
"""Overlaps below its square, in pixels, hide much: they have to agree very well."""
_SMALL_CORRELATION, _SMALL_NOISE = 0.983, 0.12
_MOVED = 0.4
_TEXTURES, _NOISE = (0.4, 0.5, 0.7, 0.9), (0.05, 0.12, 0.12, 0.5)
"""Texture in grey levels and the least correlation of noise there: two shots of gravel or grass
share their texture, and only what goes beyond it tells."""
_SAME_TEXTURES, _SAME_NOISE = (0.3, 0.5, 0.7, 0.9, 1.3, 2.0), (0.025, 0.04, 0.15, 0.25, 0.4, 0.6)
"""The same for the same photo: copies at quality 40 and 1024 px still reach twice as much."""
_SAME_NOISE_SHOWS = 0.35
_NOISELESS_CORRELATION = 0.99
"""Where compression took the noise of both, frames from a tripod reach 0.985."""
NOISE_SHOWS = 0.3
"""Grey levels of fine residual above which two encodings of one shot share some of it."""


def judge_edit(first: Sight, second: Sight, *, thorough: bool = True) -> tuple[Tier, Evidence]:
    """EDITED with the transform, or SIMILAR with what stands against it.

    Pictures are reduced to at most COMPARE_EDGE px. ``thorough`` as in ``align``. Of a picture
    of low detail nothing but EDITED means anything, its note is ``low_detail``; unless it looks
    the same from afar, whatever the descriptor says: ``same_layout``.
    """
    tier, evidence = _judge(first, second, thorough)
    told = evidence.note in _PIXELS_AGREE
    if tier is Tier.SIMILAR and not told and (first.low_detail or second.low_detail):
        alike = _same_layout(first.pixels, second.pixels)
        evidence = replace(evidence, note=SAME_LAYOUT if alike else LOW_DETAIL)
    return tier, evidence


def _same_layout(first: Pixels, second: Pixels) -> bool:
    """Whether thumbnails correlate, whatever their contrast."""
    shapes = [picture.shape[1] / picture.shape[0] for picture in (first, second)]
    if abs(shapes[0] / shapes[1] - 1) > _SHAPE:
        return False
    one, other = (_thumbnail(picture) for picture in (first, second))
    return float((one * other).mean()) >= _LAYOUT_AGREES


def _thumbnail(picture: Pixels) -> NDArray[np.float32]:
    import cv2

    edge = (_LAYOUT_EDGE, _LAYOUT_EDGE)
    small = cv2.resize(picture, edge, interpolation=cv2.INTER_AREA)
    luma = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    centred: NDArray[np.float32] = (luma - luma.mean()) / max(float(luma.std()), 1.0)
    return centred


def _judge(first: Sight, second: Sight, thorough: bool) -> tuple[Tier, Evidence]:
    found = align(first, second, thorough=thorough)
    if found is None:
        return Tier.SIMILAR, Evidence("no_alignment")
    if _contained(found) > 2 * _PAST:
        return Tier.SIMILAR, _evidence("each_shows_more", found)
    one = first.pixels[:, ::-1] if found.mirrored else first.pixels
    laid = lay_over(np.ascontiguousarray(one), second.pixels, _unmirrored(found))
    edge = round(float(np.sqrt(laid.mask.sum())))
    found = replace(found, matrix=_mirrored_again(found, laid))
    if edge < LEAST_EDGE:
        return Tier.SIMILAR, _evidence("too_small_to_tell", found, edge)
    explained = explain(laid)
    note = "each_shows_more" if _contained(found) > _PAST else _objection(explained)
    evidence = _evidence(note or "aligned", found, edge, explained.correlation)
    return (Tier.SIMILAR if note else Tier.EDITED), evidence


def _contained(found: Alignment) -> float:
    """By how much the smaller picture reaches past the larger one."""
    return min(sticks_out(found.matrix), sticks_out(inverse(found.matrix)))


def _objection(explained: Explained) -> str | None:
    if explained.correlation < _CORRELATION:
        return "pixels_differ"
    if explained.moved > _MOVED:
        return "pixels_moved"
    shared = explained.noise
    if shared is None:
        return "cannot_tell"
    if shared.correlation < np.interp(shared.texture, _TEXTURES, _NOISE):
        return "noise_differs" if shared.weaker >= NOISE_SHOWS else "cannot_tell"
    if shared.stronger < NOISE_SHOWS and explained.correlation < _NOISELESS_CORRELATION:
        return "cannot_tell"
    if explained.unexplained > _may_be_unexplained(explained.correlation, shared.correlation):
        return "pixels_differ"
    if explained.edge < _SMALL and (
        explained.correlation < _SMALL_CORRELATION or shared.correlation < _SMALL_NOISE
    ):
        return "cannot_tell"
    return None


def _may_be_unexplained(correlation: float, shared_noise: float) -> float:
    if correlation < _PASTED_CORRELATION or shared_noise < _PASTED_NOISE[0]:
        return _UNEXPLAINED
    return float(np.interp(shared_noise, _PASTED_NOISE, _PASTED))


def noise_objection(shared: Noise | None) -> str | None:
    """What the sensor's noise says against one exposure, or None."""
    if shared is None or shared.stronger < _SAME_NOISE_SHOWS:
        return None
    if shared.correlation >= np.interp(shared.texture, _SAME_TEXTURES, _SAME_NOISE):
        return None
    return "noise_differs" if shared.weaker >= NOISE_SHOWS else "cannot_tell"


def _unmirrored(found: Alignment) -> Homography:
    return found.matrix @ MIRROR if found.mirrored else found.matrix


def _mirrored_again(found: Alignment, laid: Overlay) -> Homography:
    matrix = laid.first_to_second
    matrix = matrix @ MIRROR if found.mirrored else matrix
    found_again: Homography = matrix / matrix[2, 2]
    return found_again


def _evidence(
    note: str, found: Alignment, edge: int | None = None, correlation: float = 0.0
) -> Evidence:
    transform = Transform(
        matrix=tuple(round(float(value), 5) for value in found.matrix.ravel()),
        shows=round(share_inside(found.matrix), 3),
        shown=round(share_inside(inverse(found.matrix)), 3),
        correlation=round(correlation, 3),
    )
    return Evidence(note, compared_edge=edge, transform=transform)
