"""Pictures that tests make themselves: detailed, all different, the same for the same seed."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter


def scene(seed: int, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """A picture with large shapes and fine texture, so that it has features at every scale."""
    chance = np.random.default_rng(seed)
    width, height = size
    coarse = chance.integers(0, 256, (6, 8, 3), dtype=np.uint8)
    image = Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(image)
    for _ in range(40):
        x, y = int(chance.integers(0, width)), int(chance.integers(0, height))
        w, h = (int(v) for v in chance.integers(10, max(12, width // 5), 2))
        colour = tuple(int(v) for v in chance.integers(0, 256, 3))
        shape = draw.ellipse if chance.random() < 0.5 else draw.rectangle
        shape((x, y, x + w, y + h), fill=colour)
    image = image.filter(ImageFilter.GaussianBlur(0.8))
    grain = chance.normal(0, 3, (height, width, 3))
    pixels = np.clip(np.asarray(image, dtype=np.float64) + grain, 0, 255).astype(np.uint8)
    return Image.fromarray(pixels)


def save(image: Image.Image, path: Path, *, quality: int = 92, taken: str | None = None) -> Path:
    """Write a JPEG, with a capture time where one is given (``2019:05:01 12:03:04``)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    if taken is not None:
        exif[0x0110] = "Test camera"
        exif.get_ifd(0x8769)[0x9003] = taken
    image.save(path, "JPEG", quality=quality, exif=exif)
    return path


def small_album(folder: Path, shots: int = 12) -> dict[str, list[Path]]:
    """Shots with an identical copy and a re-saved smaller one for every second shot.

    Returns the files of each shot, the original first.
    """
    album: dict[str, list[Path]] = {}
    for number in range(shots):
        name = f"IMG_{number:04d}.jpg"
        image = scene(number)
        taken = f"2019:05:{1 + number % 28:02d} 12:03:{number % 60:02d}"
        files = [save(image, folder / "Pictures" / name, taken=taken)]
        if number % 2 == 0:
            copy = folder / "Backup" / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(files[0], copy)
            files.append(copy)
            smaller = image.resize((480, 360), Image.Resampling.LANCZOS)
            files.append(save(smaller, folder / "Messenger" / name, quality=80, taken=taken))
        album[name] = files
    return album
