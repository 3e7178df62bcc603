"""The embedding that was chosen beside the one that finds the duplicates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from albumdedup.core.ports import Extractor
from albumdedup.core.types import Descriptors, Pixels, Space


class Wish(NamedTuple):
    """To how many dimensions the descriptors are to be reduced; 0: they stay as they are."""

    dim: int = 0
    whiten: bool = False


NO_WISH = Wish()


@dataclass(frozen=True, slots=True)
class Embedding:
    """From squares of ``edge`` pixels to descriptors of ``space``. ``reduced`` takes the
    extractor's own to fewer dimensions, where the space is such a one."""

    space: Space
    edge: int
    extractor: Callable[[], Extractor]
    reduced: Callable[[Descriptors], Descriptors] | None = None

    def describe(self, squares: Sequence[Pixels]) -> Descriptors:
        """float32[n, dim], to ask with and not to keep. Raises AlbumError."""
        found = self.extractor().extract(squares, quick=True)
        return found if self.reduced is None else self.reduced(found)
