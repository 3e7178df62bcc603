"""Stand-ins for the parts that are slow or need the outside: same ports, same promises."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from PIL import Image

from albumdedup.core.types import ContentId, Descriptors, ExtractorSpec, Pixels

HISTOGRAM_SPEC = ExtractorSpec(
    name="histogram",
    dim=128,
    input_edge=128,
    weights_file="",
    sha256="0" * 64,
    preprocessing="srgb-squash128-grid8",
)


class MemoryVectorStore:
    """The ``VectorStore`` port in a dict."""

    def __init__(self, dim: int = HISTOGRAM_SPEC.dim) -> None:
        self._dim = dim
        self._rows: dict[ContentId, Descriptors] = {}

    def upsert(self, ids: Sequence[ContentId], vectors: Descriptors) -> None:
        rows = np.asarray(vectors, np.float32)
        if len(ids) and rows.shape != (len(ids), self._dim):
            raise ValueError(f"{len(ids)} ids of {self._dim} with {rows.shape} vectors")
        for content, row in zip(ids, rows, strict=True):
            self._rows[content] = row.copy()

    def everything(self) -> tuple[list[ContentId], Descriptors]:
        ids = sorted(self._rows)
        rows = [self._rows[content] for content in ids]
        return ids, np.array(rows, np.float32).reshape(len(ids), self._dim)

    def read(self, ids: Sequence[ContentId]) -> tuple[list[ContentId], Descriptors]:
        found = sorted(self.present(ids))
        rows = [self._rows[content] for content in found]
        return found, np.array(rows, np.float32).reshape(len(found), self._dim)

    def present(self, ids: Sequence[ContentId]) -> set[ContentId]:
        return {content for content in ids if content in self._rows}

    def search(self, vector: Descriptors, top: int) -> list[tuple[ContentId, float]]:
        ids, rows = self.everything()
        found = [(c, round(float(s), 4)) for c, s in zip(ids, rows @ vector, strict=True)]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))[: max(top, 0)]

    def delete(self, ids: Sequence[ContentId]) -> None:
        for content in ids:
            self._rows.pop(content, None)

    def count(self) -> int:
        return len(self._rows)

    def close(self) -> None:
        """Memory needs no closing; what is stored stays, as it would on a disk."""


class HistogramExtractor:
    """The ``Extractor`` port without a network: an 8 × 8 grid of mean luma and of colour.

    Both have their mean taken off, so that photos of different things lie far apart (similarity
    about 0, rarely above 0.7) and scaled copies near 1. The same pixels give the same bits.
    """

    def __init__(self, spec: ExtractorSpec = HISTOGRAM_SPEC) -> None:
        self._spec = spec

    @property
    def spec(self) -> ExtractorSpec:
        return self._spec

    def extract(self, batch: Sequence[Pixels]) -> Descriptors:
        rows = [_describe(pixels) for pixels in batch]
        return np.array(rows, np.float32).reshape(len(rows), HISTOGRAM_SPEC.dim)


def _describe(pixels: Pixels) -> Descriptors:
    small = np.asarray(Image.fromarray(pixels).resize((8, 8), Image.Resampling.BOX), np.float64)
    red, green, blue = np.moveaxis(small, 2, 0)
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    chroma = (red - blue) / 2
    row = np.concatenate([(luma - luma.mean()).ravel(), (chroma - chroma.mean()).ravel()])
    row[0] += 1e-3  # a picture of one colour has a direction too
    return np.asarray(row / np.linalg.norm(row), np.float32)


class FakeClock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, start: datetime = datetime(2024, 5, 1, 12, 0, 0, tzinfo=UTC)) -> None:
        self._now = start

    def __call__(self) -> datetime:
        return self._now

    def advance(self, **span: float) -> datetime:
        """``advance(hours=1)`` and the like; returns the new time."""
        self._now += timedelta(**span)
        return self._now
