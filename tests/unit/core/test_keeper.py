"""Which copy stays, the sentence that says why, and the warning."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from albumdedup.core.keeper import RULES, KeepContext, choose_keeper, explain, inside, lacks
from albumdedup.core.types import (
    Companion,
    CompanionFacts,
    CompanionKind,
    ContentId,
    DateSource,
    FileIdentity,
    Grade,
    Photo,
    PhotoMetadata,
    Stamp,
    TakenDate,
)

NOTHING = KeepContext()
SECOND = timedelta(seconds=1)
MTIME = 1_600_000_000


def on(
    text: str, *, grade: Grade = Grade.A, source: DateSource = DateSource.EXIF_ORIGINAL,
    offset: int | None = None,
) -> TakenDate:  # fmt: skip
    zone = None if offset is None else timedelta(hours=offset)
    step = timedelta(days=1) if grade is Grade.C else SECOND
    return TakenDate(datetime.fromisoformat(text), zone, source, grade, step)


NOON = on("2019-05-01 12:03:04")


def photo(
    name: str, *, taken: TakenDate | None = NOON, size: int = 1000, edge: int = 100,
    mtime: float = MTIME, birth: float | None = None, kind: str = "JPEG", **facts: Any,
) -> Photo:  # fmt: skip
    number = int(hashlib.sha256(name.encode()).hexdigest()[:8], 16)
    return Photo(
        id=number,
        path=name if name.startswith("/") else f"/album/{name}",
        stamp=Stamp(size, int(mtime * 10**9), FileIdentity(1, number)),
        content=ContentId(hashlib.sha256(name.encode()).hexdigest()),
        width=edge,
        height=edge,
        format=kind,
        taken=taken,
        metadata=PhotoMetadata(**facts),
        birth_ns=None if birth is None else int(birth * 10**9),
    )


def kept(photos: list[Photo], rule: str, context: KeepContext = NOTHING) -> str:
    names = {
        choose_keeper(order, rule, context).keeper.path for order in itertools.permutations(photos)
    }
    assert len(names) == 1, names
    return names.pop().removeprefix("/album/")


# --- newest and oldest --------------------------------------------------------------------


def test_by_date_taken() -> None:
    early, late = photo("b.jpg"), photo("a.jpg", taken=on("2019-05-01 12:03:07"), mtime=5)
    assert (kept([early, late], "oldest"), kept([early, late], "newest")) == ("b.jpg", "a.jpg")
    assert choose_keeper([early, late], "oldest", NOTHING).reason == (
        "Kept: taken 2019-05-01 12:03:04, 3 s before the other; both have a camera date."
    )
    assert choose_keeper([early, late], "newest", NOTHING).reason == (
        "Kept: taken 2019-05-01 12:03:07, 3 s after the other; both have a camera date."
    )
    assert not choose_keeper([early, late], "newest", NOTHING).unsure


def test_three_photos_and_other_sources() -> None:
    photos = [photo(f"{n}.jpg", taken=on(f"2019-05-0{n} 12:00:00")) for n in (1, 2, 4)]
    assert choose_keeper(photos, "newest", NOTHING).reason == (
        "Kept: taken 2019-05-04 12:00:00, 2 days after the next; all have a camera date."
    )
    named = on("2018-05-01 12:00:00", grade=Grade.B, source=DateSource.FILE_NAME)
    assert choose_keeper([photos[0], photo("n.jpg", taken=named)], "oldest", NOTHING).reason == (
        "Kept: taken 2018-05-01 12:00:00 (file name), 12 months before the next (camera date)."
    )


def test_equal_dates_go_on_to_the_file_time() -> None:
    original = photo("z/IMG_1.jpg", mtime=MTIME)
    copy = photo("a.jpg", mtime=MTIME + 3 * 86400)
    choice = choose_keeper([copy, original], "oldest", NOTHING)
    assert choice.keeper is original
    assert choice.unsure
    assert "the oldest file" in choice.reason
    assert "3 days before the next" in choice.reason
    assert "low confidence" in choice.reason
    assert kept([original, copy], "newest") == "a.jpg"


def test_the_earlier_of_modification_and_birth_counts() -> None:
    restored = photo("a.jpg", mtime=MTIME - 86400, birth=MTIME + 86400)
    other = photo("b.jpg", mtime=MTIME, birth=MTIME)
    assert kept([restored, other], "oldest") == "a.jpg"
    assert kept([restored, replace(other, birth_ns=1_000_000_000 * 10**9)], "oldest") == "b.jpg"


def test_file_times_within_a_step_of_fat_do_not_decide() -> None:
    small, large = photo("a.jpg", mtime=MTIME), photo("b.jpg", mtime=MTIME + 2, edge=200)
    for rule in ("oldest", "newest"):
        assert kept([small, large], rule) == "b.jpg"
    reason = choose_keeper([small, large], "oldest", NOTHING).reason
    assert reason == (
        "Kept: more pixels (200 × 200 against 100 × 100); by the rule itself they are equal."
    )


def test_a_zone_artefact_is_not_newer() -> None:
    here = photo("a.jpg", taken=on("2019-05-01 12:03:04", offset=2), mtime=MTIME)
    stripped = photo("b.jpg", taken=on("2019-05-01 10:03:04"), mtime=MTIME + 50)
    assert kept([here, stripped], "oldest") == "a.jpg"
    assert kept([here, stripped], "newest") == "b.jpg"
    assert choose_keeper([here, stripped], "oldest", NOTHING).unsure


@pytest.mark.parametrize("rule", ["oldest", "newest"])
def test_a_name_with_only_a_day_never_wins(rule: str) -> None:
    day = on(
        "2018-05-01" if rule == "oldest" else "2020-05-01",
        grade=Grade.C,
        source=DateSource.FILE_NAME,
    )
    messenger = photo("IMG-20180501-WA0001.jpg", taken=day, mtime=MTIME - 10**6)
    assert kept([photo("DSC.jpg"), messenger], rule) == "DSC.jpg"
    choice = choose_keeper([messenger, photo("DSC.jpg")], rule, NOTHING)
    assert choice.unsure
    assert choice.reason == (
        "Kept: taken 2019-05-01 12:03:04 (camera date); the other has no sure date."
    )


def test_without_any_date_the_oldest_file() -> None:
    hint = on("2001-01-01", grade=Grade.D, source=DateSource.FILE_TIME)
    photos = [photo("a.jpg", taken=hint, mtime=MTIME), photo("b.jpg", taken=None, mtime=MTIME - 9)]
    assert kept(photos, "oldest") == "b.jpg"
    assert "no date taken is known" in choose_keeper(photos, "oldest", NOTHING).reason


def test_a_file_time_of_zero_is_none() -> None:
    assert kept([photo("a.jpg", mtime=0), photo("b.jpg")], "oldest") == "b.jpg"
    assert kept([photo("a.jpg", mtime=0), photo("bb.jpg", mtime=0)], "oldest") == "a.jpg"


# --- the other rules ----------------------------------------------------------------------


def test_best_is_pixels_then_lineage_then_metadata_then_bytes() -> None:
    camera = {"camera": "Apple iPhone 12", "tags": 40}
    heic = photo("a.heic", kind="HEIF", size=1000, **camera)
    jpeg = photo("a.jpg", size=3000, **camera)
    png = photo("a.png", kind="PNG", size=9000)
    assert kept([heic, jpeg, png], "best") == "a.heic"
    assert kept([jpeg, png], "best") == "a.jpg"
    assert kept([heic, photo("big.png", kind="PNG", edge=101)], "best") == "big.png"
    rich, poor = photo("r.jpg", extras=("place",)), photo("p.jpg", size=5000)
    assert kept([rich, poor], "best") == "r.jpg"
    assert kept([photo("x.jpg", size=10), photo("y.jpg", size=11)], "best") == "y.jpg"
    assert "nearer to the original" in choose_keeper([jpeg, png], "best", NOTHING).reason


def test_a_screenshot_is_a_png_from_birth() -> None:
    assert kept([photo("Screenshot_1.png", kind="PNG"), photo("a.jpg")], "best").startswith("Scr")


def test_largest_and_smallest() -> None:
    photos = [photo("a.jpg", size=2000), photo("b.jpg", size=3000), photo("c.jpg", size=1000)]
    assert kept(photos, "largest") == "b.jpg"
    assert kept(photos, "smallest") == "c.jpg"
    assert choose_keeper(photos, "smallest", NOTHING).reason == (
        "Kept: the smaller file (1,000 B against 2,000 B)."
    )


def test_preferred_folders_in_their_order() -> None:
    context = KeepContext(preferred=("/main", "/album/b"))
    photos = [photo("/album/b/1.jpg"), photo("/main/2.jpg"), photo("/c/3.jpg", edge=500)]
    assert kept(photos, "preferred", context) == "/main/2.jpg"
    assert kept([photos[0], photos[2]], "preferred", context) == "b/1.jpg"
    assert kept([photo("x/1.jpg"), photo("y/2.jpg", edge=200)], "preferred", context) == "y/2.jpg"


def test_chain_of_tie_breaks() -> None:
    """Each photo beats the ones after it by one link of the chain."""
    context = KeepContext(preferred=("/p",), protected=("/q",))
    chain = [
        photo("/p/12345.jpg"),
        photo("/q/12345.jpg"),
        photo("/a/12345.jpg", edge=102),
        photo("/a/12346.jpg", edge=101, kind="HEIF"),
        photo("/a/12347.jpg", edge=101, tags=29),
        photo("/a/12348.jpg", edge=101, size=1001),
        photo("/a/1234.jpg", edge=101),
        photo("/a/12349.jpg", edge=101),
        photo("/a/1234A.jpg", edge=101),
    ]
    for place, winner in enumerate(chain[:-1]):
        rest = chain[place:][:4]
        assert kept(rest, "oldest", context) == winner.path, winner.path


def test_folders_hold_what_lies_below_them() -> None:
    assert inside("/a/b/c.jpg", ("/x", "/a/b")) == 1
    assert inside("/a/bc/c.jpg", ("/a/b",)) is None
    assert inside("/a/b/c.jpg", ("/a/b/",)) == 0
    assert inside("/a.jpg", ("/",)) == 0


def test_bad_calls() -> None:
    with pytest.raises(KeyError):
        choose_keeper([photo("a.jpg")], "prettiest", NOTHING)
    with pytest.raises(ValueError, match="no photos"):
        choose_keeper([], "oldest", NOTHING)


# --- warnings -----------------------------------------------------------------------------


def test_warns_of_more_pixels() -> None:
    small = photo("a.jpg", taken=on("2018-01-01 00:00:00"))
    large = photo("b.jpg", edge=200)
    choice = choose_keeper([small, large], "oldest", NOTHING)
    assert choice.keeper is small
    assert choice.better is large
    assert "b.jpg" in choice.warning
    assert "200 × 200 against 100 × 100" in choice.warning
    assert choose_keeper([small, large], "best", NOTHING).warning == ""


def test_warns_of_more_bytes_at_equal_pixels_unless_it_is_a_mere_resave() -> None:
    small = photo("a.jpg", size=10)
    assert choose_keeper([small, photo("b.jpg", size=20)], "smallest", NOTHING).better is not None
    png = photo("b.png", size=20, kind="PNG")
    assert choose_keeper([small, png], "smallest", NOTHING).better is None


def test_warns_of_metadata_that_would_go() -> None:
    plain = photo("a.jpg", size=10, extras=("place",))
    rich = photo("b.jpg", size=10, extras=("caption", "people"), taken=on("2020-01-01 00:00:00"))
    choice = choose_keeper([plain, rich], "oldest", NOTHING)
    assert lacks(plain, rich) == ("caption", "people")
    assert lacks(rich, plain) == ("place",)
    assert choice.better is rich
    assert "caption, people" in choice.warning


# --- properties ---------------------------------------------------------------------------

DATES = st.one_of(
    st.none(),
    st.builds(
        TakenDate,
        st.sampled_from([datetime(2019, 5, 1, hour, 3, s) for hour in (9, 12) for s in (4, 5, 9)]),
        st.sampled_from([None, timedelta(), timedelta(hours=2)]),
        st.just(DateSource.EXIF_ORIGINAL),
        st.sampled_from(list(Grade)),
        st.sampled_from([timedelta(milliseconds=1), SECOND, timedelta(days=1)]),
    ),
)


@st.composite
def photos_to_choose_from(draw: st.DrawFn) -> list[Photo]:
    count = draw(st.integers(1, 6))
    return [
        photo(
            f"{draw(st.sampled_from(['p', 'q', 'r']))}/{n}.jpg",
            taken=draw(DATES),
            size=draw(st.integers(1, 3)),
            edge=draw(st.integers(1, 2)),
            mtime=draw(st.sampled_from([0, MTIME, MTIME + 2, MTIME + 9])),
            kind=draw(st.sampled_from(["JPEG", "PNG"])),
        )
        for n in range(count)
    ]


@given(photos_to_choose_from(), st.sampled_from(sorted(RULES)), st.randoms())
def test_the_order_of_photos_does_not_matter(photos: list[Photo], rule: str, dice: Any) -> None:
    context = KeepContext(preferred=("/album/q",), protected=("/album/r",))
    first = choose_keeper(photos, rule, context)
    shuffled = photos[:]
    dice.shuffle(shuffled)
    assert choose_keeper(shuffled, rule, context) == first
    assert first.keeper in photos
    assert first.reason.startswith("Kept: ")
    assert first.reason.endswith(".")
    assert (first.better is None) == (first.warning == "")
    assert first.better != first.keeper


def test_what_is_lost_with_a_unit():
    def part(kind: CompanionKind, sample: str = "", **facts: Any) -> Companion:
        stamp = Stamp(9, 9, FileIdentity(1, 9))
        return Companion(f"x.{kind}", stamp, kind, CompanionFacts(sample=sample, **facts))

    bare, raw = photo("a.jpg"), photo("b.cr2")
    assert lacks(bare, raw) == ("raw",)
    assert lacks(raw, bare) == ("developed",)
    twin = replace(photo("c.cr2"), content=raw.content)
    assert lacks(twin, raw) == ()
    assert lacks(replace(twin, content=ContentId("another sensor")), raw) == ("raw",)
    named = replace(raw, path="b.tif", format="RAW")  # by what it is, whatever its name
    assert lacks(bare, named) == ("raw",)
    film = part(CompanionKind.FILM, "film", live_id="X")
    live = replace(bare, companions=(film,))
    assert lacks(bare, live) == ("film",)
    assert lacks(live, live) == ()
    again = replace(bare, companions=(part(CompanionKind.FILM, "again", live_id="X"),))
    assert lacks(again, live) == ()
    other = replace(bare, companions=(part(CompanionKind.FILM, "other"),))
    assert lacks(other, live) == ("film",)
    for kind in (CompanionKind.TAKEOUT, CompanionKind.APPLE_DOUBLE, CompanionKind.XMP):
        assert lacks(bare, replace(bare, companions=(part(kind, "x"),))) == ()
    told = replace(bare, companions=(part(CompanionKind.XMP, "x", extras=("rating",)),))
    assert lacks(bare, told) == ("rating",)
    develops = replace(bare, companions=(part(CompanionKind.XMP, "x", develops=True),))
    assert lacks(bare, develops) == ("xmp",)
    unread = replace(bare, companions=(part(CompanionKind.XMP),))
    assert lacks(bare, unread) == ("xmp",)


def test_a_chain_of_rules_and_what_each_step_decided():
    photos = [photo("/z/a.jpg", size=5), photo("/p/b.jpg"), photo("/p/c.jpg", size=9_999_999)]
    context = KeepContext(preferred=("/p",))
    chain = "preferred,smallest,largest"
    assert choose_keeper(photos, chain, context).keeper.path == "/p/b.jpg"
    steps = explain(photos, chain, context)
    assert [(step.rule, step.found, step.left) for step in steps] == [
        ("preferred", 3, 2), ("smallest", 2, 1),
    ]  # fmt: skip
    assert "smaller" in steps[-1].reason
    last = explain(photos[:1] * 2, "best", context)[-1]
    assert (last.rule, last.left) == ("tie_break", 1)
    for unknown in ("oldest,prettiest", "", "oldest,,best"):
        with pytest.raises(KeyError):
            choose_keeper(photos, unknown, context)
