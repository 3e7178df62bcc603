"""Groups: each member tied to the keeper itself, each file in one group, in any order."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from albumdedup.core.grouping import MOST_SIMILAR, Grouper, group
from albumdedup.core.types import (
    ContentId,
    DateSource,
    Evidence,
    FileIdentity,
    Grade,
    Group,
    Match,
    Photo,
    PhotoMetadata,
    Role,
    Snapshot,
    Stamp,
    TakenDate,
    Tier,
    Transform,
    View,
)

MTIME = 1_600_000_000 * 10**9


def content(name: str) -> ContentId:
    return ContentId(hashlib.sha256(name.encode()).hexdigest())


def photo(path: str, of: str, *, second: int = 0, edge: int = 100, size: int = 1000,
          inode: int | None = None, plain: bool = False, dated: bool = True,
          extras: tuple[str, ...] = ()) -> Photo:  # fmt: skip
    number = int(hashlib.sha256(path.encode(errors="surrogatepass")).hexdigest()[:8], 16)
    wall = datetime(2019, 5, 1, 12, 0) + timedelta(seconds=10 * second)
    taken = TakenDate(wall, None, DateSource.EXIF_ORIGINAL, Grade.A, timedelta(seconds=1))
    return Photo(
        id=number,
        path=path,
        stamp=Stamp(size, MTIME + second * 10**10, FileIdentity(1, inode or number)),
        content=content(of),
        width=edge,
        height=edge,
        format="JPEG",
        taken=taken if dated else None,
        metadata=PhotoMetadata(extras=extras),
        plain=plain,
    )


def match(a: str, b: str, similarity: float = 0.95, tier: Tier = Tier.SAME) -> Match:
    one, two = sorted((content(a), content(b)))
    return Match(one, two, similarity, tier, Evidence("test") if tier is not Tier.SIMILAR else None)


def shape(groups: list[Group]) -> list[list[str]]:
    """Paths with the first letters of tier and role, the keeper first and bare."""
    return [
        [
            g.keeper.path,
            *(f"{m.photo.path} {m.tier.value} {m.role.value}" for m in g.members[1:]),
        ]
        for g in groups
    ]


def names(groups: list[Group]) -> list[list[str]]:
    return [[member.photo.path for member in g.members] for g in groups]


A, B, C, D = (photo(name, name, second=n) for n, name in enumerate("abcd"))


# --- cores --------------------------------------------------------------------------------


def test_identical_files_are_one_group() -> None:
    copies = (photo("x/1", "x", second=5), photo("y/1", "x", second=3), A)
    (found,) = group(Snapshot(copies, ()), View())
    assert shape([found]) == [["y/1", "x/1 identical remove"]]
    assert found.members[1].similarity == 1.0
    assert found.members[0].role is Role.KEEP
    assert group(Snapshot(copies, ()), View(tiers=frozenset({Tier.SAME}))) == []


def test_same_photo_with_its_identical_copies() -> None:
    photos = (A, photo("a2", "a", second=7), B, photo("b2", "b", second=8))
    found = group(Snapshot(photos, (match("a", "b", 0.97),)), View())
    assert shape(found) == [["a", "a2 identical remove", "b same remove", "b2 same remove"]]
    assert found[0].members[2].similarity == 0.97
    assert found[0].members[2].evidence == Evidence("test")
    keepers = group(Snapshot(photos, (match("a", "b"),)), View(rule="newest"))
    assert keepers[0].keeper.path == "b2"


def test_no_chaining() -> None:
    """a~b~c does not put a with c: the keeper takes only what is tied to it directly."""
    chain = (match("a", "b"), match("b", "c"))
    assert names(group(Snapshot((A, B, C), chain), View())) == [["a", "b"]]
    middle = photo("b", "b", second=-1)
    assert names(group(Snapshot((A, middle, C), chain), View())) == [["b", "a", "c"]]


def test_what_is_left_of_a_chain_tries_again() -> None:
    chain = (match("a", "b"), match("b", "c"), match("c", "d"))
    assert names(group(Snapshot((A, B, C, D), chain), View())) == [["a", "b"], ["c", "d"]]


def test_the_reason_speaks_of_the_photos_shown() -> None:
    chain = (match("a", "b"), match("b", "c"), match("c", "d"))
    (first, _second) = group(Snapshot((A, B, C, D), chain), View())
    assert first.reason == (
        "Kept: taken 2019-05-01 12:00:00, 10 s before the other; both have a camera date."
    )


# --- edited and similar -------------------------------------------------------------------


def test_edited_joins_the_keeper_and_is_not_removed_unless_asked() -> None:
    snapshot = Snapshot((A, B, C), (match("a", "b"), match("a", "c", 0.8, Tier.EDITED)))
    assert shape(group(snapshot, View())) == [["a", "b same remove", "c edited review"]]
    removable = frozenset({Tier.IDENTICAL, Tier.SAME, Tier.EDITED})
    assert shape(group(snapshot, View(), removable)) == [["a", "b same remove", "c edited remove"]]
    without = View(tiers=frozenset(Tier) - {Tier.EDITED})
    assert shape(group(snapshot, without)) == [["a", "b same remove"]]


def test_similar_is_never_removed() -> None:
    snapshot = Snapshot((A, B), (match("a", "b", 0.99, Tier.SIMILAR),))
    assert shape(group(snapshot, View(), frozenset(Tier))) == [["a", "b similar review"]]


def test_the_slider() -> None:
    grouper = Grouper(Snapshot((A, B), (match("a", "b", 0.9, Tier.SIMILAR),)))
    assert grouper.group(View(similarity=0.91)) == []
    assert len(grouper.group(View(similarity=0.90))) == 1
    assert grouper.group(View(similarity=0.91)) == []


def test_the_slider_leaves_proven_pairs_alone() -> None:
    snapshot = Snapshot((A, B), (match("a", "b", 0.75),))
    assert len(group(snapshot, View(similarity=0.99))) == 1
    assert group(snapshot, View(tiers=frozenset({Tier.SIMILAR}), similarity=0.7)) == []


def test_a_star_and_its_strongest_tie() -> None:
    similar = [match("a", "c", 0.92, Tier.SIMILAR), match("b", "c", 0.95, Tier.SIMILAR)]
    snapshot = Snapshot((A, B, C), tuple(similar))
    assert names(group(snapshot, View())) == [["c", "b", "a"]]  # only c is tied to both
    pairs = (match("a", "a2"), match("b", "b2"), *similar)
    photos = (A, photo("a2", "a2", second=8), B, photo("b2", "b2", second=9), C)
    assert names(group(Snapshot(photos, pairs), View())) == [["a", "a2"], ["b", "b2", "c"]]


def test_the_rule_picks_among_those_tied_to_all() -> None:
    triangle = tuple(match(x, y, 0.95, Tier.SIMILAR) for x, y in ("ab", "bc", "ac"))
    assert names(group(Snapshot((A, B, C), triangle), View(rule="newest")))[0][0] == "c"


def test_plain_pictures_never_tie_by_similarity() -> None:
    blank = photo("p", "p", plain=True)
    similar = Snapshot((A, blank), (match("a", "p", 0.99, Tier.SIMILAR),))
    assert group(similar, View()) == []
    assert len(group(Snapshot((A, blank), (match("a", "p", 0.99),)), View())) == 1


# --- decisions ----------------------------------------------------------------------------


def test_not_duplicates() -> None:
    pair = (min(content("a"), content("b")), max(content("a"), content("b")))
    apart = Snapshot((A, B), (match("a", "b"),), not_duplicates=frozenset({pair}))
    assert group(apart, View()) == []


def test_identical_files_that_are_not_duplicates() -> None:
    twin = photo("a2", "a", second=9)
    alone = frozenset({(content("a"), content("a"))})
    assert group(Snapshot((A, twin), (), not_duplicates=alone), View()) == []
    with_b = Snapshot((A, twin, B), (match("a", "b"),), not_duplicates=alone)
    assert names(group(with_b, View())) == [["a", "b"]]
    assert names(group(with_b, View(rule="newest"))) == [["a2", "b"]]


def test_protected_files_stay() -> None:
    photos = (photo("/x/a", "a"), photo("/p/b", "b", second=1), photo("/x/c", "a", second=2))
    snapshot = Snapshot(photos, (match("a", "b"),), protected=("/p",))
    (found,) = group(snapshot, View())
    assert shape([found]) == [["/x/a", "/x/c identical remove", "/p/b same keep"]]
    assert found.members[2].note
    (other,) = group(snapshot, View(rule="newest"))
    assert [m.role for m in other.members] == [Role.KEEP, Role.REMOVE, Role.KEEP]


def test_metadata_that_the_keeper_lacks_is_for_a_person_to_judge() -> None:
    rich = photo("b", "b", second=1, extras=("caption", "place"))
    (found,) = group(Snapshot((A, rich), (match("a", "b"),)), View())
    assert shape([found]) == [["a", "b same review"]]
    assert "place" in found.members[1].note
    assert found.better == "b"
    assert "b" in found.warning


def test_hard_links_free_nothing() -> None:
    photos = (photo("a", "a", inode=7), photo("b", "a", inode=7, second=1), photo("c", "a"))
    (found,) = group(Snapshot(photos, ()), View())
    roles = {m.photo.path: m.role for m in found.members}
    assert roles == {"a": Role.KEEP, "b": Role.REVIEW, "c": Role.REMOVE}


def test_more_pixels_than_a_keeper_of_low_confidence() -> None:
    small = photo("a", "a", second=0, dated=False)
    large = photo("b", "b", second=1, edge=200, dated=False)
    (found,) = group(Snapshot((small, large), (match("a", "b"),)), View())
    assert shape([found]) == [["a", "b same review"]]
    sure = Snapshot((A, photo("b", "b", second=1, edge=200)), (match("a", "b"),))
    (certain,) = group(sure, View())
    assert certain.members[1].role is Role.REMOVE
    assert certain.better == "b"


# --- order and identity -------------------------------------------------------------------


def test_groups_are_ordered_by_tier_then_bytes_then_path() -> None:
    photos = (
        A, B, C, D, photo("i1", "i"), photo("i2", "i", size=1),
        photo("e", "e"), photo("f", "f", size=5000, second=1),
    )  # fmt: skip
    pairs = (match("a", "b"), match("c", "d", 0.95, Tier.SIMILAR), match("e", "f"))
    assert [g.keeper.path for g in group(Snapshot(photos, pairs), View())] == ["i1", "e", "a", "c"]


def test_group_ids() -> None:
    one = group(Snapshot((A, B), (match("a", "b"),)), View())
    two = group(Snapshot((B, A, C), (match("a", "b", 0.8),)), View(rule="newest"))
    assert one[0].id == two[0].id
    assert len(one[0].id) == 16
    assert int(one[0].id, 16) >= 0
    odd = (photo("\udcff/a", "a"), photo("b", "a"))
    assert group(Snapshot(odd, ()), View())[0].id != one[0].id


def test_nothing_to_group() -> None:
    assert group(Snapshot((), ()), View()) == []
    assert group(Snapshot((A,), (match("a", "z"),)), View()) == []
    with pytest.raises(KeyError):
        group(Snapshot((A, B), (match("a", "b"),)), View(rule="prettiest"))


def test_a_long_chain_of_similar_photos() -> None:
    photos = tuple(photo(f"{n:04}", f"n{n}", second=n) for n in range(600))
    for tier in (Tier.SAME, Tier.SIMILAR):
        chain = tuple(match(f"n{n}", f"n{n + 1}", 0.95, tier) for n in range(599))
        found = group(Snapshot(photos, chain), View())
        assert all(2 <= len(g.members) <= 3 for g in found)
        assert sum(len(g.members) for g in found) >= 400


# --- properties ---------------------------------------------------------------------------

CONTENTS = "abcdefg"


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    photos = tuple(
        photo(
            f"/{draw(st.sampled_from('pqr'))}/{n}",
            draw(st.sampled_from(CONTENTS)),
            second=draw(st.integers(0, 3)),
            edge=draw(st.sampled_from([100, 200])),
            dated=draw(st.booleans()),
            plain=draw(st.integers(0, 9)) == 0,
            inode=draw(st.sampled_from([None, None, None, 7])),
            extras=draw(st.sampled_from([(), (), ("place",)])),
        )
        for n in range(draw(st.integers(0, 10)))
    )
    pairs = draw(st.lists(st.tuples(st.sampled_from(CONTENTS), st.sampled_from(CONTENTS))))
    tiers = st.sampled_from([Tier.SAME, Tier.EDITED, Tier.SIMILAR])
    similarity = st.sampled_from([0.8, 0.9, 0.95])
    matches = tuple(match(a, b, draw(similarity), draw(tiers)) for a, b in pairs if a != b)
    apart = draw(st.sets(st.tuples(st.sampled_from(CONTENTS), st.sampled_from(CONTENTS)),
                         max_size=2))  # fmt: skip
    return Snapshot(
        photos,
        matches,
        not_duplicates=frozenset(
            (min(content(a), content(b)), max(content(a), content(b))) for a, b in apart
        ),
        protected=draw(st.sampled_from([(), ("/p",)])),
        preferred=draw(st.sampled_from([(), ("/q",)])),
    )


VIEWS = st.builds(
    View,
    tiers=st.frozensets(st.sampled_from(list(Tier))),
    similarity=st.sampled_from([0.7, 0.9, 0.93]),
    rule=st.sampled_from(["oldest", "newest", "best", "largest", "smallest", "preferred"]),
)


@settings(max_examples=300, deadline=None)
@given(snapshots(), VIEWS, st.frozensets(st.sampled_from(list(Tier))), st.randoms())
def test_promises(snapshot: Snapshot, view: View, removable: frozenset[Tier], dice: Any) -> None:
    found = group(snapshot, view, removable)
    paths = [member.photo.path for g in found for member in g.members]
    assert len(paths) == len(set(paths))
    ties = {(m.a, m.b): [] for m in snapshot.matches}
    for m in snapshot.matches:
        ties[m.a, m.b].append((m.tier, m.similarity))
    for g in found:
        check_group(g, snapshot, view, removable, ties)

    photos, matches = list(snapshot.photos), list(snapshot.matches)
    dice.shuffle(photos)
    dice.shuffle(matches)
    shuffled = Snapshot(
        tuple(photos), tuple(matches), not_duplicates=snapshot.not_duplicates,
        protected=snapshot.protected, preferred=snapshot.preferred,
    )  # fmt: skip
    assert group(shuffled, view, removable) == found


def check_group(
    g: Group,
    snapshot: Snapshot,
    view: View,
    removable: frozenset[Tier],
    ties: dict[tuple[ContentId, ContentId], list[tuple[Tier, float]]],
) -> None:
    assert len(g.members) > 1
    assert g.members[0].role is Role.KEEP
    assert g.reason.startswith("Kept: ")
    for member in g.members[1:]:
        pair = tuple(sorted((g.keeper.content, member.photo.content)))
        assert pair not in snapshot.not_duplicates
        assert member.tier in view.tiers
        if member.tier is Tier.IDENTICAL:
            assert pair[0] == pair[1]
        else:
            assert (member.tier, member.similarity) in ties[pair]
        if member.tier is Tier.SIMILAR:
            assert member.similarity >= view.similarity
            assert not member.photo.plain
        if member.role is Role.REMOVE:
            assert member.tier in removable - {Tier.SIMILAR}
            assert not member.photo.path.startswith(snapshot.protected or "\0")
            assert member.photo.stamp.identity != g.keeper.stamp.identity
            assert set(member.photo.metadata.extras) <= set(g.keeper.metadata.extras)


@settings(max_examples=60, deadline=None)
@given(snapshots(), st.lists(VIEWS, min_size=2, max_size=6))
def test_what_is_remembered_changes_no_answer(snapshot: Snapshot, views: list[View]) -> None:
    grouper = Grouper(snapshot)
    for view in views:
        assert grouper.group(view) == group(snapshot, view)


# --- shots of one scene -------------------------------------------------------------------


def noted(a: str, b: str, similarity: float, note: str) -> Match:
    return replace(match(a, b, similarity, Tier.SIMILAR), evidence=Evidence(note))


def shot(name: str, seconds: float, camera: str | None = "Camera") -> Photo:
    base = photo(name, name)
    assert base.taken is not None
    taken = replace(base.taken, wall=base.taken.wall + timedelta(seconds=seconds))
    return replace(base, taken=taken, metadata=PhotoMetadata(camera=camera))


@pytest.mark.parametrize(
    ("note", "similarity", "grouped"),
    [
        ("each_shows_more", 0.91, True),
        ("no_alignment", 0.91, False),
        ("no_alignment", 0.97, True),
        ("not_compared", 0.91, False),
        ("low_detail", 0.99, False),
    ],
)
def test_what_nothing_ties_needs_more_to_be_similar(
    note: str, similarity: float, grouped: bool
) -> None:
    found = group(Snapshot((A, B), (noted("a", "b", similarity, note),)), View(similarity=0.9))
    assert bool(found) is grouped


def aligned(a: str, b: str, similarity: float, note: str, correlation: float) -> Match:
    whole = Transform((1.0, 0, 0, 0, 1.0, 0, 0, 0, 1.0), 1.0, 1.0, correlation)
    return replace(noted(a, b, similarity, note), evidence=Evidence(note, transform=whole))


@pytest.mark.parametrize(
    ("note", "correlation", "grouped"),
    [
        ("cannot_tell", 0.95, True),
        ("low_detail", 0.95, True),
        ("cannot_tell", 0.85, False),
        ("each_shows_more", 0.95, False),
    ],
)
def test_one_view_is_similar_whatever_the_descriptor_says(
    note: str, correlation: float, grouped: bool
) -> None:
    pair = aligned("a", "b", 0.8, note, correlation)
    assert bool(group(Snapshot((A, B), (pair,)), View(similarity=0.9))) is grouped


@pytest.mark.parametrize("correlation", [0.95, 0.5])
def test_edits_of_each_other_stand_beside_the_original_that_shows_their_view(
    correlation: float,
) -> None:
    photos = tuple(photo(name, name) for name in "abcd")
    pairs = (
        match("a", "b"),
        match("c", "d", 0.95, Tier.EDITED),
        aligned("a", "c", 0.97, "cannot_tell", correlation),
        aligned("a", "d", 0.97, "cannot_tell", 0.95),
    )
    together = [["a", "b", "c", "d"]] if correlation > 0.9 else [["a", "b"], ["c", "d"]]
    assert [sorted(one) for one in names(group(Snapshot(photos, pairs), View()))] == together


@pytest.mark.parametrize(
    ("photos", "burst"),
    [
        ((shot("a", 0), shot("b", 2.5), shot("c", 9)), True),
        ((shot("a", 0), shot("b", 2.5), shot("c", 19)), False),
        ((shot("a", 0), shot("b", 1), shot("c", 2, "Another")), False),
        ((shot("a", 0, None), shot("b", 1, None), shot("c", 2, None)), False),
        ((shot("a", 0), shot("b", 0), shot("c", 0)), False),
        ((shot("a", 0), shot("b", 1), replace(shot("c", 2), taken=None)), False),
    ],
)
def test_a_burst_is_named(photos: tuple[Photo, ...], burst: bool) -> None:
    pairs = [match(a, b, 0.95, Tier.SIMILAR) for a, b in ("ab", "ac", "bc")]
    (found,) = group(Snapshot(photos, tuple(pairs)), View())
    assert found.burst is burst
    assert found.reason.startswith("A burst: 3 shots in 9 s. Kept") is burst


def test_copies_are_no_burst() -> None:
    photos = (shot("a", 0), shot("b", 2))
    (found,) = group(Snapshot(photos, (match("a", "b"),)), View())
    assert not found.burst


def test_of_a_wall_of_similar_shots_the_nearest_are_shown_and_the_rest_counted() -> None:
    count = MOST_SIMILAR + 30
    shots = [photo("keeper", "keeper")] + [photo(f"s{n:04}", f"s{n:04}") for n in range(count)]
    pairs = [match("keeper", f"s{n:04}", 0.99 - n * 1e-4, Tier.SIMILAR) for n in range(count)] + [
        match("keeper", "keeper-copy", 0.999)
    ]
    (found,) = group(Snapshot((*shots, photo("keeper-copy", "keeper-copy")), tuple(pairs)), View())
    assert found.left_out == 30
    assert len(found.members) == 2 + MOST_SIMILAR
    assert found.members[1].photo.path == "keeper-copy"
    assert min(m.similarity for m in found.members) == pytest.approx(0.99 - 199e-4)
    assert "30 more shots" in found.warning
