"""Files that hold more than one picture, made byte by byte: films, gain maps, depth maps."""

from __future__ import annotations

import io
import struct

from PIL import Image

XMP = b"http://ns.adobe.com/xap/1.0/\0"
ISO_GAIN = b"urn:iso:std:iso:ts:21496:-1\0"


def box(kind: bytes, *body: bytes) -> bytes:
    data = b"".join(body)
    return struct.pack(">I", len(data) + 8) + kind + data


def film(frames: int = 4000) -> bytes:
    """An MP4 of nothing: brand, frames, index."""
    header = box(b"mvhd", bytes(4), struct.pack(">IIII", 3_600_000_000, 0, 600, 1800), bytes(80))
    brand = box(b"ftyp", b"mp42\0\0\0\0isommp42")
    return brand + box(b"mdat", bytes(range(250)) * (frames // 250)) + box(b"moov", header)


def jpeg(picture: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", **{"quality": 92, **options})
    return out.getvalue()


def with_segment(data: bytes, body: bytes, marker: int = 0xE1) -> bytes:
    """A JPEG with one more segment, before all others."""
    return data[:2] + bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body + data[2:]


def packet(attributes: str, names: str) -> bytes:
    return (
        XMP
        + (
            '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
            'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            f'<rdf:Description rdf:about="" {names} {attributes}/></rdf:RDF></x:xmpmeta>'
        ).encode()
    )


CAMERA = 'xmlns:GCamera="http://ns.google.com/photos/1.0/camera/"'
GAIN = 'xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/"'


def micro_video(still: bytes, mp4: bytes) -> bytes:
    """Google's older way: the film's length, from the end."""
    told = f'GCamera:MicroVideo="1" GCamera:MicroVideoOffset="{len(mp4)}"'
    return with_segment(still, packet(told, CAMERA)) + mp4


def motion_photo(still: bytes, mp4: bytes) -> bytes:
    """Google's newer way."""
    told = 'GCamera:MotionPhoto="1" GCamera:MotionPhotoVersion="1"'
    return with_segment(still, packet(told, CAMERA)) + mp4


def samsung(still: bytes, mp4: bytes) -> bytes:
    """Samsung's trailer: blocks with names, then a directory of them that is read from the end."""
    block = struct.pack("<HHI", 0, 0x0A30, 16) + b"MotionPhoto_Data" + mp4
    entry = struct.pack("<HHII", 0, 0x0A30, len(block), len(block))
    directory = b"SEFH" + struct.pack("<II", 107, 1) + entry
    return still + block + directory + struct.pack("<I", len(directory)) + b"SEFT"


def ultra_hdr(still: bytes, gain_map: bytes, *, iso: bool = False) -> bytes:
    """A base picture, and behind it a second one that says how much brighter HDR is."""
    if iso:
        return with_segment(still, ISO_GAIN + bytes(4), 0xE2) + with_segment(
            gain_map, ISO_GAIN + bytes(60), 0xE2
        )
    version = packet('hdrgm:Version="1.0"', GAIN)
    numbers = packet('hdrgm:Version="1.0" hdrgm:GainMapMax="2.5"', GAIN)
    return with_segment(still, version) + with_segment(gain_map, numbers)


def heif_boxes(*, urns: tuple[bytes, ...] = (), items: tuple[bytes, ...] = ()) -> bytes:
    """The boxes that tell of maps, without any pixels."""
    auxiliary = b"".join(box(b"auxC", bytes(4), urn + b"\0") for urn in urns)
    entries = b"".join(
        box(b"infe", b"\2\0\0\0", struct.pack(">HH", n + 1, 0), kind, b"\0")
        for n, kind in enumerate(items)
    )
    properties = box(b"iprp", box(b"ipco", auxiliary))
    table = box(b"iinf", bytes(4), struct.pack(">H", len(items)), entries)
    return box(b"ftyp", b"heic\0\0\0\0mif1") + box(b"meta", bytes(4), properties, table)
