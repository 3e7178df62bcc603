"""The type of a file is told by its first bytes."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from albumdedup.core.formats import (
    AVIF,
    BMP,
    FORMATS,
    GIF,
    HEAD_BYTES,
    HEIF,
    JPEG,
    JPEG2000,
    JPEG_XL,
    OTHER_SUFFIXES,
    PHOTO_SUFFIXES,
    PNG,
    RAW,
    TIFF,
    WEBP,
    register,
    sniff,
)


def encoded(name: str) -> bytes:
    register()
    buffer = io.BytesIO()
    Image.new("RGB", (80, 70), "teal").save(buffer, name)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("JPEG", JPEG), ("PNG", PNG), ("WEBP", WEBP), ("AVIF", AVIF), ("HEIF", HEIF),
        ("TIFF", TIFF), ("BMP", BMP), ("GIF", GIF), ("JPEG2000", JPEG2000),
    ],
)  # fmt: skip
def test_real_bytes_of_every_format(name, form):
    assert sniff(encoded(name)[:32]) is form
    assert sniff(encoded(name)[:32], ".txt") is form


def test_camera_raw_is_never_taken_for_the_tiff_that_it_looks_like():
    tiff = encoded("TIFF")[:32]
    assert sniff(tiff, ".nef") is RAW
    assert sniff(tiff, ".dng") is RAW
    assert sniff(b"II*\0\x10\0\0\0CR\x02\0" + b"\0" * 20) is RAW
    assert sniff(b"FUJIFILMCCD-RAW 0201" + b"\0" * 12) is RAW
    assert sniff(b"\0\0\0\x18ftypcrx \0\0\0\x01" + b"\0" * 12) is RAW
    assert not RAW.pillow


def test_a_jpeg_named_raw_is_a_jpeg():
    assert sniff(encoded("JPEG")[:32], ".nef") is JPEG


@pytest.mark.parametrize(
    ("brands", "form"),
    [
        (b"mif1\0\0\0\0mif1heicmiafMiHB", HEIF), (b"heix\0\0\0\0mif1heix", HEIF),
        (b"avci\0\0\0\0mif1avci", HEIF), (b"mif3heic", HEIF), (b"mif3avif", AVIF),
        (b"mif1\0\0\0\0mif1miafMA1Bavif", AVIF), (b"avis\0\0\0\0avismsf1", AVIF),
        (b"    \0\0\0\0mif1heic", HEIF), (b"qt  \0\0\0\0qt  ", None),
        (b"isom\0\0\2\0isomiso2avc1mp41", None), (b"crx \0\0\0\1crx isom", RAW),
    ],
)  # fmt: skip
def test_brands_tell_pictures_from_films(brands, form):
    head = (8 + len(brands)).to_bytes(4, "big") + b"ftyp" + brands + b"\0\0\1\0meta" + b"avif" * 9
    assert sniff(head[:HEAD_BYTES]) is form


def test_text_that_begins_like_a_bitmap_is_text():
    assert sniff(b"BMW is a car maker that builds cars of all kinds") is None


def test_registering_from_many_threads_happens_once():
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: register(), range(32))) == [None] * 32
    assert "HEIF" in Image.OPEN


def test_jpeg_xl_is_known_and_not_readable():
    assert sniff(b"\xff\x0a" + b"\0" * 30) is JPEG_XL
    assert JPEG_XL.pillow


@pytest.mark.parametrize(
    "head",
    [b"", b"\xff\xd8", b"Dear diary", b"%PDF-1.7", b"\0\0\0\x18ftypmp42" + b"\0" * 20, b"BM"],
)
def test_what_is_no_picture(head):
    assert sniff(head) is None


def test_no_suffix_is_both_photo_and_other():
    assert not PHOTO_SUFFIXES & OTHER_SUFFIXES
    assert all(
        suffix == suffix.lower() and suffix[0] == "." for f in FORMATS for suffix in f.suffixes
    )
