"""Two computers of a family, from the terminal: what is elsewhere, what is missing, who leaves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import Program
from pictures import save, scene
from vector_servers import Impostor, Line

from albumdedup.core import settings
from albumdedup.core.settings import Settings
from albumdedup.store.milvus_lite_server import MilvusLiteServer


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    server = MilvusLiteServer(tmp_path / "elsewhere.db")
    between = Line(int(server.uri.rsplit(":", 1)[1]))
    yield between
    between.cut()
    server.stop()


def use(program: Program, uri: str, label: str, family: str = "smith") -> None:
    wanted = Settings(vector_uri=uri, vector_family=family, library_label=label)
    settings.save(wanted, program.library / "settings.toml")


def photos(folder: Path, *seeds: int, quality: int = 92) -> None:
    for seed in seeds:
        save(scene(seed), folder / f"{seed}.jpg", quality=quality)


@pytest.mark.slow
def test_two_computers_find_each_others_photos(program, tmp_path, temporary_home, line):
    laptop, nas = program, Program(tmp_path / "nas", temporary_home)
    here, there = tmp_path / "here", tmp_path / "there"
    photos(here, 1, 2, 3)
    save(scene(1), here / "copy" / "1 again.jpg")
    photos(there, 1)
    photos(there, 2, quality=80)
    photos(there, 9)
    use(laptop, line.uri, "Laptop", family="")
    laptop.ok("scan", here)
    joined = laptop.ok("family", "join", "smith", "--label", "Laptop")
    assert "Laptop (this library): 3 photos" in joined
    use(nas, line.uri, "NAS")
    nas.ok("scan", there)

    told = laptop.ok("elsewhere")
    assert f"NAS: the same bytes: {there / '1.jpg'}" in told
    assert "NAS: looks the same (0.9" in told
    assert str(here / "3.jpg") not in told
    assert "NAS: 1 of 3 photos of this library are there with the same bytes; 1 more" in told
    assert "pixels were not compared" in told
    assert told.splitlines()[-1].endswith("only if another one stays on this computer.")
    found = json.loads(laptop.ok("elsewhere", "--missing", "--in", "NAS", "--json"))
    assert {Path(one["path"]).name for one in found["only_here"]} == {"2.jpg", "3.jpg"}
    only = {Path(one["in"][0]["path"]).name: one for one in found["only_elsewhere"]}
    assert set(only) == {"2.jpg", "9.jpg"}
    assert only["2.jpg"]["looks_the_same"]["path"] == str(here / "2.jpg")
    assert only["9.jpg"]["looks_the_same"] is None

    hits = json.loads(laptop.ok("search", there / "9.jpg", "--top", "1", "--family", "--json"))
    assert [(hit.get("library"), Path(hit["path"]).name) for hit in hits][1:] == [("NAS", "9.jpg")]

    # a clean-up is followed
    laptop.ok("clean", "--apply", "--to", tmp_path / "removed")
    (own,) = (
        one
        for one in json.loads(nas.ok("elsewhere", "--json"))["elsewhere"]
        if Path(one["path"]).name == "1.jpg"
    )
    assert own["in"][0]["files"] == 1

    doctor = laptop.run("doctor").stdout
    assert "family smith: 2 libraries" in doctor
    assert "family smith: NAS: 3 photos, last told" in doctor
    assert "3 photos are no longer known" in laptop.ok("family", "leave")
    done = laptop.run("elsewhere")
    assert done.returncode == 2
    assert "in no family" in done.stderr


def test_a_family_whose_server_is_away_costs_a_sentence(program, tmp_path, line):
    album = tmp_path / "album"
    photos(album, 1, 2)
    use(program, line.uri, "Laptop")
    program.ok("scan", album)
    line.cut()
    for command in (("elsewhere",), ("search", album / "1.jpg", "--family")):
        done = program.run(*command)
        assert done.returncode == 6, command
        assert "No vector store answers" in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        if command[0] == "search":
            assert "1.jpg" in done.stdout
    done = program.run("forget", album)
    assert done.returncode == 0
    assert "The family is told by the next scan." in done.stderr
    done = program.run("family", "leave")
    assert done.returncode == 6
    assert "--anyway" in done.stderr
    line.mend()
    use(program, line.uri, "Laptop", family="")
    photos(album, 3)
    program.ok("scan", album)  # takes away what is left there
    use(program, line.uri, "Laptop")
    told = json.loads(program.ok("family", "join", "smith") and program.ok("family", "--json"))
    assert [(one["label"], one["photos"]) for one in told["libraries"]] == [("Laptop", 3)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("impostor", "words"),
    [({"refuses": True}, "does not accept the token"), ({"version": "v2.1.4"}, "2.3 or newer")],
)
def test_a_family_at_a_server_that_does_not_suit(program, tmp_path, impostor, words):
    photos(tmp_path / "album", 1)
    server = Impostor(**impostor)
    try:
        use(program, server.uri, "Laptop")
        for command in (("scan", tmp_path / "album"), ("elsewhere",), ("family",)):
            done = program.run(*command)
            assert done.returncode == 6, command
            assert words in done.stdout + done.stderr
            assert "Traceback" not in done.stderr
    finally:
        server.stop()


def test_a_family_needs_a_name_and_a_server(program):
    assert program.run("family", "join", "Müllers!").returncode == 2
    done = program.run("family", "join", "smith")
    assert done.returncode == 2
    assert "vectors move --to" in done.stderr
