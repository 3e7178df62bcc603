"""Album Deduplicator: finds equal and similar photos and cleans them up safely.

For scripts and notebooks: ``with albumdedup.open() as library: …`` (docs/python-api.md).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from albumdedup.api import SIMILAR, STRICT, AlbumError, Library, describe, open

__version__ = "0.1.0"
__all__ = ["SIMILAR", "STRICT", "AlbumError", "Library", "describe", "open"]


def __getattr__(name: str) -> object:
    """What stands in ``__all__`` is loaded at first use: the window and the commands need none
    of it."""
    if name in __all__:
        return getattr(import_module("albumdedup.api"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
