"""The parts of training against their plain definitions."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest
import torch
from PIL import Image

from albumdedup.ml.train import geometry
from albumdedup.ml.train.losses import contrast, koleo, threshold
from albumdedup.ml.train.overlays import draw_overlays
from albumdedup.ml.train.tones import apply_tones, draw_tones, jpeg
from tests.pictures import scene


def rows(count, seed):
    made = torch.randn((count, 8), generator=torch.Generator().manual_seed(seed))
    return torch.nn.functional.normalize(made, dim=1)


@pytest.fixture
def pairs():
    hidden = torch.zeros((4, 9), dtype=torch.bool)
    hidden[0, 3] = hidden[2, 8] = hidden[1, 5] = True  # 1's own is 5: it stays
    return rows(4, 1), rows(9, 2), torch.tensor([0, 5, 2, 7]), hidden


def test_contrast_is_info_nce(pairs):
    queries, bank, own, hidden = pairs
    expected = 0.0
    for row in range(4):
        terms = {}
        for column in range(9):
            if column == own[row] or not hidden[row, column]:
                terms[column] = math.exp(float(queries[row] @ bank[column]) / 0.1)
        expected -= math.log(terms[int(own[row])] / sum(terms.values())) / 4
    assert float(contrast(*pairs, 0.1)) == pytest.approx(expected, rel=1e-5)


def test_threshold_counts_pairs_on_the_wrong_side(pairs):
    queries, bank, own, hidden = pairs
    expected = 0.0
    for row in range(4):
        for column in range(9):
            similar = float(queries[row] @ bank[column])
            if column == own[row]:
                expected += 3 * math.log1p(math.exp((0.6 - similar) / 0.1)) / 4
            elif not hidden[row, column]:
                expected += math.log1p(math.exp((similar - 0.4) / 0.1)) / 4
    found = threshold(*pairs, middle=0.5, margin=0.1, temperature=0.1, pull=3)
    assert float(found) == pytest.approx(expected, rel=1e-5)


def test_koleo_is_the_logarithm_of_the_nearest_distance():
    made = rows(7, 3)
    expected = 0.0
    for row in range(7):
        near = min(float((made[row] - made[k]).norm()) for k in range(7) if k != row)
        expected -= math.log(near) / 7
    assert float(koleo(made)) == pytest.approx(expected, abs=1e-4)


def test_koleo_of_equal_rows_is_finite():
    made = torch.ones((3, 4), requires_grad=True)
    koleo(made).backward()
    assert torch.isfinite(made.grad).all()


@pytest.mark.parametrize(
    "move", [geometry.crop, geometry.square_crop, geometry.straighten, geometry.turn]
)
def test_what_only_shows_a_part_shows_nothing_else(move):
    corners = np.array(((0, 0, 1), (1, 0, 1), (0, 1, 1), (1, 1, 1.0)))
    for seed in range(40):
        course = geometry.Course(1.5)
        move(course, np.random.default_rng(seed))
        x, y, depth = course.back @ corners.T
        assert (x / depth > -0.03).all()
        assert (x / depth < 1.03).all()
        assert (y / depth > -0.03).all()
        assert (y / depth < 1.03).all()


@pytest.mark.parametrize(
    "move", [geometry.border, geometry.polaroid, geometry.padding, geometry.story,
             geometry.screenshot, geometry.paper]
)  # fmt: skip
def test_what_is_framed_keeps_the_whole_photo(move):
    photo = np.array(((0, 0, 1), (1, 0, 1), (0, 1, 1), (1, 1, 1.0)))
    for seed in range(40):
        course = geometry.Course(0.75 if seed % 2 else 1.5)
        move(course, np.random.default_rng(seed))
        x, y, depth = np.linalg.inv(course.back) @ photo.T
        assert (x / depth > -0.08).all()  # a print may stick out of the picture a little
        assert (x / depth < 1.08).all()
        assert (y / depth > -0.08).all()
        assert (y / depth < 1.08).all()
        assert 1 <= len(course.frames) <= 2


def test_a_screenshot_keeps_the_photos_shape():
    course = geometry.Course(1.5)
    geometry.screenshot(course, np.random.default_rng(1))
    wide, high = 1 / course.back[0, 0], 1 / course.back[1, 1]
    assert wide / high * course.aspect == pytest.approx(1.5)


def test_edits_of_tone_without_strength_change_nothing():
    batch = torch.rand((2, 3, 16, 16), generator=torch.Generator().manual_seed(1))
    none = {
        "colour": torch.eye(3, 4).expand(2, 3, 4), "gamma": torch.ones(2),
        "vignette": torch.zeros(2), "levels": torch.zeros(2),
    }  # fmt: skip
    middle = torch.full((2, 16, 16), 0.5)
    torch.testing.assert_close(apply_tones(batch.clone(), none, middle, middle), batch)


def test_tones_follow_the_generator():
    one, two = (draw_tones(30, np.random.default_rng(5)) for _ in range(2))
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert (one["vignette"] > 0).any()


@pytest.mark.parametrize("quality", [15, 40, 75])
def test_jpeg_loses_about_what_jpeg_loses(quality):
    picture = scene(2, (128, 128))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality, subsampling=0)
    original = np.asarray(picture, np.float32)
    real = np.asarray(Image.open(buffer), np.float32)
    batch = torch.from_numpy(original).permute(2, 0, 1)[None] / 255
    ours = jpeg(batch, torch.tensor([float(quality)]))[0].permute(1, 2, 0).numpy() * 255
    lost, expected = np.abs(ours - original).mean(), np.abs(real - original).mean()
    assert 0.6 * expected < lost < 1.6 * expected


def test_overlays_cover_a_part_only():
    layers = [
        draw_overlays(128, np.random.default_rng(seed), screen=False, dark=False)
        for seed in range(200)
    ]
    drawn = [layer for layer in layers if layer is not None]
    assert 20 < len(drawn) < 80
    for layer in drawn:
        assert layer.shape == (128, 128, 4)
        assert layer.dtype == np.uint8
        assert (layer[..., 3] > 0).mean() < 0.5
