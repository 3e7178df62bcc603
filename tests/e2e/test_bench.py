"""``bench`` as a user of the terminal runs it, on tiny things: what is told, never how fast."""

from __future__ import annotations

import importlib.util
import json
import statistics

import pytest
from pictures import small_album

from albumdedup.evaluation.bench.store import SPEC, Server, bench_store, open_store
from albumdedup.store.milvus_lite_server import MilvusLiteServer

NO_PEER = importlib.util.find_spec("czkawka") is None


def told(program, *words):
    """The figures by name. Each ratio is checked: it is that of the runs, one by one."""
    document = json.loads(program.ok("bench", *words, "--json"))
    found = {figure["name"]: figure for figure in document["figures"]}
    for figure in found.values():
        assert figure["median"] == statistics.median(figure["values"])
        if figure["ratio"] is not None:
            baseline = found[figure["baseline"]]["values"]
            pairs = zip(figure["values"], baseline, strict=True)
            assert figure["ratio"] == pytest.approx(statistics.median(a / b for a, b in pairs))
    return document, found


@pytest.mark.slow
def test_scan(program, tmp_path):
    small_album(tmp_path / "album", 4)
    document, found = told(program, "scan", tmp_path / "album", "--runs", 2)
    assert document["bench"] == "scan"
    assert document["facts"]["photos"] == 8
    for name in ("cold scan", "warm scan", "cold scan, whole process", "stage: decode"):
        assert len(found[name]["values"]) == 2
    assert found["cold scan"]["baseline"] == "bare loop"
    assert found["warm scan"]["baseline"] == "bare walk"
    assert document["missing"] == (["czkawka"] if NO_PEER else [])
    assert ("Czkawka" in found) == (not NO_PEER)
    if not NO_PEER:
        assert found["Czkawka"]["baseline"] == "cold scan"
        assert found["Czkawka, whole process"]["baseline"] == "cold scan, whole process"


@pytest.mark.slow
def test_scan_of_photos_that_are_made(program, tmp_path):
    where = tmp_path / "made"
    text = program.ok("bench", "scan", where, "--make", 1, "--runs", 1, "--markdown")
    assert len(list(where.rglob("*.JPG"))) == 1
    assert text.startswith("scan, runs: 1 · photos: 1 · ")
    assert "| cold scan | " in text
    again = program.run("bench", "scan", where, "--make", 1)
    assert again.returncode == 2
    assert "new folder" in again.stderr


def test_scan_of_nothing(program, tmp_path):
    (tmp_path / "empty").mkdir()
    for words, code, sentence in (
        (["scan"], 2, "bench scan DIR"),
        (["scan", tmp_path / "nowhere"], 3, "is not there"),
        (["scan", tmp_path / "empty"], 3, "There are no photos in"),
        (["search", tmp_path / "empty", "--photos", 9], 3, "There are no photos in"),
        (["scan", "--make", 1, "--from", tmp_path / "empty"], 3, "holds no photos"),
    ):
        done = program.run("bench", *words)
        assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
        assert sentence in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "names"),
    [
        (("rescan", "--photos", 30), {"bare walk", "rescan"}),
        (("regroup", "--photos", 300), {"regroup", "made library: read the catalog"}),
        (("match", "--photos", 400, "--new", 9), {"all pairs", "new with all", "pairs among all"}),
        (("store", "--photos", 200), {"insert", "search p99", "size on disk"}),
        (("start", "--photos", 10), {"until --version is told", "slow modules that it imported"}),
        (("memory", "--photos", 12), set()),
        (("clean", "--photos", 20), {"small files: clean-up", "photos of 3 MB: cleaned up"}),
    ],
)
def test_what_needs_no_photos(program, words, names):
    document, found = told(program, *words, "--runs", 1)
    assert document["bench"] == words[0]
    assert names <= set(found)
    assert all(len(figure["values"]) == 1 for figure in found.values())
    if words[0] == "store":
        assert found["recall of the first ten"]["median"] == 1.0  # so few are searched exactly
    if words[0] == "start":
        assert document["facts"]["imported"] == ""  # a scan of unchanged folders
        assert found["slow modules that it imported"]["median"] == 0


@pytest.mark.slow
def test_search_in_a_made_library(program, tmp_path):
    small_album(tmp_path / "album", 2)
    _document, found = told(
        program, "search", tmp_path / "album", "--photos", 150, "--runs", 1
    )  # fmt: skip
    assert {"first search", "search p50", "search p99", "of it: descriptor"} <= set(found)


def test_a_store_on_a_server_is_left_empty(tmp_path):
    server = MilvusLiteServer(tmp_path / "vectors.db")
    try:
        benchmark = bench_store(60, 1, server=Server(server.uri))
        store = open_store(Server(server.uri), tmp_path / "unused", SPEC)
        assert store.count() == 0
        store.close()
    finally:
        server.stop()
    assert benchmark.missing == ("size on disk",)
    assert benchmark.figure("recall of the first ten").median == 1.0
    assert not (tmp_path / "unused").exists()


@pytest.mark.slow
def test_the_service_under_load(program, tmp_path):
    small_album(tmp_path / "album", 2)
    document, found = told(program, "serve", tmp_path / "album", "--photos", 150, "--runs", 1)
    assert document["facts"] == {"photos": 150, "clients": 50, "searches": 1000, "pictures": 4}
    assert found["errors"]["values"] == [0]
    assert found["search p99"]["baseline"] == "search alone p50"
