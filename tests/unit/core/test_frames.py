"""The photo inside borders and screenshots."""

from __future__ import annotations

import io
import random

import numpy as np
import pytest
from pictures import scene
from PIL import Image

from albumdedup.core.decoder import read_file
from albumdedup.core.decoder.frames import inner_box
from albumdedup.core.scanner import found_file
from albumdedup.evaluation.edits import EDIT_FUNCTIONS


def framed(name, seed=1):
    image, matrix = EDIT_FUNCTIONS[name](scene(seed, (900, 600)), random.Random(seed))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=85)
    small = Image.open(buffer).convert("RGB")
    small.thumbnail((400, 400))
    return np.array(small), np.array(matrix).reshape(3, 3)


@pytest.mark.parametrize("name", ["border", "polaroid", "screenshot"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_box_is_where_the_photo_was_put(name, seed):
    picture, matrix = framed(name, seed)
    height, width = picture.shape[:2]
    left, top, right, bottom = inner_box(picture)
    start, end = matrix @ (0, 0, 1), matrix @ (1, 1, 1)
    expected = (start[0] * width, start[1] * height, end[0] * width, end[1] * height)
    assert (left, top, right, bottom) == pytest.approx(expected, abs=4)


@pytest.mark.parametrize("seed", range(6))
def test_photos_have_no_frame(seed):
    assert inner_box(np.array(scene(seed, (400, 300)))) is None


def test_one_dark_side_is_no_frame():
    night = np.array(scene(3, (400, 300)))
    night[:120] = 4
    assert inner_box(night) is None


@pytest.mark.parametrize("shape", [(1, 400), (400, 1), (16, 16), (300, 400)])
def test_plain_and_tiny_pictures_have_none(shape):
    assert inner_box(np.full((*shape, 3), 200, np.uint8)) is None


def test_two_bars_of_different_colours_are_no_letterbox():
    picture = np.array(scene(3, (400, 300)))
    picture[:60], picture[-60:] = 0, 255
    assert inner_box(picture) is None


def test_a_file_with_a_frame_gives_both_squares(tmp_path):
    image, _matrix = EDIT_FUNCTIONS["screenshot"](scene(5, (900, 600)), random.Random(5))
    image.save(tmp_path / "shot.png")
    scene(5, (900, 600)).save(tmp_path / "photo.png")
    read = [
        read_file(found_file(str(tmp_path / name)), 128, lambda _content: True).picture
        for name in ("shot.png", "photo.png")
    ]
    assert read[0].inner.shape == (128, 128, 3)
    assert read[1].inner is None
    apart = np.abs(read[0].inner.astype(int) - read[1].pixels).mean()
    assert apart < 12 < np.abs(read[0].pixels.astype(int) - read[1].pixels).mean()
