"""In which precision a network computes: what the device has instructions for, if that is right.

Half precision is twice as fast where the processor multiplies it by itself, and slower where it
must be put together from other instructions. The device alone decides, never a clock: the same
photos get the same descriptors in every library of one computer. Its answers must be those of
float32: a descriptor that is nearer than 0.999 to itself changes no verdict.
"""

from __future__ import annotations

import logging

import numpy as np
import torch
from torch import Tensor, nn

from albumdedup.core.types import ExtractorSpec
from albumdedup.ml.backbones import lowered
from albumdedup.ml.preprocess import to_batch

_log = logging.getLogger(__name__)

LEAST_COSINE = 0.999
_PICTURES = 2
_SEED = 20


def at_best(network: nn.Module, spec: ExtractorSpec, device: torch.device) -> nn.Module:
    """The network in half precision where ``half_of`` names one and a few made pictures get the
    descriptors of float32 from it; else as it is."""
    kind = half_of(device)
    if kind is None:
        return network
    other = lowered(network, kind)
    batch = _pictures(spec.input_edge).to(device)
    with torch.inference_mode():
        exact, found = network(batch).float(), other(batch).float()
    cosine = float((exact * found).sum(dim=1).min())
    if cosine >= LEAST_COSINE:  # not so where it is no number
        return other
    _log.warning("%s in %s is %.4f like itself; it computes in float32", spec.name, kind, cosine)
    return network


def half_of(device: torch.device) -> torch.dtype | None:
    """The half precision that the device multiplies by itself; None where it has none. AMX and
    AVX-512 BF16 are asked for by name: torch emulates bfloat16 on any processor with AVX-512."""
    if device.type == "cuda":
        return torch.float16
    if device.type == "cpu" and (
        torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    ):
        return torch.bfloat16
    return None


def _pictures(edge: int) -> Tensor:
    """Blobs of colour at several scales: nearer to photos than noise, and the same everywhere."""
    chance = np.random.default_rng(_SEED)
    squares = np.zeros((_PICTURES, edge, edge, 3), np.float64)
    for cells in (4, 16, edge // 2):
        coarse = chance.uniform(-1, 1, (_PICTURES, cells, cells, 3))
        fine = coarse.repeat(edge // cells, axis=1).repeat(edge // cells, axis=2)
        squares += fine * (320 / cells**0.5)
    pixels = np.clip(128 + squares, 0, 255).astype(np.uint8)
    return torch.from_numpy(to_batch(list(pixels), edge, _PICTURES)).permute(0, 3, 1, 2)
