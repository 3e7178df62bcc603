"""What could not be read, by cause, in every export; and when it is tried again."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from pathlib import Path

import pytest
from fakes import HistogramExtractor, MemoryVectorStore
from pictures import save, scene

from albumdedup import assembly
from albumdedup.core.causes import as_facts, by_cause, cause_words, passed_over_words
from albumdedup.core.executors import InlineExecutor
from albumdedup.core.paths import AppPaths
from albumdedup.core.report import write_csv, write_html, write_json
from albumdedup.core.settings import Settings
from albumdedup.core.types import Problem, Reason, Snapshot

PROBLEMS = (
    Problem("/a/2.jpg", Reason.TRUNCATED, "too few bytes"),
    Problem("/a/1.jpg", Reason.TRUNCATED),
    Problem("/a/x.jxl", Reason.UNSUPPORTED, "JPEG XL"),
    Problem("/a/y.heic", Reason.UNSUPPORTED, "HEIF"),
    Problem("/a/bytes \udcff\n.jpg", Reason.EMPTY),
)


def test_causes_come_with_most_files_first_and_formats_apart():
    causes = by_cause(PROBLEMS)
    assert [(c.reason.value, c.kind, len(c.problems)) for c in causes] == [
        ("truncated", "", 2), ("empty", "", 1), ("unsupported", "HEIF", 1),
        ("unsupported", "JPEG XL", 1),
    ]  # fmt: skip
    assert [p.path for p in causes[0].problems] == ["/a/1.jpg", "/a/2.jpg"]
    assert causes[0].line(causes[0].problems[1]) == "/a/2.jpg: too few bytes"
    assert "(HEIF)" in cause_words(causes[2])
    assert as_facts(causes)[0]["files"] == 2


def test_what_was_passed_over_is_said_or_nothing():
    assert passed_over_words({}) == ""
    assert passed_over_words({"snapshot": 2, "link": 1}) == (
        "3 files and folders were passed over: 1 link, 2 snapshots."
    )


def test_every_export_has_causes_and_odd_names_as_utf8():
    snapshot = Snapshot((), (), unreadable=PROBLEMS, skipped={"link": 3})
    for write in (
        lambda file: write_json([], snapshot, file),
        lambda file: write_csv([], snapshot, file),
        lambda file: write_html([], snapshot, lambda member: None, file),
    ):
        file = io.StringIO()
        write(file)
        file.getvalue().encode("utf-8")
        if file.getvalue().startswith("{"):
            told = json.loads(file.getvalue())
            assert [one["files"] for one in told["causes"]] == [2, 1, 1, 1]
            assert {one["path"] for one in told["unreadable"]} == {p.path for p in PROBLEMS}
        elif file.getvalue().startswith("group,"):
            rows = list(csv.DictReader(io.StringIO(file.getvalue())))
            assert {(row["role"], row["note"]) for row in rows} == {
                ("unreadable", p.reason.value) for p in PROBLEMS
            }
        else:
            assert file.getvalue().count("<details") == 4
            assert "3 links" in file.getvalue()


def test_every_reason_is_explained_in_the_page_on_trouble():
    page = Path(__file__).resolve().parents[3] / "docs" / "troubleshooting.md"
    explained = set(re.findall(r"^\| `(\w+)` \|", page.read_text(encoding="utf-8"), re.M))
    assert {reason.value for reason in Reason} <= explained


class Reopened:
    def __init__(self, place: Path) -> None:
        self.place, self.vectors = AppPaths(place), MemoryVectorStore()

    def scan(self, album: Path):
        library = assembly.build(
            self.place, Settings(commit_seconds=0.0), InlineExecutor(),
            extractor=HistogramExtractor, vectors=lambda: self.vectors,
        ).library  # fmt: skip
        try:
            summary = library.index([str(album)])
            return summary, library.snapshot().unreadable
        finally:
            library.close()


def test_broken_photos_are_tried_again_once_by_other_decoders(tmp_path, monkeypatch):
    album, opened = tmp_path / "album", Reopened(tmp_path / "library")
    whole = save(scene(1), album / "good.jpg").read_bytes()
    (album / "cut.jpg").write_bytes(whole[: len(whole) // 3])
    summary, unreadable = opened.scan(album)
    assert (summary.new, summary.unreadable, summary.unread_before) == (2, 1, 0)
    summary, unreadable = opened.scan(album)
    assert (summary.new, summary.unread_before, len(unreadable)) == (0, 1, 1)
    monkeypatch.setattr(assembly, "decoders_stamp", lambda program: "newer")
    summary, unreadable = opened.scan(album)
    assert (summary.new, summary.unreadable, len(unreadable)) == (1, 1, 1)
    summary, unreadable = opened.scan(album)
    assert (summary.new, summary.unread_before, len(unreadable)) == (0, 1, 1)


def test_a_folder_that_could_not_be_looked_into_is_listed_until_it_can_be(tmp_path, monkeypatch):
    album, opened = tmp_path / "album", Reopened(tmp_path / "library")
    save(scene(1), album / "good.jpg")
    save(scene(2), album / "locked" / "a.jpg")
    real = os.scandir

    def scandir(path):
        if os.path.basename(path) == "locked":
            raise PermissionError(13, "Permission denied")
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", scandir)
        _summary, unreadable = opened.scan(album)
    assert [(p.path, p.reason) for p in unreadable] == [(str(album / "locked"), Reason.NO_RIGHTS)]
    _summary, unreadable = opened.scan(album)
    assert unreadable == ()


@pytest.mark.parametrize("gone", [True, False])
def test_the_stamp_of_decoders_names_versions_and_imports_none(gone, monkeypatch):
    from albumdedup.core import decoders

    assert "pillow-" in decoders.decoders_stamp("1.2")
    if gone:
        monkeypatch.setattr(decoders, "find_spec", lambda name: None)
        assert decoders.decoders_stamp("1.2").count(" ") == 0
