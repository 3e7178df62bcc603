"""A vector store that is down, slow, foreign or broken: the scan is whole all the same, a sentence
says what to do, and the store is filled again from the catalog."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from albumdedup.assembly import Opened, build, move_vectors
from albumdedup.core.control import Control
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.executors import InlineExecutor
from albumdedup.core.i18n import describe
from albumdedup.core.paths import AppPaths
from albumdedup.core.settings import Settings
from albumdedup.core.types import IndexSummary
from albumdedup.store import milvus_connection
from albumdedup.store.milvus import MilvusStore
from albumdedup.store.milvus_connection import Address, try_server
from albumdedup.store.milvus_lite_server import MilvusLiteServer
from tests.contract.test_vector_stores import SPEC
from tests.fakes import HistogramExtractor
from tests.pictures import save, scene, small_album
from tests.vector_servers import Impostor, Line


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a server that is known to be away."""
    monkeypatch.setattr("albumdedup.core.delivery.LAST_TRIES", 0)
    monkeypatch.setattr(milvus_connection, "_CONNECT_SECONDS", 1.0)
    monkeypatch.setattr(milvus_connection, "_CALL_SECONDS", 1.0)


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    """The way to a server that somebody else runs."""
    server = MilvusLiteServer(tmp_path / "elsewhere.db")
    between = Line(int(server.uri.rsplit(":", 1)[1]))
    yield between
    between.cut()
    server.stop()


class Home:
    """A library with an album of eight photos: six contents, of four shots."""

    def __init__(self, root: Path) -> None:
        self.paths, self.album = AppPaths(root / "library"), root / "album"
        small_album(self.album, 4)

    def open(self, uri: str = "") -> Opened:
        return build(
            self.paths, Settings(vector_uri=uri, batch=4, commit_seconds=0.0),
            InlineExecutor(), extractor=HistogramExtractor,
        )  # fmt: skip

    def scan(self, uri: str = "") -> IndexSummary:
        opened = self.open(uri)
        try:
            return opened.library.index([str(self.album)])
        finally:
            opened.library.close()

    def pairs(self, uri: str = "") -> int:
        opened = self.open(uri)
        try:
            return len(opened.library.snapshot().matches)
        finally:
            opened.library.close()

    def whole(self, uri: str = "") -> bool:
        """Whether the store holds what the catalog holds, to the last bit."""
        opened = self.open(uri)
        try:
            contents = sorted({photo.content for photo in opened.library.snapshot().photos})
            kept = opened.library.descriptors(contents)
            store = opened.open_store(Settings(vector_uri=uri))
            try:
                there = store.everything()
            finally:
                store.close()
            return (
                kept[0] == there[0] == contents
                and bool(contents)
                and np.array_equal(kept[1], there[1])
            )
        finally:
            opened.library.close()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def code_of(summary: IndexSummary) -> ErrorCode | None:
    trouble = summary.vectors_trouble
    return trouble.code if trouble is not None else None


def test_a_scan_goes_on_while_the_server_is_down(home: Home, line: Line, quick: None) -> None:
    line.cut()
    summary = home.scan(line.uri)
    assert (summary.files, summary.unreadable) == (8, 0)
    assert code_of(summary) is ErrorCode.SERVER_SILENT
    assert summary.vectors_waiting == 6
    assert home.pairs(line.uri) == 2
    line.mend()
    again = home.scan(line.uri)
    assert (again.new, code_of(again), again.vectors_waiting) == (0, None, 0)
    assert home.whole(line.uri)


def test_a_server_that_goes_in_mid_scan_and_comes_back(home: Home, line: Line, quick: None) -> None:
    opened = home.open(line.uri)
    commits = 0

    def changed() -> None:
        nonlocal commits
        commits += 1
        if commits == 1:
            line.cut()

    summary = opened.library.index([str(home.album)], changed=changed)
    assert commits > 2
    assert code_of(summary) is ErrorCode.SERVER_SILENT
    assert 0 < summary.vectors_waiting < 6
    line.mend()
    save(scene(77), home.album / "one more.jpg")
    summary = opened.library.index([str(home.album)])
    opened.library.close()
    assert (code_of(summary), summary.vectors_waiting) == (None, 0)
    assert home.whole(line.uri)


def test_the_end_of_a_scan_waits_for_a_server_that_starts(home: Home, line: Line) -> None:
    opened = home.open(line.uri)
    line.cut()

    class Waiting(Control):
        def wait(self, seconds: float) -> None:
            line.mend()

    summary = opened.library.index([str(home.album)], Waiting())
    opened.library.close()
    assert (code_of(summary), summary.vectors_waiting) == (None, 0)
    assert home.whole(line.uri)


def test_a_server_that_is_slow_is_told_as_slow(home: Home, line: Line, quick: None) -> None:
    home.scan(line.uri)
    save(scene(78), home.album / "one more.jpg")
    opened = home.open(line.uri)
    assert opened.library.health().vectors == 6  # connected, and then:
    line.freeze()
    summary = opened.library.index([str(home.album)])
    opened.library.close()
    assert code_of(summary) in (ErrorCode.SERVER_SLOW, ErrorCode.SERVER_SILENT)
    assert summary.vectors_waiting == 1
    line.cut()
    line.mend()
    assert code_of(home.scan(line.uri)) is None
    assert home.whole(line.uri)


def test_a_search_is_answered_by_the_catalog_meanwhile(home: Home, line: Line, quick: None) -> None:
    home.scan(line.uri)
    image = str(home.album / "Pictures" / "IMG_0000.jpg")
    opened = home.open(line.uri)
    try:
        by_server = opened.library.search(image, 5)
    finally:
        opened.library.close()
    line.cut()
    opened = home.open(line.uri)
    try:
        assert opened.library.search(image, 5) == by_server
    finally:
        opened.library.close()


@pytest.mark.parametrize(
    ("impostor", "code", "words"),
    [
        ({"refuses": True}, ErrorCode.SERVER_TOKEN, "vector_token"),
        ({"version": "v2.1.4"}, ErrorCode.SERVER_TOO_OLD, "2.3 or newer"),
    ],
)
def test_a_server_that_does_not_suit_is_told_in_words(
    home: Home, quick: None, impostor, code: ErrorCode, words: str
) -> None:
    server = Impostor(**impostor)
    try:
        summary = home.scan(server.uri)
        assert code_of(summary) is code
        assert words in describe(summary.vectors_trouble)
        assert server.uri in describe(summary.vectors_trouble)
        assert summary.vectors_waiting == 6
        assert home.pairs(server.uri) == 2
        with pytest.raises(AlbumError) as caught:
            try_server(Address(server.uri))
        assert caught.value.code is code
    finally:
        server.stop()
    assert code_of(home.scan()) is None  # back on this computer
    assert home.whole()


def test_a_collection_of_another_dimension(tmp_path: Path) -> None:
    from pymilvus import MilvusClient

    server = MilvusLiteServer(tmp_path / "elsewhere.db")
    try:
        store = MilvusStore(server.uri, SPEC)
        name = store._name
        store.close()
        client = MilvusClient(server.uri, dedicated=True)
        client.drop_collection(name)
        client.create_collection(
            name, dimension=8, primary_field_name="content", id_type="string", max_length=64
        )
        with pytest.raises(AlbumError) as caught:
            MilvusStore(server.uri, SPEC)
        assert caught.value.code is ErrorCode.VECTORS_UNFIT
        assert name in describe(caught.value)
        assert "8 ≠ 16" in describe(caught.value)
        assert client.has_collection(name)  # nothing is dropped that may be another's
        client.close()
    finally:
        server.stop()


# --- the folder -----------------------------------------------------------------------------


def test_a_locked_folder_holds_up_nothing(home: Home) -> None:
    home.scan()
    save(scene(79), home.album / "one more.jpg")
    holder = MilvusLiteServer(home.paths.vectors)
    try:
        summary = home.scan()
    finally:
        holder.stop()
    assert code_of(summary) is ErrorCode.VECTORS_LOCKED
    assert summary.vectors_waiting == 1
    assert code_of(home.scan()) is None
    assert home.whole()


@pytest.mark.parametrize("damage", ["old_generation", "gone", "half_written", "empty"])
def test_a_folder_that_is_no_store_is_filled_again_without_reading_a_photo(
    home: Home, damage: str
) -> None:
    home.scan()
    folder = home.paths.vectors
    folder.rename(folder.with_name("laid by"))
    if damage == "old_generation":  # Milvus Lite 2.4 kept one SQLite file under this name
        folder.write_bytes(b"SQLite format 3\0" + bytes(100))
    elif damage == "half_written":
        (folder / "collections").mkdir(parents=True)
        (folder / "collections" / "x").write_bytes(b"half")
    elif damage == "empty":
        folder.mkdir()
    save(scene(80), home.album / "one more.jpg")
    summary = home.scan()
    assert (code_of(summary), summary.new, summary.decoded) == (None, 1, 1)
    assert home.whole()


@pytest.mark.parametrize("seed", range(6))
def test_files_cut_at_random_bytes_are_found_and_mended(home: Home, seed: int) -> None:
    """In a folder of 3 files a scan may need one more to notice: none may stay wrong."""
    home.scan()
    chance = random.Random(seed)
    files = sorted(p for p in home.paths.vectors.rglob("*") if p.is_file() and p.stat().st_size)
    for file in chance.sample(files, chance.randint(1, len(files))):
        whole = file.read_bytes()
        file.write_bytes(whole[: chance.randrange(len(whole))])
    for number in range(3):
        save(scene(90 + number), home.album / f"one more {number}.jpg")
        summary = home.scan()
        assert summary.decoded == 1
        if code_of(summary) is None:
            break
        assert code_of(summary) is ErrorCode.VECTORS_UNUSABLE
        assert str(home.paths.vectors) in describe(summary.vectors_trouble)
    assert code_of(summary) is None
    assert home.whole()


# --- moving ---------------------------------------------------------------------------------


def test_vectors_move_to_a_server_and_back(home: Home, line: Line) -> None:
    home.scan()
    opened = home.open()
    assert move_vectors(opened, Settings(vector_uri=line.uri)) == 6
    opened.library.close()
    assert home.whole(line.uri)
    assert home.scan(line.uri).decoded == 0
    save(scene(81), home.album / "one more.jpg")
    home.scan(line.uri)
    opened = home.open(line.uri)
    assert move_vectors(opened, Settings()) == 7
    opened.library.close()
    assert home.whole()
    summary = home.scan()
    assert (summary.new, summary.vectors_waiting) == (0, 0)


def test_another_address_in_the_settings_is_filled_by_the_next_scan(home: Home, line: Line) -> None:
    home.scan()
    summary = home.scan(line.uri)
    assert (summary.new, summary.decoded, summary.vectors_waiting) == (0, 0, 0)
    assert home.whole(line.uri)
    assert home.whole()  # the old one is left as it was


def test_two_libraries_on_one_server_do_not_touch_each_other(tmp_path: Path, line: Line) -> None:
    first, second = Home(tmp_path / "first"), Home(tmp_path / "second")
    save(scene(82), second.album / "only here.jpg")
    first.scan(line.uri)
    second.scan(line.uri)
    assert first.whole(line.uri)
    assert second.whole(line.uri)
    opened = first.open(line.uri)
    opened.library.clear()
    opened.library.close()
    assert second.whole(line.uri)
    first.scan(line.uri)
    second.scan(line.uri)
    assert first.whole(line.uri)
    assert second.whole(line.uri)
