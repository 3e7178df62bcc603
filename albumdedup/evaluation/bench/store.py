"""The vector store: embedded, or a server; made descriptors go in, are found, and go again."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from albumdedup.core.ports import VectorStore
from albumdedup.core.types import ContentId, Descriptors, ExtractorSpec
from albumdedup.evaluation.bench.figures import (
    Benchmark,
    Run,
    Shape,
    Unit,
    figures,
    percentile,
    timed,
)
from albumdedup.evaluation.bench.synthetic import BLOCK, blocks, whole

TOP = 10
SHAPES = (
    Shape("insert"),
    Shape("inserted", Unit.PER_SECOND),
    Shape("first read of all, which settles", baseline="insert"),
    Shape("read all", baseline="insert"),
    Shape("open again, which builds the index", baseline="insert"),
    Shape("bare search"),
    Shape("search p50", baseline="bare search"),
    Shape("search p99", baseline="bare search"),
    Shape("recall of the first ten", Unit.SHARE),
    Shape("read 100"),
    Shape("delete a hundredth", baseline="insert"),
    Shape("bare descriptors", Unit.BYTES),
    Shape("size on disk", Unit.BYTES, "bare descriptors"),
)

SPEC = ExtractorSpec("benchmark", 128, 128, "", "0" * 64, "made")
"""A space of its own: on a server the collections of libraries stay as they are."""

_SEARCHES = 200


@dataclass(frozen=True, slots=True)
class Server:
    """Where a Milvus server is; without ``uri`` the embedded one is meant."""

    uri: str = ""
    token: str = ""
    certificate: str = ""


EMBEDDED = Server()


def bench_store(
    photos: int,
    runs: int = 3,
    *,
    server: Server = EMBEDDED,
    seed: int = 1,
    dim: int = 128,
) -> Benchmark:
    """On a server a collection named benchmark… is filled and emptied. The bare search
    is one product with all descriptors in memory and the sort of its best.

    Raises AlbumError where the store cannot be used."""
    spec = replace(SPEC, dim=dim)
    found: list[Run] = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "vectors.db"
            found.append(_run(server, folder, spec, photos, seed))
    facts: dict[str, int | str] = {"photos": photos, "dimensions": dim}
    facts["store"] = server.uri or "Milvus Lite"
    return Benchmark(
        "store", facts, figures(SHAPES, found), () if not server.uri else ("size on disk",)
    )


def open_store(server: Server, folder: Path, spec: ExtractorSpec) -> VectorStore:
    """The store that a library with this address would have."""
    from albumdedup.store.milvus import MilvusStore
    from albumdedup.store.milvus_connection import Address

    if not server.uri:
        return MilvusStore(str(folder), spec)
    return MilvusStore(Address(server.uri, server.token, server.certificate), spec)


def _run(
    server: Server, folder: Path, spec: ExtractorSpec, photos: int, seed: int
) -> dict[str, float]:
    ids, vectors = whole(photos, seed, dim=spec.dim)
    store = open_store(server, folder, spec)
    try:
        store.delete(store.everything()[0])  # what a measurement that was stopped left
        insert, _none = timed(lambda: _insert(store, ids, vectors))
        settle, _rows = timed(store.everything)
        read, _rows = timed(store.everything)
        store.close()
        again, store = timed(lambda: open_store(server, folder, spec))
        run = {
            "insert": insert,
            "inserted": photos / insert,
            "first read of all, which settles": settle,
            "read all": read,
            "open again, which builds the index": again,
            **_search(store, ids, vectors, seed),
            "read 100": timed(lambda: store.read(ids[:: max(1, photos // 100)][:100]))[0],
            "delete a hundredth": timed(lambda: store.delete(ids[: max(1, photos // 100)]))[0],
            "bare descriptors": vectors.nbytes,
        }
        if folder.exists():
            run["size on disk"] = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
        else:
            store.delete(ids)
        return run
    finally:
        store.close()


def _insert(store: VectorStore, ids: Sequence[ContentId], vectors: Descriptors) -> None:
    for start in range(0, len(ids), BLOCK):
        store.upsert(ids[start : start + BLOCK], vectors[start : start + BLOCK])


def _search(
    store: VectorStore, ids: Sequence[ContentId], vectors: Descriptors, seed: int
) -> dict[str, float]:
    """Searches for photos that the library does not hold, most of them like one that it does."""
    asked = next(iter(blocks(_SEARCHES, seed + 1_000_000, dim=vectors.shape[1]))).vectors.copy()
    near = asked[::2]
    rows = np.random.default_rng([seed, 3]).integers(0, len(ids), len(near))
    near[:] = 0.9 * vectors[rows] + 0.3 * near
    asked /= np.linalg.norm(asked, axis=1, keepdims=True)
    store.search(asked[0], TOP)
    bare, times, right = [], [], 0
    for vector in asked:
        seconds, best = timed(partial(bare_search, vectors, vector, TOP))
        bare.append(seconds)
        seconds, hits = timed(partial(store.search, vector, TOP))
        times.append(seconds)
        right += len({ids[row] for row in best} & {content for content, _value in hits})
    return {
        "bare search": percentile(bare, 0.5),
        "search p50": percentile(times, 0.5),
        "search p99": percentile(times, 0.99),
        "recall of the first ten": right / (len(asked) * min(TOP, len(ids))),
    }


def bare_search(vectors: Descriptors, vector: Descriptors, top: int) -> list[int]:
    """The rows most similar, best first: one product, one partial sort."""
    values = vectors @ vector
    top = min(top, len(values))
    best = np.argpartition(-values, top - 1)[:top]
    return [int(row) for row in best[np.argsort(-values[best])]]
