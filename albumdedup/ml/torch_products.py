"""The products of the exact join on a graphics card."""

from __future__ import annotations

import logging

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from albumdedup.core.products import NumpyProducts
from albumdedup.core.types import Descriptors

_log = logging.getLogger(__name__)

BLOCK_ROWS = 4096
BLOCK_WORK = 1 << 33
"""A block of the product is so high and four times as wide: 256 MiB, a millisecond of a card that
does 10 TFLOP/s in float32. Half where the card's memory does not suffice."""

LEAST_ROWS = 64
"""A card that has no room for a block of so few rows is left alone: the processor goes on."""

_SENT_AT_ONCE = 1 << 16


class TorchProducts:
    """The ``Products`` port on a device of torch. In float32, whose error ``join.SLACK`` allows
    for; the reduced precision that torch may be told to use is not."""

    def __init__(
        self,
        device: torch.device,
        block_rows: int = BLOCK_ROWS,
        block_work: int = BLOCK_WORK,
    ) -> None:
        self.block_rows, self.block_work = block_rows, block_work
        self._device = device
        self._vectors: Descriptors = np.empty((0, 0), np.float32)
        self._there: Tensor | None = None
        self._rows = block_rows
        self._instead: NumpyProducts | None = None

    def begin(self, vectors: Descriptors) -> None:
        """Send all of them to the card, or, where they do not fit, block by block later."""
        self._vectors, self._rows = vectors, self.block_rows
        if self._instead is not None:
            self._instead.begin(vectors)
            return
        try:
            there = torch.empty(vectors.shape, dtype=torch.float32, device=self._device)
            for start in range(0, len(vectors), _SENT_AT_ONCE):
                end = min(start + _SENT_AT_ONCE, len(vectors))
                there[start:end] = torch.from_numpy(vectors[start:end].copy()).to(self._device)
            self._there = there
        except RuntimeError as error:
            self._make_room(error)

    def end(self) -> None:
        self._vectors, self._there = np.empty((0, 0), np.float32), None
        if self._instead is not None:
            self._instead.end()

    def near(
        self, rows: NDArray[np.intp], left: int, right: int, threshold: float
    ) -> NDArray[np.intp]:
        found: list[NDArray[np.intp]] = []
        start = 0
        while start < len(rows):
            part = rows[start : start + self._rows]
            if self._instead is not None:
                places = self._instead.near(part, left, right, threshold)
            else:
                try:
                    places = self._places(part, left, right, threshold)
                except RuntimeError as error:
                    self._make_room(error)
                    continue
            found.append(places + start * (right - left))
            start += len(part)
        return np.concatenate(found) if found else np.empty(0, np.intp)

    def _places(
        self, rows: NDArray[np.intp], left: int, right: int, threshold: float
    ) -> NDArray[np.intp]:
        with torch.inference_mode():
            ones = torch.from_numpy(self._vectors[rows]).to(self._device)
            others = (
                self._there[left:right]
                if self._there is not None
                else torch.from_numpy(self._vectors[left:right].copy()).to(self._device)
            )
            above = torch.mm(ones, others.T).reshape(-1) >= threshold
            places: NDArray[np.intp] = torch.nonzero(above).reshape(-1).cpu().numpy()
        return places.astype(np.intp, copy=False)

    def _make_room(self, error: RuntimeError) -> None:
        """First without the descriptors on the card, then with half the block, again and again, at
        last without the card. Raises what is no lack of memory."""
        if not isinstance(error, torch.OutOfMemoryError) and "out of memory" not in str(error):
            raise error
        if self._there is not None:
            self._there = None
        elif self._rows >= 2 * LEAST_ROWS:
            self._rows //= 2
        else:
            _log.info("The graphics card has no room for matching: %s", error)
            self._instead = NumpyProducts()
            self._instead.begin(self._vectors)
        if self._device.type == "cuda":
            torch.cuda.empty_cache()
