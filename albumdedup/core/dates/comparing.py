"""Which of two dates is the earlier, and whether two files can be one shot."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from albumdedup.core.dates.moments import (
    DAY,
    QUARTER,
    SECOND,
    WIDEST_ZONE,
    fraction,
    read_moment,
)
from albumdedup.core.dates.zones import capture_offset
from albumdedup.core.types import Grade, PhotoMetadata, TakenDate


class Order(StrEnum):
    EARLIER = "earlier"
    LATER = "later"
    EQUAL = "equal"
    UNKNOWN = "unknown"


def compare(a: TakenDate, b: TakenDate) -> Order:
    """Whether ``a`` was taken before ``b``. UNKNOWN where a file time is all there is, or where
    one date only names the day in which the other may lie."""
    if Grade.D in (a.grade, b.grade):
        return Order.UNKNOWN
    step = max(a.precision, b.precision)
    apart = difference(a, b)
    if step >= DAY:
        if abs(a.wall - b.wall) <= step:
            return Order.UNKNOWN
    elif abs(apart) <= step or (None in (a.offset, b.offset) and zone_artefact(apart, step)):
        return Order.EQUAL
    return Order.EARLIER if apart < timedelta() else Order.LATER


def difference(a: TakenDate, b: TakenDate) -> timedelta:
    """``a`` less ``b``: of the instants where both zones are known, else of the wall clocks."""
    apart = a.wall - b.wall
    if a.offset is not None and b.offset is not None:
        apart -= a.offset - b.offset
    return apart


def zone_artefact(apart: timedelta, step: timedelta) -> bool:
    """Whole quarter hours up to 14 h, up to ``step``."""
    rest = abs(apart) % QUARTER
    return abs(apart) <= WIDEST_ZONE + step and min(rest, QUARTER - rest) <= step


def moments_agree(one: str | None, two: str | None, seconds: float) -> bool:
    """Whether two raw dates allow that files are of one shot: one of them is missing, or they lie
    so near, be it after a whole number of quarter hours where a zone is missing."""
    first, second = read_moment(one), read_moment(two)
    if first is None or second is None:
        return True
    apart = first.wall - second.wall
    slack = max(first.precision, second.precision, timedelta(seconds=seconds))
    if first.offset is not None and second.offset is not None:
        apart -= first.offset - second.offset
        return abs(apart) <= slack
    return abs(apart) <= slack or zone_artefact(apart, timedelta(seconds=seconds))


def _exposures_differ(a: str | None, b: str | None) -> bool:
    """Time, ISO speed or bias, as far as both files tell them; a per cent for rounding."""
    if a is None or b is None:
        return False
    return any(
        one != "-" != other and abs(float(one) - float(other)) > 0.01 * abs(float(one)) + 1e-9
        for one, other in zip(a.split(), b.split(), strict=True)
    )


def different_shots(a: PhotoMetadata, b: PhotoMetadata) -> bool:
    """Whether the capture instants or exposures that the cameras recorded forbid that two files
    are one shot.

    Of the dates, only DateTimeOriginal speaks. No contradiction: a zone that one side lacks, the
    same wall clock under two zones, a sub-second that one side lacks or has rounded.
    """
    if _exposures_differ(a.exposure, b.exposure):
        return True
    first, second = read_moment(a.original), read_moment(b.original)
    if first is None or second is None or max(first.precision, second.precision) > SECOND:
        return False
    zones = (capture_offset(a, first), capture_offset(b, second))
    apart = first.wall - second.wall
    if zones[0] is not None and zones[1] is not None:
        shift = zones[0] - zones[1] if apart else timedelta()
        return _instants_differ(apart - shift, a.original_subsec, b.original_subsec)
    if zones != (None, None) and zone_artefact(apart, timedelta()):
        apart = timedelta()
    return _instants_differ(apart, a.original_subsec, b.original_subsec)


def _instants_differ(seconds: timedelta, a: str | None, b: str | None) -> bool:
    """Whole seconds apart, with the digits behind the second as each file writes them."""
    (micro_a, step_a), (micro_b, step_b) = fraction(a), fraction(b)
    exact = seconds + timedelta(microseconds=micro_a - micro_b)
    if step_a == step_b:
        return exact != timedelta()
    if step_a < step_b:  # the second one was cut or rounded
        return not -step_b / 2 <= exact < step_b
    return not -step_a < exact <= step_a / 2
