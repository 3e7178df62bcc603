"""What sieves ask of the files of a library: gathered once, and told to a vector store."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from albumdedup.core.asking import Fact, Sieve, Told, Where
from albumdedup.core.control import Control, Progress, Reporter, Stage
from albumdedup.core.ports import Catalog, Drawer, VectorStore
from albumdedup.core.types import ContentId, Photo, TakenDate
from albumdedup.core.units import assemble

_DAY = timedelta(days=1)
_AT_ONCE = 1000


def facts_of(catalog: Catalog) -> dict[str, Fact]:
    """Of every readable file, by path. A date that a sidecar, a film or a Takeout file tells
    counts, as it does in groups."""
    photos = catalog.photos()
    dates = {photo.path: photo.taken for photo in photos}
    companions = catalog.companions()
    if companions:
        units = assemble(photos, companions, catalog.problems(), datetime.now())
        dates.update({photo.path: photo.taken for photo in units.photos})
    return {photo.path: _fact(photo, dates[photo.path]) for photo in photos}


def _fact(photo: Photo, taken: TakenDate | None) -> Fact:
    first, last = _days(taken)
    return Fact(photo.content, photo.path, first, last, photo.metadata.camera or "")


def _days(taken: TakenDate | None) -> tuple[date | None, date | None]:
    if taken is None:
        return None, None
    first = taken.wall.date()
    if taken.precision <= _DAY:
        return first, first
    try:
        return first, first + taken.precision - _DAY
    except OverflowError:  # the year 9999
        return first, date.max


def where(sieve: Sieve, facts: Iterable[Fact]) -> Where:
    cameras = None
    if sieve.camera.strip():
        known = {fact.camera for fact in facts}
        cameras = tuple(sorted(name for name in known if sieve.admits_camera(name)))
    return Where(
        sieve.folder,
        sieve.first.toordinal() if sieve.first else None,
        sieve.last.toordinal() if sieve.last else None,
        cameras,
    )


def told(facts: Iterable[Fact]) -> dict[ContentId, Told]:
    """The facts of the files, content by content."""
    files: dict[ContentId, list[Fact]] = {}
    for fact in facts:
        files.setdefault(fact.content, []).append(fact)
    return {content: _together(some) for content, some in files.items()}


def _together(files: Sequence[Fact]) -> Told:
    days = [day.toordinal() for fact in files for day in (fact.first, fact.last) if day]
    folders = sorted({folder for fact in files for folder in _above(fact.path)})
    camera = files[0].camera  # it stands in the content
    return Told(tuple(folders), min(days, default=None), max(days, default=None), camera)


def _above(path: str) -> Iterable[str]:
    """The folder of a file, its folder, and so on up to the root."""
    folder = os.path.dirname(path)
    while True:
        yield folder
        higher = os.path.dirname(folder)
        if higher == folder:
            return
        folder = higher


def inform(
    store: VectorStore,
    drawer: Drawer,
    facts: Iterable[Fact],
    marks: dict[ContentId, str],
    control: Control,
    reporter: Reporter,
) -> None:
    """Tell the store what it does not know, or knows otherwise; ``marks`` is what it knows, and is
    brought up to date. Raises AlbumError, Cancelled; what was told stays told."""
    news = {content: one for content, one in told(facts).items() if marks.get(content) != one.mark}
    contents = sorted(news)
    for start in range(0, len(contents), _AT_ONCE):
        control.checkpoint()
        ids, vectors = drawer.vectors(contents[start : start + _AT_ONCE])
        store.upsert(ids, vectors, [news[content] for content in ids])
        marks.update({content: news[content].mark for content in ids})
        reporter.report(Progress(Stage.MOVING, start + len(ids), len(contents)))
    reporter.flush()
