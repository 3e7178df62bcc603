"""The edits that people make of their photos, each with the truth of where every point went."""

from __future__ import annotations

import random
from collections.abc import Mapping

from PIL import Image

from albumdedup.core.types import Tier
from albumdedup.evaluation import frames, tones
from albumdedup.evaluation.copies import COPIES, CopyKind, Edit, Storage
from albumdedup.evaluation.geometry import Matrix

_PHONE_EDGE = 2048
"""The longer side at which phone apps store what they made."""


def _app(name: str, folder: str, edit: Edit, named: str = "{stem}") -> CopyKind:
    """Made on a phone: reduced, without EXIF."""
    return CopyKind(
        name, folder, ".jpg", Tier.EDITED, edit, Storage(), _PHONE_EDGE, True, named
    )  # fmt: skip


def _editor(name: str, edit: Edit, folder: str = "Edited later/Desktop") -> CopyKind:
    """Made on a computer: full size, EXIF kept, the capture time among it."""
    storage = Storage(quality=(90, 93), exif=True)
    return CopyKind(
        name, folder, ".jpg", Tier.EDITED, edit, storage, 0, True, "{stem}-" + name
    )  # fmt: skip


EDITS: tuple[CopyKind, ...] = (
    _editor("brightness", tones.brightness),
    _editor("contrast", tones.contrast),
    _app("saturation", "Apps/Filters/Colour", tones.saturation),
    _app("auto_levels", "Apps/Enhanced", tones.auto_levels),
    _app("grey", "Apps/Filters/Grey", tones.grey),
    _app("sepia", "Apps/Filters/Sepia", tones.sepia),
    _app("vignette", "Apps/Filters/Vignette", tones.vignette),
    _app("blur", "Apps/Filters/Soft", tones.blur),
    _app("noise", "Apps/Filters/Grain", tones.noise),
    _app("date_stamp", "Scans/Dated", tones.date_stamp),
    _app("caption", "Messenger/Sent/Caption", tones.caption, "IMG-{day}-WA{number:04d}"),
    _app("stickers", "Messenger/Sent/Stickers", tones.stickers, "IMG-{day}-WA{number:04d}"),
    _editor("crop90", frames.crop(0.90)),
    _editor("crop75", frames.crop(0.75)),
    _app("crop50", "Apps/Cropped", frames.crop(0.50)),
    _app("square_crop", "Apps/Square", frames.square_crop),
    _editor("straightened", frames.straightened),
    _app("border", "Apps/Framed", frames.border),
    _app("polaroid", "Apps/Polaroid", frames.polaroid),
    _app("blurred_padding", "Apps/Posted", frames.blurred_padding),
    _app("screenshot", "Screenshots", frames.screenshot, "Screenshot_{day}-{clock}"),
    _editor("rotated_90", frames.turned(6), "Edited later/Turned"),
    _editor("rotated_180", frames.turned(3), "Edited later/Turned"),
    _app("rotated_270", "Apps/Turned", frames.turned(8)),
    _app("mirror", "Apps/Mirror", frames.turned(2)),
    _app("print", "Phone/Of prints", frames.print_on_table, "IMG_{day}_{clock}"),
)

KINDS: tuple[CopyKind, ...] = COPIES + EDITS
"""All ways in which a copy comes about, copies first."""

EDIT_FUNCTIONS: Mapping[str, Edit] = {kind.name: kind.in_memory for kind in KINDS}
"""Every kind in memory, re-encodings too: encoded and decoded again, without files."""


def chance_of(seed: int, photo: str, kind: str) -> random.Random:
    """The generator of one edit of one photo: the same whatever else the album holds."""
    return random.Random(f"{seed}/{photo}/{kind}")


def edit_pixels(name: str, image: Image.Image, seed: int, photo: str) -> tuple[Image.Image, Matrix]:
    """The edit that ``make_album`` makes of this photo with this seed, in memory."""
    return EDIT_FUNCTIONS[name](image, chance_of(seed, photo, name))
