"""Indexes and metrics: what the settings may ask for, and that all of them find the same."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from commands import Program
from pictures import small_album
from PIL import Image

from albumdedup.cli.main import main
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.matching import nearest
from albumdedup.core.settings import VECTOR_INDEXES, VECTOR_METRICS, Settings, save
from albumdedup.evaluation.bench.index import bench_index
from albumdedup.evaluation.bench.index_chart import chart
from albumdedup.evaluation.bench.store import EMBEDDED
from albumdedup.evaluation.bench.synthetic import whole
from albumdedup.store.milvus import MilvusStore
from albumdedup.store.vector_index import (
    IN_MEMORY,
    INDEXES,
    KINDS,
    IndexChoice,
    indexing,
    similarity_of,
)
from tests.contract.test_vector_stores import SPEC, ids_of, some_vectors


def test_what_is_set_is_what_is_taken() -> None:
    assert indexing(Settings(vector_uri="http://nas:19530")).choices == INDEXES
    assert indexing(Settings()).choices == IN_MEMORY
    assert indexing(Settings()).metric == "IP"
    chosen = indexing(Settings(vector_index="HNSW", vector_m=32, vector_ef_search=64))
    assert chosen.choices == (
        IndexChoice("HNSW", None, {"M": 32, "efConstruction": 200}, {"ef": 64}),
    )
    assert chosen.choices[0].search_params(100) == {"ef": 100}
    auto = indexing(Settings(vector_uri="http://nas:19530", vector_nlist=16, vector_metric="L2"))
    assert auto.choices[1].build == {"nlist": 16}
    assert auto.choices[1].search == {"nprobe": 16}
    assert auto.metric == "L2"
    assert {choice.kind for choice in KINDS} == set(VECTOR_INDEXES) - {"auto"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"vector_index": "DISKANN"}, {"vector_metric": "HAMMING"},
        {"vector_index": "HNSW", "vector_m": 3}, {"vector_index": "HNSW", "vector_m": 65},
        {"vector_index": "IVF_FLAT", "vector_nlist": -1},
        {"vector_index": "IVF_SQ8", "vector_nlist": 8, "vector_nprobe": 9},
        {"vector_index": "HNSW", "vector_ef_construction": 7},
        {"vector_index": "HNSW", "vector_ef_search": 40_000},
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_before_anything_is_opened(
    wrong: dict, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library = tmp_path / "library"
    save(replace(Settings(), **wrong), library / "settings.toml")
    assert main(["scan", str(tmp_path), "--library", str(library)]) == 6
    said = capsys.readouterr().err
    name, value = list(wrong.items())[-1]
    assert f"{name} = {value}" in said
    assert not (library / "catalog.sqlite").exists()


def test_a_parameter_of_an_index_that_is_not_chosen_is_not_looked_at() -> None:
    assert indexing(Settings(vector_index="FLAT", vector_m=1000)).choices[0].kind == "FLAT"


@pytest.mark.parametrize("metric", VECTOR_METRICS)
def test_each_metric_gives_the_same_order_and_similarity(tmp_path: Path, metric: str) -> None:
    vectors, uri = some_vectors(300), str(tmp_path / "vectors.db")
    expected = np.round(vectors.astype(np.float64) @ vectors[5].astype(np.float64), 4)
    for kind in (KINDS[0], KINDS[3]):
        store = MilvusStore(uri, SPEC, indexes=(kind,), metric=metric)
        try:
            store.upsert(ids_of(*range(300)), vectors)
            described = store._client.describe_index(store._name, "vector")
            assert (described["index_type"], described["metric_type"]) == (kind.kind, metric)
            hits = store.search(vectors[5], 8)
            assert [content for content, _ in hits] == ids_of(*np.argsort(-expected)[:8].tolist())
            assert [value for _, value in hits] == pytest.approx(np.sort(-expected)[:8] * -1)
            (named,) = store.nominate(vectors[5:6], 8)  # what scans ask with join = "index"
            assert [content for content, _ in named] == [content for content, _ in hits]
            assert [value for _, value in named] == pytest.approx([v for _, v in hits], abs=1e-3)
        finally:
            store.close()


def test_another_metric_or_parameter_builds_the_index_anew(tmp_path: Path) -> None:
    """And Milvus Lite is told the parameters: with one list of many to look into, or a graph
    without links, it misses most."""
    uri, (ids, vectors) = str(tmp_path / "vectors.db"), whole(3000, 3, dim=SPEC.dim)
    asked = vectors[::100]

    def recall(choice: IndexChoice, metric: str = "IP") -> float:
        store = MilvusStore(uri, SPEC, indexes=(choice,), metric=metric)
        try:
            if store.count() == 0:
                store.upsert(ids, vectors)
            described = store._client.describe_index(store._name, "vector")
            assert (described["index_type"], described["metric_type"]) == (choice.kind, metric)
            if choice.build:
                assert described["params"] == choice.build
            exact = [nearest(one, ids, vectors, 10)[-1][1] for one in asked]
            found = [store.search(one, 10) for one in asked]
            right = sum(
                s >= least for some, least in zip(found, exact, strict=True) for _, s in some
            )
            return right / (10 * len(asked))
        finally:
            store.close()

    assert recall(IndexChoice("FLAT", None)) == 1.0
    assert recall(IndexChoice("FLAT", None), "L2") == 1.0
    assert recall(IndexChoice("IVF_FLAT", None, {"nlist": 64}, {"nprobe": 1})) < 0.9
    assert recall(IndexChoice("IVF_FLAT", None, {"nlist": 32}, {"nprobe": 32})) == 1.0
    poor = recall(IndexChoice("HNSW", None, {"M": 4, "efConstruction": 8}, {"ef": 10}))
    assert recall(IndexChoice("HNSW", None, {"M": 32, "efConstruction": 200}, {"ef": 256})) > poor


def test_distances_of_milvus_as_similarity() -> None:
    a, b = some_vectors(2).astype(np.float64)
    assert similarity_of(float(((a - b) ** 2).sum()), "L2") == pytest.approx(a @ b, abs=1e-6)
    assert similarity_of(0.25, "IP") == similarity_of(0.25, "COSINE") == 0.25


def test_indexes_are_compared_with_the_exact_answer() -> None:
    table = whole(400, 3, dim=16)
    choices = (*KINDS, IndexChoice("NO_SUCH_INDEX", None))
    bench = bench_index(table, choices, metric="COSINE", server=EMBEDDED, searches=20)
    rows = {row.kind: row for row in bench.rows}
    assert rows["FLAT"].recall == rows["HNSW"].recall == 1.0
    assert 0.5 < rows["IVF_SQ8"].recall <= 1.0
    assert rows["IVF_FLAT"].name == "IVF_FLAT nlist=10 nprobe=10"
    assert all(row.bytes and row.p50 <= row.p99 for row in bench.rows if not row.problem)
    assert rows["NO_SUCH_INDEX"].problem
    drawn = chart(bench, "index")
    assert drawn.svg().count("<rect") == 1 + 4 * 5
    assert "refused by this store" in drawn.svg()
    assert drawn.png()[:4] == b"\x89PNG"


def test_an_index_that_finds_nothing_has_no_recall(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MilvusStore, "search", lambda self, vector, top: [("x", -1.0)] * top)
    bench = bench_index(whole(60, 3, dim=8), KINDS[:1], metric="IP", server=EMBEDDED, searches=5)
    assert bench.rows[0].recall == 0.0


def test_an_error_that_is_not_of_the_index_is_raised() -> None:
    from albumdedup.evaluation.bench.store import Server

    with pytest.raises(AlbumError) as told:
        bench_index(
            whole(60, 3, dim=8), KINDS, metric="IP", server=Server("http://127.0.0.1:1"), searches=5
        )
    assert told.value.code is ErrorCode.SERVER_SILENT


@pytest.mark.slow
def test_the_command_on_ones_own_library(tmp_path: Path) -> None:
    program = Program(tmp_path / "library", tmp_path)
    empty = program.run("bench", "index")
    assert empty.returncode == 6
    assert "There is nothing to index" in empty.stderr
    small_album(tmp_path / "album", 6)
    program.ok("scan", tmp_path / "album")
    inside = program.run("bench", "index", "--plot", tmp_path / "album" / "a.png")
    assert inside.returncode == 5
    assert "inside a scanned folder" in inside.stderr
    out = tmp_path / "a.png"
    document = json.loads(program.ok("bench", "index", "--json", "--plot", out))
    assert document["facts"]["photos"] == 9
    assert [row["kind"] for row in document["indexes"]] == ["FLAT", "IVF_FLAT", "IVF_SQ8", "HNSW"]
    with Image.open(out) as drawn:
        assert drawn.width > 1000
    assert program.run("bench", "index", "--plot", out).returncode == 5
