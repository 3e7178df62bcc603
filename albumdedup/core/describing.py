"""Squares of pixels on their way through an extractor, and onto the drawer of its embedding."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import NamedTuple

import numpy as np

from albumdedup.core.ports import Drawer, Extractor
from albumdedup.core.types import ContentId, Descriptors, Pixels


class Clock:
    """Adds the time inside a ``with`` block to one part's sum."""

    def __init__(self, spent: dict[str, float], part: str) -> None:
        self._spent, self._part, self._start = spent, part, 0.0

    def __enter__(self) -> None:
        self._start = time.perf_counter()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._spent[self._part] += time.perf_counter() - self._start


class _Row(NamedTuple):
    """What a descriptor is of: a content as a whole, or the photo inside its frame."""

    content: ContentId
    inner: bool


class Described(NamedTuple):
    """Contents with float32[n, dim], and those of them with a frame, with float32[m, dim]."""

    ids: list[ContentId]
    vectors: Descriptors
    framed: list[ContentId]
    inner: Descriptors

    def keep(self, drawer: Drawer) -> None:
        """Frames first: who has a descriptor has all of it, also after a crash in between."""
        if self.ids:
            drawer.save_inner(self.framed, self.inner)
            drawer.save_vectors(self.ids, self.vectors)


@dataclass
class Squares:
    """Squares that wait for one inference of ``batch`` of them, and what came of the earlier
    ones. Pixels are dropped once they are described."""

    extractor: Callable[[], Extractor]
    batch: int
    spent: dict[str, float]
    waiting: list[Pixels] = field(default_factory=list)
    _rows: list[_Row] = field(default_factory=list)
    _found: list[Descriptors] = field(default_factory=list)

    def take(self, content: ContentId, pixels: Pixels, inner: Pixels | None) -> None:
        self.waiting.append(pixels)
        self._rows.append(_Row(content, False))
        if inner is not None:
            self.waiting.append(inner)
            self._rows.append(_Row(content, True))
        if len(self.waiting) >= self.batch:
            self.describe()

    def describe(self) -> None:
        """One inference; the decode threads go on with the next photos meanwhile."""
        if self.waiting:
            with Clock(self.spent, "inference"):
                self._found.append(self.extractor().extract(self.waiting))
            self.waiting.clear()

    def finish(self) -> Described:
        """All that was taken since the last call."""
        self.describe()
        rows, found = self._rows, self._found
        self._rows, self._found = [], []
        if not rows:
            return Described([], np.empty((0, 0), np.float32), [], np.empty((0, 0), np.float32))
        vectors = np.concatenate(found)
        inner = np.array([row.inner for row in rows])
        return Described(
            [row.content for row in rows if not row.inner], vectors[~inner],
            [row.content for row in rows if row.inner], vectors[inner],
        )  # fmt: skip
