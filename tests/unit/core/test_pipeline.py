"""The scan as a whole, without torch and Milvus: what is read, what is kept, what is told."""

from __future__ import annotations

import os
import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import HistogramExtractor, MemoryVectorStore
from pictures import save, scene

from albumdedup.assembly import build
from albumdedup.core import checking, scanner
from albumdedup.core.control import Control, Stage
from albumdedup.core.decoder.door import Door
from albumdedup.core.errors import AlbumError, Cancelled, ErrorCode
from albumdedup.core.executors import InlineExecutor, ThreadExecutor
from albumdedup.core.paths import AppPaths
from albumdedup.core.patience import Patience
from albumdedup.core.ports import Lane
from albumdedup.core.settings import Settings
from albumdedup.core.types import Reason, Tier, View


class Desk:
    """A library whose slow parts are stand-ins, and a record of what was read."""

    def __init__(self, place: Path, monkeypatch, executor=None) -> None:
        self.paths = AppPaths(place)
        self.vectors = MemoryVectorStore()
        self.reads: list[str] = []
        self.decodes = 0
        self.executor = executor or InlineExecutor()
        self.settings = Settings(batch=4, commit_seconds=0.0)
        real = Door.read_file

        def read_file(door, found, edge, wanted, control=None, also=0):
            self.reads.append(found.path)
            result = real(door, found, edge, wanted, control, also)
            self.decodes += result.picture is not None
            return result

        monkeypatch.setattr(Door, "read_file", read_file)
        self.open()

    def open(self) -> None:
        self.library = build(
            self.paths, self.settings, self.executor,
            extractor=HistogramExtractor, vectors=lambda: self.vectors,
        ).library  # fmt: skip

    def reopen(self) -> None:
        self.library.close()
        self.open()

    def scan(self, *roots: Path, **options):
        self.reads.clear()
        self.decodes = 0
        return self.library.index([str(r) for r in roots], **options)

    def groups(self):
        return {
            frozenset(os.path.basename(m.photo.path) for m in g.members): g
            for g in self.library.find_groups(View())
        }


@pytest.fixture
def desk(tmp_path, monkeypatch):
    desk = Desk(tmp_path / "library", monkeypatch)
    yield desk
    desk.library.close()


def test_each_new_file_is_read_once_and_equal_bytes_are_decoded_once(desk, album):
    summary = desk.scan(album)
    assert sorted(desk.reads) == sorted(str(p) for p in album.iterdir())
    assert (summary.files, summary.new, summary.decoded) == (8, 8, 7)
    assert desk.vectors.count() == 7
    groups = desk.groups()
    assert set(groups) == {frozenset({"0.jpg", "0 copy.jpg"}), frozenset({"1.jpg", "1 small.jpg"})}
    assert groups[frozenset({"1.jpg", "1 small.jpg"})].members[1].tier is Tier.SAME


def test_unchanged_files_are_not_opened(desk, album, monkeypatch):
    desk.scan(album)
    monkeypatch.setattr(Door, "read_photo", lambda *a: pytest.fail("opened"))
    summary = desk.scan(album)
    assert desk.reads == []
    assert (summary.new, summary.unchanged) == (0, 8)


def test_only_what_changed_is_read_again(desk, album):
    desk.scan(album)
    save(scene(77), album / "3.jpg")
    summary = desk.scan(album)
    assert desk.reads == [str(album / "3.jpg")]
    assert (summary.new, summary.decoded) == (1, 1)


def test_moved_and_renamed_files_are_known_by_their_content(desk, album):
    desk.scan(album)
    os.rename(album / "2.jpg", album / "renamed.jpg")
    (album / "sub").mkdir()
    os.rename(album / "3.jpg", album / "sub" / "3.jpg")
    summary = desk.scan(album)
    assert len(desk.reads) == 2
    assert (summary.decoded, summary.gone) == (0, 2)
    assert len(desk.library.snapshot().photos) == 8


def test_a_removed_file_leaves_its_group(desk, album):
    desk.scan(album)
    os.unlink(album / "0 copy.jpg")
    assert desk.scan(album).gone == 1
    assert set(desk.groups()) == {frozenset({"1.jpg", "1 small.jpg"})}


def test_a_missing_folder_keeps_its_photos(desk, album, tmp_path):
    desk.scan(album)
    os.rename(album, tmp_path / "unplugged")
    summary = desk.scan(album)
    assert summary.missing_roots == (str(album),)
    assert summary.gone == 0
    assert len(desk.library.snapshot().photos) == 8


def test_photos_of_a_folder_that_hangs_or_goes_and_comes_back_stay(desk, album, monkeypatch):
    """In the midst of the others, at one scan; the next one finds them as they were."""
    (album / "far").mkdir()
    for name in ("2.jpg", "3.jpg"):
        os.rename(album / name, album / "far" / name)
    desk.scan(album)
    real, back = os.scandir, threading.Event()

    def hung(path):
        if str(path).endswith("far"):
            back.wait()
        return real(path)

    def gone(path):
        if str(path).endswith("far"):
            raise FileNotFoundError(2, "unplugged", path)
        return real(path)

    monkeypatch.setattr(scanner, "Patience", lambda: Patience(0.2, tick=0.02))
    for broken, reason in ((hung, Reason.NO_ANSWER), (gone, Reason.VANISHED)):
        monkeypatch.setattr(os, "scandir", broken)
        summary = desk.scan(album)
        monkeypatch.setattr(os, "scandir", real)
        assert [(p.path, p.reason) for p in summary.problems] == [(str(album / "far"), reason)]
        assert (summary.gone, desk.reads) == (0, [])
        assert len(desk.library.snapshot().photos) == 8
        summary = desk.scan(album)
        assert (summary.gone, summary.problems, desk.reads) == (0, (), [])
    back.set()


def test_new_photos_are_compared_with_the_old_ones_only(desk, album, tmp_path):
    desk.scan(album)
    other = tmp_path / "other"
    save(scene(2), other / "again.jpg", quality=80)
    desk.scan(other)
    assert len(desk.reads) == 1
    assert frozenset({"2.jpg", "again.jpg"}) in desk.groups()


def test_one_unreadable_file_is_a_value_and_is_not_tried_again(desk, album):
    (album / "broken.jpg").write_bytes(b"no picture")
    shutil.copy(album / "broken.jpg", album / "broken too.jpg")
    summary = desk.scan(album)
    assert [(os.path.basename(p.path), p.reason) for p in summary.problems] == [
        ("broken too.jpg", Reason.NOT_A_PICTURE),
        ("broken.jpg", Reason.NOT_A_PICTURE),
    ]
    assert summary.unreadable == 2
    assert desk.scan(album).new == 0
    assert len(desk.library.snapshot().unreadable) == 2
    assert set(desk.groups()) == {
        frozenset({"0.jpg", "0 copy.jpg"}),
        frozenset({"1.jpg", "1 small.jpg"}),
    }


def test_cancel_keeps_what_is_done_and_the_next_scan_goes_on(desk, album):
    control = Control()

    def stop(progress):
        if progress.stage is Stage.READING:
            control.cancel()

    with pytest.raises(Cancelled):
        desk.scan(album, control=control, sink=stop)
    kept = desk.vectors.count()
    assert kept >= 1
    desk.reopen()
    desk.scan(album)
    assert desk.decodes == 7 - kept
    assert len(desk.groups()) == 2


def test_pause_holds_and_resume_goes_on(tmp_path, album, monkeypatch):
    executor = ThreadExecutor(dict.fromkeys(Lane, 2))
    desk = Desk(tmp_path / "threads", monkeypatch, executor)
    control, paused = Control(), threading.Event()

    def pause(progress):
        if progress.stage is Stage.READING and not paused.is_set():
            control.pause()
            paused.set()

    worker = threading.Thread(target=lambda: desk.scan(album, control=control, sink=pause))
    worker.start()
    assert paused.wait(30)
    assert worker.is_alive()
    control.resume()
    worker.join(60)
    assert not worker.is_alive()
    assert len(desk.groups()) == 2
    desk.library.close()
    executor.close()


class PowerCut(BaseException):
    """The process died here."""


@pytest.mark.parametrize("where", ["save", "upsert", "mark_indexed", "save_matches"])
def test_death_between_the_stores_is_repaired(desk, album, monkeypatch, where):
    owner = desk.vectors if where == "upsert" else desk.library._parts.catalog

    def die(*args, **kwargs):
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(owner, where, die, raising=True)
        with pytest.raises(PowerCut):
            desk.scan(album)
    desk.reopen()
    desk.scan(album)
    assert len(desk.groups()) == 2
    assert desk.library.health().vectors == desk.library.health().contents == 7
    assert desk.scan(album).new == 0


def test_lost_vectors_are_made_again_with_the_next_new_photo(desk, album):
    desk.scan(album)
    before = set(desk.groups())
    desk.vectors._rows.clear()
    save(scene(50), album / "new.jpg")
    desk.scan(album)
    assert desk.vectors.count() == 8
    assert set(desk.groups()) == before


def test_a_drive_with_a_new_number_is_not_read_again(desk, album):
    desk.scan(album)
    before = [photo.stamp for photo in desk.library.snapshot().photos]
    with desk.library._parts.catalog._database.write() as connection:
        connection.execute("UPDATE files SET volume = 4711")
    assert {p.stamp.identity.volume for p in desk.library.snapshot().photos} == {4711}
    summary = desk.scan(album)
    assert (summary.new, summary.unchanged, desk.reads) == (0, len(before), [])
    assert [photo.stamp for photo in desk.library.snapshot().photos] == before


def test_progress_names_its_stages_and_ends_at_the_total(desk, album):
    seen = []
    desk.scan(album, sink=seen.append)
    assert [p.stage for p in seen if p.done == p.total] == [
        Stage.FINDING,
        Stage.READING,
        Stage.CHECKING,
    ]


def test_search_refuses_what_is_no_photo_and_an_empty_library(desk, album):
    with pytest.raises(AlbumError) as raised:
        desk.library.search(str(album / "0.jpg"))
    assert raised.value.code is ErrorCode.NOTHING_SCANNED
    desk.scan(album)
    with pytest.raises(AlbumError) as raised:
        desk.library.search(str(album / "none.jpg"))
    assert raised.value.code is ErrorCode.NOT_THERE
    (album / "text.jpg").write_text("no photo")
    with pytest.raises(AlbumError) as raised:
        desk.library.search(str(album / "text.jpg"))
    assert raised.value.code is ErrorCode.NOT_A_PHOTO
    assert {
        os.path.basename(h.photo.path) for h in desk.library.search(str(album / "0.jpg"), 2)
    } == {
        "0.jpg",
        "0 copy.jpg",
    }


def test_a_photo_that_changed_since_the_scan_is_not_verified(desk, album, monkeypatch):
    real = checking.check_pairs

    def meanwhile(*args):
        os.utime(album / "1.jpg", (1, 1))
        return real(*args)

    monkeypatch.setattr(checking, "check_pairs", meanwhile)
    desk.scan(album)
    tiers = {m.photo.path: m.tier for g in desk.groups().values() for m in g.members}
    assert Tier.SAME not in tiers.values()
    monkeypatch.undo()
    desk.scan(album)
    assert frozenset({"1.jpg", "1 small.jpg"}) in desk.groups()


class Away(MemoryVectorStore):
    """A server that can be switched off, from its next question on."""

    def __init__(self) -> None:
        super().__init__()
        self.off = False

    def nominate(self, vectors, top):
        if self.off:
            raise AlbumError(ErrorCode.SERVER_SILENT, path="http://nas:19530", detail="off")
        return super().nominate(vectors, top)


@pytest.fixture
def indexed(tmp_path, monkeypatch):
    """A desk whose photos are compared by the index of a server."""
    monkeypatch.setattr("albumdedup.core.delivery.LAST_TRIES", 0)
    desk = Desk(tmp_path / "indexed", monkeypatch)
    desk.vectors = Away()
    desk.settings = replace(desk.settings, join="index", vector_uri="http://nas:19530")
    desk.reopen()
    yield desk
    desk.library.close()


def pairs_in(desk):
    return {(m.a, m.b): (m.similarity, m.tier) for m in desk.library.snapshot().matches}


def test_by_the_index_of_a_server_the_same_is_found(desk, indexed, album):
    early = [album / "0.jpg", album / "1.jpg"]
    for one in (desk, indexed):
        one.scan(*early)
        one.reopen()
        one.scan(album)
    assert pairs_in(indexed) == pairs_in(desk)
    assert set(indexed.groups()) == set(desk.groups()) != set()


def test_what_a_server_that_is_away_cannot_nominate_is_compared_by_the_next_scan(
    desk, indexed, album
):
    desk.scan(album)
    indexed.vectors.off = True
    summary = indexed.scan(album)
    assert summary.vectors_trouble is not None
    assert summary.vectors_trouble.code is ErrorCode.SERVER_SILENT
    assert pairs_in(indexed) == {}
    assert indexed.library.health().unmatched == 7
    indexed.vectors.off = False
    indexed.reopen()
    assert indexed.scan(album).vectors_trouble is None
    assert pairs_in(indexed) == pairs_in(desk) != {}
    assert indexed.library.health().unmatched == 0


def test_without_a_server_there_is_no_index_to_match_by(desk, album, monkeypatch):
    monkeypatch.setattr(MemoryVectorStore, "nominate", lambda *_: pytest.fail("asked"))
    desk.settings = replace(desk.settings, join="index")
    desk.reopen()
    desk.scan(album)
    assert len(desk.groups()) == 2
