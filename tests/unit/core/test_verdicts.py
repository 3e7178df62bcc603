"""Folder verdicts and "is this card safe to erase?": proven, direct, to a different file."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest
from albums import photo as on_disk
from albums import write
from hypothesis import given, settings
from hypothesis import strategies as st
from test_grouping import content, match, photo

from albumdedup.core.control import Control
from albumdedup.core.grouping import group
from albumdedup.core.types import (
    Companion,
    CompanionFacts,
    CompanionKind,
    Match,
    Photo,
    Problem,
    Reason,
    Role,
    Snapshot,
    Tier,
    View,
)
from albumdedup.core.verdicts import Standing, Ties, judge_card, judge_folders


def shots(folder: str, names: str, **more: object) -> list[Photo]:
    return [photo(f"{folder}/{name}.jpg", name, **more) for name in names]  # type: ignore[arg-type]


def library(*photos: Photo, matches: tuple[Match, ...] = (), **more: object) -> Snapshot:
    return Snapshot(photos, matches, **more)  # type: ignore[arg-type]


# --- folders ------------------------------------------------------------------------------


def test_a_back_up_inside_a_back_up_is_one_sentence():
    album = shots("/p/Album/2019", "abcdefghijklmn") + shots("/p/Album/2020", "op")
    old = shots("/p/Old laptop/Pictures/2019", "abcdefghijkl")
    old += shots("/p/Old laptop/Pictures/New", "z")
    (only,) = judge_folders(library(*album, *old))
    assert (only.folder, only.other) == ("/p/Old laptop/Pictures", "/p/Album/2019")
    assert (only.photos, only.covered, only.around) == (13, 12, False)
    assert only.bytes == 12 * 1000
    assert [(one.path, one.standing) for one in only.rest] == [
        ("/p/Old laptop/Pictures/New/z.jpg", Standing.ALONE)
    ]
    assert only.sentence == (
        "/p/Old laptop/Pictures: 12 of 13 are in /p/Album/2019; the other 1 is New/z.jpg"
    )


def test_of_two_equal_trees_one_is_told_and_the_preferred_one_stays():
    trees = shots("/p/A", "abc"), shots("/p/B", "abc"), shots("/p/C", "abc")
    everything = library(*trees[0], *trees[1], *trees[2])
    assert [(v.folder, v.other) for v in judge_folders(everything)] == [
        ("/p/B", "/p/A"),
        ("/p/C", "/p/A"),
    ]
    preferring = library(*trees[0], *trees[1], *trees[2], preferred=("/p/C",))
    assert [(v.folder, v.other) for v in judge_folders(preferring)] == [
        ("/p/A", "/p/C"),
        ("/p/B", "/p/C"),
    ]


def test_copies_that_are_spread_are_elsewhere_in_the_folder_around():
    here = shots("/p/Phone", "abcd")
    there = [photo(f"/p/{year}/{name}.jpg", name) for year, name in enumerate("abcd", 2019)]
    (only,) = judge_folders(library(*here, *there, *shots("/p/2019", "xyz")))[:1]
    assert (only.folder, only.other, only.around) == ("/p/Phone", "/p", True)
    assert "4 of 4 are elsewhere in /p" in only.sentence


def test_smaller_poorer_edited_copies_and_links_do_not_count():
    old = [
        photo("/p/Old/a.jpg", "a", edge=200),
        photo("/p/Old/b.jpg", "b", extras=("place",)),
        photo("/p/Old/c.jpg", "c"),
        photo("/p/Old/d.jpg", "d", inode=77),
        *shots("/p/Old", "ef"),
    ]
    new = [
        photo("/p/New/a.jpg", "a2", edge=100),
        photo("/p/New/b.jpg", "b2"),
        photo("/p/New/c.jpg", "c2"),
        photo("/p/New/d.jpg", "d", inode=77),
        *shots("/p/New", "ef"),
    ]
    ties = (match("a", "a2"), match("b", "b2"), match("c", "c2", tier=Tier.EDITED))
    snapshot = library(*old, *new, matches=ties)
    judged = {
        one.path: Ties(snapshot).judge(one, lambda other: other.path.startswith("/p/New"))
        for one in old
    }
    assert {os.path.basename(path): v.standing for path, v in judged.items()} == {
        "a.jpg": Standing.ONLY_SMALLER, "b.jpg": Standing.COPY_LACKS,
        "c.jpg": Standing.ONLY_EDITED, "d.jpg": Standing.ALONE,
        "e.jpg": Standing.SAFE, "f.jpg": Standing.SAFE,
    }  # fmt: skip
    assert "100 × 100 of its 200 × 200" in judged["/p/Old/a.jpg"].sentence
    assert "place" in judged["/p/Old/b.jpg"].sentence


def test_not_duplicates_unreadable_and_bins():
    one, two = sorted((content("a"), content("a2")))
    old = [photo("/p/Old/a.jpg", "a"), *shots("/p/Old", "bc"), photo("/p/Old/d.jpg", "d")]
    new = [photo("/p/New/a.jpg", "a2"), *shots("/p/New", "bc"), photo("/p/#recycle/d.jpg", "d")]
    (only,) = judge_folders(
        library(
            *old, *new, *shots("/p/New", "xyz"), matches=(match("a", "a2"),),
            not_duplicates=frozenset({(one, two)}),
            unreadable=(Problem("/p/Old/sub/e.jpg", Reason.DAMAGED),),
        )
    )  # fmt: skip
    assert (only.folder, only.photos, only.covered) == ("/p/Old", 5, 2) or only.covered == 2
    assert {v.standing for v in only.rest} == {Standing.ALONE, Standing.UNREADABLE}


FOLDERS = ("/p/A", "/p/A/x", "/p/B", "/p/B/y/z", "/q", "/p")
NAMES = "abcdefgh"


@st.composite
def libraries(draw: st.DrawFn) -> Snapshot:
    spots = draw(st.sets(st.tuples(st.sampled_from(FOLDERS), st.sampled_from(NAMES)), max_size=30))
    photos = [
        photo(f"{folder}/{name}.jpg", name, edge=draw(st.sampled_from((100, 200))))
        for folder, name in sorted(spots)
    ]
    pairs = draw(st.sets(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=6))
    ties = {tuple(sorted(pair)) for pair in pairs if pair[0] != pair[1]}
    tiers = (Tier.SAME, Tier.EDITED, Tier.SIMILAR)
    matches = tuple(match(a, b, tier=draw(st.sampled_from(tiers))) for a, b in sorted(ties))
    return Snapshot(tuple(draw(st.permutations(photos))), matches)


@settings(max_examples=150, deadline=None)
@given(libraries())
def test_a_verdict_counts_what_a_naive_look_counts(snapshot: Snapshot):
    tied = {(m.a, m.b) for m in snapshot.matches if m.tier is Tier.SAME}

    def holds(other: Photo, one: Photo) -> bool:
        if other.stamp.identity == one.stamp.identity:
            return False
        if other.content == one.content:
            return True
        pair = (min(one.content, other.content), max(one.content, other.content))
        return pair in tied and other.pixels >= one.pixels

    def below(path: str, folder: str) -> bool:
        return PurePosixPath(folder) in PurePosixPath(path).parents

    verdicts = judge_folders(snapshot)
    assert verdicts == judge_folders(
        Snapshot(tuple(sorted(snapshot.photos, key=lambda p: p.path)), snapshot.matches)
    )
    for verdict in verdicts:
        here = [one for one in snapshot.photos if below(one.path, verdict.folder)]
        outside = [one for one in snapshot.photos if not below(one.path, verdict.folder)]
        held = [one for one in here if any(holds(other, one) for other in outside)]
        assert (verdict.photos, verdict.covered) == (len(here), len(held))
        assert {one.path for one in verdict.rest} == {p.path for p in here} - {p.path for p in held}
        if not verdict.around:
            assert not below(verdict.other + "/x", verdict.folder)
            assert not below(verdict.folder + "/x", verdict.other)


# --- one card -----------------------------------------------------------------------------


@pytest.fixture
def card(tmp_path: Path) -> tuple[Path, Path, list[Photo]]:
    """A card with three photos, of which an album holds each."""
    photos = []
    for number, name in enumerate("abc"):
        for place in ("card/DCIM", "album"):
            path = write(tmp_path / place / f"{name}.jpg", name.encode())
            photos.append(on_disk(path, 2 * number + (place == "album")))
    return tmp_path / "card", tmp_path / "album", photos


def test_a_card_whose_photos_are_all_elsewhere_is_safe(card):
    folder, album, photos = card
    write(folder / ".Spotlight-V100" / "index", b"x")
    write(folder / "DCIM" / ".DS_Store", b"x")
    verdict = judge_card(Snapshot(tuple(photos), ()), str(folder), Control())
    assert verdict.safe
    assert {one.copy for one in verdict.held} == {str(album / f"{name}.jpg") for name in "abc"}
    assert verdict.clutter == 2
    assert "is safe to erase: all its 3 photos" in verdict.sentence


def test_whatever_is_not_proved_makes_a_card_unsafe(card):
    folder, album, photos = card
    snapshot = Snapshot(tuple(photos), (), unreadable=(Problem(str(folder / "bad.jpg"),
                                                               Reason.DAMAGED),))  # fmt: skip
    write(folder / "bad.jpg", b"bad")
    write(folder / "film.mp4", b"film")
    write(folder / ".hidden" / "x.jpg", b"hidden")
    (album / "a.jpg").unlink()
    os.utime(album / "b.jpg", (1, 1))
    os.utime(folder / "DCIM" / "c.jpg", (1, 1))
    (folder / "link.jpg").symlink_to(album / "c.jpg")
    verdict = judge_card(snapshot, str(folder), Control())
    assert not verdict.safe
    assert not verdict.held
    assert {os.path.relpath(one.path, folder): one.standing for one in verdict.rest} == {
        "bad.jpg": Standing.UNREADABLE, "film.mp4": Standing.NOT_A_PHOTO,
        ".hidden/x.jpg": Standing.NOT_A_PHOTO, "DCIM/a.jpg": Standing.COPY_GONE,
        "DCIM/b.jpg": Standing.COPY_GONE, "DCIM/c.jpg": Standing.NOT_A_PHOTO,
    }  # fmt: skip
    assert verdict.links == 1
    assert "not safe to erase: 0 of its files are in the library elsewhere, 6 are not" in (
        verdict.sentence
    )


def test_films_and_raw_are_held_where_their_bytes_lie_elsewhere(card):
    folder, album, photos = card
    snapshot = Snapshot(tuple(photos), ())
    for name, data in (("film.mp4", b"film" * 9), ("x.cr2", b"raw"), ("other.mov", b"movi" * 9)):
        write(folder / name, data)
    write(album / "2019" / "renamed.mp4", b"film" * 9)
    write(album / "#recycle" / "x.cr2", b"raw")  # a bin holds nothing
    os.link(folder / "other.mov", album / "link.mov")  # the card's own file
    assert len(judge_card(snapshot, str(folder), Control()).rest) == 3
    roots = [str(album.parent)]
    verdict = judge_card(snapshot, str(folder), Control(), roots)
    assert [os.path.basename(one.path) for one in verdict.rest] == ["other.mov", "x.cr2"]
    assert str(album / "2019" / "renamed.mp4") in {one.copy for one in verdict.held}
    write(album / "x.cr2", b"raw")
    write(album / "other.mov", b"movi" * 9)
    assert judge_card(snapshot, str(folder), Control(), roots).safe
    (album / "x.cr2").write_bytes(b"wAr")
    assert not judge_card(snapshot, str(folder), Control(), roots).safe


def test_another_spelling_or_name_of_the_card_is_not_elsewhere(tmp_path):
    folder = tmp_path / "card"
    first = write(folder / "a.jpg", b"a")
    os.link(first, tmp_path / "twin.jpg")
    write(folder / "b.jpg", b"a")
    (tmp_path / "other").symlink_to(folder)
    paths = [first, folder / "b.jpg", tmp_path / "twin.jpg", tmp_path / "other" / "b.jpg"]
    snapshot = Snapshot(tuple(on_disk(path, n) for n, path in enumerate(paths)), ())
    verdict = judge_card(snapshot, str(folder), Control())
    assert [one.standing for one in verdict.rest] == [Standing.ALONE, Standing.ALONE]
    assert not judge_card(snapshot, str(tmp_path / "none"), Control()).safe


def test_a_unit_on_a_card_is_held_whole_or_not_at_all(tmp_path):
    def unit(place: str, number: int, film: bytes | None) -> Photo:
        still = on_disk(write(tmp_path / place / "IMG_1.HEIC", b"still"), number)
        if film is None:
            return still
        path = write(tmp_path / place / "IMG_1.MOV", film)
        part = Companion(str(path), on_disk(path).stamp, CompanionKind.FILM,
                         CompanionFacts(sample=film.decode()))  # fmt: skip
        return replace(still, companions=(part,))

    card = unit("card", 1, b"film")
    for other, safe in ((None, False), (b"another", False), (b"film", True)):
        snapshot = Snapshot((card, unit("album", 2, other)), ())
        verdict = judge_card(snapshot, str(tmp_path / "card"), Control())
        assert verdict.safe is safe
        assert len(verdict.held) == (2 if safe else 0)
    (tmp_path / "album" / "IMG_1.MOV").unlink()
    assert not judge_card(snapshot, str(tmp_path / "card"), Control()).safe


# --- a tree that is emptied ---------------------------------------------------------------


def test_clearing_a_tree_keeps_what_lies_outside_whatever_the_rule():
    photos = [
        photo("/p/Old/a.jpg", "a", second=0),
        photo("/p/Old/sub/a.jpg", "a", second=1),
        photo("/p/Album/a.jpg", "a2", second=2),
        photo("/p/Zoo/a.jpg", "a", second=3),
        photo("/p/Oldest/b.jpg", "b"),
        photo("/p/Album/b.jpg", "b"),
    ]
    snapshot = library(*photos, matches=(match("a", "a2"),))
    groups = group(snapshot, View(rule="oldest", clear="/p/Old"))
    going = {m.photo.path for g in groups for m in g.members if m.role is Role.REMOVE}
    assert going == {"/p/Old/a.jpg", "/p/Old/sub/a.jpg"}
    assert {g.keeper.path for g in groups} == {"/p/Album/a.jpg", "/p/Album/b.jpg"}


def test_clearing_a_tree_never_takes_the_larger_copy_by_itself():
    photos = [photo("/p/Old/a.jpg", "a", edge=200), photo("/p/Album/a.jpg", "a2", edge=100)]
    (only,) = group(library(*photos, matches=(match("a", "a2"),)), View(clear="/p/Old"))
    assert only.keeper.path == "/p/Album/a.jpg"
    assert only.members[1].role is Role.REVIEW
    assert "outside" in only.reason


@settings(max_examples=150, deadline=None)
@given(libraries(), st.sampled_from(FOLDERS), st.sampled_from(("oldest", "best", "smallest")))
def test_clearing_only_takes_files_below_the_tree(snapshot: Snapshot, folder: str, rule: str):
    groups = group(snapshot, View(rule=rule, clear=folder))
    for one in groups:
        for member in one.members[1:]:
            if member.role is Role.REMOVE:
                assert member.photo.path.startswith(folder + "/")
