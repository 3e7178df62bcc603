"""A sieve as an expression of Milvus, and what rows hold for it.

The texts of a person (folders, cameras) reach an expression only as literals. What neither a
literal nor UTF-8 can hold (control characters, halves of surrogate pairs in names that are no
text) is written with a percent sign and its number, in rows and expressions alike.
"""

from __future__ import annotations

import re

from albumdedup.core.asking import ANYWHERE, Told, Where

FOLDERS, FIRST, LAST, CAMERA, MARK = "folders", "first_day", "last_day", "camera", "mark"

_AWKWARD = re.compile("[%\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_NEVER = f'{MARK} == "-"'
"""No row has this mark."""


def plain(text: str) -> str:
    """Different texts stay different."""
    return _AWKWARD.sub(lambda found: f"%{ord(found[0]):x};", text)


def literal(text: str) -> str:
    """A text between quotes, as Milvus reads it."""
    escaped = plain(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def row_of(told: Told) -> dict[str, object]:
    """The dynamic fields of a row. A day that is not known is 0, which no range of days holds."""
    return {
        FOLDERS: [plain(folder) for folder in told.folders],
        FIRST: told.first or 0,
        LAST: told.last or 0,
        CAMERA: plain(told.camera),
        MARK: told.mark,
    }


def expression(where: Where) -> str:
    """Empty where everything passes."""
    if where == ANYWHERE:
        return ""
    parts = []
    if where.folder:
        parts.append(f"json_contains({FOLDERS}, {literal(where.folder)})")
    if where.first is not None or where.last is not None:
        parts.append(f"{LAST} >= {max(1, where.first or 1)}")
    if where.last is not None:
        parts.append(f"{FIRST} >= 1 and {FIRST} <= {where.last}")
    if where.cameras is not None:
        names = ", ".join(literal(name) for name in where.cameras)
        parts.append(f"{CAMERA} in [{names}]" if names else _NEVER)
    return " and ".join(f"({part})" for part in parts)
