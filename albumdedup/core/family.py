"""Libraries that know of each other: what one tells the others of a photo that it holds.

Nothing here is ever a reason to remove a photo: a row may be older than the disk that it speaks of.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from albumdedup.core.types import ContentId

LONGEST_FACTS = 60_000
"""Bytes of the facts of a photo as text; a path that is longer than that is cut."""


@dataclass(frozen=True, slots=True)
class Place:
    """A family on a server, for descriptors of one embedding (``space``)."""

    uri: str
    family: str
    space: str


@dataclass(frozen=True, slots=True)
class Holding:
    """One content in one library: how many files have it, and the first of them. ``taken`` is the
    wall clock, ISO 8601. The descriptor of a ``plain`` picture says nothing."""

    content: ContentId
    files: int
    path: str
    bytes: int
    width: int
    height: int
    taken: str | None = None
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Relative:
    """A library of the family. ``written``: when it last told what it holds, in UTC."""

    library: str
    label: str
    rows: int
    written: datetime | None


def facts_text(holding: Holding) -> str:
    """All but the content, as JSON in ASCII: names that are no text survive."""
    facts = asdict(holding)
    del facts["content"]
    text = json.dumps(facts, separators=(",", ":"))
    if len(text) <= LONGEST_FACTS:
        return text
    room = LONGEST_FACTS // 12  # a character takes twelve bytes at most (two escapes)
    return json.dumps(facts | {"path": holding.path[:room]}, separators=(",", ":"))


def holding_of(content: ContentId, text: str) -> Holding:
    """What another library told, perhaps of another version of this program: facts that are not
    known here are passed over. Raises ValueError where it is no such text."""
    facts = json.loads(text)
    if not isinstance(facts, dict):
        raise ValueError(text[:40])
    return Holding(
        content,
        files=_number(facts.get("files")),
        path=_text(facts.get("path")) or "",
        bytes=_number(facts.get("bytes")),
        width=_number(facts.get("width")),
        height=_number(facts.get("height")),
        taken=_text(facts.get("taken")),
        plain=facts.get("plain") is True,
    )


def _number(value: Any) -> int:
    return value if type(value) is int else 0


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def distinct_labels(relatives: list[Relative]) -> list[Relative]:
    """Two libraries of one name (two on one computer) are told apart by their ids."""
    labels = [one.label for one in relatives]
    return [
        Relative(one.library, f"{one.label} ({one.library[:6]})", one.rows, one.written)
        if labels.count(one.label) > 1
        else one
        for one in relatives
    ]
