"""The stage *looking inside*: photos that an earlier version read, before anyone looked for films
and maps in them (``InsideKind.UNSEEN``), are read once more, where they have a near copy.

Until then no such copy goes by the one click; the others have no copy and cannot go.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from albumdedup.core.control import Control, Progress, Reporter, Stage
from albumdedup.core.decoder.door import Door
from albumdedup.core.executors import bounded_map
from albumdedup.core.ports import Catalog, Executor, Lane
from albumdedup.core.types import ContentId, FoundFile, Inside, Photo

COMMIT_SECONDS = 3.0
_EDGE = 64
"""Of the picture that is decoded on the way, and not used."""

Seen = tuple[ContentId, tuple[Inside, ...] | None]
"""What a content holds; None where no file of it could be read."""


def look_inside(
    catalog: Catalog,
    executor: Executor,
    door: Door,
    control: Control,
    reporter: Reporter,
    changed: Callable[[], None],
) -> tuple[int, int]:
    """How many were looked into and how many are left, as no file of theirs can be read now.
    Commits every few seconds. Raises Cancelled."""
    photos = _unseen(catalog)
    if not photos:
        return 0, 0
    look = partial(_look, door, control, photos)
    window = 2 * executor.width(Lane.DECODE)
    done, seen, fresh, since = 0, 0, dict[ContentId, tuple[Inside, ...]](), time.monotonic()
    try:
        for content, inside in bounded_map(
            executor, Lane.DECODE, look, list(photos), window, control
        ):
            done += 1
            if inside is not None:
                fresh[content] = inside
                seen += 1
            reporter.report(Progress(Stage.LOOKING_INSIDE, done, len(photos)))
            if time.monotonic() - since >= COMMIT_SECONDS:
                catalog.save_inside(fresh)
                changed()
                fresh, since = {}, time.monotonic()
    finally:
        catalog.save_inside(fresh)
    changed()
    return seen, len(photos) - seen


def _unseen(catalog: Catalog) -> dict[ContentId, list[Photo]]:
    """The files of each such content, both by path."""
    found: dict[ContentId, list[Photo]] = defaultdict(list)
    for photo in catalog.photos_of(catalog.unseen_copies()):
        found[photo.content].append(photo)
    return found


def _look(
    door: Door, control: Control, photos: Mapping[ContentId, Sequence[Photo]], content: ContentId
) -> Seen:
    """One that is unplugged, changed meanwhile or refused now stays as it was: the next scan
    tries again, and nothing of it goes."""
    for photo in photos[content]:
        control.checkpoint()
        found = FoundFile(photo.path, photo.stamp)
        read = door.read_file(found, _EDGE, lambda met: met == content, control)
        if read.picture is not None:
            return content, read.picture.metadata.inside
    return content, None
