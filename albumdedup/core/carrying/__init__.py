"""Metadata that only a copy has, kept: written to a new sidecar of the photo that stays.

Never into the photo's bytes, and never over a sidecar that is there.
"""

from __future__ import annotations

from albumdedup.core.carrying.choosing import carried, held_back
from albumdedup.core.carrying.writing import Written, look, take_back, write_new

__all__ = ["Written", "carried", "held_back", "look", "take_back", "write_new"]
