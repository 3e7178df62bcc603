"""How wide a text is on a terminal: a Chinese character takes two columns."""

from __future__ import annotations

import re
import unicodedata

_PIECES = re.compile(r"\s+|[^\s\u2e80-\uffef]+[、-】！-､]*|[\u2e80-\uffef][、-】！-､]*")
"""What is never parted: spaces, a word, a character; punctuation goes with what it follows."""


def columns(text: str) -> int:
    return sum(_columns(letter) for letter in text)


def _columns(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def padded(text: str, width: int) -> str:
    return text + " " * (width - columns(text))


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most so many columns, parted between words and between Chinese characters."""
    lines, line = [], ""
    for piece in _PIECES.findall(" ".join(text.split())):
        if line and columns(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines
