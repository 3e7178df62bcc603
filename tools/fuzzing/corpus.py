"""What is mutated: files of a folder, and pictures and companions that are made here."""

from __future__ import annotations

import io
import json
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, PngImagePlugin

from albumdedup.core.formats import register

LARGEST = 400_000
"""Bytes of a file that is worth mutating: larger ones only take longer."""
COMPANIONS = frozenset({".xmp", ".json", ".aae", ".mov", ".mp4", ".m4v", ".thm"})
_TESTS = Path(__file__).resolve().parents[2]

XMP = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:exif="http://ns.adobe.com/exif/1.0/" xmp:Rating="4" xmp:CreateDate="2019-05-01T12:03:04Z"
 exif:GPSLatitude="48,30.5N" exif:GPSLongitude="2,20.5E">
 <dc:description><rdf:Alt><rdf:li xml:lang="x-default">At the sea</rdf:li></rdf:Alt>
 </dc:description>
 <dc:subject><rdf:Bag><rdf:li>sea</rdf:li><rdf:li>sun</rdf:li></rdf:Bag></dc:subject>
</rdf:Description></rdf:RDF></x:xmpmeta>"""
AAE = b"""<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict><key>adjustmentFormatIdentifier</key><string>com.apple.photo</string>
<key>adjustmentData</key><data>AAAA</data></dict></plist>"""


class Source(NamedTuple):
    """``suffix`` with its dot, lower case."""

    name: str
    suffix: str
    data: bytes

    @property
    def is_companion(self) -> bool:
        return self.suffix in COMPANIONS


def sources(folder: Path | None) -> list[Source]:
    """Always in the same order: a case is found again by its number."""
    register()
    found = list(_made())
    if folder is not None and folder.is_dir():
        for path in sorted(folder.rglob("*")):
            if path.is_file() and 0 < path.stat().st_size <= LARGEST:
                name = path.relative_to(folder).as_posix()
                found.append(Source(name, path.suffix.lower() or ".jpg", path.read_bytes()))
    return found


def _made() -> Iterator[Source]:
    for name, data in _pictures():
        yield Source(f"made/{name}", Path(name).suffix, data)
    yield Source("made/a.xmp", ".xmp", XMP)
    yield Source("made/a.aae", ".aae", AAE)
    yield Source("made/a.jpg.json", ".json", json.dumps(_TAKEOUT).encode())
    yield Source("made/a.mov", ".mov", _film())


_TAKEOUT = {
    "title": "a.jpg", "description": "At the sea", "favorited": True,
    "photoTakenTime": {"timestamp": "1556712184", "formatted": "1 May 2019"},
    "geoData": {"latitude": 48.5, "longitude": 2.3, "altitude": 0.0},
    "people": [{"name": "Anna"}],
}  # fmt: skip


def _pictures() -> Iterator[tuple[str, bytes]]:
    small = _drawn((160, 120))
    exif = Image.Exif()
    exif.update({271: "Maker", 272: "Camera", 274: 6, 0x9C9B: "At sea\0".encode("utf-16-le")})
    exif.get_ifd(0x8769).update({0x9003: "2019:05:01 12:03:04", 0x9291: "35", 0x829A: 0.01})
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 30.0, 0.5), 3: "E", 4: (2.0, 20.0, 1.0)})
    facts = {"exif": exif.tobytes(), "xmp": XMP}
    text = PngImagePlugin.PngInfo()
    text.add_text("Description", "At the sea")
    text.add_itxt("XML:com.adobe.xmp", XMP.decode())
    for name, kind, image, options in (
        ("a.jpg", "JPEG", small, facts),
        ("progressive.jpg", "JPEG", small, {"progressive": True}),
        ("cmyk.jpg", "JPEG", small.convert("CMYK"), {}),
        ("a.mpo", "MPO", small, {"save_all": True, "append_images": [small]}),
        ("a.png", "PNG", small, {"exif": facts["exif"], "pnginfo": text}),
        ("palette.png", "PNG", small.convert("P"), {}),
        ("alpha.png", "PNG", small.convert("RGBA"), {}),
        ("wide.png", "PNG", small.convert("I;16"), {}),
        ("a.apng", "PNG", small, {"save_all": True, "append_images": [small.rotate(9)]}),
        ("a.webp", "WEBP", small, facts),
        ("lossless.webp", "WEBP", small, {"lossless": True}),
        ("a.avif", "AVIF", small, {"exif": facts["exif"]}),
        ("a.heic", "HEIF", small, facts),
        ("a.jxl", "JXL", small, {"exif": facts["exif"]}),
        ("a.jp2", "JPEG2000", small, {}),
        ("a.tif", "TIFF", small, {"exif": exif}),
        ("lzw.tif", "TIFF", small, {"compression": "tiff_lzw"}),
        ("jpeg.tif", "TIFF", small, {"compression": "jpeg"}),
        ("wide.tif", "TIFF", small.convert("I;16"), {}),
        ("float.tif", "TIFF", small.convert("F"), {}),
        ("a.bmp", "BMP", small, {}),
        ("a.gif", "GIF", small, {"save_all": True, "append_images": [small.rotate(9)]}),
    ):
        out = io.BytesIO()
        if kind in Image.SAVE:  # JPEG XL comes with an extra
            image.save(out, kind, **options)
            yield name, out.getvalue()
    yield from _raws()


def _raws() -> Iterator[tuple[str, bytes]]:
    """Camera RAW as the tests make it."""
    sys.path.insert(0, str(_TESTS))
    from tests.raw_files import MAKERS, jpeg

    preview = jpeg(_drawn((816, 544)), 60)
    for suffix, make in MAKERS.items():
        yield f"a.{suffix}", make(preview, (1632, 1088), "2019:05:01 12:03:04", 6)


def _drawn(size: tuple[int, int]) -> Image.Image:
    image = Image.radial_gradient("L").resize(size).convert("RGB")
    draw = ImageDraw.Draw(image)
    draw.rectangle((size[0] // 5, size[1] // 5, size[0] // 2, size[1] // 2), fill=(200, 60, 40))
    draw.ellipse((size[0] // 2, size[1] // 2, size[0] - 9, size[1] - 9), fill=(20, 90, 200))
    return image


def _film() -> bytes:
    def box(kind: bytes, *body: bytes) -> bytes:
        data = b"".join(body)
        return struct.pack(">I", len(data) + 8) + kind + data

    key = box(b"mdta", b"com.apple.quicktime.content.identifier")
    value = box(b"data", struct.pack(">II", 1, 0), b"0A1B2C3D")
    meta = box(
        b"meta",
        box(b"hdlr", bytes(24)),
        box(b"keys", struct.pack(">II", 0, 1), key),
        box(b"ilst", box(struct.pack(">I", 1), value)),
    )
    header = box(b"mvhd", bytes(4), struct.pack(">IIII", 3_600_000_000, 0, 600, 1800), bytes(80))
    return box(b"ftyp", b"qt  \0\0\0\0qt  ") + box(b"mdat", bytes(40)) + box(b"moov", header, meta)
