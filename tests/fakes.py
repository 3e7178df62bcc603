"""Stand-ins for the parts that are slow or need the outside: same ports, same promises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import numpy as np
from PIL import Image

from albumdedup.core.asking import ANYWHERE, Told, Where
from albumdedup.core.family import Holding, Relative, distinct_labels
from albumdedup.core.types import ContentId, Descriptors, ExtractorSpec, Pixels
from albumdedup.ml.rows import ROWS, Row

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
        self._told: dict[ContentId, Told] = {}

    def upsert(
        self,
        ids: Sequence[ContentId],
        vectors: Descriptors,
        told: Sequence[Told] | None = None,
    ) -> None:
        rows = np.asarray(vectors, np.float32)
        if len(ids) and rows.shape != (len(ids), self._dim):
            raise ValueError(f"{len(ids)} ids of {self._dim} with {rows.shape} vectors")
        for content, row in zip(ids, rows, strict=True):
            self._rows[content] = row.copy()
            self._told.pop(content, None)
        self._told.update(zip(ids, told or (), strict=False))

    def marks(self) -> dict[ContentId, str] | None:
        return {c: self._told[c].mark if c in self._told else "" for c in self._rows}

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

    def search(
        self, vector: Descriptors, top: int, where: Where = ANYWHERE
    ) -> list[tuple[ContentId, float]]:
        ids, rows = self.everything()
        found = [
            (c, round(float(s), 4))
            for c, s in zip(ids, rows @ vector, strict=True)
            if where == ANYWHERE or _is(where, self._told.get(c, Told()))
        ]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))[: max(top, 0)]

    def nominate(self, vectors: Descriptors, top: int) -> list[list[tuple[ContentId, float]]]:
        return [self.search(vector, top) for vector in vectors]

    def delete(self, ids: Sequence[ContentId]) -> None:
        for content in ids:
            self._rows.pop(content, None)

    def count(self) -> int:
        return len(self._rows)

    def drop_spaces(self, names: Sequence[str]) -> None:
        """This one holds one embedding."""

    def close(self) -> None:
        """Memory needs no closing; what is stored stays, as it would on a disk."""


class MemoryFamily:
    """The ``FamilyStore`` port in a dict that several libraries share."""

    def __init__(self, rows: FamilyRows, library: str) -> None:
        self._rows, self._library = rows, library

    def put(self, holdings: Sequence[Holding], vectors: Descriptors) -> None:
        for one, vector in zip(holdings, vectors, strict=True):
            self._rows.held[self._library, one.content] = (one, np.array(vector, np.float32))

    def take(self, contents: Sequence[ContentId]) -> None:
        for content in contents:
            self._rows.held.pop((self._library, content), None)

    def own(self) -> list[ContentId]:
        return sorted(c for library, c in self._rows.held if library == self._library)

    def count(self) -> int:
        return len(self.own())

    def introduce(self, label: str, when: datetime) -> None:
        self._rows.cards[self._library] = (label, when)

    def relatives(self) -> list[Relative]:
        known = [
            Relative(library, label, sum(library == one for one, _c in self._rows.held), when)
            for library, (label, when) in self._rows.cards.items()
        ]
        return sorted(distinct_labels(known), key=lambda one: (one.label, one.library))

    def pages(self, library: str) -> Iterator[tuple[list[Holding], Descriptors]]:
        keys = sorted(key for key in self._rows.held if key[0] == library)
        for start in range(0, len(keys), 3):
            page = [self._rows.held[key] for key in keys[start : start + 3]]
            yield [one for one, _v in page], np.array([v for _one, v in page], np.float32)

    def search(self, vector: Descriptors, top: int) -> list[tuple[str, Holding, float]]:
        found = [
            (library, one, round(float(other @ vector), 4))
            for (library, _c), (one, other) in self._rows.held.items()
            if library != self._library
        ]
        return sorted(found, key=lambda hit: (-hit[2], hit[0], hit[1].content))[: max(top, 0)]

    def leave(self, library: str = "") -> int:
        leaver = library or self._library
        gone = [key for key in self._rows.held if key[0] == leaver]
        for key in gone:
            del self._rows.held[key]
        self._rows.cards.pop(leaver, None)
        return len(gone)

    def close(self) -> None:
        """Memory needs no closing."""


@dataclass
class FamilyRows:
    """What all libraries of a family told."""

    held: dict[tuple[str, ContentId], tuple[Holding, Descriptors]] = field(default_factory=dict)
    cards: dict[str, tuple[str, datetime]] = field(default_factory=dict)


def _is(where: Where, told: Told) -> bool:
    first, last = where.first or 0, where.last or 10**9
    dated = where.first is not None or where.last is not None
    return (
        (not where.folder or where.folder in told.folders)
        and (not dated or (told.last or 0) >= max(1, first))
        and (not dated or 1 <= (told.first or 0) <= last)
        and (where.cameras is None or told.camera in where.cameras)
    )


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

    def extract(self, batch: Sequence[Pixels], *, quick: bool = False) -> Descriptors:
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


COLOUR_SPEC = ExtractorSpec(
    name="colour",
    dim=48,
    input_edge=64,
    weights_file="",
    sha256="1" * 64,
    preprocessing="srgb-squash64-grid4",
    floor=0.05,
    similar=0.5,
)


def row_of(spec: ExtractorSpec) -> Row:
    """A place among the extractors that are known, for one that needs no weights."""
    return replace(ROWS["album"], spec=spec, network=spec.name, similar=spec.similar)


class ColourExtractor:
    """Another embedding: a 4 × 4 grid of mean colours, their mean taken off. It counts the
    photos that it was given."""

    def __init__(self, spec: ExtractorSpec = COLOUR_SPEC) -> None:
        self._spec = spec
        self.described = 0

    @property
    def spec(self) -> ExtractorSpec:
        return self._spec

    def extract(self, batch: Sequence[Pixels], *, quick: bool = False) -> Descriptors:
        self.described += len(batch)
        rows = [_colours(pixels) for pixels in batch]
        return np.array(rows, np.float32).reshape(len(rows), COLOUR_SPEC.dim)


def _colours(pixels: Pixels) -> Descriptors:
    edge = COLOUR_SPEC.input_edge
    assert pixels.shape == (edge, edge, 3), pixels.shape
    small = np.asarray(Image.fromarray(pixels).resize((4, 4), Image.Resampling.BOX), np.float64)
    row = (small - small.mean()).ravel()
    row[0] += 1e-3
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
