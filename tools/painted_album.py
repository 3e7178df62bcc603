"""An album of painted pictures, with the copies that home libraries grow around their photos."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from albumdedup.evaluation import frames, tones

PHOTOS = 24
Edit = Callable[[Image.Image, random.Random], tuple[Image.Image, object]]

_EDITS: dict[int, tuple[str, Edit]] = {
    1: ("grey", tones.grey),
    4: ("cropped", frames.crop(0.75)),
    8: ("framed", frames.border),
    11: ("cropped", frames.crop(0.9)),
    17: ("turned", frames.turned(6)),
}
_SECOND_SHOTS = (2, 9, 13)


def landscape(seed: int, shot: int = 0, size: tuple[int, int] = (1600, 1067)) -> Image.Image:
    """A sky, a sun, and ranges of hills or a sea: calm, and different for each seed. Another
    ``shot`` of the same view has the sun and the noise elsewhere."""
    chance = np.random.default_rng(seed)
    width, height = size
    skies = ((250, 214, 165), (135, 190, 235), (244, 160, 150), (60, 80, 140), (190, 215, 225))
    top = np.array(skies[seed % len(skies)], float) * 0.75
    low = np.array(skies[(seed * 3 + 1) % len(skies)], float)
    blend = np.linspace(0, 1, height)[:, None, None] ** 1.3
    sky = np.broadcast_to(top * (1 - blend) + low * blend, (height, width, 3))
    image = Image.fromarray(sky.astype(np.uint8))
    draw = ImageDraw.Draw(image)
    x, y = chance.uniform(0.15, 0.85) * width, chance.uniform(0.15, 0.45) * height
    r = chance.uniform(0.03, 0.08) * width
    x, y = x + 90 * shot, y + 40 * shot
    draw.ellipse((x - r, y - r, x + r, y + r), fill=(255, 244, 214))
    image = image.filter(ImageFilter.GaussianBlur(3))
    draw = ImageDraw.Draw(image)
    ground = np.array(((46, 84, 70), (70, 78, 110), (120, 84, 60), (40, 70, 96))[seed % 4], float)
    layers = int(chance.integers(3, 6))
    across = np.arange(0, width + 8, 8)
    for layer in range(layers):
        depth = (layer + 1) / layers
        base = height * (0.45 + 0.5 * layer / layers)
        ridge = sum(
            chance.uniform(8, 60) * np.sin(across / chance.uniform(60, 400) + chance.uniform(0, 6))
            for _ in range(4)
        )
        colour = ground * depth + low * (1 - depth) * 0.9
        points = [(float(a), float(base + b)) for a, b in zip(across, ridge, strict=True)]
        fill = tuple(int(v) for v in np.clip(colour, 0, 255))
        draw.polygon([*points, (width, height), (0, height)], fill=fill)
        if layer == layers - 1:
            for _ in range(int(chance.integers(6, 30))):
                tx = float(chance.uniform(0, width))
                ty = float(base + chance.uniform(10, 120))
                th = float(chance.uniform(40, 140))
                dark = tuple(int(v * 0.6) for v in fill)
                draw.polygon([(tx, ty - th), (tx - th / 4, ty), (tx + th / 4, ty)], fill=dark)
    grain = np.random.default_rng((seed, shot)).normal(0, 4, (height, width, 1))
    return Image.fromarray(np.clip(np.asarray(image, float) + grain, 0, 255).astype(np.uint8))


def originals(photos: Path | None) -> list[tuple[str, Image.Image]]:
    """Painted pictures with the names of a camera, or what lies below ``photos``."""
    if photos is None:
        return [(f"IMG_{4210 + 7 * n}.jpg", landscape(n)) for n in range(PHOTOS)]
    found = sorted(p for p in photos.rglob("*") if p.suffix.lower() in (".jpg", ".jpeg", ".png"))
    pictures = []
    for path in found:
        with Image.open(path) as image:
            image.draft("RGB", (2400, 2400))
            upright = ImageOps.exif_transpose(image).convert("RGB")
        upright.thumbnail((2400, 2400))
        pictures.append((path.with_suffix(".jpg").name, upright))
    return pictures


def save(
    image: Image.Image, path: Path, quality: int, written: datetime, taken: datetime | None = None
) -> None:
    """A JPEG whose file is of the time ``written``, with the camera's date ``taken`` or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    if taken:
        exif[0x010F], exif[0x0110] = "Camera", "Camera X100"
        exif.get_ifd(0x8769)[0x9003] = taken.strftime("%Y:%m:%d %H:%M:%S")
    image.save(path, "JPEG", quality=quality, exif=exif)
    os.utime(path, (written.timestamp(), written.timestamp()))


def date_of(number: int) -> datetime:
    """When painted picture ``number`` was "taken"."""
    return datetime(2016 + number % 4, 1 + number % 12, 3 + number % 25, 12, number % 60, 4)


def _copy(source: Path, target: Path, written: datetime) -> None:
    """The same bytes, as a back-up that does not keep the times of files leaves them."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(source.read_bytes())
    os.utime(target, (written.timestamp(), written.timestamp()))


def build_album(folder: Path, photos: Path | None = None) -> None:
    """Originals with the copies of a home library around them, and files that cannot be read."""
    album, backup = folder / "Pictures" / "Album", folder / "Backup" / "Phone 2020"
    for number, (name, image) in enumerate(originals(photos)):
        taken = date_of(number)
        save(image, album / name, 92, taken, taken)
        if number % 4 != 3:
            _copy(album / name, backup / name, datetime(2020, 8, 2, 21, 5))
        if number % 3 != 2:
            sent = folder / "WhatsApp Images" / f"IMG-{taken:%Y%m%d}-WA{number:04d}.jpg"
            save(ImageOps.contain(image, (1280, 1280)), sent, 74, taken.replace(hour=20))
        if number % 5 == 0:
            mail = folder / "Pictures" / "For mail" / name
            save(ImageOps.contain(image, (800, 800)), mail, 80, datetime(2021, 3, 1, 9), taken)
        if number in _EDITS:
            word, edit = _EDITS[number]
            made = folder / "Pictures" / "Edited" / f"{Path(name).stem}-{word}.jpg"
            save(edit(image, random.Random(number))[0], made, 92, datetime(2022, 5, 6, 19), taken)
        if photos is None and number in _SECOND_SHOTS:
            next_one = album / f"IMG_{4211 + 7 * number}.jpg"
            later = taken.replace(second=6)
            save(landscape(number, shot=1), next_one, 92, later, later)
    save(landscape(60), backup / "IMG_4630.jpg", 92, date_of(60), date_of(60))
    whole = next(iter(sorted(album.glob("*.jpg")))).read_bytes()
    (album / "IMG_4990.jpg").write_bytes(whole[:9000])
    (album / "IMG_4991.jpg").write_bytes(b"")
    (backup / "holiday.jpg").write_bytes(b"<!doctype html><title>Holiday</title>")


def build_card(folder: Path) -> None:
    """A camera's card: most of it is in the album of ``build_album``, three pictures are not."""
    for number in (*range(6), 101, 102, 103):
        taken, name = date_of(number), f"IMG_{4210 + 7 * number}.jpg"
        save(landscape(number), folder / "DCIM" / "100CAMRA" / name, 92, taken, taken)
