"""Which index and metric the vector store uses, by the size of the library: all in one place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.settings import AUTO, VECTOR_METRICS, Settings
from albumdedup.core.types import ExtractorSpec

METRIC = VECTOR_METRICS[0]
"""Inner product: descriptors have norm 1, so that it is the cosine, and needs no division. L2 puts
them in the same order: |a - b|² = 2 - 2ab."""


@dataclass(frozen=True, slots=True)
class IndexChoice:
    """An index type of Milvus with its parameters, for collections of up to ``up_to`` rows
    (None: of any size)."""

    kind: str
    up_to: int | None
    build: Mapping[str, int] = field(default_factory=dict)
    search: Mapping[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """``HNSW M=16 efConstruction=200 ef=256``."""
        told = (f"{key}={value}" for key, value in {**self.build, **self.search}.items())
        return " ".join((self.kind, *told))

    def fitting(self, rows: int) -> IndexChoice:
        """With no more lists than can be told apart by so few rows."""
        if "nlist" not in self.build:
            return self
        lists = min(self.build["nlist"], max(1, rows // _ROWS_PER_LIST))
        probes = min(self.search["nprobe"], lists)
        return replace(self, build={"nlist": lists}, search={"nprobe": probes})

    def search_params(self, top: int) -> dict[str, int]:
        """HNSW looks through at least as many candidates as are wanted, or refuses."""
        params = dict(self.search)
        if "ef" in params:
            params["ef"] = max(params["ef"], top)
        return params


_ROWS_PER_LIST = 39
"""faiss says that fewer train a list badly."""

INDEXES = (
    IndexChoice("FLAT", 100_000),
    IndexChoice("IVF_FLAT", 500_000, {"nlist": 1024}, {"nprobe": 64}),
    IndexChoice("HNSW", None, {"M": 16, "efConstruction": 200}, {"ef": 256}),
)
"""FLAT is exact, and among 100,000 a search takes 57 ms on a server with two cores; then IVF_FLAT,
which is soon built, and HNSW where its build pays. They serve search by image only: grouping
multiplies the vectors themselves and misses nothing."""

IN_MEMORY = (IndexChoice("FLAT", None),)
"""Beside Milvus Lite a search is answered from memory, exactly and in 5 ms among 100,000: any other
index would be built, in seconds at each opening after a change, for nobody."""

KINDS = (
    IndexChoice("FLAT", None),
    IndexChoice("IVF_FLAT", None, {"nlist": 1024}, {"nprobe": 64}),
    IndexChoice("IVF_SQ8", None, {"nlist": 1024}, {"nprobe": 64}),
    IndexChoice("HNSW", None, {"M": 16, "efConstruction": 200}, {"ef": 256}),
)
"""What can be chosen, with the parameters that are taken where none are set."""

RANGES = {
    "nlist": ("vector_nlist", 1, 65_536),
    "nprobe": ("vector_nprobe", 1, 65_536),
    "M": ("vector_m", 4, 64),
    "efConstruction": ("vector_ef_construction", 8, 512),
    "ef": ("vector_ef_search", 1, 32_768),
}
"""Parameter of Milvus → its setting, the least and the most that Milvus takes."""


@dataclass(frozen=True, slots=True)
class Indexing:
    """By size, and how vectors are compared."""

    choices: Sequence[IndexChoice] = INDEXES
    metric: str = METRIC


def indexing(settings: Settings) -> Indexing:
    """What the settings ask for. A parameter of an index that is not chosen is not looked at; with
    ``auto`` it replaces the one of each index that has it. Raises AlbumError(INDEX_UNFIT)."""
    if settings.vector_metric not in VECTOR_METRICS:
        raise _unfit("vector_metric", settings.vector_metric, ", ".join(VECTOR_METRICS))
    known = {choice.kind: choice for choice in KINDS}
    if settings.vector_index == AUTO:
        choices: Sequence[IndexChoice] = INDEXES if settings.vector_uri else IN_MEMORY
    elif settings.vector_index in known:
        choices = (known[settings.vector_index],)
    else:
        raise _unfit("vector_index", settings.vector_index, ", ".join((AUTO, *known)))
    return Indexing(tuple(_tuned(choice, settings) for choice in choices), settings.vector_metric)


def kinds(settings: Settings) -> tuple[IndexChoice, ...]:
    """Every index that can be chosen, with the parameters of the settings. Raises
    AlbumError(INDEX_UNFIT)."""
    return tuple(_tuned(choice, settings) for choice in KINDS)


def _tuned(choice: IndexChoice, settings: Settings) -> IndexChoice:
    build = {key: _parameter(key, value, settings) for key, value in choice.build.items()}
    search = {key: _parameter(key, value, settings) for key, value in choice.search.items()}
    if "nprobe" in search and search["nprobe"] > build["nlist"]:
        if settings.vector_nprobe:
            raise _unfit("vector_nprobe", search["nprobe"], f"1…{build['nlist']} (nlist)")
        search["nprobe"] = build["nlist"]  # a small nlist was set, and nothing else
    return IndexChoice(choice.kind, choice.up_to, build, search)


def _parameter(key: str, default: int, settings: Settings) -> int:
    setting, least, most = RANGES[key]
    value = int(getattr(settings, setting))
    if value == 0:
        return default
    if not least <= value <= most:
        raise _unfit(setting, value, f"{least}…{most}")
    return value


def _unfit(setting: str, value: object, known: str) -> AlbumError:
    return AlbumError(ErrorCode.INDEX_UNFIT, detail=f"{setting} = {value} ({known})")


def choose(rows: int, indexes: Sequence[IndexChoice] = INDEXES) -> IndexChoice:
    return next(choice for choice in indexes if choice.up_to is None or rows <= choice.up_to)


def similarity_of(distance: float, metric: str) -> float:
    """What Milvus tells of two vectors of norm 1, as their cosine: its L2 is squared."""
    return 1 - distance / 2 if metric == "L2" else distance


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
