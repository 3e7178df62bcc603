"""Pictures that need no photo: all different, the same for the same seed."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

PER_FOLDER = 200


def painted(seed: int, size: tuple[int, int], *, grain: float = 4.0) -> Image.Image:
    """Colours that run into one another, shapes over them, and a sensor's grain."""
    chance = np.random.default_rng(seed)
    cells = (int(chance.integers(2, 6)), int(chance.integers(2, 7)), 3)
    colours = chance.integers(0, 256, cells, dtype=np.uint8)
    image = Image.fromarray(colours).resize(size, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(image)
    for _ in range(int(chance.integers(4, 20))):
        box = np.sort(chance.uniform(-0.1, 1.1, (2, 2)), axis=0) * size
        shape = (draw.ellipse, draw.rectangle)[int(chance.integers(2))]
        shape(
            [tuple(corner) for corner in box.tolist()], tuple(chance.integers(0, 256, 3).tolist())
        )
    return grainy(image, grain, chance)


def grainy(image: Image.Image, sigma: float, chance: np.random.Generator) -> Image.Image:
    """With the noise of a sensor, in stripes, so that 12 MP need no gigabyte."""
    pixels = np.asarray(image).copy()
    for top in range(0, len(pixels), 256):
        stripe = pixels[top : top + 256]
        noise = chance.standard_normal(stripe.shape, np.float32)
        np.clip(stripe + sigma * noise, 0, 255, out=noise)
        stripe[:] = noise.astype(np.uint8)
    return Image.fromarray(pixels)


def small_album(album: Path, count: int, seed: int, *, distinct: int | None = None) -> None:
    """``count`` JPEGs of 96 × 72 in folders of 200, of ``distinct`` contents (None: all)."""
    distinct = min(count, distinct or count)
    kept: list[bytes] = []
    for number in range(count):
        if number < distinct:
            buffer = io.BytesIO()
            painted(seed * 1_000_003 + number, (96, 72)).save(buffer, "JPEG", quality=90)
            data = buffer.getvalue()
            if distinct < count:
                kept.append(data)
        else:
            data = kept[number % distinct]
        folder = album / f"{number // PER_FOLDER:05d}"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"IMG_{number:07d}.jpg").open("xb") as file:
            file.write(data)
