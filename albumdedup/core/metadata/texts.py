"""Cleaning the texts of metadata, and telling what a person would miss."""

from __future__ import annotations

import re
import struct

EXTRAS = ("place", "caption", "rating", "people", "keywords")
"""What a person would miss, in the order in which it is told."""

# What Pillow's readers raise for damaged packets; a warning too, where warnings are errors.
DAMAGE = (
    struct.error, SyntaxError, ValueError, LookupError, OSError, EOFError, TypeError,
    ArithmeticError, AttributeError, UserWarning,
)  # fmt: skip

LONGEST_TEXT = 200

# Captions that cameras and programs write by themselves: nobody would miss them.
_MACHINE_CAPTION = re.compile(
    r"(?i)^(olympus|sony dsc|samsung|minolta|konica|kodak|nikon|exif_jpeg|digital camera|dcim"
    r"|default|untitled|screenshot|charset=|oplus_|fbmd|hisilicon|\{|<|dscn?_?\d|img_?\d"
    r"|created with|type=|dcf |gc-|.*\bcamera$|cof$|dav$|edf$|hdr$|rhdr$|ptr$|sdr$|mde$|jpeg$"
    r"|picture$|image$|map$)"
)


def decoded(data: bytes) -> str:
    """UTF-8, else what Windows and old cameras write in the West: EXIF and IPTC rarely tell."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def clean(value: object) -> str | None:
    """Text up to its first NUL, without blanks around it; None where nothing is left."""
    if isinstance(value, bytes):
        value = decoded(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    return value.lstrip("\0").split("\0", 1)[0].strip()[:LONGEST_TEXT] or None


def sound(text: str) -> str:
    """Without halves of surrogate pairs, which JSON can write and neither a database nor a file
    can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def real_date(text: str | None) -> str | None:
    """None for the blank forms of the standard, "    :  :  " and "0000:00:00 00:00:00"."""
    return text if text is not None and re.search("[1-9]", text) else None


def is_caption(text: str | None) -> bool:
    if text is None or _MACHINE_CAPTION.match(text):
        return False
    return sum(character.isalpha() for character in text) >= 2


def worth_keeping(kind: str, text: str) -> bool:
    cleaned = clean(text)
    if kind == "caption":
        return is_caption(cleaned)
    if kind == "rating":
        return cleaned is not None and re.fullmatch(r"[+-]?0*(\.0*)?", cleaned) is None
    return cleaned is not None
