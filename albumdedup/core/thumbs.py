"""Small upright JPEGs of photos, kept on disk under the content id."""

from __future__ import annotations

import io
import os
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np

from albumdedup.core import private
from albumdedup.core.types import ContentId, Pixels, Problem

Upright = Callable[[str, int, ContentId], Pixels | Problem]
"""Reads the upright pixels of a path, at most so many on the longer side; the content is known."""

LIMIT_BYTES = 2_000_000_000
QUALITY = 82
_CHECK_EVERY = 500
_START_OF_JPEG, _END_OF_JPEG = b"\xff\xd8\xff", b"\xff\xd9"
_ROOM = 0.9
"""Shrinking goes down to this share of the limit, so that it is not due again at once."""


def pixels_of(thumbnail: bytes) -> Pixels:
    """JPEG bytes → uint8[h, w, 3]. Raises OSError where they are none."""
    from PIL import Image

    with Image.open(io.BytesIO(thumbnail), formats=("JPEG",)) as image:
        return np.asarray(image.convert("RGB"))


class ThumbnailCache:
    """A folder of our own files; the oldest make room when it grows past ``limit`` bytes."""

    def __init__(self, folder: Path, read: Upright, limit: int = LIMIT_BYTES) -> None:
        self._folder = folder
        self._read = read
        self._limit = limit
        self._lock = threading.Lock()
        self._written = 0

    def thumbnail(self, content: ContentId, path: str, edge: int) -> bytes:
        """JPEG bytes, the longer side at most ``edge`` px. Raises OSError with a sentence's
        worth of reason when the photo cannot be read now."""
        place = self._folder / content[:2] / f"{content}-{edge}.jpg"
        kept = self._kept(place)
        if kept is not None:
            return kept
        made = self._make(content, path, edge)
        self._keep(place, made)
        return made

    def _make(self, content: ContentId, path: str, edge: int) -> bytes:
        from PIL import Image

        pixels = self._read(path, edge, content)
        if isinstance(pixels, Problem):
            raise OSError(pixels.detail or pixels.reason.value)
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, "JPEG", quality=QUALITY)
        return buffer.getvalue()

    def _kept(self, place: Path) -> bytes | None:
        try:
            data = place.read_bytes()
        except OSError:
            return None
        whole = data.startswith(_START_OF_JPEG) and data.endswith(_END_OF_JPEG)
        return data if whole else None

    def _keep(self, place: Path, data: bytes) -> None:
        """Whole or not at all; a full or read-only disk only costs the cache."""
        beside = None
        try:
            private.make_folder(place.parent)
            handle, beside = tempfile.mkstemp(dir=place.parent, suffix=".new")
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.replace(beside, place)
        except OSError:
            if beside is not None:
                with suppress(OSError):
                    os.unlink(beside)
            return
        with self._lock:
            self._written += 1
            due = self._written % _CHECK_EVERY == 1
        if due:
            self.shrink()

    def set_limit(self, limit: int) -> None:
        """Counts from now on; ``shrink`` makes it so at once."""
        self._limit = limit

    def shrink(self, limit: int | None = None) -> None:
        """Bring the cache under its limit (or another, once), oldest files of ours first."""
        most = self._limit if limit is None else limit
        files = []
        for place in self._folder.glob("??/*"):
            if place.suffix not in (".jpg", ".new"):
                continue
            try:
                status = place.stat()
            except OSError:
                continue  # another thread or process was quicker
            files.append((status.st_mtime_ns, status.st_size, place))
        total = sum(size for _, size, _ in files)
        if total <= most:
            return
        for _, size, place in sorted(files):
            if total <= most * _ROOM:
                break
            with suppress(OSError):  # one that is in use now goes another time
                place.unlink()
            total -= size
