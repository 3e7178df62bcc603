"""The exact join of descriptors: all pairs of rows that are alike enough.

A fast product, block by block, nominates; the few that it nominates are computed again in float64.
n rows asked for among N cost n · N multiply-adds, and half of that where they meet each other;
memory is that of two blocks whatever N is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.control import Control
from albumdedup.core.pairs import STEP, Rows, Steps
from albumdedup.core.types import Descriptors

BLOCK_ROWS = 1024
"""A block of the product is so high and four times as wide: 16 MiB, which stay in a processor's
cache until they are looked through. Fewer rows make it wider."""

BLOCK_WORK = 1 << 30
"""Multiply-adds of one block: between two blocks one may cancel, and a slow computer does 10^10
in a second."""

EXACT_AT_ONCE = 1024
"""Pairs that are computed again together: their factors and products stay in the cache."""

SLACK = 1e-4
"""How far the fast product may be below the exact, rounded one: half a step of rounding and
float32's own error, which is 1e-6 in 4,096 dimensions."""

_LANES = 8
"""Answers of a comparison that are looked at in one go: bytes of a uint64."""


class Near(NamedTuple):
    """Rows that are alike: the later, the earlier, and how much."""

    late: Rows
    early: Rows
    steps: Steps


def near_rows(
    vectors: Descriptors,
    asked: NDArray[np.intp],
    floor: float,
    control: Control,
    block: int = BLOCK_ROWS,
) -> Iterator[Near]:
    """The pairs of the ``asked`` rows (ascending) with all rows, float32[N, dim], each pair once,
    in portions. ``block`` is the most rows of a block. Raises Cancelled."""
    turn = np.full(len(vectors), -1, np.int32)
    turn[asked] = np.arange(len(asked), dtype=np.int32)
    height = min(block, max(1, len(asked)))
    width = max(1, min(4 * block**2, BLOCK_WORK // max(1, vectors.shape[1])) // height)
    first_turn = [int(turn[left : left + width].min()) for left in range(0, len(turn), width)]
    product = np.empty(height * width, np.float32)
    above = np.empty(height * width + _LANES, np.bool_)
    for top in range(0, len(asked), height):
        rows = asked[top : top + height]
        strip = vectors[rows]
        for number, first in enumerate(first_turn):
            control.checkpoint()
            if first >= top + len(rows) - 1:
                continue  # all of them are asked for, and bring these pairs themselves
            left = number * width
            places = _above(strip, vectors[left : left + width], floor - SLACK, product, above)
            late, early = _placed(places, rows, left, min(width, len(turn) - left))
            once = turn[early] < turn[late]
            yield from _exact(vectors, late[once], early[once], floor, control)


def _above(
    rows: Descriptors,
    columns: Descriptors,
    threshold: float,
    product: NDArray[np.float32],
    above: NDArray[np.bool_],
) -> NDArray[np.intp]:
    """Places, counted row by row, where the fast product reaches the threshold."""
    count = len(rows) * len(columns)
    block = np.matmul(rows, columns.T, out=product[:count].reshape(len(rows), len(columns)))
    padded = -(-count // _LANES) * _LANES
    np.greater_equal(block.reshape(-1), threshold, out=above[:count])
    above[count:padded] = False
    some = np.flatnonzero(above[:padded].view(np.uint64) != 0)
    if not len(some):
        return some
    which, lane = np.nonzero(above[:padded].reshape(-1, _LANES)[some])
    places: NDArray[np.intp] = some[which] * _LANES + lane
    return places


def _placed(
    places: NDArray[np.intp], rows: NDArray[np.intp], left: int, width: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    down, right = np.divmod(places, width)
    return rows[down], right + left


def _exact(
    vectors: Descriptors,
    late: NDArray[np.intp],
    early: NDArray[np.intp],
    floor: float,
    control: Control,
) -> Iterator[Near]:
    for start in range(0, len(late), EXACT_AT_ONCE):
        control.checkpoint()
        ones, others = late[start : start + EXACT_AT_ONCE], early[start : start + EXACT_AT_ONCE]
        values = similarities(vectors[ones], vectors[others])
        near = values >= floor
        steps = np.rint(values[near] * STEP).astype(np.int16)
        yield Near(ones[near].astype(np.int32), others[near].astype(np.int32), steps)


def similarities(a: Descriptors, b: Descriptors) -> NDArray[np.float64]:
    """Inner products row by row, float32[n, dim] twice → float64[n], rounded to 4 decimals.

    Products of float32 are exact in float64 and each row is summed by itself, so that a pair's
    value depends on nothing but the two descriptors.
    """
    products = np.multiply(a, b, dtype=np.float64)
    found: NDArray[np.float64] = np.round(products.sum(axis=1), 4)
    return found
