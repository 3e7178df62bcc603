"""When a photo was taken, from where that is known, and how sure it is."""

from __future__ import annotations

from albumdedup.core.dates.comparing import (
    Order,
    compare,
    difference,
    different_shots,
    moments_agree,
)
from albumdedup.core.dates.moments import DAY, FILE_TIME_STEP, SECOND
from albumdedup.core.dates.showing import as_iso
from albumdedup.core.dates.sources import NOTHING_BESIDE, Beside, considered, taken

__all__ = [
    "DAY", "FILE_TIME_STEP", "NOTHING_BESIDE", "SECOND", "Beside", "Order", "as_iso", "compare",
    "considered", "difference", "different_shots", "moments_agree", "taken",
]  # fmt: skip
