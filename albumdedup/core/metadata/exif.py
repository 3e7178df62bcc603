"""EXIF of an opened picture, with all else that it says about itself.

Nothing is judged here (see ``core.dates``) and nothing is decoded: Pillow has the packets in
memory once a file is opened.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from albumdedup.core.metadata.apple import live_id
from albumdedup.core.metadata.blocks import read_iptc, read_png_texts
from albumdedup.core.metadata.profiles import xmp_packets
from albumdedup.core.metadata.tags import read_exif
from albumdedup.core.metadata.texts import DAMAGE, EXTRAS, clean, is_caption, real_date
from albumdedup.core.metadata.xmp import read_packets
from albumdedup.core.types import PhotoMetadata

if TYPE_CHECKING:
    from PIL import Image

_MAKE, _MODEL, _DESCRIPTION, _ORIENTATION, _SOFTWARE, _MODIFIED = 271, 272, 270, 274, 305, 306
_RATING, _XP_TITLE, _XP_COMMENT, _XP_KEYWORDS = 0x4746, 0x9C9B, 0x9C9C, 0x9C9E
_ORIGINAL, _DIGITIZED, _USER_COMMENT, _MAKER_NOTE = 0x9003, 0x9004, 0x9286, 0x927C
_EXPOSURE_TIME, _ISO_SPEED, _EXPOSURE_BIAS = 0x829A, 0x8827, 0x9204
_MODIFIED_OFFSET, _ORIGINAL_OFFSET, _DIGITIZED_OFFSET = 0x9010, 0x9011, 0x9012
_ORIGINAL_SUBSEC, _DIGITIZED_SUBSEC = 0x9291, 0x9292
_GPS_LATITUDE, _GPS_LONGITUDE, _GPS_TIME, _GPS_DATE = 2, 4, 7, 29


def read_metadata(image: Image.Image) -> PhotoMetadata:
    """Facts from an opened picture, which is neither decoded nor changed. Never raises for
    damaged metadata: what could be read is returned.

    ``orientation`` is what the decoder still has to apply: 1 for HEIF, whose plug-in has
    turned the pixels already.
    """
    extras: set[str] = set()
    exif, detail, gps = read_exif(image)
    told = read_packets(xmp_packets(image))
    extras.update(told.extras)
    _exif_extras(exif, detail, gps, extras)
    read_iptc(image, extras)
    text_date = read_png_texts(image, extras)
    return PhotoMetadata(
        original=_date(detail, _ORIGINAL),
        original_subsec=_text(detail, _ORIGINAL_SUBSEC),
        original_offset=_text(detail, _ORIGINAL_OFFSET),
        digitized=_date(detail, _DIGITIZED),
        digitized_subsec=_text(detail, _DIGITIZED_SUBSEC),
        digitized_offset=_text(detail, _DIGITIZED_OFFSET),
        modified=_date(exif, _MODIFIED),
        modified_offset=_text(detail, _MODIFIED_OFFSET),
        xmp_original=told.date or text_date,
        gps_instant=_gps_instant(gps),
        camera=_camera(exif),
        software=_text(exif, _SOFTWARE),
        orientation=_orientation(image, exif, told.orientation),
        extras=tuple(kind for kind in EXTRAS if kind in extras),
        tags=len(exif) + len(detail) + len(gps),
        live_id=live_id(_value(detail, _MAKER_NOTE)),
        exposure=_exposure(detail),
    )


def _value(ifd: Mapping[int, Any], tag: int) -> Any:
    try:
        return ifd.get(tag)
    except DAMAGE:
        return None


def _text(ifd: Mapping[int, Any], tag: int) -> str | None:
    return clean(_value(ifd, tag))


def _date(ifd: Mapping[int, Any], tag: int) -> str | None:
    return real_date(_text(ifd, tag))


def _exposure(detail: Mapping[int, Any]) -> str | None:
    """What two frames of a bracket differ in, and two files of one shot never do."""
    told = [_number(_value(detail, tag)) for tag in (_EXPOSURE_TIME, _ISO_SPEED, _EXPOSURE_BIAS)]
    if told[0] is not None and told[0] <= 0:
        told[0] = None
    if told[1] is not None and not 0 < told[1] < 65535:
        told[1] = None
    if told[0] is None and told[1] is None:
        return None
    return " ".join("-" if value is None else f"{value:.4g}" for value in told)


def _number(value: object) -> float | None:
    if isinstance(value, tuple) and value:
        value = value[0]
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return number if math.isfinite(number) else None


def _orientation(image: Image.Image, exif: Mapping[int, Any], told: int | None) -> int:
    """That of EXIF; that of XMP only where EXIF has none."""
    if image.format == "HEIF":
        return 1
    value = _value(exif, _ORIENTATION) if _ORIENTATION in exif else told
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
    except DAMAGE:
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
    texts = [*captions(exif, detail), wide_text(exif, _XP_TITLE)]
    if any(is_caption(caption) for caption in texts):
        extras.add("caption")
    if wide_text(exif, _XP_KEYWORDS):
        extras.add("keywords")
    stars = rating(exif)
    if isinstance(stars, int) and 0 < stars <= 100:
        extras.add("rating")


def captions(exif: Mapping[int, Any], detail: Mapping[int, Any]) -> list[str | None]:
    """Where captions stand, whether or not a machine wrote them."""
    comment = _comment(_value(detail, _USER_COMMENT))
    return [_text(exif, _DESCRIPTION), comment, wide_text(exif, _XP_COMMENT)]


def wide_text(exif: Mapping[int, Any], tag: int) -> str | None:
    return _wide(_value(exif, tag))


def rating(exif: Mapping[int, Any]) -> Any:
    return _value(exif, _RATING)


def place(gps: Mapping[int, Any]) -> tuple[float, float] | tuple[None, None]:
    """Degrees, north and east positive; both or none."""
    found = []
    for tag, negative in ((_GPS_LATITUDE, "S"), (_GPS_LONGITUDE, "W")):
        told = _numbers(_value(gps, tag))
        if not told:
            return None, None
        numbers = [*told, 0.0, 0.0][:3]
        degrees = numbers[0] + numbers[1] / 60 + numbers[2] / 3600
        found.append(-degrees if (_text(gps, tag - 1) or "").upper() == negative else degrees)
    latitude, longitude = found
    if not any(found) or abs(latitude) > 90 or abs(longitude) > 180:
        return None, None
    return latitude, longitude


def _comment(value: object) -> str | None:
    """A UserComment: eight bytes name the character code."""
    if not isinstance(value, bytes):
        return clean(value)
    code, body = value[:8], value[8:]
    if code.startswith(b"ASCII"):
        return clean(body.decode("ascii", "ignore"))
    if code.startswith(b"UNICODE"):
        order = "utf-16-be" if body[:1] == b"\0" else "utf-16-le"
        return clean(body.decode(order, "ignore"))
    return None


def _wide(value: object) -> str | None:
    """The texts of Windows: UTF-16 in bytes."""
    if isinstance(value, tuple) and all(isinstance(n, int) and 0 <= n < 256 for n in value):
        value = bytes(value)
    return clean(value.decode("utf-16-le", "ignore")) if isinstance(value, bytes) else None
