"""The network bodies. ``album`` is our own few lines: importing torchvision costs over a second."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from albumdedup.ml import vision
from albumdedup.ml.folding import fold

Weights = Mapping[str, Tensor]


class BasicBlock(nn.Module):
    """Two 3 × 3 convolutions with a short cut (He et al. 2015), named as in torchvision."""

    def __init__(self, inside: int, outside: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inside, outside, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outside)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(outside, outside, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outside)
        self.downsample: nn.Module | None = None
        if stride != 1 or inside != outside:
            self.downsample = nn.Sequential(
                nn.Conv2d(inside, outside, 1, stride, bias=False), nn.BatchNorm2d(outside)
            )

    def forward(self, x: Tensor) -> Tensor:
        short = x if self.downsample is None else self.downsample(x)
        y = self.relu(self.bn1(self.conv1(x)))
        out: Tensor = self.relu(self.bn2(self.conv2(y)).add_(short))
        return out


class SlimResNet(nn.Module):
    """ResNet-18 with half the channels, GeM pooling and a linear head.

    float32[n, 3, s, s] → float32[n, dim], rows of norm 1. GeM after Radenović, Tolias, Chum,
    "Fine-tuning CNN Image Retrieval with No Human Annotation" (2018).
    """

    def __init__(self, dim: int = 128, widths: tuple[int, ...] = (32, 64, 128, 256)) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, widths[0], 7, 2, 3, bias=False),
            nn.BatchNorm2d(widths[0]),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, 2, 1),
        )
        blocks: list[nn.Module] = []
        inside = widths[0]
        for stage, width in enumerate(widths):
            blocks += [
                BasicBlock(inside, width, 1 if stage == 0 else 2),
                BasicBlock(width, width, 1),
            ]
            inside = width
        self.trunk = nn.Sequential(*blocks)
        self.p = nn.Parameter(torch.full((1,), 3.0))
        self.fc = nn.Linear(inside, dim)

    def forward(self, x: Tensor) -> Tensor:
        x = self.trunk(self.stem(x.to(next(self.stem.parameters()).dtype))).float()
        pooled = x.clamp(min=1e-5).pow(self.p).mean((2, 3)).pow(1.0 / self.p)
        return nn.functional.normalize(self.fc(pooled), dim=1)


def lowered(network: nn.Module, kind: torch.dtype) -> nn.Module:
    """A copy whose convolutions compute in ``kind``; pooling and head stay float32."""
    made = copy.deepcopy(network)
    for name, part in made.named_children():
        if name in ("stem", "trunk"):
            part.to(kind)
    return made


def _album(weights: Weights) -> nn.Module:
    network = SlimResNet()
    state = {name: tensor.float() for name, tensor in weights.items()}
    state["p"] = state["p"].reshape(network.p.shape)
    missing, unexpected = network.load_state_dict(state, strict=False)
    lost = [name for name in missing if not name.endswith("num_batches_tracked")]
    if lost or unexpected:
        raise ValueError(f"weights do not fit: missing {lost}, unexpected {unexpected}")
    return fold(network.eval())


BUILDERS: dict[str, Callable[[Weights], nn.Module]] = {"album": _album, **vision.BUILDERS}


def build(name: str, weights: Weights) -> nn.Module:
    """A network for inference, float32, channels last, from the tensors of its weights file.

    Raises ValueError where those are of another network.
    """
    network = BUILDERS[name](weights).float().eval()
    return network.to(memory_format=torch.channels_last)
