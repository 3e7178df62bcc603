"""What a catalog must do, on real SQLite files."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.pairs import NeighbourPairs, no_pairs, numbered
from albumdedup.core.ports import Catalog, ContentRecord, FileRecord, KnownFile
from albumdedup.core.types import (
    Companion,
    CompanionFacts,
    CompanionKind,
    ContentId,
    DateSource,
    Evidence,
    FileIdentity,
    FoundFile,
    Grade,
    Match,
    Photo,
    PhotoMetadata,
    Problem,
    Reason,
    Stamp,
    TakenDate,
    Tier,
    Transform,
)
from albumdedup.store.catalog import MIGRATIONS, SqliteCatalog, open_catalog
from albumdedup.store.database import Database

RICH = PhotoMetadata(
    original="2019:05:01 12:03:04",
    original_subsec="078",
    original_offset="+02:00",
    camera="Canon EOS 80D\x00\udcff",
    orientation=6,
    extras=("place", "people"),
    tags=44,
)
TAKEN = TakenDate(
    datetime(2019, 5, 1, 12, 3, 4, 78000),
    timedelta(hours=-3, minutes=-30),
    DateSource.EXIF_ORIGINAL,
    Grade.A,
    timedelta(milliseconds=1),
)
A, B, C, D = (ContentId(letter * 64) for letter in "abcd")


def path(*parts: str) -> str:
    return os.path.join(os.path.abspath(os.sep), *parts)


def found(where: str, size: int = 10, file_id: int = 7, birth_ns: int | None = None) -> FoundFile:
    return FoundFile(
        where, Stamp(size, 1_700_000_000_000_000_001, FileIdentity(3, file_id)), birth_ns
    )


def picture(content: ContentId, metadata: PhotoMetadata = PhotoMetadata()) -> ContentRecord:  # noqa: B008
    return ContentRecord(content, 4000, 3000, "JPEG", metadata, False)


def store(catalog: Catalog, where: str, content: ContentId, *, state: str = "matched") -> None:
    catalog.save([FileRecord(found(where), content, None)], [picture(content)])
    if state != "pending":
        catalog.mark_indexed([content])
    if state == "matched":
        catalog.save_matches([content], no_pairs(), no_pairs())


def known_as(stamp: Stamp) -> KnownFile:
    return KnownFile(stamp.size, stamp.mtime_ns, *stamp.identity)


def paths_of(catalog: Catalog) -> list[str]:
    return [photo.path for photo in catalog.photos()]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "catalog.sqlite"


@pytest.fixture
def catalog(place: Path) -> Iterator[SqliteCatalog]:
    opened, rebuilt = open_catalog(place)
    assert not rebuilt
    yield opened
    opened.close()


def test_a_new_catalog_is_empty(catalog: Catalog) -> None:
    assert catalog.known_files([path()]) == {}
    assert catalog.known_contents() == {}
    assert catalog.photos() == []
    assert catalog.matches() == []
    assert catalog.roots() == []
    assert catalog.skipped() == {}
    assert catalog.plain_contents() == set()


def test_a_photo_comes_back_as_it_was_saved(catalog: Catalog) -> None:
    file = found(path("p", "one.jpg"), birth_ns=1_600_000_000_000_000_000)
    record = replace(picture(A, RICH), plain=True)
    catalog.save([FileRecord(file, A, TAKEN)], [record])
    catalog.mark_indexed([A])
    (photo,) = catalog.photos()
    assert photo == Photo(
        photo.id, file.path, file.stamp, A, 4000, 3000, "JPEG", TAKEN, RICH, True, file.birth_ns
    )
    assert catalog.known_contents() == {A: RICH}
    assert catalog.plain_contents() == {A}
    assert catalog.known_files([path("p")]) == {file.path: known_as(file.stamp)}


@pytest.mark.skipif(os.name != "posix", reason="such names are legal on POSIX systems only")
def test_names_that_are_no_text_and_absurd_numbers_survive(catalog: Catalog) -> None:
    name = os.fsdecode(b"/p/\xff\xfe \n'\" \xe2\x82\xac.jpg")
    stamp = Stamp(2**63, 2**70, FileIdentity(2**64 - 1, 2**127))
    catalog.save([FileRecord(FoundFile(name, stamp, -(2**66)), A, None)], [picture(A)])
    catalog.mark_indexed([A])
    (photo,) = catalog.photos()
    assert (photo.path, photo.stamp, photo.birth_ns) == (name, stamp, -(2**66))
    assert catalog.known_files(["/p"]) == {name: known_as(stamp)}
    catalog.remove_files([name])
    assert catalog.photos() == []


def test_below_a_folder_is_not_beside_it(catalog: Catalog) -> None:
    inside = [path("a", "b", "x.jpg"), path("a", "b", "c", "y.jpg"), path("a", "b", "\U0010ffff")]
    beside = [path("a", "bc", "x.jpg"), path("a", "b.jpg"), path("a", "b!", "x"), path("a", "b")]
    for where in inside + beside:
        catalog.save([FileRecord(found(where), None, None)], [])
    assert set(catalog.known_files([path("a", "b")])) == set(inside)
    assert set(catalog.known_files([path("a", "b") + os.sep])) == set(inside)
    assert set(catalog.known_files([path()])) == set(inside + beside)
    assert set(catalog.known_files([path("a", "b", "c"), path("a", "bc")])) == {
        inside[1],
        beside[0],
    }
    assert catalog.known_files([]) == {}


def test_a_path_saved_again_is_replaced_and_keeps_its_id(catalog: Catalog) -> None:
    where = path("p", "one.jpg")
    store(catalog, where, A)
    (before,) = catalog.photos()
    catalog.save([FileRecord(found(where, size=11), B, TAKEN)], [picture(B)])
    catalog.mark_indexed([B])
    (after,) = catalog.photos()
    assert (after.id, after.content, after.stamp.size, after.taken) == (before.id, B, 11, TAKEN)


def test_a_content_goes_from_pending_to_indexed_to_matched(catalog: Catalog) -> None:
    store(catalog, path("one.jpg"), A, state="pending")
    assert (catalog.pending_contents(), catalog.indexed_contents()) == ([A], [])
    assert (catalog.known_contents(), catalog.photos()) == ({}, [])
    assert catalog.known_files([path()])[path("one.jpg")].stamp.size < 0  # read again
    catalog.mark_indexed([A, B])
    assert catalog.known_files([path()])[path("one.jpg")].stamp == found(path("one.jpg")).stamp
    assert (catalog.pending_contents(), catalog.indexed_contents()) == ([], [A])
    assert catalog.unmatched_contents() == [A]
    catalog.save_matches([A], no_pairs(), no_pairs())
    catalog.mark_indexed([A])
    assert catalog.unmatched_contents() == []
    assert catalog.indexed_contents() == [A]


def test_identical_files_share_their_content(catalog: Catalog) -> None:
    store(catalog, path("b.jpg"), A)
    catalog.save([FileRecord(found(path("a.jpg"), file_id=8), A, None)], [])
    assert paths_of(catalog) == [path("a.jpg"), path("b.jpg")]
    assert [p.content for p in catalog.photos_of([A, A, D])] == [A, A]


def test_photos_of_many_contents(catalog: Catalog) -> None:
    ids = [ContentId(f"{number:064x}") for number in range(1200)]
    catalog.save(
        [FileRecord(found(path(f"{n:04}.jpg"), file_id=n), c, None) for n, c in enumerate(ids)],
        [picture(content) for content in ids],
    )
    catalog.mark_indexed(ids)
    assert [p.content for p in catalog.photos_of(ids[::-1])] == ids
    assert len(catalog.photos_of(ids[:3])) == 3


# --- what cannot be read ----------------------------------------------------------------


def test_problems_are_listed_by_path_and_remembered_by_content(catalog: Catalog) -> None:
    bad = Problem(path("z.jpg"), Reason.TRUNCATED, "ends at \udce9 byte 7")
    empty = Problem(path("a.jpg"), Reason.EMPTY)
    catalog.save(
        [
            FileRecord(found(bad.path), A, None, bad),
            FileRecord(found(empty.path), None, None, empty),
            FileRecord(found(path("text.txt")), None, None),
        ],
        [],
    )
    assert catalog.problems() == [empty, bad]
    assert catalog.broken_contents() == {A: bad}
    assert catalog.photos() == []
    known = catalog.known_files([path()])
    assert known[bad.path] == known_as(found(bad.path).stamp)
    assert known[path("text.txt")] == known_as(found(path("text.txt")).stamp)


def test_a_file_that_can_be_read_again_is_no_problem_any_more(catalog: Catalog) -> None:
    bad = Problem(path("a.jpg"), Reason.DAMAGED)
    catalog.save([FileRecord(found(bad.path), A, None, bad)], [])
    store(catalog, bad.path, A)
    assert catalog.problems() == []
    assert catalog.broken_contents() == {}
    assert paths_of(catalog) == [bad.path]


@pytest.mark.parametrize(
    "reason",
    [Reason.NO_RIGHTS, Reason.VANISHED, Reason.CHANGED, Reason.READ_ERROR, Reason.PLACEHOLDER],
)
def test_a_problem_that_may_pass_is_tried_again(catalog: Catalog, reason: Reason) -> None:
    """Giving oneself the right to read changes neither size nor time of a file."""
    bad = Problem(path("a.jpg"), reason)
    catalog.save([FileRecord(found(bad.path), A, None, bad)], [])
    known = catalog.known_files([path()])[bad.path]
    assert known.stamp.size < 0
    assert catalog.problems() == [bad]
    assert catalog.broken_contents() == {}


# --- pairs ----------------------------------------------------------------------------------


@pytest.fixture
def trio(catalog: SqliteCatalog) -> SqliteCatalog:
    """Three photos; C was saved first, so that row numbers and content ids differ in order."""
    for content in (C, A, B):
        store(catalog, path(f"{content[0]}.jpg"), content, state="indexed")
    return catalog


def test_inner_descriptors_go_with_their_content(trio: Catalog) -> None:
    vectors = np.array([[0.5, -0.25], [1, 0]], np.float32)
    trio.save_inner([B, A], vectors)
    ids, found = trio.inner_vectors()
    assert ids == [A, B]
    assert found.dtype == np.float32
    assert found.tolist() == [[1, 0], [0.5, -0.25]]
    store(trio, path("again.jpg"), B, state="indexed")  # decoded anew, without a frame
    assert trio.inner_vectors()[0] == [A]
    trio.forget_contents([A])
    assert trio.inner_vectors()[0] == []


def test_pairs_come_back_ordered(trio: Catalog) -> None:
    assert trio.unmatched_contents() == [A, B, C]
    pairs = [Match(B, C, 0.71), Match(A, B, 0.9123), Match(A, C, 0.8)]
    trio.save_matches([A, B], numbered(pairs), no_pairs())
    assert trio.matches() == sorted(pairs, key=lambda match: (match.a, match.b))
    assert trio.unmatched_contents() == [C]
    assert trio.unverified(0.8) == [Match(A, B, 0.9123), Match(A, C, 0.8)]


def test_a_verdict_stays_when_the_pair_is_found_again(trio: Catalog) -> None:
    lies = Transform((0.5, 0.0, 0.1, 0.0, 0.5, 0.2, 0.0, 0.0, 1.0), 0.25, 1.0, 0.97)
    evidence = Evidence("pixels_agree", 6, 1.25, 3.5, 1.01, 512, lies)
    verdict = Match(A, B, 0.95, Tier.SAME, evidence)
    trio.save_matches([A, B, C], numbered([Match(A, B, 0.95), Match(A, C, 0.9)]), no_pairs())
    trio.save_verdicts([verdict, Match(B, C, 0.99, Tier.SAME, evidence)])
    assert trio.matches() == [verdict, Match(A, C, 0.9)]
    assert trio.unverified(0.0) == [Match(A, C, 0.9)]
    trio.save_matches([], numbered([Match(A, B, 0.9501)]), no_pairs())
    assert trio.matches()[0] == replace(verdict, similarity=0.9501)
    refused = Match(A, C, 0.9, Tier.SIMILAR, Evidence("capture_times_differ"))
    trio.save_verdicts([refused])
    assert trio.matches()[1] == refused
    assert trio.unverified(0.0) == []


def test_pairs_of_unknown_contents_are_left_out(trio: Catalog) -> None:
    trio.save_matches([A], numbered([Match(A, D, 0.9), Match(A, B, 0.8)]), no_pairs())
    assert trio.matches() == [Match(A, B, 0.8)]


def test_a_failure_while_pairs_are_stored_stores_nothing(trio: Catalog) -> None:
    broken_off = NeighbourPairs([A, B], *numbered([Match(A, B, 0.9), Match(A, C, 0.9)]).arrays)
    with pytest.raises(IndexError):
        trio.save_matches([A, B], broken_off, no_pairs())
    assert trio.matches() == []
    assert trio.unmatched_contents() == [A, B, C]


def test_pairs_are_dropped_and_told_as_numbers(trio: Catalog) -> None:
    pairs = [Match(A, B, 0.9123), Match(A, C, 0.8), Match(B, C, -0.25)]
    trio.save_matches([A, B, C], numbered(pairs), no_pairs())
    assert trio.neighbour_pairs().matches() == pairs
    trio.save_matches([], no_pairs(), numbered([Match(C, A, 0.8), Match(A, D, 0.8)]))
    assert trio.matches() == [pairs[0], pairs[2]]
    assert trio.neighbour_pairs().matches() == [pairs[0], pairs[2]]


def test_who_loses_one_of_many_neighbours_is_compared_again(catalog: Catalog) -> None:
    """There may be others in its place, which it has not kept while it had so many."""
    crowd = [ContentId(f"{n:064x}") for n in range(60)]
    for number, content in enumerate(crowd):
        store(catalog, path(f"{number:02}.jpg"), content, state="indexed")
    near = [Match(crowd[0], other, 0.95) for other in crowd[1:42]]
    near += [Match(crowd[50], other, 0.95) for other in crowd[51:55]]
    catalog.save_matches(crowd, numbered(near), no_pairs())
    catalog.forget_contents([crowd[41], crowd[54]])
    assert catalog.unmatched_contents() == [crowd[0]]
    catalog.save_matches([crowd[0]], no_pairs(), no_pairs())
    catalog.forget_contents([crowd[1], crowd[2], crowd[50]])
    assert catalog.unmatched_contents() == [crowd[0]]
    catalog.save_matches([crowd[0]], no_pairs(), no_pairs())
    catalog.forget_contents([crowd[3]])
    assert catalog.unmatched_contents() == []


def test_forgotten_contents_take_pairs_and_files_along(trio: Catalog) -> None:
    trio.save_matches(
        [A, B, C], numbered([Match(A, B, 0.9), Match(B, C, 0.9), Match(A, C, 0.8)]), no_pairs()
    )
    trio.forget_contents([A, D])
    assert trio.matches() == [Match(B, C, 0.9)]
    assert trio.indexed_contents() == [B, C]
    assert path("a.jpg") not in trio.known_files([path()])
    assert paths_of(trio) == [path("b.jpg"), path("c.jpg")]


# --- removal, return, folders ---------------------------------------------------------------


def test_removed_files_return_where_they_were_put(catalog: Catalog) -> None:
    store(catalog, path("one.jpg"), A)
    store(catalog, path("two.jpg"), B)
    before = {photo.content: photo for photo in catalog.photos()}
    catalog.remove_files([path("one.jpg"), path("two.jpg"), path("never.jpg")])
    assert catalog.photos() == []
    assert catalog.known_files([path()]) == {}
    assert catalog.indexed_contents() == [A, B]
    catalog.restore_files({path("one.jpg"): path("one.jpg"), path("two.jpg"): path("two (2).jpg")})
    after = {photo.content: photo for photo in catalog.photos()}
    assert after[A] == before[A]
    assert after[B] == replace(before[B], path=path("two (2).jpg"))
    catalog.restore_files({path("one.jpg"): path("elsewhere.jpg")})
    assert len(catalog.photos()) == 2


def test_a_new_file_at_a_removed_path_is_not_taken_for_the_old_one(catalog: Catalog) -> None:
    store(catalog, path("one.jpg"), A)
    catalog.remove_files([path("one.jpg")])
    store(catalog, path("one.jpg"), B)
    catalog.restore_files({path("one.jpg"): path("one (2).jpg")})
    assert [(p.path, p.content) for p in catalog.photos()] == [
        (path("one (2).jpg"), A),
        (path("one.jpg"), B),
    ]
    assert len({p.id for p in catalog.photos()}) == 2
    catalog.remove_files([path("one.jpg"), path("one (2).jpg")])
    store(catalog, path("one.jpg"), C)
    catalog.restore_files({path("one.jpg"): path("one.jpg")})
    assert [(p.path, p.content) for p in catalog.photos()] == [(path("one.jpg"), B)]


def test_restamp_replaces_the_stamp_and_keeps_the_rest(catalog: Catalog) -> None:
    catalog.save([FileRecord(found(path("one.jpg")), A, TAKEN)], [picture(A, RICH)])
    catalog.mark_indexed([A])
    (before,) = catalog.photos()
    stamp = before.stamp._replace(identity=FileIdentity(99, 7))
    catalog.restamp([FoundFile(before.path, stamp), FoundFile(path("unknown.jpg"), stamp)])
    assert catalog.photos() == [replace(before, stamp=stamp)]


def test_roots_are_folded_and_counts_belong_to_the_latest_scan(catalog: Catalog) -> None:
    catalog.save_scan([path("p", "a"), path("p", "b")], {"videos": 3, "hidden": 1})
    assert catalog.roots() == [path("p", "a"), path("p", "b")]
    catalog.save_scan([path("p", "a")], {"videos": 2})
    catalog.save_scan([path("p", "b") + os.sep], {"videos": 5})
    assert catalog.skipped() == {"videos": 7}
    catalog.save_scan([path("p", "a", "deep")], {"videos": 100})
    assert catalog.roots() == [path("p", "a"), path("p", "b")]
    assert catalog.skipped() == {"videos": 7}
    catalog.save_scan([path("p"), path("q")], {"links": 4})
    assert catalog.roots() == [path("p"), path("q")]
    assert catalog.skipped() == {"links": 4}


def test_forgetting_a_folder_leaves_what_others_still_need(catalog: Catalog) -> None:
    for where, content in (("f/1", A), ("f/2", B), ("g/1", A), ("fg/1", C), ("f/3", D)):
        store(catalog, path(*where.split("/")), content)
    catalog.save_matches([], numbered([Match(A, B, 0.9), Match(A, C, 0.9)]), no_pairs())
    bad = Problem(path("f", "bad"), Reason.DAMAGED)
    catalog.save([FileRecord(found(bad.path), ContentId("e" * 64), None, bad)], [])
    catalog.remove_files([path("f", "3")])
    catalog.save_scan([path("f"), path("g")], {"videos": 1})
    assert catalog.forget_folder(path("f")) == 3
    assert paths_of(catalog) == [path("fg", "1"), path("g", "1")]
    assert catalog.indexed_contents() == [A, C]
    assert catalog.matches() == [Match(A, C, 0.9)]
    assert (catalog.problems(), catalog.broken_contents()) == ([], {})
    assert catalog.roots() == [path("g")]
    catalog.restore_files({path("f", "3"): path("f", "3")})
    assert len(catalog.photos()) == 2
    assert catalog.forget_folder(path("nothing")) == 0


# --- the file -------------------------------------------------------------------------------


def test_all_is_there_after_closing(place: Path) -> None:
    first, _ = open_catalog(place)
    store(first, path("one.jpg"), A)
    expected = first.photos()
    first.close()
    again, rebuilt = open_catalog(place)
    assert not rebuilt
    assert again.photos() == expected
    again.close()


def test_many_threads_may_use_it_at_once(catalog: SqliteCatalog) -> None:
    failures: list[BaseException] = []

    def work(worker: int) -> None:
        try:
            for number in range(20):
                content = ContentId(f"{worker * 100 + number:064x}")
                store(catalog, path(f"{worker}", f"{number}.jpg"), content)
                assert len(catalog.photos_of([content])) == 1
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(catalog.photos()) == 120


@pytest.mark.parametrize("damage", ["no_database", "pages"])
def test_a_damaged_catalog_is_set_aside_and_begun_anew(place: Path, damage: str) -> None:
    if damage == "pages":
        open_catalog(place)[0].close()
        schema = place.stat().st_size
        first, _ = open_catalog(place)
        for number in range(300):
            content = ContentId(f"{number:064x}")
            first.save(
                [FileRecord(found(path(f"{number}.jpg")), content, TAKEN)], [picture(content, RICH)]
            )
        first.close()
        whole = place.read_bytes()
        place.write_bytes(whole[:schema] + bytes([0x5A]) * (len(whole) - schema))
        bad, _ = open_catalog(place)  # the first pages look well: it is met in mid-work
        with pytest.raises(AlbumError) as met:
            bad.photos() or bad.known_files([path()]) or bad.pending_contents()
        assert met.value.code is ErrorCode.LIBRARY_UNUSABLE
        bad.close()
    else:
        place.write_bytes(b"this is no database" * 400)
    kept = place.read_bytes()
    catalog, rebuilt = open_catalog(place)
    assert rebuilt
    assert catalog.photos() == []
    store(catalog, path("one.jpg"), A)
    catalog.close()
    (aside,) = place.parent.glob("catalog.sqlite-damaged-*[0-9]")
    assert aside.read_bytes() == kept
    catalog, rebuilt = open_catalog(place)
    assert not rebuilt
    assert paths_of(catalog) == [path("one.jpg")]
    catalog.close()


def test_a_catalog_of_a_newer_program_is_left_alone(place: Path) -> None:
    import sqlite3
    from contextlib import closing

    open_catalog(place)[0].close()
    with closing(sqlite3.connect(place)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(AlbumError) as refused:
        open_catalog(place)
    assert refused.value.code is ErrorCode.LIBRARY_NEWER
    assert not list(place.parent.glob("*damaged*"))


def test_companions_are_kept_laid_by_and_brought_back(catalog: Catalog) -> None:
    facts = CompanionFacts("2019", "X", "t", 2.5, ("place",), True, "ab", True)
    one = Companion(path("a", "x\udcff.MOV"), found("x").stamp, CompanionKind.FILM, facts)
    two = Companion(path("ab", "x.xmp"), found("y", 3).stamp, CompanionKind.XMP)
    catalog.save_companions([two, one])
    assert catalog.companions() == [one, two]
    assert catalog.known_companions([path("a")]) == {one.path: one.stamp}
    catalog.remove_files([one.path])
    assert catalog.companions() == [two]
    catalog.restore_files({one.path: path("a", "x 2.MOV")})
    assert [c.path for c in catalog.companions()] == [path("a", "x 2.MOV"), two.path]
    catalog.remove_companions([two.path])
    catalog.forget_folder(path("a"))
    assert catalog.companions() == []


# --- descriptors ----------------------------------------------------------------------------


def _described(catalog: SqliteCatalog, count: int) -> tuple[list[ContentId], np.ndarray]:
    ids = [ContentId(f"{number * 7919 % 10_007:064x}") for number in range(count)]
    rows = np.random.default_rng(3).standard_normal((count, 8)).astype(np.float32)
    catalog.save([], [ContentRecord(c, 9, 9, "PNG", PhotoMetadata(), False) for c in ids])
    catalog.save_vectors(ids, rows)
    catalog.mark_indexed(ids)
    return ids, rows


def test_descriptors_come_back_bit_for_bit_in_order_of_content(catalog: SqliteCatalog) -> None:
    assert catalog.vectors()[0] == []
    ids, rows = _described(catalog, 3000)
    order = np.argsort(ids)
    for found, kept in (catalog.vectors(), catalog.vectors(ids)):
        assert found == sorted(ids)
        np.testing.assert_array_equal(kept, rows[order])
    found, kept = catalog.vectors([ids[5], ContentId("f" * 64), ids[2]])
    assert found == sorted([ids[5], ids[2]])
    assert kept.shape == (2, 8)
    assert catalog.vectors([])[1].shape == (0, 0)
    catalog.forget_contents(ids[:10])
    assert len(catalog.vectors()[0]) == 2990
    assert len(catalog.waiting_vectors()) == 2990


def test_a_descriptor_waits_until_the_store_has_it_and_in_a_new_place_again(
    catalog: SqliteCatalog,
) -> None:
    catalog.use_vector_place("")
    ids, rows = _described(catalog, 5)
    assert sorted(catalog.waiting_vectors()) == sorted(ids)
    assert len(catalog.waiting_vectors(2)) == 2
    catalog.mark_delivered(ids[:3])
    assert sorted(catalog.waiting_vectors()) == sorted(ids[3:])
    catalog.save_vectors(ids[:1], rows[1:2])  # another descriptor: sent again
    assert len(catalog.waiting_vectors()) == 3
    catalog.use_vector_place("")
    assert len(catalog.waiting_vectors()) == 3
    catalog.use_vector_place("http://nas:19530")
    assert len(catalog.waiting_vectors()) == 5


def test_a_catalog_of_the_older_schema_keeps_its_rows(tmp_path: Path) -> None:
    place = tmp_path / "catalog.sqlite"
    older = SqliteCatalog(Database(place, MIGRATIONS[:3]))
    content = ContentId("a" * 64)
    older.save([], [ContentRecord(content, 9, 9, "PNG", PhotoMetadata(), False)])
    older.mark_indexed([content])
    older.close()
    newer, rebuilt = open_catalog(place)
    assert not rebuilt
    assert newer.indexed_contents() == newer.vectorless_contents() == [content]
    assert (newer.vectors()[0], newer.waiting_vectors(), newer.vector_space()) == ([], [], "")
    newer.save_vectors([content], np.ones((1, 8), np.float32))
    newer.set_vector_space("one")
    newer.close()
    again, _ = open_catalog(place)
    assert again.vectors()[0] == [content]
    assert again.vectorless_contents() == []
    assert again.vector_space() == "one"
    again.close()


def test_pairs_of_an_older_catalog_keep_their_verdicts(place: Path) -> None:
    older = SqliteCatalog(Database(place, MIGRATIONS[:4]))
    for letter, content in zip("abc", (A, B, C), strict=True):
        older.save([FileRecord(found(path(letter)), content, None)], [picture(content)])
        older.mark_indexed([content])
    with older._database.write() as connection:
        connection.executemany(
            "INSERT INTO pairs (a, b, similarity, tier, evidence) VALUES (?, ?, ?, ?, ?)",
            [
                (1, 2, 0.9123, 1, '{"note":"pixels_agree","residual":1.5}'),
                (1, 3, 0.7, 3, '{"note":"not_compared"}'),
                (2, 3, 0.6001, 3, None),
            ],
        )
    older.close()
    newer, rebuilt = open_catalog(place)
    assert not rebuilt
    first, second, third = newer.matches()
    assert first == Match(A, B, 0.9123, Tier.SAME, Evidence("pixels_agree", residual=1.5))
    assert second == Match(A, C, 0.7, Tier.SIMILAR, Evidence("not_compared"))
    assert [third] == newer.unverified(0.6) == [Match(B, C, 0.6001)]
    newer.close()
