"""The Python API with real files and stores, and a quick extractor: answers, refusals, Ctrl-C."""

from __future__ import annotations

import dataclasses
import io
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fakes import HistogramExtractor, MemoryVectorStore
from pictures import scene, small_album
from PIL import Image

import albumdedup
from albumdedup.api import CleanUp, ErrorCode, Library, NearPair, Role, Tier
from albumdedup.api.near import near_pairs
from albumdedup.assembly import build, thread_executor
from albumdedup.core.control import Progress, Stage
from albumdedup.core.paths import AppPaths
from albumdedup.core.settings import Settings
from albumdedup.core.types import Match, Snapshot

SHOTS = 4


def opened(place: Path) -> Library:
    settings = Settings(batch=4)
    executor = thread_executor(settings)
    return Library(
        build(
            AppPaths(place), settings, executor,
            extractor=HistogramExtractor, vectors=MemoryVectorStore,
        ),
        executor,
    )  # fmt: skip


@pytest.fixture
def album(tmp_path: Path) -> Path:
    small_album(tmp_path / "album", SHOTS)
    return tmp_path / "album"


@pytest.fixture
def library(tmp_path: Path, album: Path) -> Iterator[Library]:
    with opened(tmp_path / "library") as made:
        made.scan(album)
        yield made


def files(album: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in album.rglob("*.jpg")}


def refused(code: ErrorCode, call, *arguments, **named) -> str:
    """The sentence of the refusal, which stands in the traceback too."""
    with pytest.raises(albumdedup.AlbumError) as caught:
        call(*arguments, **named)
    assert caught.value.code is code
    sentence = albumdedup.describe(caught.value)
    assert sentence in caught.value.__notes__
    return sentence


def test_pairs_are_told_with_what_was_proved(library):
    found = library.find_duplicates()
    assert all(isinstance(pair, NearPair) and pair.similarity >= 0.9 for pair in found)
    assert [pair.tier for pair in found].count(Tier.IDENTICAL) == SHOTS // 2
    assert list(found) == sorted(found, key=lambda p: (-p.similarity, p.a.path, p.b.path))
    strict = library.find_duplicates(threshold=albumdedup.STRICT)
    assert SHOTS // 2 <= len(strict) <= len(found)
    assert set(strict) <= set(found)
    with pytest.raises(dataclasses.FrozenInstanceError):
        found[0].similarity = 2.0


def test_each_photo_keeps_its_nearest_neighbours(library):
    photos = library.photos()[:4]
    photos = [dataclasses.replace(p, content=f"{n:064x}") for n, p in enumerate(photos)]
    a, b, c, d = (photo.content for photo in photos)
    ties = [(a, b, 0.99), (a, c, 0.98), (a, d, 0.97), (c, d, 0.96), (b, c, 0.65)]
    snapshot = Snapshot(tuple(photos), tuple(Match(*tie) for tie in ties))
    kept = [p.similarity for p in near_pairs(snapshot, 0.6, 1)]
    assert kept == [0.99, 0.98, 0.97]  # c's and d's nearest is a
    assert len(near_pairs(snapshot, 0.6, 2)) == 5
    assert len(near_pairs(snapshot, 0.7, None)) == 4
    apart = dataclasses.replace(snapshot, not_duplicates=frozenset({(a, b)}))
    assert [p.similarity for p in near_pairs(apart, 0.975, None)] == [0.98]


def test_groups_by_tier_rule_and_what_may_go(library):
    groups = library.groups(keep="best")
    assert len(groups) == SHOTS // 2
    assert {m.role for g in groups for m in g.members[1:]} == {Role.REMOVE}
    only = library.groups(tiers=["identical"])
    assert {m.tier for g in only for m in g.members} == {Tier.IDENTICAL}
    assert library.groups(tiers="identical") == only
    nothing = library.groups(removable=[])
    assert not [m for g in nothing for m in g.members if m.role is Role.REMOVE]


def test_cleaning_is_planned_then_applied_and_put_back(library, album, tmp_path):
    before = files(album)
    groups = library.groups()
    planned = library.clean(groups)
    assert not planned.applied
    assert len(planned.photos) == SHOTS
    assert planned.bytes > 0
    assert files(album) == before
    assert library.history() == ()

    done = library.clean([group.id for group in groups], to=tmp_path / "removed", apply=True)
    assert done.applied
    assert done.problems == ()
    assert len(files(album)) == len(before) - SHOTS
    assert library.groups() == ()
    assert [one.id for one in library.history()] == [done.operation.id]

    assert library.undo(done).photos == SHOTS
    assert files(album) == before
    assert refused(ErrorCode.NOTHING_TO_UNDO, library.undo)
    assert refused(ErrorCode.NOTHING_TO_UNDO, library.undo, CleanUp(planned.plan))


def test_one_group_is_cleaned_and_the_rule_can_be_chosen_anew(library, album, tmp_path):
    group = library.groups(keep="largest")[0]
    smallest = min(group.members, key=lambda m: m.photo.stamp.size).photo.path
    planned = library.clean(group, keep="smallest")
    assert {item.survivor.path for item in planned.photos} == {smallest}
    assert {item.survivor.path for item in library.clean(group).photos} == {group.keeper.path}
    done = library.clean(group.id, keep="smallest", to=tmp_path / "removed", apply=True)
    assert len(done.photos) == 2
    assert os.path.exists(smallest)
    assert not os.path.exists(group.keeper.path)


def test_an_id_counts_only_as_it_was_answered_last(library, tmp_path):
    group = library.groups()[0]
    library.clean(group, to=tmp_path / "removed", apply=True)
    sentence = refused(ErrorCode.UNKNOWN_GROUP, library.clean, group.id)
    assert group.id in sentence
    refused(ErrorCode.UNKNOWN_GROUP, library.clean, "no such")
    refused(ErrorCode.UNKNOWN_GROUP, library.clean, [7])


def test_nothing_to_take_is_no_operation(library):
    groups = library.groups(removable=[])
    assert not library.clean(groups, apply=True).applied
    assert not library.clean([], apply=True).applied
    assert library.history() == ()


def test_similar_shots_never_go_whatever_a_script_asks(library):
    group = library.groups(tiers=list(Tier), removable=list(Tier))[0]
    keeper, other, *_ = group.members
    forged = dataclasses.replace(other, tier=Tier.SIMILAR, role=Role.REMOVE)
    planned = library.clean(dataclasses.replace(group, members=(keeper, forged)))
    assert planned.photos == ()


def test_search_takes_whatever_holds_a_picture(library, album):
    path = sorted(album.rglob("*.jpg"))[-1]
    image = Image.open(path)
    pixels = np.asarray(image.convert("RGB"))
    for given in (path, str(path), path.read_bytes(), image, pixels):
        hits = library.search(given, top=3)
        assert len(hits) == 3
        assert hits[0].similarity > 0.99
        assert hits[0].photo.path == str(path)
    assert library.search(np.asarray(image.convert("L")))[0].similarity > 0.5
    assert library.search(np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)]))
    assert image.mode == "RGB"


def test_the_bytes_of_a_file_are_searched_as_the_file_is(library, album):
    for path in sorted(album.rglob("*.jpg"))[:3]:
        assert library.search(path.read_bytes()) == library.search(path)


def test_vectors_are_a_copy(library):
    ids, rows = library.vectors()
    assert ids == sorted({photo.content for photo in library.photos()})
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    rows[:] = 0
    assert library.vectors()[1].any()


def test_what_cannot_be_is_refused_in_words(library, tmp_path):
    text = io.BytesIO(b"Dear diary, today I took a photo." * 9).getvalue()
    for given in (text, b"", np.zeros((0, 3, 3), np.uint8), np.zeros((4, 4)), 7, None):
        with pytest.raises(albumdedup.AlbumError):
            library.search(given)
    assert "not a picture" in refused(ErrorCode.NOT_A_PHOTO, library.search, text)
    assert "float64[4, 4]" in refused(ErrorCode.VALUE_REFUSED, library.search, np.zeros((4, 4)))
    refused(ErrorCode.NOT_THERE, library.search, tmp_path / "gone.jpg")
    refused(ErrorCode.VALUE_REFUSED, library.search, text, top=0)
    for low in (0.5, 1.5, "0.9", True):
        assert "0.60" in refused(ErrorCode.VALUE_REFUSED, library.find_duplicates, low)
    refused(ErrorCode.VALUE_REFUSED, library.find_duplicates, top_k=0)
    assert "prettiest" in refused(ErrorCode.VALUE_REFUSED, library.groups, keep="prettiest")
    assert "odd" in refused(ErrorCode.VALUE_REFUSED, library.groups, tiers=["odd"])
    refused(ErrorCode.VALUE_REFUSED, library.groups, tiers=7)
    refused(ErrorCode.VALUE_REFUSED, library.scan, 7)
    refused(ErrorCode.VALUE_REFUSED, library.scan, [7])
    refused(ErrorCode.ROOT_REFUSED, library.scan, "/")
    refused(ErrorCode.UNKNOWN_OPERATION, library.undo, 99)


def test_folders_that_are_not_there(library, album, tmp_path):
    assert str(tmp_path / "gone") in refused(ErrorCode.NOT_THERE, library.scan, tmp_path / "gone")
    assert library.scan([tmp_path / "gone", album]).missing_roots == (str(tmp_path / "gone"),)


def test_an_empty_library_says_so(tmp_path):
    with opened(tmp_path / "empty") as library:
        refused(ErrorCode.NOTHING_SCANNED, library.search, scene(1))
        assert library.groups() == ()
        assert library.find_duplicates() == ()
        ids, rows = library.vectors()
        assert (len(ids), len(rows)) == (0, 0)


def test_a_library_is_open_once(library, tmp_path):
    assert str(tmp_path / "library") in refused(
        ErrorCode.LIBRARY_BUSY, albumdedup.open, tmp_path / "library"
    )
    library.close()
    library.close()
    albumdedup.open(tmp_path / "library").close()


def test_progress_tells_counts(tmp_path, album):
    told: list[Progress] = []
    with opened(tmp_path / "other") as library:
        library.scan(album, told.append)
        last = [one for one in told if one.stage is Stage.READING][-1]
        assert (last.done, last.total) == (10, 10) or last.done == last.total
        library.clean(library.groups(), to=tmp_path / "removed", apply=True, progress=told.append)
    assert told[-1].stage is Stage.CLEANING
    assert told[-1].done == told[-1].total


def test_an_exception_of_the_callback_comes_out_and_the_work_can_go_on(tmp_path, album):
    class Enough(Exception):
        pass

    def never(progress: Progress) -> None:
        raise Enough

    with opened(tmp_path / "other") as library:
        with pytest.raises(Enough):
            library.scan(album, never)
        assert library.scan(album).files == 8
        groups = library.groups()
        with pytest.raises(Enough):
            library.clean(groups, to=tmp_path / "removed", apply=True, progress=never)
        (operation,) = library.history()
        assert operation.finished  # stopped between photos, with its journal written
        library.undo()
        assert len(files(album)) == 8


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_stops_calmly(tmp_path, album):
    def press(progress: Progress) -> None:
        if progress.stage is Stage.READING:
            os.kill(os.getpid(), signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    with opened(tmp_path / "other") as library:
        with pytest.raises(KeyboardInterrupt):
            library.scan(album, press)
        assert signal.getsignal(signal.SIGINT) is before
        assert library.scan(album).files == 8
