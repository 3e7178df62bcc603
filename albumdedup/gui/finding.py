"""Find photos by pictures: what is asked, and the answer as the library lane makes it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QImage

from albumdedup.core.asking import OPEN, Crop, Example, Question, Sieve
from albumdedup.core.control import Control, ProgressSink
from albumdedup.core.i18n import _
from albumdedup.core.types import ContentId, Photo, SearchHit
from albumdedup.gui.brought import dropped_paths, pasted_paths
from albumdedup.gui.images import image_of

if TYPE_CHECKING:
    from albumdedup.core.library import Library

PREVIEW = 180
PAGE = 48
"""So many answers are asked for at a time; the next ones when one has scrolled to the end."""


@dataclass(frozen=True, slots=True)
class Given:
    """A file, or an image that was pasted."""

    name: str
    path: str = ""
    image: QImage | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """Pictures to look for, and some to look away from. ``but`` is a path that is no answer;
    ``crop`` the part of the first picture that counts."""

    like: tuple[Given, ...]
    unlike: tuple[Given, ...] = ()
    crop: Crop | None = None
    sieve: Sieve = OPEN
    but: str = ""

    @property
    def first(self) -> Given:
        return self.like[0]

    @property
    def name(self) -> str:
        return self.first.name

    @property
    def several(self) -> bool:
        return len(self.like) + len(self.unlike) > 1

    def with_picture(self, given: Given, *, like: bool) -> Query:
        """One picture more; what was on the other side changes sides."""
        gone = self.without(given)
        if like:
            return replace(gone, like=(*gone.like, given))
        return replace(gone, unlike=(*gone.unlike, given))

    def without(self, given: Given) -> Query:
        """One picture less; the last one that is looked for stays."""
        like = tuple(one for one in self.like if one is not given and not _same(one, given))
        unlike = tuple(one for one in self.unlike if one is not given and not _same(one, given))
        if not like:
            return replace(self, unlike=unlike)
        return replace(
            self, like=like, unlike=unlike, crop=self.crop if like[0] is self.first else None
        )


def _same(one: Given, other: Given) -> bool:
    return bool(one.path) and one.path == other.path


@dataclass(frozen=True, slots=True)
class Found:
    """The hits from ``offset`` on, best first, and whether there are ``more``; what the first
    picture looks like and which contents were looked for; by what one can narrow."""

    query: Query
    offset: int
    hits: tuple[SearchHit, ...]
    more: bool
    preview: QImage
    contents: tuple[ContentId, ...]
    roots: tuple[str, ...] = ()
    cameras: tuple[str, ...] = ()


def of_file(path: str) -> Query:
    return Query((given_file(path),))


def given_file(path: str) -> Given:
    return Given(os.path.basename(path), path)


def of_photo(photo: Photo) -> Query:
    return Query((given_file(photo.path),), but=photo.path)


def files_of(data: QMimeData) -> list[str]:
    """The files of a drag or a clipboard; empty where there is a folder among them."""
    paths = dropped_paths(data)
    return [] if any(os.path.isdir(path) for path in paths) else paths


def one_file(data: QMimeData) -> str | None:
    """The one file of a drag or a clipboard; None where it is a folder, or there are more."""
    paths = files_of(data)
    return paths[0] if len(paths) == 1 else None


def of_clipboard(data: QMimeData, image: QImage) -> Query | None:
    """A copied file, a copied picture, or the path of a file as text."""
    paths = pasted_paths(data)
    if len(paths) == 1 and not os.path.isdir(paths[0]):
        return of_file(paths[0])
    if not paths and not image.isNull():
        return Query((Given(_("the copied picture"), image=image),))
    return None


def find(
    library: Library, query: Query, offset: int, control: Control, sink: ProgressSink | None = None
) -> Found:
    """Runs on the library lane. Raises AlbumError, Cancelled."""
    control.checkpoint()
    with _files_of(query) as (like, unlike):
        examples = [Example(path) for path in like]
        if query.crop is not None:
            examples[0] = Example(like[0], query.crop)
        question = Question(
            tuple(examples),
            tuple(Example(path) for path in unlike),
            sieve=query.sieve,
            top=PAGE,
            offset=offset,
            leave_out=query.but,
        )
        answer = library.ask(question, control, sink)
        preview = QImage() if offset else _preview(library, like[0])
    return Found(
        query, offset, answer.hits, answer.more, preview, answer.like,
        tuple(library.roots()), tuple(library.cameras()),
    )  # fmt: skip


@contextmanager
def _files_of(query: Query) -> Iterator[tuple[list[str], list[str]]]:
    """Where the pictures lie; what was pasted is written to a folder of its own meanwhile."""
    with tempfile.TemporaryDirectory(prefix="albumdedup-") as folder:

        def path_of(given: Given, number: int) -> str:
            if given.image is None:
                return given.path
            path = os.path.join(folder, f"pasted-{number}.png")
            given.image.save(path)
            return path

        paths = [path_of(one, n) for n, one in enumerate((*query.like, *query.unlike))]
        yield paths[: len(query.like)], paths[len(query.like) :]


def _preview(library: Library, path: str) -> QImage:
    from albumdedup.core.types import Problem

    pixels = library.door.read_upright(path, 2 * PREVIEW)
    if isinstance(pixels, Problem):
        return QImage()
    return image_of(pixels).scaled(
        2 * PREVIEW, 2 * PREVIEW,
        Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation,
    )  # fmt: skip
