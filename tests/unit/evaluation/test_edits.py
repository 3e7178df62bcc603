"""Every edit's matrix is true: the original laid over the copy by it matches what is there."""

from __future__ import annotations

import numpy as np
import pytest
from pictures import scene
from PIL import Image

from albumdedup.evaluation.edits import EDIT_FUNCTIONS, EDITS, KINDS, chance_of
from albumdedup.evaluation.geometry import (
    IDENTITY,
    compose,
    distance,
    from_corners,
    inverse,
    orientation,
    shown_in,
    warp,
)

SIZES = ((640, 480), (400, 600))


def correlation(original: Image.Image, copy: Image.Image, matrix: tuple[float, ...]) -> float:
    """The median over blocks of the luma's correlation inside the overlap, after laying the
    original over the copy: what is drawn on top touches few blocks."""
    luma = np.asarray(original.convert("L"))
    laid = warp(luma, matrix, copy.size, smooth=False).astype(float)
    cover = warp(np.full_like(luma, 255), matrix, copy.size, smooth=False) == 255
    there = np.asarray(copy.convert("L")).astype(float)
    found = []
    for rows in np.array_split(np.arange(copy.height), 16):
        for columns in np.array_split(np.arange(copy.width), 16):
            block = np.ix_(rows, columns)
            if cover[block].all() and laid[block].std() > 8:
                if there[block].std() < 1:
                    found.append(0.0)
                else:
                    both = np.corrcoef(laid[block].ravel(), there[block].ravel())
                    found.append(both[0, 1])
    return float(np.median(found))


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_matrix_lays_the_original_over_the_copy(kind, seed):
    original = scene(seed, SIZES[seed % 2])
    copy, matrix = EDIT_FUNCTIONS[kind](original, chance_of(seed, "photo", kind))
    assert copy.mode == "RGB"
    assert len(matrix) == 9
    assert matrix[8] == 1
    assert correlation(original, copy, matrix) > (0.7 if kind == "noise" else 0.93)
    if matrix != IDENTITY:
        assert correlation(original, copy, IDENTITY) < 0.93
        assert distance(matrix, matrix) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("kind", [kind.name for kind in EDITS])
def test_an_edit_is_the_same_for_the_same_seed_and_leaves_the_original_alone(kind):
    original = scene(5)
    before = original.tobytes()
    one, first = EDIT_FUNCTIONS[kind](original, chance_of(1, "a", kind))
    two, second = EDIT_FUNCTIONS[kind](original, chance_of(1, "a", kind))
    assert one.tobytes() == two.tobytes()
    assert first == second
    assert original.tobytes() == before
    assert one.size != original.size or one.tobytes() != before


@pytest.mark.parametrize("size", [(176, 99), (60, 176), (33, 33), (1, 40)])
@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_small_and_odd_pictures_are_edited_too(kind, size):
    copy, _matrix = EDIT_FUNCTIONS[kind](scene(3, size), chance_of(0, "small", kind))
    assert min(copy.size) >= 1


def test_the_edits_of_the_list_are_all_there():
    assert len({kind.name for kind in KINDS}) == len(KINDS) == 39


@pytest.mark.parametrize("value", range(1, 9))
def test_orientations_are_permutations_of_the_corners(value):
    matrix = orientation(value)
    assert compose(matrix, inverse(matrix)) == pytest.approx(IDENTITY)
    assert distance(IDENTITY, matrix) < 1e-9 or value != 1


def test_distance_counts_only_what_the_copy_shows():
    left_half = shown_in((0, 0, 0.5, 1))
    assert distance(left_half, left_half) == 0
    shifted = shown_in((0.05, 0, 0.55, 1))
    assert distance(left_half, shifted) == pytest.approx(0.1)
    assert distance(shown_in((2, 2, 3, 3)), IDENTITY) == float("inf")


def test_corners_give_their_homography():
    corners = [(0.1, 0.0), (0.9, 0.1), (1.0, 1.0), (0.0, 0.9)]
    matrix = from_corners(corners)
    assert distance(matrix, from_corners(corners)) == 0
    assert matrix[6:8] != (0, 0)
