"""Descriptors laid out on a plane, alike beside alike: principal components."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.types import Descriptors

Plane = NDArray[np.float32]
"""float32[n, 2], both coordinates from -1 to 1."""

_ROUNDS = 24
_SPARE = 6
"""Directions that are followed beside the two wanted ones: they make the rounds few."""


def project(vectors: Descriptors) -> Plane:
    """The two directions in which the vectors differ most, each scaled so that all but the
    outermost hundredth fills the plane. The same vectors give the same plane."""
    rows = np.asarray(vectors, np.float32)
    count = len(rows)
    if count < 2 or rows.shape[1] < 2:
        return np.zeros((count, 2), np.float32)
    centred = rows - rows.mean(axis=0)
    placed = centred @ _directions(centred)
    return np.stack([_scaled(placed[:, axis]) for axis in (0, 1)], axis=1).astype(np.float32)


def _directions(centred: Descriptors) -> Descriptors:
    """The first two principal directions, float32[dim, 2], by subspace iteration: it never needs
    the dim × dim covariance, which is large for wide descriptors."""
    wide = min(2 + _SPARE, centred.shape[1])
    start = np.random.default_rng(1).standard_normal((centred.shape[1], wide))
    basis = np.linalg.qr(start)[0].astype(np.float32)
    for _round in range(_ROUNDS):
        basis = np.linalg.qr(centred.T @ (centred @ basis))[0]
    small = centred @ basis
    _left, _sizes, turned = np.linalg.svd(small, full_matrices=False)
    found = basis @ turned[:2].T
    heaviest = np.abs(found).argmax(axis=0)
    return np.asarray(found * np.sign(found[heaviest, [0, 1]]), np.float32)


def _scaled(values: NDArray[np.float32]) -> NDArray[np.float32]:
    low, high = np.percentile(values, (1, 99))
    middle, half = (low + high) / 2, (high - low) / 2
    if half <= 1e-9:
        return np.zeros_like(values)
    return np.asarray(np.clip((values - middle) / half, -1, 1), np.float32)
