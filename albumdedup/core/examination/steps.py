"""One step of an explanation: sentences for a person, facts for a machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """``name`` is fixed, for machines; ``title`` and ``lines`` are in the user's language."""

    name: str
    title: str
    lines: tuple[str, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)
