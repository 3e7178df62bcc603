"""What only a real server shows of a family: two processes at once, and reads that see it all."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.family import Place
from albumdedup.store.milvus_connection import Address
from albumdedup.store.milvus_family import MilvusFamily
from tests.contract.test_family_store import FIRST, NOON, SECOND, holdings
from tests.contract.test_vector_stores import SPEC, ids_of, some_vectors

pytestmark = pytest.mark.server

Join = Callable[[str], MilvusFamily]

WRITER = """
import sys
from tests.contract.test_family_store import NOON, holdings
from tests.contract.test_vector_stores import SPEC, ids_of, some_vectors
from albumdedup.core.family import Place
from albumdedup.store.milvus_connection import Address
from albumdedup.store.milvus_family import MilvusFamily

uri, token, certificate, family, library, seed = sys.argv[1:]
store = MilvusFamily(
    Address(uri, token, certificate), Place(uri, family, "space"), SPEC, library
)
print("ready", flush=True)
sys.stdin.readline()
store.introduce(library[0], NOON)
vectors = some_vectors(600, int(seed))
for turn in range(3):
    for start in range(0, 600, 100):
        numbers = range(start, start + 100)
        store.put(holdings(*numbers, folder=f"/{library[0]}/{turn}"), vectors[start : start + 100])
        store.take(ids_of(start + 99))
assert store.count() == 594, store.count()
store.close()
"""


@pytest.fixture
def place(milvus_server: Address) -> Place:
    return Place(milvus_server.uri, f"test{uuid4().hex[:12]}", "space")


@pytest.fixture
def join(milvus_server: Address, place: Place) -> Iterator[Join]:
    opened: list[MilvusFamily] = []

    def open_one(library: str) -> MilvusFamily:
        opened.append(MilvusFamily(milvus_server, place, SPEC, library))
        return opened[-1]

    yield open_one
    with opened[0]._calls() as client:
        client.drop_collection(opened[0]._name)
    for store in opened:
        store.close()


def test_two_scanners_at_once_do_not_disturb_each_other(
    milvus_server: Address, place: Place, join: Join
) -> None:
    """Both begin at the same moment, on a server that has no collection of the family yet."""
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    where = (milvus_server.uri, milvus_server.token, milvus_server.certificate, place.family)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, *where, library, seed], env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for library, seed in ((FIRST, "1"), (SECOND, "2"))
    ]  # fmt: skip
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        _out, err = writer.communicate(timeout=240)
        assert writer.returncode == 0, err
    kept = [number for number in range(600) if number % 100 != 99]
    for library, seed in ((FIRST, 1), (SECOND, 2)):
        store = join(library)
        assert store.own() == ids_of(*kept)
        pages = list(store.pages(library))
        assert [one for page, _v in pages for one in page] == holdings(
            *kept, folder=f"/{library[0]}/2"
        )
        np.testing.assert_array_equal(
            np.concatenate([v for _page, v in pages]), some_vectors(600, seed)[kept]
        )


def test_what_one_tells_the_other_reads_at_once(join: Join) -> None:
    first, second = join(FIRST), join(SECOND)
    vectors = some_vectors(100)
    with first._calls() as client:
        assert client.describe_collection(first._name)["consistency_level_name"] == "Strong"
    second.introduce("NAS", NOON)
    for start in range(0, 100, 20):
        part = range(start, start + 20)
        first.introduce("Laptop", NOON.replace(minute=start % 60))
        first.put(holdings(*part), vectors[start : start + 20])
        laptop, _nas = second.relatives()
        assert (laptop.rows, laptop.written) == (start + 20, NOON.replace(minute=start % 60))
        assert sum(len(page) for page, _v in second.pages(FIRST)) == start + 20
        assert second.search(vectors[start + 7], 1)[0][1] == holdings(start + 7)[0]
        first.take(ids_of(start))
        assert ids_of(start)[0] not in {
            one.content for page, _v in second.pages(FIRST) for one in page
        }
        first.put(holdings(start), vectors[start : start + 1])


def test_a_family_at_a_server_with_a_wrong_token(milvus_server: Address, place: Place) -> None:
    if not milvus_server.token:
        pytest.skip("the named server asks for no token")
    store = MilvusFamily(replace(milvus_server, token="root:wrong"), place, SPEC, FIRST)
    for ask in (store.relatives, store.count, store.leave):
        with pytest.raises(AlbumError) as caught:
            ask()
        assert caught.value.code is ErrorCode.SERVER_TOKEN


def test_a_family_of_another_dimension_is_left_alone(
    milvus_server: Address, place: Place, join: Join
) -> None:
    join(FIRST).put(holdings(1), some_vectors(1))
    other = MilvusFamily(milvus_server, place, replace(SPEC, dim=8), SECOND)
    with pytest.raises(AlbumError) as caught:
        other.relatives()
    assert caught.value.code is ErrorCode.VECTORS_UNFIT
    other.close()
    assert join(FIRST).count() == 1
