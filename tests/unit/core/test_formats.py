"""The type of a file is told by its first bytes."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from albumdedup.core.formats import (
    AVIF,
    BMP,
    FORMATS,
    GIF,
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
    assert not RAW.readable


def test_a_jpeg_named_raw_is_a_jpeg():
    assert sniff(encoded("JPEG")[:32], ".nef") is JPEG


def test_jpeg_xl_is_known_and_not_readable():
    assert sniff(b"\xff\x0a" + b"\0" * 30) is JPEG_XL
    assert not JPEG_XL.readable


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
