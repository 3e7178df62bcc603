"""Weights files: reading one to start from, writing the one that is delivered."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.ml.backbones import SlimResNet


def read_start(path: Path) -> SlimResNet:
    """A network to train on from. Raises AlbumError(WEIGHTS_MISSING) or (WEIGHTS_UNFIT)."""
    try:
        tensors = load(path.read_bytes())
    except OSError as error:
        detail = error.strerror or str(error)
        raise AlbumError(ErrorCode.WEIGHTS_MISSING, path=str(path), detail=detail) from error
    except SafetensorError as error:
        raise AlbumError(ErrorCode.WEIGHTS_UNFIT, path=str(path), detail=str(error)) from error
    network = SlimResNet()
    expected = _kept(network)
    wrong = sorted(expected.keys() ^ tensors.keys())
    wrong += [
        n for n in expected.keys() & tensors.keys() if expected[n].numel() != tensors[n].numel()
    ]
    if wrong:
        detail = f"{len(wrong)} tensors differ, {wrong[0]} first"
        raise AlbumError(ErrorCode.WEIGHTS_UNFIT, path=str(path), detail=detail)
    state = {name: tensors[name].float().reshape(expected[name].shape) for name in expected}
    network.load_state_dict(state, strict=False)
    return network


def blended(start: SlimResNet, trained: SlimResNet, share: float) -> SlimResNet:
    """Weights between the two, ``share`` of the trained ones: what was gained is nearly kept, what
    was forgotten comes back (WiSE-FT, Wortsman et al. 2022). For networks that share a past only.
    """
    first, last = start.state_dict(), trained.state_dict()
    for name, value in last.items():
        if value.is_floating_point():
            last[name] = torch.lerp(first[name].to(value.device), value, share)
    network = SlimResNet()
    network.load_state_dict(last)
    return network.eval()


def write_weights(network: SlimResNet, path: Path) -> str:
    """Write float16 tensors, whole or not at all; returns the file's SHA-256."""
    tensors = {name: value.half().cpu().contiguous() for name, value in _kept(network).items()}
    data = save(tensors)
    part = path.with_suffix(".part")
    part.write_bytes(data)
    os.replace(part, path)
    return hashlib.sha256(data).hexdigest()


def _kept(network: SlimResNet) -> dict[str, torch.Tensor]:
    state = network.state_dict()
    return {
        name: value for name, value in state.items() if not name.endswith("num_batches_tracked")
    }
