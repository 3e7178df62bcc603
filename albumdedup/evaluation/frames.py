"""Edits that show less of a photo, turn it, or put something around it.

Each takes an upright RGB picture and a generator, and gives the picture with the matrix that
leads from the original's unit square to the copy's.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from albumdedup.evaluation.geometry import (
    Box,
    Matrix,
    compose,
    from_corners,
    orientation,
    placed_in,
    shown_in,
    warp,
)
from albumdedup.evaluation.tones import Edited, font_of, recoloured, smooth_field

SCREEN = (1080, 2340)
"""A portrait phone screen, in pixels."""


def crop(area: float) -> Callable[[Image.Image, random.Random], Edited]:
    """Cut to ``area`` of the photo's area, nearly its shape, anywhere inside."""

    def edit(image: Image.Image, chance: random.Random) -> Edited:
        spare = 1 / area
        stretch = min(chance.uniform(0.94, 1.06), spare**0.5)
        stretch = max(stretch, spare**-0.5)
        width = min(1.0, area**0.5 * stretch)
        return _cut(image, width, min(1.0, area / width), chance)

    return edit


def square_crop(image: Image.Image, chance: random.Random) -> Edited:
    """The largest square; an all but square photo loses a tenth of its sides as well."""
    side = min(image.size)
    if max(image.size) < side * 1.1:
        side = round(side * 0.9)
    return _cut(image, side / image.width, side / image.height, chance)


def _cut(image: Image.Image, width: float, height: float, chance: random.Random) -> Edited:
    wide, high = max(1, round(image.width * width)), max(1, round(image.height * height))
    left = chance.randint(0, image.width - wide)
    top = chance.randint(0, image.height - high)
    pixels = (left, top, left + wide, top + high)
    return image.crop(pixels), shown_in(_unit(pixels, image.size))


def straightened(image: Image.Image, chance: random.Random) -> Edited:
    """Turned by about 5° and cut to the largest upright rectangle inside."""
    angle = math.radians(chance.uniform(4.5, 5.5) * chance.choice((-1, 1)))
    width, height = image.size
    inner = _inner_size(width, height, abs(angle))
    cos, sin = math.cos(angle), math.sin(angle)
    # original pixels → pixels of the inner rectangle, both from their middles
    x = (cos * width / inner[0], -sin * height / inner[0])
    y = (sin * width / inner[1], cos * height / inner[1])
    matrix = (x[0], x[1], 0.5 - (x[0] + x[1]) / 2, y[0], y[1], 0.5 - (y[0] + y[1]) / 2, 0, 0, 1)
    return Image.fromarray(warp(np.asarray(image), matrix, inner)), matrix


def _inner_size(width: int, height: int, angle: float) -> tuple[int, int]:
    """The largest upright rectangle inside a ``width`` × ``height`` one turned by ``angle``
    (0..45°): the formula of the two cases where it touches two or four sides."""
    sin, cos = math.sin(angle), math.cos(angle)
    long, short = max(width, height), min(width, height)
    if short <= 2 * sin * cos * long:
        half = 0.5 * short
        size = (half / sin, half / cos) if width >= height else (half / cos, half / sin)
    else:
        double = cos * cos - sin * sin
        size = (
            (width * cos - height * sin) / double,
            (height * cos - width * sin) / double,
        )
    return max(1, int(size[0])), max(1, int(size[1]))


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    6: Image.Transpose.ROTATE_270,
    8: Image.Transpose.ROTATE_90,
}


def turned(value: int) -> Callable[[Image.Image, random.Random], Edited]:
    """The pixels as EXIF orientation ``value`` (2, 3, 6, 8) would show them, without the tag."""

    def edit(image: Image.Image, chance: random.Random) -> Edited:
        return image.transpose(_TURNS[value]), orientation(value)

    return edit


def border(image: Image.Image, chance: random.Random) -> Edited:
    """A plain frame of one width around."""
    colour = chance.choice(("white", "black", (236, 228, 210), (60, 60, 60)))
    width = max(2, round(min(image.size) * chance.uniform(0.03, 0.09)))
    framed = ImageOps.expand(image, width, colour)
    return framed, _placed(image, framed, width, width)


def polaroid(image: Image.Image, chance: random.Random) -> Edited:
    """White around, with a broad foot, as of an instant camera."""
    side = max(2, round(min(image.size) * chance.uniform(0.05, 0.08)))
    foot = round(min(image.size) * chance.uniform(0.18, 0.25))
    white = chance.randint(240, 255)
    card = Image.new("RGB", (image.width + 2 * side, image.height + side + foot), (white,) * 3)
    card.paste(image, (side, side))
    if chance.random() < 0.4:
        font = font_of(max(9, foot // 3))
        text = chance.choice(("Summer '98", "Grandma", "Rome", "July"))
        place = (card.width / 2, image.height + side + foot / 2)
        ImageDraw.Draw(card).text(place, text, font=font, fill=(50, 50, 70), anchor="mm")
    return card, _placed(image, card, side, side)


def blurred_padding(image: Image.Image, chance: random.Random) -> Edited:
    """Centred on a square of its own blurred enlargement, as apps post what is not square."""
    side = round(max(image.size) * chance.uniform(1.0, 1.06))
    small = ImageOps.fit(image, (96, 96), Image.Resampling.BOX)
    small = small.filter(ImageFilter.GaussianBlur(chance.uniform(2.5, 5)))
    square = small.resize((side, side), Image.Resampling.BICUBIC)
    square = square.point(lambda value: value * 0.85) if chance.random() < 0.5 else square
    left, top = (side - image.width) // 2, (side - image.height) // 2
    square.paste(image, (left, top))
    return square, _placed(image, square, left, top)


def screenshot(image: Image.Image, chance: random.Random) -> Edited:
    """A photo viewer on a portrait phone: dark or light, a bar with the clock above, one with
    buttons below, the photo fitted between the screen's edges."""
    dark = chance.random() < 0.7
    ground, ink = ((0, 0, 0), (235, 235, 235)) if dark else ((255, 255, 255), (40, 40, 40))
    screen = Image.new("RGB", SCREEN, ground)
    scale = min(SCREEN[0] / image.width, SCREEN[1] / image.height)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    left, top = (SCREEN[0] - size[0]) // 2, (SCREEN[1] - size[1]) // 2
    screen.paste(image.resize(size, Image.Resampling.LANCZOS), (left, top))
    _bars(ImageDraw.Draw(screen), ink, chance)
    box = (left, top, left + size[0], top + size[1])
    return screen, placed_in(_unit(box, SCREEN))


def _bars(draw: ImageDraw.ImageDraw, ink: tuple[int, int, int], chance: random.Random) -> None:
    """Clock, signal and battery above; four buttons and the gesture line below."""
    width, height = SCREEN
    clock = f"{chance.randint(0, 23):02d}:{chance.randint(0, 59):02d}"
    draw.text((60, 34), clock, font=font_of(44), fill=ink)
    for step in range(4):
        draw.rectangle((820 + 18 * step, 74 - 8 * step, 832 + 18 * step, 82), fill=ink)
    draw.rounded_rectangle((930, 46, 1000, 80), radius=8, outline=ink, width=4)
    draw.rectangle((936, 52, 936 + chance.randint(12, 58), 74), fill=ink)
    draw.line((90, 190, 60, 160, 90, 130), fill=ink, width=6)
    for button in range(4):
        x, y = 150 + button * 260, height - 170
        draw.ellipse((x - 26, y - 26, x + 26, y + 26), outline=ink, width=5)
        if button % 2:
            draw.line((x - 12, y, x + 12, y), fill=ink, width=5)
    draw.rounded_rectangle((390, height - 30, width - 390, height - 20), radius=5, fill=ink)


def print_on_table(image: Image.Image, chance: random.Random) -> Edited:
    """A paper print, with or without a white rim, photographed on a plain table at an angle:
    perspective, another white balance, uneven light, a little blur."""
    rim = round(min(image.size) * chance.uniform(0.03, 0.05)) if chance.random() < 0.5 else 0
    paper = ImageOps.expand(image, rim, (244, 243, 238)) if rim else image
    on_paper = _placed(image, paper, rim, rim)
    margin = chance.uniform(0.06, 0.12)
    jitter = [(chance.uniform(-0.045, 0.045), chance.uniform(-0.045, 0.045)) for _ in range(4)]
    ideal = ((margin, margin), (1 - margin, margin), (1 - margin, 1 - margin), (margin, 1 - margin))
    corners = [(x + dx, y + dy) for (x, y), (dx, dy) in zip(ideal, jitter, strict=True)]
    matrix = from_corners(corners)
    scale = 1 / (1 - 2 * margin)
    size = (round(paper.width * scale), round(paper.height * scale))
    seen = warp(np.asarray(recoloured(paper, chance, 0.1)), matrix, size, _table(size, chance))
    light = 1 + 0.08 * smooth_field(*size, chance, 2)
    lit = np.rint(seen * light[..., None]).clip(0, 255).astype(np.uint8)
    photo = Image.fromarray(lit).filter(ImageFilter.GaussianBlur(max(size) / 1000 * 0.6))
    return photo, compose(matrix, on_paper)


def _table(size: tuple[int, int], chance: random.Random) -> np.typing.NDArray[np.uint8]:
    tone = chance.choice(((150, 111, 76), (92, 66, 48), (205, 196, 182), (120, 124, 128)))
    grain = np.random.default_rng(chance.getrandbits(64)).normal(0, 3, (size[1], size[0], 1))
    waves = 8 * smooth_field(*size, chance, 5)[..., None]
    table = np.array(tone, np.float32) + waves + grain
    return np.rint(table).clip(0, 255).astype(np.uint8)


def _placed(image: Image.Image, outer: Image.Image, left: int, top: int) -> Matrix:
    box = (left, top, left + image.width, top + image.height)
    return placed_in(_unit(box, outer.size))


def _unit(box: tuple[int, int, int, int], size: tuple[int, int]) -> Box:
    width, height = size
    return box[0] / width, box[1] / height, box[2] / width, box[3] / height
