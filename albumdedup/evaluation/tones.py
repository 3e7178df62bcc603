"""Edits that leave every point where it is: light, colour, blur, noise and things drawn on top.

Each takes an upright RGB picture and a generator, and gives the picture with the identity.
"""

from __future__ import annotations

import math
import random

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

from albumdedup.evaluation.geometry import IDENTITY, Matrix

Edited = tuple[Image.Image, Matrix]


def either(chance: random.Random, low: tuple[float, float], high: tuple[float, float]) -> float:
    """A factor from one of two ranges: an edit that changes nothing is none."""
    return chance.uniform(*(low if chance.random() < 0.5 else high))


def brightness(image: Image.Image, chance: random.Random) -> Edited:
    factor = either(chance, (0.6, 0.82), (1.18, 1.45))
    return ImageEnhance.Brightness(image).enhance(factor), IDENTITY


def contrast(image: Image.Image, chance: random.Random) -> Edited:
    factor = either(chance, (0.6, 0.82), (1.2, 1.5))
    return ImageEnhance.Contrast(image).enhance(factor), IDENTITY


def saturation(image: Image.Image, chance: random.Random) -> Edited:
    factor = either(chance, (0.3, 0.7), (1.3, 1.9))
    return ImageEnhance.Color(image).enhance(factor), IDENTITY


def auto_levels(image: Image.Image, chance: random.Random) -> Edited:
    """What "enhance" does: each channel is stretched, less a few extreme pixels."""
    return ImageOps.autocontrast(image, cutoff=chance.uniform(0.3, 1.5)), IDENTITY


def grey(image: Image.Image, chance: random.Random) -> Edited:
    return ImageOps.grayscale(image).convert("RGB"), IDENTITY


_SEPIA = (0.393, 0.769, 0.189, 0, 0.349, 0.686, 0.168, 0, 0.272, 0.534, 0.131, 0)
"""The matrix that the CSS filter ``sepia(1)`` uses."""


def sepia(image: Image.Image, chance: random.Random) -> Edited:
    toned = image.convert("RGB", _SEPIA)
    return Image.blend(image, toned, chance.uniform(0.75, 1.0)), IDENTITY


def vignette(image: Image.Image, chance: random.Random) -> Edited:
    """Corners darkened, smoothly from the middle outwards."""
    strength = chance.uniform(0.35, 0.75)
    y, x = np.ogrid[-1 : 1 : image.height * 1j, -1 : 1 : image.width * 1j]
    fall = 1 - strength * ((x * x + y * y) / 2).astype(np.float32)
    return _from(np.asarray(image, np.float32) * fall[..., None]), IDENTITY


def blur(image: Image.Image, chance: random.Random) -> Edited:
    radius = max(image.size) / 1000 * chance.uniform(1.2, 3.0)
    return image.filter(ImageFilter.GaussianBlur(max(0.6, radius))), IDENTITY


def noise(image: Image.Image, chance: random.Random) -> Edited:
    """Grain, partly of colour, of up to two pixels' size."""
    deviation = chance.uniform(8, 18)
    grains = np.random.default_rng(chance.getrandbits(64))
    height, width = image.height, image.width
    luma = grains.standard_normal((height, width, 1), np.float32)
    colour = grains.standard_normal((height, width, 3), np.float32)
    return _from(np.asarray(image, np.float32) + deviation * (0.8 * luma + 0.4 * colour)), IDENTITY


def date_stamp(image: Image.Image, chance: random.Random) -> Edited:
    """The orange date that compact cameras burn into a corner."""
    copy = image.copy()
    text = f"{chance.randint(1998, 2024)} {chance.randint(1, 12):2d} {chance.randint(1, 28):2d}"
    font = font_of(max(9, round(min(image.size) * chance.uniform(0.035, 0.06))))
    left, top, right, bottom = font.getbbox(text)
    margin = min(image.size) * 0.04
    x = image.width - margin - (right - left) if chance.random() < 0.8 else margin
    y = image.height - margin - (bottom - top)
    colour = (255, chance.randint(110, 170), chance.randint(20, 60))
    ImageDraw.Draw(copy).text((x - left, y - top), text, font=font, fill=colour)
    return copy, IDENTITY


_CAPTIONS = (
    "Happy birthday!", "Summer at the lake", "We miss you", "First day of school",
    "Greetings from the mountains", "Best day ever", "Family 2019", "Thank you all",
)  # fmt: skip


def caption(image: Image.Image, chance: random.Random) -> Edited:
    """White letters with a dark edge, or on a dark bar, above or below."""
    copy = image.convert("RGBA")
    text = chance.choice(_CAPTIONS)
    font = font_of(max(9, round(image.width * chance.uniform(0.05, 0.08))))
    left, top, right, bottom = font.getbbox(text)
    width, height = right - left, bottom - top
    x = max(0.0, (image.width - width) / 2)
    edge = image.height * 0.04
    y = edge if chance.random() < 0.35 else image.height - edge - height
    layer = Image.new("RGBA", image.size)
    draw = ImageDraw.Draw(layer)
    if chance.random() < 0.5:
        draw.rectangle((0, y - height * 0.5, image.width, y + height * 1.5), fill=(0, 0, 0, 150))
    thick = max(1, round(font.size / 14))
    draw.text(
        (x - left, y - top), text, font=font, fill="white", stroke_width=thick, stroke_fill="black"
    )
    copy.alpha_composite(layer)
    return copy.convert("RGB"), IDENTITY


_STICKERS = ("smile", "star", "heart")
_BRIGHT = ((255, 204, 51), (255, 82, 82), (64, 156, 255), (82, 196, 106), (233, 98, 196))


def stickers(image: Image.Image, chance: random.Random) -> Edited:
    """Two to four round faces, stars and hearts, each an eighth to a fifth of the short side."""
    copy = image.copy()
    for _ in range(chance.randint(2, 4)):
        size = max(8, round(min(image.size) * chance.uniform(0.12, 0.2)))
        sticker = _sticker(chance.choice(_STICKERS), size, chance.choice(_BRIGHT))
        sticker = sticker.rotate(chance.uniform(-30, 30), Image.Resampling.BICUBIC, expand=True)
        x = chance.randint(0, max(0, image.width - sticker.width))
        y = chance.randint(0, max(0, image.height - sticker.height))
        copy.paste(sticker, (x, y), sticker)
    return copy, IDENTITY


def _sticker(shape: str, size: int, colour: tuple[int, int, int]) -> Image.Image:
    big = 4 * size
    picture = Image.new("RGBA", (big, big))
    draw = ImageDraw.Draw(picture)
    unit = big / 20
    if shape == "smile":
        draw.ellipse((unit, unit, 19 * unit, 19 * unit), fill=(255, 204, 51), outline="white",
                     width=round(unit))  # fmt: skip
        for x in (6, 12):
            draw.ellipse((x * unit, 6 * unit, (x + 2) * unit, 9 * unit), fill=(60, 40, 10))
        draw.arc((5 * unit, 7 * unit, 15 * unit, 15 * unit), 20, 160, fill=(60, 40, 10),
                 width=round(unit))  # fmt: skip
    else:
        points = [_outline(shape, step / 60) for step in range(60)]
        around = [(10 * unit + 9 * unit * x, 10 * unit + 9 * unit * y) for x, y in points]
        draw.polygon(around, fill=colour, outline="white", width=round(unit))
    return picture.resize((size, size), Image.Resampling.LANCZOS)


def _outline(shape: str, turn: float) -> tuple[float, float]:
    angle = 2 * math.pi * turn
    if shape == "heart":
        x = math.sin(angle) ** 3
        y = -(13 * math.cos(angle) - 5 * math.cos(2 * angle) - 2 * math.cos(3 * angle)) / 16
        return x, y
    radius = 1.0 if int(turn * 10) % 2 == 0 else 0.45
    corner = math.floor(turn * 10) / 10 * 2 * math.pi - math.pi / 2
    return radius * math.cos(corner), radius * math.sin(corner)


def recoloured(image: Image.Image, chance: random.Random, strength: float) -> Image.Image:
    """A slight change of tone as another camera sees it: gain per channel, gamma, offset."""
    gain = np.array([1 + strength * chance.uniform(-1, 1) for _ in range(3)], np.float32)
    gamma = 1 + strength * chance.uniform(-1, 1)
    scale = (np.arange(256, dtype=np.float32) / 255) ** gamma * 255
    table = [np.clip(scale * g + 255 * strength * 0.2, 0, 255) for g in gain]
    return image.point([int(value) for channel in table for value in channel])


def smooth_field(width: int, height: int, chance: random.Random, cells: int) -> NDArray[np.float32]:
    """float32[height, width] in -1..1 that varies over ``cells`` patches a side."""
    rough = np.random.default_rng(chance.getrandbits(64)).uniform(-1, 1, (cells, cells))
    field: NDArray[np.float32] = cv2.resize(
        rough.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
    )
    return field


def font_of(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise RuntimeError("Pillow was built without FreeType; install its wheel")
    return font


def _from(values: NDArray[np.floating]) -> Image.Image:
    return Image.fromarray(np.rint(values).clip(0, 255).astype(np.uint8))
