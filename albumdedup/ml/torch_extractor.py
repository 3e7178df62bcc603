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
"""So few photos may have a pass of their own size: a search waits for one descriptor, not for 32.
Other kernels may run then, and the last bits be others."""


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
        exact: bool = False,
    ) -> None:
        """``threads`` sets torch's intra-op threads for the whole process. ``weights`` and
        ``sha256`` are as for ``read_weights``; ``rows`` is the number of photos of one pass.
        ``exact`` computes in float32 whatever the device has (``ml.precision``).

        Raises AlbumError(WEIGHTS_MISSING) or AlbumError(WEIGHTS_CHANGED).
        """
        if threads is not None:
            torch.set_num_threads(max(1, threads))
        self._spec = spec
        self._device = pick_device(device)
        self._most = self._rows = rows
        self._weights, self._sha256, self._exact = weights, sha256, exact
        self._network = self._made()

    @property
    def spec(self) -> ExtractorSpec:
        return self._spec

    @property
    def device(self) -> str:
        """Where it computes now; changes to ``cpu`` when a GPU's memory does not suffice."""
        return str(self._device)

    def extract(self, batch: Sequence[Pixels], *, quick: bool = False) -> Descriptors:
        """uint8[edge, edge, 3] each, upright sRGB → float32[n, dim], rows of norm 1, in order.

        Every pass has the same shape (the last is filled up), so that the same kernels run and a
        photo's descriptor does not depend on its neighbours; but for a ``FEW`` that are ``quick``.
        """
        out = np.empty((len(batch), self._spec.dim), np.float32)
        start = 0
        while start < len(batch):
            try:
                part = batch[start : start + self._rows]
                small = quick and len(part) <= FEW
                out[start : start + len(part)] = self._pass(part, FEW if small else self._rows)
                start += len(part)
            except torch.OutOfMemoryError:
                self._shrink()
        return out

    def _made(self) -> torch.nn.Module:
        """Raises AlbumError as the constructor does."""
        data = read_weights(self._spec, self._weights, self._sha256)
        network = build(self._spec.name, load(data)).to(self._device)
        return network if self._exact else at_best(network, self._spec, self._device)

    def _pass(self, part: Sequence[Pixels], rows: int) -> Descriptors:
        values = to_batch(part, self._spec.input_edge, min(rows, self._rows))
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
            self._network = self._made()  # the card's half precision is not the processor's
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
