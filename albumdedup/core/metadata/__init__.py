"""EXIF, XMP, IPTC and PNG texts of an opened picture, as plain facts.

Damaged metadata costs what is damaged, never the photo.
"""

from __future__ import annotations

from albumdedup.core.metadata.exif import read_metadata
from albumdedup.core.metadata.texts import EXTRAS

__all__ = ["EXTRAS", "read_metadata"]
