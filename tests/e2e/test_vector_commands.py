"""``albumdedup`` with a vector server, from the terminal: away, foreign, back, moved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import Program
from pictures import save, scene, small_album
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


def use(program: Program, uri: str) -> None:
    settings.save(Settings(vector_uri=uri), program.library / "settings.toml")


def test_a_scan_without_its_server_is_whole_and_says_so(program, tmp_path, line):
    album = tmp_path / "album"
    small_album(album, 4)
    line.cut()
    use(program, line.uri)
    done = program.run("scan", "--json", album)
    assert done.returncode == 6, done.stderr
    assert line.uri in done.stderr
    assert "No vector store answers" in done.stderr
    assert "6 descriptors wait" in done.stderr
    assert "Traceback" not in done.stderr
    summary = json.loads(done.stdout)
    assert summary["vectors_trouble"]["code"] == "server_silent"
    assert summary["vectors_waiting"] == 6
    report = program.report()
    assert report["summary"]["groups"] == 2
    found = program.run("search", album / "Pictures" / "IMG_0000.jpg")
    assert found.returncode == 0, found.stderr
    assert "IMG_0000.jpg" in found.stdout
    doctor = program.run("doctor")
    assert doctor.returncode == 6
    assert "No vector store answers" in doctor.stdout + doctor.stderr

    line.mend()
    again = json.loads(program.ok("scan", "--json", album))
    assert (again["new"], again["vectors_waiting"], again["vectors_trouble"]) == (0, 0, None)
    told = json.loads(program.ok("vectors", "--json"))
    assert (told["described"], told["stored"], told["waiting"]) == (6, 6, 0)
    assert program.report()["groups"] == report["groups"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("impostor", "words"),
    [({"refuses": True}, "does not accept the token"), ({"version": "v2.1.4"}, "2.3 or newer")],
)
def test_a_server_that_does_not_suit(program, tmp_path, impostor, words):
    small_album(tmp_path / "album", 2)
    server = Impostor(**impostor)
    try:
        use(program, server.uri)
        for command in (("scan", tmp_path / "album"), ("doctor",)):
            done = program.run(*command)
            assert done.returncode == 6, command
            assert words in done.stdout + done.stderr
            assert "Traceback" not in done.stderr
    finally:
        server.stop()


@pytest.mark.slow
def test_vectors_move_to_a_server_and_back(program, tmp_path, line):
    album = tmp_path / "album"
    small_album(album, 4)
    program.ok("scan", album)
    told = program.ok("vectors", "move", "--to", line.uri)
    assert "6 descriptors are at" in told
    assert str(program.library / "vectors.db") in told
    assert (program.library / "vectors.db").is_dir()
    assert settings.load(program.library / "settings.toml").settings.vector_uri == line.uri
    save(scene(99), album / "one more.jpg")
    summary = json.loads(program.ok("scan", "--json", album))
    assert (summary["new"], summary["decoded"]) == (1, 1)
    assert "7 descriptors" in program.ok("vectors", "move", "--to", "lite")
    assert settings.load(program.library / "settings.toml").settings.vector_uri == ""
    assert json.loads(program.ok("scan", "--json", album))["decoded"] == 0

    line.cut()
    done = program.run("vectors", "move", "--to", line.uri)
    assert done.returncode == 6
    assert settings.load(program.library / "settings.toml").settings.vector_uri == ""
    assert program.run("vectors", "move", "--to", "somewhere").returncode == 2
