"""``evaluate make`` and ``evaluate run`` as a user of the terminal runs them."""

from __future__ import annotations

import json
import re

import pytest
from pictures import save, scene

NASTY = "<img src=x onerror=alert(1)>&'.jpg"


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("source")
    for number in range(3):
        name = NASTY if number == 0 else f"IMG_{number}.jpg"
        save(scene(number, (400, 300)), folder / "photos" / name, taken="2019:05:01 12:03:04")
    for number in range(2):
        save(scene(50 + number, (400, 300)), folder / "series" / "castle" / f"{number}.jpg")
    return folder


def test_make_and_run(program, source, tmp_path):
    album, page, figures = tmp_path / "album", tmp_path / "page.html", tmp_path / "figures.json"
    made = program.ok(
        "evaluate", "make", source / "photos", album, "--seed", 4, "--copies", 9,
        "--sequences", source / "series", "--strip-sequences",
    )  # fmt: skip
    assert made.startswith("34 files in ")
    text = program.ok("evaluate", "run", album, "--json", figures, "--html", page)
    assert text.startswith("34 files: 27 copies against 5 that are none; seed 4\n")
    for word in ("Goals", "pHash", "dHash", "czkawka", "without EXIF"):
        assert word in text
    found = json.loads(figures.read_text())
    assert (found["schema"], found["files"]) == (1, 34)
    assert found["product"]["rows"][-1]["name"] == "all"
    called = {row["name"]: row for row in found["called"]}
    assert called["all"]["copies"] == 27
    assert called["all same"]["same"] >= 0.5
    assert found["product"]["unrelated"] == 0
    html = page.read_text()
    assert "<img src=x" not in html
    assert not re.search(r'(src|href)="(?!data:)', html)
    place = ("--library", tmp_path / "library")
    part = program.ok("evaluate", "run", album, "--limit", 2, "--copies", 4, *place)
    assert part.startswith("14 files: 8 copies")


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (("run", "{tmp}"), 3, "no truth.json"),
        (("run", "{tmp}/nowhere"), 3, "is not there"),
        (("run", "{tmp}/bad"), 6, "does not fit"),
        (("make", "{tmp}/nowhere", "{tmp}/out"), 3, "is not there"),
        (("make", "{tmp}/bad", "{tmp}/out"), 3, "holds no photos"),
        (("make", "{photos}", "{tmp}/bad"), 5, "bad"),
        (("run", "{tmp}", "--limit", "0"), 2, "from 1 on"),
        (("run", "{tmp}/bad", "--extractor", "none"), 2, "no extractor named none"),
    ],
)
def test_bad_input_is_one_sentence_and_a_code(program, source, tmp_path, arguments, code, word):
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "truth.json").write_text('{"schema": 2, "seed": 1, "files": []}')
    filled = [a.format(tmp=tmp_path, photos=source / "photos") for a in arguments]
    done = program.run("evaluate", *filled)
    assert done.returncode == code, done.stderr
    assert word in done.stderr
    assert "Traceback" not in done.stderr
