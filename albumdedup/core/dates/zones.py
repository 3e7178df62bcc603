"""The zone in which a camera's clock stood."""

from __future__ import annotations

from datetime import timedelta

from albumdedup.core.dates.moments import QUARTER, SECOND, Moment, read_moment, read_offset
from albumdedup.core.types import PhotoMetadata

_GPS_SLACK = timedelta(seconds=60)

# Zones in use that are not whole hours, in minutes.
_ODD_ZONES = frozenset({-570, -210, -150, 210, 270, 330, 345, 390, 525, 570, 630, 765, 825})


def capture_offset(metadata: PhotoMetadata, original: Moment) -> timedelta | None:
    """OffsetTimeOriginal; the other offsets only where they speak of the same moment, since
    OffsetTime belongs to the last change and would shift every exported photo."""
    offset = original.offset
    if offset is None:
        offset = read_offset(metadata.original_offset)
    if offset is None and metadata.digitized in (None, metadata.original):
        offset = read_offset(metadata.digitized_offset)
    if offset is None and metadata.modified == metadata.original:
        offset = read_offset(metadata.modified_offset)
    return gps_offset(metadata, original) if offset is None else offset


def gps_offset(metadata: PhotoMetadata, moment: Moment) -> timedelta | None:
    """Wall clock less GPS time, where that is a zone in use up to a minute."""
    gps = read_moment(metadata.gps_instant)
    if gps is None or gps.precision > SECOND:
        return None
    offset = round((moment.wall - gps.wall) / QUARTER) * QUARTER
    if abs(moment.wall - gps.wall - offset) > _GPS_SLACK:
        return None
    minutes = offset // timedelta(minutes=1)
    whole_hour = minutes % 60 == 0 and -12 <= minutes // 60 <= 14
    return offset if whole_hour or minutes in _ODD_ZONES else None
