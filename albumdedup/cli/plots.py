"""Pictures of answers and figures: new files alone, none where it would be taken for a photo."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from pathlib import Path

from albumdedup.core.asking import Question
from albumdedup.core.decoder.door import Door
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.library import Answer
from albumdedup.core.search_page import as_html, as_png, tiles
from albumdedup.core.thumbs import ThumbnailCache

SEARCH_SUFFIXES = (".png", ".html")


def refuse_plot(path: str, roots: Sequence[str], suffixes: Sequence[str] = SEARCH_SUFFIXES) -> None:
    """Before anything is computed. Raises AlbumError(NOT_WRITTEN) for a file that is there and for
    a kind that we do not draw, AlbumError(PICTURE_INSIDE_ALBUM)."""
    if os.path.lexists(path):
        raise AlbumError(ErrorCode.NOT_WRITTEN, path=path, detail=os.strerror(errno.EEXIST))
    if os.path.splitext(path)[1].lower() not in suffixes:
        raise AlbumError(ErrorCode.NOT_WRITTEN, path=path, detail=" / ".join(suffixes))
    real = os.path.realpath(path)
    for root in roots:
        if real.startswith(os.path.join(os.path.realpath(root), "")):
            raise AlbumError(ErrorCode.PICTURE_INSIDE_ALBUM, path=path)


def save_plot(path: str, question: Question, answer: Answer, thumbs: Path, door: Door) -> None:
    """Raises AlbumError(NOT_WRITTEN)."""
    cache = ThumbnailCache(thumbs, door.read_upright)
    drawn = tiles(question, answer.hits, cache, door)
    as_page = path.lower().endswith(".html")
    write_new(path, as_html(drawn).encode("utf-8") if as_page else as_png(drawn))


def write_new(path: str, data: bytes) -> None:
    """Raises AlbumError(NOT_WRITTEN); what is there stays as it is."""
    try:
        with Path(path).open("xb") as file:
            file.write(data)
    except OSError as error:
        raise AlbumError(
            ErrorCode.NOT_WRITTEN, path=path, detail=error.strerror or str(error)
        ) from error
