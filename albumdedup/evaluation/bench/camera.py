"""Camera-like JPEGs for a measurement of speed: from a few photos, or painted where there are none.

Each shows a window of a photo, turned or mirrored, at the size of a real camera (6–12 MP), with
its own exposure, white balance and grain, and with a camera's EXIF. They cost as much to read and
decode as real ones, and no two are the same photo; windows of one photo may still be alike. Of
what is found in them they say nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from PIL.Image import Exif, Resampling, Transpose

from albumdedup.core.control import Control
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.formats import register
from albumdedup.core.scanner import scan
from albumdedup.evaluation.bench.pictures import PER_FOLDER, grainy, painted

SIZES = ((3008, 2000), (3264, 2448), (3648, 2736), (4000, 3000), (4032, 3024))
"""6 to 12 megapixels, as cameras and phones have them."""

LEAST_SIDE = 1000
"""Photos with a shorter side are no source: their windows would be blown up too far."""

_WINDOW = (0.45, 0.8)
_QUALITY = (93, 97)
_TURNS = (None, *(turn for turn in Transpose if turn is not Transpose.TRANSVERSE))
_BEGIN = datetime(2015, 4, 1, 9, 0, 0)
_EXIF_IFD = 0x8769


def make_photos(
    target: Path,
    count: int,
    source: Path | None = None,
    seed: int = 1,
    sizes: Sequence[tuple[int, int]] = SIZES,
) -> None:
    """Write ``count`` JPEGs below ``target``; no file there is replaced, ``source`` is only read.

    Raises AlbumError: NOT_THERE, NOTHING_TO_COPY, ROOT_REFUSED; FileExistsError.
    """
    sources = _sources(source) if source is not None else []
    for number in range(count):
        chance = np.random.default_rng([seed, number])
        size = sizes[int(chance.integers(len(sizes)))]
        if sources:
            shot = _shot(sources, number, size, chance)
        else:
            shot = painted(seed * 1_000_003 + number, size, grain=0)
        shot = grainy(_exposed(shot, chance), float(chance.uniform(3, 6)), chance)
        folder = target / f"{100 + number // PER_FOLDER}CAMERA"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"IMG_{number:05d}.JPG").open("xb") as file:
            shot.save(
                file, "JPEG", quality=int(chance.integers(*_QUALITY)),
                subsampling=("4:2:2", "4:2:0")[int(chance.integers(2))],
                exif=_exif(number, chance).tobytes(),
            )  # fmt: skip


def _sources(folder: Path) -> list[Path]:
    """The photos of a folder that are large enough, sorted."""
    walk = scan([str(folder)], Control())
    found = [Path(file.path) for file in walk if _large_enough(file.path)]
    if walk.missing_roots:
        raise AlbumError(ErrorCode.NOT_THERE, path=str(folder))
    if not found:
        raise AlbumError(ErrorCode.NOTHING_TO_COPY, path=str(folder))
    return found


def _large_enough(path: str) -> bool:
    register()
    try:
        with Image.open(path) as image:
            return min(image.size) >= LEAST_SIDE
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return False


def _shot(
    sources: list[Path], number: int, size: tuple[int, int], chance: np.random.Generator
) -> Image.Image:
    """A window of the photo whose turn it is; damaged ones leave the sources."""
    while True:
        path = sources[number % len(sources)]
        try:
            return _window(path, size, chance)
        except (OSError, SyntaxError, ValueError) as error:
            sources.remove(path)
            if not sources:
                raise AlbumError(ErrorCode.NOTHING_TO_COPY, path=str(path.parent)) from error


def _window(path: Path, size: tuple[int, int], chance: np.random.Generator) -> Image.Image:
    """A part of the photo, in the camera's proportions, at the camera's size."""
    with Image.open(path) as opened:
        image = ImageOps.exif_transpose(opened).convert("RGB")
    turn = _TURNS[int(chance.integers(len(_TURNS)))]
    if turn is not None:
        image = image.transpose(turn)
    share = float(chance.uniform(*_WINDOW))
    scale = min(image.width / size[0], image.height / size[1]) * share
    width, height = round(size[0] * scale), round(size[1] * scale)
    left = int(chance.integers(0, image.width - width + 1))
    top = int(chance.integers(0, image.height - height + 1))
    box = (left, top, left + width, top + height)
    return image.resize(size, Resampling.BICUBIC, box=box)


def _exposed(image: Image.Image, chance: np.random.Generator) -> Image.Image:
    """Up to a stop brighter or darker, and a little warmer or colder."""
    stops = chance.uniform(-1, 1) + chance.normal(0, 0.08, 3)
    tables = [np.clip(np.arange(256) * 2.0**stop, 0, 255) for stop in stops]
    return image.point(np.concatenate(tables).astype(np.uint8).tolist())


def _exif(number: int, chance: np.random.Generator) -> Exif:
    exif = Exif()
    exif[0x010F], exif[0x0110] = "Made", "Made camera"
    exif[0x0112] = 1
    moment = _BEGIN + timedelta(minutes=37 * number)
    text = moment.strftime("%Y:%m:%d %H:%M:%S")
    exif[0x0132] = text
    inside = exif.get_ifd(_EXIF_IFD)
    inside[0x9003] = inside[0x9004] = text
    inside[0x9291] = f"{int(chance.integers(1000)):03d}"
    inside[0x829A] = (1, int(chance.integers(30, 1000)))
    inside[0x829D] = (int(chance.integers(18, 80)), 10)
    inside[0x8827] = int(chance.integers(1, 33)) * 100
    inside[0x920A] = (int(chance.integers(24, 100)), 1)
    return exif
