"""A camera RAW without a usable preview, developed at half its size by LibRaw, where the extra
``raw`` is installed."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image


class NotDeveloped(Exception):
    """LibRaw does not know this camera, or its picture claims more pixels than are allowed."""


def can_develop() -> bool:
    from importlib.util import find_spec

    return find_spec("rawpy") is not None


def is_hollow(size: int, pixels: int) -> bool:
    """Whether a file is too small for what its sensor saw: half a bit for each pixel, a fraction
    of the hardest compression. LibRaw would show memory that nobody has written to, each time
    another."""
    return size * 16 < pixels


def develop(data: bytes, most_pixels: int) -> Image.Image:
    """The picture, sRGB, turned as the camera was held, at half size; its camera's white balance.

    Raises NotDeveloped, MemoryError, and LibRaw's own errors for damage. Needs the extra.
    """
    import rawpy
    from PIL import Image as images

    try:
        with rawpy.imread(io.BytesIO(data)) as raw:
            sensor = raw.sizes.raw_width * raw.sizes.raw_height
            if sensor > most_pixels or is_hollow(len(data), sensor):
                raise NotDeveloped
            pixels = raw.postprocess(half_size=True, use_camera_wb=True, output_bps=8)
    except rawpy.LibRawFileUnsupportedError as error:
        raise NotDeveloped from error
    if pixels.min() == pixels.max():  # LibRaw takes what is missing of a file for darkness
        raise NotDeveloped
    return images.fromarray(pixels)
