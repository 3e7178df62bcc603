"""XMP packets: inside a picture, or as a sidecar beside it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from xml.etree import ElementTree

from albumdedup.core.metadata.profiles import LARGEST_EXTENDED
from albumdedup.core.metadata.texts import DAMAGE, EXTRAS, clean, real_date, worth_keeping

LARGEST_XMP = 1 << 20

EXIF_NS = "{http://ns.adobe.com/exif/1.0/}"
PHOTOSHOP_NS = "{http://ns.adobe.com/photoshop/1.0/}"
XMP_NS = "{http://ns.adobe.com/xap/1.0/}"
RDF_NS = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
DC_NS = "{http://purl.org/dc/elements/1.1/}"
CORE_NS = "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}"
EXT_NS = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
REGION_NS = "{http://www.metadataworkinggroup.com/schemas/regions/}"

_DEVELOPERS = ("{http://ns.adobe.com/camera-raw-settings/1.0/}", "{http://darktable.sf.net/}")

_XMP_DATES = (
    f"{EXIF_NS}DateTimeOriginal",
    f"{PHOTOSHOP_NS}DateCreated",
    f"{XMP_NS}CreateDate",
)
_XMP_EXTRAS = {
    f"{EXIF_NS}GPSLatitude": "place",
    f"{EXIF_NS}GPSLongitude": "place",
    f"{PHOTOSHOP_NS}City": "place",
    f"{CORE_NS}Location": "place",
    f"{DC_NS}description": "caption",
    f"{DC_NS}title": "caption",
    f"{PHOTOSHOP_NS}Headline": "caption",
    f"{XMP_NS}Rating": "rating",
    f"{DC_NS}subject": "keywords",
    f"{EXT_NS}PersonInImage": "people",
    f"{REGION_NS}Name": "people",
    "{http://ns.microsoft.com/photo/1.2/t/Region#}PersonDisplayName": "people",
}
_ORIENTATION = "{http://ns.adobe.com/tiff/1.0/}Orientation"
_TURNS = frozenset("12345678")
_WANTED = frozenset({*_XMP_EXTRAS, *_XMP_DATES, _ORIENTATION})
PEOPLE = tuple(name for name, kind in _XMP_EXTRAS.items() if kind == "people")

_WORTH_PARSING = re.compile(
    rb"DateTimeOriginal|DateCreated|CreateDate|Rating|description|title|Headline|subject"
    rb"|Orientation|GPSLatitude|City|Location|PersonInImage|PersonDisplayName|regions|camera-raw|darktable"
)


class Packet(NamedTuple):
    """What a packet says: the raw text of its capture date, what a person would miss, and
    whether it holds the settings with which a RAW was developed; ``orientation`` as it stands."""

    date: str | None = None
    extras: tuple[str, ...] = ()
    develops: bool = False
    orientation: int | None = None


NOTHING = Packet()


def read_packets(packets: Iterable[object]) -> Packet:
    """What several packets of one photo say together; the first one first."""
    told = [read_packet(packet) for packet in packets]
    extras = {extra for one in told for extra in one.extras}
    return Packet(
        next((one.date for one in told if one.date), None),
        tuple(kind for kind in EXTRAS if kind in extras),
        any(one.develops for one in told),
        next((one.orientation for one in told if one.orientation), None),
    )


def read_packet(packet: object) -> Packet:
    """Read a packet; of a damaged one what stands before the damage, of a hostile or too large
    one nothing. Never raises."""
    root = parse(packet)
    if root is None:
        return NOTHING
    dates: dict[str, str] = {}
    extras: set[str] = set()
    orientation: int | None = None
    for name, text in properties(root):
        if name == _ORIENTATION:
            orientation = int(text) if text in _TURNS else orientation
        elif name in _XMP_DATES:
            date = real_date(clean(text))
            if date is not None:
                dates.setdefault(name, date)
        elif worth_keeping(_XMP_EXTRAS[name], text):
            extras.add(_XMP_EXTRAS[name])
    return Packet(
        next((dates[name] for name in _XMP_DATES if name in dates), None),
        tuple(kind for kind in EXTRAS if kind in extras),
        any(_develops(element) for element in root.iter()),
        orientation,
    )


def parse(packet: object) -> ElementTree.Element | None:
    """The tree of a packet in UTF-8 or UTF-16; None where there is nothing to look for in it."""
    if isinstance(packet, str):
        packet = packet.encode("utf-8", "replace")
    if not isinstance(packet, bytes) or len(packet) > LARGEST_EXTENDED:
        return None
    if len(packet) > LARGEST_XMP and not _WORTH_PARSING.search(packet):
        return None
    if packet[:2] in (b"\xff\xfe", b"\xfe\xff"):
        packet = packet.decode("utf-16", "replace").encode("utf-8", "replace")
    packet = packet.strip(b"\0 \t\r\n")
    # XMP has no document type; one that does is an attack on the parser (entity expansion).
    if b"<!" in packet or (b"\0" not in packet and not _WORTH_PARSING.search(packet)):
        return None
    return _tree(packet)


def _tree(packet: bytes) -> ElementTree.Element | None:
    """Of a packet that breaks off, the part before the break: what is not closed has no text
    yet, so that half a caption is none."""
    root: ElementTree.Element | None = None
    try:
        for _event, element in ElementTree.iterparse(io.BytesIO(packet), ("start",)):
            root = element if root is None else root
    except DAMAGE:
        return root
    return root


def _develops(element: ElementTree.Element) -> bool:
    return element.tag.startswith(_DEVELOPERS) or any(
        name.startswith(_DEVELOPERS) for name in element.attrib
    )


def properties(root: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """The properties looked for, whether written as attribute, element or list; a list's entries
    one by one. What stands inside of one is a part of it: so each text is read once, however
    deep an attacker nests them."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        for name, value in element.attrib.items():
            if name in _WANTED:
                yield name, value
        if element.tag not in _WANTED:
            waiting += reversed(element)
            continue
        entries = _entries(element)
        if not entries:
            yield element.tag, "".join(element.itertext())
        for entry in entries:
            yield element.tag, "".join(entry.itertext())


def _entries(element: ElementTree.Element) -> list[ElementTree.Element]:
    """The entries of a list: rdf:li in an rdf:Bag, Seq or Alt."""
    found = [entry for group in element for entry in group if entry.tag == f"{RDF_NS}li"]
    return found or [entry for entry in element if entry.tag == f"{RDF_NS}li"]
