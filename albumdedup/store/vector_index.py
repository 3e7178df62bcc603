"""Which index and metric the vector store uses, by the size of the library: all in one place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from albumdedup.core.types import ExtractorSpec

METRIC = "IP"
"""Inner product: descriptors have norm 1, so that it is the cosine, and needs no division."""


@dataclass(frozen=True, slots=True)
class IndexChoice:
    """An index type of Milvus with its parameters, for collections of up to ``up_to`` rows
    (None: of any size)."""

    kind: str
    up_to: int | None
    build: Mapping[str, int] = field(default_factory=dict)
    search: Mapping[str, int] = field(default_factory=dict)


INDEXES = (
    IndexChoice("FLAT", 50_000),
    IndexChoice("IVF_FLAT", 500_000, {"nlist": 1024}, {"nprobe": 64}),
    IndexChoice("HNSW", None, {"M": 16, "efConstruction": 200}, {"ef": 256}),
)
"""FLAT is exact and quick enough for a home library. The others serve search by image only:
grouping multiplies the vectors themselves and misses nothing."""


def choose(rows: int, indexes: Sequence[IndexChoice] = INDEXES) -> IndexChoice:
    return next(choice for choice in indexes if choice.up_to is None or rows <= choice.up_to)


def collection_name(spec: ExtractorSpec, library: str = "") -> str:
    """One collection per embedding: a change of weights or preprocessing begins a new one. On a
    server, which several libraries may share, also one per library."""
    return named(f"{spec.name}_{spec.dim}_{spec.sha256[:8]}_{spec.preprocessing}", library)


def named(space: str, library: str = "") -> str:
    """The collection of an embedding, by its name."""
    raw = f"library_{library}_{space}" if library else space
    return re.sub(r"\W+", "_", raw, flags=re.ASCII)


def is_server(uri: str) -> bool:
    return "://" in uri
