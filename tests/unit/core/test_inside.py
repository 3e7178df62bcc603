"""What a file holds beside its picture: found, never shown, and not given up in silence."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from inside_files import (
    ISO_GAIN,
    box,
    film,
    heif_boxes,
    jpeg,
    micro_video,
    motion_photo,
    samsung,
    ultra_hdr,
    with_segment,
)
from pictures import scene
from PIL import Image

from albumdedup.core.decoder import read_file
from albumdedup.core.decoder.inside import find_inside
from albumdedup.core.formats import register
from albumdedup.core.keeper import KeepContext, choose_keeper, lacks
from albumdedup.core.scanner import found_file
from albumdedup.core.types import (
    ContentId,
    FileIdentity,
    Inside,
    InsideKind,
    Photo,
    PhotoMetadata,
    Picture,
    Stamp,
)
from albumdedup.store.rows import metadata_json, metadata_of

EDGE = 64
STILL = jpeg(scene(3, (320, 240)))
MAP = jpeg(scene(4, (80, 60)).convert("L"))
PLAIN = Image.new("L", (4, 4))


def shown(path: Path, data: bytes) -> Picture:
    path.write_bytes(data)
    read = read_file(found_file(str(path)), EDGE, lambda content: True)
    assert read.problem is None
    assert read.picture is not None
    return read.picture


def saved(form: str, *frames: Image.Image, **options: object) -> bytes:
    register()
    out = io.BytesIO()
    more = {"save_all": True, "append_images": frames[1:]} if len(frames) > 1 else {}
    frames[0].save(out, form, **more, **options)
    return out.getvalue()


@pytest.mark.parametrize("make", [micro_video, motion_photo, samsung])
def test_a_motion_photo_is_its_still_and_its_film_is_known(tmp_path: Path, make) -> None:
    mp4 = film()
    picture = shown(tmp_path / "a.jpg", make(STILL, mp4))
    bare = shown(tmp_path / "b.jpg", STILL)
    assert np.array_equal(picture.pixels, bare.pixels)
    assert (picture.format, picture.width, picture.height) == ("JPEG", 320, 240)
    assert [(one.kind, one.size) for one in picture.metadata.inside] == [
        (InsideKind.FILM, len(mp4))
    ]
    assert bare.metadata.inside == ()


def test_a_film_in_heic_has_a_box_of_its_own(tmp_path: Path) -> None:
    data = saved("HEIF", scene(3, (320, 240)))
    assert shown(tmp_path / "a.heic", data).metadata.inside == ()
    mp4 = film()
    whole = shown(tmp_path / "b.heic", data + box(b"mpvd", mp4)).metadata
    assert [(one.kind, one.size) for one in whole.inside] == [(InsideKind.FILM, len(mp4))]


@pytest.mark.parametrize("left", [0, 20, 2000, -30])
def test_a_film_that_is_cut_off_is_none(tmp_path: Path, left: int) -> None:
    """As messengers leave it: the packet still tells of a film. The photo opens all the same."""
    cut = micro_video(STILL, film()[:left])
    assert shown(tmp_path / "a.jpg", cut).metadata.inside == ()


def test_letters_of_a_film_within_a_photo_are_no_film(tmp_path: Path) -> None:
    assert shown(tmp_path / "a.jpg", with_segment(STILL, film())).metadata.inside == ()
    assert shown(tmp_path / "b.jpg", STILL + b"ftyp" * 9 + b"\0\0").metadata.inside == ()


@pytest.mark.parametrize("iso", [False, True])
def test_ultra_hdr_is_shown_as_its_base_picture(tmp_path: Path, iso: bool) -> None:
    picture = shown(tmp_path / "a.jpg", ultra_hdr(STILL, MAP, iso=iso))
    assert np.array_equal(picture.pixels, shown(tmp_path / "b.jpg", STILL).pixels)
    assert (picture.width, picture.height) == (320, 240)
    assert picture.metadata.inside == (Inside(InsideKind.GAIN_MAP),)
    stripped = shown(tmp_path / "c.jpg", ultra_hdr(STILL, b"\xff\xd8", iso=iso))
    assert stripped.metadata.inside == ()


def test_a_motion_photo_with_a_gain_map_has_both(tmp_path: Path) -> None:
    kinds = shown(tmp_path / "a.jpg", ultra_hdr(STILL, MAP) + film()).metadata.holds
    assert kinds == ("film_inside", "gain_map")


def test_views_are_frames_and_previews_are_not(tmp_path: Path) -> None:
    frames = [scene(n, (320, 240)) for n in (3, 4)]
    pair = shown(tmp_path / "a.mpo", saved("MPO", *frames))
    assert pair.metadata.holds == ("frames",)
    bare = shown(tmp_path / "b.jpg", saved("JPEG", frames[0]))
    assert np.abs(pair.pixels.astype(int) - bare.pixels).mean() < 1
    preview = saved("MPO", frames[0], scene(3, (160, 120)))
    assert shown(tmp_path / "c.jpg", preview).metadata.inside == ()


@pytest.mark.parametrize(
    ("form", "name", "options"),
    [
        ("GIF", "a.gif", {}), ("PNG", "a.png", {}), ("TIFF", "a.tif", {}),
        ("WEBP", "a.webp", {"lossless": True}), ("AVIF", "a.avif", {}), ("HEIF", "a.heic", {}),
    ],
)  # fmt: skip
def test_the_first_frame_is_looked_at_and_the_others_are_known(
    tmp_path: Path, form: str, name: str, options: dict[str, object]
) -> None:
    frames = [scene(n, (120, 90)) for n in (7, 8)]
    many = shown(tmp_path / name, saved(form, *frames, **options))
    one = shown(tmp_path / f"one-{name}", saved(form, frames[0], **options))
    assert many.metadata.holds == ("frames",)
    assert one.metadata.inside == ()
    assert np.abs(many.pixels.astype(int) - one.pixels).mean() < 3


def test_a_reduced_page_of_a_tiff_is_no_further_page(tmp_path: Path) -> None:
    small = scene(7, (30, 22))
    small.encoderinfo = {"tiffinfo": {254: 1}}
    data = saved("TIFF", scene(7, (120, 90)), small)
    assert shown(tmp_path / "a.tif", data).metadata.inside == ()


def test_maps_in_heif_are_told_by_their_items() -> None:
    apple = b"urn:com:apple:photo:2020:aux:hdrgainmap"
    depth, alpha = b"urn:mpeg:hevc:2015:auxid:2", b"urn:mpeg:hevc:2015:auxid:1"
    assert find_inside(heif_boxes(urns=(apple, alpha)), PLAIN) == (Inside(InsideKind.GAIN_MAP),)
    assert find_inside(heif_boxes(urns=(depth,)), PLAIN) == (Inside(InsideKind.DEPTH),)
    assert find_inside(heif_boxes(items=(b"hvc1", b"tmap")), PLAIN) == (
        Inside(InsideKind.GAIN_MAP),
    )
    assert find_inside(heif_boxes(urns=(alpha,), items=(b"hvc1",)), PLAIN) == ()


def test_no_cut_raises() -> None:
    whole = ultra_hdr(STILL, MAP) + film()
    for data in (whole, heif_boxes(urns=(b"x",), items=(b"tmap",)), saved("TIFF", PLAIN, PLAIN)):
        for end in range(0, len(data), max(1, len(data) // 150)):
            find_inside(data[:end], PLAIN)


# --- what it means ----------------------------------------------------------------------------


def photo(name: str, *inside: Inside, size: int = 1000) -> Photo:
    stamp = Stamp(size, 1, FileIdentity(1, len(name)))
    told = PhotoMetadata(inside=inside)
    return Photo(1, name, stamp, ContentId(name), 320, 240, "JPEG", None, told)


def test_what_is_inside_is_missed_unless_the_keeper_has_as_much() -> None:
    bare = photo("bare")
    small, large = (Inside(InsideKind.FILM, n, str(n)) for n in (10, 20))
    assert lacks(bare, photo("a", small)) == ("film_inside",)
    assert lacks(photo("a", small), bare) == ()
    assert lacks(photo("a", large), photo("b", small)) == ()
    assert lacks(photo("a", small), photo("b", large)) == ("film_inside",)
    for kind in (InsideKind.GAIN_MAP, InsideKind.DEPTH):
        assert lacks(bare, photo("a", Inside(kind))) == (kind.value,)
        assert lacks(photo("b", Inside(kind)), photo("a", Inside(kind))) == ()
    moving = photo("a", Inside(InsideKind.FRAMES))
    assert lacks(photo("b", Inside(InsideKind.FRAMES)), moving) == ("frames",)
    assert lacks(replace(moving, path="elsewhere"), moving) == ()


def test_the_best_copy_is_the_one_with_the_film() -> None:
    bare, live = photo("bare", size=900), photo("live", Inside(InsideKind.FILM, 9, "x"), size=900)
    choice = choose_keeper([bare, live], "best", KeepContext())
    assert choice.keeper is live
    assert "film inside the photo" in choice.reason
    warned = choose_keeper([replace(bare, stamp=Stamp(9, 1, FileIdentity(1, 7))), live],
                           "smallest", KeepContext())  # fmt: skip
    assert warned.better is live
    assert "film inside the photo" in warned.warning


def test_the_catalog_keeps_it() -> None:
    told = PhotoMetadata(inside=(Inside(InsideKind.FILM, 9, "x"), Inside(InsideKind.DEPTH)))
    assert metadata_of(metadata_json(told)) == told


def test_the_iso_mark_alone_is_no_gain_map() -> None:
    assert find_inside(with_segment(STILL, ISO_GAIN, 0xE2), PLAIN) == ()
