"""Descriptors of a library that was never on disk: as alike as real ones are, with copies,
bursts and a time-lapse planted among them. The same seed gives the same rows, and a larger
library begins with the rows of a smaller one.

Unrelated photos: of 2,080 real ones, similarities have mean .023, deviation .137, and 1.0e-4 of
the pairs lie above the floor of .60; here .020, .138 and 1.7e-4. That takes components of falling
size, drawn from a lopsided distribution: evenly random directions in 128 dimensions lie above the
floor never, and matching would look cheaper than it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.types import ContentId, Descriptors

BLOCK = 4096
"""Rows made at a time; each block depends on nothing but the seed and its number."""

TIMELAPSE_FRAMES = 5000
"""The time-lapse has 1 % of a library's photos, at most so many unless told otherwise."""

ALONE, TIMELAPSE_LABEL = -1, 0

_FALL, _LOPSIDE = 50.0, 1.0
_COMMON = 0.15
_GROUPS, _OLDER, _BURSTS, _FRAMES = 292, 64, 80, 41
"""Of each block: groups of 2–5 near copies (a quarter of its rows), how many of them are copies of
an older block's photos, bursts of 3–8 (a tenth), frames of the time-lapse."""

_COPY, _BURST, _FRAME = (0.97, 0.999), (0.80, 0.95), (0.985, 0.9995)


class Kind(IntEnum):
    ALONE = 0
    COPY = 1
    BURST = 2
    FRAME = 3


@dataclass(frozen=True, slots=True)
class Block:
    """Rows ``first``… of a library. ``labels`` are equal where photos are of one planted group,
    ALONE for the rest."""

    first: int
    ids: list[ContentId]
    vectors: Descriptors
    labels: NDArray[np.int64]
    kinds: NDArray[np.int8]


def blocks(
    count: int, seed: int = 1, *, dim: int = 128, timelapse: int = TIMELAPSE_FRAMES
) -> Iterator[Block]:
    """The first ``count`` rows of the library that ``seed`` names, block by block."""
    for first in range(0, count, BLOCK):
        vectors, labels, kinds = _block(seed, first // BLOCK, dim, timelapse)
        rows = min(BLOCK, count - first)
        ids = [content_of(seed, first + row) for row in range(rows)]
        yield Block(first, ids, vectors[:rows], labels[:rows], kinds[:rows])


def whole(
    count: int, seed: int = 1, *, dim: int = 128, timelapse: int = TIMELAPSE_FRAMES
) -> tuple[list[ContentId], Descriptors]:
    """All rows at once: 1,000,000 of 128 dimensions are 512 MB."""
    vectors, ids = np.empty((count, dim), np.float32), []
    for block in blocks(count, seed, dim=dim, timelapse=timelapse):
        vectors[block.first : block.first + len(block.ids)] = block.vectors
        ids.extend(block.ids)
    return ids, vectors


def unrelated(seed: int, dim: int = 128) -> Descriptors:
    """The descriptor of one photo like no other, float32[dim]."""
    row: Descriptors = _random(1, dim, np.random.default_rng(seed))[0].astype(np.float32)
    return row


def content_of(seed: int, row: int) -> ContentId:
    return ContentId(hashlib.sha256(f"{seed}:{row}".encode()).hexdigest())


def _block(
    seed: int, number: int, dim: int, timelapse: int
) -> tuple[Descriptors, NDArray[np.int64], NDArray[np.int8]]:
    chance = np.random.default_rng([seed, number, 1])
    roots, labels = _roots(seed, number, dim), _labels(number)
    if number:
        older = (number - 1) // 2
        roots[:_OLDER] = _roots(seed, older, dim)[-_OLDER:]
        labels[:_OLDER] = _labels(older)[-_OLDER:]
    frames = max(0, min(_FRAMES, timelapse - number * _FRAMES))
    scene = _roots(seed, -1, dim)[0]
    bursts = _random(_BURSTS, dim, chance)
    parts = [
        _around(roots, labels, chance.integers(2, 6, _GROUPS), _COPY, chance),
        _around(bursts, _labels(number) + _GROUPS, chance.integers(3, 9, _BURSTS), _BURST, chance),
        _around(scene[np.newaxis], np.array([TIMELAPSE_LABEL]), np.array([frames]), _FRAME, chance),
    ]
    left = BLOCK - sum(len(part[0]) for part in parts)
    parts.append((_random(left, dim, chance), np.full(left, ALONE)))
    kinds = [Kind.COPY, Kind.BURST, Kind.FRAME, Kind.ALONE]
    rows = np.concatenate([part[0] for part in parts]).astype(np.float32)
    groups = np.concatenate([part[1] for part in parts]).astype(np.int64)
    kind = np.repeat(np.array(kinds, np.int8), [len(part[0]) for part in parts])
    order = _order(groups, np.isin(kind, (Kind.COPY, Kind.BURST)), chance)
    return rows[order], groups[order], kind[order]


def _order(
    groups: NDArray[np.int64], together: NDArray[np.bool_], chance: np.random.Generator
) -> NDArray[np.intp]:
    """At random, but groups close together: a part of a block holds most of its groups whole."""
    place = chance.random(len(groups))
    names, group = np.unique(groups, return_inverse=True)
    near = chance.random(len(names))[group] + 0.01 * place
    return np.argsort(np.where(together, near, place), kind="stable")


def _roots(seed: int, number: int, dim: int) -> NDArray[np.float64]:
    """What the near copies of a block lie around."""
    return _random(_GROUPS, dim, np.random.default_rng([seed, number + 1, 0]))


def _labels(number: int) -> NDArray[np.int64]:
    return 1 + number * (_GROUPS + _BURSTS) + np.arange(_GROUPS)


def _random(count: int, dim: int, chance: np.random.Generator) -> NDArray[np.float64]:
    """Descriptors of unrelated photos, float64[count, dim], rows of norm 1."""
    sizes = np.exp(-np.arange(dim) / _FALL)
    rows = (chance.gamma(_LOPSIDE, size=(count, dim)) - _LOPSIDE) * sizes
    rows = _unit(rows)
    rows[:, min(5, dim - 1)] += _COMMON
    return _unit(rows)


def _around(
    roots: NDArray[np.float64],
    labels: NDArray[np.int64],
    sizes: NDArray[np.int64],
    similarity: tuple[float, float],
    chance: np.random.Generator,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """``sizes`` rows around each root, as similar to it as the range says."""
    middle = np.repeat(roots, sizes, axis=0)
    cosine = chance.uniform(*similarity, (len(middle), 1))
    aside = _random(len(middle), middle.shape[1], chance)
    aside = _unit(aside - (aside * middle).sum(axis=1, keepdims=True) * middle)
    return cosine * middle + np.sqrt(1 - cosine**2) * aside, np.repeat(labels[: len(sizes)], sizes)


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return found
