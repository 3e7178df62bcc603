"""Which date a photo was taken, from which source, and what two dates say of each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from albumdedup.core.dates import Order, as_iso, compare, different_shots, taken
from albumdedup.core.types import DateSource, Grade, PhotoMetadata, TakenDate

NOW = datetime(2024, 7, 1, 12, 0)
DAY = timedelta(days=1)
NOON = "2019:05:01 12:03:04"
MTIME = int(datetime(2021, 3, 4, 5, 6, 7, tzinfo=UTC).timestamp()) * 10**9
CAMERA = PhotoMetadata(original=NOON, camera="Canon EOS 80D")


NOTHING = PhotoMetadata()


def date_of(metadata: PhotoMetadata = NOTHING, name: str = "DSC0001.JPG") -> TakenDate:
    found = taken(metadata, name, MTIME, None, NOW)
    assert found is not None
    return found


# --- sources ------------------------------------------------------------------------------


def test_camera_date_with_fraction_and_zone() -> None:
    found = date_of(replace(CAMERA, original_subsec="35", original_offset="+05:45"))
    assert found == TakenDate(
        datetime(2019, 5, 1, 12, 3, 4, 350_000),
        timedelta(hours=5, minutes=45),
        DateSource.EXIF_ORIGINAL,
        Grade.A,
        timedelta(milliseconds=10),
    )
    assert as_iso(found) == "2019-05-01T12:03:04.350000+05:45"


def test_order_of_sources() -> None:
    facts = PhotoMetadata(
        original=NOON, digitized="2018:05:01 12:00:00", xmp_original="2017-05-01T12:00:00",
        gps_instant="2016:05:01 12:00:00", camera="Canon",
    )  # fmt: skip
    name = "IMG_20150501_120000.jpg"
    expected = [
        (DateSource.EXIF_ORIGINAL, Grade.A),
        (DateSource.EXIF_DIGITIZED, Grade.A),
        (DateSource.XMP, Grade.B),
        (DateSource.GPS, Grade.B),
        (DateSource.FILE_NAME, Grade.B),
        (DateSource.FILE_TIME, Grade.D),
    ]
    seen = []
    for gone in ("original", "digitized", "xmp_original", "gps_instant", None):
        found = date_of(facts, name)
        seen.append((found.source, found.grade))
        if gone:
            facts = replace(facts, **{gone: None})
    found = date_of(facts)
    assert [*seen, (found.source, found.grade)] == expected


def test_day_of_scanning_gives_way_to_a_date_written_by_hand() -> None:
    scan = PhotoMetadata(digitized="2020:02:03 10:11:12", camera="EPSON Perfection V600")
    assert date_of(scan).grade is Grade.C
    assert date_of(replace(scan, xmp_original="1961-07-01T12:00:00")).wall.year == 1961


@pytest.mark.parametrize(
    ("name", "iso", "grade"),
    [
        ("IMG_20190501_120304.jpg", "2019-05-01T12:03:04", Grade.B),
        ("20190501_120304_001.jpg", "2019-05-01T12:03:04", Grade.B),
        ("PXL_20210501_120304123.MP.jpg", "2021-05-01T12:03:04.123000+00:00", Grade.B),
        ("IMG-20190501-WA0001.jpg", "2019-05-01", Grade.C),
        ("WhatsApp Image 2019-05-01 at 12.03.04.jpeg", "2019-05-01T12:03:04", Grade.C),
        ("Screenshot_20190501-120304_Maps.png", "2019-05-01T12:03:04", Grade.B),
        ("Screenshot 2019-05-01 at 9.03.04 PM.png", "2019-05-01T21:03:04", Grade.B),
        ("signal-2019-05-01-120304.jpg", "2019-05-01T12:03:04", Grade.B),
        ("signal-2019-05-01-12-03-04-567.jpg", "2019-05-01T12:03:04", Grade.B),
        ("2019-05-01 12.03.04.jpg", "2019-05-01T12:03:04", Grade.B),
        ("2019-05-01 birthday.jpg", "2019-05-01", Grade.C),
    ],
)
def test_file_names(name: str, iso: str, grade: Grade) -> None:
    found = date_of(name=name)
    assert (as_iso(found), found.grade, found.source) == (iso, grade, DateSource.FILE_NAME)


@pytest.mark.parametrize(
    "name", ["DSC20191301.jpg", "IMG_0001.jpg", "1234567890123456.jpg", "20191399_250000.jpg"]
)
def test_names_without_a_date(name: str) -> None:
    assert date_of(name=name).source is DateSource.FILE_TIME


def test_file_time_is_the_earlier_one() -> None:
    day = 86_400 * 10**9
    for birth in (MTIME - day, MTIME + day):
        found = taken(PhotoMetadata(), "a.jpg", MTIME, birth, NOW)
        assert found is not None
        assert found.offset is not None
        instant = (found.wall - found.offset).replace(tzinfo=UTC).timestamp()
        assert instant == min(MTIME, birth) // 10**9
        assert found.grade is Grade.D


@pytest.mark.parametrize("mtime", [0, -1, 10**30, 315_532_800 * 10**9 * 100])
def test_senseless_file_times(mtime: int) -> None:
    assert taken(PhotoMetadata(), "a.jpg", mtime, None, NOW) is None


# --- zones --------------------------------------------------------------------------------


def test_offset_of_the_last_change_is_not_that_of_the_shot() -> None:
    exported = replace(CAMERA, modified="2019:05:09 09:00:00", modified_offset="-07:00")
    assert date_of(exported).offset is None
    assert date_of(replace(exported, modified=NOON)).offset == timedelta(hours=-7)


def test_offset_from_gps_only_where_it_is_a_zone() -> None:
    def offset(gps: str) -> timedelta | None:
        return date_of(replace(CAMERA, gps_instant=gps)).offset

    assert offset("2019:05:01 10:03:10") == timedelta(hours=2)
    assert offset("2019:05:01 06:33:04") == timedelta(hours=5, minutes=30)
    assert offset("2019:05:01 10:10:00") is None  # a stale fix
    assert offset("2019:05:01 11:48:04") is None  # no zone is at a quarter past
    assert offset("2019:04:29 10:03:04") is None


@pytest.mark.parametrize("text", ["25:00", "+15:00", "+01:75", "   :  ", "abc"])
def test_broken_offsets(text: str) -> None:
    assert date_of(replace(CAMERA, original_offset=text)).offset is None


# --- impossible dates ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "0000:00:00 00:00:00", "2019:13:01 12:00:00", "2019:02:30 12:00:00", "1825:06:01 12:00:00",
        "2024:07:04 00:00:00", "1970:01:01 00:00:00", "1970:01:01 02:00:00", "1904:01:01 00:00:00",
        "2000:01:01 00:00:07", "2010:01:01 00:00:00", "garbage", "2019:05:01 25:00:00",
    ],
)  # fmt: skip
def test_impossible_camera_dates_are_passed_over(text: str) -> None:
    found = date_of(replace(CAMERA, original=text), "IMG_20180102_030405.jpg")
    assert found.source is DateSource.FILE_NAME


def test_new_year_stands_where_another_source_agrees() -> None:
    midnight = replace(CAMERA, original="2000:01:01 00:00:07")
    agreed = replace(midnight, gps_instant="1999:12:31 23:00:07")
    assert date_of(agreed).source is DateSource.EXIF_ORIGINAL
    assert date_of(replace(CAMERA, original="2001:01:01 00:00:07")).grade is Grade.A


def test_a_date_without_a_time_is_a_day() -> None:
    for text, iso in (("1961-07-01", "1961-07-01"), ("1961-07", "1961-07"), ("1961", "1961")):
        found = date_of(PhotoMetadata(xmp_original=text))
        assert (as_iso(found), found.grade) == (iso, Grade.C)


@given(st.text(max_size=40), st.text(max_size=12), st.text(max_size=40), st.integers())
def test_any_text_gives_a_date_or_none(text: str, short: str, name: str, ns: int) -> None:
    facts = PhotoMetadata(
        original=text, original_subsec=short, original_offset=short, digitized=text,
        xmp_original=text, gps_instant=text,
    )  # fmt: skip
    found = taken(facts, name, ns, ns, NOW)
    assert found is None or (found.wall <= NOW + 2 * DAY and as_iso(found))
    assert different_shots(facts, facts) is False


# --- comparing ----------------------------------------------------------------------------


def made(text: str, offset: float | None = None, precision: float = 1.0) -> TakenDate:
    zone = None if offset is None else timedelta(hours=offset)
    step = timedelta(seconds=precision)
    return TakenDate(datetime.fromisoformat(text), zone, DateSource.EXIF_ORIGINAL, Grade.A, step)


@pytest.mark.parametrize(
    ("a", "b", "order"),
    [
        (made("2019-05-01 12:00:00"), made("2019-05-01 12:00:03"), Order.EARLIER),
        (made("2019-05-01 12:00:03"), made("2019-05-01 12:00:00"), Order.LATER),
        (made("2019-05-01 12:00:00"), made("2019-05-01 12:00:01"), Order.EQUAL),
        (made("2019-05-01 12:00:00", 2), made("2019-05-01 11:00:00", 1), Order.EQUAL),
        (made("2019-05-01 12:00:00", 2), made("2019-05-01 11:00:00", 0), Order.EARLIER),
        (made("2019-05-01 12:00:00", 2), made("2019-05-01 10:00:00"), Order.EQUAL),
        (made("2019-05-01 12:00:00", 2), made("2019-05-01 06:15:00"), Order.EQUAL),
        (made("2019-05-01 12:00:00", 2), made("2019-05-01 06:17:00"), Order.LATER),
        (made("2019-05-01 12:00:00", 2), made("2019-05-02 03:00:00"), Order.EARLIER),
        (
            made("2019-05-01 12:00:00.10", 2, 0.01),
            made("2019-05-01 12:00:00.45", 2, 0.01),
            Order.EARLIER,
        ),
        (made("2019-05-01 12:00:00"), made("2019-05-01", None, 86400), Order.UNKNOWN),
        (made("2019-05-01 12:00:00"), made("2019-06-01", None, 86400), Order.EARLIER),
    ],
)
def test_order_of_two_dates(a: TakenDate, b: TakenDate, order: Order) -> None:
    assert compare(a, b) is order
    mirrored = {Order.EARLIER: Order.LATER, Order.LATER: Order.EARLIER}
    assert compare(b, a) is mirrored.get(order, order)


def test_a_file_time_never_decides() -> None:
    assert compare(date_of(CAMERA), date_of()) is Order.UNKNOWN


# --- different shots ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "differ"),
    [
        ({}, False),
        ({"original": "2019:05:01 12:03:05"}, True),
        ({"original_subsec": "35"}, False),
        ({"modified": "2022:01:01 10:00:00", "modified_offset": "+09:00"}, False),
        ({"original": None}, False),
        ({"original_offset": "+02:00"}, False),
        ({"original": "2019:05:01 10:03:04", "original_offset": "+00:00"}, False),
        ({"original": "2019:05:01 11:03:04"}, True),
    ],
)
def test_a_copy_against_another_shot(changes: dict[str, str | None], differ: bool) -> None:
    other = replace(CAMERA, **changes)  # type: ignore[arg-type]
    assert different_shots(CAMERA, other) is differ
    assert different_shots(other, CAMERA) is differ


@pytest.mark.parametrize(
    ("a", "b", "differ"),
    [
        ("0.004 100 0", "0.004 100 0", False),
        ("0.004 100 0", "0.004 100 -", False),
        ("0.004 100 0", "0.00402 100 0", False),
        ("0.004 100 0", "0.008 100 0", True),
        ("0.004 100 0", "0.004 200 0", True),
        ("0.004 100 -2", "0.004 100 2", True),
        ("0.004 - -", "- 100 0", False),
        ("0.004 100 0", None, False),
    ],
)
def test_exposures_tell_a_bracket_apart(a: str, b: str | None, differ: bool) -> None:
    first, second = (replace(CAMERA, exposure=told) for told in (a, b))
    assert different_shots(first, second) is differ
    assert different_shots(second, first) is differ


@pytest.mark.parametrize(
    ("a", "b", "differ"),
    [
        ("35", "70", True),
        ("3", "4", True),
        ("120", "12", False),
        ("703615", "70", False),
        ("979", "98", False),
        ("97", "981", True),
        ("00", "50", True),
    ],
)
def test_fractions_tell_a_burst_apart(a: str, b: str, differ: bool) -> None:
    first, second = (replace(CAMERA, original_subsec=digits) for digits in (a, b))
    assert different_shots(first, second) is differ
    assert different_shots(second, first) is differ


def test_two_zones() -> None:
    paris = replace(CAMERA, original_offset="+02:00")
    london = replace(CAMERA, original="2019:05:01 11:03:04", original_offset="+01:00")
    assert different_shots(paris, london) is False
    assert different_shots(paris, replace(london, original_offset="+02:00")) is True
