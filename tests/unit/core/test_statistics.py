"""Counting a library by year, camera and folder."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from albumdedup.core.statistics import Share, statistics
from albumdedup.core.types import (
    ContentId,
    DateSource,
    FileIdentity,
    Grade,
    Photo,
    PhotoMetadata,
    Stamp,
    TakenDate,
)


def photo(path: str, size: int, year: int | None = None, camera: str | None = None) -> Photo:
    taken = (
        TakenDate(
            datetime(year, 5, 1), None, DateSource.EXIF_ORIGINAL, Grade.A, timedelta(seconds=1)
        )
        if year
        else None
    )
    return Photo(
        1, path, Stamp(size, 0, FileIdentity(1, hash(path))), ContentId("0" * 64), 10, 10,
        "JPEG", taken, PhotoMetadata(camera=camera),
    )  # fmt: skip


ALBUM = (
    photo("/a/x/1.jpg", 100, 2019, "Fuji"),
    photo("/a/x/2.jpg", 50, 2019, "Fuji"),
    photo("/a/y/3.jpg", 10, 2001),
    photo("/ab/4.jpg", 1),
)


def test_everything_is_counted_once_in_each_chart() -> None:
    found = statistics(ALBUM, {"/a/x/2.jpg"})
    assert found.total == Share("", 4, 161, 1, 50)
    for chart in (found.by_year, found.by_camera, found.by_folder):
        assert sum(share.photos for share in chart) == 4
        assert sum(share.bytes for share in chart) == 161
        assert sum(share.copy_bytes for share in chart) == 50


def test_years_go_through_time_and_the_unknown_stands_last() -> None:
    found = statistics(ALBUM, set())
    assert [share.name for share in found.by_year] == ["2001", "2019", ""]


def test_cameras_and_folders_have_the_largest_first_and_the_unknown_last() -> None:
    found = statistics(ALBUM, {"/a/x/1.jpg"})
    assert found.by_camera == (Share("Fuji", 2, 150, 1, 100), Share("", 2, 11, 0, 0))
    assert [share.name for share in found.by_folder] == ["/a/x", "/a/y", "/ab"]


def test_a_folder_is_not_taken_for_one_whose_name_begins_alike() -> None:
    found = statistics(ALBUM, set(), ["/a", "/ab"])
    assert [(root.name, root.photos) for root in found.by_root] == [("/a", 3), ("/ab", 1)]


def test_what_belongs_to_a_photo_counts_in_its_space() -> None:
    from albumdedup.core.types import Companion, CompanionKind

    raw = Companion("/a/x/1.raf", Stamp(900, 0, FileIdentity(1, 9)), CompanionKind.RAW)
    found = statistics([replace(ALBUM[0], companions=(raw,))], set())
    assert found.total.bytes == 1000


def test_an_empty_library_is_all_zero() -> None:
    found = statistics((), set())
    assert found.total == Share()
    assert found.by_year == found.by_camera == found.by_folder == ()
