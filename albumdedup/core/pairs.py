"""Neighbour pairs as numbers: what matching makes millions of stays in arrays to the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.types import ContentId, Match

Rows = NDArray[np.int32]
Steps = NDArray[np.int16]

STEP = 10_000
"""Similarities count in ten-thousandths: so they are rounded, compared and stored."""


@dataclass(frozen=True, slots=True)
class NeighbourPairs:
    """Pair ``k`` ties ``contents[a[k]]`` to ``contents[b[k]]``, ``a[k] < b[k]``, and they are
    ``steps[k] / STEP`` alike. ``contents`` may name more than the pairs do."""

    contents: Sequence[ContentId]
    a: Rows
    b: Rows
    steps: Steps

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def arrays(self) -> tuple[Rows, Rows, Steps]:
        return self.a, self.b, self.steps

    def renumbered(self, contents: Sequence[ContentId], numbers: Rows) -> NeighbourPairs:
        """Those of them whose ends are among other ``contents``; ``numbers`` says where there each
        of these is, and -1 of one that is not."""
        a, b = numbers[self.a], numbers[self.b]
        here = (a >= 0) & (b >= 0)
        return NeighbourPairs(contents, a[here], b[here], self.steps[here])

    def matches(self) -> list[Match]:
        """One by one, each with its smaller id first, ordered by ids."""
        named = self.contents
        found = []
        for i, j, steps in zip(self.a.tolist(), self.b.tolist(), self.steps.tolist(), strict=True):
            one, other = named[i], named[j]
            found.append(Match(min(one, other), max(one, other), steps / STEP))
        found.sort(key=lambda match: (match.a, match.b))
        return found


def numbered(matches: Iterable[Match]) -> NeighbourPairs:
    """Pairs that are known one by one, as arrays."""
    rows: dict[ContentId, int] = {}
    pairs = []
    for match in matches:
        one, other = (rows.setdefault(content, len(rows)) for content in (match.a, match.b))
        pairs.append((min(one, other), max(one, other), steps_of(match.similarity)))
    table = np.array(pairs, np.int32).reshape(-1, 3)
    return NeighbourPairs(list(rows), table[:, 0], table[:, 1], table[:, 2].astype(np.int16))


def no_pairs(contents: Sequence[ContentId] = ()) -> NeighbourPairs:
    empty = np.empty(0, np.int32)
    return NeighbourPairs(contents, empty, empty, np.empty(0, np.int16))


def steps_of(similarity: float) -> int:
    return round(similarity * STEP)
