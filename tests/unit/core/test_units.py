"""Units: what belongs to a photo, by names, dates and identifiers; each file in one unit only."""

from __future__ import annotations

import hashlib
import os
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from albumdedup.core.formats import companion_kind
from albumdedup.core.types import (
    Companion,
    CompanionFacts,
    CompanionKind,
    ContentId,
    DateSource,
    FileIdentity,
    Photo,
    PhotoMetadata,
    Problem,
    Reason,
    Stamp,
)
from albumdedup.core.units import Units, assemble
from albumdedup.core.units.names import TakeoutNames, original_of

NOW = datetime(2026, 1, 1)
TAKEN = "2019:05:01 12:03:04"


def stamp(path: str, size: int = 10) -> Stamp:
    number = int(hashlib.sha256(path.encode()).hexdigest()[:12], 16)
    return Stamp(size, 1_600_000_000 * 10**9, FileIdentity(1, number))


def still(path: str, original: str | None = TAKEN, **facts: object) -> Photo:
    content = ContentId(hashlib.sha256(path.encode()).hexdigest())
    metadata = PhotoMetadata(original=original, **facts)  # type: ignore[arg-type]
    return Photo(1, path, stamp(path), content, 100, 100, "JPEG", None, metadata)


def beside(path: str, **facts: object) -> Companion:
    kind = companion_kind(os.path.basename(path))
    assert kind is not None
    return Companion(path, stamp(path), kind, CompanionFacts(**facts))  # type: ignore[arg-type]


def units(*files: Photo | Companion | Problem) -> Units:
    return assemble(
        [f for f in files if isinstance(f, Photo)],
        [f for f in files if isinstance(f, Companion)],
        [f for f in files if isinstance(f, Problem)],
        NOW,
    )


def together(found: Units) -> dict[str, set[str]]:
    return {
        os.path.basename(photo.path): {os.path.basename(one.path) for one in photo.companions}
        for photo in found.photos
    }


def test_raw_and_jpeg_of_one_instant_are_one_photo():
    found = units(
        still("/a/IMG_1.JPG"), beside("/a/IMG_1.CR2", date=TAKEN + ".35"),
        still("/a/IMG_2.JPG"), beside("/a/IMG_2.CR2", date="2019:05:01 12:09:00"),
        still("/b/IMG_1.JPG"), still("/a/IMG_3.JPG"), beside("/a/img_3.nef"),
        Problem("/a/IMG_1.CR2", Reason.UNSUPPORTED), Problem("/a/IMG_2.CR2", Reason.UNSUPPORTED),
    )  # fmt: skip
    assert [p.companions[0].path for p in found.photos if p.companions] == [
        "/a/IMG_1.CR2", "/a/img_3.nef",
    ]  # fmt: skip
    assert [problem.path for problem in found.unreadable] == ["/a/IMG_2.CR2"]
    assert len(found.photos) == 4


def test_a_raw_that_can_be_read_is_part_of_its_jpeg_not_an_entry():
    found = units(still("/a/IMG_1.JPG"), still("/a/IMG_1.CR2"), beside("/a/IMG_1.CR2"))
    assert together(found) == {"IMG_1.JPG": {"IMG_1.CR2"}}
    assert found.photos[0].companions[0].kind is CompanionKind.RAW


def test_a_raw_with_two_candidates_is_left_and_told():
    found = units(still("/a/IMG_1.JPG"), still("/a/IMG_1.HEIC"), beside("/a/IMG_1.CR2"))
    assert together(found) == {"IMG_1.HEIC": set(), "IMG_1.JPG": set()}
    assert [(one.path, one.candidates) for one in found.loose] == [
        ("/a/IMG_1.CR2", ("/a/IMG_1.HEIC", "/a/IMG_1.JPG"))
    ]


def test_live_photos_by_identifier_else_by_name():
    found = units(
        still("/a/IMG_1.HEIC", live_id="ONE"), beside("/a/renamed.MOV", live_id="ONE", seconds=2.9),
        still("/a/IMG_2.HEIC", live_id="TWO"), beside("/a/IMG_2.MOV", live_id="OTHER"),
        still("/a/IMG_3.JPG"), beside("/a/IMG_3.MOV", seconds=3.0, date="2019-05-01T10:03:04Z"),
        still("/a/IMG_4.JPG"), beside("/a/IMG_4.MOV", seconds=40.0),
        still("/a/IMG_5.JPG"), beside("/a/IMG_5.MP4", date="2020-05-01T12:03:04Z"),
    )  # fmt: skip
    assert together(found) == {
        "IMG_1.HEIC": {"renamed.MOV"}, "IMG_2.HEIC": set(), "IMG_3.JPG": {"IMG_3.MOV"},
        "IMG_4.JPG": set(), "IMG_5.JPG": set(),
    }  # fmt: skip


def test_an_identifier_on_two_stills_goes_by_name_or_is_left():
    pair = still("/a/IMG_1.HEIC", live_id="X"), still("/a/IMG_E1.JPG", live_id="X")
    assert together(units(*pair, beside("/a/IMG_1.MOV", live_id="X")))["IMG_1.HEIC"] == {
        "IMG_1.MOV"
    }
    left = units(*pair, beside("/a/clip.MOV", live_id="X"))
    assert [one.path for one in left.loose] == ["/a/clip.MOV"]


def test_sidecars_by_whole_name_and_by_stem():
    found = units(
        still("/a/IMG_1.jpg"), beside("/a/IMG_1.jpg.xmp"), beside("/a/IMG_1.CR2"),
        beside("/a/IMG_1.CR2.xmp"), beside("/a/IMG_1.xmp"), beside("/a/IMG_1.AAE"),
        beside("/a/IMG_O1.AAE"), beside("/a/._IMG_1.jpg"), beside("/a/._IMG_1.CR2"),
        beside("/a/IMG_9.xmp"),
        still("/b/x.jpg"), still("/b/x.png"), beside("/b/x.xmp"), beside("/b/x.png.xmp"),
    )  # fmt: skip
    told = together(found)
    assert told["IMG_1.jpg"] == {
        "IMG_1.jpg.xmp", "IMG_1.CR2", "IMG_1.CR2.xmp", "IMG_1.xmp", "IMG_1.AAE", "._IMG_1.jpg",
        "._IMG_1.CR2",
    }  # fmt: skip
    assert (told["x.jpg"], told["x.png"]) == (set(), {"x.png.xmp"})
    assert [one.path for one in found.loose] == ["/b/x.xmp"]


def test_ios_edits_beside_their_original():
    found = units(still("/a/IMG_0001.HEIC"), beside("/a/IMG_O0001.AAE"), beside("/a/IMG_0001.AAE"))
    assert together(found) == {"IMG_0001.HEIC": {"IMG_O0001.AAE", "IMG_0001.AAE"}}


LONG = "a" * 60


@pytest.mark.parametrize(
    ("photo", "json_name"),
    [
        ("IMG_1.jpg", "IMG_1.jpg.json"),
        ("IMG_1.jpg", "IMG_1.jpg.supplemental-metadata.json"),
        ("IMG_1.jpg", "IMG_1.jpg.supplemental-me.json"),
        ("IMG_1.jpg", "IMG_1.jpg.s.json"),
        ("IMG_1.jpg", "IMG_1.jpg..json"),
        ("IMG_1.jpg", "img_1.JPG.json"),
        ("IMG_1.jpg", "IMG_1.json"),
        ("IMG_1(1).jpg", "IMG_1.jpg(1).json"),
        ("IMG_1(1).jpg", "IMG_1(1).jpg.json"),
        ("IMG_1(1).jpg", "IMG_1.jpg.supplemental-metadata(1).json"),
        ("IMG_1(1).jpg", "IMG_1(1).jpg.supplemental-metadata.json"),
        (LONG[:47] + ".jpg", LONG[:46] + ".json"),
        (LONG[:47] + ".jpg", LONG[:47] + ".json"),
        (LONG[:47] + "(2).jpg", LONG[:46] + "(2).json"),
        (LONG[:43] + ".jpg", LONG[:43] + ".jp.json"),
        ("e\u0301te\u0301.jpg", "\u00e9t\u00e9.jpg.json"),
    ],
)
def test_takeout_names(photo: str, json_name: str):
    others = ["IMG_2.jpg", "IMG_1(2).jpg", "b" * 47 + ".jpg"]
    assert TakeoutNames([photo, *others]).of(json_name) == [photo]


@pytest.mark.parametrize("json_name", ["IMG_3.jpg.json", "IMG_1.jpg(1).json", "IMG_1.jpg.x.json",
                                       "metadata.json", ".json", "a" * 46 + ".json"])  # fmt: skip
def test_takeout_names_of_nothing(json_name: str):
    assert TakeoutNames(["IMG_1.jpg", "IMG_2.jpg"]).of(json_name) == []


def test_takeout_counters_do_not_cross():
    names = TakeoutNames(["IMG_1.jpg", "IMG_1(1).jpg"])
    assert names.of("IMG_1.jpg.json") == ["IMG_1.jpg"]
    assert names.of("IMG_1.jpg(1).json") == ["IMG_1(1).jpg"]
    found = units(
        still("/a/IMG_1.jpg"), still("/a/IMG_1(1).jpg"),
        beside("/a/IMG_1.jpg.json", title="IMG_1.jpg"),
        beside("/a/IMG_1.jpg(1).json", title="IMG_1.jpg"),
        beside("/a/metadata.json"),
    )  # fmt: skip
    assert together(found) == {
        "IMG_1.jpg": {"IMG_1.jpg.json"},
        "IMG_1(1).jpg": {"IMG_1.jpg(1).json"},
    }


def test_takeout_cut_names_with_several_candidates_are_left_unless_the_title_tells():
    one, two = LONG[:46] + "1.jpg", LONG[:46] + "2.jpg"
    json_name = LONG[:46] + ".json"
    left = units(still(f"/a/{one}"), still(f"/a/{two}"), beside(f"/a/{json_name}", title=LONG))
    assert [len(x.candidates) for x in left.loose] == [2]
    found = units(still(f"/a/{one}"), still(f"/a/{two}"), beside(f"/a/{json_name}", title=two))
    assert together(found) == {one: set(), two: {json_name}}


def test_an_edited_copy_has_its_originals_takeout_date_but_not_its_file():
    told = "2019-05-01T10:00:00+00:00"
    found = units(
        still("/a/IMG_1.jpg", None), still("/a/IMG_1-edited.jpg", None),
        still("/a/IMG_1-bearbeitet.jpg", None),
        beside("/a/IMG_1.jpg.json", title="IMG_1.jpg", date=told),
    )  # fmt: skip
    assert together(found)["IMG_1-edited.jpg"] == set()
    for photo in found.photos:
        assert photo.taken is not None
        assert photo.taken.source is DateSource.TAKEOUT
    assert original_of("IMG_1-edited(1).jpg") == "img_1(1).jpg"
    assert original_of("IMG_1.jpg") is None


def test_a_takeout_file_of_the_film_is_part_of_the_live_photo():
    found = units(still("/a/IMG_1.HEIC"), beside("/a/IMG_1.MP4"),
                  beside("/a/IMG_1.MP4.json", title="IMG_1.MP4"))  # fmt: skip
    assert together(found) == {"IMG_1.HEIC": {"IMG_1.MP4", "IMG_1.MP4.json"}}


def test_a_burst_is_one_photo_where_it_has_a_cover():
    named = "00{}IMG_00{}_BURST20190501120304123{}.jpg"
    cover = "/a/" + named.format("001", "001", "_COVER")
    frames = [still("/a/" + named.format(n, n, ""), TAKEN) for n in ("000", "002")]
    late = still("/a/" + named.format("003", "003", ""), "2019:05:02 12:03:04")
    found = units(still(cover), *frames, late)
    assert len(found.photos) == 2
    assert {len(photo.companions) for photo in found.photos} == {0, 2}
    assert len(units(*frames, late).photos) == 3  # without a cover nothing is hidden
    pixel = units(still("/a/PXL_20210101_120304123.RAW-01.COVER.jpg"),
                  beside("/a/PXL_20210101_120304123.RAW-02.ORIGINAL.dng"))  # fmt: skip
    assert [len(photo.companions) for photo in pixel.photos] == [1]


def test_companions_of_what_cannot_be_read_are_left():
    found = units(Problem("/a/IMG_1.jpg", Reason.DAMAGED), beside("/a/IMG_1.xmp"),
                  still("/a/IMG_2.jpg"), beside("/a/IMG_2.xmp"))  # fmt: skip
    assert together(found) == {"IMG_2.jpg": {"IMG_2.xmp"}}
    assert (len(found.unreadable), found.loose) == (1, ())


STEMS = (
    "IMG_1",
    "IMG_1(1)",
    "IMG_1-edited",
    "IMG_E1",
    "a" * 47,
    "PXL_20210101_120304.RAW-01.COVER",
)
PHOTOS = (".jpg", ".JPG", ".heic", ".png", ".cr2", ".dng")
BESIDE = (".mov", ".mp4", ".xmp", ".jpg.xmp", ".aae", ".json", ".jpg.json", ".jpg.suppl.json",
          ".cr2", ".dng", ".jpg(1).json", ".thm")  # fmt: skip
DATES = (None, TAKEN, "2019:05:01 12:03:05", "2020:01:01 00:00:00")


@st.composite
def folders(draw: st.DrawFn) -> list[Photo | Companion | Problem]:
    files: dict[str, list[Photo | Companion | Problem]] = {}
    for name in draw(st.sets(st.tuples(st.sampled_from(STEMS), st.sampled_from(PHOTOS)))):
        path = f"/{draw(st.sampled_from('ab'))}/{name[0]}{name[1]}"
        live = draw(st.sampled_from((None, "X", "Y")))
        broken = draw(st.booleans()) and draw(st.booleans())
        photo = still(path, draw(st.sampled_from(DATES)), live_id=live)
        files[path] = [Problem(path, Reason.DAMAGED) if broken else photo]
        if name[1] in (".cr2", ".dng"):
            files[path].append(beside(path, date=draw(st.sampled_from(DATES))))
    for name in draw(st.sets(st.tuples(st.sampled_from(STEMS), st.sampled_from(BESIDE)))):
        double = draw(st.sampled_from(("", "", "", "._")))
        path = f"/{draw(st.sampled_from('ab'))}/{double}{name[0]}{name[1]}"
        title = draw(st.sampled_from((None, "IMG_1.jpg")))
        if path not in files:
            files[path] = [beside(path, title=title, date=draw(st.sampled_from(DATES)),
                                  live_id=draw(st.sampled_from((None, "X", "Y"))))]  # fmt: skip
    return draw(st.permutations([file for group in files.values() for file in group]))


@settings(max_examples=150, deadline=None)
@given(folders())
def test_each_file_is_in_exactly_one_unit(files: list[Photo | Companion | Problem]):
    found = units(*files)
    entries = [photo.path for photo in found.photos]
    parts = [one.path for photo in found.photos for one in photo.companions]
    assert len(set(entries + parts)) == len(entries) + len(parts)
    readable = {f.path for f in files if isinstance(f, Photo)}
    assert readable <= set(entries + parts)
    assert {problem.path for problem in found.unreadable} | set(parts) >= {
        f.path for f in files if isinstance(f, Problem)
    }
    assert not {one.path for one in found.loose} & set(parts)
    for photo in found.photos:
        assert all(os.path.dirname(c.path) == os.path.dirname(photo.path) for c in photo.companions)
    assert found == units(*sorted(files, key=lambda f: (f.path, type(f).__name__)))
