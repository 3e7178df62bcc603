"""torchvision's networks, cut to what a descriptor needs. torchvision is imported when one is made:
that takes over a second, which ``album`` need not pay."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from albumdedup.ml.folding import fold

Weights = Mapping[str, Tensor]
Shapes = Mapping[str, tuple[int, ...]]

_COUNTER = "num_batches_tracked"
"""A tensor of batch norms that only training needs; older files lack it."""


class Pooled(nn.Module):
    """Trunk, pooling, head: float32[n, 3, s, s] → float32[n, dim], rows of norm 1.

    The trunk may compute in another precision (``backbones.lowered``); the rest is float32. A row
    of zeros, which a trained network does not give, stays one: it is like nothing.
    """

    def __init__(self, trunk: nn.Module, pool: nn.Module, head: nn.Module | None = None) -> None:
        super().__init__()
        self.trunk, self.pool = trunk, pool
        self.head = head if head is not None else nn.Identity()

    def features(self, x: Tensor) -> Tensor:
        """Before the rows are brought to norm 1."""
        kind = next(self.trunk.parameters()).dtype
        found: Tensor = self.head(self.pool(self.trunk(x.to(kind)).float()))
        return found

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.normalize(self.features(x), dim=1)


class Average(nn.Module):
    """float32[n, c, h, w] → float32[n, c]: the mean over all places."""

    def forward(self, x: Tensor) -> Tensor:
        return x.mean((2, 3))


class GeM(nn.Module):
    """float32[n, c, h, w] → float32[n, c]: the generalised mean with exponent 3, in which strong
    places count for more (Radenović, Tolias, Chum 2018, where 3 is the value to start from)."""

    def forward(self, x: Tensor) -> Tensor:
        return x.clamp(min=1e-6).pow(3).mean((2, 3)).pow(1 / 3)


class Grid(nn.Module):
    """float32[n, c, h, w] → float32[n, c · 49]: 7 × 7 places in a row, as VGG's head wants them."""

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.adaptive_avg_pool2d(x, (7, 7)).flatten(1)


@dataclass(frozen=True, slots=True)
class Network:
    """One of torchvision's: its constructor, the beginnings of the names of tensors that only its
    classifier needs, and its trunk."""

    constructor: str
    classifier: tuple[str, ...]
    trunk: Callable[[nn.Module], nn.Module]


def _resnet_trunk(model: nn.Module) -> nn.Module:
    names = ("conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4")
    return nn.Sequential(*(model.get_submodule(name) for name in names))


def _features(model: nn.Module) -> nn.Module:
    return model.get_submodule("features")


NETWORKS: dict[str, Network] = {
    "mobilenet_v3_small": Network("mobilenet_v3_small", ("classifier.",), _features),
    "mobilenet_v3_large": Network("mobilenet_v3_large", ("classifier.",), _features),
    "resnet18": Network("resnet18", ("fc.",), _resnet_trunk),
    "resnet50": Network("resnet50", ("fc.",), _resnet_trunk),
    "resnet101": Network("resnet101", ("fc.",), _resnet_trunk),
    "vgg16": Network("vgg16", ("classifier.6.",), _features),
    "vgg19": Network("vgg19", ("classifier.",), _features),
}


class _NotDrawn(TorchFunctionMode):
    """Random first weights are not drawn: nobody sees them, and for tensors without memory torch
    would import its compiler for it, which takes seconds and is not in a bundle."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: object,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        named = kwargs or {}
        if getattr(func, "__name__", "") in ("normal_", "uniform_"):
            return args[0] if args else named["tensor"]
        return func(*args, **named)


def skeleton(network: Network) -> nn.Module:
    """torchvision's own network, its tensors without memory."""
    import torchvision

    with torch.device("meta"), _NotDrawn():
        made: nn.Module = getattr(torchvision.models, network.constructor)(weights=None)
    return made.eval()


@lru_cache(maxsize=len(NETWORKS))
def needed(network: Network) -> Shapes:
    """Name and shape of every tensor without which the network gives no descriptor."""
    return {
        name: tuple(tensor.shape)
        for name, tensor in skeleton(network).state_dict().items()
        if not (name.startswith(network.classifier) or name.endswith(_COUNTER))
    }


def dispensable(network: Network, name: str) -> bool:
    """Whether a tensor may be in a file of the network without being needed."""
    return name.startswith(network.classifier) or name.endswith(_COUNTER)


def _filled(network: Network, weights: Weights) -> nn.Module:
    """Raises ValueError where the tensors are not those of the network."""
    model = skeleton(network)
    found = model.load_state_dict(dict(weights), strict=False, assign=True)
    lost = [name for name in found.missing_keys if not dispensable(network, name)]
    if lost or found.unexpected_keys:
        raise ValueError(f"weights do not fit: missing {lost}, unexpected {found.unexpected_keys}")
    return model


def _pooled(network: str, pool: Callable[[], nn.Module], weights: Weights) -> nn.Module:
    known = NETWORKS[network]
    return Pooled(fold(known.trunk(_filled(known, weights))), pool())


def _vgg_fc7(network: str, weights: Weights) -> nn.Module:
    """The second fully connected layer with its ReLU, as the classic recipes take it."""
    known = NETWORKS[network]
    model = _filled(known, weights)
    layers = model.get_submodule("classifier")
    assert isinstance(layers, nn.Sequential)
    head = nn.Sequential(layers[0], nn.ReLU(), layers[3], nn.ReLU())
    return Pooled(known.trunk(model), Grid(), head)


BUILDERS: dict[str, Callable[[Weights], nn.Module]] = {
    "mobilenet_v3_small": partial(_pooled, "mobilenet_v3_small", Average),
    "mobilenet_v3_large": partial(_pooled, "mobilenet_v3_large", Average),
    "resnet18": partial(_pooled, "resnet18", Average),
    "resnet50": partial(_pooled, "resnet50", Average),
    "resnet50_gem": partial(_pooled, "resnet50", GeM),
    "resnet101": partial(_pooled, "resnet101", Average),
    "vgg16": partial(_vgg_fc7, "vgg16"),
    "vgg19": partial(_pooled, "vgg19", Average),
}
