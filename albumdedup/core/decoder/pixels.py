"""From a picture that Pillow opened to the pixels that are wanted: upright, sRGB, small."""

from __future__ import annotations

import io
import threading
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from albumdedup.core.decoder.colour import to_srgb
from albumdedup.core.decoder.covering import clear_around, covered_part
from albumdedup.core.decoder.frames import inner_box
from albumdedup.core.decoder.greys import eight_bit
from albumdedup.core.metadata import read_metadata
from albumdedup.core.types import PhotoMetadata, Pixels

if TYPE_CHECKING:
    from PIL import Image, ImageCms

    from albumdedup.core.decoder.opening import Opened

PLAIN_DEVIATION = 4.0
"""Luma deviation in grey levels below which a picture has nothing to tell it by."""
PLAIN_EDGE = 64
PLAIN_ASPECT = 12
_BEHIND = (128, 128, 128, 255)
"""What is seen through transparent parts."""
_BITS_PER_SAMPLE = 258


def fit(size: tuple[int, int], edge: int) -> tuple[int, int]:
    """The size, aspect kept, whose longer side is at most ``edge``."""
    scale = min(1.0, edge / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


class Decoded(NamedTuple):
    """A decoded picture, RGB or L, neither turned nor through its profile: both cost less on
    the few pixels that are wanted in the end."""

    image: Image.Image
    profile: bytes | None
    orientation: int


def decode_small(opened: Opened, size: tuple[int, int]) -> tuple[PhotoMetadata, Decoded]:
    """Decode to at least ``size``. Where that gives far more pixels, whole blocks of them are
    averaged at once."""
    image = opened.image
    if image.format == "PNG":
        image.load()  # its metadata may come after the pixels
    metadata = read_metadata(image)
    if opened.turned:
        metadata = replace(metadata, orientation=1)
    bits = _bits(image)
    part = covered_part(image)
    image.draft(None, size)
    image.load()
    if opened.crop is not None:
        image = image.crop(opened.crop)
    profile = image.info.get("icc_profile")
    if part is not None:
        image = clear_around(image, part)
    elif "transparency" in image.info and image.mode in ("1", "L", "P", "RGB"):
        image = image.convert("RGBA")
    elif image.mode in ("P", "PA"):
        image = image.convert("RGBA" if image.mode == "PA" else "RGB")
    factor = min(image.width // (2 * size[0]), image.height // (2 * size[1]))
    if factor >= 2 and image.mode in ("RGB", "L", "CMYK", "YCbCr", "RGBA", "LA"):
        image = image.reduce(factor)
    if image.mode in ("CMYK", "LAB"):
        image, profile = _srgb(image, profile), None
    if opened.colour is not None and (opened.colour.hdr or profile is None):
        shown, profile = to_srgb(image, opened.colour), None
        if image.mode == "RGBA":
            shown.putalpha(image.getchannel("A"))
        image = shown
    return metadata, Decoded(_flat(image, bits), profile, metadata.orientation)


def _bits(image: Image.Image) -> int | None:
    """How many bits of a sample count, where a TIFF says so."""
    tags = getattr(image, "tag_v2", None)
    told = None if tags is None else tags.get(_BITS_PER_SAMPLE)
    return told[0] if isinstance(told, tuple) and isinstance(told[0], int) else None


def _flat(image: Image.Image, bits: int | None) -> Image.Image:
    """RGB or L of 8 bits; alpha over mid-grey. Over white, two different white drawings would be
    the same blank picture. Where nothing is opaque at all, alpha says nothing: it is passed
    over, as viewers do."""
    from PIL import Image as images

    if image.mode in ("RGB", "L"):
        return image
    if image.mode in ("RGBA", "LA", "La", "RGBa"):
        rgba = image.convert("RGBA")
        if rgba.getchannel("A").getextrema()[1] == 0:
            return rgba.convert("RGB")
        return images.alpha_composite(images.new("RGBA", rgba.size, _BEHIND), rgba).convert("RGB")
    if image.mode in ("I;16", "I;16B", "I;16L", "I;16N", "I", "F"):
        return images.fromarray(eight_bit(np.asarray(image), bits))
    return image.convert("L" if image.mode == "1" else "RGB")


def finished(decoded: Decoded, size: tuple[int, int]) -> Pixels:
    """Area averaging with fractional weights: Pillow's box filter takes whole pixels only, and
    its aliasing is what verification would see first."""
    import cv2
    from PIL import Image as images

    image = decoded.image
    if image.size != size:
        resized = cv2.resize(np.asarray(image), size, interpolation=cv2.INTER_AREA)
        image = images.fromarray(resized)
    return np.array(_upright(_srgb(image, decoded.profile), decoded.orientation))


def squashed(decoded: Decoded, edge: int) -> Pixels:
    from PIL import Image as images

    image = decoded.image.resize((edge, edge), images.Resampling.BILINEAR, reducing_gap=3.0)
    return np.array(_upright(_srgb(image, decoded.profile), decoded.orientation))


def shrunk(pixels: Pixels, edge: int) -> Pixels:
    """Upright sRGB of any size squashed as ``squashed`` does it."""
    from PIL import Image as images

    small = images.fromarray(pixels).resize(
        (edge, edge), images.Resampling.BILINEAR, reducing_gap=3.0
    )
    return np.array(small)


def squashed_inner(decoded: Decoded, edge: int) -> Pixels | None:
    """The photo inside a frame, squashed likewise; None where there is no frame."""
    box = inner_box(np.asarray(decoded.image.convert("RGB")))
    return None if box is None else squashed(decoded._replace(image=decoded.image.crop(box)), edge)


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """RGB in sRGB. A damaged profile is passed over: its numbers are taken as they stand, as
    viewers do."""
    if profile or image.mode == "LAB":
        converted = _through_profile(image, bytes(profile or b""))
        if converted is not None:
            return converted
    return image if image.mode == "RGB" else image.convert("RGB")


_profiles = threading.Lock()


def _through_profile(image: Image.Image, profile: bytes) -> Image.Image | None:
    from PIL import ImageCms

    try:
        with _profiles:
            transform = _transform(profile, image.mode)
        return None if transform is None else ImageCms.applyTransform(image, transform)
    except (ImageCms.PyCMSError, ValueError, OSError):
        return None


@lru_cache(maxsize=16)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    from PIL import ImageCms

    target = ImageCms.createProfile("sRGB")
    if mode == "LAB":
        return ImageCms.buildTransform(ImageCms.createProfile("LAB"), target, mode, "RGB")
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    if "sRGB" in ImageCms.getProfileDescription(source):
        if not _has_table(profile):
            return None
        return ImageCms.buildTransform(
            source, target, mode, "RGB", ImageCms.Intent.RELATIVE_COLORIMETRIC
        )
    return ImageCms.buildTransform(source, target, mode, "RGB")


def _has_table(profile: bytes) -> bool:
    """Whether a profile is more than primaries and curves: "sRGB v4 preference" bends the colours
    for print, but for its colorimetric table. After ICC.1, tags begin at byte 128, twelve bytes
    each."""
    count = min(int.from_bytes(profile[128:132], "big"), 100)
    return any(profile[132 + 12 * n : 136 + 12 * n] == b"A2B0" for n in range(count))


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


def plain(pixels: Pixels, width: int, height: int) -> bool:
    """Near-uniform, tiny, or a strip: nothing that a descriptor could tell apart."""
    from PIL import Image as images

    if min(width, height) < PLAIN_EDGE or max(width, height) > PLAIN_ASPECT * min(width, height):
        return True
    counts = np.array(images.fromarray(pixels).convert("L").histogram())
    share = counts.cumsum() / counts.sum()
    low, high = np.searchsorted(share, (0.01, 0.99))
    levels = np.arange(256)
    mean = (counts * levels).sum() / counts.sum()
    deviation = ((counts * (levels - mean) ** 2).sum() / counts.sum()) ** 0.5
    return bool(deviation < PLAIN_DEVIATION or high - low < 3 * PLAIN_DEVIATION)
