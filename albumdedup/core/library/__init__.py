"""The verbs that both front ends use. Thin: each hands over to the module that does it."""

from __future__ import annotations

from albumdedup.core.decoder.door import Door
from albumdedup.core.library.cleaning import Cleaning
from albumdedup.core.library.examining import Examining
from albumdedup.core.library.parts import Answer, Health, Parts
from albumdedup.core.library.scanning import Scanning

__all__ = ["Answer", "Health", "Library", "Parts"]


class Library(Scanning, Cleaning, Examining):
    """One data folder, open in this process alone. Its verbs, by what they are about, stand in the
    modules of this package."""

    @property
    def door(self) -> Door:
        """The way to the pixels of photos."""
        return self._parts.door

    def close(self) -> None:
        for closer in self._parts.closers:
            closer()
