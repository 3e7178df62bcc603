"""The plane on which photos are laid out."""

from __future__ import annotations

import numpy as np
import pytest

from albumdedup.core.projection import project


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def cloud(count: int, dim: int, seed: int = 0) -> np.ndarray:
    """Vectors that differ most in a few directions, as descriptors do."""
    chance = np.random.default_rng(seed)
    strength = 1.0 / np.arange(1, dim + 1)
    turn = np.linalg.qr(chance.standard_normal((dim, dim)))[0]
    return unit((chance.standard_normal((count, dim)) * strength) @ turn)


@pytest.mark.parametrize(("count", "dim"), [(400, 128), (40, 256)])
def test_the_axes_are_the_principal_components(count: int, dim: int) -> None:
    rows = cloud(count, dim)
    centred = rows - rows.mean(axis=0)
    left, sizes, _right = np.linalg.svd(centred, full_matrices=False)
    placed = project(rows)
    for axis in (0, 1):
        inside = np.abs(placed[:, axis]) < 1  # the outermost are clipped
        expected = left[inside, axis] * sizes[axis]
        assert abs(np.corrcoef(placed[inside, axis], expected)[0, 1]) > 0.999


def test_it_is_the_same_each_time_and_fills_the_plane() -> None:
    rows = cloud(300, 64)
    one, two = project(rows), project(rows.copy())
    assert np.array_equal(one, two)
    assert one.min() == -1
    assert one.max() == 1
    assert one.dtype == np.float32


def test_groups_that_lie_apart_stay_apart() -> None:
    chance = np.random.default_rng(3)
    centres = unit(chance.standard_normal((3, 64)))
    rows = unit(np.repeat(centres, 50, axis=0) + 0.02 * chance.standard_normal((150, 64)))
    placed = project(rows).reshape(3, 50, 2)
    middles = placed.mean(axis=1)
    spread = placed.std(axis=1).max()
    apart = min(np.linalg.norm(middles[i] - middles[j]) for i in range(3) for j in range(i))
    assert apart > 5 * spread


@pytest.mark.parametrize("rows", [np.empty((0, 8)), np.ones((1, 8)), np.ones((9, 8))])
def test_nothing_to_tell_apart_is_the_middle(rows: np.ndarray) -> None:
    assert np.array_equal(project(rows.astype(np.float32)), np.zeros((len(rows), 2)))
