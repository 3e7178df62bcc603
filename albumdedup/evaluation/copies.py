"""How copies of a photo come about at home, and the ways in which one is the same photo again.

A kind is a pure edit of pixels and the way its result is stored; edits that show something else
stand in ``evaluation.edits``.
"""

from __future__ import annotations

import io
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from PIL import Image, ImageCms, ImageOps
from PIL.Image import Exif, Resampling

from albumdedup.core.formats import register
from albumdedup.core.types import Tier
from albumdedup.evaluation.geometry import IDENTITY, Matrix

ORIENTATION_TAG = 0x0112
ORIENTATION_QUARTER_TURN = 6
"""EXIF value "turn 90° clockwise to view"."""

Edit = Callable[[Image.Image, random.Random], tuple[Image.Image, Matrix]]
"""An upright RGB picture → the edited one, and where the original's points lie in it."""


class Original:
    """One photo that copies are made of, decoded once: upright RGB, with what it carried."""

    def __init__(self, path: Path) -> None:
        self.path = path
        register()
        with Image.open(path) as image:
            self.exif: Exif = image.getexif()
            self.profile: bytes | None = image.info.get("icc_profile")
            self.image = ImageOps.exif_transpose(image).convert("RGB")
        self.exif[ORIENTATION_TAG] = 1

    @cached_property
    def srgb(self) -> Image.Image:
        """The picture in sRGB, as an editor that paints on it sees it."""
        if not self.profile:
            return self.image
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(self.profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(self.image, source, target)
        except (OSError, ImageCms.PyCMSError):
            return self.image  # a damaged profile: viewers pass over it as well
        return converted if converted is not None else self.image


@dataclass(frozen=True, slots=True)
class Storage:
    """How the result is written. ``quality`` is a range to draw from; ``orientation`` 6 lays the
    pixels on their side and lets the tag turn them up."""

    format: str = "JPEG"
    quality: tuple[int, int] = (88, 92)
    exif: bool = False
    orientation: int = 1

    def write(
        self,
        image: Image.Image,
        target: Path | BinaryIO,
        chance: random.Random,
        exif: Exif | None = None,
        profile: bytes | None = None,
    ) -> None:
        if self.orientation == ORIENTATION_QUARTER_TURN:
            image = image.transpose(Image.Transpose.ROTATE_90)
        options: dict[str, object] = {"quality": chance.randint(*self.quality)}
        if self.format == "PNG":
            options = {"compress_level": 1}
        elif self.format == "WEBP":
            options["method"] = 2
        carried = exif if exif is not None and self.exif else Exif()
        if self.orientation != 1:
            carried[ORIENTATION_TAG] = self.orientation
        if len(carried):
            options["exif"] = carried.tobytes()
        if profile:
            options["icc_profile"] = profile
        image.save(target, self.format, **options)
        carried[ORIENTATION_TAG] = 1


@dataclass(frozen=True, slots=True)
class CopyKind:
    """One way in which a copy comes about. ``folder`` is where people find such copies, ``name``
    what they are called there; ``longest`` is the side that the app allows (0: any); ``paints``
    where the app works on sRGB and so drops the colour profile. Without an ``edit`` the file is
    copied byte by byte."""

    name: str
    folder: str
    suffix: str
    tier: Tier
    edit: Edit | None
    storage: Storage = Storage()
    longest: int = 0
    paints: bool = False
    named: str = "{stem}"

    def make(self, original: Original, target: Path, chance: random.Random) -> Matrix:
        """Write the copy; where the original's points lie in it."""
        if self.edit is None:
            shutil.copy2(original.path, target)
            return IDENTITY
        image = original.srgb if self.paints else original.image
        image = fit(image, self.longest) if self.longest else image
        edited, matrix = self.edit(image, chance)
        profile = None if self.paints else original.profile
        self.storage.write(edited, target, chance, original.exif, profile)
        return matrix

    def in_memory(self, image: Image.Image, chance: random.Random) -> tuple[Image.Image, Matrix]:
        """The same without files: edited, encoded, decoded and upright again."""
        if self.edit is None:
            return image, IDENTITY
        register()
        image = fit(image, self.longest) if self.longest else image
        edited, matrix = self.edit(image, chance)
        buffer = io.BytesIO()
        self.storage.write(edited, buffer, chance)
        with Image.open(buffer) as stored:
            return ImageOps.exif_transpose(stored).convert("RGB"), matrix


def fit(image: Image.Image, edge: int) -> Image.Image:
    """The longer side at most ``edge`` px; never enlarged."""
    scale = edge / max(image.size)
    if scale >= 1:
        return image
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Resampling.LANCZOS)


def _again(image: Image.Image, chance: random.Random) -> tuple[Image.Image, Matrix]:
    return image, IDENTITY


def _half(image: Image.Image, chance: random.Random) -> tuple[Image.Image, Matrix]:
    return fit(image, max(1, max(image.size) // 2)), IDENTITY


def _resized(edge: int) -> Edit:
    def edit(image: Image.Image, chance: random.Random) -> tuple[Image.Image, Matrix]:
        return fit(image, edge), IDENTITY

    return edit


def _messenger(image: Image.Image, chance: random.Random) -> tuple[Image.Image, Matrix]:
    """Sent twice: 1600 px at quality 75, then 1280 px at quality 70."""
    first = io.BytesIO()
    fit(image, 1600).save(first, "JPEG", quality=75)
    with Image.open(first) as sent:
        return fit(sent.convert("RGB"), 1280), IDENTITY


def _jpeg(quality: int, *, exif: bool = False, orientation: int = 1) -> Storage:
    return Storage("JPEG", (quality, quality), exif, orientation)


def _same(name: str, folder: str, edit: Edit, storage: Storage, suffix: str = ".jpg") -> CopyKind:
    return CopyKind(name, folder, suffix, Tier.SAME, edit, storage)


STRIPPED = _same("stripped", "From friends", _again, _jpeg(92))

COPIES: tuple[CopyKind, ...] = (
    CopyKind("identical", "Backup/Old laptop", "", Tier.IDENTICAL, None),
    _same("resaved_q90", "Edited later", _again, _jpeg(90, exif=True)),
    _same("resaved_q60", "Web gallery", _again, _jpeg(60, exif=True)),
    _same("resaved_q40", "Web gallery/small", _again, _jpeg(40, exif=True)),
    STRIPPED,
    _same("half", "Exports/half", _half, _jpeg(88, exif=True)),
    _same("px1024", "Exports/1024", _resized(1024), _jpeg(85)),
    _same("px320", "Web gallery/thumbs", _resized(320), _jpeg(80)),
    _same("messenger", "Messenger/Images", _messenger, _jpeg(70)),
    _same("heic", "Phone", _again, Storage("HEIF", (80, 80), exif=True), ".heic"),
    _same("webp", "Downloads", _again, Storage("WEBP", (82, 82)), ".webp"),
    _same("png", "Screens", _resized(1600), Storage("PNG"), ".png"),
    _same(
        "rotated_by_tag", "Camera card", _again,
        _jpeg(90, exif=True, orientation=ORIENTATION_QUARTER_TURN),
    ),
)  # fmt: skip
"""The same photo stored again, or the same bytes."""
