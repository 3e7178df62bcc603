"""Matching by the index of a vector store, beside the exact join: recall, time."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from albumdedup.core.control import Control
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.index_join import IndexTable
from albumdedup.core.matching import FLOOR, SHOWN_FLOOR, VectorTable
from albumdedup.core.pairs import NeighbourPairs, steps_of
from albumdedup.core.ports import VectorStore
from albumdedup.core.types import ContentId, Descriptors, ExtractorSpec
from albumdedup.evaluation.bench.figures import Benchmark, Run, Shape, Unit, figures, timed
from albumdedup.evaluation.bench.store import SPEC, Server
from albumdedup.evaluation.bench.synthetic import BLOCK, TIMELAPSE_FRAMES, whole

KINDS: Mapping[str, tuple[Mapping[str, int], Mapping[str, int]]] = {
    "HNSW": ({"M": 16, "efConstruction": 200}, {"ef": 256}),
    "IVF_FLAT": ({"nlist": 1024}, {"nprobe": 64}),
    "IVF_SQ8": ({"nlist": 1024}, {"nprobe": 64}),
    "IVF_PQ": ({"nlist": 1024, "m": 32, "nbits": 8}, {"nprobe": 64}),
}
"""How each is built and searched."""


_NOT_HERE = (ErrorCode.INDEX_REFUSED, ErrorCode.VECTORS_UNUSABLE, ErrorCode.SERVER_SLOW)
"""The store does not know an index, or has no time for it; the others are measured."""


def shapes(kinds: Sequence[str]) -> tuple[Shape, ...]:
    found = [Shape("new with all"), Shape("pairs of the new", Unit.COUNT)]
    for kind in kinds:
        found += [
            Shape(f"{kind}: index built"),
            Shape(f"{kind}: new with all", baseline="new with all"),
            Shape(f"{kind}: recall of pairs", Unit.SHARE),
            Shape(f"{kind}: recall of pairs that are shown", Unit.SHARE),
        ]
    return tuple(found)


def bench_index_join(
    photos: int,
    runs: int = 3,
    *,
    server: Server,
    new: int = 0,
    seed: int = 1,
    timelapse: int = TIMELAPSE_FRAMES,
    kinds: Sequence[str] = tuple(KINDS),
) -> Benchmark:
    """``new`` contents (default: a hundredth) against ``photos`` of which all pairs are known: by
    the exact join, and by each kind of index. The collection is that of ``bench store``.

    Raises AlbumError where the store cannot be used; an index that it does not know is
    left out."""
    new = new or max(1, photos // 100)
    found: list[Run] = []
    missing: set[str] = set()
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as place:
            library = _Library(photos, new, seed, timelapse)
            run, refused = _run(library, server, Path(place) / "vectors.db", kinds)
        found.append(run)
        missing |= refused
    facts: dict[str, int | str] = {"photos": photos, "new": new, "dimensions": SPEC.dim}
    facts["store"] = server.uri or "Milvus Lite"
    return Benchmark("index-join", facts, figures(shapes(kinds), found), tuple(sorted(missing)))


class _Library:
    """Made contents, those before whose pairs are known, and the new ones with theirs."""

    def __init__(self, photos: int, new: int, seed: int, timelapse: int) -> None:
        self.ids, self.vectors = whole(photos + new, seed, timelapse=timelapse)
        self.row = {content: row for row, content in enumerate(self.ids)}
        self.old, self.new = self.ids[:photos], self.ids[photos:]
        table = VectorTable(SPEC.dim)
        table.extend(self.old, self.vectors[:photos])
        self.known = table.match(self.old, FLOOR, Control()).found
        self.known = NeighbourPairs(self.old, *self.known.arrays)
        table.extend(self.new, self.vectors[photos:])
        self.seconds, change = timed(lambda: table.match(self.new, FLOOR, Control()))
        self.found = named(change.found)

    def read(self, wanted: Sequence[ContentId]) -> tuple[list[ContentId], Descriptors]:
        """As the catalog does, but from memory."""
        ids = sorted(set(wanted))
        return ids, self.vectors[[self.row[content] for content in ids]]


def named(pairs: NeighbourPairs) -> dict[tuple[ContentId, ContentId], int]:
    """The pairs by their contents, with their similarity in steps."""
    found = {}
    for i, j, steps in zip(*(column.tolist() for column in pairs.arrays), strict=True):
        one, other = pairs.contents[i], pairs.contents[j]
        found[min(one, other), max(one, other)] = steps
    return found


def _run(
    library: _Library, server: Server, folder: Path, kinds: Sequence[str]
) -> tuple[dict[str, float], set[str]]:
    run: dict[str, float] = {
        "new with all": library.seconds,
        "pairs of the new": len(library.found),
    }
    refused = set()
    store = open_store(server, folder, SPEC, None)
    try:
        store.delete(store.everything()[0])  # what a measurement that was stopped left
        for start in range(0, len(library.ids), BLOCK):
            part = slice(start, start + BLOCK)
            store.upsert(library.ids[part], library.vectors[part])
        for kind in kinds:
            store.close()
            try:
                run[f"{kind}: index built"], store = timed(
                    lambda kind=kind: open_store(server, folder, SPEC, kind)  # type: ignore[misc]
                )
                if any(store.nominate(library.vectors[:1], 1)):  # which also loads what is asked
                    run |= _matched(library, store, kind)
                else:  # Milvus Lite takes the name of any index, and finds nothing by some
                    del run[f"{kind}: index built"]
                    refused.add(kind)
            except AlbumError as error:
                if error.code not in _NOT_HERE:
                    raise
                refused.add(kind)
                store = open_store(server, folder, SPEC, None)
        if server.uri:
            store.delete(library.ids)
    finally:
        store.close()
    return run, refused


def _matched(library: _Library, store: VectorStore, kind: str) -> dict[str, float]:
    table = IndexTable(library.read, store.nominate)
    table.extend(library.old)
    table.know(library.known, Control())
    table.extend(library.new)
    seconds, change = timed(lambda: table.match(library.new, FLOOR, Control()))
    found = named(change.found)
    return {
        f"{kind}: new with all": seconds,
        f"{kind}: recall of pairs": _recall(library.found, found, FLOOR),
        f"{kind}: recall of pairs that are shown": _recall(library.found, found, SHOWN_FLOOR),
    }


def _recall(
    wanted: Mapping[tuple[ContentId, ContentId], int],
    found: Mapping[tuple[ContentId, ContentId], int],
    floor: float,
) -> float:
    asked = [pair for pair, steps in wanted.items() if steps >= steps_of(floor)]
    return float(np.mean([pair in found for pair in asked])) if asked else 1.0


def open_store(server: Server, folder: Path, spec: ExtractorSpec, kind: str | None) -> VectorStore:
    """A store with this index, or, to fill it, with none but FLAT."""
    from albumdedup.store.milvus import MilvusStore
    from albumdedup.store.milvus_connection import Address
    from albumdedup.store.vector_index import IndexChoice

    build, search = KINDS[kind] if kind else ({}, {})
    index = IndexChoice(kind or "FLAT", None, build, search)
    spec = replace(spec, name="benchmark_index")
    if not server.uri:
        return MilvusStore(str(folder), spec, indexes=(index,))
    address = Address(server.uri, server.token, server.certificate)
    return MilvusStore(address, spec, indexes=(index,))
