"""The stage *describing*: what is missing in the chosen embedding, and the change to it.

Duplicates are found in one embedding, whatever is chosen; another one says what is similar, and is
searched in. Until it is whole for all photos that can be reached, the old one answers. Each commit
leaves the drawer consistent, and what is committed is not done again.
"""

from __future__ import annotations

import logging
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from albumdedup.core.comparing import Comparison
from albumdedup.core.control import Control, Progress, Reporter, Stage
from albumdedup.core.decoder.door import Door
from albumdedup.core.delivery import Delivery
from albumdedup.core.describing import Clock, Described, Squares
from albumdedup.core.embedding import Embedding, Wish
from albumdedup.core.errors import STORE_TROUBLE, SWITCH_TROUBLE, AlbumError, Cancelled, ErrorCode
from albumdedup.core.executors import bounded_map
from albumdedup.core.ports import Catalog, Drawer, Executor, Extractor, Lane, Products, VectorStore
from albumdedup.core.reducer import Reducer
from albumdedup.core.scale import Scale
from albumdedup.core.scanner import is_placeholder
from albumdedup.core.types import ContentId, FoundFile, IndexSummary, Photo, Pixels, Space

_log = logging.getLogger(__name__)

MOST_BYTES = 1 << 30
"""Descriptors that are compared lie in memory once: of 2,048 dimensions 131,000."""

ROWS_BYTES = 64 << 20
"""So many of them are read, compared and noted at a time."""


class _Square(NamedTuple):
    """What a content looks like; ``pixels`` is None where no file of it could be read."""

    content: ContentId
    pixels: Pixels | None = None
    inner: Pixels | None = None


@dataclass(frozen=True, slots=True)
class SwitchParts:
    """What the change works with; factories open at first use."""

    catalog: Catalog
    executor: Executor
    chosen: Embedding
    vectors: Callable[[], VectorStore]
    batch: int
    commit_seconds: float
    door: Door
    products: Callable[[], Products]
    in_order: Callable[[Sequence[FoundFile]], Sequence[FoundFile]]
    """Files in the order in which their drive reads them best."""
    reducer: Reducer
    wish: Wish
    first: bool = False
    """The chosen extractor is the one that finds the duplicates: its descriptors are there."""
    drop_stored: Callable[[Sequence[Space]], None] | None = None
    """Take embeddings out of the vector store. Raises AlbumError."""
    lacking: Callable[[], Sequence[ContentId]] | None = None
    """Who is to be described; by default, who is not on the drawer."""


class Switch:
    """One scan's part of the change to another embedding. On the library lane."""

    def __init__(self, parts: SwitchParts) -> None:
        self.described = self.left = 0
        self.trouble: AlbumError | None = None
        self.delivery: Delivery | None = None
        self._parts = parts
        self.drawer: Drawer = parts.reducer.source()

    # --- beside the scan of new photos ------------------------------------------------------

    def ready(self) -> bool:
        """Whether there is another extractor and it can be used; where it cannot, the scan goes on
        without it."""
        if self._parts.first:
            return False
        try:
            self._extractor()
        except AlbumError:
            return False
        return True

    def _extractor(self) -> Extractor:
        try:
            return self._parts.chosen.extractor()
        except AlbumError as error:
            self.trouble = error
            raise

    @property
    def space(self) -> Space:
        return self._parts.chosen.space

    @property
    def edge(self) -> int:
        return self._parts.chosen.edge

    def squares(self, spent: dict[str, float]) -> Squares:
        return Squares(self._extractor, self._parts.batch, spent)

    def keep(self, found: Described) -> None:
        found.keep(self.drawer)

    # --- after it ---------------------------------------------------------------------------

    def run(
        self,
        control: Control,
        reporter: Reporter,
        changed: Callable[[], None],
        spent: dict[str, float],
    ) -> None:
        """Describe what is missing, compare it, let it answer. What hinders is in ``trouble``,
        and then the old answers stay. Raises Cancelled."""
        parts = self._parts
        if self.trouble is not None:
            return
        try:
            if not parts.first:
                self.describe_missing(control, reporter, spent)
            space = parts.chosen.space
            if parts.wish.dim:
                space = parts.reducer.run(parts.wish, control, reporter)
            drawer = parts.catalog.drawer(space)
            self.compare(space, drawer, control, reporter, spent)
        except AlbumError as error:
            if error.code not in SWITCH_TROUBLE and error is not self.trouble:
                raise
            self.trouble = error
            return
        if parts.catalog.answering() != space:
            parts.catalog.answer_from(space)
            changed()
        self._tidy(space)
        if drawer.waiting_vectors(1):
            self.delivery = Delivery(drawer, parts.vectors)
            with Clock(spent, "stores"):
                self.delivery.catch_up(control)
                self.delivery.finish(control)

    def describe_missing(
        self, control: Control, reporter: Reporter, spent: dict[str, float]
    ) -> None:
        """Of the photos that are there now; those of an unplugged drive wait for it."""
        wanted = self._missing()
        squares, since = self.squares(spent), time.monotonic()
        try:
            for number, (content, square, inner) in enumerate(self._read(wanted, control), 1):
                if square is not None:
                    squares.take(content, square, inner)
                    self.described += 1
                reporter.report(Progress(Stage.DESCRIBING, number, len(wanted)))
                if time.monotonic() - since >= self._parts.commit_seconds:
                    self._keep(squares, spent)
                    since = time.monotonic()
        except Cancelled:
            self._keep(squares, spent)
            raise
        self._keep(squares, spent)
        self.left = len(wanted) - self.described
        reporter.flush()

    def _tidy(self, space: Space) -> None:
        """Drop what is of no use any more; of the vector store, when it can be asked."""
        gone = self._parts.reducer.outdated(space)
        if not gone:
            return
        self._parts.catalog.drop_spaces([one.name for one in gone])
        try:
            if self._parts.drop_stored is not None:
                self._parts.drop_stored(gone)
        except AlbumError as error:
            if error.code not in STORE_TROUBLE:
                raise
            _log.info("Collections that nobody uses stay in the vector store: %s", error)

    def _missing(self) -> list[tuple[ContentId, list[Photo]]]:
        """The contents that lack a descriptor, each with its files."""
        catalog = self._parts.catalog
        lacking = self._parts.lacking
        missing = catalog.undescribed(self.space) if lacking is None else lacking()
        files: dict[ContentId, list[Photo]] = defaultdict(list)
        for photo in catalog.photos_of(missing) if missing else ():
            files[photo.content].append(photo)
        of = {found[0].path: content for content, found in files.items()}
        first = [FoundFile(found[0].path, found[0].stamp) for found in files.values()]
        return [(of[file.path], files[of[file.path]]) for file in self._parts.in_order(first)]

    def _keep(self, squares: Squares, spent: dict[str, float]) -> None:
        found = squares.finish()
        with Clock(spent, "stores"):
            self.keep(found)

    def _read(
        self, wanted: Sequence[tuple[ContentId, list[Photo]]], control: Control
    ) -> Iterator[_Square]:
        parts = self._parts
        window = 2 * parts.executor.width(Lane.DECODE) + 4 * parts.batch

        def read(one: tuple[ContentId, list[Photo]]) -> _Square:
            return _square_of(*one, parts.chosen.edge, parts.door, control)

        return bounded_map(parts.executor, Lane.DECODE, read, wanted, window, control)

    def compare(
        self,
        space: Space,
        drawer: Drawer,
        control: Control,
        reporter: Reporter,
        spent: dict[str, float],
    ) -> None:
        if not drawer.unmatched_contents():
            return
        count = len(drawer.indexed_contents()) + len(drawer.inner_vectors()[0])
        if count * space.dim * 4 > MOST_BYTES:
            raise AlbumError(
                ErrorCode.DESCRIPTORS_TOO_LARGE, name=space.extractor, count=count,
                megabytes=count * space.dim * 4 // 1_000_000,
            )  # fmt: skip

        def told(done: int, total: int) -> None:
            reporter.report(Progress(Stage.COMPARING, done, total))

        scale = Scale(space.floor, space.similar)
        comparison = Comparison(
            drawer, control, spent, self._parts.products,
            floor=space.floor, shown=scale.shown, told=told,
        )  # fmt: skip
        comparison.leftovers_by_parts(space.dim, max(1, ROWS_BYTES // (4 * space.dim)))
        reporter.flush()


def switched(
    switch: Switch,
    summary: IndexSummary,
    control: Control,
    reporter: Reporter,
    changed: Callable[[], None],
) -> IndexSummary:
    """Run it, and add what it did to what the scan before it did. Raises Cancelled."""
    started = time.perf_counter()
    spent = defaultdict(float, summary.seconds_by_part)
    switch.run(control, reporter, changed, spent)
    delivery = switch.delivery
    trouble = None if delivery is None else delivery.trouble
    return replace(
        summary,
        seconds=summary.seconds + time.perf_counter() - started,
        seconds_by_part=dict(spent),
        vectors_waiting=delivery.waiting() if delivery is not None and trouble else 0,
        vectors_trouble=trouble,
        described=switch.described,
        undescribed=switch.left,
        switch_trouble=switch.trouble,
    )


def _square_of(
    content: ContentId, files: Sequence[Photo], edge: int, door: Door, control: Control
) -> _Square:
    """The square of the first of these files that is there and still has this content. A file
    that lies in the cloud only is left there."""
    for photo in files:
        try:
            status = os.stat(photo.path)
        except OSError:
            continue
        if is_placeholder(status) or status.st_size != photo.stamp.size:
            continue
        found = FoundFile(photo.path, photo.stamp)
        read = door.read_file(found, edge, lambda one: one == content, control)
        if read.content == content and read.picture is not None:
            return _Square(content, read.picture.pixels, read.picture.inner)
    return _Square(content)
