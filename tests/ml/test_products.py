"""A graphics card nominates what numpy nominates, whatever room it has."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch

from albumdedup.core import matching
from albumdedup.core.control import Control
from albumdedup.core.join import near_rows
from albumdedup.core.matching import VectorTable
from albumdedup.core.products import NumpyProducts
from albumdedup.evaluation.bench.synthetic import whole
from albumdedup.ml import accelerator
from albumdedup.ml.torch_products import LEAST_ROWS, TorchProducts

FLOOR = 0.6


@pytest.fixture(scope="module")
def vectors():
    return whole(1500, seed=3, timelapse=60)[1]


def pairs(vectors, asked, products):
    found = set()
    for near in near_rows(vectors, asked, FLOOR, Control(), products):
        columns = (near.late.tolist(), near.early.tolist(), near.steps.tolist())
        found |= set(zip(*columns, strict=True))
    return found


class SmallCard(TorchProducts):
    """Has no room for more than so many rows at once, nor for all descriptors."""

    def __init__(self, room, **named):
        super().__init__(torch.device("cpu"), **named)
        self.room, self.tried = room, []

    def _places(self, rows, left, right, threshold):
        self.tried.append(len(rows))
        if self._there is not None or len(rows) > self.room:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate …")
        return super()._places(rows, left, right, threshold)


@pytest.mark.parametrize("asked", [range(1500), range(0, 1500, 7), [1499]])
def test_the_pairs_are_those_of_numpy(vectors, asked):
    asked = np.array(asked, np.intp)
    card = TorchProducts(torch.device("cpu"), block_rows=128)
    expected = pairs(vectors, asked, NumpyProducts(100))
    assert len(expected) >= 1
    assert pairs(vectors, asked, card) == expected
    assert pairs(vectors[::-1], asked, card) == pairs(vectors[::-1], asked, NumpyProducts())


def test_descriptors_that_may_not_be_written_are_read(vectors):
    closed = vectors.copy()
    closed.flags.writeable = False
    asked = np.arange(1500)
    card = TorchProducts(torch.device("cpu"))
    assert pairs(closed, asked, card) == pairs(vectors, asked, NumpyProducts())


def test_a_card_without_room_halves_its_blocks(vectors):
    asked = np.arange(1500)
    card = SmallCard(300, block_rows=1024)
    assert pairs(vectors, asked, card) == pairs(vectors, asked, NumpyProducts())
    assert card.tried[:4] == [1024, 1024, 512, 256]
    assert max(card.tried[3:]) == 256


def test_a_card_that_is_full_leaves_it_to_the_processor(vectors):
    asked = np.arange(1500)
    card = SmallCard(0, block_rows=256)
    assert pairs(vectors, asked, card) == pairs(vectors, asked, NumpyProducts())
    assert card.tried == [256, 256, 128, LEAST_ROWS]
    card.tried.clear()
    assert pairs(vectors, asked, card) == pairs(vectors, asked, NumpyProducts())
    assert card.tried == []


def test_other_failures_of_a_card_are_not_hidden(vectors):
    class Broken(TorchProducts):
        def _places(self, rows, left, right, threshold):
            raise RuntimeError("device-side assert")

    with pytest.raises(RuntimeError, match="device-side"):
        pairs(vectors, np.arange(10), Broken(torch.device("cpu")))


def test_only_large_joins_ask_for_a_card(vectors, monkeypatch):
    opened = []

    def products():
        opened.append(TorchProducts(torch.device("cpu"), block_rows=200))
        return opened[-1]

    ids = whole(1500, seed=3, timelapse=60)[0]
    table = VectorTable(products=products)
    table.extend(ids, vectors)
    found = table.match(ids, FLOOR, Control()).found.matches()
    assert opened == []
    monkeypatch.setattr(matching, "WORTH_A_DEVICE", 1500 * 1500 * 128)
    again = VectorTable(products=products)
    again.extend(ids, vectors)
    assert again.match(ids, FLOOR, Control()).found.matches() == found
    assert len(opened) == 1


@pytest.mark.parametrize("card", ["nvidia0", "nvidiactl", "dxg", "kfd"])
def test_a_card_shows_in_its_device_file(tmp_path, card):
    assert not accelerator.possible("auto", "linux", tmp_path)
    (tmp_path / card).touch()
    assert accelerator.possible("auto", "linux", tmp_path)
    assert accelerator.possible("cuda:1", "linux", tmp_path)
    assert not accelerator.possible("cpu", "linux", tmp_path)


def test_a_card_that_is_not_there_is_not_used(monkeypatch):
    monkeypatch.setattr(accelerator, "possible", lambda wish: True)
    expected = TorchProducts if torch.cuda.is_available() else NumpyProducts
    assert type(accelerator.open_products("cuda")) is expected


def test_where_no_card_can_be_torch_is_not_imported():
    code = (
        "import sys; from albumdedup.ml.accelerator import open_products; "
        "open_products('cpu'); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_a_real_card_gives_the_pairs_of_numpy(vectors):
    asked = np.arange(1500)
    card = TorchProducts(torch.device("cuda"))
    assert pairs(vectors, asked, card) == pairs(vectors, asked, NumpyProducts())
