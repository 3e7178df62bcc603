"""What the answers of entry points are held against."""

from __future__ import annotations


class Broken(Exception):
    """An answer that cannot be."""
