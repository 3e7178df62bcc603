"""Why a file's bytes are no picture for us, by what its decoder said."""

from __future__ import annotations

import io

from albumdedup.core.decoder.limits import GIANT_PIXELS
from albumdedup.core.decoder.raw import jpeg
from albumdedup.core.formats import HEIF, JPEG, PhotoFormat
from albumdedup.core.types import Reason


class Unreadable(Exception):
    """Inside the decoder: a picture that cannot be used, and why."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


def damaged(text: str, *, early: bool = False) -> Unreadable:
    """Why a decoder gave up, by its own words."""
    if text.startswith("b'") and text.endswith("'"):  # LibRaw's words come as bytes
        text = text[2:-1]
    low = text.lower()
    if "support for this compression" in low or "invalid image index" in low:
        return Unreadable(Reason.UNSUPPORTED, text[:120])
    early = early or any(word in low for word in ("truncated", "end of file", "insufficient"))
    return Unreadable(Reason.TRUNCATED if early else Reason.DAMAGED, text[:120])


def is_short_of_memory(text: str, pixels: int) -> bool:
    """Whether a decoder that gave up lacked memory, by its own words. libwebp's are the same for
    memory and for damage: of a giant, memory is the likelier."""
    low = text.lower()
    if "could not create decoder object" in low:
        return pixels > GIANT_PIXELS
    return any(word in low for word in ("out of memory", "memory alloc", "bad_alloc", "malloc"))


def unidentified(data: bytes, form: PhotoFormat) -> Unreadable:
    """Pillow swallows the decoder's words; of HEIF and JPEG, some kinds are merely not
    supported."""
    if form is JPEG:
        return _unidentified_jpeg(data)
    if form is not HEIF:
        return Unreadable(Reason.DAMAGED)
    import pillow_heif

    try:
        pillow_heif.open_heif(io.BytesIO(data))
    except Exception as error:
        return damaged(str(error))
    return Unreadable(Reason.UNSUPPORTED, form.name)


def _unidentified_jpeg(data: bytes) -> Unreadable:
    frame = jpeg.frame(data)
    if frame is None or frame.decodable or not frame.width or not frame.height:
        return Unreadable(Reason.DAMAGED)
    if frame.bits != 8:
        return Unreadable(Reason.UNSUPPORTED, f"JPEG, {frame.bits} bits")
    return Unreadable(Reason.UNSUPPORTED, "lossless JPEG" if frame.lossless else "JPEG")
