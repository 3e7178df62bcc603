"""The products of the exact join in numpy: on any computer, with the threads of its BLAS."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.types import Descriptors

BLOCK_ROWS = 1024
"""A block of the product is so high and four times as wide: 16 MiB, which stay in a processor's
cache until they are looked through. Fewer rows make it wider."""

BLOCK_WORK = 1 << 30
"""Multiply-adds of one block: between two blocks one may cancel, and a slow computer does 10^10
in a second."""

_LANES = 8
"""Answers of a comparison that are looked at in one go: bytes of a uint64."""


class NumpyProducts:
    """The ``Products`` port."""

    def __init__(self, block_rows: int = BLOCK_ROWS) -> None:
        self.block_rows, self.block_work = block_rows, BLOCK_WORK
        self.begin(np.empty((0, 0), np.float32))

    def begin(self, vectors: Descriptors) -> None:
        self._vectors = vectors
        self._product = np.empty(0, np.float32)
        self._above = np.empty(0, np.bool_)

    def end(self) -> None:
        self.begin(np.empty((0, 0), np.float32))

    def near(
        self, rows: NDArray[np.intp], left: int, right: int, threshold: float
    ) -> NDArray[np.intp]:
        ones, others = self._vectors[rows], self._vectors[left:right]
        count = len(ones) * len(others)
        if len(self._product) < count:
            self._product = np.empty(count, np.float32)
            self._above = np.empty(count + _LANES, np.bool_)
        product = self._product[:count].reshape(len(ones), len(others))
        block = np.matmul(ones, others.T, out=product)
        padded = -(-count // _LANES) * _LANES
        np.greater_equal(block.reshape(-1), threshold, out=self._above[:count])
        self._above[count:padded] = False
        some = np.flatnonzero(self._above[:padded].view(np.uint64) != 0)
        if not len(some):
            return some
        which, lane = np.nonzero(self._above[:padded].reshape(-1, _LANES)[some])
        places: NDArray[np.intp] = some[which] * _LANES + lane
        return places
