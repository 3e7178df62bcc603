"""What choosing a keeper works with, and what it gives."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from albumdedup.core.types import Photo


@dataclass(frozen=True, slots=True)
class KeepContext:
    """What the user said about folders; ``preferred`` is ordered, best first; ``clear`` is the
    one that shall be emptied of copies."""

    preferred: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    clear: str | None = None

    def spared(self, photo: Photo) -> bool:
        """Whether a photo lies outside the folder that shall be emptied."""
        return self.clear is not None and inside(photo.path, (self.clear,)) is None


@dataclass(frozen=True, slots=True)
class Choice:
    """The keeper and one sentence why. ``warning`` names the ``better`` photo where the rule
    keeps the poorer one; ``unsure`` where only file times told the photos apart, or where a
    photo without a sure date lost to one that has it."""

    keeper: Photo
    reason: str
    warning: str = ""
    better: Photo | None = None
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a rule leaves: the photos it finds equally good (never none), and its sentence
    where it is one photo."""

    photos: Sequence[Photo]
    reason: str = ""
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What one step of the chain did: how many photos it found and left, and the sentence where
    it decided. ``rule`` is its name, ``clear`` or ``tie_break``."""

    rule: str
    found: int
    left: int
    reason: str = ""


class KeepRule(Protocol):
    def narrow(self, photos: Sequence[Photo], context: KeepContext) -> Narrowed:
        """The best of two photos or more."""
        ...


def inside(path: str, folders: Sequence[str]) -> int | None:
    """The place in ``folders`` of the first one that holds ``path``, or None."""
    if not folders:
        return None
    path = os.path.normcase(path)
    for place, folder in enumerate(folders):
        if path.startswith(os.path.join(os.path.normcase(folder), "")):
            return place
    return None
