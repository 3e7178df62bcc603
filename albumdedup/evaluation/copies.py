"""How copies of a photo come about at home: each kind is one function from file to file.

All of these are the *same photo* stored again (or the same bytes); edits follow elsewhere.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps
from PIL.Image import Exif, Resampling

from albumdedup.core.formats import register
from albumdedup.core.types import Tier

ORIENTATION_TAG = 0x0112
ORIENTATION_QUARTER_TURN = 6
"""EXIF value "turn 90° clockwise to view"."""


@dataclass(frozen=True, slots=True)
class CopyKind:
    """One way in which a copy comes about. ``folder`` is where people find such copies."""

    name: str
    folder: str
    suffix: str
    tier: Tier
    make: Callable[[Path, Path], None]


def _upright(source: Path) -> tuple[Image.Image, Exif]:
    """The decoded upright picture and its EXIF, whose orientation is then 1."""
    register()
    with Image.open(source) as image:
        exif = image.getexif()
        upright = ImageOps.exif_transpose(image).convert("RGB")
        upright.info.setdefault("icc_profile", image.info.get("icc_profile"))
    exif[ORIENTATION_TAG] = 1
    return upright, exif


def _fit(image: Image.Image, edge: int) -> Image.Image:
    scale = edge / max(image.size)
    if scale >= 1:
        return image
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Resampling.LANCZOS)


def _profile(image: Image.Image) -> dict[str, bytes]:
    profile = image.info.get("icc_profile")
    return {"icc_profile": profile} if profile else {}


def _identical(source: Path, target: Path) -> None:
    shutil.copy2(source, target)


def _saved_again(quality: int) -> Callable[[Path, Path], None]:
    def make(source: Path, target: Path) -> None:
        image, exif = _upright(source)
        image.save(target, "JPEG", quality=quality, exif=exif, **_profile(image))

    return make


def _stripped(source: Path, target: Path) -> None:
    image, _exif = _upright(source)
    image.save(target, "JPEG", quality=92, **_profile(image))


def _half(source: Path, target: Path) -> None:
    image, exif = _upright(source)
    smaller = _fit(image, max(image.size) // 2)
    smaller.save(target, "JPEG", quality=88, exif=exif, **_profile(image))


def _resized(edge: int) -> Callable[[Path, Path], None]:
    def make(source: Path, target: Path) -> None:
        image, _exif = _upright(source)
        _fit(image, edge).save(target, "JPEG", quality=85, **_profile(image))

    return make


def _messenger(source: Path, target: Path) -> None:
    """Sent twice: 1600 px at quality 75, then 1280 px at quality 70; no metadata."""
    image, _exif = _upright(source)
    first = io.BytesIO()
    _fit(image, 1600).save(first, "JPEG", quality=75, **_profile(image))
    with Image.open(first) as sent:
        _fit(sent.convert("RGB"), 1280).save(target, "JPEG", quality=70, **_profile(image))


def _heic(source: Path, target: Path) -> None:
    image, exif = _upright(source)
    image.save(target, "HEIF", quality=80, exif=exif.tobytes(), **_profile(image))


def _webp(source: Path, target: Path) -> None:
    image, _exif = _upright(source)
    image.save(target, "WEBP", quality=82, method=2, **_profile(image))


def _png(source: Path, target: Path) -> None:
    image, _exif = _upright(source)
    _fit(image, 1600).save(target, "PNG", compress_level=1, **_profile(image))


def _rotated_by_tag(source: Path, target: Path) -> None:
    """Pixels lie on their side, the orientation tag turns them up."""
    image, exif = _upright(source)
    exif[ORIENTATION_TAG] = ORIENTATION_QUARTER_TURN
    turned = image.transpose(Image.Transpose.ROTATE_90)
    turned.save(target, "JPEG", quality=90, exif=exif, **_profile(image))


COPIES: tuple[CopyKind, ...] = (
    CopyKind("identical", "Backup/Old laptop", "", Tier.IDENTICAL, _identical),
    CopyKind("resaved_q90", "Edited later", ".jpg", Tier.SAME, _saved_again(90)),
    CopyKind("resaved_q60", "Web gallery", ".jpg", Tier.SAME, _saved_again(60)),
    CopyKind("stripped", "From friends", ".jpg", Tier.SAME, _stripped),
    CopyKind("half", "Exports/half", ".jpg", Tier.SAME, _half),
    CopyKind("px1024", "Exports/1024", ".jpg", Tier.SAME, _resized(1024)),
    CopyKind("messenger", "Messenger/Images", ".jpg", Tier.SAME, _messenger),
    CopyKind("heic", "Phone", ".heic", Tier.SAME, _heic),
    CopyKind("webp", "Downloads", ".webp", Tier.SAME, _webp),
    CopyKind("png", "Screens", ".png", Tier.SAME, _png),
    CopyKind("rotated_by_tag", "Camera card", ".jpg", Tier.SAME, _rotated_by_tag),
)
