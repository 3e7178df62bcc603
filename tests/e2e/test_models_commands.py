"""Another extractor, from its weights to groups and search, as a person at the terminal has it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import Program
from pictures import small_album
from random_weights import save_random

SMALL = "mobilenet_v3_small"


def listing(program: Program) -> dict[str, dict[str, object]]:
    return {row["name"]: row for row in json.loads(program.ok("models", "list", "--json"))}


def choose(program: Program, name: str) -> None:
    program.library.mkdir(exist_ok=True)
    (program.library / "settings.toml").write_text(f'extractor = "{name}"\n')


@pytest.mark.slow
def test_from_import_to_groups_and_search(program: Program, tmp_path: Path) -> None:
    choose(program, SMALL)
    album = small_album(tmp_path / "album", 4)
    photo = album["IMG_0000.jpg"][0]
    done = program.run("scan", tmp_path / "album")
    assert done.returncode == 6
    assert f"albumdedup models download {SMALL}" in done.stderr
    before = listing(program)[SMALL]
    assert (before["weights"], before["chosen"]) == ("missing", True)
    weights = save_random(SMALL, tmp_path / "net.pth")
    assert SMALL in program.ok("models", "import", weights)
    after = listing(program)[SMALL]
    assert (after["weights"], after["official"], after["measured"]) == ("here", False, False)
    assert Path(str(after["path"])).stat().st_size == after["bytes"]
    summary = json.loads(program.ok("scan", "--json", tmp_path / "album"))
    assert summary["vectors_waiting"] == 0
    groups = program.report("--tiers", "identical,same")["groups"]
    assert len(groups) == 2, "shots are told apart, and their copies are found"
    hits = json.loads(program.ok("search", photo, "--top", "3", "--json"))
    assert hits[0]["similarity"] >= 0.9999
    assert Path(hits[0]["path"]).name == photo.name
    done = program.run("models", "remove", SMALL)
    assert done.returncode == 0
    assert SMALL in done.stderr, "the library is set to it"
    assert photo.name in program.ok("search", photo), "the bundled one answers again"
    assert program.report()["summary"]["groups"] == 2, "what was found stays"


def test_the_list_names_all_and_what_they_cost(program: Program) -> None:
    text = program.ok("models", "list")
    for name, row in listing(program).items():
        line = next(line for line in text.splitlines() if f" {name} " in line)
        assert str(row["dim"]) in line
        assert str(row["licence"]) in line
        assert ("not measured" in line) is (name != "album")
    assert not (program.library / "models").exists(), "looking makes nothing"


def test_bad_input_is_a_sentence_and_a_code(program: Program, tmp_path: Path) -> None:
    (tmp_path / "cut.pth").write_bytes(b"PK\3\4 and no more")
    for arguments, code, words in (
        (("download", "resnet-50"), 2, "did you mean resnet50?"),
        (("download", "album"), 2, "come with the program"),
        (("remove", "xyz"), 2, "mobilenet_v3_small"),
        (("import", tmp_path / "gone.pth"), 3, "gone.pth"),
        (("import", tmp_path / "cut.pth"), 6, "cut.pth"),
        (("measure", "vgg19", tmp_path), 6, "albumdedup models download vgg19"),
        ((), 2, "usage"),
    ):
        done = program.run("models", *arguments)
        assert done.returncode == code, arguments
        assert words in done.stderr
        assert "Traceback" not in done.stderr
    choose(program, "resnet-50")
    done = program.run("scan", tmp_path)
    assert (done.returncode, "did you mean resnet50?" in done.stderr) == (2, True)
