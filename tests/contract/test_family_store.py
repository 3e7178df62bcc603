"""What every store of a family must do: memory, Milvus Lite behind an address, a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from albumdedup.core.family import Holding, Place
from albumdedup.core.ports import FamilyStore
from albumdedup.core.types import ContentId
from albumdedup.store.milvus_connection import Address
from albumdedup.store.milvus_family import MilvusFamily
from albumdedup.store.milvus_lite_server import MilvusLiteServer
from tests.contract.test_vector_stores import SPEC, ids_of, some_vectors
from tests.fakes import FamilyRows, MemoryFamily

FIRST, SECOND, THIRD = "a" * 12, "b" * 12, "c" * 12
NOON = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)
Open = Callable[[str], FamilyStore]


def holdings(*numbers: int, folder: str = "/photos") -> list[Holding]:
    return [
        Holding(content, 2, f"{folder}/ü {number}\udc80.jpg", 1000 + number, 40, 30, "2019-05-01")
        for number, content in zip(numbers, ids_of(*numbers), strict=True)
    ]


@pytest.fixture(scope="module")
def lite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    server = MilvusLiteServer(tmp_path_factory.mktemp("family") / "elsewhere.db")
    yield Address(server.uri)
    server.stop()


@pytest.fixture(params=["memory", "address", pytest.param("server", marks=pytest.mark.server)])
def join(request: pytest.FixtureRequest) -> Iterator[Open]:
    """Opens the store of one family, for one library after the other."""
    if request.param == "memory":
        rows = FamilyRows()
        yield lambda library: MemoryFamily(rows, library)
        return
    address = request.getfixturevalue("lite" if request.param == "address" else "milvus_server")
    place = Place(address.uri, f"test{uuid4().hex[:12]}", "space")
    opened: list[MilvusFamily] = []

    def open_one(library: str) -> MilvusFamily:
        opened.append(MilvusFamily(address, place, SPEC, library))
        return opened[-1]

    yield open_one
    with opened[0]._calls() as client:
        client.drop_collection(opened[0]._name)
    for store in opened:
        store.close()


def test_one_reads_what_the_other_told(join: Open) -> None:
    first, second = join(FIRST), join(SECOND)
    vectors = some_vectors(9)
    first.introduce("Laptop", NOON)
    first.put(holdings(*range(9)), vectors)
    assert (first.count(), second.count()) == (9, 0)
    assert first.own() == ids_of(*range(9))
    pages = list(second.pages(FIRST))
    assert [one for page, _v in pages for one in page] == holdings(*range(9))
    np.testing.assert_array_equal(np.concatenate([v for _page, v in pages]), vectors)
    assert list(second.pages(SECOND)) == []


def test_the_same_photo_in_two_libraries_is_two_rows(join: Open) -> None:
    first, second = join(FIRST), join(SECOND)
    first.put(holdings(1, 2), some_vectors(2))
    second.put(holdings(2, 3, folder="/volume1"), some_vectors(2, seed=1))
    second.take(ids_of(1, 2))  # 1 is no row of its own: the other's stays
    assert first.own() == ids_of(1, 2)
    assert second.own() == ids_of(3)


def test_a_row_told_again_takes_the_place_of_the_first(join: Open) -> None:
    store = join(FIRST)
    store.put(holdings(1, 2), some_vectors(2))
    for _ in range(2):
        store.put(holdings(2, folder="/moved"), some_vectors(1, seed=5))
    assert store.count() == 2
    ((page, vectors),) = store.pages(FIRST)
    assert page == [*holdings(1), *holdings(2, folder="/moved")]
    np.testing.assert_array_equal(vectors[1], some_vectors(1, seed=5)[0])


def test_the_libraries_are_told_with_their_rows(join: Open) -> None:
    first, second, third = join(FIRST), join(SECOND), join(THIRD)
    assert first.relatives() == []
    first.introduce("Laptop", NOON)
    first.introduce("Laptop", NOON.replace(hour=13))
    first.put(holdings(1, 2), some_vectors(2))
    second.introduce("NAS", NOON)
    third.introduce("NAS", NOON)
    told = [(one.library, one.label, one.rows, one.written) for one in second.relatives()]
    assert told == [
        (FIRST, "Laptop", 2, NOON.replace(hour=13)),
        (SECOND, "NAS (bbbbbb)", 0, NOON),
        (THIRD, "NAS (cccccc)", 0, NOON),
    ]


def test_a_search_finds_the_others_and_never_a_card(join: Open) -> None:
    first, second = join(FIRST), join(SECOND)
    vectors = some_vectors(6)
    first.introduce("Laptop", NOON)
    second.introduce("NAS", NOON)
    first.put(holdings(*range(6)), vectors)
    second.put(holdings(*range(3)), vectors[:3])
    hits = second.search(vectors[4], 50)
    assert len(hits) == 6
    assert hits[0] == (FIRST, holdings(4)[0], 1.0)
    assert {library for library, _one, _s in hits} == {FIRST}
    exact = sorted((round(float(v @ vectors[4]), 4) for v in vectors), reverse=True)
    assert [s for _l, _one, s in hits] == pytest.approx(exact, abs=1e-4)
    assert second.search(vectors[4], 0) == []


def test_who_leaves_takes_its_rows_and_no_others(join: Open) -> None:
    first, second = join(FIRST), join(SECOND)
    for store, label in ((first, "Laptop"), (second, "NAS")):
        store.introduce(label, NOON)
        store.put(holdings(1, 2), some_vectors(2))
    assert first.leave() == 2
    assert first.leave() == 0
    assert [one.label for one in second.relatives()] == ["NAS"]
    assert second.own() == ids_of(1, 2)
    assert first.leave(SECOND) == 2
    assert second.relatives() == []


def test_leaving_what_was_never_made_makes_nothing(lite: Address) -> None:
    store = MilvusFamily(lite, Place(lite.uri, "nobody", "space"), SPEC, FIRST)
    assert store.leave() == 0
    with store._calls(make=False) as client:
        assert not client.has_collection(store._name)
    store.close()


def test_what_another_version_told_is_understood_as_far_as_it_goes(lite: Address) -> None:
    place = Place(lite.uri, f"test{uuid4().hex[:12]}", "space")
    store = MilvusFamily(lite, place, SPEC, FIRST)
    store.introduce("Laptop", NOON)
    with store._calls() as client:
        content = "9" * 64
        row = store._row(
            content, '{"path": "/a.jpg", "stars": 5, "files": "many"}', some_vectors(1)[0]
        )
        client.upsert(store._name, [row])
        client.upsert(store._name, [store._row("", "no card", some_vectors(1)[0])])
    ((page, _vectors),) = store.pages(FIRST)
    assert page == [Holding(ContentId(content), 0, "/a.jpg", 0, 0, 0)]
    assert [(one.label, one.written) for one in store.relatives()] == [(FIRST, None)]
    store.close()


def test_a_path_that_is_longer_than_any_is_cut(lite: Address, tmp_path: Path) -> None:
    store = MilvusFamily(lite, Place(lite.uri, f"t{uuid4().hex[:8]}", "space"), SPEC, FIRST)
    long = Holding(ids_of(1)[0], 1, "/" + "𝕏" * 40_000, 1, 1, 1)
    store.put([long], some_vectors(1))
    ((page, _vectors),) = store.pages(FIRST)
    assert long.path.startswith(page[0].path)
    assert len(page[0].path) >= 4096
    store.close()
