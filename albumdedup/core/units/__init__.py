"""What a person calls one photo: a file with all that belongs to it."""

from __future__ import annotations

from albumdedup.core.units.assemble import Units, assemble
from albumdedup.core.units.newcomers import newcomers

__all__ = ["Units", "assemble", "newcomers"]
