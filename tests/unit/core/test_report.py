"""What belongs to a photo stands in every export of the groups."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

from test_grouping import match, photo

from albumdedup.core.grouping import group
from albumdedup.core.report import explaining, write_csv, write_html, write_json
from albumdedup.core.types import (
    Companion,
    CompanionKind,
    FileIdentity,
    Loose,
    Snapshot,
    Stamp,
    View,
)


def album() -> tuple[Snapshot, View]:
    def film(path: str) -> Companion:
        return Companion(path, Stamp(500, 1, FileIdentity(1, 1)), CompanionKind.FILM)

    photos = (
        replace(photo("/a/<b>.HEIC", "x", size=100), companions=(film("/a/<b>.MOV"),)),
        photo("/b/x.HEIC", "y", size=100),
    )
    loose = (Loose("/a/<c>.xmp", CompanionKind.XMP, ("/a/<c>.jpg", "/a/<c>.png")),)
    return Snapshot(photos, (match("x", "y"),), loose=loose), View(rule="best")


def test_json_names_companions_loose_files_and_steps():
    snapshot, view = album()
    file = io.StringIO()
    groups = group(snapshot, view)
    write_json(groups, snapshot, file, explaining(view, snapshot))
    told = json.loads(file.getvalue())
    assert told["summary"]["companions"] == 1
    (only,) = told["groups"]
    assert only["keeper"] == "/a/<b>.HEIC"  # it has its film
    assert "film of the Live Photo" in only["reason"]
    assert only["members"][0]["companions"] == [
        {"path": "/a/<b>.MOV", "kind": "film", "bytes": 500}
    ]
    assert [step["rule"] for step in only["steps"]] == ["best"]
    assert told["loose"] == [
        {"path": "/a/<c>.xmp", "kind": "xmp", "candidates": ["/a/<c>.jpg", "/a/<c>.png"]}
    ]


def test_csv_and_html_name_them_too():
    snapshot, view = album()
    groups = group(snapshot, view)
    file = io.StringIO()
    write_csv(groups, snapshot, file)
    rows = list(csv.DictReader(io.StringIO(file.getvalue())))
    assert [row["companions"] for row in rows] == ["/a/<b>.MOV", ""]
    file = io.StringIO()
    write_html(groups, snapshot, lambda member: None, file)
    page = file.getvalue()
    assert "with &lt;b&gt;.MOV" in page
    assert "/a/&lt;c&gt;.xmp: /a/&lt;c&gt;.jpg, /a/&lt;c&gt;.png" in page
    assert "<b>.MOV" not in page
