"""Compares a picture of the window with a small one that is kept.

Both are looked at from afar: a quarter of the size, softened, so that letters become a grey line,
however they are smoothed and hinted. A place counts as equal where the other picture has that
colour within a few pixels. What is missing, moved or of another colour leaves places that find
nothing like them: many in all, or many close together.

Words take the room that their font gives them. So the pictures are made with one font that lies
on every computer that can run the tests, the one inside Pillow; a sign that it lacks comes from
the system and is as large as a letter.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter, ImageFont, ImageOps
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QFontDatabase, QImage

FOLDER = Path(__file__).parent / "golden"
RENEW = "GOLDEN"
"""``GOLDEN=renew`` in the environment keeps what is seen now."""
SHRINK = 4
SOFT = 1.2
REACH = 2
"""Pixels of the small picture: eight of the screen."""
OFF = 14
"""A colour that differs by so much of 255 is another one."""
MOST = 0.5
"""So many per cent of all places may find nothing like them."""
BLOCK, DENSEST = 8, 30.0
"""And so many per cent of those in a square of so many pixels."""


@dataclass(frozen=True, slots=True)
class Unlike:
    """How many per cent of the places of two pictures are nowhere near in the other: of all, and
    of those in the worst square."""

    share: float
    worst: float

    @property
    def another(self) -> bool:
        return self.share > MOST or self.worst > DENSEST


def pinned_font() -> str:
    """The family of the font inside Pillow, for Qt to use."""
    face = ImageFont.load_default(13)
    assert isinstance(face, ImageFont.FreeTypeFont)
    number = QFontDatabase.addApplicationFontFromData(QByteArray(face.font_bytes))
    return QFontDatabase.applicationFontFamilies(number)[0]


def small(image: QImage) -> Image.Image:
    """A quarter of the size, each pixel the mean of sixteen."""
    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(rgb.constBits(), np.uint8).reshape(rgb.height(), rgb.bytesPerLine())
    pixels = rows[:, : 3 * rgb.width()].reshape(rgb.height(), rgb.width(), 3)
    return Image.fromarray(pixels.copy()).reduce(SHRINK)


def unlike(one: Image.Image, other: Image.Image) -> Unlike:
    if one.size != other.size:
        return Unlike(100.0, 100.0)
    a, b = _from_afar(one), _from_afar(other)
    off = (_nearest(a, b) > OFF) | (_nearest(b, a) > OFF)
    rows, columns = (length // BLOCK * BLOCK for length in off.shape)
    squares = off[:rows, :columns].reshape(rows // BLOCK, BLOCK, columns // BLOCK, BLOCK)
    return Unlike(100 * float(off.mean()), 100 * float(squares.mean(axis=(1, 3)).max()))


def _from_afar(picture: Image.Image) -> NDArray[np.float32]:
    return np.asarray(picture.convert("RGB").filter(ImageFilter.GaussianBlur(SOFT)), np.float32)


def _nearest(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """The least difference of each pixel of ``a`` from those of ``b`` around its place."""
    height, width = a.shape[:2]
    around = np.pad(b, ((REACH, REACH), (REACH, REACH), (0, 0)), mode="edge")
    shifts = range(2 * REACH + 1)
    differences = (
        np.abs(a - around[dy : dy + height, dx : dx + width]).max(axis=2)
        for dy in shifts
        for dx in shifts
    )
    return np.minimum.reduce(list(differences))


def kept(name: str) -> Image.Image:
    with Image.open(FOLDER / f"{name}.png") as picture:
        return picture.convert("RGB")


def check(name: str, image: QImage, beside: Path) -> None:
    """Fails where the picture is another one; what was seen is left in ``beside``."""
    seen = small(image)
    if os.environ.get(RENEW) == "renew":
        FOLDER.mkdir(exist_ok=True)
        ImageOps.posterize(seen, 6).save(FOLDER / f"{name}.png", optimize=True)
    found = unlike(seen, kept(name))
    if found.another:
        place = beside / f"{name}.png"
        seen.save(place)
        raise AssertionError(f"{name}: {found}. Seen: {place}. If it is meant so: make golden.")
