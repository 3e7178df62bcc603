"""What stands in a pane, and what is on the canvas as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from PySide6.QtGui import QImage, QPixmap

from albumdedup.core.compare.looking import Size
from albumdedup.core.compare.placing import Matrix
from albumdedup.core.types import Member, Photo
from albumdedup.gui.compare.pictures import Heat


class Mode(StrEnum):
    """How the photos stand to one another."""

    SIDE = "side"
    WIPE = "wipe"
    DIFFERENCE = "difference"


@dataclass(slots=True)
class Slot:
    """One photo: its number, where it lies in the first one, and what can be drawn of it."""

    number: int
    member: Member
    place: Matrix
    levels: tuple[QImage, ...] = ()
    thumb: QPixmap | None = None
    sentence: str = ""

    @property
    def photo(self) -> Photo:
        return self.member.photo

    @property
    def size(self) -> Size:
        return float(self.photo.width), float(self.photo.height)

    def image(self, wanted: float) -> QImage | None:
        """The smallest level at least ``wanted`` pixels wide, or the largest there is."""
        fine = [image for image in self.levels if image.width() >= wanted]
        pick = min if fine else max
        return pick(fine or self.levels, key=QImage.width, default=None)


@dataclass(slots=True)
class Scene:
    """All that is painted. ``other`` is what the first photo is wiped and measured against."""

    slots: list[Slot] = field(default_factory=list)
    mode: Mode = Mode.SIDE
    other: int = 1
    flipped: bool = False
    wipe: float = 0.5
    heat: Heat | None = None
    heat_sentence: str = ""

    @property
    def first(self) -> Size:
        return self.slots[0].size if self.slots else (1.0, 1.0)

    @property
    def pair(self) -> tuple[Slot, Slot] | None:
        if len(self.slots) < 2:
            return None
        return self.slots[0], self.slots[min(self.other, len(self.slots) - 1)]

    def in_pane(self, pane: int) -> Slot:
        """What a pane shows now: while flipped, the photo that comes next."""
        if self.mode is not Mode.SIDE:
            pair = self.pair
            return pair[1] if pair is not None and self.flipped else self.slots[0]
        return self.slots[(pane + 1) % len(self.slots) if self.flipped else pane]

    @property
    def panes(self) -> int:
        if self.mode is Mode.SIDE or len(self.slots) < 2:
            return len(self.slots)
        return 1

    def heat_place(self) -> Matrix:
        """Where the heat map lies in the first photo."""
        pair = self.pair
        if self.heat is None or pair is None or not self.heat.facts.ground_is_second:
            return np.eye(3)
        return pair[1].place
