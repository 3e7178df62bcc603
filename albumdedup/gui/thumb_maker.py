"""Makes thumbnails for the loader, and keeps their folder within its limit."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from albumdedup.core.types import ContentId, Pixels, Problem, Reason

if TYPE_CHECKING:
    from albumdedup.core.library import Library
    from albumdedup.core.thumbs import ThumbnailCache

MEGABYTE = 1_000_000


class ThumbMaker:
    """Opens the cache at its first use, on the thumbs lane: the decoder is not needed to paint
    the window."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self._folder = folder
        self._library: Library | None = None
        self._megabytes = megabytes
        self._lock = threading.Lock()
        self._cache: ThumbnailCache | None = None

    def __call__(self, content: str, path: str, edge: int) -> bytes:
        return self._opened().thumbnail(ContentId(content), path, edge)

    def read_with(self, library: Library) -> None:
        """Photos are read through this one from now on."""
        self._library = library

    def set_limit(self, megabytes: int) -> None:
        """Counts from the next thumbnail; ``shrink`` makes it so at once."""
        with self._lock:
            self._megabytes = megabytes
            if self._cache is not None:
                self._cache.set_limit(megabytes * MEGABYTE)

    def shrink(self) -> None:
        self._opened().shrink()

    def clear(self) -> None:
        """Remove all thumbnails of ours; they are made again when they are needed."""
        self._opened().shrink(0)

    def _read(self, path: str, edge: int, content: ContentId) -> Pixels | Problem:
        if self._library is None:
            return Problem(path, Reason.VANISHED)
        return self._library.door.read_upright(path, edge, content)

    def _opened(self) -> ThumbnailCache:
        from albumdedup.core.thumbs import ThumbnailCache

        with self._lock:
            if self._cache is None:
                self._cache = ThumbnailCache(self._folder, self._read, self._megabytes * MEGABYTE)
            return self._cache
