"""Reads files with patience that ends."""

from __future__ import annotations

from collections.abc import Callable

from albumdedup.core.decoder.reading import Fetched, Reading
from albumdedup.core.decoder.refusing import Unreadable
from albumdedup.core.patience import NoAnswer, Patience
from albumdedup.core.types import Reason


class Fetcher(Patience):
    """Thread-safe."""

    def fetch(self, volume: int | None, reading: Reading, stopped: Callable[[], bool]) -> Fetched:
        """Raises what the reading raises; Unreadable(NO_ANSWER); Cancelled soon after ``stopped``
        says so."""
        try:
            return self.ask(volume, reading, stopped)
        except NoAnswer as error:
            raise Unreadable(Reason.NO_ANSWER) from error
