"""Half precision where it is right and pays; else float32; tried once."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from albumdedup.ml import precision
from albumdedup.ml.precision import LEAST_COSINE, Trial, tried
from albumdedup.ml.registry import SPECS, create

SPEC = SPECS["album"]
CPU = torch.device("cpu")


def squares(count: int) -> list:
    coarse = np.random.default_rng(3).integers(0, 256, (count, 16, 16, 3), np.uint8)
    return list(coarse.repeat(8, axis=1).repeat(8, axis=2))


@pytest.fixture(scope="module")
def plain():
    return create("album", "cpu")


@pytest.fixture
def half(monkeypatch):
    """As on a machine where half precision is possible and pays."""
    monkeypatch.setattr(precision, "_half", lambda device: torch.bfloat16)
    monkeypatch.setattr(precision, "WORTH_IT", 0.0)


def test_descriptors_of_half_precision_are_those_of_float32(plain, half, tmp_path: Path) -> None:
    fast = create("album", "cpu", remember=tmp_path / "inference.json")
    kept = json.loads((tmp_path / "inference.json").read_text())
    assert kept["precision"] == "bfloat16"
    assert kept["cosine"] >= LEAST_COSINE
    ones, others = plain.extract(squares(40)), fast.extract(squares(40))
    assert others.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(others, axis=1), 1, atol=1e-6)
    cosines = (ones * others).sum(axis=1)
    assert cosines.min() >= LEAST_COSINE
    assert cosines.min() < 1 - 1e-7, "it did compute in another precision"


def test_half_precision_does_not_depend_on_neighbours(half, tmp_path: Path) -> None:
    fast = create("album", "cpu", remember=tmp_path / "inference.json")
    pictures = squares(37)
    whole = fast.extract(pictures)
    for row in (0, 17, 31, 36):
        np.testing.assert_array_equal(whole[row], fast.extract([pictures[row]])[0])


def test_a_trial_that_is_remembered_is_not_made_again(half, tmp_path: Path, monkeypatch) -> None:
    file = tmp_path / "inference.json"
    create("album", "cpu", remember=file)
    monkeypatch.setattr(precision, "tried", lambda *_: pytest.fail("tried again"))
    create("album", "cpu", remember=file)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"machine": 1}', "null"])
def test_a_broken_memory_is_made_anew(half, tmp_path: Path, content: str) -> None:
    file = tmp_path / "inference.json"
    file.write_text(content)
    create("album", "cpu", remember=file)
    assert json.loads(file.read_text())["precision"] == "bfloat16"


def test_another_machine_is_tried_anew(half, tmp_path: Path) -> None:
    file = tmp_path / "inference.json"
    file.write_text(json.dumps(asdict(Trial("another", "float32", 1.0, 4.0, 4.0))))
    create("album", "cpu", remember=file)
    assert json.loads(file.read_text())["precision"] == "bfloat16"


def test_a_memory_that_cannot_be_kept_stops_nothing(half, tmp_path: Path) -> None:
    made = create("album", "cpu", remember=tmp_path / "no" / "such" / "folder.json")
    assert made.extract(squares(1)).shape == (1, SPEC.dim)


def test_what_is_not_faster_or_not_right_stays_float32(plain, monkeypatch) -> None:
    monkeypatch.setattr(precision, "_half", lambda device: torch.bfloat16)
    monkeypatch.setattr(precision, "WORTH_IT", 1e9)
    assert tried(plain._network, SPEC, CPU, 4).precision == "float32"
    monkeypatch.setattr(precision, "WORTH_IT", 0.0)
    monkeypatch.setattr(precision, "LEAST_COSINE", 1.1)
    assert tried(plain._network, SPEC, CPU, 4).precision == "float32"


def test_a_device_without_half_precision_is_not_tried(plain, monkeypatch) -> None:
    monkeypatch.setattr(precision, "_half", lambda device: None)
    found = tried(plain._network, SPEC, CPU, 4, "here")
    assert replace(found, milliseconds=0.0, float32_milliseconds=0.0) == Trial(
        "here", "float32", 1.0, 0.0, 0.0
    )
