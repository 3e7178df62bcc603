"""A PNG that claims more than it can hold, words of LibRaw, JPEG XL in small parts."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin

from albumdedup.core.decoder.asides import is_hollow_png
from albumdedup.core.decoder.jxl import jxl_size
from albumdedup.core.decoder.opening import opened_by
from albumdedup.core.decoder.refusing import Unreadable, damaged, is_short_of_memory
from albumdedup.core.decoder.routing import claimed_pixels
from albumdedup.core.types import Reason


def png(mode: str, size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, "PNG", compress_level=9)
    return out.getvalue()


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGB", "RGBA", "I;16"])
def test_the_emptiest_png_that_can_be_is_no_hollow_one(mode: str) -> None:
    assert not is_hollow_png(png(mode, (4000, 3000)))


def test_a_hollow_png_is_refused_before_memory_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = png("RGB", (8, 8))
    head = b"IHDR" + struct.pack(">II", 15_000, 15_000) + whole[24:29]
    bomb = whole[:12] + head + struct.pack(">I", zlib.crc32(head)) + whole[33:]

    def load(_image: Image.Image) -> None:
        raise AssertionError("memory was taken")

    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", load)
    with pytest.raises(Unreadable) as refused:
        opened_by(bomb, "a.png", lambda opened: opened.image.load())
    assert (refused.value.reason, refused.value.detail) == (Reason.TRUNCATED, "")


def test_a_png_of_one_column_is_hollow_too() -> None:
    """Its rows of one bit were counted as no bytes: 274 bytes took 20 seconds."""
    head = b"IHDR" + struct.pack(">II", 1, 100_000_000) + bytes((1, 0, 0, 0, 0))
    assert is_hollow_png(png("1", (1, 8))[:12] + head + bytes(200))


def test_a_giant_webp_that_lacks_memory_is_not_called_damaged() -> None:
    """A sound one of 144 million pixels was: a worker has a gigabyte, and four on a second try."""
    words = "could not create decoder object"
    assert is_short_of_memory(words, 144_000_000)
    assert not is_short_of_memory(words, 1_000_000)
    giant = b"RIFF" + bytes(4) + b"WEBPVP8X" + bytes(8) + (11_999).to_bytes(3, "little") * 2
    assert claimed_pixels(giant) == 144_000_000
    with pytest.raises(MemoryError):
        opened_by(_webp(giant), "a.webp", lambda opened: opened.image.load())


def _webp(head: bytes) -> bytes:
    """A file with this header and no pixels."""
    body = head[8:] + bytes(64)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def test_words_that_come_as_bytes_are_told_as_words() -> None:
    told = damaged(str(Exception(b"Input/output error")))
    assert (told.reason, told.detail) == (Reason.DAMAGED, "Input/output error")


def test_a_jpeg_xl_in_parts_of_a_few_bytes_has_a_size() -> None:
    """With metadata in it, an encoder began with a part of four bytes: it was called damaged."""
    stream = bytes.fromhex("ff0a") + bytes([0b0000_0101, 0b0100_0000]) + bytes(16)
    whole = jxl_size(stream)
    assert whole is not None

    def box(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body) + 8) + kind + body

    parts = (box(b"jxlp", struct.pack(">I", 0) + stream[:4]), box(b"Exif", bytes(30)),
             box(b"jxlp", struct.pack(">I", 0x80000001) + stream[4:]))  # fmt: skip
    assert jxl_size(box(b"JXL ", b"\r\n\x87\n") + b"".join(parts)) == whole
