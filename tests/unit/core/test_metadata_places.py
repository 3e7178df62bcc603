"""Where metadata lie in each container, and what is left of them when they are broken; on bytes
that are made here."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pillow_heif
import pytest
from PIL import Image, PngImagePlugin, TiffImagePlugin

from albumdedup.core.carrying.reading import values_of
from albumdedup.core.decoder.opening import opened_by
from albumdedup.core.keeper import lacks
from albumdedup.core.metadata import read_metadata
from albumdedup.core.metadata.profiles import LARGEST_EXTENDED
from albumdedup.core.metadata.tiff import read_tree
from albumdedup.core.metadata.values import Values, packet_values, read_values
from albumdedup.core.metadata.xmp import read_packet
from albumdedup.core.types import ContentId, FileIdentity, Photo, PhotoMetadata, Stamp
from tests.raw_files import ASCII, LONG, SHORT, UNDEFINED, Tiff, nef
from tests.raw_files import jpeg as jpeg_of

# Image.open itself looks into EXIF for the resolution, and warns.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")

XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:xmpNote="http://ns.adobe.com/xmp/note/">
<rdf:Description rdf:about="" %s>%s</rdf:Description></rdf:RDF></x:xmpmeta>"""
CAPTION = (
    "<dc:description><rdf:Alt><rdf:li xml:lang='x-default'>At the lake</rdf:li></rdf:Alt>"
    "</dc:description>"
)
GUID = "0123456789ABCDEF0123456789ABCDEF"


def xmp(attributes: str = "", elements: str = CAPTION) -> bytes:
    return (XMP % (attributes, elements)).encode()


def dataset(number: int, text: bytes, *, wide: bool = False) -> bytes:
    length = b"\x80\x04" + struct.pack(">I", len(text)) if wide else struct.pack(">H", len(text))
    return bytes([0x1C, 2, number]) + length + text


def resources(block: bytes, code: int = 0x0404) -> bytes:
    return b"8BIM" + struct.pack(">H", code) + b"\0\0" + struct.pack(">I", len(block)) + block


def written(kind: str = "JPEG", **options: Any) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (32, 24), (90, 120, 40)).save(file, kind, **options)
    return file.getvalue()


def with_segments(*bodies: bytes, marker: bytes = b"\xff\xe1") -> bytes:
    made = (marker + struct.pack(">H", len(body) + 2) + body for body in bodies)
    return b"\xff\xd8" + b"".join(made) + written()[2:]


def with_profile(name: str, data: bytes) -> bytes:
    """A PNG with what ImageMagick writes."""
    text = PngImagePlugin.PngInfo()
    digits = data.hex()
    lines = "\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
    text.add_text(f"Raw profile type {name}", f"\n{name}\n{len(data):8d}\n{lines}\n", zip=True)
    return written("PNG", pnginfo=text)


def read(data: bytes, name: str = "a.jpg") -> PhotoMetadata:
    return opened_by(data, name, lambda opened: read_metadata(_loaded(opened.image)))


def values(data: bytes, name: str = "a.jpg") -> Values:
    return opened_by(data, name, lambda opened: read_values(_loaded(opened.image)))


def _loaded(image: Image.Image) -> Image.Image:
    if image.format == "PNG":
        image.load()
    return image


def _heif(**options: Any) -> bytes:
    file = io.BytesIO()
    made = pillow_heif.from_pillow(Image.new("RGB", (64, 64), (90, 120, 40)))
    made.save(file, **options)
    return file.getvalue()


def _tiff_with(tag: int, kind: int, value: bytes) -> bytes:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[tag] = value
    tags.tagtype[tag] = kind
    return written("TIFF", tiffinfo=tags)


def _jxl_with(kind: bytes, body: bytes) -> bytes:
    data = written("JXL", use_container=True)
    return data + struct.pack(">I", len(body) + 8) + kind + body


def _jp2_with(uuid: str, body: bytes) -> bytes:
    box = bytes.fromhex(uuid) + body
    return written("JPEG2000") + struct.pack(">I", len(box) + 8) + b"uuid" + box


PLACES: dict[str, Callable[[], bytes]] = {
    "a.jpg": lambda: written(xmp=xmp()),
    "a.png": lambda: written("PNG", pnginfo=_itxt()),
    "profile.png": lambda: with_profile("xmp", xmp()),
    "a.webp": lambda: written("WEBP", xmp=xmp()),
    "a.avif": lambda: written("AVIF", xmp=xmp()),
    "a.heic": lambda: _heif(xmp=xmp()),
    "a.tif": lambda: _tiff_with(700, 1, xmp()),
    "a.jp2": lambda: _jp2_with("be7acfcb97a942e89c71999491e3afac", xmp()),
    "a.jxl": lambda: _jxl_with(b"xml ", xmp()),
    "a.nef": lambda: _raw_with(xmp()),
}  # fmt: skip


def _itxt() -> PngImagePlugin.PngInfo:
    text = PngImagePlugin.PngInfo()
    text.add_itxt("XML:com.adobe.xmp", xmp().decode())
    return text


def _raw_with(packet: bytes) -> bytes:
    """A RAW whose main directory holds a packet."""
    file = Tiff("<")
    preview = jpeg_of(Image.new("RGB", (816, 544), (90, 120, 40)))
    at = file.blob(preview)
    below = file.directory({0x0201: (LONG, at), 0x0202: (LONG, len(preview))})
    return file.done(file.directory({0x02BC: (UNDEFINED, packet), 0x014A: (LONG, below)}))


@pytest.mark.parametrize("name", PLACES)
def test_a_caption_in_xmp_counts_wherever_the_container_keeps_it(name: str) -> None:
    if name.endswith(".jxl"):
        pytest.importorskip("pillow_jxl", reason="the extra jxl is not installed")
    data = PLACES[name]()
    assert read(data, name).extras == ("caption",)
    assert values(data, name).caption == "At the lake"


IPTC = dataset(25, b"garden") + dataset(120, "Am Süd-See".encode())
IPTC_PLACES: dict[str, Callable[[], bytes]] = {
    "a.jpg": lambda: with_segments(b"Photoshop 3.0\0" + resources(IPTC), marker=b"\xff\xed"),
    "iptc.tif": lambda: _tiff_with(0x83BB, 7, IPTC),
    "photoshop.tif": lambda: _tiff_with(0x8649, 1, resources(b"xx", 0x03ED) + resources(IPTC)),
    "iptc.png": lambda: with_profile("iptc", resources(IPTC)),
    "bare.png": lambda: with_profile("iptc", IPTC),
    "8bim.png": lambda: with_profile("8bim", resources(IPTC)),
}


@pytest.mark.parametrize("name", IPTC_PLACES)
def test_a_caption_in_iptc_alone_counts_wherever_it_lies(name: str) -> None:
    data = IPTC_PLACES[name]()
    assert read(data, name).extras == ("caption", "keywords")
    found = values(data, name)
    assert (found.caption, found.keywords) == ("Am Süd-See", ("garden",))


def test_iptc_titles_long_datasets_and_letters_of_windows() -> None:
    block = dataset(5, b"Our boat") + dataset(25, "Süd".encode("cp1252"))
    block += dataset(120, b"At the lake " * 3000, wide=True)
    found = values(with_segments(b"Photoshop 3.0\0" + resources(block), marker=b"\xff\xed"))
    assert (found.title, found.keywords) == ("Our boat", ("Süd",))
    assert found.caption is not None
    assert found.caption.startswith("At the lake At")


def test_iptc_that_claims_more_than_there_is() -> None:
    whole = dataset(25, b"garden")
    for rest in (b"\x1c\x02\x78\xff\xff", b"\x1c\x02\x78\x80\x04\xff\xff\xff\xff", b"\x1c"):
        found = read(
            with_segments(b"Photoshop 3.0\0" + resources(whole + rest), marker=b"\xff\xed")
        )
        assert found.extras == ("keywords",)


def extended(
    whole: bytes, *, guid: str = GUID, step: int = 300, total: int | None = None
) -> list[bytes]:
    """The standard packet that names the extended one, and the parts of that, the last first."""
    standard = xmp(f'xmp:Rating="3" xmpNote:HasExtendedXMP="{guid}"', "")
    parts = [
        b"http://ns.adobe.com/xmp/extension/\0" + GUID.encode()
        + struct.pack(">II", len(whole) if total is None else total, at) + whole[at : at + step]
        for at in range(0, len(whole), step)
    ]  # fmt: skip
    return [b"http://ns.adobe.com/xap/1.0/\0" + standard, *reversed(parts)]


def test_extended_xmp_is_put_together_by_its_offsets() -> None:
    data = with_segments(*extended(xmp()))
    assert len(extended(xmp())) > 2
    assert read(data).extras == ("caption", "rating")
    found = values(data)
    assert (found.caption, found.rating) == ("At the lake", 3)


def test_extended_xmp_that_nobody_names_is_of_another_version() -> None:
    assert read(with_segments(*extended(xmp(), guid="F" * 32))).extras == ("rating",)


def test_extended_xmp_with_a_hole_says_what_stands_before_it() -> None:
    parts = extended(
        xmp(elements=CAPTION + "<dc:subject>" + "x" * 2000 + "</dc:subject>"), step=1000
    )
    assert read(with_segments(*parts)).extras == ("caption", "rating", "keywords")
    assert read(with_segments(*parts[:1], *parts[2:])).extras == ("caption", "rating")


def test_extended_xmp_has_a_largest_size() -> None:
    blank = xmp(elements=CAPTION).replace(
        b"<rdf:Description", b" " * LARGEST_EXTENDED + b"<rdf:Description"
    )
    assert read(with_segments(*extended(blank, step=65_000))).extras == ("rating",)


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-16-le"])
def test_xmp_in_every_code(code: str) -> None:
    assert read_packet(xmp().decode().encode(code)).extras == ("caption",)


def test_half_a_packet_says_what_is_whole_in_it() -> None:
    both = xmp('xmp:Rating="4"')
    assert read_packet(both[:-40]).extras == ("caption", "rating")
    assert read_packet(both[: both.index(b"lake")]).extras == ("rating",)  # half a caption is none
    assert read_packet(both[: both.index(b"Rating")]).extras == ()


def test_a_packet_of_thousands_of_nested_properties_is_read_once() -> None:
    """Each was read with all below it: seconds for 700 kB, minutes for more."""
    deep = xmp(elements="<dc:subject>" * 20_000 + "word" + "</dc:subject>" * 20_000)
    assert packet_values(deep).keywords == ("word",)
    assert read_packet(deep).extras == ("keywords",)


# --- EXIF ---------------------------------------------------------------------------------------


def exif_of(*entries: bytes, order: str = "<", following: int = 0) -> bytes:
    mark = b"II*\0" if order == "<" else b"MM\0*"
    head = mark + struct.pack(order + "IH", 8, len(entries))
    return b"Exif\0\0" + head + b"".join(entries) + struct.pack(order + "I", following)


def entry(tag: int, kind: int, count: int, value: int, order: str = "<") -> bytes:
    return struct.pack(order + "HHII", tag, kind, count, value)


SIX = entry(0x0112, SHORT, 1, 6)


@pytest.mark.parametrize(
    "bad",
    [
        entry(0x010E, ASCII, 0xFFFFFFFF, 8), entry(0x010E, ASCII, 40, 0xFFFFFFF0),
        entry(0x010E, ASCII, 0, 0), entry(0x010E, 99, 1, 0), entry(0x8769, LONG, 1, 8),
        entry(0x8825, LONG, 1, 0xFFFFFFFF), entry(0x014A, LONG, 0x3FFFFFFF, 8),
        entry(0x0100, 5, 0x1FFFFFFF, 8), entry(0x010F, 12, 0x20000000, 8),
    ],
)  # fmt: skip
def test_one_broken_tag_costs_that_tag(bad: bytes) -> None:
    """Pillow's reader ends at the first value that lies outside: the camera was lost with it."""
    model = entry(0x0110, ASCII, 4, int.from_bytes(b"Cam\0", "little"))
    found = read(with_segments(exif_of(bad, model, SIX)))
    assert (found.orientation, found.camera) == (6, "Cam")


def test_directories_in_a_circle_are_read_once() -> None:
    below = [entry(0x014A, LONG, 1, 8), SIX]
    tree = read_tree(exif_of(*below, following=8)[6:])
    assert len(tree.directories) == 1
    assert read(with_segments(exif_of(*below, following=8))).orientation == 6


@pytest.mark.parametrize("kind", [6, 8, 9])
def test_offsets_with_a_sign_may_lie_before_the_file(kind: int) -> None:
    data = exif_of(SIX, entry(0x014A, kind, 1, 0x928FFF80), entry(0x8769, kind, 1, 0xFFFFFFF0))[6:]
    assert read_tree(data).main.number(0x0112) == 6
    assert read_tree(data).exif.fields == {}


def test_a_byte_order_that_is_wrong_says_nothing() -> None:
    swapped = b"Exif\0\0MM\0*" + exif_of(SIX)[10:]
    assert read(with_segments(swapped)) == PhotoMetadata()


def test_a_thousand_tags_that_claim_the_same_bytes_are_not_all_copied() -> None:
    many = [entry(1000 + number, UNDEFINED, 100_000, 0) for number in range(900)]
    data = exif_of(SIX, *many)[6:] + bytes(100_000)
    tree = read_tree(data)
    assert sum(len(field.data) for field in tree.main.fields.values()) < 3_000_000
    assert tree.main.number(0x0112) == 6
    packet = written("PNG", exif=b"Exif\0\0" + data)
    assert read(packet, "a.png").orientation == 6


def test_the_makers_note_is_not_followed() -> None:
    """Its offsets count from wherever its maker liked."""
    note = b"Nikon\0\x02\0\0\0" + exif_of(entry(0x8769, LONG, 1, 8), following=8)[6:]
    file = Tiff("<")
    detail = file.directory({0x927C: (UNDEFINED, note), 0x9003: (ASCII, "2019:05:01 12:03:04")})
    data = b"Exif\0\0" + file.done(file.directory({0x8769: (LONG, detail)}))
    found = read(with_segments(data))
    assert (found.original, found.live_id) == ("2019:05:01 12:03:04", None)


def test_letters_in_exif_are_utf_8_or_those_of_windows() -> None:
    for code in ("utf-8", "cp1252"):
        file = Tiff("<")
        at = file.directory({0x010E: (UNDEFINED, b"")})
        text = "Am See: Grüße\0".encode(code)
        data = file.done(file.directory({0x010E: (ASCII, "x" * (len(text) - 1))}))
        data = data.replace(b"x" * (len(text) - 1), text[:-1])
        assert at
        assert values(with_segments(b"Exif\0\0" + data)).caption == "Am See: Grüße"


@pytest.mark.parametrize("name", ["exif", "APP1"])
def test_exif_in_a_raw_profile_of_png(name: str) -> None:
    assert read(with_profile(name, exif_of(SIX)), "a.png").orientation == 6


@pytest.mark.parametrize("digits", ["zz", "49492a0", ""])
def test_a_raw_profile_that_is_none(digits: str) -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Raw profile type exif", f"\nexif\n      20\n{digits}\n")
    assert read(written("PNG", pnginfo=text), "a.png") == PhotoMetadata()


def test_exif_of_jpeg_2000_and_of_jpeg_xl() -> None:
    jp2 = _jp2_with("4a706754696666457869662d3e4a5032", exif_of(SIX)[6:])
    assert read(jp2, "a.jp2").orientation == 6
    pytest.importorskip("pillow_jxl", reason="the extra jxl is not installed")
    assert read(written("JXL", exif=exif_of(SIX)), "a.jxl").tags == 1


def test_orientation_of_xmp_counts_where_exif_has_none() -> None:
    told = xmp('tiff:Orientation="8"', "")
    assert read(written(xmp=told)).orientation == 8
    assert read(written(xmp=told, exif=exif_of(SIX))).orientation == 6


def test_a_text_of_png_that_unfolds_costs_that_text() -> None:
    """Pillow refuses the whole photo for it."""
    body = b"XML:com.adobe.xmp\0\x01\0\0\0" + zlib.compress(bytes(80_000_000))
    chunk = (
        struct.pack(">I", len(body))
        + b"iTXt"
        + body
        + struct.pack(">I", zlib.crc32(b"iTXt" + body))
    )
    data = written("PNG")
    found = read(data[:33] + _itxt_chunk() + chunk + data[33:], "a.png")
    assert found.extras == ("caption",)
    found = read(data[:-12] + chunk + _itxt_chunk() + data[-12:], "a.png")
    assert found.extras == ("caption",)


def _itxt_chunk() -> bytes:
    data = written("PNG", pnginfo=_itxt())
    at = data.index(b"iTXt") - 4
    return data[at : at + 12 + int.from_bytes(data[at : at + 4], "big")]


def carried(path: Path) -> Values:
    return values_of(SimpleNamespace(path=str(path), companions=()))


def test_the_values_of_a_camera_raw_are_found(tmp_path: Path) -> None:
    """They were told of, but could not be carried over: the file was opened as a TIFF."""
    path = tmp_path / "a.nef"
    path.write_bytes(_raw_with(xmp()))
    assert carried(path).caption == "At the lake"
    assert carried(tmp_path / "gone.jpg") == Values()
    plain = tmp_path / "b.nef"
    plain.write_bytes(nef(jpeg_of(Image.new("RGB", (816, 544))), (816, 544), None, 6))
    assert carried(plain) == Values()


@pytest.mark.parametrize("name", IPTC_PLACES)
def test_a_copy_that_alone_has_the_caption_is_not_given_up_in_silence(name: str) -> None:
    def photo(metadata: PhotoMetadata) -> Photo:
        stamp = Stamp(1, 1, FileIdentity(1, 1))
        content = ContentId("0" * 64)
        return Photo(1, name, stamp, content, 32, 24, "JPEG", None, metadata)

    blank, told = photo(read(written())), photo(read(IPTC_PLACES[name](), name))
    assert lacks(blank, told) == ("caption", "keywords")
    assert lacks(told, blank) == ()


def test_a_keyword_of_control_characters_is_none() -> None:
    """It was carried over as an empty one."""
    block = dataset(25, bytes(9)) + dataset(25, b"\x01\x02") + dataset(25, b"garden\0")
    data = with_segments(b"Photoshop 3.0\0" + resources(block), marker=b"\xff\xed")
    assert values(data) == Values(keywords=("garden",))
