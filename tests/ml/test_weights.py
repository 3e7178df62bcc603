"""Weights are checked before one byte of them is used."""

from __future__ import annotations

import pytest

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.paths import resource
from albumdedup.ml.registry import SPECS
from albumdedup.ml.torch_extractor import TorchExtractor
from albumdedup.ml.weights import read_weights

SPEC = SPECS["album"]


def test_delivered_weights_are_the_ones_the_spec_names():
    assert len(read_weights(SPEC)) == 5_682_010


def test_missing_weights(tmp_path):
    with pytest.raises(AlbumError) as caught:
        read_weights(SPEC, tmp_path / "gone.safetensors")
    assert caught.value.code is ErrorCode.WEIGHTS_MISSING
    assert caught.value.facts["path"].endswith("gone.safetensors")


@pytest.mark.parametrize("change", ["flip", "cut", "empty"])
def test_changed_weights_are_refused_before_use(tmp_path, change):
    data = bytearray(resource(SPEC.weights_file).read_bytes())
    if change == "flip":
        data[-1] ^= 1
    data = {"flip": data, "cut": data[:1000], "empty": b""}[change]
    path = tmp_path / "album.safetensors"
    path.write_bytes(data)
    with pytest.raises(AlbumError) as caught:
        TorchExtractor(SPEC, device="cpu", weights=path)
    assert caught.value.code is ErrorCode.WEIGHTS_CHANGED
    assert SPEC.sha256[:16] in str(caught.value.facts["detail"])


def test_a_copy_elsewhere_serves(tmp_path):
    path = tmp_path / "mine.safetensors"
    path.write_bytes(resource(SPEC.weights_file).read_bytes())
    assert TorchExtractor(SPEC, device="cpu", weights=path).spec is SPEC
