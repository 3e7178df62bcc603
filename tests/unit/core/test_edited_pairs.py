"""What alignment proves: edited copies with their transform, and never two exposures."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image
from test_verify import saved, scene

from albumdedup.core.types import Tier
from albumdedup.core.verify import COMPARE_EDGE, Sight, judge_edit
from albumdedup.core.verify.alignment import align, project, share_inside, sticks_out
from albumdedup.core.verify.explain import noise
from albumdedup.core.verify.features import find_blobs, mirrored
from albumdedup.evaluation.edits import EDITS, edit_pixels
from albumdedup.evaluation.geometry import distance

PROVABLE = sorted(kind.name for kind in EDITS)


def sight(picture):
    image = Image.fromarray(picture) if isinstance(picture, np.ndarray) else picture
    image = image.convert("RGB")
    scale = COMPARE_EDGE / max(image.size)
    if scale < 1:
        size = (round(image.width * scale), round(image.height * scale))
        image = image.resize(size, Image.Resampling.BOX)
    return Sight(np.array(image))


@pytest.fixture(scope="module")
def photo():
    return saved(scene(1600, 1200, seed=11), quality=93)


def exposed_again(picture, seed=1, noise_level=2.5):
    """The same view, another exposure: other noise in every pixel."""
    grain = np.random.default_rng(seed).normal(scale=noise_level, size=picture.shape)
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("name", PROVABLE)
def test_every_edit_is_proven_with_its_transform(photo, name):
    copy, matrix = edit_pixels(name, Image.fromarray(photo), 3, "photo")
    tier, evidence = judge_edit(sight(photo), sight(saved(np.array(copy), quality=90)))
    assert tier is Tier.EDITED, evidence
    assert distance(matrix, evidence.transform.matrix) < 0.01


def test_the_transform_leads_from_the_first_picture_to_the_second(photo):
    cut = photo[120:1080, 160:1440]
    _tier, there = judge_edit(sight(photo), sight(cut))
    _tier, back = judge_edit(sight(cut), sight(photo))
    matrix = np.array(there.transform.matrix).reshape(3, 3)
    inside = project(matrix, np.array(((0.1, 0.1), (0.9, 0.9))))
    assert inside == pytest.approx(np.array(((0, 0), (1, 1))), abs=0.005)
    assert there.transform.shown == 1.0
    assert there.transform.shows == pytest.approx(0.64, abs=0.03)
    assert back.transform.shows == 1.0
    assert back.transform.shown == pytest.approx(0.64, abs=0.03)


def clean_scene(seed):
    """What the lens sees, without noise: shapes of all sizes and flat parts between them."""
    rng = np.random.default_rng(seed)
    coarse = rng.normal(size=(5, 6, 3)).astype(np.float32)
    picture = 120 + 40 * cv2.resize(coarse, (1600, 1200), interpolation=cv2.INTER_CUBIC)
    for size in (90, 40, 15):
        for _ in range(60):
            x, y = int(rng.integers(0, 1600)), int(rng.integers(0, 1200))
            colour = [float(v) for v in rng.integers(20, 235, 3)]
            corner = (x + int(rng.integers(5, size)), y + int(rng.integers(5, size)))
            cv2.rectangle(picture, (x, y), corner, colour, -1, cv2.LINE_AA)
    return np.clip(cv2.GaussianBlur(picture, (0, 0), 1.0), 0, 255)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_two_exposures_from_a_tripod_are_not_edits_of_each_other(seed):
    view = clean_scene(seed)
    one, other = exposed_again(view, 1), exposed_again(view, 2)
    tier, evidence = judge_edit(sight(one), sight(other))
    assert (tier, evidence.note) == (Tier.SIMILAR, "noise_differs")
    brighter = np.clip(other * 1.2, 0, 255).astype(np.uint8)
    assert judge_edit(sight(one), sight(brighter))[0] is Tier.SIMILAR
    assert judge_edit(sight(one), sight(one))[0] is Tier.EDITED


def test_where_compression_took_the_noise_nothing_is_claimed():
    view = clean_scene(4)
    one, other = exposed_again(view, 1), saved(exposed_again(view, 2), quality=35, edge=700)
    tier, evidence = judge_edit(sight(one), sight(other))
    assert tier is Tier.SIMILAR
    assert evidence.note in ("cannot_tell", "noise_differs")


def test_a_camera_turned_between_two_shots_is_no_crop(photo):
    left, right = photo[:, :1300], photo[:, 300:]
    tier, evidence = judge_edit(sight(left), sight(right))
    assert (tier, evidence.note) == (Tier.SIMILAR, "each_shows_more")


def test_a_few_pixels_of_pan_are_no_crop_either(photo):
    tier, evidence = judge_edit(sight(photo[:, :-60]), sight(photo[:, 60:]))
    assert (tier, evidence.note) == (Tier.SIMILAR, "each_shows_more")


def test_something_that_moved_is_no_edit(photo):
    """Half of the picture is another one."""
    moved = photo.copy()
    moved[:, 400:1200] = scene(1600, 1200, seed=99)[:, 400:1200]
    tier, evidence = judge_edit(sight(photo), sight(moved))
    assert (tier, evidence.note) == (Tier.SIMILAR, "pixels_differ")


def test_unrelated_photos_do_not_align():
    first = sight(scene(1200, 900, seed=1))
    for seed in range(20, 28):
        tier, evidence = judge_edit(first, sight(scene(1200, 900, seed=seed)))
        assert (tier, evidence.note) == (Tier.SIMILAR, "no_alignment")


def test_a_picture_without_features_aligns_with_nothing(photo):
    flat = sight(np.full((480, 640, 3), 90, np.uint8))
    assert align(flat, sight(photo)) is None
    assert align(sight(photo), flat) is None
    assert align(flat, flat) is None


def test_a_small_overlap_proves_nothing(photo):
    tier, evidence = judge_edit(sight(photo), sight(saved(photo, edge=150)))
    assert tier is Tier.SIMILAR
    assert evidence.note in ("too_small_to_tell", "cannot_tell", "no_alignment")


def test_the_same_answer_every_time_and_for_a_picture_seen_before(photo):
    copy, _matrix = edit_pixels("crop75", Image.fromarray(photo), 3, "photo")
    first, second = sight(photo), sight(copy)
    answers = {repr(judge_edit(first, second)) for _ in range(3)}
    answers.add(repr(judge_edit(sight(photo), sight(copy))))
    assert len(answers) == 1


def test_mirrored_features_are_those_of_the_mirrored_picture(photo):
    small = sight(photo).small
    by_hand = find_blobs(np.ascontiguousarray(small[:, ::-1]))
    derived = mirrored(find_blobs(small))
    products = derived.descriptors @ by_hand.descriptors.T
    nearest = products.argmax(axis=1)
    close = np.abs(derived.points - by_hand.points[nearest]).max(axis=1) < 0.003
    assert close.mean() > 0.9
    assert np.median(products.max(axis=1)[close]) > 0.98


def test_containment_in_units_of_the_sides():
    half = np.diag((0.5, 0.5, 1.0))
    assert sticks_out(half) == 0
    assert sticks_out(np.linalg.inv(half)) == 1
    assert share_inside(half) == 1
    assert share_inside(np.linalg.inv(half)) == pytest.approx(0.25, abs=0.02)


def test_noise_is_shared_by_encodings_of_one_exposure_only():
    view = clean_scene(7)
    one = exposed_again(view, 1)
    luma = [sight(p).pixels[:, :, 1] for p in (one, saved(one, quality=80), exposed_again(view, 2))]
    again, other = noise(luma[0], luma[1], None), noise(luma[0], luma[2], None)
    assert again.correlation > 0.3
    assert abs(other.correlation) < 0.05
    assert noise(luma[0], luma[1], np.zeros(luma[0].shape, bool)) is None


def night(seed):
    """A black sky with a few soft lights."""
    chance = np.random.default_rng(seed)
    luma = np.zeros((600, 800), np.float32)
    for _ in range(4):
        x, y = int(chance.integers(80, 720)), int(chance.integers(80, 520))
        cv2.circle(luma, (x, y), int(chance.integers(20, 45)), 200.0, -1)
    return cv2.GaussianBlur(luma, (0, 0), 12)[:, :, None].repeat(3, axis=2)


def test_a_noisy_version_of_a_night_sky_looks_like_it_and_another_night_does_not():
    grain = np.random.default_rng(1).normal(0, 4, (600, 800, 3)).astype(np.float32)
    sky = sight(np.clip(night(1), 0, 255).astype(np.uint8))
    noisy = sight(np.clip(night(1) * 0.9 + grain, 0, 255).astype(np.uint8))
    other = sight(np.clip(night(2) + grain, 0, 255).astype(np.uint8))
    assert sky.low_detail
    tier, evidence = judge_edit(sky, noisy)
    assert tier is Tier.EDITED or evidence.note == "same_layout"
    tier, evidence = judge_edit(sky, other)
    assert (tier, evidence.note) == (Tier.SIMILAR, "low_detail")
