"""From a file to what the canvas draws. Runs in workers: QImage only, no widget, no QPixmap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QImage

from albumdedup.core.compare.measuring import Difference, differing, histogram
from albumdedup.core.compare.placing import Matrix
from albumdedup.core.i18n import _, describe_reason
from albumdedup.core.types import Photo, Pixels, Problem, Reason
from albumdedup.gui.images import image_of

ReadPhoto = Callable[[Photo, int], Pixels | Problem]
"""The upright pixels of a photo, at most so many on the longer side, if it is still the one that
was scanned."""

SMALLEST = 200
"""Longer side, in pixels, of the smallest level."""

_DIM, _LIFT = 0.62, 70.0
"""What grey levels become beneath the heat: flatter, so that warm stands out."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A photo at sizes that halve from the first to the last, or a sentence why not."""

    levels: tuple[QImage, ...] = ()
    bins: tuple[float, ...] = ()
    sentence: str = ""

    @property
    def bytes(self) -> int:
        return sum(image.sizeInBytes() for image in self.levels)


@dataclass(frozen=True, slots=True)
class Heat:
    """Where two photos differ: a picture of the coarser one's unit square, and the facts."""

    image: QImage
    facts: Difference

    @property
    def bytes(self) -> int:
        return self.image.sizeInBytes() + self.facts.luma.nbytes + self.facts.strength.nbytes


def decode(read: ReadPhoto, photo: Photo, edge: int, *, alone: bool = False) -> Decoded:
    """At most ``edge`` px on the longer side; ``alone`` without its smaller levels."""
    pixels = read(photo, edge)
    if isinstance(pixels, Problem):
        return Decoded(sentence=_sentence(pixels.reason))
    if alone:
        return Decoded((image_of(pixels),))
    return Decoded(tuple(image_of(level) for level in _halves(pixels)), histogram(pixels))


def heat(first: QImage, second: QImage, place: Matrix, warm: tuple[int, int, int]) -> Heat | None:
    """None where the two do not overlap."""
    found = differing(_pixels(first), _pixels(second), place)
    if found is None:
        return None
    grey = (found.luma.astype(np.float32) * _DIM + _LIFT)[..., None]
    strength = (found.strength.astype(np.float32) / 255)[..., None]
    blend = grey * (1 - strength) + np.array(warm, np.float32) * strength
    return Heat(image_of(np.asarray(np.rint(blend), np.uint8)), found)


def _sentence(reason: Reason) -> str:
    own = {
        Reason.VANISHED: _(
            "This photo is no longer where it was. Plug its drive in, or scan its folder again."
        ),
        Reason.CHANGED: _("This file has changed since the scan. Scan its folder again."),
    }
    return own.get(reason) or describe_reason(reason)


def _halves(pixels: Pixels) -> list[Pixels]:
    import cv2

    levels = [pixels]
    while max(levels[-1].shape[:2]) >= 2 * SMALLEST and min(levels[-1].shape[:2]) >= 2:
        height, width = levels[-1].shape[:2]
        size = (width // 2, height // 2)
        levels.append(cv2.resize(levels[-1], size, interpolation=cv2.INTER_AREA))
    return levels


def _pixels(image: QImage) -> Pixels:
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    return np.ascontiguousarray(rows[:, : image.width(), 2::-1])  # RGB32 lies as B, G, R, –
