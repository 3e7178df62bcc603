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
from albumdedup.core.ports import Products
from albumdedup.core.types import Descriptors

EXACT_AT_ONCE = 1024
"""Pairs that are computed again together: their factors and products stay in the cache."""

SLACK = 1e-4
"""How far the fast product may be below the exact, rounded one: half a step of rounding and
float32's own error, which is 1e-6 in 4,096 dimensions."""

PLACED_AT_ONCE = 1 << 17
"""Nominated pairs that are looked up together: in a crowd a whole block is nominated."""


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
    products: Products,
) -> Iterator[Near]:
    """The pairs of the ``asked`` rows (ascending) with all rows, float32[N, dim], each pair once,
    in portions. Raises Cancelled."""
    products.begin(vectors)
    try:
        yield from _near_rows(vectors, asked, floor, control, products)
    finally:
        products.end()


def _near_rows(
    vectors: Descriptors,
    asked: NDArray[np.intp],
    floor: float,
    control: Control,
    products: Products,
) -> Iterator[Near]:
    turn = np.full(len(vectors), -1, np.int32)
    turn[asked] = np.arange(len(asked), dtype=np.int32)
    height, width = _block(len(asked), vectors.shape[1], products)
    first_turn = [int(turn[left : left + width].min()) for left in range(0, len(turn), width)]
    for top in range(0, len(asked), height):
        rows = asked[top : top + height]
        for number, first in enumerate(first_turn):
            control.checkpoint()
            if first >= top + len(rows) - 1:
                continue  # all of them are asked for, and bring these pairs themselves
            left = number * width
            right = min(left + width, len(turn))
            places = products.near(rows, left, right, floor - SLACK)
            for start in range(0, len(places), PLACED_AT_ONCE):
                some = places[start : start + PLACED_AT_ONCE]
                late, early = _placed(some, rows, left, right - left)
                once = turn[early] < turn[late]
                yield from _exact(vectors, late[once], early[once], floor, control)


def _block(asked: int, dim: int, products: Products) -> tuple[int, int]:
    """Rows and columns of one product."""
    height = min(products.block_rows, max(1, asked))
    most = min(4 * products.block_rows**2, products.block_work // max(1, dim))
    return height, max(1, most // height)


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
    control.checkpoint()
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
