"""Filters are the same in memory, in Milvus Lite and on a server, whatever a folder is called."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from fakes import HistogramExtractor
from pictures import save, scene

from albumdedup.assembly import build
from albumdedup.core.asking import Example, Question, Sieve, Told, Where
from albumdedup.core.executors import InlineExecutor
from albumdedup.core.library import Library
from albumdedup.core.paths import AppPaths
from albumdedup.core.ports import VectorStore
from albumdedup.core.settings import Settings
from albumdedup.store.milvus import MilvusStore
from albumdedup.store.milvus_lite_server import MilvusLiteServer
from albumdedup.store.milvus_where import expression, literal, plain
from tests.contract.test_vector_stores import SPEC, ids_of, reopen, some_vectors

__all__ = ["reopen"]

ODD = (
    "plain", 'the "best"', "it's 100%", "back\\slash", "new\nline", "照片 夏天", "tab\t{x}",
    "a\\", "%25", "' or 1 == 1 or '", "\x01", "🌻", "\udcff",
)  # fmt: skip
CAMERAS = ('Canon "EOS"', "佳能 5D", "", "NIKON\\D70")


def told_of(number: int) -> Told:
    folder = f"/album/{ODD[number % len(ODD)]}"
    day = 700_000 + number if number % 5 else None
    return Told(("/", "/album", folder), day, day, CAMERAS[number % 4])


def fits(told: Told, where: Where) -> bool:
    dated = where.first is not None or where.last is not None
    return (
        (not where.folder or where.folder in told.folders)
        and (not dated or told.first is not None)
        and (where.first is None or (told.last or 0) >= where.first)
        and (where.last is None or (told.first or 0) <= where.last)
        and (where.cameras is None or told.camera in where.cameras)
    )


WHERES = (
    *(Where(folder=f"/album/{name}") for name in ODD),
    Where(folder="/album"), Where(folder="/"), Where(folder="/alb"), Where(folder="/album/%"),
    Where(first=700_050), Where(last=700_050), Where(first=700_050, last=700_055),
    Where(cameras=(CAMERAS[0], CAMERAS[3])), Where(cameras=(CAMERAS[1],)), Where(cameras=()),
    Where(folder=f"/album/{ODD[1]}", first=700_010, cameras=CAMERAS),
)  # fmt: skip


def test_every_store_lets_the_same_through(reopen: Callable[[], VectorStore]) -> None:
    store, count = reopen(), 130
    vectors, told = some_vectors(count), [told_of(number) for number in range(count)]
    store.upsert(ids_of(*range(count)), vectors, told)
    order = [content for content, _ in store.search(vectors[7], count)]
    assert len(order) == count
    by_id = dict(zip(ids_of(*range(count)), told, strict=True))
    for where in WHERES:
        wanted = [content for content in order if fits(by_id[content], where)]
        found = [content for content, _ in store.search(vectors[7], count, where)]
        assert found == wanted, where
        assert [content for content, _ in store.search(vectors[7], 3, where)] == wanted[:3]
    assert any(len(store.search(vectors[7], count, where)) in (1, 10) for where in WHERES)


def test_a_store_knows_what_it_was_told(
    reopen: Callable[[], VectorStore],
) -> None:
    store = reopen()
    assert store.marks() == {}
    store.upsert(ids_of(1, 2), some_vectors(2))
    assert store.marks() == dict.fromkeys(ids_of(1, 2), "")
    assert store.search(some_vectors(1)[0], 5, Where(folder="/")) == []
    store.upsert(ids_of(2), some_vectors(1), [told_of(2)])
    assert store.marks() == {ids_of(1)[0]: "", ids_of(2)[0]: told_of(2).mark}
    store.upsert(ids_of(2), some_vectors(1))  # Lite keeps what it was told, a server does not
    marks = store.marks()
    kept = store.search(some_vectors(1)[0], 5, Where(folder="/"))
    assert marks is not None
    assert marks[ids_of(2)[0]] == (told_of(2).mark if kept else "")


def test_what_is_written_into_an_expression_stays_one_text() -> None:
    assert len({plain(name) for name in (*ODD, "%1;", "%", "1;")}) == len(ODD) + 3
    chance = random.Random(7)
    for _ in range(2000):
        text = "".join(chance.choice("ab\"\\%\n\r\t'\x00{}[]()照\u2028") for _ in range(8))
        body = literal(text)[1:-1]
        assert body.isprintable()
        left = body.replace("\\\\", "")
        assert '"' not in left.replace('\\"', "")
        assert "\\" not in left.replace('\\"', "")
    assert expression(Where()) == ""


def test_a_collection_of_an_older_version_is_searched_and_told_nothing(tmp_path: Path) -> None:
    from pymilvus import DataType, MilvusClient

    uri = str(tmp_path / "vectors.db")
    store = MilvusStore(uri, SPEC)
    client, name = store._client, store._name
    client.drop_collection(name)
    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("content", DataType.VARCHAR, is_primary=True, max_length=64)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=SPEC.dim)
    client.create_collection(name, schema=schema, consistency_level="Strong")
    store.close()
    store = MilvusStore(uri, SPEC)
    try:
        assert store.marks() is None
        store.upsert(ids_of(1, 2), some_vectors(2), [told_of(1), told_of(2)])
        assert store.count() == 2
        assert store.search(some_vectors(2)[1], 1)[0][0] == ids_of(2)[0]
    finally:
        store.close()


# --- whole libraries: in memory, and behind an address ----------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("sieves") / "album"
    for number in range(24):
        name = ODD[number % 10]
        taken = f"20{10 + number % 4}:05:{1 + number:02d} 12:00:00" if number % 6 else None
        save(scene(number, (160, 120)), place / name / f"{number}.jpg", taken=taken)
    twin = place / "elsewhere" / "twin.jpg"
    twin.parent.mkdir()
    twin.write_bytes((place / ODD[1] / "1.jpg").read_bytes())
    return place


@pytest.fixture(scope="module")
def libraries(folder: Path, tmp_path_factory) -> Iterator[tuple[Library, Library]]:
    """The one searches in memory, the other asks a store behind an address."""
    place = tmp_path_factory.mktemp("libraries")
    embedded = MilvusLiteServer(place / "elsewhere.db")
    opened = [
        build(
            AppPaths(place / f"library{number}"), Settings(vector_uri=uri), InlineExecutor(),
            extractor=HistogramExtractor,
        )
        for number, uri in enumerate(("", embedded.uri))
    ]  # fmt: skip
    for one in opened:
        one.library.index([str(folder)])
    yield opened[0].library, opened[1].library
    for one in opened:
        one.library.close()
    embedded.stop()


def sieves(folder: Path) -> list[Sieve]:
    return [
        *(Sieve(str(folder / name)) for name in (*ODD[:10], "elsewhere", "nowhere")),
        Sieve(first=date(2011, 1, 1)), Sieve(last=date(2011, 12, 31)), Sieve(camera="test"),
        Sieve(camera="no such"), Sieve(first=date(2012, 1, 1), last=date(2012, 12, 31)),
        Sieve(str(folder / ODD[1]), first=date(2011, 1, 1), camera="TEST CAM"),
    ]  # fmt: skip


def paths(library: Library, question: Question) -> list[tuple[str, float]]:
    return [(hit.photo.path, hit.similarity) for hit in library.ask(question).hits]


def test_memory_and_store_give_the_same_answers(folder: Path, libraries) -> None:
    memory, store = libraries
    asked = Question((Example(str(folder / ODD[1] / "1.jpg")),), top=5)
    sizes = set()
    for sieve in sieves(folder):
        question = replace(asked, sieve=sieve)
        found = paths(memory, question)
        assert found == paths(store, question), sieve
        assert all(path.startswith(sieve.folder) for path, _ in found)
        sizes.add(len(found))
    assert {0, 1, 5} <= sizes  # also fewer than were asked for
    twin = paths(store, replace(asked, sieve=Sieve(str(folder / "elsewhere"))))
    assert twin == [(str(folder / "elsewhere" / "twin.jpg"), 1.0)]


def test_the_store_was_asked_and_not_the_memory(folder: Path, libraries, monkeypatch) -> None:
    _memory, store = libraries
    seen: list[Where] = []
    search = MilvusStore.search

    def noting(self, vector, top, where):
        seen.append(where)
        return search(self, vector, top, where)

    monkeypatch.setattr(MilvusStore, "search", noting)
    sieve = Sieve(str(folder / ODD[2]), camera="test")
    assert paths(store, Question((Example(str(folder / ODD[2] / "2.jpg")),), sieve=sieve))
    assert seen[0] == Where(str(folder / ODD[2]), cameras=("Test camera",))


def test_pages_join_without_gap_or_repetition(folder: Path, libraries) -> None:
    for library in libraries:
        whole = Question((Example(str(folder / ODD[3] / "3.jpg")),), top=100)
        answer = library.ask(whole)
        assert (len(answer.hits), answer.more) == (25, False)
        pages, offset, more = [], 0, True
        while more:
            page = library.ask(replace(whole, top=4, offset=offset))
            pages += page.hits
            more, offset = page.more, offset + 4
        assert [hit.photo.path for hit in pages] == [hit.photo.path for hit in answer.hits]
        keys = [(-hit.similarity, hit.photo.content, hit.photo.path) for hit in pages]
        assert keys == sorted(keys)
        assert library.ask(replace(whole, offset=25)).hits == ()


def test_what_is_not_like_enough_and_what_is_not_wanted_is_left_out(folder, libraries) -> None:
    for library in libraries:
        like, other = str(folder / ODD[4] / "4.jpg"), str(folder / ODD[5] / "5.jpg")
        near = library.ask(Question((Example(like),), least=0.9, top=50))
        assert [hit.photo.path for hit in near.hits] == [like]
        both = library.ask(Question((Example(like), Example(other)), top=2))
        assert {hit.photo.path for hit in both.hits} == {like, other}
        without = library.ask(Question((Example(like),), (Example(other),), top=50))
        assert other not in {hit.photo.path for hit in without.hits}
        assert len(without.hits) == 24


def test_distances_follow_from_the_similarity(folder: Path, libraries) -> None:
    answer = libraries[0].ask(Question((Example(str(folder / ODD[6] / "6.jpg")),), top=25))
    contents = [hit.photo.content for hit in answer.hits]
    ids, vectors = libraries[0].descriptors(contents)
    rows = dict(zip(ids, vectors.astype(np.float64), strict=True))
    first = rows[contents[0]]
    for hit in answer.hits:
        apart = np.linalg.norm(first - rows[hit.photo.content])
        assert hit.distance == pytest.approx(apart, abs=2e-2 if apart < 0.1 else 1e-3)
        assert hit.cosine_distance == pytest.approx(1 - first @ rows[hit.photo.content], abs=1e-4)
    assert answer.hits[0].distance == 0.0


def test_a_file_that_moved_is_found_where_it_is_now(folder: Path, libraries, tmp_path) -> None:
    place = tmp_path / "late"
    late = save(scene(77, (160, 120)), place / "late.jpg", taken="2013:01:01 00:00:00")
    question = Question((Example(str(late)),), sieve=Sieve(str(place)), top=3)
    for library in libraries:
        assert paths(library, question) == []
        library.index([str(place)])
        assert paths(library, question) == [(str(late), 1.0)]
        library.forget(str(place))
        assert paths(library, question) == []
