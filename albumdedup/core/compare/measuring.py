"""What differs between two photos that lie over one another, and which one is sharper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.compare.faces import eyes_of, faces_of
from albumdedup.core.compare.looking import Box
from albumdedup.core.compare.placing import Matrix
from albumdedup.core.types import Luminance, Pixels
from albumdedup.core.verify.alignment import project
from albumdedup.core.verify.overlay import lay_over, reduced

Strength = NDArray[np.float32]
"""float32[h, w]: 0 where nothing differs that could be seen, 1 where all does."""

EDGE = 1600
"""Longer side, in pixels, at which photos are laid over one another."""

_FLOOR, _FULL = 8.0, 48.0
"""Grey levels that compression may change, and that count as wholly different."""
_SEEN = 0.2
_REGIONS, _REGION_SHARE, _LEAST = 3, 0.16, 0.015
_FACES = 2
"""So many of the regions may be faces: what else differs shall be seen too."""
_EYES_MORE = 1.5
"""Eyes are shown alone where they differ so much more than the whole face."""
_BLOCK = 16
_DETAILED = 0.1
_FULL_BLOCK = 0.999
BINS = 64


class Shows(Enum):
    """What a region is."""

    EYES = "eyes"
    FACE = "face"
    PLACE = "place"
    DETAIL = "detail"


@dataclass(frozen=True, slots=True)
class Region:
    """A box of the first photo's unit square that is worth a close look."""

    box: Box
    shows: Shows


@dataclass(frozen=True, slots=True)
class Difference:
    """``luma`` and ``strength`` cover the unit square of the coarser photo, which is the second
    one where ``ground_is_second``. ``regions`` are faces that differ, then other places, each the
    most different first; where nothing differs, the largest face or the finest detail. ``share``
    is the part of the overlap that differs, ``sharpness`` the second photo's over the first one's
    elsewhere.
    """

    luma: Luminance
    strength: NDArray[np.uint8]
    ground_is_second: bool
    regions: tuple[Region, ...]
    share: float
    sharpness: float


def differing(first: Pixels, second: Pixels, place: Matrix) -> Difference | None:
    """Both uint8[h, w, 3]; ``place`` leads from the first unit square to the second. None where
    they do not overlap."""
    import cv2

    laid = lay_over(_at_most(first), _at_most(second), place)
    if laid.mask.mean() < 0.01:
        return None
    strength = _strength(laid.ground, laid.sheet) * laid.mask
    lumas = [cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in (laid.ground, laid.sheet)]
    found = _regions(strength, laid.mask, lumas)
    to_first = np.eye(3)
    if laid.ground_is_second:
        to_first = np.asarray(np.linalg.inv(place), np.float64)
    alike = laid.mask & (strength < _SEEN)
    ground, sheet = (_sharpness(luma, alike) for luma in lumas)
    first_sharp, second_sharp = (sheet, ground) if laid.ground_is_second else (ground, sheet)
    return Difference(
        luma=lumas[0],
        strength=np.asarray(np.rint(strength * 255), np.uint8),
        ground_is_second=laid.ground_is_second,
        regions=tuple(replace(one, box=_in_first(one.box, to_first)) for one in found),
        share=float((strength > _SEEN).sum() / laid.mask.sum()),
        sharpness=second_sharp / max(1e-6, first_sharp),
    )


def histogram(picture: Pixels) -> tuple[float, ...]:
    """How much of a picture is how bright: shares in BINS steps from black to white."""
    import cv2

    luma = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    counts = np.bincount(luma.ravel(), minlength=256).reshape(BINS, -1).sum(axis=1)
    return tuple(float(count) for count in counts / max(1, luma.size))


def _at_most(picture: Pixels) -> Pixels:
    return reduced(picture, max(picture.shape[:2]) / EDGE)


def _strength(ground: Pixels, sheet: Pixels) -> Strength:
    """How far the one leaves the range of levels that the other has within a pixel: edges that
    lie a fraction of a pixel apart do not count."""
    import cv2

    smooth = [
        cv2.GaussianBlur(picture, (0, 0), 0.8).astype(np.int16) for picture in (ground, sheet)
    ]
    square = np.ones((3, 3), np.uint8)
    apart = np.zeros(ground.shape[:2], np.float32)
    for one, other in (smooth, smooth[::-1]):
        above = one - cv2.dilate(other, square)
        below = cv2.erode(other, square) - one
        apart = np.maximum(apart, np.maximum(above, below).max(axis=2).astype(np.float32))
    apart = cv2.GaussianBlur(np.maximum(apart, 0), (0, 0), 1.5)
    return np.asarray(np.clip((apart - _FLOOR) / (_FULL - _FLOOR), 0, 1), np.float32)


def _detail(luma: Luminance) -> Strength:
    import cv2

    fine = np.abs(cv2.Laplacian(luma.astype(np.float32), cv2.CV_32F))
    return np.asarray(fine / max(1.0, float(fine.max())), np.float32)


def _regions(
    strength: Strength, mask: NDArray[np.bool_], lumas: Sequence[Luminance]
) -> list[Region]:
    faces = faces_of(lumas[0], lumas[1])
    found = _differing_faces(strength, faces)[:_FACES]
    rest = strength.copy()
    for region in found:
        rest[_within(region.box, rest)] = 0
    found += [Region(box, Shows.PLACE) for box in _peaks(rest, mask)]
    if found:
        return found[:_REGIONS]
    if faces:
        return [Region(faces[0], Shows.FACE)]
    return [Region(box, Shows.DETAIL) for box in _peaks(_detail(lumas[0]), mask)][:1]


def _differing_faces(strength: Strength, faces: Sequence[Box]) -> list[Region]:
    """Faces, or their eyes where it is those that differ; the most different first."""
    found = []
    for face in faces:
        eyes = eyes_of(face)
        whole, of_eyes = (float(strength[_within(box, strength)].mean()) for box in (face, eyes))
        if max(whole, of_eyes) >= _LEAST:
            alone = of_eyes >= _EYES_MORE * whole
            region = Region(eyes, Shows.EYES) if alone else Region(face, Shows.FACE)
            found.append((max(whole, of_eyes), region))
    return [region for _much, region in sorted(found, key=lambda one: -one[0])]


def _within(box: Box, strength: Strength) -> tuple[slice, slice]:
    """The pixels of a box, at least one."""
    height, width = strength.shape
    left, top = int(box.left * width), int(box.top * height)
    right, bottom = round(box.right * width), round(box.bottom * height)
    return slice(top, max(top + 1, bottom)), slice(left, max(left + 1, right))


def _peaks(strength: Strength, mask: NDArray[np.bool_]) -> Iterator[Box]:
    """The squares that hold most, apart from one another, as boxes of the unit square."""
    import cv2

    height, width = strength.shape
    side = max(8, round(_REGION_SHARE * max(height, width)))
    across, down = min(side, width), min(side, height)
    mean = cv2.boxFilter(strength * mask, -1, (across, down), borderType=cv2.BORDER_CONSTANT)
    for _number in range(_REGIONS):
        y, x = (int(v) for v in np.unravel_index(int(mean.argmax()), mean.shape))
        if mean[y, x] < _LEAST:
            return
        left = min(max(0, int(x) - across // 2), width - across)
        top = min(max(0, int(y) - down // 2), height - down)
        x, y = _middle(strength[top : top + down, left : left + across])
        left = min(max(0, left + x - across // 2), width - across)
        top = min(max(0, top + y - down // 2), height - down)
        yield Box(left / width, top / height, (left + across) / width, (top + down) / height)
        y, x = top + down // 2, left + across // 2
        mean[max(0, y - down) : y + down + 1, max(0, x - across) : x + across + 1] = 0


def _middle(strength: Strength) -> tuple[int, int]:
    """Where the weight of a part lies, x and y: a whole row of squares may hold all of it."""
    total = float(strength.sum())
    if total <= 0:
        return strength.shape[1] // 2, strength.shape[0] // 2
    x = float((strength.sum(axis=0) * np.arange(strength.shape[1])).sum())
    y = float((strength.sum(axis=1) * np.arange(strength.shape[0])).sum())
    return round(x / total), round(y / total)


def _in_first(box: Box, to_first: Matrix) -> Box:
    corners = np.array(
        ((box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom))
    )
    points = project(to_first, corners)
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return Box(float(left), float(top), float(right), float(bottom))


def _sharpness(luma: Luminance, mask: NDArray[np.bool_]) -> float:
    """Slope of the finest tenth of the blocks; noise, which is everywhere, is smoothed first."""
    import cv2

    smooth = cv2.GaussianBlur(luma.astype(np.float32), (0, 0), 1.0)
    across = cv2.Sobel(smooth, cv2.CV_32F, 1, 0)
    down = cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    energy = across * across + down * down
    size = (max(1, luma.shape[1] // _BLOCK), max(1, luma.shape[0] // _BLOCK))
    full = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA) > _FULL_BLOCK
    blocks = cv2.resize(energy, size, interpolation=cv2.INTER_AREA)
    if full.any():
        blocks = blocks[full]
    blocks = np.sort(blocks.ravel())
    finest = blocks[-max(1, round(_DETAILED * blocks.size)) :]
    return float(np.sqrt(finest.mean()))
