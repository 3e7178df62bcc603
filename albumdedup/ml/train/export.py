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
