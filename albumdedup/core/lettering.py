"""Letters on a picture that Pillow draws: its own face, and the system's for other scripts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import ImageDraw, ImageFont

    Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_WIDE = (
    "NotoSansCJK-Regular.ttc", "NotoSansSC-Regular.otf", "SourceHanSansSC-Regular.otf",
    "wqy-zenhei.ttc", "wqy-microhei.ttc", "DroidSansFallbackFull.ttf", "PingFang.ttc",
    "STHeiti Light.ttc", "msyh.ttc", "simsun.ttc", "Arial Unicode.ttf", "DejaVuSans.ttf",
)  # fmt: skip
"""Faces that hold more than Latin letters, as the three systems name them. Some hold no Latin."""


@dataclass(frozen=True, slots=True)
class Lettering:
    """Text of one size, in as many faces as its scripts need."""

    size: int

    def width(self, text: str) -> float:
        return sum(_face(self.size, wide).getlength(part) for part, wide in _runs(text))

    def draw(
        self, on: ImageDraw.ImageDraw, place: tuple[float, float], text: str, colour: str
    ) -> None:
        """``place`` is the left end of the base line."""
        x, y = place
        for part, wide in _runs(text):
            face = _face(self.size, wide)
            on.text((x, y), part, fill=colour, font=face, anchor="ls")
            x += face.getlength(part)

    def elided(self, text: str, width: float, *, left: bool = False) -> str:
        """As much of the text as has room, with dots where letters were left out: at the end, or
        with ``left`` at the beginning."""
        if self.width(text) <= width:
            return text
        low, high = 0, len(text)
        while low < high:  # the longest that fits
            middle = (low + high + 1) // 2
            fits = self.width(_short(text, middle, left=left)) <= width
            low, high = (middle, high) if fits else (low, middle - 1)
        return _short(text, low, left=left)


def _short(text: str, count: int, *, left: bool) -> str:
    if left:
        return "…" + text[len(text) - count :]
    return text[:count] + "…"


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    for wide, letters in groupby(text, _is_wide):
        yield "".join(letters), wide


def _is_wide(letter: str) -> bool:
    code = ord(letter)
    return code >= 0x250 and not 0x2010 <= code <= 0x203A


@lru_cache(maxsize=32)
def _face(size: int, wide: bool) -> Font:
    from PIL import ImageFont

    for name in _WIDE if wide else ():
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)
