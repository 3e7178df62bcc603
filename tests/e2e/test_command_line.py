"""Scan, report, clean, undo, search: the whole way on the command line, with real files."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path

from pictures import small_album


def contents(folder: Path) -> dict[str, tuple[str, int]]:
    """Every file below a folder: path → (SHA-256, mtime_ns)."""
    return {
        str(p): (hashlib.sha256(p.read_bytes()).hexdigest(), p.stat().st_mtime_ns)
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def test_the_whole_way_and_back(program, tmp_path):
    album = tmp_path / "album"
    shots = small_album(album)
    before = contents(album)

    summary = json.loads(program.ok("scan", "--json", album))
    assert (summary["files"], summary["new"], summary["unreadable"]) == (24, 24, 0)
    assert summary["decoded"] == 18  # identical copies are not decoded again
    assert contents(album) == before

    report = program.report()
    assert report["schema"] == 1
    assert report["summary"]["groups"] == 6
    assert report["summary"]["removable_files"] == 12
    groups = {frozenset(m["path"] for m in g["members"]): g for g in report["groups"]}
    assert set(groups) == {frozenset(map(str, files)) for files in shots.values() if len(files) > 1}

    listed = program.ok("clean", "--keep", "best")
    assert "12 copies would go" in listed
    assert contents(album) == before

    moved = program.ok("clean", "--keep", "best", "--apply")
    assert "12 copies" in moved
    left = contents(album)
    assert set(left) == {str(files[0]) for files in shots.values()} or len(left) == 12
    assert {sha for sha, _ in left.values()} <= {sha for sha, _ in before.values()}
    assert program.report()["summary"]["groups"] == 0

    assert "12" in program.ok("undo")
    assert contents(album) == before
    assert program.report()["summary"]["groups"] == 6
    assert "restored 12" in program.ok("history")


def test_clean_into_a_folder_keeps_the_structure(program, tmp_path):
    album, target = tmp_path / "album", tmp_path / "removed"
    small_album(album, 4)
    before = contents(album)
    program.ok("scan", album)
    program.ok("clean", "--apply", "--to", target)
    moved = list(target.rglob("*.jpg"))
    assert len(moved) == 4
    for path in moved:
        assert str(path).endswith(tuple(os.path.relpath(name, album) for name in before))
    program.ok("undo")
    assert contents(album) == before


def test_a_target_inside_the_album_is_refused(program, tmp_path):
    album = tmp_path / "album"
    small_album(album, 2)
    program.ok("scan", album)
    before = contents(album)
    done = program.run("clean", "--apply", "--to", album / "removed")
    assert done.returncode == 5
    assert str(album / "removed") in done.stderr
    assert contents(album) == before


def test_reports_in_every_format(program, tmp_path):
    album = tmp_path / "album"
    small_album(album, 4)
    program.ok("scan", album)
    rows = list(csv.DictReader(io.StringIO(program.ok("report", "--format", "csv"))))
    assert len(rows) == 6
    assert {row["role"] for row in rows} == {"keep", "remove"}
    page = tmp_path / "report.html"
    program.ok("report", "--format", "html", "--out", page)
    text = page.read_text(encoding="utf-8")
    assert text.count("data:image/jpeg;base64,") == 6
    assert "http" not in text
    only = program.report("--tiers", "identical")
    assert {m["tier"] for g in only["groups"] for m in g["members"]} == {"identical"}


def test_search_finds_the_photo_and_its_copies_first(program, tmp_path):
    album = tmp_path / "album"
    shots = small_album(album, 6)
    program.ok("scan", album)
    files = shots["IMG_0002.jpg"]
    hits = json.loads(program.ok("search", files[0], "--top", "3", "--json"))
    assert {hit["path"] for hit in hits} == {str(path) for path in files}
    assert hits[0]["similarity"] >= 0.999


def test_decisions_are_remembered(program, tmp_path):
    album = tmp_path / "album"
    shots = small_album(album, 4)
    program.ok("scan", album)
    program.ok("not-duplicates", *shots["IMG_0000.jpg"])
    assert program.report()["summary"]["groups"] == 1
    program.ok("protect", album / "Backup")
    roles = {m["path"]: m["role"] for g in program.report()["groups"] for m in g["members"]}
    assert roles[str(shots["IMG_0002.jpg"][1])] == "keep"
    program.ok("prefer", album / "Messenger")
    chosen = program.report("--keep", "preferred")["groups"][0]["keeper"]
    assert chosen == str(shots["IMG_0002.jpg"][2])
    assert "8 files" in program.ok("forget", album)
    assert program.report()["summary"]["photos"] == 0


def test_a_moved_photo_is_known_by_its_content(program, tmp_path):
    album = tmp_path / "album"
    small_album(album, 4)
    program.ok("scan", album)
    (album / "Pictures").rename(album / "Renamed")
    summary = json.loads(program.ok("scan", "--json", album))
    assert (summary["new"], summary["decoded"], summary["gone"]) == (4, 0, 4)


def test_doctor_finds_nothing_wrong(program, tmp_path):
    album = tmp_path / "album"
    small_album(album, 2)
    program.ok("scan", album)
    assert "✗" not in program.ok("doctor")


def test_a_rescan_with_nothing_new_imports_neither_torch_nor_milvus(program, tmp_path):
    album = tmp_path / "album"
    small_album(album, 2)
    program.ok("scan", "--threads", "1", album)
    script = (
        "import sys; from albumdedup.cli.main import main;"
        f"main(['scan', '--library', {str(program.library)!r}, {str(album)!r}]);"
        f"main(['report', '--library', {str(program.library)!r}]);"
        "print('LOADED', [m for m in ('torch', 'pymilvus', 'PySide6') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.splitlines()[-1] == "LOADED []"


def test_a_clean_up_inside_a_synced_folder_says_once_that_it_spreads(program, tmp_path):
    album = tmp_path / "Dropbox" / "Photos"
    small_album(album, 4)
    program.ok("scan", album)
    done = program.run("clean")
    assert done.returncode == 0
    assert done.stderr.count(str(tmp_path / "Dropbox")) == 1
    assert "other devices" in done.stderr
