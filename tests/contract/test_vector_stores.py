"""What every vector store must do: memory, Milvus Lite, and a server where one can be had."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from albumdedup.assembly import build
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.executors import InlineExecutor
from albumdedup.core.i18n import describe
from albumdedup.core.paths import AppPaths
from albumdedup.core.ports import VectorStore
from albumdedup.core.settings import Settings
from albumdedup.core.types import ContentId, Descriptors, ExtractorSpec
from albumdedup.store.milvus import MilvusStore
from albumdedup.store.milvus_connection import Address, try_server
from albumdedup.store.milvus_lite_server import MilvusLiteServer
from albumdedup.store.vector_index import INDEXES, IndexChoice, choose, collection_name
from tests.fakes import HistogramExtractor, MemoryVectorStore
from tests.pictures import small_album

SPEC = ExtractorSpec("album", 16, 128, "album.safetensors", "29f87225" * 8, "srgb-squash128")


def ids_of(*numbers: int) -> list[ContentId]:
    return [ContentId(f"{number:064x}") for number in numbers]


def some_vectors(count: int, seed: int = 0) -> Descriptors:
    rows = np.random.default_rng(seed).standard_normal((count, SPEC.dim)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


@pytest.fixture(
    params=["memory", "lite", "address", pytest.param("server", marks=pytest.mark.server)]
)
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], VectorStore]]:
    """Opens the store, again and again: the one opened before is closed first."""
    opened: list[VectorStore] = []
    memory = MemoryVectorStore(SPEC.dim)
    uri: str | Address = str(tmp_path / "vectors.db")
    spec, embedded = SPEC, None
    if request.param == "address":  # Milvus Lite again, as a server that somebody else runs
        embedded = MilvusLiteServer(tmp_path / "vectors.db")
        uri = embedded.uri
    elif request.param == "server":
        uri = request.getfixturevalue("milvus_server")
        spec = replace(SPEC, name=f"test{uuid4().hex}")

    def open_it() -> VectorStore:
        for store in opened:
            store.close()
        opened[:] = [memory if request.param == "memory" else MilvusStore(uri, spec)]
        return opened[0]

    yield open_it
    for store in opened:
        if request.param == "server" and isinstance(store, MilvusStore):
            store._client.drop_collection(store._name)
        store.close()
    if embedded is not None:
        embedded.stop()


def test_an_empty_store_answers_everything(reopen: Callable[[], VectorStore]) -> None:
    store = reopen()
    ids, vectors = store.everything()
    assert (ids, vectors.shape, vectors.dtype) == ([], (0, SPEC.dim), np.float32)
    assert store.count() == 0
    assert store.present(ids_of(1)) == set()
    assert store.search(some_vectors(1)[0], 5) == []
    store.delete(ids_of(1))
    store.upsert([], np.empty((0, SPEC.dim), np.float32))


def test_some_are_read_in_order_and_the_unknown_left_out(reopen) -> None:
    store = reopen()
    vectors = some_vectors(5)
    store.upsert(ids_of(5, 4, 3, 2, 1), vectors)
    found, rows = store.read(ids_of(4, 9, 2))
    assert found == ids_of(2, 4)
    np.testing.assert_allclose(rows, vectors[[3, 1]], atol=1e-6)
    none, empty = store.read([])
    assert none == []
    assert empty.shape == (0, SPEC.dim)


def test_everything_comes_back_bit_for_bit_and_in_order(reopen: Callable[[], VectorStore]) -> None:
    store = reopen()
    vectors = some_vectors(2500)
    numbers = np.random.default_rng(1).permutation(2500)
    store.upsert(ids_of(*numbers.tolist()), vectors)
    ids, rows = store.everything()
    assert ids == ids_of(*range(2500))
    assert rows.dtype == np.float32
    np.testing.assert_array_equal(rows, vectors[np.argsort(numbers)])


def test_upsert_replaces(reopen: Callable[[], VectorStore]) -> None:
    store = reopen()
    store.upsert(ids_of(1, 2), some_vectors(2, seed=1))
    newer = some_vectors(1, seed=2)
    store.upsert(ids_of(2), newer)
    assert store.count() == 2
    np.testing.assert_array_equal(store.everything()[1][1], newer[0])


def test_what_is_deleted_is_gone_and_may_come_again(reopen: Callable[[], VectorStore]) -> None:
    store = reopen()
    vectors = some_vectors(3)
    store.upsert(ids_of(1, 2, 3), vectors)
    store.delete(ids_of(2, 7))
    assert store.present(ids_of(1, 2, 3, 7)) == set(ids_of(1, 3))
    assert store.count() == 2
    store.upsert(ids_of(2), vectors[:1])
    assert store.present(ids_of(2)) == set(ids_of(2))


def test_search_finds_the_most_similar_first(reopen: Callable[[], VectorStore]) -> None:
    store = reopen()
    vectors = some_vectors(50)
    store.upsert(ids_of(*range(50)), vectors)
    expected = np.round(vectors.astype(np.float64) @ vectors[7].astype(np.float64), 4)
    best = np.argsort(-expected)[:5]
    hits = store.search(vectors[7], 5)
    assert [content for content, _ in hits] == ids_of(*best.tolist())
    assert hits[0] == (ids_of(7)[0], 1.0)
    assert [similarity for _, similarity in hits] == pytest.approx(expected[best], abs=1.1e-4)
    assert len(store.search(vectors[7], 500)) == 50
    assert store.search(vectors[7], 0) == []


def test_wrong_shapes_are_refused(reopen: Callable[[], VectorStore]) -> None:
    store = reopen()
    with pytest.raises(ValueError, match="vectors"):
        store.upsert(ids_of(1, 2), some_vectors(1))
    with pytest.raises(ValueError, match="vectors"):
        store.upsert(ids_of(1), some_vectors(1)[:, :8])
    assert store.count() == 0


def test_a_closed_store_opens_again_with_all_that_was_stored(
    reopen: Callable[[], VectorStore],
) -> None:
    vectors = some_vectors(20)
    reopen().upsert(ids_of(*range(20)), vectors)
    again = reopen()
    np.testing.assert_array_equal(again.everything()[1], vectors)
    again.delete(ids_of(3))
    assert reopen().count() == 19


# --- Milvus alone ---------------------------------------------------------------------------


def test_collection_name_changes_with_everything_that_changes_the_space() -> None:
    name = collection_name(SPEC)
    assert name == "album_16_29f87225_srgb_squash128"
    others = [
        replace(SPEC, dim=32),
        replace(SPEC, sha256="1" * 64),
        replace(SPEC, preprocessing="srgb-squash64"),
        replace(SPEC, name="resnet18"),
    ]
    assert len({name, *(collection_name(other) for other in others)}) == 5


def test_two_extractors_share_a_folder_and_not_their_vectors(tmp_path: Path) -> None:
    uri, other = str(tmp_path / "vectors.db"), replace(SPEC, name="other", dim=8)
    first = MilvusStore(uri, SPEC)
    first.upsert(ids_of(1), some_vectors(1))
    first.close()
    second = MilvusStore(uri, other)
    assert second.count() == 0
    second.close()
    first = MilvusStore(uri, SPEC)
    assert first.count() == 1
    first.close()


def test_index_follows_the_size_of_the_library(tmp_path: Path) -> None:
    assert [choose(n).kind for n in (0, 100_000, 100_001, 10**7)] == [
        "FLAT", "FLAT", "IVF_FLAT", "HNSW",
    ]  # fmt: skip
    assert INDEXES[-1].up_to is None
    uri = str(tmp_path / "vectors.db")
    small = (
        IndexChoice("FLAT", 100),
        IndexChoice("HNSW", None, {"M": 16, "efConstruction": 64}, {"ef": 300}),
    )
    vectors = some_vectors(300)
    store = MilvusStore(uri, SPEC, indexes=small)
    store.upsert(ids_of(*range(300)), vectors)
    store.close()
    store = MilvusStore(uri, SPEC, indexes=small)
    described = store._client.describe_index(store._name, "vector")
    assert described["index_type"] == "HNSW"
    assert store.search(vectors[9], 1) == [(ids_of(9)[0], 1.0)]
    np.testing.assert_array_equal(store.everything()[1], vectors)
    store.close()


def test_a_store_that_another_holds_is_busy(tmp_path: Path) -> None:
    uri = str(tmp_path / "vectors.db")
    holder = MilvusStore(uri, SPEC)
    with pytest.raises(AlbumError) as refused:
        MilvusStore(uri, SPEC)
    holder.close()
    assert refused.value.code is ErrorCode.VECTORS_LOCKED
    MilvusStore(uri, SPEC).close()


@pytest.mark.parametrize("damage", ["old_generation", "manifest", "vectors"])
def test_what_cannot_be_read_is_set_aside_and_begun_anew(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "vectors.db"
    if damage == "old_generation":  # Milvus Lite 2.4 kept one SQLite file under this name
        folder.write_bytes(b"SQLite format 3\0" + bytes(100))
    else:
        store = MilvusStore(str(folder), SPEC)
        store.upsert(ids_of(*range(5)), some_vectors(5))
        store.close()
        pattern = {"manifest": "manifest.json*", "vectors": "*.parquet"}[damage]
        hit = list(folder.rglob(pattern))
        assert hit
        for part in hit:
            part.write_bytes(b"nonsense" * 20)
    store = MilvusStore(str(folder), SPEC)
    try:
        assert store.set_aside is not None
        assert store.set_aside.exists()
        assert store.count() == 0
        store.upsert(ids_of(1), some_vectors(1))
        assert store.count() == 1
    finally:
        store.close()


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(AlbumError) as refused:
        MilvusStore("http://127.0.0.1:1", SPEC)
    assert refused.value.code is ErrorCode.SERVER_SILENT
    assert refused.value.facts["path"] == "http://127.0.0.1:1"


WRITER = """
import os, sys
import numpy as np
from tests.contract.test_vector_stores import SPEC, ids_of, some_vectors
from albumdedup.store.milvus import MilvusStore
store = MilvusStore(sys.argv[1], SPEC)
store.upsert(ids_of(*range(500)), some_vectors(500))
store.delete(ids_of(0))
if sys.argv[2] == "kill":
    os.kill(os.getpid(), 9)
store.close()
"""


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is told to POSIX systems")
@pytest.mark.parametrize("ending", ["kill", "close"])
def test_what_a_process_stored_is_there_however_it_ended(tmp_path: Path, ending: str) -> None:
    """A proxy in the environment must not stand between us and our own embedded store."""
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root), "http_proxy": "http://127.0.0.1:9"}
    environment.pop("no_proxy", None)
    uri = str(tmp_path / "vectors.db")
    done = subprocess.run(
        [sys.executable, "-c", WRITER, uri, ending],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == (-9 if ending == "kill" else 0), done.stderr
    assert "mvccTs" not in done.stderr
    store = MilvusStore(uri, SPEC)
    try:
        ids, vectors = store.everything()
        assert ids == ids_of(*range(1, 500))
        np.testing.assert_array_equal(vectors, some_vectors(500)[1:])
    finally:
        store.close()


def test_a_server_that_answers_tells_its_version(tmp_path: Path) -> None:
    embedded = MilvusLiteServer(tmp_path / "vectors.db")
    try:
        assert try_server(Address(embedded.uri))
    finally:
        embedded.stop()


def test_a_silent_address_is_told_in_words_and_soon(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(AlbumError) as caught:
        try_server(Address("http://127.0.0.1:9"))
    assert caught.value.code is ErrorCode.SERVER_SILENT
    assert "127.0.0.1:9" in describe(caught.value)
    assert time.monotonic() - began < 30


def test_a_library_keeps_its_vectors_at_the_address_that_is_set(tmp_path: Path) -> None:
    embedded = MilvusLiteServer(tmp_path / "elsewhere.db")
    try:
        opened = build(
            AppPaths(tmp_path / "library"), Settings(vector_uri=embedded.uri, batch=4),
            InlineExecutor(), extractor=HistogramExtractor,
        )  # fmt: skip
        small_album(tmp_path / "album", shots=2)
        opened.library.index([str(tmp_path / "album")])
        contents = sorted({photo.content for photo in opened.library.snapshot().photos})
        assert opened.library.descriptors(contents)[0] == contents
        assert not (tmp_path / "library" / "vectors.db").exists()
        opened.library.close()
    finally:
        embedded.stop()


def test_many_are_asked_for_at_once(reopen: Callable[[], VectorStore]) -> None:
    store = reopen()
    vectors = some_vectors(50)
    store.upsert(ids_of(*range(50)), vectors)
    found = store.nominate(vectors[:3], 5)
    assert [len(hits) for hits in found] == [5, 5, 5]
    for row, hits in enumerate(found):
        expected = vectors @ vectors[row]
        best = np.argsort(-expected)[:5]
        assert {content for content, _ in hits} == set(ids_of(*best.tolist()))
        likeness = dict(hits)
        assert likeness[ids_of(row)[0]] == pytest.approx(1.0, abs=1e-4)
    assert store.nominate(vectors[:0], 5) == []
