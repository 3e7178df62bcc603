"""Where each point of a copy comes from: random chains of the edits that move points.

A matrix is float64[3, 3] and leads from the copy's unit square BACK to the original's, which is
the direction in which pixels are fetched.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Chance = np.random.Generator


@dataclass(frozen=True)
class Frame:
    """What lies outside a photo: one colour, or the photo itself, blurred."""

    back: Matrix
    """From the copy to the framed picture; outside its unit square lies the frame."""
    colour: tuple[float, float, float]
    blurred: Matrix | None = None
    """From the copy to the photo, for a blurred ground."""
    uneven: float = 0.0
    """How much the light of the ground varies."""


@dataclass
class Course:
    """How one photo became a copy."""

    aspect: float
    back: Matrix = field(default_factory=lambda: np.eye(3))
    frames: list[Frame] = field(default_factory=list)
    screen: bool = False
    dark: bool = False

    def then(self, matrix: Matrix) -> None:
        """One step more, given from its result back to what it starts from."""
        self.back = self.back @ matrix
        self.frames = [
            Frame(
                f.back @ matrix,
                f.colour,
                None if f.blurred is None else f.blurred @ matrix,
                f.uneven,
            )
            for f in self.frames
        ]

    def put(
        self, matrix: Matrix, colour: tuple[float, float, float], *, blurred: bool = False,
        uneven: float = 0.0,
    ) -> None:  # fmt: skip
        """Put the picture on a ground; ``matrix`` leads from the ground back to the picture."""
        ground = self.back @ _cover(self.aspect) if blurred else None
        self.then(matrix)
        self.frames.append(Frame(matrix, colour, ground, uneven))


def shown(left: float, top: float, width: float, height: float) -> Matrix:
    """A crop: the copy shows this box of the original."""
    return np.array(((width, 0, left), (0, height, top), (0, 0, 1.0)))


def placed(left: float, top: float, width: float, height: float) -> Matrix:
    """The original fills this box of the copy."""
    return np.linalg.inv(shown(left, top, width, height)).astype(np.float64)


def _cover(aspect: float) -> Matrix:
    """The middle square of a picture: what a blurred ground is made of."""
    width, height = min(1.0, 1 / aspect), min(1.0, aspect)
    return shown((1 - width) / 2, (1 - height) / 2, width, height)


def turn(course: Course, chance: Chance) -> None:
    """A quarter, half or three-quarter turn, or the mirror image."""
    turns = (
        ((0, 1, 0), (-1, 0, 1)),
        ((-1, 0, 1), (0, -1, 1)),
        ((0, -1, 1), (1, 0, 0)),
        ((-1, 0, 1), (0, 1, 0)),
        ((1, 0, 0), (0, -1, 1)),
    )
    which = int(chance.choice(5, p=(0.24, 0.2, 0.24, 0.26, 0.06)))
    course.then(np.array((*turns[which], (0, 0, 1)), np.float64))
    if which in (0, 2):
        course.aspect = 1 / course.aspect


def crop(course: Course, chance: Chance, least: float = 0.45, most: float = 0.95) -> None:
    """Half of the area and less is the hard end, so it comes more often than the easy one."""
    area = least + (most - least) * float(chance.beta(0.8, 1.3))
    stretch = math.exp(float(chance.normal(0, 0.12)))
    width = min(1.0, math.sqrt(area) * stretch)
    height = min(1.0, area / width)
    left, top = float(chance.uniform(0, 1 - width)), float(chance.uniform(0, 1 - height))
    course.then(shown(left, top, width, height))
    course.aspect *= width / height


def square_crop(course: Course, chance: Chance) -> None:
    width, height = min(1.0, 1 / course.aspect), min(1.0, course.aspect)
    course.then(shown(chance.uniform(0, 1 - width), chance.uniform(0, 1 - height), width, height))
    course.aspect = 1.0


def straighten(course: Course, chance: Chance) -> None:
    """Turned by up to 12° and cut to an upright rectangle that lies (nearly) inside."""
    angle = math.radians(float(chance.uniform(2, 12)) * float(chance.choice((-1.0, 1.0))))
    cos, sin = math.cos(angle), math.sin(angle)
    a = course.aspect
    inside = 1 / (cos + abs(sin) * max(a, 1 / a))
    middle, back = shown(0.5, 0.5, 1, 1), shown(-0.5, -0.5, 1, 1)
    turned = np.array(((cos, sin / a, 0), (-sin * a, cos, 0), (0, 0, 1)))
    course.then(middle @ turned @ np.diag((inside, inside, 1.0)) @ back)


def border(course: Course, chance: Chance) -> None:
    width = float(chance.uniform(0.02, 0.1)) * min(course.aspect, 1.0)
    _framed(course, width, width, width, _plain(chance))


def polaroid(course: Course, chance: Chance) -> None:
    short = min(course.aspect, 1.0)
    side, foot = (
        float(chance.uniform(0.04, 0.09)) * short,
        float(chance.uniform(0.15, 0.28)) * short,
    )
    white = float(chance.uniform(0.9, 1.0))
    _framed(course, side, side, foot, (white, white, white))


def _framed(
    course: Course, side: float, top: float, foot: float, colour: tuple[float, float, float]
) -> None:
    """A frame; widths in units of the photo's height."""
    wide, high = course.aspect + 2 * side, 1 + top + foot
    course.put(placed(side / wide, top / high, course.aspect / wide, 1 / high), colour)
    course.aspect = wide / high


def padding(course: Course, chance: Chance) -> None:
    """On a square of a plain colour or, mostly, of its own blurred enlargement."""
    side = float(chance.uniform(1.0, 1.1)) * max(course.aspect, 1.0)
    _fitted(course, side, side, chance, blurred=bool(chance.random() < 0.8))


def story(course: Course, chance: Chance) -> None:
    """On a tall ground (9:16), plain or blurred."""
    wide = max(course.aspect, 9 / 16) * float(chance.uniform(1.0, 1.15))
    _fitted(course, wide, wide * 16 / 9, chance, blurred=bool(chance.random() < 0.5))


def _fitted(course: Course, wide: float, high: float, chance: Chance, *, blurred: bool) -> None:
    width, height = course.aspect / wide, 1 / high
    box = placed((1 - width) / 2, (1 - height) / 2, width, height)
    course.put(box, _plain(chance), blurred=blurred)
    course.aspect = wide / high


def screenshot(course: Course, chance: Chance) -> None:
    """Fitted into a tall phone screen, more or less in its middle."""
    screen = float(chance.uniform(0.44, 0.57))
    width = min(1.0, course.aspect / screen)
    height = min(1.0, screen / course.aspect)
    sway = float(np.clip(chance.normal(0, 0.04), -0.12, 0.12)) if chance.random() < 0.4 else 0.0
    top = float(np.clip((1 - height) / 2 + sway, 0, 1 - height))
    course.dark, course.screen = bool(chance.random() < 0.65), True
    shade = float(chance.uniform(0, 0.12)) * (chance.random() < 0.3)
    grey = shade if course.dark else 1 - shade
    course.put(placed((1 - width) / 2, top, width, height), (grey, grey, grey))
    course.aspect = screen


def paper(course: Course, chance: Chance) -> None:
    """A print, with or without a rim, on a table, seen at an angle."""
    if chance.random() < 0.5:
        rim = float(chance.uniform(0.02, 0.06)) * min(course.aspect, 1.0)
        _framed(course, rim, rim, rim, (0.95, 0.95, 0.93))
    margin = chance.uniform(0.02, 0.14)
    ideal = np.array(((0, 0), (1, 0), (1, 1), (0, 1.0)))
    corners = margin + ideal * (1 - 2 * margin) + chance.uniform(-0.06, 0.06, (4, 2))
    r, g, b = chance.uniform(0.25, 0.85) * chance.uniform(0.75, 1.15, 3)
    course.put(_homography(corners, ideal), (float(r), float(g), float(b)), uneven=0.08)


def _homography(start: Matrix, end: Matrix) -> Matrix:
    """The perspective that leads four points to four others (direct linear transform)."""
    rows = []
    for (x, y), (u, v) in zip(start, end, strict=True):
        rows.append((x, y, 1, 0, 0, 0, -u * x, -u * y))
        rows.append((0, 0, 0, x, y, 1, -v * x, -v * y))
    found = np.linalg.solve(np.array(rows), end.reshape(-1))
    return np.append(found, 1.0).reshape(3, 3)


def _plain(chance: Chance) -> tuple[float, float, float]:
    which = chance.random()
    if which < 0.4:
        return (1.0, 1.0, 1.0)
    if which < 0.7:
        return (0.0, 0.0, 0.0)
    r, g, b = chance.uniform(0, 1, 3)
    return float(r), float(g), float(b)


_MOVES = (None, crop, square_crop, straighten, border, polaroid, padding, story, screenshot, paper)
_SHARES = np.array((0.17, 0.21, 0.05, 0.06, 0.05, 0.08, 0.10, 0.03, 0.16, 0.09))


def random_course(aspect: float, chance: Chance, turns: float) -> Course:
    """One photo's way: mostly one edit, at times a crop or (a share ``turns``) a turn before it."""
    course = Course(float(np.clip(aspect, 0.2, 5)))
    which = int(chance.choice(len(_MOVES), p=_SHARES))
    if chance.random() < (0.6 if which == 0 else turns):
        turn(course, chance)
    if which > 3 and chance.random() < 0.2:
        crop(course, chance, 0.6)
    move = _MOVES[which]
    if move is not None:
        move(course, chance)
    return course
