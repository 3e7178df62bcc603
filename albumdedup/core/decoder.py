"""One file, read once: content id, upright sRGB pixels at reduced scale, facts."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import threading
import time
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from albumdedup.core.formats import HEAD_BYTES, register, sniff
from albumdedup.core.metadata import read_metadata
from albumdedup.core.types import (
    ContentId,
    FoundFile,
    Picture,
    Pixels,
    Problem,
    ReadFile,
    Reason,
    Timing,
)

if TYPE_CHECKING:
    from PIL import Image, ImageCms

R = TypeVar("R")

PREVIEW_EDGE = 800
"""Longer side of previews, in pixels: the size at which verification compares."""
SCALING_FORMATS = frozenset({"JPEG", "MPO"})
"""Formats whose decoder can give a reduced picture at reduced cost."""
MAX_PIXELS = 250_000_000
MAX_BYTES = 512 * 1024 * 1024
CHUNK = 4 * 1024 * 1024
PLAIN_DEVIATION = 4.0
"""Luma deviation in grey levels below which a picture has nothing to tell it by."""
PLAIN_EDGE = 64
PLAIN_ASPECT = 12


class Unreadable(Exception):
    """Inside this module: a picture that cannot be used, and why."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


def read_file(found: FoundFile, edge: int, wanted: Callable[[ContentId], bool]) -> ReadFile:
    """Read, hash and, where ``wanted``, decode one file to uint8[edge, edge, 3].

    Always returns a value: what went wrong is in ``problem``. Cancelled passes through.
    """
    started = time.perf_counter()
    content: ContentId | None = None
    picture: Picture | None = None
    problem: Problem | None = None
    read = hashed = started
    try:
        data, content, read = _read(found)
        hashed = time.perf_counter()
        if found.stamp.size == 0:
            raise Unreadable(Reason.EMPTY)
        if wanted(content):
            if data is None:
                raise Unreadable(Reason.TOO_LARGE)
            picture = _picture(data, found.path, edge)
    except Unreadable as error:
        problem = Problem(found.path, error.reason, error.detail)
    except OSError as error:
        problem = Problem(found.path, _os_reason(error), error.strerror or "")
    except MemoryError:
        problem = Problem(found.path, Reason.TOO_MANY_PIXELS)
    done = time.perf_counter()
    timing = Timing(read - started, hashed - read, done - hashed if picture else 0.0)
    return ReadFile(found, content, picture, problem, timing)


def read_upright(path: str, edge: int) -> Pixels | Problem:
    """The upright sRGB picture, uint8[h, w, 3], the longer side at most ``edge`` px, aspect
    kept; or why it cannot be had."""
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise Unreadable(Reason.TOO_LARGE)
        return _decode(data, path, lambda image: _fitted(image, edge))
    except Unreadable as error:
        return Problem(path, error.reason, error.detail)
    except OSError as error:
        return Problem(path, _os_reason(error), error.strerror or "")
    except MemoryError:
        return Problem(path, Reason.TOO_MANY_PIXELS)


def _os_reason(error: OSError) -> Reason:
    if isinstance(error, PermissionError):
        return Reason.NO_RIGHTS
    if isinstance(error, FileNotFoundError):
        return Reason.VANISHED
    return Reason.READ_ERROR


def _read(found: FoundFile) -> tuple[bytes | None, ContentId, float]:
    """All bytes (None for a giant), their SHA-256, and when reading ended."""
    with open(found.path, "rb", buffering=0) as file:
        before = os.fstat(file.fileno())
        if (before.st_size, before.st_mtime_ns) != (found.stamp.size, found.stamp.mtime_ns):
            raise Unreadable(Reason.CHANGED)
        if before.st_size > MAX_BYTES:
            digest = hashlib.sha256()
            while chunk := file.read(CHUNK):
                digest.update(chunk)
            return None, ContentId(digest.hexdigest()), time.perf_counter()
        data = file.readall()
        after = os.fstat(file.fileno())
    read = time.perf_counter()
    if len(data) != after.st_size or before.st_mtime_ns != after.st_mtime_ns:
        raise Unreadable(Reason.CHANGED)
    return data, ContentId(hashlib.sha256(data).hexdigest()), read


def _decode(data: bytes, path: str, use: Callable[[Image.Image], R]) -> R:
    """Open the bytes as the picture that they are and hand it over, not yet decoded.

    Raises Unreadable, with Pillow's own words where it has any.
    """
    from PIL import Image, UnidentifiedImageError

    form = sniff(data[:HEAD_BYTES], os.path.splitext(path)[1].lower())
    if form is None:
        raise Unreadable(Reason.NOT_A_PICTURE)
    if not form.readable:
        raise Unreadable(Reason.UNSUPPORTED, form.name)
    register()
    try:
        with Image.open(io.BytesIO(data), formats=form.pillow) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Unreadable(Reason.TOO_MANY_PIXELS, f"{image.width} × {image.height}")
            return use(image)
    except UnidentifiedImageError as error:
        raise Unreadable(Reason.DAMAGED, "") from error
    except Image.DecompressionBombError as error:
        raise Unreadable(Reason.TOO_MANY_PIXELS) from error
    except (OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError,
            AttributeError, EOFError, RuntimeError, struct.error) as error:  # fmt: skip
        text = str(error)
        truncated = "truncated" in text.lower() or isinstance(error, EOFError)
        raise Unreadable(Reason.TRUNCATED if truncated else Reason.DAMAGED, text[:120]) from error


def _picture(data: bytes, path: str, edge: int) -> Picture:
    """JPEG goes straight to the smallest scale whose both sides are at least ``edge``; what can
    only be decoded whole keeps a preview of it, so that verification need not decode it again."""
    from PIL import Image as images

    def use(image: Image.Image) -> Picture:
        form = image.format or ""
        metadata = read_metadata(image)
        width, height = image.size
        preview = None if form in SCALING_FORMATS else _fitted(image, PREVIEW_EDGE)
        if preview is None:
            image.draft(None, (edge, edge))
            small = _upright(_srgb(_loaded(image, (edge, edge))), metadata.orientation)
        else:
            small = images.fromarray(preview)
        pixels = _squash(small, edge)
        if metadata.orientation >= 5:
            width, height = height, width
        plain = _plain(pixels, width, height)
        return Picture(pixels, width, height, form, metadata, plain, preview)

    return _decode(data, path, use)


def _loaded(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Decode; where that gave far more pixels than ``size``, average whole blocks of them at
    once, so that what follows (profile, turning) has little to do."""
    image.load()
    factor = min(image.width // (2 * size[0]), image.height // (2 * size[1]))
    if factor < 2 or image.mode not in ("RGB", "L", "CMYK", "YCbCr"):
        return image
    reduced = image.reduce(factor)
    reduced.info = image.info
    return reduced


def _fitted(image: Image.Image, edge: int) -> Pixels:
    """Area averaging with fractional weights: Pillow's box filter takes whole pixels only, and
    its aliasing is what verification would see first."""
    import cv2

    orientation = read_metadata(image).orientation
    scale = min(1.0, edge / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    image.draft(None, size)
    rgb = np.asarray(_upright(_srgb(_loaded(image, size)), orientation))
    if orientation >= 5:
        size = (size[1], size[0])
    if (rgb.shape[1], rgb.shape[0]) != size:
        rgb = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(rgb)


def _srgb(image: Image.Image) -> Image.Image:
    """RGB in sRGB: profile applied, alpha over white, 16 bit scaled down."""
    from PIL import Image as images

    profile = image.info.get("icc_profile")
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        image = images.alpha_composite(images.new("RGBA", rgba.size, "white"), rgba).convert("RGB")
    elif image.mode in ("I;16", "I;16B", "I;16L", "I;16N", "I", "F"):
        image = _eight_bit(image)
    if profile and image.mode in ("RGB", "CMYK", "L"):
        converted = _through_profile(image, bytes(profile))
        if converted is not None:
            return converted
    return image if image.mode == "RGB" else image.convert("RGB")


def _eight_bit(image: Image.Image) -> Image.Image:
    from PIL import Image as images

    values = np.asarray(image, dtype=np.float64)
    top = 65535.0 if image.mode != "F" or values.max(initial=0) > 1 else 1.0
    return images.fromarray((values.clip(0, top) * (255 / top)).astype(np.uint8))


_profiles = threading.Lock()


def _through_profile(image: Image.Image, profile: bytes) -> Image.Image | None:
    from PIL import ImageCms

    try:
        with _profiles:
            transform = _transform(profile, image.mode)
        return None if transform is None else ImageCms.applyTransform(image, transform)
    except (ImageCms.PyCMSError, ValueError, OSError):
        return None  # a damaged profile: take the numbers as sRGB, as viewers do


@lru_cache(maxsize=16)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    from PIL import ImageCms

    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    if "sRGB" in ImageCms.getProfileDescription(source):
        return None
    target = ImageCms.createProfile("sRGB")
    return ImageCms.buildTransform(source, target, mode, "RGB")


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    from PIL import Image as images

    turn = {
        2: images.Transpose.FLIP_LEFT_RIGHT,
        3: images.Transpose.ROTATE_180,
        4: images.Transpose.FLIP_TOP_BOTTOM,
        5: images.Transpose.TRANSPOSE,
        6: images.Transpose.ROTATE_270,
        7: images.Transpose.TRANSVERSE,
        8: images.Transpose.ROTATE_90,
    }.get(orientation)
    return image if turn is None else image.transpose(turn)


def _squash(image: Image.Image, edge: int) -> Pixels:
    from PIL import Image as images

    return np.array(image.resize((edge, edge), images.Resampling.BILINEAR, reducing_gap=3.0))


def _plain(pixels: Pixels, width: int, height: int) -> bool:
    """Near-uniform, tiny, or a strip: nothing that a descriptor could tell apart."""
    if min(width, height) < PLAIN_EDGE or max(width, height) > PLAIN_ASPECT * min(width, height):
        return True
    luma = pixels @ np.array([0.299, 0.587, 0.114])
    low, high = np.percentile(luma, (1, 99))
    return bool(luma.std() < PLAIN_DEVIATION or high - low < 3 * PLAIN_DEVIATION)
