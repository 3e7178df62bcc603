"""One look at several photos: pan and zoom are kept in the plane of the first photo, so that all
panes move in step whatever the size of their photos."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from albumdedup.core.compare.placing import Matrix, outline
from albumdedup.core.verify.alignment import project

_CLOSEST = 16.0
"""Screen pixels of the finest photo's pixel that one may zoom to."""
_FARTHEST = 0.5
"""Share of the fitting scale that one may zoom out to."""

Size = tuple[float, float]
"""Width, height."""


@dataclass(frozen=True, slots=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    @property
    def size(self) -> Size:
        return self.right - self.left, self.bottom - self.top

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Look:
    """The point of the plane in the middle of each pane, and screen pixels per plane pixel. The
    plane is the first photo at full size."""

    x: float
    y: float
    scale: float


def bounds(first: Size, placed: Iterable[Matrix]) -> Box:
    """The least box of the plane in which all photos lie; places that run away are passed over."""
    corners = [np.array(((0.0, 0.0), first))]
    for place in placed:
        found = outline(place) * first
        if np.isfinite(found).all() and np.abs(found).max() < 8 * max(first):
            corners.append(found)
    points = np.concatenate(corners)
    left, top = (float(v) for v in points.min(axis=0))
    right, bottom = (float(v) for v in points.max(axis=0))
    return Box(left, top, right, bottom)


def whole(box: Box, pane: Size, margin: float = 0.0) -> Look:
    """The look that shows all of a box."""
    width, height = box.size
    room = max(1.0, pane[0] - 2 * margin), max(1.0, pane[1] - 2 * margin)
    return Look(*box.middle, min(room[0] / max(1e-6, width), room[1] / max(1e-6, height)))


def zoomed(look: Look, factor: float, at: tuple[float, float], pane: Size, limits: Limits) -> Look:
    """Nearer or farther; the detail under ``at`` (a point of the pane) stays there."""
    scale = min(limits.most, max(limits.least, look.scale * factor))
    x, y = at[0] - pane[0] / 2, at[1] - pane[1] / 2
    shift = 1 / look.scale - 1 / scale
    return limits.kept(Look(look.x + x * shift, look.y + y * shift, scale))


def moved(look: Look, across: float, down: float, limits: Limits) -> Look:
    """The photo follows the pointer by so many screen pixels."""
    there = replace(look, x=look.x - across / look.scale, y=look.y - down / look.scale)
    return limits.kept(there)


def at_pixels(look: Look, finest: float, ratio: float) -> Look:
    """One pixel of the finest photo on one pixel of the screen. ``ratio`` is the screen's."""
    return replace(look, scale=finest / ratio)


@dataclass(frozen=True, slots=True)
class Limits:
    """How near, how far and where to one may look."""

    box: Box
    least: float
    most: float

    def kept(self, look: Look) -> Look:
        """The middle of a pane never leaves the photos."""
        box = self.box
        return replace(
            look,
            x=min(box.right, max(box.left, look.x)),
            y=min(box.bottom, max(box.top, look.y)),
        )


def limits(box: Box, pane: Size, finest: float, ratio: float) -> Limits:
    fitting = whole(box, pane).scale
    return Limits(box, _FARTHEST * fitting, max(fitting, _CLOSEST * finest / ratio))


def density(place: Matrix, first: Size, photo: Size, at: tuple[float, float]) -> float:
    """Pixels of a photo per pixel of the plane, around a point of the plane."""
    x, y = at[0] / first[0], at[1] / first[1]
    step = 1e-3
    corner, right, below = project(place, np.array(((x, y), (x + step, y), (x, y + step)))) * photo
    one, two = right - corner, below - corner
    area = abs(float(one[0] * two[1] - one[1] * two[0]))
    return float(np.sqrt(area / (step * first[0] * step * first[1])))


def plane_to_screen(look: Look, pane: Size) -> Matrix:
    s = look.scale
    return np.array(
        ((s, 0, pane[0] / 2 - s * look.x), (0, s, pane[1] / 2 - s * look.y), (0, 0, 1.0))
    )


def image_to_screen(look: Look, pane: Size, first: Size, place: Matrix, image: Size) -> Matrix:
    """From the pixels of an image that holds all of a photo, at whatever size, to the pane."""
    to_unit = np.diag((1 / image[0], 1 / image[1], 1.0))
    to_plane = np.diag((first[0], first[1], 1.0)) @ np.linalg.inv(place)
    matrix = plane_to_screen(look, pane) @ to_plane @ to_unit
    out: Matrix = matrix / matrix[2, 2]
    return out
