"""Edits of light, colour and sharpness, on a whole batch at once: float32[n, 3, h, w] in 0..1."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

Chance = np.random.Generator
Rows = NDArray[np.float32]
"""float32[3, 4]: a colour matrix and, last, an offset."""

_LUMA = (0.299, 0.587, 0.114)
_SEPIA = ((0.393, 0.769, 0.189), (0.349, 0.686, 0.168), (0.272, 0.534, 0.131))
_NAMES = (
    "brightness", "contrast", "saturation", "grey", "sepia", "vignette", "levels", "tint", "gamma",
)  # fmt: skip
_SHARES = np.array((0.12, 0.12, 0.1, 0.1, 0.16, 0.18, 0.08, 0.07, 0.07))


def draw_tones(count: int, chance: Chance) -> dict[str, Tensor]:
    """Each photo's own strengths; most photos have one edit of tone, or none.

    ``colour`` float32[n, 3, 4] (a matrix and an offset), ``gamma``, ``vignette``, ``levels``
    float32[n].
    """
    colour = np.tile(np.eye(3, 4, dtype=np.float32), (count, 1, 1))
    gamma, vignette, levels = np.ones(count), np.zeros(count), np.zeros(count)
    for row in range(count):
        number = int(chance.choice(3, p=(0.42, 0.43, 0.15)))
        for name in chance.choice(_NAMES, number, replace=False, p=_SHARES):
            if name == "gamma":
                gamma[row] = math.exp(chance.normal(0, 0.25))
            elif name == "vignette":
                vignette[row] = chance.uniform(0.3, 0.95)
            elif name == "levels":
                levels[row] = chance.uniform(0.002, 0.02)
            else:
                colour[row] = _chain(_matrix(str(name), chance), colour[row])
    return {
        "colour": torch.from_numpy(colour),
        "gamma": torch.from_numpy(gamma.astype(np.float32)),
        "vignette": torch.from_numpy(vignette.astype(np.float32)),
        "levels": torch.from_numpy(levels.astype(np.float32)),
    }


def _matrix(name: str, chance: Chance) -> Rows:
    found = np.eye(3, 4, dtype=np.float32)
    square = found[:, :3]
    if name == "brightness":
        square *= math.exp(chance.uniform(-0.7, 0.5))
    elif name == "contrast":
        factor = math.exp(chance.uniform(-0.6, 0.5))
        square *= factor
        found[:, 3] = (1 - factor) * chance.uniform(0.3, 0.6)
    elif name in ("saturation", "grey"):
        factor = chance.uniform(0.1, 2.0) if name == "saturation" else 0.0
        square[...] = factor * square + (1 - factor) * np.array(_LUMA, np.float32)
    elif name == "sepia":
        share = chance.uniform(0.6, 1.0)
        square[...] = (1 - share) * square + share * np.array(_SEPIA, np.float32)
    else:
        square *= np.exp(chance.normal(0, 0.12, 3)).astype(np.float32)
    return found


def _chain(second: Rows, first: Rows) -> Rows:
    out: Rows = second[:, :3] @ first
    out[:, 3] += second[:, 3]
    return out


def apply_tones(batch: Tensor, tones: dict[str, Tensor], x: Tensor, y: Tensor) -> Tensor:
    """``x`` and ``y`` float32[n, h, w] are places in the photo (0..1), for the vignette."""
    kept = {name: value.to(batch.device) for name, value in tones.items()}
    batch = _levels(batch, kept["levels"])
    n, _, h, w = batch.shape
    flat = torch.baddbmm(
        kept["colour"][:, :, 3:], kept["colour"][:, :, :3], batch.reshape(n, 3, -1)
    )
    batch = flat.reshape(n, 3, h, w).clamp(0, 1)
    bent = kept["gamma"] != 1
    if bent.any():
        batch[bent] = batch[bent].clamp(min=1e-4) ** kept["gamma"][bent, None, None, None]
    fall = ((2 * x - 1).square() + (2 * y - 1).square()).clamp(max=2) / 2
    return batch * (1 - kept["vignette"][:, None, None] * fall)[:, None]


def _levels(batch: Tensor, cut: Tensor) -> Tensor:
    """Stretch each channel so that a share ``cut`` of the pixels is lost at either end."""
    rows = cut.nonzero()[:, 0]
    for row in rows.tolist():
        flat = batch[row].reshape(3, -1)
        ends = torch.stack((cut[row], 1 - cut[row]))
        low, high = torch.quantile(flat[:, ::4], ends, dim=1)[..., None, None]
        batch[row] = ((batch[row] - low) / (high - low).clamp(min=0.05)).clamp(0, 1)
    return batch


def wear(batch: Tensor, chance: Chance) -> Tensor:
    """Blur, noise and strong JPEG compression, each on a part of the batch."""
    n, device = len(batch), batch.device
    blurred, grainy, packed = (chance.random(n) < share for share in (0.15, 0.15, 0.2))
    sigma = torch.from_numpy(chance.uniform(0.01, 0.07, n).astype(np.float32)).to(device)
    quality = chance.uniform(12, 75, n).astype(np.float32)
    grains = torch.Generator().manual_seed(int(chance.integers(2**62)))
    if blurred.any():
        part = torch.from_numpy(blurred).to(device)
        batch[part] = blur(batch[part])
    if grainy.any():
        part = torch.from_numpy(grainy).to(device)
        noise = torch.randn(batch[part].shape, generator=grains).to(device)
        batch[part] = batch[part] + noise * sigma[part, None, None, None]
    if packed.any():
        part = torch.from_numpy(packed).to(device)
        batch[part] = jpeg(batch[part], torch.from_numpy(quality).to(device)[part])
    return batch.clamp(0, 1)


def blur(batch: Tensor) -> Tensor:
    """Gaussian, σ = 0.8 pixel."""
    side = torch.exp(-(torch.arange(-2.0, 3.0) ** 2) / (2 * 0.8**2)).to(batch)
    kernel = torch.outer(side, side) / side.sum() ** 2
    padded = functional.pad(batch, (2, 2, 2, 2), mode="replicate")
    return functional.conv2d(padded, kernel.expand(3, 1, 5, 5), groups=3)


_TABLE = (
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113,
    92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
)  # fmt: skip
"""The luminance table of ITU-T T.81, annex K."""

_YCC = ((0.299, 0.587, 0.114), (-0.1687, -0.3313, 0.5), (0.5, -0.4187, -0.0813))


def jpeg(batch: Tensor, quality: Tensor) -> Tensor:
    """What JPEG at ``quality`` float32[n] (1..100) loses; edges must be multiples of 8.

    Discrete cosine transform of 8 × 8 blocks, quantised; colour at twice the steps of the
    standard's luminance table in place of subsampling.
    """
    n, _, h, w = batch.shape
    ycc = torch.tensor(_YCC).to(batch)
    signal = torch.einsum("ij,njhw->nihw", ycc, batch) * 255
    k = torch.arange(8.0).to(batch)
    cosine = torch.cos((2 * k + 1) * k[:, None] * math.pi / 16) / 2
    cosine[0] /= math.sqrt(2)
    scale = torch.where(quality < 50, 5000 / quality, 200 - 2 * quality) / 100
    table = torch.tensor(_TABLE, dtype=batch.dtype, device=batch.device).reshape(8, 8)
    steps = (table * scale[:, None, None]).clamp(1, 255)[:, None, None, None]
    steps = steps * torch.tensor((1.0, 2.0, 2.0)).to(batch)[:, None, None, None, None]
    blocks = signal.reshape(n, 3, h // 8, 8, w // 8, 8).transpose(3, 4)
    found = cosine @ blocks @ cosine.T
    back = cosine.T @ (torch.round(found / steps) * steps) @ cosine
    signal = back.transpose(3, 4).reshape(n, 3, h, w) / 255
    return torch.einsum("ij,njhw->nihw", torch.linalg.inv(ycc), signal)
