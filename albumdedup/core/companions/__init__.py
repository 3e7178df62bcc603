"""The files beside photos: read once, remembered as long as their stamp is the same."""

from __future__ import annotations

from albumdedup.core.companions.reading import read_companion
from albumdedup.core.companions.updating import update

__all__ = ["read_companion", "update"]
