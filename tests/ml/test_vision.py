"""torchvision's networks give, cut down and folded, what they give whole."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torchvision
from PIL import Image
from random_weights import random_network
from torch import nn

from albumdedup.ml.backbones import build
from albumdedup.ml.preprocess import DEVIATION, MEAN, to_batch
from albumdedup.ml.rows import ROWS
from albumdedup.ml.vision import BUILDERS, NETWORKS, needed

SLOW = {"resnet50", "resnet50_gem", "resnet101", "vgg16", "vgg19"}
NAMES = [
    pytest.param(name, marks=pytest.mark.slow if name in SLOW else ()) for name in BUILDERS
]  # fmt: skip


def squares(count: int = 3) -> list[np.ndarray]:
    """Coarse and fine structure in colour, uint8[224, 224, 3] each."""
    chance = np.random.default_rng(4)
    coarse = chance.integers(0, 200, (count, 14, 14, 3)).repeat(16, axis=1).repeat(16, axis=2)
    return list((coarse + chance.integers(0, 56, (count, 224, 224, 3))).astype(np.uint8))


def official(name: str):
    """torchvision's own preprocessing, told to squash instead of to crop."""
    weights = torchvision.models.get_model_weights(ROWS[name].network).IMAGENET1K_V1
    return weights, weights.transforms(crop_size=224, resize_size=224)


def whole(name: str, model: nn.Module, batch: torch.Tensor) -> torch.Tensor:
    """The features out of torchvision's own forward."""
    seen: list[torch.Tensor] = []
    place = {
        "resnet50_gem": "layer4",
        "vgg16": "classifier.4",  # fc7 behind its ReLU
        "vgg19": "features",
    }.get(name, "avgpool")
    model.get_submodule(place).register_forward_hook(lambda m, i, out: seen.append(out.clone()))
    with torch.inference_mode():
        model(batch)
    if name == "resnet50_gem":
        return (seen[0].clamp(min=1e-6) ** 3).mean((2, 3)) ** (1 / 3)
    if name == "vgg19":
        return seen[0].mean((2, 3))
    return seen[0].flatten(1)


@pytest.mark.parametrize("name", NAMES)
def test_features_are_those_of_the_whole_network(name):
    model, pictures = random_network(ROWS[name].network), squares()
    _weights, transforms = official(name)
    batch = torch.stack([transforms(Image.fromarray(square)) for square in pictures])
    expected = whole(name, model, batch)
    wanted = needed(NETWORKS[ROWS[name].network])
    state = {k: v for k, v in model.state_dict().items() if k in wanted}
    ours = build(name, state)
    assert not [m for m in ours.modules() if isinstance(m, nn.BatchNorm2d)]
    values = torch.from_numpy(to_batch(pictures, 224, len(pictures))).permute(0, 3, 1, 2)
    with torch.inference_mode():
        found, rows = ours.features(values), ours(values)
    assert found.shape == (len(pictures), ROWS[name].spec.dim)
    assert expected.abs().max() > 0.01, "features that say something"
    assert (found - expected).abs().max() < 1e-5
    torch.testing.assert_close(rows, nn.functional.normalize(expected), atol=1e-5, rtol=0)


@pytest.mark.parametrize("name", BUILDERS)
def test_preprocessing_is_the_official_one_but_for_the_crop(name):
    weights, transforms = official(name)
    assert weights.transforms().mean == pytest.approx(MEAN.tolist())
    assert weights.transforms().std == pytest.approx(DEVIATION.tolist())
    picture = squares(1)
    ours = to_batch(picture, 224, 1)[0].transpose(2, 0, 1)
    np.testing.assert_allclose(ours, transforms(Image.fromarray(picture[0])).numpy(), atol=1e-6)


@pytest.mark.parametrize("name", BUILDERS)
def test_the_registry_names_torchvisions_own_files(name):
    weights, _transforms = official(name)
    source = ROWS[name].source
    assert source.url == weights.url
    assert source.url.startswith("https://")
    assert source.sha256.startswith(source.file.removesuffix(".pth").rsplit("-", 1)[1])
    megabytes = weights.meta["_file_size"] * 1024**2
    assert source.limit == pytest.approx(megabytes, rel=5e-3)
    assert source.limit >= megabytes - 1024, "the size is published rounded to 0.001 MiB"


def test_every_row_has_a_builder():
    assert set(BUILDERS) == set(ROWS) - {"album"}
    assert {row.network for row in ROWS.values()} == {*NETWORKS, "album"}


def test_weights_of_another_network_are_no_network():
    with pytest.raises(ValueError, match="missing"):
        build("resnet18", {"conv1.weight": torch.zeros(64, 3, 7, 7)})
