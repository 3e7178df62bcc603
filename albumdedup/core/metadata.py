"""EXIF, XMP, IPTC and PNG texts of an opened picture, as plain facts.

Nothing is judged here (see ``core.dates``) and nothing is decoded: Pillow has the packets in
memory once a file is opened. Damaged metadata costs what is damaged, never the photo.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from albumdedup.core.types import PhotoMetadata

if TYPE_CHECKING:
    from PIL import Image

EXTRAS = ("place", "caption", "rating", "people", "keywords")
"""What a person would miss, in the order in which it is told."""

# What Pillow's readers raise for damaged packets; a warning too, where warnings are errors.
_DAMAGE = (
    struct.error, SyntaxError, ValueError, LookupError, OSError, EOFError, TypeError,
    ArithmeticError, AttributeError, UserWarning,
)  # fmt: skip

_MAKE, _MODEL, _DESCRIPTION, _ORIENTATION, _SOFTWARE, _MODIFIED = 271, 272, 270, 274, 305, 306
_RATING, _XP_TITLE, _XP_COMMENT, _XP_KEYWORDS = 0x4746, 0x9C9B, 0x9C9C, 0x9C9E
_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
_ORIGINAL, _DIGITIZED, _USER_COMMENT = 0x9003, 0x9004, 0x9286
_MODIFIED_OFFSET, _ORIGINAL_OFFSET, _DIGITIZED_OFFSET = 0x9010, 0x9011, 0x9012
_ORIGINAL_SUBSEC, _DIGITIZED_SUBSEC = 0x9291, 0x9292
_GPS_LATITUDE, _GPS_LONGITUDE, _GPS_TIME, _GPS_DATE = 2, 4, 7, 29

_LONGEST_TEXT = 200
_LARGEST_XMP = 1 << 20

# Captions that cameras and programs write by themselves: nobody would miss them.
_MACHINE_CAPTION = re.compile(
    r"(?i)^(olympus|sony dsc|samsung|minolta|konica|kodak|nikon|exif_jpeg|digital camera|dcim"
    r"|default|untitled|screenshot|charset=|oplus_|fbmd|hisilicon|\{|<|dscn?_?\d|img_?\d"
    r"|created with|type=|dcf |gc-|.*\bcamera$|cof$|dav$|edf$|hdr$|rhdr$|ptr$|sdr$|mde$|jpeg$"
    r"|picture$|image$|map$)"
)


def read_metadata(image: Image.Image) -> PhotoMetadata:
    """Facts from an opened picture, which is neither decoded nor changed. Never raises for
    damaged metadata: what could be read is returned.

    ``orientation`` is what the decoder still has to apply: 1 for HEIF, whose plug-in has
    turned the pixels already.
    """
    extras: set[str] = set()
    exif = _exif(image)
    detail = _ifd(exif, _EXIF_IFD)
    gps = _ifd(exif, _GPS_IFD)
    xmp_date = _read_xmp(image, extras)
    _exif_extras(exif, detail, gps, extras)
    _read_iptc(image, extras)
    text_date = _read_png_texts(image, extras)
    return PhotoMetadata(
        original=_date(detail, _ORIGINAL),
        original_subsec=_text(detail, _ORIGINAL_SUBSEC),
        original_offset=_text(detail, _ORIGINAL_OFFSET),
        digitized=_date(detail, _DIGITIZED),
        digitized_subsec=_text(detail, _DIGITIZED_SUBSEC),
        digitized_offset=_text(detail, _DIGITIZED_OFFSET),
        modified=_date(exif, _MODIFIED),
        modified_offset=_text(detail, _MODIFIED_OFFSET),
        xmp_original=xmp_date or text_date,
        gps_instant=_gps_instant(gps),
        camera=_camera(exif),
        software=_text(exif, _SOFTWARE),
        orientation=_orientation(image, exif),
        extras=tuple(kind for kind in EXTRAS if kind in extras),
        tags=len(exif) + len(detail) + len(gps),
    )


# --- EXIF ---------------------------------------------------------------------------------


def _exif(image: Image.Image) -> Mapping[int, Any]:
    from PIL import Image as PillowImage

    try:
        # The base method: PNG's own one would decode the whole picture to look behind it.
        return PillowImage.Image.getexif(image)
    except _DAMAGE:
        return {}


def _ifd(exif: Mapping[int, Any], tag: int) -> Mapping[int, Any]:
    reader = getattr(exif, "get_ifd", None)
    if reader is None:
        return {}
    try:
        found = reader(tag)
    except _DAMAGE:
        return {}
    return found if isinstance(found, dict) else {}


def _value(ifd: Mapping[int, Any], tag: int) -> Any:
    try:
        return ifd.get(tag)
    except _DAMAGE:
        return None


def _clean(value: object) -> str | None:
    """Text up to its first NUL, without blanks around it; None where nothing is left."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    elif isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    return value.lstrip("\0").split("\0", 1)[0].strip()[:_LONGEST_TEXT] or None


def _text(ifd: Mapping[int, Any], tag: int) -> str | None:
    return _clean(_value(ifd, tag))


def _real_date(text: str | None) -> str | None:
    """None for the blank forms of the standard, "    :  :  " and "0000:00:00 00:00:00"."""
    return text if text is not None and re.search("[1-9]", text) else None


def _date(ifd: Mapping[int, Any], tag: int) -> str | None:
    return _real_date(_text(ifd, tag))


def _orientation(image: Image.Image, exif: Mapping[int, Any]) -> int:
    if image.format == "HEIF":
        return 1
    value = _value(exif, _ORIENTATION)
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _camera(exif: Mapping[int, Any]) -> str | None:
    make, model = _text(exif, _MAKE), _text(exif, _MODEL)
    if make and model and not model.lower().startswith(make.lower()):
        return f"{make} {model}"
    return model or make


def _numbers(value: object) -> list[float]:
    """The finite numbers of a rational triple; empty when any of them is not."""
    if not isinstance(value, tuple | list):
        return []
    try:
        numbers = [float(part) for part in value]
    except _DAMAGE:
        return []
    return numbers if all(math.isfinite(number) for number in numbers) else []


def _gps_instant(gps: Mapping[int, Any]) -> str | None:
    """UTC as "YYYY:MM:DD HH:MM:SS", the fraction cut off."""
    day, clock = _date(gps, _GPS_DATE), _numbers(_value(gps, _GPS_TIME))
    if day is None or len(clock) != 3 or not all(0 <= part < 61 for part in clock):
        return None
    hour, minute, second = (int(part) for part in clock)
    return f"{day} {hour:02}:{minute:02}:{second:02}"


def _exif_extras(
    exif: Mapping[int, Any],
    detail: Mapping[int, Any],
    gps: Mapping[int, Any],
    extras: set[str],
) -> None:
    latitude, longitude = (_numbers(_value(gps, t)) for t in (_GPS_LATITUDE, _GPS_LONGITUDE))
    if latitude and longitude and (any(latitude) or any(longitude)):
        extras.add("place")
    captions = [_text(exif, _DESCRIPTION), _comment(_value(detail, _USER_COMMENT))]
    captions += [_wide(_value(exif, tag)) for tag in (_XP_TITLE, _XP_COMMENT)]
    if any(_is_caption(caption) for caption in captions):
        extras.add("caption")
    if _wide(_value(exif, _XP_KEYWORDS)):
        extras.add("keywords")
    rating = _value(exif, _RATING)
    if isinstance(rating, int) and 0 < rating <= 100:
        extras.add("rating")


def _is_caption(text: str | None) -> bool:
    if text is None or _MACHINE_CAPTION.match(text):
        return False
    return sum(character.isalpha() for character in text) >= 2


def _comment(value: object) -> str | None:
    """A UserComment: eight bytes name the character code."""
    if not isinstance(value, bytes):
        return _clean(value)
    code, body = value[:8], value[8:]
    if code.startswith(b"ASCII"):
        return _clean(body.decode("ascii", "ignore"))
    if code.startswith(b"UNICODE"):
        order = "utf-16-be" if body[:1] == b"\0" else "utf-16-le"
        return _clean(body.decode(order, "ignore"))
    return None


def _wide(value: object) -> str | None:
    """The texts of Windows: UTF-16 in bytes."""
    if isinstance(value, tuple) and all(isinstance(n, int) and 0 <= n < 256 for n in value):
        value = bytes(value)
    return _clean(value.decode("utf-16-le", "ignore")) if isinstance(value, bytes) else None


# --- XMP ----------------------------------------------------------------------------------

_EXIF_NS = "{http://ns.adobe.com/exif/1.0/}"
_PHOTOSHOP_NS = "{http://ns.adobe.com/photoshop/1.0/}"
_XMP_NS = "{http://ns.adobe.com/xap/1.0/}"
_DC_NS = "{http://purl.org/dc/elements/1.1/}"
_CORE_NS = "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}"
_EXT_NS = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
_REGION_NS = "{http://www.metadataworkinggroup.com/schemas/regions/}"

_XMP_DATES = (
    f"{_EXIF_NS}DateTimeOriginal",
    f"{_PHOTOSHOP_NS}DateCreated",
    f"{_XMP_NS}CreateDate",
)
_XMP_EXTRAS = {
    f"{_EXIF_NS}GPSLatitude": "place",
    f"{_PHOTOSHOP_NS}City": "place",
    f"{_CORE_NS}Location": "place",
    f"{_DC_NS}description": "caption",
    f"{_DC_NS}title": "caption",
    f"{_PHOTOSHOP_NS}Headline": "caption",
    f"{_XMP_NS}Rating": "rating",
    f"{_DC_NS}subject": "keywords",
    f"{_EXT_NS}PersonInImage": "people",
    f"{_REGION_NS}Name": "people",
    "{http://ns.microsoft.com/photo/1.2/t/Region#}PersonDisplayName": "people",
}
_XMP_WORTH_PARSING = re.compile(
    rb"DateTimeOriginal|DateCreated|CreateDate|Rating|description|title|Headline|subject"
    rb"|GPSLatitude|City|Location|PersonInImage|PersonDisplayName|regions"
)


def _read_xmp(image: Image.Image, extras: set[str]) -> str | None:
    """The packet's capture date; adds to ``extras``."""
    packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp")
    if isinstance(packet, str):
        packet = packet.encode("utf-8", "replace")
    if not isinstance(packet, bytes) or len(packet) > _LARGEST_XMP:
        return None
    packet = packet.strip(b"\0 \t\r\n")
    # XMP has no document type; one that does is an attack on the parser (entity expansion).
    if b"<!" in packet or (b"\0" not in packet and not _XMP_WORTH_PARSING.search(packet)):
        return None
    try:
        root = ElementTree.fromstring(packet)
    except _DAMAGE:
        return None
    dates: dict[str, str] = {}
    for name, text in _xmp_properties(root):
        if name in _XMP_DATES:
            date = _real_date(_clean(text))
            if date is not None:
                dates.setdefault(name, date)
        elif _worth_keeping(_XMP_EXTRAS[name], text):
            extras.add(_XMP_EXTRAS[name])
    return next((dates[name] for name in _XMP_DATES if name in dates), None)


def _xmp_properties(root: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """The properties looked for, whether written as attribute, element or list."""
    for element in root.iter():
        for name, value in element.attrib.items():
            if name in _XMP_EXTRAS or name in _XMP_DATES:
                yield name, value
        if element.tag in _XMP_EXTRAS or element.tag in _XMP_DATES:
            yield element.tag, " ".join(element.itertext())


def _worth_keeping(kind: str, text: str) -> bool:
    cleaned = _clean(text)
    if kind == "caption":
        return _is_caption(cleaned)
    if kind == "rating":
        return cleaned is not None and re.fullmatch(r"[+-]?0*(\.0*)?", cleaned) is None
    return cleaned is not None


# --- IPTC and PNG texts -------------------------------------------------------------------

_IPTC_EXTRAS = {25: "keywords", 90: "place", 92: "place", 105: "caption", 120: "caption"}


def _read_iptc(image: Image.Image, extras: set[str]) -> None:
    """Datasets of record 2 of the IPTC IIM block: marker 0x1C, record, dataset, length."""
    photoshop = image.info.get("photoshop")
    block = photoshop.get(0x0404) if isinstance(photoshop, dict) else None
    if not isinstance(block, bytes):
        return
    at = 0
    while at + 5 <= len(block) and block[at] == 0x1C:
        record, dataset = block[at + 1], block[at + 2]
        length = int.from_bytes(block[at + 3 : at + 5], "big")
        if length & 0x8000:  # an extended dataset: none that is looked for here
            return
        kind = _IPTC_EXTRAS.get(dataset) if record == 2 else None
        text = block[at + 5 : at + 5 + length].decode("utf-8", "replace")
        if kind and _worth_keeping(kind, text):
            extras.add(kind)
        at += 5 + length


def _read_png_texts(image: Image.Image, extras: set[str]) -> str | None:
    """The ``Creation Time`` of a PNG where it is written as a date; adds to ``extras``."""
    if image.format != "PNG":
        return None
    if any(_is_caption(_clean(image.info.get(key))) for key in ("Title", "Description")):
        extras.add("caption")
    date = _real_date(_clean(image.info.get("Creation Time")))
    return date if date and re.match(r"\d{4}[:-]\d\d[:-]\d\d", date) else None
