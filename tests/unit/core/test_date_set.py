"""One photo in every disguise in which its date arrives, with the expected order written down."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from test_units import beside, still, units

from albumdedup.core.dates import Order, compare
from albumdedup.core.dates import taken as ask
from albumdedup.core.keeper import KeepContext, choose_keeper
from albumdedup.core.types import Companion, DateSource, Grade, Photo, PhotoMetadata, TakenDate

CAMERA = {"original": "2019:05:01 12:03:04", "camera": "Canon EOS 80D"}
ZONE = {"original_subsec": "35", "original_offset": "+02:00"}
INSTANT = "2019-05-01T10:03:04+00:00"
COPIED = int(datetime(2023, 3, 3, 3, 3, 3, tzinfo=UTC).timestamp()) * 10**9
HOUR_NS = 3600 * 10**9

# name → files (the photo first), where the date comes from, how sure it is
SET: dict[str, tuple[list[Photo | Companion], DateSource, Grade]] = {
    "camera original": (
        [still("/o/IMG_1.jpg", **CAMERA, **ZONE)], DateSource.EXIF_ORIGINAL, Grade.A,
    ),
    "zone stripped": (
        [still("/z/IMG_1.jpg", **CAMERA)], DateSource.EXIF_ORIGINAL, Grade.A,
    ),
    "another zone written": (  # the same wall clock shown in UTC, without a zone
        [still("/y/IMG_1.jpg", "2019:05:01 10:03:04")], DateSource.EXIF_ORIGINAL, Grade.A,
    ),
    "edited export": (  # OffsetTime belongs to the change
        [still("/e/IMG_1 (edited).jpg", **CAMERA, modified="2019:06:01 09:00:00",
               modified_offset="-07:00")],
        DateSource.EXIF_ORIGINAL, Grade.A,
    ),
    "messenger copy": (
        [still("/m/IMG-20190501-WA0007.jpg", None)], DateSource.FILE_NAME, Grade.C,
    ),
    "takeout pair": (
        [still("/t/IMG_1(1).jpg", None),
         beside("/t/IMG_1.jpg.supplemental-me(1).json", title="IMG_1.jpg", date=INSTANT)],
        DateSource.TAKEOUT, Grade.B,
    ),
    "takeout says the same, by another zone": (
        [still("/u/IMG_1.jpg", **CAMERA),
         beside("/u/IMG_1.jpg.json", title="IMG_1.jpg", date="2019-05-01T12:03:04+00:00")],
        DateSource.EXIF_ORIGINAL, Grade.A,
    ),
    "takeout corrects": (
        [still("/v/IMG_1.jpg", "2016:01:17 05:55:55"),
         beside("/v/IMG_1.jpg.json", title="IMG_1.jpg", date=INSTANT)],
        DateSource.TAKEOUT, Grade.A,
    ),
    "live photo without EXIF": (
        [still("/l/IMG_1.jpg", None), beside("/l/IMG_1.MOV", date="2019-05-01T12:03:04+0200")],
        DateSource.FILM, Grade.B,
    ),
    "copied on FAT": (  # 2 s steps, and an hour off
        [still("/f/IMG_1.jpg", **CAMERA, **ZONE)], DateSource.EXIF_ORIGINAL, Grade.A,
    ),
    "sidecar says the same": (
        [still("/s/IMG_1.jpg", **CAMERA, **ZONE),
         beside("/s/IMG_1.xmp", date="2019-05-01T12:03:04")],
        DateSource.EXIF_ORIGINAL, Grade.A,
    ),
    "clock lost its power, name knows": (
        [still("/c/IMG_20190501_120304.jpg", "2000:01:01 00:00:12", camera="X")],
        DateSource.FILE_NAME, Grade.B,
    ),
    "clock lost its power, takeout repeats it": (
        [still("/r/DSC_1.jpg", "2000:01:01 00:00:12", camera="X"),
         beside("/r/DSC_1.jpg.json", title="DSC_1.jpg", date="2000-01-01T00:00:12+00:00")],
        DateSource.FILE_TIME, Grade.D,
    ),
    "scan with a back-dated sidecar": (
        [still("/b/scan0001.jpg", None, digitized="2022:02:02 10:00:00", software="VueScan"),
         beside("/b/scan0001.xmp", date="1975-06-01")],
        DateSource.XMP_SIDECAR, Grade.B,
    ),
    "scan": (
        [still("/p/scan0001.jpg", None, digitized="2022:02:02 10:00:00", software="VueScan")],
        DateSource.EXIF_DIGITIZED, Grade.C,
    ),
    "wrong camera clock": (
        [still("/w/IMG_1.jpg", "2015:05:01 12:03:04", camera="X")],
        DateSource.EXIF_ORIGINAL, Grade.A,
    ),
    "only a folder's name": (
        [still("/x/Summer 2014/pic.jpg", None), beside("/x/Summer 2014/pic.mp4", date="1904")],
        DateSource.FOLDER_NAME, Grade.D,
    ),
}  # fmt: skip

EARLIEST_FIRST = (
    ("scan with a back-dated sidecar",),
    ("wrong camera clock",),
    (
        "camera original", "zone stripped", "another zone written", "edited export",
        "takeout pair", "takeout says the same, by another zone", "takeout corrects",
        "live photo without EXIF", "copied on FAT", "sidecar says the same",
        "clock lost its power, name knows",
    ),
)  # fmt: skip
"""The expected order; what stands in one line is equal."""
UNKNOWN = ("clock lost its power, takeout repeats it", "only a folder's name")
"""Comparable with nothing."""


def entry(name: str) -> Photo:
    found = units(*SET[name][0])
    return found.photos[0]


def date(name: str) -> TakenDate:
    taken = entry(name).taken
    if taken is None:  # units asks again only where something lies beside; the scan asked first
        photo = entry(name)
        folder, _slash, own = photo.path.rpartition("/")
        taken = ask(photo.metadata, own, COPIED, None, datetime(2026, 1, 1), folder=folder)
    assert taken is not None
    return taken


@pytest.mark.parametrize("name", SET)
def test_source_and_grade(name: str):
    _files, source, grade = SET[name]
    found = date(name)
    assert (found.source, found.grade) == (source, grade)


def test_the_expected_order():
    place = {name: line for line, names in enumerate(EARLIEST_FIRST) for name in names}
    for one, mine in place.items():
        for two, theirs in place.items():
            if one == two:
                continue
            expected = (
                Order.EQUAL if mine == theirs else Order.EARLIER if mine < theirs else Order.LATER
            )
            assert compare(date(one), date(two)) is expected, (one, two)
    for name in UNKNOWN:
        for other in SET:
            assert compare(date(name), date(other)) is Order.UNKNOWN


def test_a_day_is_no_moment():
    messenger = date("messenger copy")
    assert compare(messenger, date("camera original")) is Order.UNKNOWN
    assert compare(messenger, date("wrong camera clock")) is Order.LATER
    assert compare(messenger, date("scan with a back-dated sidecar")) is Order.LATER


def dressed(name: str, mtime_ns: int = COPIED) -> Photo:
    photo = entry(name)
    return replace(
        photo, id=len(name), taken=date(name), stamp=photo.stamp._replace(mtime_ns=mtime_ns)
    )


def test_what_oldest_and_newest_keep():
    original, messenger = dressed("camera original"), dressed("messenger copy", COPIED - HOUR_NS)
    for rule in ("oldest", "newest"):  # a name's midnight never wins
        choice = choose_keeper([original, messenger], rule, KeepContext())
        assert choice.keeper is original
        assert "the other has no sure date" in choice.reason
    backdated, scan = dressed("scan with a back-dated sidecar"), dressed("scan")
    choice = choose_keeper([scan, backdated], "oldest", KeepContext())
    assert choice.keeper is backdated
    assert "XMP sidecar" in choice.reason
    wrong, corrected = dressed("wrong camera clock"), dressed("takeout corrects")
    choice = choose_keeper([wrong, corrected], "newest", KeepContext())
    assert choice.keeper is corrected
    assert "4 years after the other" in choice.reason


def test_equal_dates_go_on_to_the_files_own_time_and_say_so():
    original, fat = dressed("camera original"), dressed("copied on FAT", COPIED + HOUR_NS)
    choice = choose_keeper([fat, original], "oldest", KeepContext())
    assert choice.keeper is original
    assert choice.unsure
    assert "low confidence" in choice.reason
    steps = dressed("camera original"), dressed("copied on FAT", COPIED + 2 * 10**9)
    assert not choose_keeper(steps, "oldest", KeepContext()).unsure  # a FAT step is no difference


@pytest.mark.parametrize(
    "text", ["1825:12:31 00:00:00", "2026:01:04 00:00:00", "0000:00:00 00:00:00",
             "1970:01:01 00:00:00", "1970:01:01 01:00:00", "2005:01:01 00:00:59",
             "2019:13:01 00:00:00", "2019:02:30 12:00:00"],
)  # fmt: skip
def test_dates_that_cannot_be(text: str):
    found = ask(PhotoMetadata(original=text), "x.jpg", COPIED, None, datetime(2026, 1, 1))
    assert found is not None
    assert found.source is DateSource.FILE_TIME
    assert found.wall - datetime(2023, 3, 3, 3, 3, 3) <= timedelta(days=1)
