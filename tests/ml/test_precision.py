"""Half precision where the device has it and it is right; else float32; never by the clock."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from albumdedup.ml import precision
from albumdedup.ml.precision import LEAST_COSINE, half_of
from albumdedup.ml.registry import SPECS, create

SPEC = SPECS["album"]
CPU = torch.device("cpu")


def squares(count: int) -> list:
    coarse = np.random.default_rng(3).integers(0, 256, (count, 16, 16, 3), np.uint8)
    return list(coarse.repeat(8, axis=1).repeat(8, axis=2))


@pytest.fixture(scope="module")
def plain():
    return create("album", "cpu", exact=True)


@pytest.fixture
def half(monkeypatch):
    """As on a processor with bfloat16."""
    monkeypatch.setattr(precision, "half_of", lambda device: torch.bfloat16)


def test_descriptors_of_half_precision_are_those_of_float32(plain, half) -> None:
    fast = create("album", "cpu")
    ones, others = plain.extract(squares(40)), fast.extract(squares(40))
    assert others.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(others, axis=1), 1, atol=1e-6)
    cosines = (ones * others).sum(axis=1)
    assert cosines.min() >= LEAST_COSINE
    assert cosines.min() < 1 - 1e-7, "it did compute in another precision"


def test_half_precision_does_not_depend_on_neighbours(half) -> None:
    fast = create("album", "cpu")
    pictures = squares(37)
    whole = fast.extract(pictures)
    for row in (0, 17, 31, 36):
        np.testing.assert_array_equal(whole[row], fast.extract([pictures[row]])[0])


def test_two_libraries_of_one_computer_get_the_same_bits(half) -> None:
    pictures = squares(9)
    np.testing.assert_array_equal(
        create("album", "cpu").extract(pictures), create("album", "cpu").extract(pictures)
    )


@pytest.mark.parametrize("spoil", [0.0, float("nan"), -1.0])
def test_what_is_not_right_stays_float32(plain, half, monkeypatch, caplog, spoil) -> None:
    class Spoilt(torch.nn.Module):
        def __init__(self, network):
            super().__init__()
            self.network = network

        def forward(self, x):
            return self.network(x) * spoil

    monkeypatch.setattr(precision, "lowered", lambda network, kind: Spoilt(network))
    made = create("album", "cpu")
    np.testing.assert_array_equal(made.extract(squares(5)), plain.extract(squares(5)))
    assert "computes in float32" in caplog.text


@pytest.mark.parametrize(
    ("bf16", "amx", "kind"),
    [(False, False, None), (True, False, torch.bfloat16), (False, True, torch.bfloat16)],
)
def test_the_processor_decides(monkeypatch, bf16, amx, kind) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: bf16)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: amx)
    assert half_of(CPU) is kind
    assert half_of(torch.device("cuda")) is torch.float16
    assert half_of(torch.device("mps")) is None
