"""Where faces are, and their eyes: two shots of people are told apart there first.

Viola and Jones, "Rapid Object Detection using a Boosted Cascade of Simple Features" (2001), as
OpenCV trained it. A face counts where both photos show one at the same place, since texture that
is taken for a face in one is seldom taken for one in the other, or where one shows it clearly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from albumdedup.core.compare.looking import Box
from albumdedup.core.types import Luminance
from albumdedup.core.verify.overlay import reduced

if TYPE_CHECKING:
    import cv2

_EDGE = 1000
"""Longer side, in pixels, at which faces are looked for."""
_STEP, _VOTES, _LEAST = 1.15, 5, 30
"""Growth of the window from one pass to the next; how many windows must agree; pixels."""
_SURE = 12
"""Votes with which a face counts that only one of the photos shows."""
_TOGETHER = 0.35
"""Share of their union that two boxes of one face have in common at least."""
_EYES_DOWN, _EYES_SIDE = 0.4, 0.72
"""Where the eyes lie in the box of a face, and the side of the square around them."""


def faces_of(first: Luminance, second: Luminance) -> list[Box]:
    """Faces of two pictures that lie over one another, uint8[h, w] each: boxes of the unit
    square, the largest first."""
    ones, others = list(_faces(first)), list(_faces(second))
    found = [one.box for one in ones if one.votes >= _SURE or _met(one, others)]
    found += [other.box for other in others if other.votes >= _SURE and not _met(other, ones)]
    return sorted(found, key=lambda box: (-box.size[0] * box.size[1], box.left, box.top))


def eyes_of(face: Box) -> Box:
    """The square around both eyes of a face, open or closed."""
    width, height = face.size
    across, down = _EYES_SIDE * width, _EYES_SIDE * height
    left = face.left + (width - across) / 2
    top = max(face.top, face.top + _EYES_DOWN * height - down / 2)
    return Box(left, top, left + across, top + down)


class _Face(NamedTuple):
    box: Box
    votes: int


def _faces(luma: Luminance) -> Iterator[_Face]:
    import cv2

    small = reduced(luma, max(luma.shape[:2]) / _EDGE)
    height, width = small.shape[:2]
    boxes, votes = _finder().detectMultiScale2(
        cv2.equalizeHist(small), scaleFactor=_STEP, minNeighbors=_VOTES, minSize=(_LEAST, _LEAST)
    )
    for (left, top, across, down), count in zip(boxes, votes, strict=True):
        box = Box(left / width, top / height, (left + across) / width, (top + down) / height)
        yield _Face(box, int(count))


def _met(face: _Face, others: Sequence[_Face]) -> bool:
    return any(_shared(face.box, other.box) >= _TOGETHER for other in others)


def _finder() -> cv2.CascadeClassifier:
    """A detector of its own for each call: one is not for several threads at once."""
    import cv2

    return cv2.CascadeClassifier(_cascade())


@lru_cache(maxsize=1)
def _cascade() -> str:
    import cv2

    return str(Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_alt2.xml")


def _shared(one: Box, other: Box) -> float:
    """Intersection over union."""
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    if across <= 0 or down <= 0:
        return 0.0
    both = across * down
    areas = sum(box.size[0] * box.size[1] for box in (one, other))
    return both / (areas - both)
