"""Another extractor starts as strict as ``album`` does."""

from __future__ import annotations

import numpy as np
import pytest
from pictures import save, scene
from random_weights import save_random

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.settings import Settings
from albumdedup.evaluation.album import make_album
from albumdedup.evaluation.baselines import Ranking
from albumdedup.evaluation.cases import Cases
from albumdedup.evaluation.edits import KINDS
from albumdedup.evaluation.thresholds import STEPS, _unrelated, chosen_step, measure_similar
from albumdedup.evaluation.truth import read
from albumdedup.ml.acquire import import_file

FEW = [kind for kind in KINDS if kind.name in ("identical", "messenger")]
SMALL = "mobilenet_v3_small"


@pytest.fixture(scope="module")
def album(tmp_path_factory):
    place = tmp_path_factory.mktemp("thresholds")
    for number in range(3):
        save(scene(number, (320, 240)), place / "source" / f"{number}.jpg")
    for number in range(2):
        save(scene(7 + number, (320, 240)), place / "series" / "castle" / f"{number}.jpg")
    make_album(place / "source", place / "album", seed=7, sequences=place / "series", kinds=FEW)
    return place / "album"


def test_pairs_of_one_shot_or_scene_do_not_count(album):
    truth = read(album)
    cases = Cases(truth)
    count = len(truth.files)
    same = Ranking("same", np.ones((count, 1), np.float32), np.ones(count, np.bool_), 0.9, "")
    related = sum(
        cases.related(one, other) for one in range(count) for other in range(one + 1, count)
    )
    reached, pairs = _unrelated(cases, same)
    assert pairs == count * (count - 1) // 2 - related
    assert related >= 3 * 3 + 1
    assert (reached == pairs).all()


@pytest.mark.parametrize(("allowed", "similar"), [(100, 0.50), (7, 0.61), (0, 0.97), (-1, 0.99)])
def test_the_first_step_that_is_strict_enough(allowed, similar):
    reached = np.where(STEPS < 0.605, 100, np.where(STEPS < 0.965, 7, 0))
    found = chosen_step(reached, allowed, 20, 200)
    assert found.similar == pytest.approx(similar)
    assert found.unrelated == reached[np.abs(STEPS - similar).argmin()] / 200


def test_on_an_album(album, tmp_path):
    import_file(save_random(SMALL, tmp_path / "net.pth"), tmp_path / "models")
    found = measure_similar(album, SMALL, Settings(device="cpu"), tmp_path / "models")
    assert found.files == len(read(album).files)
    assert found.similar in STEPS
    itself = measure_similar(album, "album", Settings(device="cpu"), tmp_path / "models")
    assert itself.similar <= 0.90, "as strict as itself"


def test_an_album_of_one_shot_tells_nothing(tmp_path):
    save(scene(1, (320, 240)), tmp_path / "source" / "a.jpg")
    make_album(tmp_path / "source", tmp_path / "album", seed=1, kinds=FEW)
    with pytest.raises(AlbumError) as caught:
        measure_similar(tmp_path / "album", "album", Settings(device="cpu"), tmp_path)
    assert caught.value.code is ErrorCode.TRUTH_UNUSABLE
