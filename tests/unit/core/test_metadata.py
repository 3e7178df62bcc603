"""Metadata of real picture bytes, made with Pillow, whole and damaged."""

from __future__ import annotations

import io
import random
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from PIL import Image, PngImagePlugin, TiffImagePlugin

from albumdedup.core.metadata import read_metadata
from albumdedup.core.types import PhotoMetadata

XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/">
<rdf:Description rdf:about="" ATTRIBUTES>ELEMENTS</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def packet(attributes: str = "", elements: str = "") -> bytes:
    return XMP.replace("ATTRIBUTES", attributes).replace("ELEMENTS", elements).encode()


def written(kind: str = "JPEG", **options: Any) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (32, 24), (90, 120, 40)).save(file, kind, **options)
    return file.getvalue()


def read(data: bytes) -> PhotoMetadata:
    with Image.open(io.BytesIO(data)) as image:
        return read_metadata(image)


def exif(
    ifd0: dict[int, Any] | None = None,
    detail: dict[int, Any] | None = None,
    gps: dict[int, Any] | None = None,
) -> bytes:
    made = Image.Exif()
    made.update(ifd0 or {})
    made.get_ifd(0x8769).update(detail or {})
    made.get_ifd(0x8825).update(gps or {})
    return made.tobytes()


FULL = exif(
    {271: "Canon", 272: "Canon EOS 80D", 274: 6, 305: "1.0\0\0", 306: "2019:06:01 00:00:00"},
    {
        0x9003: "2019:05:01 12:03:04", 0x9291: "35", 0x9011: "+02:00",
        0x9004: "2019:05:01 12:03:05", 0x9292: "36", 0x9012: "+02:00", 0x9010: "+01:00",
    },
    {
        1: "N", 2: (48.0, 30.0, 0.5), 3: "E", 4: (2.0, 20.0, 1.0),
        7: (TiffImagePlugin.IFDRational(10), 3.0, 4.7), 29: "2019:05:01",
    },
)  # fmt: skip


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_exif_of_every_format(kind: str) -> None:
    found = read(written(kind, exif=FULL))
    assert found.original == "2019:05:01 12:03:04"
    assert (found.original_subsec, found.original_offset) == ("35", "+02:00")
    assert (found.digitized, found.digitized_subsec) == ("2019:05:01 12:03:05", "36")
    assert (found.modified, found.modified_offset) == ("2019:06:01 00:00:00", "+01:00")
    assert found.gps_instant == "2019:05:01 10:03:04"
    assert found.camera == "Canon EOS 80D"
    assert found.software == "1.0"
    assert found.extras == ("place",)
    assert found.orientation == 6
    assert found.tags >= 12


def test_heif_is_upright_already() -> None:
    pillow_heif.register_heif_opener()
    file = io.BytesIO()
    Image.new("RGB", (64, 48)).save(file, "HEIF", exif=FULL)
    found = read(file.getvalue())
    assert found.orientation == 1
    assert found.original == "2019:05:01 12:03:04"


def test_multi_picture_jpeg() -> None:
    file = io.BytesIO()
    frames = [Image.new("RGB", (32, 24), (n, 0, 0)) for n in (0, 200)]
    frames[0].save(file, "MPO", save_all=True, append_images=frames[1:], exif=FULL)
    assert read(file.getvalue()).original == "2019:05:01 12:03:04"


@pytest.mark.parametrize("value", [0, 9, 4242])
def test_impossible_orientation_is_upright(value: int) -> None:
    assert read(written(exif=exif({274: value}))).orientation == 1


@pytest.mark.parametrize("blank", ["    :  :     :  :  ", "0000:00:00 00:00:00", "\0\0", "  "])
def test_blank_dates_are_none(blank: str) -> None:
    assert read(written(exif=exif({306: blank}, {0x9003: blank}))).original is None


def test_nothing_there() -> None:
    assert read(written()) == PhotoMetadata()
    assert read(written("PNG")) == PhotoMetadata()


def test_png_is_not_decoded_for_its_metadata() -> None:
    data = written("PNG", exif=FULL)
    at = data.index(b"IDAT")
    assert read(data[: at + 10]).camera == "Canon EOS 80D"
    plain = written("PNG")
    assert read(plain[: plain.index(b"IDAT") + 10]) == PhotoMetadata()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_xmp_attributes_and_elements(kind: str) -> None:
    xmp = packet(
        'xmp:Rating="4" xmp:CreateDate="2018-01-02T03:04:05"',
        "<exif:DateTimeOriginal>2017-01-02T03:04:05.25+01:00</exif:DateTimeOriginal>"
        '<dc:description><rdf:Alt><rdf:li xml:lang="x-default">Grandma</rdf:li></rdf:Alt>'
        "</dc:description><dc:subject><rdf:Bag><rdf:li>garden</rdf:li></rdf:Bag></dc:subject>"
        "<Iptc4xmpExt:PersonInImage><rdf:Bag><rdf:li>Ann</rdf:li></rdf:Bag>"
        "</Iptc4xmpExt:PersonInImage>",
    )
    if kind == "PNG":
        texts = PngImagePlugin.PngInfo()
        texts.add_itxt("XML:com.adobe.xmp", xmp.decode())
        found = read(written("PNG", pnginfo=texts))
    else:
        found = read(written(kind, xmp=xmp))
    assert found.xmp_original == "2017-01-02T03:04:05.25+01:00"
    assert found.extras == ("caption", "rating", "people", "keywords")


def test_xmp_dates_in_order_of_trust() -> None:
    attributes = 'xmp:CreateDate="2018-01-01" photoshop:DateCreated="2016-01-01"'
    assert read(written(xmp=packet(attributes))).xmp_original == "2016-01-01"
    assert read(written(xmp=packet('xmp:CreateDate="2018-01-01"'))).xmp_original == "2018-01-01"


def test_empty_xmp_properties_are_no_extras() -> None:
    xmp = packet('xmp:Rating="0"', "<dc:subject><rdf:Bag/></dc:subject><dc:title> </dc:title>")
    assert read(written(xmp=xmp)).extras == ()


def test_regions_count_only_with_a_name() -> None:
    region = (
        '<mwg-rs:RegionList><rdf:Bag><rdf:li mwg-rs:Type="Face" {}/></rdf:Bag></mwg-rs:RegionList>'
    )
    regions = f'<mwg-rs:Regions rdf:parseType="Resource">{region}</mwg-rs:Regions>'
    named = packet("", regions.format('mwg-rs:Name="Ann"'))
    assert read(written(xmp=named)).extras == ("people",)
    assert read(written(xmp=packet("", regions.format("")))).extras == ()


def test_entities_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "Rating">]><x>&a;&a; Rating</x>'
    assert read(written(xmp=bomb)) == PhotoMetadata()


def test_captions_of_machines_are_not_missed() -> None:
    for machine in (
        "OLYMPUS DIGITAL CAMERA",
        "SONY DSC",
        "DCIM\\100MEDIA\\DJI_1.JPG",
        "Screenshot",
    ):
        assert read(written(exif=exif({270: machine}))).extras == (), machine
    assert read(written(exif=exif({270: "Our first day at school"}))).extras == ("caption",)


def test_captions_of_windows_and_user_comments() -> None:
    wide = "Am See".encode("utf-16-le") + b"\0\0"
    assert read(written(exif=exif({0x9C9B: wide}))).extras == ("caption",)
    comment = exif(None, {0x9286: b"ASCII\0\0\0At the lake"})
    assert read(written(exif=comment)).extras == ("caption",)


def test_no_place_at_zero_or_without_numbers() -> None:
    zero = {2: (0.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)}
    assert read(written(exif=exif(gps=zero))).extras == ()
    assert read(written(exif=exif(gps={29: "2019:05:01"}))).gps_instant is None


def test_iptc_block() -> None:
    def dataset(number: int, text: bytes) -> bytes:
        return bytes([0x1C, 2, number]) + len(text).to_bytes(2, "big") + text

    block = dataset(25, b"garden") + dataset(120, b"At the lake") + b"\x1c\x02"
    with Image.open(io.BytesIO(written())) as image:
        image.info["photoshop"] = {0x0404: block}
        assert read_metadata(image).extras == ("caption", "keywords")


def test_png_texts() -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Description", "At the lake")
    texts.add_text("Creation Time", "2019:05:01 12:03:04")
    found = read(written("PNG", pnginfo=texts))
    assert (found.extras, found.xmp_original) == (("caption",), "2019:05:01 12:03:04")


# Image.open itself looks into EXIF for the resolution, and warns.
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_damaged_exif_costs_only_what_is_damaged() -> None:
    dice = random.Random(5)
    for _attempt in range(300):
        broken = bytearray(FULL)
        for _byte in range(dice.randrange(1, 12)):
            broken[dice.randrange(6, len(broken))] = dice.randrange(256)
        data = written(exif=bytes(broken[: dice.randrange(8, len(broken) + 1)]))
        found = read(data)
        assert 1 <= found.orientation <= 8


@pytest.mark.photos
@pytest.mark.filterwarnings("ignore:.*:UserWarning")
def test_real_photos(shared_data: Path) -> None:
    with_camera = 0
    for path in sorted((shared_data / "originals").rglob("*.jpg"))[:150]:
        with Image.open(path) as image:
            with_camera += read_metadata(image).camera is not None
    assert with_camera > 20
