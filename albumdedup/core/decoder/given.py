"""A picture that is open already, in a script or a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albumdedup.core.decoder import PREVIEW_EDGE
from albumdedup.core.decoder.limits import MAX_PIXELS
from albumdedup.core.decoder.opening import Opened
from albumdedup.core.decoder.pixels import decode_small, fit, squashed
from albumdedup.core.types import Pixels, Problem, Reason

if TYPE_CHECKING:
    from PIL import Image


def squash_image(image: Image.Image, edge: int) -> Pixels | Problem:
    """As ``squash_bytes`` makes it of a picture in a file; the picture stays as it is."""
    width, height = image.size
    if not width or not height:
        return Problem("", Reason.EMPTY)
    if width * height > MAX_PIXELS:
        return Problem("", Reason.TOO_MANY_PIXELS, f"{width} × {height}")
    try:
        decoded = decode_small(_opened(image), fit(image.size, PREVIEW_EDGE))[1]
        return squashed(decoded, edge)
    except MemoryError:
        return Problem("", Reason.TOO_MUCH_MEMORY)
    except Exception as error:  # of a file that is read only now: whatever its decoder raises
        return Problem("", Reason.DAMAGED, str(error)[:120])


def _opened(image: Image.Image) -> Opened:
    kind = image.format or ""
    return Opened(image.copy(), kind, image.size, turned=kind == "TIFF")
