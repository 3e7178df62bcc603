"""Bytes → an opened picture, by what the bytes are: which decoder, and what it leaves to do."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from albumdedup.core.decoder import raw
from albumdedup.core.decoder.asides import boxed_packets, is_hollow_png, without_giant_texts
from albumdedup.core.decoder.colour import Colour, colour_of
from albumdedup.core.decoder.items import Crop, clean_aperture
from albumdedup.core.decoder.jxl import jxl_size
from albumdedup.core.decoder.limits import GIANT_PIXELS, MAX_PIXELS
from albumdedup.core.decoder.rare_tiff import open_rare_tiff
from albumdedup.core.decoder.raw.develop import NotDeveloped, can_develop, develop
from albumdedup.core.decoder.refusing import (
    Unreadable,
    damaged,
    is_short_of_memory,
    unidentified,
)
from albumdedup.core.decoder.routing import claimed_pixels
from albumdedup.core.formats import (
    AVIF,
    HEAD_BYTES,
    HEIF,
    JPEG2000,
    JPEG_XL,
    PNG,
    RAW,
    RAW_FORMAT,
    TIFF,
    PhotoFormat,
    can_open_jpeg_xl,
    register,
    sniff,
)
from albumdedup.core.types import Reason

if TYPE_CHECKING:
    from PIL import Image

R = TypeVar("R")

SCALING_FORMATS = frozenset({"JPEG", "MPO"})
"""Formats whose decoder can give a reduced picture at reduced cost."""


class Opened(NamedTuple):
    """A picture that is opened and mostly not yet decoded.

    ``format`` is what the file is; ``size`` that of the photo, which of camera RAW is more than
    the picture has, neither turned; ``colour`` is set where the pixels are not meant as sRGB or
    as their profile says; ``turned`` says that the decoder applies the orientation itself;
    ``crop`` is the part of the stored picture that is meant to be seen, which the decoder leaves
    to be cut out.
    """

    image: Image.Image
    format: str
    size: tuple[int, int]
    colour: Colour | None = None
    turned: bool = False
    crop: Crop | None = None

    @property
    def shown(self) -> tuple[int, int]:
        """The size of the picture as it is decoded, cut, not turned."""
        if self.crop is None:
            return self.image.size
        left, top, right, bottom = self.crop
        return right - left, bottom - top

    @property
    def scales(self) -> bool:
        return self.image.format in SCALING_FORMATS


def opened_by(data: bytes, path: str, use: Callable[[Opened], R]) -> R:
    """Open the bytes as the picture that they are and hand it over, not yet decoded.

    Raises Unreadable, with the decoder's own words where it has any, and MemoryError.
    """
    from PIL import UnidentifiedImageError

    form = sniff(data[:HEAD_BYTES], os.path.splitext(path)[1].lower())
    if form is None:
        raise Unreadable(Reason.NOT_A_PICTURE)
    register()
    try:
        opened = _open(data, form)
        with opened.image as image:
            _check_size(image.size)
            with _alone if _is_giant(image) else nullcontext():
                return use(opened)
    except (Unreadable, MemoryError):
        raise
    except UnidentifiedImageError as error:
        raise unidentified(data, form) from error
    except Exception as error:
        # Whatever a decoder raises for hostile bytes (zlib.error, struct.error, its own types)
        # is a fact about this one file; but for the words with which some lack memory.
        if is_short_of_memory(str(error), claimed_pixels(data)):
            raise MemoryError from error
        raise damaged(str(error), early=isinstance(error, EOFError)) from error


_alone = threading.Lock()


def _is_giant(image: Image.Image) -> bool:
    scales = image.format in SCALING_FORMATS and "progressive" not in image.info
    return not scales and image.width * image.height > GIANT_PIXELS


def _check_size(size: tuple[int, int]) -> None:
    if size[0] * size[1] > MAX_PIXELS:
        raise Unreadable(Reason.TOO_MANY_PIXELS, f"{size[0]} × {size[1]}")


def _open(data: bytes, form: PhotoFormat) -> Opened:
    if form is RAW:
        return _open_plain(data, TIFF) if raw.is_plain_tiff(data) else _open_raw(data)
    if form is JPEG_XL:
        return _open_jpeg_xl(data)
    if form is TIFF and raw.is_raw_tiff(data):
        return _open_raw(data)
    return _open_plain(data, form)


def _open_plain(data: bytes, form: PhotoFormat) -> Opened:
    from PIL import Image, UnidentifiedImageError

    if form is PNG:
        data = without_giant_texts(data)
    try:
        image = Image.open(io.BytesIO(data), formats=form.pillow)
    except UnidentifiedImageError:
        if form is not TIFF:
            raise
        other = open_rare_tiff(data, MAX_PIXELS)
        if other is None:
            raise
        return Opened(other, "TIFF", other.size, turned=True)
    _check_size(image.size)
    if form is PNG and is_hollow_png(data):
        raise Unreadable(Reason.TRUNCATED)
    if form is JPEG2000:
        image.info.update(boxed_packets(data))
    colour = colour_of(data) if form in (AVIF, HEIF, PNG) else None
    # Pillow turns a TIFF while it loads it, and gives its size as turned; the others it leaves.
    crop = clean_aperture(data, image.size) if form is AVIF else None
    opened = Opened(image, image.format or "", image.size, colour, form is TIFF, crop)
    return opened._replace(size=opened.shown)


def _open_raw(data: bytes) -> Opened:
    """By the picture for viewing in it, else developed."""
    from PIL import Image

    preview = raw.find_preview(data)
    if preview is not None:
        image = Image.open(io.BytesIO(preview.data), formats=("JPEG",))
        return Opened(image, RAW_FORMAT, preview.size)
    if not can_develop():
        raise Unreadable(Reason.NO_PREVIEW)
    try:
        developed = develop(data, MAX_PIXELS)
    except NotDeveloped as error:
        raise Unreadable(Reason.UNSUPPORTED, RAW.name) from error
    developed.info["exif"] = raw.exif_of(data)
    size = 2 * developed.width, 2 * developed.height
    return Opened(developed, RAW_FORMAT, size, turned=True)


def _open_jpeg_xl(data: bytes) -> Opened:
    from PIL import Image

    if not can_open_jpeg_xl():
        raise Unreadable(Reason.NO_JPEG_XL)
    size = jxl_size(data)
    if size is None:
        raise Unreadable(Reason.DAMAGED)
    _check_size(size)  # its plug-in decodes at once
    try:
        image = Image.open(io.BytesIO(data), formats=JPEG_XL.pillow)
    except BaseException as error:
        # Its plug-in is written in Rust, whose panics are no Exception to Python; and the words
        # of its errors are for those who build it.
        if isinstance(error, RuntimeError) or type(error).__name__ == "PanicException":
            raise Unreadable(Reason.DAMAGED) from error
        raise
    for name, packet in boxed_packets(data).items():
        image.info.setdefault(name, packet)
    turned = not getattr(image, "jpeg", False)  # a JPEG in it comes out as it went in
    return Opened(image, "JPEG XL", image.size, turned=turned)
