"""What only a real Milvus server shows: consistency, users, certificates, indexes, parity."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import describe
from albumdedup.core.types import ExtractorSpec
from albumdedup.store.milvus import MilvusStore
from albumdedup.store.milvus_collection import CONSISTENCY
from albumdedup.store.milvus_connection import Address, try_server
from albumdedup.store.vector_index import INDEXES, IndexChoice
from tests.contract.test_vector_stores import SPEC, ids_of, some_vectors

pytestmark = pytest.mark.server

Make = Callable[..., MilvusStore]
FLAT = (IndexChoice("FLAT", None),)


@pytest.fixture
def make(milvus_server: Address) -> Iterator[Make]:
    """Opens stores on collections of this test alone, which go with it."""
    name, opened = f"test{uuid4().hex}", []

    def open_store(spec: ExtractorSpec = SPEC, **named) -> MilvusStore:
        opened.append(MilvusStore(milvus_server, replace(spec, name=name), **named))
        return opened[-1]

    yield open_store
    for store in opened:
        if store._client is not None and store._client.has_collection(store._name):
            store._client.drop_collection(store._name)
        store.close()


def test_what_one_client_writes_the_other_reads_at_once(make: Make) -> None:
    writer, reader = make(), make()
    vectors = some_vectors(300)
    described = writer._client.describe_collection(writer._name)
    assert described["consistency_level_name"] == CONSISTENCY == "Strong"
    for start in range(0, 300, 20):
        ids = ids_of(*range(start, start + 20))
        writer.upsert(ids, vectors[start : start + 20])
        assert reader.count() == start + 20
        assert reader.present(ids) == set(ids)
        assert writer.search(vectors[start + 7], 1) == [(ids[7], 1.0)]
        writer.delete(ids[:1])
        assert reader.present(ids[:1]) == set()
        writer.upsert(ids[:1], vectors[start : start + 1])
    np.testing.assert_array_equal(reader.everything()[1], vectors)


def test_two_libraries_share_a_server_and_not_their_vectors(make: Make) -> None:
    first, second = make(library="aaaa"), make(library="bbbb")
    first.upsert(ids_of(1, 2), some_vectors(2))
    second.upsert(ids_of(2, 3), some_vectors(2, seed=1))
    first.delete(ids_of(2, 3))
    assert first.everything()[0] == ids_of(1)
    assert second.everything()[0] == ids_of(2, 3)
    assert [content for content, _ in first.search(some_vectors(1)[0], 5)] == ids_of(1)


def test_the_version_is_told(milvus_server: Address) -> None:
    assert try_server(milvus_server).startswith("v2.")


@pytest.mark.parametrize("token", ["root:wrong", "nobody:nothing", ""])
def test_a_wrong_token_is_told_as_that(milvus_server: Address, token: str) -> None:
    if not milvus_server.token:
        pytest.skip("the named server asks for no token")
    wrong = replace(milvus_server, token=token)
    for attempt in (lambda: try_server(wrong), lambda: MilvusStore(wrong, SPEC)):
        with pytest.raises(AlbumError) as caught:
            attempt()
        assert caught.value.code is ErrorCode.SERVER_TOKEN
        assert "vector_token" in describe(caught.value)


def test_a_certificate_that_nobody_signed_is_told_as_that(milvus_server: Address) -> None:
    if not milvus_server.certificate:
        pytest.skip("no openssl here to make a certificate with")
    with pytest.raises(AlbumError) as caught:
        try_server(replace(milvus_server, certificate=""))
    assert caught.value.code is ErrorCode.SERVER_UNTRUSTED
    assert "vector_certificate" in describe(caught.value)


def test_a_certificate_file_that_is_not_there(milvus_server: Address, tmp_path: Path) -> None:
    if not milvus_server.certificate:
        pytest.skip("no openssl here to make a certificate with")
    for content in (None, b"no certificate"):
        file = tmp_path / "server.pem"
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(AlbumError) as caught:
            try_server(replace(milvus_server, certificate=str(file)))
        assert caught.value.code is ErrorCode.SERVER_UNTRUSTED


def test_a_collection_of_another_dimension_is_left_alone(make: Make) -> None:
    other = make()
    client, name = other._client, other._name
    client.drop_collection(name)
    client.create_collection(
        name, dimension=8, primary_field_name="content", id_type="string", max_length=64
    )
    with pytest.raises(AlbumError) as caught:
        make()
    assert caught.value.code is ErrorCode.VECTORS_UNFIT
    assert name in describe(caught.value)
    assert client.has_collection(name)


@pytest.mark.parametrize(
    "wrong",
    [
        IndexChoice("HNSW", None, {"M": 999_999, "efConstruction": 200}, {"ef": 64}),
        IndexChoice("IVF_FLAT", None, {"nlist": 0}, {"nprobe": 1}),
        IndexChoice("NO_SUCH_INDEX", None),
    ],
)
def test_an_index_that_does_not_fit_costs_no_vector(make: Make, wrong: IndexChoice) -> None:
    vectors = some_vectors(50)
    good = make()
    good.upsert(ids_of(*range(50)), vectors)
    with pytest.raises(AlbumError) as caught:
        make(indexes=(wrong,))
    assert caught.value.code is ErrorCode.INDEX_REFUSED
    assert wrong.kind in describe(caught.value)
    good = make()
    np.testing.assert_array_equal(good.everything()[1], vectors)
    assert good.search(vectors[3], 1) == [(ids_of(3)[0], 1.0)]


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_hundred_thousand_vectors_answer_as_in_lite(
    make: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """FLAT: identical answers. HNSW: recall@10 of at least 0.99. Prints what it took."""
    spec, count, asked = replace(SPEC, dim=128), 100_000, 100
    chance = np.random.default_rng(5)
    centres = chance.standard_normal((2000, spec.dim))
    rows = centres[chance.integers(0, 2000, count)] + 0.7 * chance.standard_normal(
        (count, spec.dim)
    )
    vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    ids = ids_of(*range(count))
    queries = vectors[chance.integers(0, count, asked)]
    hnsw = (INDEXES[-1],)
    said: list[str] = []

    def timed(name: str, work: Callable[[], object]) -> object:
        began = time.perf_counter()
        answer = work()
        said.append(f"{name}: {time.perf_counter() - began:.2f} s")
        return answer

    lite = MilvusStore(str(tmp_path / "vectors.db"), spec, indexes=FLAT)
    server = make(spec, indexes=FLAT)
    answers = {}
    for name, store in (("Lite", lite), ("server", server)):
        timed(f"{name}, insert", lambda s=store: s.upsert(ids, vectors))
        assert timed(f"{name}, count", store.count) == count
        answers[name] = timed(
            f"{name}, {asked} searches", lambda s=store: [s.search(q, 10) for q in queries]
        )
        found, back = timed(f"{name}, read back", store.everything)  # type: ignore[misc]
        assert found == ids
        np.testing.assert_array_equal(back, vectors)
    assert answers["Lite"] == answers["server"]

    server.close()
    server = timed("server, HNSW built", lambda: make(spec, indexes=hnsw))  # type: ignore[assignment]
    near = timed(f"server, {asked} searches, HNSW", lambda: [server.search(q, 10) for q in queries])
    hits = [
        len({content for content, _ in one} & {content for content, _ in other})
        for one, other in zip(answers["server"], near, strict=True)  # type: ignore[call-overload]
    ]
    recall = sum(hits) / (10 * asked)
    said.append(f"server, HNSW: recall@10 {recall:.4f}")
    with capsys.disabled():
        print("\n" + "\n".join(said))
    gone = ids[::10]
    timed("server, 10,000 deleted", lambda: server.delete(gone))
    lite.delete(gone)
    assert server.count() == lite.count() == count - len(gone)
    lite.close()
    assert recall >= 0.99
