"""Colours that a file names by number instead of by a profile, brought to sRGB.

The numbers are those of ITU-T H.273: in the box ``colr`` of HEIF and AVIF, in the chunk ``cICP``
of PNG. HDR (PQ after SMPTE ST 2084, HLG after ITU-R BT.2100) is shown as a screen of usual
brightness would: white at 203 cd/m² stays white, what is brighter is pressed together.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.decoder.items import primary_properties

if TYPE_CHECKING:
    from PIL import Image

PQ, HLG = 16, 18
_LINEAR, _SRGB = 8, 13
_VIDEO = frozenset({1, 6, 14, 15})
_WHITE, _PEAK = 203.0, 1000.0
"""Nits of diffuse white (ITU-R BT.2408), and of the screen that HLG is meant for."""
_KNEE = 0.75
"""Linear light above which HDR is pressed together."""
_TO_709 = {
    9: ((1.6605, -0.5876, -0.0728), (-0.1246, 1.1329, -0.0083), (-0.0182, -0.1006, 1.1187)),
    12: ((1.2249, -0.2247, 0.0), (-0.0420, 1.0419, 0.0), (-0.0197, -0.0786, 1.0979)),
}  # BT.2020 and Display P3 to BT.709, linear light


class Colour(NamedTuple):
    primaries: int
    transfer: int

    @property
    def hdr(self) -> bool:
        return self.transfer in (PQ, HLG)

    @property
    def is_srgb(self) -> bool:
        """Whether pixels of this colour are shown as they are: sRGB, its like, or not told."""
        known = self.hdr or self.transfer in (_LINEAR, _SRGB) or self.transfer in _VIDEO
        return not known or not (self.hdr or self.transfer == _LINEAR or self.primaries in _TO_709)


def colour_of(data: bytes) -> Colour | None:
    """What a HEIF, AVIF or PNG file says; None where it says nothing that needs a change.
    Never raises."""
    told = _of_png(data) if data[:4] == b"\x89PNG" else _of_item(data)
    return None if told is None or told.is_srgb else told


def _of_png(data: bytes) -> Colour | None:
    at = 8
    while at + 12 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if kind == b"cICP" and length == 4:
            return Colour(data[at + 8], data[at + 9])
        if kind == b"IDAT":
            return None
        at += 12 + length
    return None


def _of_item(data: bytes) -> Colour | None:
    for box in primary_properties(data):
        if box.kind == b"colr" and data[box.start : box.start + 4] == b"nclx":
            told = data[box.start + 4 : box.start + 8]
            return Colour(int.from_bytes(told[:2], "big"), int.from_bytes(told[2:], "big"))
    return None


def to_srgb(image: Image.Image, colour: Colour) -> Image.Image:
    """RGB of 8 bits in sRGB, from RGB of 8 bits in ``colour``."""
    from PIL import Image as images

    linear = _light(colour.transfer)[np.asarray(image.convert("RGB"))]
    if colour.transfer == HLG:  # its system gamma acts on the luminance
        luminance = linear @ np.array([0.2627, 0.6780, 0.0593], np.float32)
        linear *= (_PEAK / _WHITE) * np.maximum(luminance, 1e-6)[..., None] ** 0.2
    matrix = _TO_709.get(colour.primaries)
    if matrix is not None:
        linear = linear @ np.array(matrix, np.float32).T
    if colour.hdr:
        peak = linear.max(axis=-1, keepdims=True)
        linear *= _pressed(peak) / np.maximum(peak, 1e-6)
    steps = np.linspace(0, 1, 4096, dtype=np.float32)
    coded = np.where(steps <= 0.0031308, 12.92 * steps, 1.055 * steps ** (1 / 2.4) - 0.055)
    table = np.round(coded * 255).astype(np.uint8)
    return images.fromarray(table[(linear.clip(0, 1) * 4095 + 0.5).astype(np.uint16)])


def _pressed(light: NDArray[np.float32]) -> NDArray[np.float32]:
    """Unchanged up to the knee, from there bent towards 1."""
    over = np.maximum(light - _KNEE, 0) / (1 - _KNEE)
    pressed = np.where(light <= _KNEE, light, _KNEE + (1 - _KNEE) * (1 - np.exp(-over)))
    return np.asarray(pressed, np.float32)


@lru_cache(maxsize=4)
def _light(transfer: int) -> NDArray[np.float32]:
    """Linear light for each of 256 codes; 1 is diffuse white (of HLG: the scene's peak)."""
    code = np.linspace(0, 1, 256)
    if transfer == PQ:
        power = code ** (1 / 78.84375)
        ratio = np.maximum(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)
        light = 10_000 / _WHITE * ratio ** (1 / 0.1593017578125)
    elif transfer == HLG:
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        light = np.where(code <= 0.5, code**2 / 3, (np.exp((code - c) / a) + b) / 12)
    elif transfer == _LINEAR:
        light = code
    else:  # BT.709 is shown as sRGB is, on the same screens
        light = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)
    return light.astype(np.float32)
