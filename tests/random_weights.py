"""torchvision's networks with random weights that behave like trained ones: the same for the same
seed, and calm enough that rounding does not grow from layer to layer."""

from __future__ import annotations

from pathlib import Path

import torch
import torchvision
from torch import nn


def random_network(name: str, seed: int = 0) -> nn.Module:
    """torchvision's own network, ready for inference.

    Batch norms have the statistics of pictures that went through; the last one of each residual
    block counts for little, as in trained networks.
    """
    torch.manual_seed(seed)
    model = getattr(torchvision.models, name)(weights=None)
    norms = [m for m in model.modules() if isinstance(m, nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = None
        nn.init.uniform_(norm.weight, 0.5, 1.5)
        nn.init.normal_(norm.bias, 0, 0.1)
    last = "bn3" if hasattr(getattr(model, "layer1", [None])[0], "bn3") else "bn2"
    for place, module in model.named_modules():
        if place.startswith("layer") and place.endswith(last):
            nn.init.uniform_(module.weight, 0.1, 0.3)
    if norms:
        coarse = torch.rand(6, 3, 14, 14).repeat_interleave(16, 2).repeat_interleave(16, 3)
        model.train()
        with torch.no_grad():
            model((coarse * 0.8 + torch.rand(6, 3, 224, 224) * 0.2 - 0.45) / 0.225)
    return model.eval()


def save_random(name: str, path: Path, seed: int = 0) -> Path:
    """As torchvision publishes them: a state_dict in torch's own file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(random_network(name, seed).state_dict(), path)
    return path
