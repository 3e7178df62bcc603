"""Measures of ranked and of decided pairs: pure functions of arrays.

Ranked pairs of equal score stand or fall together, so that no figure depends on their order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.types import Descriptors

Flags = NDArray[np.bool_]
Scores = NDArray[np.floating]
Labels = NDArray[np.int64]

_BLOCK = 2048


@dataclass(frozen=True, slots=True)
class Score:
    """Shares in 0..1; None where there was nothing to share."""

    recall: float | None
    precision: float | None


@dataclass(frozen=True, slots=True)
class Operating:
    """The best that one threshold gives: pairs at or above it count as found."""

    recall: float
    threshold: float


def decided(found: Flags, positive: Flags) -> Score:
    """Recall and precision of found pairs; both bool of one shape."""
    right = int((found & positive).sum())
    return Score(_share(right, int(positive.sum())), _share(right, int(found.sum())))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _curve(scores: Scores, positive: Flags) -> tuple[Scores, Scores, Scores]:
    """Distinct scores from the highest on, with recall and precision at each."""
    order = np.argsort(-scores.ravel(), kind="stable")
    ranked, right = scores.ravel()[order], np.cumsum(positive.ravel()[order])
    last = np.append(ranked[1:] != ranked[:-1], True)  # the last of each run of equals
    ends = np.flatnonzero(last)
    return ranked[ends], right[ends] / right[-1], right[ends] / (ends + 1)


def average_precision(scores: Scores, positive: Flags) -> float | None:
    """Micro average precision over all pairs at once: Σ (Rₙ − Rₙ₋₁) · Pₙ over the distinct
    scores, as for DISC21 (Douze et al. 2021). None where no pair is positive."""
    if not positive.any():
        return None
    _scores, recall, precision = _curve(scores, positive)
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def best_at(scores: Scores, positive: Flags, precision: float) -> Operating | None:
    """The greatest recall at a threshold whose precision is at least this, at the highest such
    threshold; recall 0 at infinity where there is none. None where no pair is positive."""
    if not positive.any():
        return None
    thresholds, recall, reached = _curve(scores, positive)
    good = np.flatnonzero(reached >= precision - 1e-12)
    if not len(good):
        return Operating(0.0, float("inf"))
    best = good[np.argmax(recall[good])]
    return Operating(float(recall[best]), float(thresholds[best]))


def components(count: int, pairs: Iterator[tuple[int, int]]) -> Labels:
    """int64[count]: the smallest item that each is connected with, -1 for those with nothing."""
    parent = list(range(count))

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for one, two in pairs:
        low, high = sorted((root(one), root(two)))
        parent[high] = low
    labels = np.array([root(item) for item in range(count)], np.int64)
    sizes = np.bincount(labels, minlength=count) if count else np.zeros(0, np.int64)
    return np.where(sizes[labels] > 1, labels, -1) if count else labels


def near_pairs(vectors: Descriptors, threshold: float) -> Iterator[tuple[int, int]]:
    """Index pairs of float32[n, dim] whose inner product is at least the threshold, in blocks."""
    for top in range(0, len(vectors), _BLOCK):
        product = vectors[top : top + _BLOCK] @ vectors[top:].T
        ones, others = np.nonzero(product >= threshold)
        for one, other in zip(ones.tolist(), others.tolist(), strict=True):
            if other > one:
                yield top + one, top + other


def together(labels: Labels, ones: NDArray[np.intp], others: NDArray[np.intp]) -> Flags:
    """bool[len(ones), len(others)]: which of them are in one group."""
    first, second = labels[ones][:, None], labels[others][None, :]
    same: Flags = (first == second) & (first >= 0)
    return same


def unrelated_in_groups(labels: Labels, shots: Labels, scenes: Labels) -> int:
    """Pairs of files in one group that show neither one shot nor one scene (-1: no scene)."""
    count = 0
    for label in np.unique(labels[labels >= 0]):
        members = np.flatnonzero(labels == label)
        apart = shots[members][:, None] != shots[members][None, :]
        scene = scenes[members]
        series = (scene[:, None] == scene[None, :]) & (scene[:, None] >= 0)
        count += int((apart & ~series).sum()) // 2
    return count
