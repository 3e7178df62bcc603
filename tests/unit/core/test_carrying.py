"""Metadata that only a copy has goes to a new sidecar of the photo that stays, and back."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from albums import Kept
from fakes import HistogramExtractor, MemoryVectorStore
from hypothesis import given
from hypothesis import strategies as st
from pictures import scene
from PIL import Image
from test_metadata import FULL, exif, written
from test_metadata import packet as xmp_packet

from albumdedup.assembly import build
from albumdedup.core.carrying.packet import packet
from albumdedup.core.carrying.reading import values_of
from albumdedup.core.executors import InlineExecutor
from albumdedup.core.metadata.values import Values, packet_values, read_values
from albumdedup.core.metadata.xmp import read_packet
from albumdedup.core.paths import AppPaths
from albumdedup.core.settings import Settings
from albumdedup.core.types import (
    PROVEN_TIERS,
    Companion,
    CompanionKind,
    FileIdentity,
    Role,
    Stamp,
    View,
)

TAKEN = "2019:05:01 12:03:04"
words = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1).map(
    lambda text: "ab" + text
)


@given(
    st.builds(
        Values, st.floats(-90, 90), st.floats(-180, 180), words, words, words, words,
        st.integers(1, 5), st.lists(words, max_size=3, unique=True).map(tuple),
        st.lists(words, max_size=3, unique=True).map(tuple),
    )
)  # fmt: skip
def test_what_is_written_is_what_is_read(values: Values):
    found = packet_values(packet(values))
    assert found.latitude == pytest.approx(values.latitude, abs=1e-7)
    assert found.longitude == pytest.approx(values.longitude, abs=1e-7)
    assert found.only(("rating", "people", "keywords")) == values.only(
        ("rating", "people", "keywords")
    )
    assert (found.city, found.location) == (values.city, values.location)
    assert {"rating", "place"} <= set(read_packet(packet(values)).extras)


@given(st.text())
def test_any_text_makes_sound_xml(text: str):
    values = Values(caption=text, city=text, keywords=(text,), people=(text,))
    ElementTree.fromstring(packet(values))


def test_values_of_exif_xmp_and_iptc(tmp_path: Path):
    path = tmp_path / "x.jpg"
    path.write_bytes(written(exif=FULL))
    with Image.open(path) as image:
        found = read_values(image)
    assert found.latitude == pytest.approx(48.50014, abs=1e-5)
    assert found.longitude == pytest.approx(2.33361, abs=1e-5)
    assert found.kinds() == ("place",)
    xmp = xmp_packet(
        'xmp:Rating="4" exif:GPSLatitude="33,51.5S" exif:GPSLongitude="151,12.25E"',
        '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Harbour &amp; bridge</rdf:li></rdf:Alt>'
        "</dc:title><dc:subject><rdf:Bag><rdf:li>sea</rdf:li><rdf:li>sky</rdf:li></rdf:Bag>"
        "</dc:subject>",
    )
    path.write_bytes(written(xmp=xmp, exif=exif({270: "Am Hafen", 0x4746: 3})))
    with Image.open(path) as image:
        found = read_values(image)
    assert found == Values(
        latitude=-(33 + 51.5 / 60), longitude=151 + 12.25 / 60, title="Harbour & bridge", rating=4,
        keywords=("sea", "sky"),
    )  # fmt: skip


def test_values_fill_each_other_by_kind():
    mine = Values(latitude=1.0, longitude=2.0, keywords=("a",))
    other = Values(city="Rome", rating=3, keywords=("b", "a"))
    assert mine.filled(other) == Values(1.0, 2.0, rating=3, keywords=("a", "b"))
    assert mine.filled(other).only(["rating"]) == Values(rating=3)


# --- on disk ------------------------------------------------------------------------------


@pytest.fixture
def library(tmp_path):
    store = MemoryVectorStore()
    opened = build(AppPaths(tmp_path / "library"), Settings(batch=4), InlineExecutor(),
                   extractor=HistogramExtractor, vectors=lambda: store)  # fmt: skip
    yield opened.library
    opened.library.close()


@pytest.fixture
def album(tmp_path: Path, library) -> Path:
    """A large photo without a place, a small copy of it that has one, and a third with stars."""
    folder = tmp_path / "album"
    folder.mkdir()
    large = scene(1)
    plain = {0x9003: TAKEN}
    gps = {1: "N", 2: (48.0, 30.0, 0.0), 3: "W", 4: (2.0, 15.0, 0.0)}
    large.save(folder / "large.jpg", quality=95, exif=exif({272: "X"}, plain))
    small = large.resize((480, 360), Image.Resampling.LANCZOS)
    small.save(folder / "small.jpg", quality=90, exif=exif({270: "At the lake"}, plain, gps))
    small.save(folder / "stars.jpg", quality=88, exif=exif({0x4746: 4}, plain))
    library.index([str(folder)])
    return folder


VIEW = View(rule="best")


def test_copies_that_know_more_stay_unless_it_is_carried_over(library, album: Path):
    (only,) = library.find_groups(VIEW)
    assert {m.role for m in only.members[1:]} == {Role.REVIEW}
    before = Kept.below(album)

    groups, sidecars = library.find_groups_carrying(VIEW)
    assert Kept.below(album) == before  # nothing is written by looking
    plan = library.plan(groups, PROVEN_TIERS, None, sidecars)
    assert len(plan.items) == 2
    (sidecar,) = plan.sidecars
    assert sidecar.path == str(album / "large.jpg.xmp")
    assert sidecar.kinds == ("place", "caption", "rating")

    report = library.clean(plan)
    assert (report.photos, report.problems) == (2, ())
    assert sorted(os.listdir(album)) == ["large.jpg", "large.jpg.xmp"]
    values = packet_values((album / "large.jpg.xmp").read_bytes())
    assert (values.latitude, values.longitude) == (48.5, -2.25)
    assert (values.caption, values.rating) == ("At the lake", 4)
    (photo,) = library.snapshot().photos
    assert [one.path for one in photo.companions] == [sidecar.path]
    assert set(photo.extras) == {"place", "caption", "rating"}

    back = library.undo()
    assert back.problems == ()
    assert Kept.below(album) == before
    assert all(not photo.companions for photo in library.snapshot().photos)


def test_a_sidecar_that_was_changed_meanwhile_stays(library, album: Path):
    groups, sidecars = library.find_groups_carrying(VIEW)
    library.clean(library.plan(groups, PROVEN_TIERS, None, sidecars))
    (album / "large.jpg.xmp").write_bytes(b"<mine/>")
    report = library.undo()
    assert "large.jpg.xmp" in report.problems[0]
    assert (album / "large.jpg.xmp").read_bytes() == b"<mine/>"
    assert len(list(album.iterdir())) == 4


@pytest.mark.parametrize("name", ["large.jpg.xmp", "large.xmp"])
def test_a_sidecar_that_is_there_is_never_written_over(library, album: Path, name: str):
    groups, sidecars = library.find_groups_carrying(VIEW)
    plan = library.plan(groups, PROVEN_TIERS, None, sidecars)
    (album / name).write_bytes(b"theirs")
    assert library.find_groups_carrying(VIEW)[1] == ()
    if name == "large.jpg.xmp":  # it came after the plan was made
        report = library.clean(plan)
        assert (report.photos, len(report.skipped)) == (0, 2)
        assert "could not be written" in report.problems[0]
    assert (album / name).read_bytes() == b"theirs"
    assert len(list(album.iterdir())) == 4


def test_no_sidecar_is_left_where_no_copy_went(library, album: Path):
    groups, sidecars = library.find_groups_carrying(VIEW)
    plan = library.plan(groups, PROVEN_TIERS, None, sidecars)
    for name in ("small.jpg", "stars.jpg"):
        (album / name).write_bytes(b"changed")
    report = library.clean(plan)
    assert report.photos == 0
    assert sorted(os.listdir(album)) == ["large.jpg", "small.jpg", "stars.jpg"]


def test_nothing_is_written_into_a_protected_folder(library, album: Path):
    library.decisions.protect(str(album))
    assert library.find_groups_carrying(VIEW)[1] == ()


def test_values_of_a_takeout_file_with_parts_that_cannot_be(tmp_path: Path):
    """A place at infinity ended the carrying over; a place that was missing took the rest along."""
    path = tmp_path / "a.jpg.json"
    stamp = Stamp(1, 1, FileIdentity(1, 1))
    one = Companion(str(path), stamp, CompanionKind.TAKEOUT)
    photo = SimpleNamespace(path=str(tmp_path / "a.jpg"), companions=(one,))
    for place in (
        {"latitude": 1e999, "longitude": 2.0},
        {"latitude": 91, "longitude": 2},
        None,
        [],
    ):
        told = {"description": "Am See", "people": [{"name": "Ann"}, {}, 7], "geoData": place}
        path.write_text(json.dumps(told))
        found = values_of(photo)
        assert found == Values(caption="Am See", people=("Ann",))
        assert packet_values(packet(found)) == found
    path.write_text(json.dumps({"description": [[]], "people": "x", "geoData": []}))
    assert values_of(photo) == Values()


@pytest.mark.parametrize(
    "place",
    ['exif:GPSLatitude="48,30.5N"', 'exif:GPSLatitude="48,30.5N" exif:GPSLongitude="2,20"',
     'exif:GPSLatitude="98,30.5N" exif:GPSLongitude="2,20.5E"'],
)  # fmt: skip
def test_half_a_place_is_none(place: str):
    """It was taken for one, and could not be written."""
    found = packet_values(xmp_packet(f'xmp:Rating="4" {place}'))
    assert found == Values(rating=4)


def test_half_a_place_in_exif_is_none(tmp_path: Path):
    """Its other half was taken for zero: a point in the sea."""
    path = tmp_path / "x.jpg"
    path.write_bytes(written(exif=exif(gps={1: "N", 2: (48.0, 30.0, 0.5)})))
    with Image.open(path) as image:
        assert read_values(image) == Values()
