"""Pictures that are stored in a rare way come out as they are meant."""

from __future__ import annotations

import io
import struct
from fractions import Fraction
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from avif_files import clap, with_property
from pictures import scene
from PIL import Image, ImageCms
from raw_files import MAKERS, jpeg

from albumdedup.core.decoder import PREVIEW_EDGE, read_file, read_upright
from albumdedup.core.decoder.items import clean_aperture
from albumdedup.core.decoder.pixels import _has_table
from albumdedup.core.decoder.profile_name import profile_name
from albumdedup.core.decoder.raw import find_preview
from albumdedup.core.decoder.raw.develop import is_hollow
from albumdedup.core.formats import register
from albumdedup.core.scanner import found_file
from albumdedup.core.types import Picture, Pixels

EDGE = 64


def saved(form: str, image: Image.Image, **options: object) -> bytes:
    register()
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def upright(folder: Path, data: bytes) -> Pixels:
    path = folder / "a"
    path.write_bytes(data)
    shown = read_upright(str(path), PREVIEW_EDGE)
    assert isinstance(shown, np.ndarray), shown
    return shown


def scanned(folder: Path, data: bytes) -> Picture:
    path = folder / "a"
    path.write_bytes(data)
    read = read_file(found_file(str(path)), EDGE, lambda content: True)
    assert read.picture is not None, read.problem
    return read.picture


def apart(one: Pixels, two: object) -> float:
    return float(np.abs(one.astype(int) - np.asarray(two).astype(int)).mean())


# --- what is cut --------------------------------------------------------------------------


@pytest.mark.parametrize("orientation", [1, 6])
def test_an_avif_is_cut_to_its_clean_aperture_before_it_is_turned(
    tmp_path: Path, orientation: int
) -> None:
    whole = scene(5, (200, 160))
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = saved("AVIF", whole, quality=95, exif=exif.tobytes())
    cut = with_property(data, clap(120, 90, (10, 1), (-15, 1)))
    left, top = (200 - 120) // 2 + 10, (160 - 90) // 2 - 15
    meant = Image.open(io.BytesIO(data)).convert("RGB").crop((left, top, left + 120, top + 90))
    if orientation == 6:
        meant = meant.transpose(Image.Transpose.ROTATE_270)
    shown = upright(tmp_path, cut)
    assert shown.shape == (meant.height, meant.width, 3)
    assert apart(shown, meant) == 0
    picture = scanned(tmp_path, cut)
    assert (picture.width, picture.height) == meant.size


@pytest.mark.parametrize(
    ("width", "right"), [(120, (1, 2)), (300, (0, 1)), (120, (90, 1)), (0, (0, 1)), (120, (1, 0))]
)
def test_a_cut_that_cannot_be_is_passed_over(width: int, right: tuple[int, int]) -> None:
    """Half a pixel, more than there is, beside the picture, nothing, a division by nothing."""
    data = saved("AVIF", scene(5, (200, 160)))
    assert clean_aperture(with_property(data, clap(width, 90, right, (0, 1))), (200, 160)) is None
    assert clean_aperture(data, (200, 160)) is None


def test_an_odd_cut_of_an_even_picture_lies_between_pixels_by_a_half() -> None:
    data = with_property(saved("AVIF", scene(5, (200, 160))), clap(121, 91, (1, 2), (-1, 2)))
    assert Fraction(1, 2) + Fraction(199, 2) - 60 == 40
    assert clean_aperture(data, (200, 160)) == (40, 34, 161, 125)


# --- which picture ------------------------------------------------------------------------


def test_the_primary_picture_of_several_is_the_photo(tmp_path: Path) -> None:
    """As phones store a burst in one HEIC."""
    shots = [scene(n, (320, 240)) for n in (1, 2, 3)]
    data = saved("HEIF", shots[0], save_all=True, append_images=shots[1:], primary_index=1,
                 quality=90)  # fmt: skip
    assert apart(upright(tmp_path, data), shots[1]) < 4


def test_what_the_first_frame_of_a_gif_leaves_open_is_clear(tmp_path: Path) -> None:
    """Pillow puts the first colour of the palette there."""
    palette = bytes((200, 0, 0, 0, 0, 200)) + bytes(6)
    frame = struct.pack("<BHHHHB", 0x2C, 1, 1, 2, 2, 0) + b"\x02\x03\x0c\x14\x05\x00"
    data = b"GIF89a" + struct.pack("<HHBBB", 5, 4, 0x81, 0, 0) + palette + frame + b"\x3b"
    shown = upright(tmp_path, data)
    assert shown.shape == (4, 5, 3)
    around = np.ones((4, 5), bool)
    around[1:3, 1:3] = False
    assert (shown[around] == 128).all()
    assert not (shown[~around] == 128).any()


# --- colours ------------------------------------------------------------------------------


def test_ten_bits_in_heic_are_scaled_right(tmp_path: Path) -> None:
    shot = scene(6, (320, 240))
    deep = np.asarray(shot).astype(np.uint16) * 257
    out = io.BytesIO()
    pillow_heif.from_bytes("RGB;16", shot.size, deep.tobytes()).save(out, quality=95)
    assert pillow_heif.open_heif(io.BytesIO(out.getvalue()), convert_hdr_to_8bit=False).info[
        "bit_depth"
    ] in (10, 12)
    assert apart(upright(tmp_path, out.getvalue()), shot) < 6


def test_ycck_is_shown_in_its_colours(tmp_path: Path) -> None:
    """Four inks, three of them stored as luma and chroma: Photoshop's way, made from CMYK."""
    inks = scene(6, (320, 240)).convert("CMYK")
    *three, black = inks.split()
    ycc = Image.merge("RGB", three).convert("YCbCr").split()
    stored = Image.merge("CMYK", [one.point(lambda v: 255 - v) for one in ycc] + [black])
    data = bytearray(saved("JPEG", stored, quality=98, subsampling=0))
    adobe = data.index(b"Adobe")
    data[adobe + 11] = 2
    assert apart(upright(tmp_path, bytes(data)), inks.convert("RGB")) < 4


def test_a_profile_with_tables_is_more_than_its_name() -> None:
    def profile(*tags: bytes) -> bytes:
        return bytes(128) + struct.pack(">I", len(tags)) + b"".join(t + bytes(8) for t in tags)

    assert _has_table(profile(b"desc", b"A2B0", b"B2A0"))
    assert not _has_table(profile(b"desc", b"rXYZ", b"rTRC"))
    assert not _has_table(b"")


def test_a_raw_whose_sensor_data_is_missing_is_not_developed() -> None:
    """It came out as black, or as whatever stood in memory."""
    assert is_hollow(13_662, 3516 * 2328)
    assert not is_hollow(3_000_000, 12_000_000)


def test_an_orientation_that_cannot_be_costs_no_raw() -> None:
    """It did not fit into the 16 bits of the preview's EXIF: an exception in the reader."""
    raw = MAKERS["srw"](jpeg(scene(3, (816, 544))), (1632, 1088), None, 6)
    at = next(n for n in range(len(raw)) if raw[n : n + 4] == struct.pack(">HH", 0x0112, 3))
    odd = raw[:at] + struct.pack(">HHII", 0x0112, 4, 1, 70_000) + raw[at + 12 :]
    found = find_preview(odd)
    assert found is not None
    assert found.size == (1632, 1088)


def test_the_name_of_a_profile_is_read_without_its_library(tmp_path: Path) -> None:
    def made(name: bytes) -> bytes:
        return bytes(128) + struct.pack(">I4sII", 1, b"desc", 144, len(name)) + name

    standard = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    picture = scanned(tmp_path, saved("JPEG", scene(1, (64, 48)), icc_profile=standard.tobytes()))
    assert picture.profile == ImageCms.getProfileDescription(standard).strip()
    assert profile_name(made(b"desc\0\0\0\0\0\0\0\x06Camera\0")) == "Camera"
    assert profile_name(made(b"mluc" + bytes(4))) == "?"
    assert profile_name(made(b"")[:140]) == "?"
    assert profile_name(b"short") is None
    assert scanned(tmp_path, saved("JPEG", scene(1, (64, 48)))).profile is None
