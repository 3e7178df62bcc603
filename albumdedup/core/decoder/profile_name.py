"""The name of a colour profile, read out of its bytes (ICC.1, 7.2 and 10.13; of version 2, 6.5.17).

By a reader of our own: what a stranger's file holds is not given to a C library for its name.
"""

from __future__ import annotations

from albumdedup.core.metadata.texts import clean

_MOST_TAGS = 100
_LONGEST = 200
UNNAMED = "?"


def profile_name(profile: object) -> str | None:
    """None where there is no profile, "?" for one that tells no name. Never raises."""
    if not isinstance(profile, bytes) or len(profile) < 132:
        return None
    count = min(_number(profile, 128), _MOST_TAGS)
    for at in range(132, 132 + 12 * count, 12):
        if profile[at : at + 4] == b"desc":
            start = _number(profile, at + 4)
            return clean(_text(profile[start : start + _number(profile, at + 8)])) or UNNAMED
    return UNNAMED


def _text(tag: bytes) -> str:
    if tag[:4] == b"mluc":  # the first language that it has
        length, at = _number(tag, 20), _number(tag, 24)
        return tag[at : at + min(length, 2 * _LONGEST)].decode("utf-16-be", "replace")
    if tag[:4] == b"desc":
        length = min(_number(tag, 8), _LONGEST)
        return tag[12 : 12 + length].partition(b"\0")[0].decode("ascii", "replace")
    return ""


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big")
