"""Names that are no text, or look like options, code or formulas: the whole way and back."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import unicodedata
from pathlib import Path

import pytest
from pictures import save, scene

pytestmark = pytest.mark.skipif(os.name == "nt", reason="names that Windows does not allow")

NAMES = (
    b"new\nline.jpg", b"tab\there.jpg", b"bytes \xff\xfe.jpg", "\U0001f600.jpg".encode(),
    b"dot at the end.jpg.", b"blank at the end.jpg ", b"-rf.jpg", b'"quotes" \'n all.jpg',
    b"=cmd|' C calc'!A0.jpg", b"<b>&amp;.jpg", b"*?[a] $HOME `id` \\.jpg",
    b"x" * 240 + b".jpg", unicodedata.normalize("NFC", "Zoë.jpg").encode(),
    unicodedata.normalize("NFD", "Zoë.jpg").encode(), b"cut short\x1b[31m.jpg",
)  # fmt: skip


def state(folder: Path) -> dict[bytes, tuple[str, int]]:
    """Every file below a folder by its path: digest and time."""
    found = {}
    for top, _folders, names in os.walk(os.fsencode(folder)):
        for name in names:
            path = os.path.join(top, name)
            data = Path(os.fsdecode(path)).read_bytes()
            found[path] = hashlib.sha256(data).hexdigest(), os.stat(path).st_mtime_ns
    return found


@pytest.fixture
def album(tmp_path) -> Path:
    """Each odd name twice, in two folders; the last one cut short in both."""
    folder = tmp_path / "album"
    for side in ("one", "two"):
        (folder / side).mkdir(parents=True)
    for number, name in enumerate(NAMES):
        data = save(scene(number, (160, 120)), tmp_path / "made.jpg").read_bytes()
        if name.startswith(b"cut short"):
            data = data[: len(data) // 3]
        for side in ("one", "two"):
            with open(os.path.join(os.fsencode(folder / side), name), "wb") as file:
                file.write(data)
    return folder


def test_odd_names_go_the_whole_way_and_come_back(program, album, tmp_path):
    before = state(album)
    copies = len(NAMES) - 1
    summary = json.loads(program.ok("scan", "--json", album))
    assert summary["files"] == 2 * len(NAMES)
    assert [(one["code"], one["files"]) for one in summary["causes"]] == [("truncated", 2)]

    report = program.report()
    assert report["summary"]["removable_files"] == copies
    told = {os.fsencode(m["path"]) for group in report["groups"] for m in group["members"]}
    assert told == {path for path in before if b"cut short" not in path}

    page, table = tmp_path / "report.html", tmp_path / "report.csv"
    program.ok("report", "--format", "html", "--out", page)
    program.ok("report", "--format", "csv", "--out", table)
    html = page.read_bytes().decode("utf-8")  # strictly
    assert "&lt;b&gt;&amp;amp;.jpg" in html
    assert "<b>&amp;" not in html
    rows = list(csv.DictReader(io.StringIO(table.read_bytes().decode("utf-8"), newline="")))
    assert sum(row["role"] == "unreadable" for row in rows) == 2
    assert len(rows) == 2 * len(NAMES)

    text = program.ok("clean", "--keep", "oldest")
    assert "\x1b" not in text
    done = program.run("clean", "--apply", "--to", tmp_path / "removed")
    assert done.returncode == 0, done.stderr
    assert len(state(album)) == len(before) - copies
    program.ok("undo")
    assert state(album) == before
    cut = os.path.join(str(album / "one"), os.fsdecode(NAMES[-1]))
    explained = program.ok("doctor", cut)
    assert "\x1b" not in explained
    assert "ends too early" in explained
