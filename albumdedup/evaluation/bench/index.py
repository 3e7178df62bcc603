"""The indexes of Milvus beside one another, on the descriptors of a library."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np

from albumdedup.core.control import Control
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import describe
from albumdedup.core.matching import nearest
from albumdedup.core.types import ContentId, Descriptors, ExtractorSpec
from albumdedup.evaluation.bench.figures import percentile, timed
from albumdedup.evaluation.bench.store import Server
from albumdedup.store.vector_index import IndexChoice

TOP = 10
SEARCHES = 200
_AT_ONCE = 4096
_NOISE = 0.3
"""Length of what is added to a descriptor for every second search: a photo like it, not itself."""

_Row = tuple[ContentId, float]


@dataclass(frozen=True, slots=True)
class IndexRow:
    """``recall`` counts answers that are as similar as the exact ones; times in seconds: p50 and
    p99 of one search in the store, ``build`` to open the store with this index on all rows.
    ``bytes`` are those of the whole store on the disk, None on a server. Where the store refuses
    the index, ``problem`` says so."""

    kind: str
    name: str
    recall: float = 0.0
    p50: float = 0.0
    p99: float = 0.0
    build: float = 0.0
    bytes: int | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class IndexBench:
    facts: Mapping[str, int | str]
    rows: tuple[IndexRow, ...]

    def as_json(self) -> dict[str, object]:
        rows = [asdict(row) for row in self.rows]
        return {"bench": "index", "facts": dict(self.facts), "indexes": rows}


def bench_index(
    table: tuple[list[ContentId], Descriptors],
    choices: Sequence[IndexChoice],
    *,
    metric: str,
    server: Server,
    seed: int = 1,
    searches: int = SEARCHES,
    control: Control | None = None,
) -> IndexBench:
    """``table`` holds the contents and float32[n, dim]. On a server a collection named benchmark…
    is filled, and dropped in the end.

    Raises AlbumError where the store cannot be used, Cancelled."""
    ids, vectors = table
    control = control or Control()
    asked = _asked(vectors, searches, seed)
    exact = [nearest(vector, ids, vectors, TOP) for vector in asked]
    rows = []
    for choice in (one.fitting(len(ids)) for one in choices):
        control.checkpoint()
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "vectors.db"
            try:
                rows.append(_measure(table, choice, metric, server, folder, asked, exact, control))
            except AlbumError as error:
                refused = {ErrorCode.INDEX_REFUSED, ErrorCode.VECTORS_UNUSABLE}
                if error.code not in refused:
                    raise
                rows.append(IndexRow(choice.kind, choice.name, problem=describe(error)))
    facts: dict[str, int | str] = {
        "photos": len(ids), "dimensions": vectors.shape[1], "metric": metric,
        "searches": len(asked), "store": server.uri or "Milvus Lite",
    }  # fmt: skip
    return IndexBench(facts, tuple(rows))


def _asked(vectors: Descriptors, searches: int, seed: int) -> Descriptors:
    chance = np.random.default_rng([seed, 8])
    asked = vectors[chance.integers(0, len(vectors), searches)].astype(np.float64)
    aside = chance.standard_normal(asked.shape)
    aside *= _NOISE / np.linalg.norm(aside, axis=1, keepdims=True)
    asked[1::2] += aside[1::2]
    return np.asarray(asked / np.linalg.norm(asked, axis=1, keepdims=True), np.float32)


def _measure(
    table: tuple[list[ContentId], Descriptors],
    choice: IndexChoice,
    metric: str,
    server: Server,
    folder: Path,
    asked: Descriptors,
    exact: Sequence[Sequence[_Row]],
    control: Control,
) -> IndexRow:
    """Filled without the index that is measured, then opened with it."""
    from albumdedup.store.milvus import MilvusStore
    from albumdedup.store.milvus_connection import Address

    ids, vectors = table
    spec = ExtractorSpec("benchmark_index", vectors.shape[1], 128, "", "0" * 64, "made")
    address = Address(server.uri or str(folder), server.token, server.certificate)
    plain = IndexChoice("FLAT", None)
    store = MilvusStore(address, spec, indexes=(plain,), metric=metric)
    try:
        store.delete(store.everything()[0])  # what a measurement that was stopped left
        for start in range(0, len(ids), _AT_ONCE):
            control.checkpoint()
            store.upsert(ids[start : start + _AT_ONCE], vectors[start : start + _AT_ONCE])
        store.close()
        build, store = timed(partial(MilvusStore, address, spec, indexes=(choice,), metric=metric))
        if store.set_aside is not None:  # Milvus Lite cannot read what it was asked to make
            raise AlbumError(ErrorCode.INDEX_REFUSED, path=str(folder), name=choice.name)
        store.search(asked[0], TOP)
        times, right = [], 0
        for vector, best in zip(asked, exact, strict=True):
            control.checkpoint()
            seconds, hits = timed(partial(store.search, vector, TOP))
            times.append(seconds)
            right += sum(similarity >= best[-1][1] for _content, similarity in hits)
        store.close()
        size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
        return IndexRow(
            choice.kind, choice.name, right / sum(map(len, exact)),
            percentile(times, 0.5), percentile(times, 0.99), build,
            None if server.uri else size,
        )  # fmt: skip
    finally:
        if server.uri:
            store.drop()
        store.close()
