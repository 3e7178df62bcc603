"""From one extractor to another: what is read, who answers meanwhile, what stays."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes import COLOUR_SPEC, ColourExtractor, HistogramExtractor, MemoryVectorStore, row_of
from pictures import save, scene

from albumdedup.assembly import build
from albumdedup.core import switching
from albumdedup.core.control import Control
from albumdedup.core.decoder.door import Door
from albumdedup.core.embedding import Wish
from albumdedup.core.errors import AlbumError, Cancelled, ErrorCode
from albumdedup.core.executors import InlineExecutor, ThreadExecutor
from albumdedup.core.paths import AppPaths
from albumdedup.core.ports import Lane
from albumdedup.core.settings import Settings
from albumdedup.core.types import Tier, View
from albumdedup.ml.rows import ROWS

OTHER = COLOUR_SPEC.name


class Desk:
    """A library that changes its extractor, and a record of what it read."""

    def __init__(self, place: Path, monkeypatch: pytest.MonkeyPatch, executor=None) -> None:
        monkeypatch.setitem(ROWS, OTHER, row_of(COLOUR_SPEC))
        self.paths = AppPaths(place)
        self.executor = executor or InlineExecutor()
        self.colours, self.finder = ColourExtractor(), HistogramExtractor
        self.refused: AlbumError | None = None
        self.reads: list[str] = []
        monkeypatch.setattr(Door, "read_file", self._counted(Door.read_file))
        self.open()

    def _counted(self, real):
        def read_file(door, found, *rest):
            self.reads.append(os.path.basename(found.path))
            return real(door, found, *rest)

        return read_file

    def _other(self, name: str) -> ColourExtractor:
        assert name == OTHER
        if self.refused is not None:
            raise self.refused
        return self.colours

    def open(self, extractor: str = "album", pca: int = 0) -> None:
        settings = Settings(batch=4, commit_seconds=0.0, extractor=extractor, pca=pca)
        self.dim = pca or (COLOUR_SPEC.dim if extractor == OTHER else 128)
        self.library = build(
            self.paths, settings, self.executor,
            extractor=self.finder, vectors=self._store, other=self._other,
        ).library  # fmt: skip

    def _store(self) -> MemoryVectorStore:
        self.vectors = MemoryVectorStore(self.dim)
        return self.vectors

    def choose(self, extractor: str, pca: int = 0) -> None:
        self.library.close()
        self.open(extractor, pca)

    def scan(self, *roots: Path, **options):
        self.reads.clear()
        return self.library.index([str(root) for root in roots], **options)

    def answering(self) -> str:
        return next((use.space.extractor for use in self.library.spaces() if use.answers), "album")

    def pairs(self) -> dict[frozenset[str], tuple[str, float]]:
        snapshot = self.library.snapshot()
        names = {photo.content: os.path.basename(photo.path) for photo in snapshot.photos}
        return {
            frozenset({names[m.a], names[m.b]}): (m.tier.value, m.similarity)
            for m in snapshot.matches
        }

    def groups(self):
        return [
            (sorted(os.path.basename(m.photo.path) for m in group.members),
             sorted(m.tier.value for m in group.members))
            for group in self.library.find_groups(View())
        ]  # fmt: skip


@pytest.fixture
def desk(tmp_path, monkeypatch):
    desk = Desk(tmp_path / "library", monkeypatch)
    yield desk
    desk.library.close()


CONTENTS = 7


def test_a_choice_that_does_not_answer_yet_is_known_and_taken_up_without_a_folder(desk, album):
    assert not desk.library.unanswered(), "an empty library lacks nothing"
    desk.scan(album)
    assert not desk.library.unanswered()
    desk.choose(OTHER)
    assert desk.library.unanswered()
    summary = desk.scan()
    assert summary.taken_up
    assert (summary.files, summary.described, summary.gone) == (0, CONTENTS, 0)
    assert desk.answering() == OTHER
    assert not desk.library.unanswered()
    desk.choose(OTHER, pca=3)
    assert desk.library.unanswered()
    desk.scan()
    assert not desk.library.unanswered()
    desk.choose(OTHER, pca=2)
    assert desk.library.unanswered()
    desk.choose("album")
    assert desk.library.unanswered()
    desk.scan()
    assert not desk.library.unanswered()
    assert desk.answering() == "album"
    assert not desk.scan(album).taken_up


def test_a_switch_reads_each_content_once_and_keeps_what_is_proven(desk, album):
    desk.scan(album)
    before, groups = desk.pairs(), desk.groups()
    desk.choose(OTHER)
    assert desk.pairs() == before  # nothing changed by the choice alone
    summary = desk.scan(album)
    assert (summary.new, summary.described, summary.undescribed) == (0, CONTENTS, 0)
    assert len(desk.reads) == CONTENTS
    assert desk.answering() == OTHER
    assert desk.vectors.count() == CONTENTS
    proven = {pair: told for pair, told in before.items() if told[0] != Tier.SIMILAR}
    assert proven
    assert proven.items() <= desk.pairs().items()
    assert desk.groups() == groups
    again = desk.scan(album)
    assert (again.described, desk.reads) == (0, [])


def test_back_to_one_that_is_whole_nothing_is_computed(desk, album):
    desk.scan(album)
    before = desk.pairs()
    desk.choose(OTHER)
    desk.scan(album)
    other = desk.pairs()
    desk.choose("album")
    desk.scan(album)
    assert (desk.reads, desk.answering(), desk.pairs()) == ([], "album", before)
    desk.choose(OTHER)
    described = desk.colours.described
    desk.scan(album)
    assert (desk.reads, desk.answering(), desk.pairs()) == ([], OTHER, other)
    assert desk.colours.described == described


def test_new_photos_are_described_for_both_in_one_reading(desk, album):
    desk.choose(OTHER)
    summary = desk.scan(album)
    assert (summary.new, summary.described) == (8, 0)
    assert sorted(desk.reads) == sorted(path.name for path in album.iterdir())
    assert desk.answering() == OTHER
    assert desk.vectors.count() == CONTENTS


def test_a_library_that_switched_is_as_one_that_began_so(tmp_path, monkeypatch, desk, album):
    desk.scan(album)
    desk.choose(OTHER)
    desk.scan(album)
    lanes = dict.fromkeys(Lane, 1) | {Lane.DECODE: 3}
    executor = ThreadExecutor(lanes)
    other = Desk(tmp_path / "another", monkeypatch, executor)
    try:
        other.choose(OTHER)
        for name in sorted((path.name for path in album.iterdir()), reverse=True):
            part = tmp_path / "in parts"
            part.mkdir(exist_ok=True)
            shutil.copy2(album / name, part / name)
            if int(name[0]) % 2:
                other.scan(part)
        other.scan(part)
        assert other.pairs() == desk.pairs()
        assert other.groups() == desk.groups()
        mine = desk.library._parts.catalog
        drawer, theirs = (
            one.drawer(one.answering()) for one in (mine, other.library._parts.catalog)
        )
        assert drawer.vectors()[0] == theirs.vectors()[0]
        np.testing.assert_array_equal(drawer.vectors()[1], theirs.vectors()[1])
    finally:
        other.library.close()
        executor.close()


def test_stopped_it_answers_as_before_and_goes_on_where_it_was(desk, album):
    desk.scan(album)
    before = desk.pairs()
    desk.choose(OTHER)
    control = Control()
    kept = desk.colours.extract

    def extract(batch, *, quick=False):
        if desk.colours.described:
            control.cancel()
        return kept(batch)

    desk.colours.extract = extract
    with pytest.raises(Cancelled):
        desk.scan(album, control=control)
    desk.colours.extract = kept
    (use,) = desk.library.spaces()
    assert 0 < use.described < CONTENTS
    assert (desk.answering(), desk.pairs()) == ("album", before)
    hit = desk.library.search(str(album / "2.jpg"), top=1)[0]
    assert (os.path.basename(hit.photo.path), hit.similarity) == ("2.jpg", 1.0)
    desk.colours.described = 0
    summary = desk.scan(album)
    assert summary.described == CONTENTS - use.described == len(desk.reads)
    assert desk.answering() == OTHER


def test_an_unplugged_drive_does_not_hold_it_up_and_nothing_is_forgotten(desk, album, tmp_path):
    drive = tmp_path / "drive"
    save(scene(2).resize((400, 300)), drive / "2 small.jpg")
    save(scene(30), drive / "30.jpg")
    desk.scan(album, drive)
    proven = {k: v for k, v in desk.pairs().items() if v[0] != Tier.SIMILAR}
    assert frozenset({"2.jpg", "2 small.jpg"}) in proven
    drive.rename(tmp_path / "away")
    desk.choose(OTHER)
    summary = desk.scan(album)
    assert (summary.described, summary.undescribed) == (CONTENTS, 2)
    assert desk.answering() == OTHER
    assert proven.items() <= desk.pairs().items()
    described = desk.colours.described
    assert (desk.scan(album).undescribed, desk.colours.described) == (2, described)
    (tmp_path / "away").rename(drive)
    again = desk.scan(album)
    assert (again.described, again.undescribed) == (2, 0)
    assert desk.vectors.count() == CONTENTS + 2


def test_a_changed_file_is_not_taken_for_what_it_was(desk, album):
    desk.scan(album)
    save(scene(55), album / "4.jpg")
    desk.choose(OTHER)
    elsewhere = album.parent / "elsewhere"
    save(scene(9), elsewhere / "9.jpg")
    summary = desk.scan(elsewhere)
    assert (summary.described, summary.undescribed) == (CONTENTS - 1, 1)
    summary = desk.scan(album)
    assert (summary.new, summary.described, summary.undescribed) == (1, 0, 0)


def test_photos_that_come_in_the_middle_are_found_and_switched_to(desk, album):
    desk.scan(album)
    desk.choose(OTHER)
    save(scene(3).resize((500, 375)), album / "3 small.jpg")
    desk.refused = AlbumError(ErrorCode.WEIGHTS_MISSING, path="colour.safetensors")
    summary = desk.scan(album)
    assert summary.switch_trouble is desk.refused
    assert (summary.new, desk.answering()) == (1, "album")
    assert desk.pairs()[frozenset({"3.jpg", "3 small.jpg"})][0] == Tier.SAME
    desk.refused = None
    summary = desk.scan(album)
    assert (summary.described, summary.switch_trouble) == (CONTENTS + 1, None)
    assert desk.answering() == OTHER


def test_a_search_is_in_the_embedding_that_answers(desk, album):
    desk.scan(album)
    desk.choose(OTHER)
    asked = str(album / "5.jpg")
    desk.refused = AlbumError(ErrorCode.WEIGHTS_MISSING, path="colour.safetensors")
    assert os.path.basename(desk.library.search(asked, 1)[0].photo.path) == "5.jpg"
    desk.refused = None
    desk.scan(album)
    hits = desk.library.search(asked, 8)
    assert (os.path.basename(hits[0].photo.path), hits[0].similarity) == ("5.jpg", 1.0)
    catalog = desk.library._parts.catalog
    ids, rows = catalog.drawer(catalog.answering()).vectors()
    own = rows[ids.index(hits[0].photo.content)]
    expected = sorted((round(float(np.float64(own) @ row), 4) for row in rows), reverse=True)
    assert {hit.similarity for hit in hits} == set(expected)


def test_similar_shots_are_those_of_the_other_embedding_on_the_sliders_scale(desk, album):
    desk.scan(album)
    desk.choose(OTHER)
    desk.scan(album)
    catalog = desk.library._parts.catalog
    ids, rows = catalog.drawer(catalog.answering()).vectors()
    exact = np.round(rows.astype(np.float64) @ rows.T.astype(np.float64), 4)
    near = {
        frozenset({ids[i], ids[j]}): exact[i, j]
        for i in range(len(ids)) for j in range(i) if exact[i, j] >= COLOUR_SPEC.floor
    }  # fmt: skip
    found = {frozenset({m.a, m.b}): m for m in catalog.answers()}
    similar = {pair: m for pair, m in found.items() if m.tier is Tier.SIMILAR}
    assert near.keys() <= found.keys()
    assert len(similar) > 2
    for pair, match in similar.items():
        known, meant = (-1, 0.05, 0.5, 1), (-1, 0.60, 0.90, 1)
        if pair in near:
            assert match.similarity == pytest.approx(np.interp(near[pair], known, meant), abs=1e-4)
        else:
            assert match.evidence.transform is not None


def test_too_many_descriptors_for_the_memory_ask_for_a_reduction(desk, album, monkeypatch):
    desk.scan(album)
    before = desk.pairs()
    desk.choose(OTHER)
    monkeypatch.setattr(switching, "MOST_BYTES", 1000)
    summary = desk.scan(album)
    assert summary.switch_trouble.code is ErrorCode.DESCRIPTORS_TOO_LARGE
    assert (desk.answering(), desk.pairs()) == ("album", before)
    monkeypatch.undo()


def test_compared_by_parts_it_is_the_same(desk, album, monkeypatch):
    desk.scan(album)
    desk.choose(OTHER)
    monkeypatch.setattr(switching, "ROWS_BYTES", 2 * 4 * COLOUR_SPEC.dim)
    desk.scan(album)
    by_parts = desk.pairs()
    catalog = desk.library._parts.catalog
    desk.library.forget_space(OTHER)
    monkeypatch.setattr(switching, "ROWS_BYTES", 1 << 20)
    desk.scan(album)
    assert desk.pairs() == by_parts
    assert catalog.answering().extractor == OTHER


def test_what_is_forgotten_frees_its_place_and_album_answers(desk, album):
    desk.scan(album)
    before = desk.pairs()
    desk.choose(OTHER)
    desk.scan(album)
    (use,) = desk.library.spaces()
    assert (use.described, use.bytes, use.answers) == (CONTENTS, CONTENTS * 48 * 4, True)
    assert desk.library.forget_space(OTHER) == use.bytes
    assert (desk.library.spaces(), desk.answering(), desk.pairs()) == ([], "album", before)
    assert desk.library.forget_space(OTHER) == 0
    with pytest.raises(AlbumError) as refused:
        desk.library.forget_space("album")
    assert refused.value.code is ErrorCode.SPACE_NEEDED


def test_another_version_of_an_extractor_is_another_embedding(desk, album, monkeypatch):
    desk.choose(OTHER)
    desk.scan(album)
    monkeypatch.setitem(ROWS, OTHER, row_of(replace(COLOUR_SPEC, sha256="2" * 64)))
    desk.choose(OTHER)
    with pytest.raises(AlbumError) as outdated:
        desk.library.search(str(album / "1.jpg"))
    assert outdated.value.code is ErrorCode.SPACE_OUTDATED
    assert desk.scan(album).described == CONTENTS
    assert desk.library.search(str(album / "1.jpg"), 1)


# --- reduced -----------------------------------------------------------------------------------


@pytest.fixture
def many(tmp_path):
    """More photos than a reduction to 8 dimensions needs."""
    folder = tmp_path / "many"
    for number in range(14):
        save(scene(number, (160, 120)), folder / f"{number}.jpg")
    save(scene(1).resize((200, 150)), folder / "1 other.jpg")
    return folder


def test_a_reduction_of_what_is_stored_reads_no_photo(desk, many):
    desk.choose(OTHER)
    desk.scan(many)
    full = desk.library.spaces()[0]
    desk.choose(OTHER, pca=8)
    summary = desk.scan(many)
    assert (desk.reads, summary.described, summary.switch_trouble) == ([], 0, None)
    answering = desk.library._parts.catalog.answering()
    assert (answering.dim, answering.source) == (8, full.space.name)
    assert desk.vectors.everything()[1].shape == (15, 8)
    again = desk.scan(many)
    assert again.described == 0
    assert desk.library._parts.catalog.answering() == answering
    hit = desk.library.search(str(many / "3.jpg"), 1)[0]
    assert (os.path.basename(hit.photo.path), hit.similarity) == ("3.jpg", 1.0)
    desk.choose(OTHER)
    desk.scan(many)
    assert (desk.reads, desk.answering()) == ([], OTHER)
    assert desk.library._parts.catalog.answering() == full.space


def test_new_photos_are_reduced_by_the_axes_that_are_there(desk, many):
    desk.choose(OTHER, pca=8)
    desk.scan(many)
    answering = desk.library._parts.catalog.answering()
    before = desk.vectors.everything()[1]
    save(scene(90), many / "90.jpg")
    desk.scan(many)
    assert desk.reads == ["90.jpg"]
    assert desk.library._parts.catalog.answering() == answering
    ids, rows = desk.vectors.everything()
    assert len(ids) == 16
    assert {row.tobytes() for row in before} <= {row.tobytes() for row in rows}


def test_the_first_extractor_can_be_reduced_too(desk, many):
    desk.scan(many)
    desk.choose("album", pca=8)
    desk.scan(many)
    assert desk.reads == []
    answering = desk.library._parts.catalog.answering()
    assert (answering.dim, answering.extractor) == (8, "album")
    hit = desk.library.search(str(many / "7.jpg"), 1)[0]
    assert os.path.basename(hit.photo.path) == "7.jpg"
    desk.choose("album")
    desk.scan(many)
    assert desk.library._parts.catalog.answering() is None
    with pytest.raises(AlbumError):
        desk.library.forget_space("album")


@pytest.mark.parametrize(
    ("dims", "code"), [(400, ErrorCode.PCA_TOO_LARGE), (20, ErrorCode.PCA_TOO_FEW)]
)
def test_a_reduction_that_cannot_be_leaves_the_old_answers(desk, many, dims, code):
    desk.scan(many)
    before = desk.pairs()
    desk.choose(OTHER, pca=dims)
    assert desk.scan(many).switch_trouble.code is code
    assert (desk.answering(), desk.pairs()) == ("album", before)


def test_a_reduction_whose_file_is_damaged_is_made_anew_and_the_old_one_goes(desk, many):
    desk.choose(OTHER, pca=8)
    desk.scan(many)
    old = desk.library._parts.catalog.answering()
    (kept,) = desk.paths.reductions.glob("*.npz")
    kept.write_bytes(kept.read_bytes()[:-9])
    with pytest.raises(AlbumError) as damaged:
        desk.library.search(str(many / "3.jpg"))
    assert damaged.value.code is ErrorCode.PCA_DAMAGED
    save(scene(91), many / "91.jpg")
    desk.scan(many)
    assert desk.reads == ["91.jpg"]
    new = desk.library._parts.catalog.answering()
    assert new.name != old.name
    assert old not in [use.space for use in desk.library.spaces()]
    assert not kept.exists()
    assert desk.library.search(str(many / "3.jpg"), 1)[0].similarity == 1.0


def test_what_a_reduction_keeps_is_measured_without_a_change(desk, many):
    with pytest.raises(AlbumError) as nothing:
        desk.library.fit(OTHER, Wish(8))
    assert nothing.value.code is ErrorCode.NOTHING_DESCRIBED
    desk.choose(OTHER)
    desk.scan(many)
    found = desk.library.fit(OTHER, Wish(12))
    assert (found.top, found.asked, found.among) == (10, 15, 15)
    assert 0.5 < found.recall <= 1
    assert 0.5 < found.variance <= 1
    assert len(desk.library.spaces()) == 1
    desk.choose(OTHER, pca=8)
    desk.scan(many)
    desk.library.forget_space(OTHER)
    assert list(desk.paths.reductions.iterdir()) == []


# --- another version of the one that finds the duplicates ----------------------------------------


class Turned(HistogramExtractor):
    """What a new version brings: nearly the same, from other weights."""

    def extract(self, batch, *, quick=False):
        return np.ascontiguousarray(np.roll(super().extract(batch), 1, axis=1))


def update(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.library.close()
    newer = replace(ROWS["album"].spec, sha256="e" * 64)
    monkeypatch.setitem(ROWS, "album", replace(ROWS["album"], spec=newer))
    desk.finder = Turned
    desk.open()


def test_a_new_version_describes_all_anew_and_proves_nothing_twice(desk, album, monkeypatch):
    desk.scan(album)
    before, groups = desk.pairs(), desk.groups()
    old = desk.library._parts.catalog.vectors()[1]
    update(desk, monkeypatch)
    assert (desk.pairs(), desk.groups()) == (before, groups)
    monkeypatch.setattr(Door, "read_photo", lambda *a: pytest.fail("verified again"))
    save(scene(70), album / "70.jpg")
    summary = desk.scan(album)
    assert (summary.new, len(desk.reads)) == (1, CONTENTS + 1)
    assert (desk.pairs(), desk.groups()) == (before, groups)
    catalog = desk.library._parts.catalog
    assert len(catalog.vectors()[0]) == CONTENTS + 1
    assert not np.array_equal(catalog.vectors()[1][:CONTENTS], old)
    assert (desk.library.spaces(), desk.vectors.count()) == ([], CONTENTS + 1)
    assert (desk.scan(album).new, desk.reads) == (0, [])


def test_a_new_version_that_is_stopped_leaves_the_groups_and_goes_on(desk, album, monkeypatch):
    desk.scan(album)
    before = desk.pairs()
    update(desk, monkeypatch)
    control, real = Control(), Turned.extract

    def extract(self, batch, *, quick=False):
        control.cancel()
        return real(self, batch)

    monkeypatch.setattr(Turned, "extract", extract)
    with pytest.raises(Cancelled):
        desk.scan(album, control=control)
    monkeypatch.setattr(Turned, "extract", real)
    assert desk.pairs() == before
    assert 0 < desk.library.spaces()[0].described < CONTENTS
    described = desk.library.spaces()[0].described
    desk.scan(album)
    assert len(desk.reads) == CONTENTS - described
    assert desk.pairs() == before


def test_a_new_version_forgets_no_photo_of_a_drive_that_is_away(desk, album, tmp_path, monkeypatch):
    drive = tmp_path / "drive"
    save(scene(2).resize((400, 300)), drive / "2 small.jpg")
    desk.scan(album, drive)
    before = desk.pairs()
    assert before[frozenset({"2.jpg", "2 small.jpg"})][0] == Tier.SAME
    drive.rename(tmp_path / "away")
    update(desk, monkeypatch)
    desk.scan(album)
    assert desk.pairs() == before
    (tmp_path / "away").rename(drive)
    assert desk.scan(album, drive).new == 0
    assert desk.reads == ["2 small.jpg"]
    catalog = desk.library._parts.catalog
    assert len(catalog.vectors()[0]) == desk.vectors.count() == CONTENTS + 1
    assert catalog.unmatched_contents() == []
    assert desk.pairs() == before


def test_thresholds_that_were_measured_since_count_from_the_next_scan(desk, album, monkeypatch):
    desk.choose(OTHER)
    desk.scan(album)
    before = desk.pairs()
    stricter = replace(COLOUR_SPEC, floor=0.3, similar=0.7)
    monkeypatch.setitem(ROWS, OTHER, row_of(stricter))
    desk.choose(OTHER)
    assert desk.scan(album).described == 0
    after = desk.pairs()
    assert desk.reads == []
    assert after.keys() < before.keys()
    (use,) = desk.library.spaces()
    assert (use.space.floor, use.space.similar, use.answers) == (0.3, 0.7, True)
