"""Find photos by a picture: what is asked, and the answer as the library lane makes it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QImage

from albumdedup.core.control import Control
from albumdedup.core.i18n import _
from albumdedup.core.proof import content_of
from albumdedup.core.types import ContentId, Photo, SearchHit
from albumdedup.gui.brought import dropped_paths, pasted_paths

if TYPE_CHECKING:
    from albumdedup.core.library import Library

PREVIEW = 144


@dataclass(frozen=True, slots=True)
class Query:
    """A file, or an image that was pasted. ``but`` is a path that is no answer."""

    name: str
    path: str = ""
    image: QImage | None = None
    but: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The hits, best first; what the query looks like; the content of its file."""

    query: Query
    hits: tuple[SearchHit, ...]
    preview: QImage
    content: ContentId | None


def of_file(path: str) -> Query:
    return Query(os.path.basename(path), path)


def of_photo(photo: Photo) -> Query:
    return Query(os.path.basename(photo.path), photo.path, but=photo.path)


def one_file(data: QMimeData) -> str | None:
    """The one file of a drag or a clipboard; None where it is a folder, or there are more."""
    paths = dropped_paths(data)
    return paths[0] if len(paths) == 1 and not os.path.isdir(paths[0]) else None


def of_clipboard(data: QMimeData, image: QImage) -> Query | None:
    """A copied file, a copied picture, or the path of a file as text."""
    paths = pasted_paths(data)
    if len(paths) == 1 and not os.path.isdir(paths[0]):
        return of_file(paths[0])
    if not paths and not image.isNull():
        return Query(_("the copied picture"), image=image)
    return None


def find(library: Library, query: Query, top: int, control: Control) -> Found:
    """Runs on the library lane. Raises AlbumError, Cancelled."""
    control.checkpoint()
    with _file_of(query) as path:
        wanted = top + (1 if query.but else 0)
        hits = [hit for hit in library.search(path, wanted) if hit.photo.path != query.but]
        return Found(query, tuple(hits[:top]), _preview(library, path), _content(path))


@contextmanager
def _file_of(query: Query) -> Iterator[str]:
    if query.image is None:
        yield query.path
        return
    with tempfile.TemporaryDirectory(prefix="albumdedup-") as folder:
        path = os.path.join(folder, "pasted.png")
        query.image.save(path)
        yield path


def _content(path: str) -> ContentId | None:
    try:
        return content_of(path)
    except OSError:
        return None


def _preview(library: Library, path: str) -> QImage:
    from albumdedup.core.types import Problem

    pixels = library.door.read_upright(path, 2 * PREVIEW)
    if isinstance(pixels, Problem):
        return QImage()
    height, width = pixels.shape[:2]
    shared = QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
    return shared.scaled(
        2 * PREVIEW, 2 * PREVIEW,
        Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation,
    ).copy()  # fmt: skip
