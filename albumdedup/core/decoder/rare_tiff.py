"""Kinds of TIFF that Pillow passes by: colour in floating point, in 32 bits, in separate planes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albumdedup.core.decoder.greys import eight_bit
from albumdedup.core.decoder.raw import exif_of
from albumdedup.core.metadata.tiff import read_tree

if TYPE_CHECKING:
    from PIL import Image

_MOST_BYTES = 1 << 30
_WIDTH, _HEIGHT, _BITS, _SAMPLES = 0x0100, 0x0101, 0x0102, 0x0115


def open_rare_tiff(data: bytes, most_pixels: int) -> Image.Image | None:
    """The first page, RGB or L of 8 bits, decoded and turned, with its EXIF; None where OpenCV
    cannot open it either. Raises MemoryError for one that would need more than a gigabyte."""
    import cv2
    from PIL import Image as images

    main = read_tree(data).main
    pixels = main.number(_WIDTH) * main.number(_HEIGHT)
    sample = max(main.numbers(_BITS), default=1) / 8 * main.number(_SAMPLES, 1)
    if not 0 < pixels <= most_pixels:
        return None
    if pixels * sample > _MOST_BYTES:
        raise MemoryError
    level = cv2.utils.logging.getLogLevel()
    try:
        cv2.utils.logging.setLogLevel(0)  # its complaints belong to the photo, not on stderr
        found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        return None
    finally:
        cv2.utils.logging.setLogLevel(level)
    if found is None or found.ndim not in (2, 3) or found.shape[-1] == 2:
        return None
    if found.ndim == 3:
        found = found[:, :, 2::-1] if found.shape[2] >= 3 else found[:, :, 0]
    image = images.fromarray(np.ascontiguousarray(eight_bit(found)))
    image.info["exif"] = exif_of(data)
    return image
