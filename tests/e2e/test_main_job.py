"""The main job on real photos: folders in, correct groups out, the same every time."""

from __future__ import annotations

import io
import json
import os
import random
from collections import defaultdict
from pathlib import Path

import pytest

from albumdedup.assembly import build
from albumdedup.core.decoder.door import Door
from albumdedup.core.executors import ThreadExecutor
from albumdedup.core.paths import AppPaths
from albumdedup.core.ports import Lane
from albumdedup.core.report import write_json
from albumdedup.core.settings import Settings
from albumdedup.core.types import View
from albumdedup.evaluation.album import make_album

pytestmark = pytest.mark.photos

NEARLY_EQUAL_SERIES = ("noah_0", "noah_1", "cmc", "pcb", "pcb_depth")
"""Tripod series whose frames only metadata and noise can tell apart; see docs/verification.md."""


@pytest.fixture(scope="module")
def album(shared_data, tmp_path_factory):
    out = tmp_path_factory.mktemp("album") / "album"
    truth = make_album(
        shared_data / "originals", out, seed=3, copies_per_photo=3, limit=6,
        sequences=shared_data / "sequences",
    )  # fmt: skip
    return out, truth


def scan_and_report(album: Path, place: Path, threads: int) -> dict:
    executor = ThreadExecutor({**dict.fromkeys(Lane, 1), Lane.DECODE: threads})
    library = build(AppPaths(place), Settings(), executor).library
    try:
        library.index([str(album)])
        snapshot = library.snapshot()
        text = io.StringIO()
        write_json(library.find_groups(View(), snapshot), snapshot, text)
        return json.loads(text.getvalue())
    finally:
        library.close()
        executor.close()


@pytest.fixture(scope="module")
def report(album, tmp_path_factory):
    return scan_and_report(album[0], tmp_path_factory.mktemp("library"), threads=2)


def test_every_copy_is_in_one_group_with_its_original(album, report):
    out, truth = album
    keeper_of = {m["path"]: g["id"] for g in report["groups"] for m in g["members"]
                 if m["tier"] in ("identical", "same")}  # fmt: skip
    groups = defaultdict(set)
    alone = []
    for row in truth:
        if row.kind == "frame":
            continue
        group = keeper_of.get(str(out / row.path))
        groups[row.original].add(group)
        if group is None:
            alone.append((row.kind, row.path))
    assert alone == []
    assert {original: len(ids) for original, ids in groups.items() if len(ids) != 1} == {}


def test_no_two_shots_of_a_series_are_the_same_photo(album, report):
    out, truth = album
    shot_of = {str(out / row.path): row.original for row in truth}
    wrong = []
    for group in report["groups"]:
        proven = [m["path"] for m in group["members"] if m["tier"] in ("identical", "same")]
        if len({shot_of[path] for path in proven}) > 1:
            wrong.append(sorted(os.path.relpath(path, out) for path in proven))
    assert [w for w in wrong if not any(name in w[0] for name in NEARLY_EQUAL_SERIES)] == []


def test_only_proven_copies_would_go(report):
    for group in report["groups"]:
        for member in group["members"]:
            if member["role"] == "remove":
                assert member["tier"] in ("identical", "same")
        assert [m["role"] for m in group["members"]].count("keep") >= 1
        assert group["members"][0]["path"] == group["keeper"]


@pytest.mark.parametrize("threads", [8])
def test_the_same_answer_in_any_order_and_with_any_threads(
    album, report, tmp_path, monkeypatch, threads
):
    chance = random.Random(threads)
    real = os.scandir

    class Shuffled:
        def __init__(self, path):
            with real(path) as entries:
                self._entries = list(entries)
            chance.shuffle(self._entries)

        def __iter__(self):
            return iter(self._entries)

        def __enter__(self):
            return self

        def __exit__(self, *exc):
            return None

        def close(self):
            return None

    monkeypatch.setattr(os, "scandir", Shuffled)
    assert scan_and_report(album[0], tmp_path / "library", threads) == report


def test_a_second_scan_opens_nothing_and_answers_the_same(album, tmp_path, monkeypatch):
    first = scan_and_report(album[0], tmp_path / "library", threads=2)

    def refuse(*args, **kwargs):
        raise AssertionError("a file was opened")

    monkeypatch.setattr(Door, "read_file", refuse)
    monkeypatch.setattr(Door, "read_photo", refuse)
    assert scan_and_report(album[0], tmp_path / "library", threads=2) == first
