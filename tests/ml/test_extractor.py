"""The descriptor: the card's numbers, and the same bits for the same pixels."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest
import torch

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.ml.preprocess import to_batch
from albumdedup.ml.registry import SPECS, create
from albumdedup.ml.torch_extractor import BATCH, TorchExtractor


def card_picture():
    y, x = np.mgrid[0:128, 0:128]
    return np.stack([(3 * x + 5 * y + 80 * c) % 256 for c in range(3)], -1).astype(np.uint8)


def squares(count, seed=3):
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (count, 16, 16, 3), np.uint8)
    return list(coarse.repeat(8, axis=1).repeat(8, axis=2))


@pytest.fixture(scope="module")
def extractor():
    return create("album", "cpu", exact=True)


def test_card_numbers(extractor):
    found = extractor.extract([card_picture()])
    assert found.shape == (1, 128)
    assert found.dtype == np.float32
    expected = [-0.0590, -0.0683, 0.0049, -0.0842, -0.0535, -0.0602, -0.0262, -0.0135]
    np.testing.assert_allclose(found[0, :8], expected, atol=1.0e-4)
    assert found[0].argmax() == 121
    assert found[0, 121] == pytest.approx(0.2299, abs=1.0e-4)


def test_rows_have_norm_one_and_come_in_order(extractor):
    pictures = squares(BATCH + 5)
    found = extractor.extract(pictures)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)
    for row in (0, BATCH - 1, BATCH, BATCH + 4):
        np.testing.assert_array_equal(found[row], extractor.extract([pictures[row]])[0])


@pytest.mark.parametrize("place", [0, 1, 17, 31])
@pytest.mark.parametrize("threads", [1, 2])
def test_bits_do_not_depend_on_neighbours_place_or_threads(extractor, place, threads):
    alone = extractor.extract([card_picture()])[0]
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        for count in (place + 1, BATCH):
            batch = squares(count, seed=place)
            batch[place] = card_picture()
            np.testing.assert_array_equal(extractor.extract(batch)[place], alone)
    finally:
        torch.set_num_threads(before)


def test_no_pictures_give_no_rows(extractor):
    assert extractor.extract([]).shape == (0, 128)


def test_wrong_square_is_refused(extractor):
    with pytest.raises(ValueError, match="128"):
        extractor.extract([np.zeros((64, 64, 3), np.uint8)])
    with pytest.raises(ValueError, match="uint8"):
        to_batch([np.zeros((128, 128, 3), np.float32)], 128, 1)


def test_unknown_extractor_is_named():
    with pytest.raises(AlbumError) as caught:
        create("nonesuch")
    assert caught.value.code is ErrorCode.EXTRACTOR_UNKNOWN
    assert str(caught.value.facts["detail"]).startswith("album, ")


class SmallCard(torch.nn.Module):
    """Stands before the real network and has room for so many pictures only."""

    def __init__(self, network, room):
        super().__init__()
        self.network, self.room, self.asked = network, room, []

    def forward(self, x):
        self.asked.append(len(x))
        if len(x) > self.room:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return self.network(x)


def test_out_of_memory_halves_the_batch_and_goes_on(extractor):
    small = TorchExtractor(SPECS["album"], device="cpu", exact=True)
    small._network = card = SmallCard(small._network, 8)
    pictures = squares(20)
    found = small.extract(pictures)
    assert card.asked == [32, 16, 8, 8, 8]
    np.testing.assert_allclose(found, extractor.extract(pictures), atol=1e-5)


def test_a_card_without_room_for_one_is_left_for_the_cpu(extractor):
    small = TorchExtractor(SPECS["album"], device="cpu", exact=True)
    small._network = SmallCard(small._network, 0)
    pictures = squares(3)
    np.testing.assert_array_equal(small.extract(pictures), extractor.extract(pictures))
    assert small.device == "cpu"


def test_registry_and_weights_know_no_torch():
    code = (
        "import sys, json; import albumdedup.ml.registry, albumdedup.ml.weights;"
        "print(json.dumps([m for m in ('torch', 'safetensors', 'cv2') if m in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert json.loads(done.stdout) == []


def test_torchvision_is_not_imported():
    code = (
        "import sys; from albumdedup.ml.registry import create; create('album', 'cpu');"
        "sys.exit('torchvision' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("exact", [True, False])
def test_a_few_that_are_in_a_hurry_get_nearly_the_same(exact):
    made = create("album", "cpu", exact=exact)
    pictures = squares(3)
    np.testing.assert_allclose(
        made.extract(pictures, quick=True), made.extract(pictures), atol=1e-5 if exact else 2e-3
    )


def test_only_those_in_a_hurry_have_a_smaller_pass(extractor):
    small = TorchExtractor(SPECS["album"], device="cpu")
    small._network = card = SmallCard(small._network, BATCH)
    for count, quick in ((1, False), (4, True), (5, True), (BATCH + 2, True)):
        small.extract(squares(count), quick=quick)
    assert card.asked == [BATCH, 4, BATCH, BATCH, 4]


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_cuda_agrees_with_the_cpu(extractor):
    pictures = squares(40)
    found = create("album", "cuda").extract(pictures)
    np.testing.assert_allclose(found, extractor.extract(pictures), atol=2e-3)


@pytest.mark.photos
def test_copies_of_photos_are_nearer_than_other_photos(shared_data, extractor):
    from PIL import Image

    def square(path):
        with Image.open(path) as image:
            small = image.convert("RGB").resize((128, 128), Image.Resampling.BOX)
        return np.asarray(small)

    groups = sorted((shared_data / "natural_dups").iterdir())
    pairs = [sorted(g.glob("*_same_*"))[:: len(list(g.glob("*_same_*"))) - 1] for g in groups]
    found = extractor.extract([square(p) for pair in pairs for p in pair])
    table = found[0::2] @ found[1::2].T
    assert table.diagonal().min() > 0.93
    assert (table.argmax(axis=1) == np.arange(len(groups))).all()
