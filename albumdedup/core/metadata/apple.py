"""The maker note of Apple: what ties the still of a Live Photo to its film."""

from __future__ import annotations

import struct

from albumdedup.core.metadata.texts import DAMAGE, clean

_START = b"Apple iOS\0\0\x01MM"
_CONTENT_IDENTIFIER, _ASCII = 0x0011, 2


def live_id(note: object) -> str | None:
    """The content identifier of a maker note; None where there is none. Never raises.

    The note is a big-endian IFD at byte 14, its offsets counted from the start of the note (as
    read by ExifTool's tables, Apple.pm).
    """
    if not isinstance(note, bytes) or not note.startswith(_START):
        return None
    try:
        (count,) = struct.unpack_from(">H", note, 14)
        for number in range(min(count, 200)):
            tag, kind, length, at = struct.unpack_from(">HHII", note, 16 + 12 * number)
            if tag == _CONTENT_IDENTIFIER and kind == _ASCII and length <= 100:
                return clean(note[at : at + length])
    except DAMAGE:
        return None
    return None
