"""Squares of pixels → descriptors, on the device that is there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load

from albumdedup.core.types import Descriptors, ExtractorSpec, Pixels
from albumdedup.ml.backbones import build
from albumdedup.ml.precision import at_best
from albumdedup.ml.preprocess import to_batch
from albumdedup.ml.weights import read_weights

BATCH = 32
FEW = 4
"""So few photos have a pass of their own size: a search waits for one descriptor, not for 32. On
the processors that were tried the bits are the same; within 1e-5 they are on all."""


def pick_device(wish: str) -> torch.device:
    """``auto`` takes CUDA, then MPS, then the CPU."""
    if wish != "auto":
        return torch.device(wish)
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


class TorchExtractor:
    """An ``Extractor``. Not thread-safe: one job at a time calls ``extract``."""

    def __init__(
        self,
        spec: ExtractorSpec,
        *,
        device: str = "auto",
        threads: int | None = None,
        weights: Path | None = None,
        sha256: str = "",
        rows: int = BATCH,
        remember: Path | None = None,
    ) -> None:
        """``threads`` sets torch's intra-op threads for the whole process. ``weights`` and
        ``sha256`` are as for ``read_weights``; ``rows`` is the number of photos of one pass.
        ``remember`` is the file that holds which precision was found to be right and fastest here,
        or will; without it everything is float32.

        Raises AlbumError(WEIGHTS_MISSING) or AlbumError(WEIGHTS_CHANGED).
        """
        data = read_weights(spec, weights, sha256)
        if threads is not None:
            torch.set_num_threads(max(1, threads))
        self._spec = spec
        self._device = pick_device(device)
        self._most = self._rows = rows
        self._network = build(spec.name, load(data)).to(self._device)
        if remember is not None:
            self._network = at_best(self._network, spec, self._device, self._rows, remember)

    @property
    def spec(self) -> ExtractorSpec:
        return self._spec

    @property
    def device(self) -> str:
        """Where it computes now; changes to ``cpu`` when a GPU's memory does not suffice."""
        return str(self._device)

    def extract(self, batch: Sequence[Pixels]) -> Descriptors:
        """uint8[edge, edge, 3] each, upright sRGB → float32[n, dim], rows of norm 1, in order.

        Every pass has the same shape (the last is filled up), but for a ``FEW``, so that the same
        kernels run and a photo's descriptor does not depend on its neighbours.
        """
        out = np.empty((len(batch), self._spec.dim), np.float32)
        start = 0
        while start < len(batch):
            try:
                part = batch[start : start + self._rows]
                out[start : start + len(part)] = self._pass(part)
                start += len(part)
            except torch.OutOfMemoryError:
                self._shrink()
        return out

    def _pass(self, part: Sequence[Pixels]) -> Descriptors:
        rows = min(FEW, self._rows) if len(part) <= FEW else self._rows
        values = to_batch(part, self._spec.input_edge, rows)
        with torch.inference_mode():
            tensor = self._carried(torch.from_numpy(values)).permute(0, 3, 1, 2)
            found: Descriptors = self._network(tensor)[: len(part)].float().cpu().numpy()
        return found

    def _carried(self, values: torch.Tensor) -> torch.Tensor:
        """On the device. A card fetches pinned memory by itself, at twice the speed of other."""
        if self._device.type == "cuda":
            return values.pin_memory().to(self._device, non_blocking=True)
        return values.to(self._device)

    def _shrink(self) -> None:
        """Half the batch; at one photo go on with the CPU, at full batches again."""
        if self._rows > 1:
            self._rows //= 2
        else:
            self._device, self._rows = torch.device("cpu"), self._most
            self._network = self._network.to(self._device)
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
