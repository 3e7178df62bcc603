"""XMP packets: inside a picture, or as a sidecar beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree

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
EXTRA_NAMES = frozenset(_XMP_EXTRAS)
PEOPLE = tuple(name for name, kind in _XMP_EXTRAS.items() if kind == "people")

_WORTH_PARSING = re.compile(
    rb"DateTimeOriginal|DateCreated|CreateDate|Rating|description|title|Headline|subject"
    rb"|GPSLatitude|City|Location|PersonInImage|PersonDisplayName|regions|camera-raw|darktable"
)


class Packet(NamedTuple):
    """What a packet says: the raw text of its capture date, what a person would miss, and
    whether it holds the settings with which a RAW was developed."""

    date: str | None = None
    extras: tuple[str, ...] = ()
    develops: bool = False


NOTHING = Packet()


def read_packet(packet: object) -> Packet:
    """Read a packet; damaged, hostile or too large ones say nothing. Never raises."""
    root = parse(packet)
    if root is None:
        return NOTHING
    dates: dict[str, str] = {}
    extras: set[str] = set()
    for name, text in _properties(root):
        if name in _XMP_DATES:
            date = real_date(clean(text))
            if date is not None:
                dates.setdefault(name, date)
        elif worth_keeping(_XMP_EXTRAS[name], text):
            extras.add(_XMP_EXTRAS[name])
    return Packet(
        next((dates[name] for name in _XMP_DATES if name in dates), None),
        tuple(kind for kind in EXTRAS if kind in extras),
        any(_develops(element) for element in root.iter()),
    )


def parse(packet: object) -> ElementTree.Element | None:
    """The tree of a packet in UTF-8 or UTF-16; None where there is nothing to look for in it."""
    if isinstance(packet, str):
        packet = packet.encode("utf-8", "replace")
    if not isinstance(packet, bytes) or len(packet) > LARGEST_XMP:
        return None
    if packet[:2] in (b"\xff\xfe", b"\xfe\xff"):
        packet = packet.decode("utf-16", "replace").encode("utf-8", "replace")
    packet = packet.strip(b"\0 \t\r\n")
    # XMP has no document type; one that does is an attack on the parser (entity expansion).
    if b"<!" in packet or (b"\0" not in packet and not _WORTH_PARSING.search(packet)):
        return None
    try:
        return ElementTree.fromstring(packet)
    except DAMAGE:
        return None


def _develops(element: ElementTree.Element) -> bool:
    return element.tag.startswith(_DEVELOPERS) or any(
        name.startswith(_DEVELOPERS) for name in element.attrib
    )


def _properties(root: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """The properties looked for, whether written as attribute, element or list."""
    for element in root.iter():
        for name, value in element.attrib.items():
            if name in _XMP_EXTRAS or name in _XMP_DATES:
                yield name, value
        if element.tag in _XMP_EXTRAS or element.tag in _XMP_DATES:
            yield element.tag, " ".join(element.itertext())
