"""The indexing chain: find → read once → descriptor → stores → neighbour pairs.

Everything is pulled: a bounded window of photos is in flight, each commit leaves the stores
consistent, and what is committed is not done again by the next scan.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from albumdedup.core import companions
from albumdedup.core.comparing import Comparison
from albumdedup.core.control import Control, Progress, Reporter, Stage
from albumdedup.core.courier import Courier
from albumdedup.core.dates import taken
from albumdedup.core.decoder.door import Door
from albumdedup.core.delivery import Delivery
from albumdedup.core.describing import Clock, Squares
from albumdedup.core.errors import AlbumError, Cancelled
from albumdedup.core.executors import bounded_map
from albumdedup.core.ports import (
    Catalog,
    ContentRecord,
    Executor,
    Extractor,
    FileRecord,
    KnownFile,
    Lane,
    Products,
)
from albumdedup.core.products import NumpyProducts
from albumdedup.core.scanner import Walk, scan
from albumdedup.core.switching import Switch
from albumdedup.core.types import (
    ContentId,
    FoundFile,
    IndexSummary,
    PhotoMetadata,
    Picture,
    Pixels,
    Problem,
    ReadFile,
    Stamp,
)

WINDOW_BATCHES = 8
"""How far decoding may run ahead: enough to go on while a commit is written, and while torch is
imported at the first batch; 48 KB a photo."""


@dataclass(frozen=True, slots=True)
class IndexParts:
    """What indexing works with. The factories open at first use: torch and Milvus are not
    imported by a scan that finds nothing new."""

    catalog: Catalog
    executor: Executor
    door: Door
    extractor: Callable[[], Extractor]
    delivery: Delivery | None
    """None while the chosen embedding is another one: then that is delivered, by the switch."""
    unsettled: Callable[[], bool]
    """Whether there is something to reconcile, as far as the catalog can tell alone."""
    reconcile: Callable[[], bool]
    """Settle what a crash or another extractor left; True where files are to be read again."""
    keep_preview: Callable[[ContentId, Pixels], None]
    input_edge: int
    batch: int = 32
    commit_seconds: float = 3.0
    in_order: Callable[[Sequence[FoundFile]], Sequence[FoundFile]] = list
    """Files in the order in which their drive reads them best; any order gives one answer."""
    products: Callable[[], Products] = NumpyProducts
    """What multiplies descriptors when much is to be compared."""
    by_index: bool = False
    """Whether the vector store's index nominates, and not the product of all descriptors."""
    switch: Switch | None = None
    """To another embedding: new photos are described in it as well, from the same reading."""


class Claims:
    """Which contents need no decode: known ones, and those that another thread has taken."""

    def __init__(self, known: set[ContentId]) -> None:
        self._lock = threading.Lock()
        self._taken = known

    def claim(self, content: ContentId) -> bool:
        """True for the one caller that shall decode this content."""
        with self._lock:
            if content in self._taken:
                return False
            self._taken.add(content)
            return True


def unchanged(known: KnownFile | None, stamp: Stamp) -> bool:
    """Whether a file need not be opened. The volume is left out: it is numbered anew when a
    drive is plugged in again."""
    if known is None:
        return False
    return (known.size, known.mtime_ns, known.file_id) == (
        stamp.size, stamp.mtime_ns, stamp.identity.file_id
    )  # fmt: skip


def index(
    roots: Sequence[str],
    parts: IndexParts,
    control: Control,
    reporter: Reporter,
    changed: Callable[[], None],
) -> IndexSummary:
    """Bring the library up to date with these folders; opens photos read-only.

    Raises AlbumError when the library cannot be written and Cancelled when stopped; what was
    committed until then stays.
    """
    started = time.perf_counter()
    known = parts.catalog.known_files(roots)
    found, walk = _find(roots, known, control, reporter)
    fresh = [f for f in found if not unchanged(known.get(f.path), f.stamp)]
    run = _Run(parts, control, reporter, changed, total=len(fresh))
    if len(fresh) < len(found):  # a drive that was plugged in again: note it, open nothing
        parts.catalog.restamp([f for f in found if unchanged(known.get(f.path), f.stamp)])
    run.spent["find"] = time.perf_counter() - started
    gone = _gone(known, found, walk)
    parts.catalog.remove_files(gone)
    beside = companions.update(walk, roots, parts.catalog, parts.executor, control)
    parts.catalog.save_scan(roots, walk.skipped, walk.problems)
    if fresh or parts.unsettled():
        if parts.reconcile():
            fresh, walk = _find(roots, parts.catalog.known_files(roots), control, reporter)
            run.total = len(fresh)
        run.describe_and_compare(fresh)
    if fresh or gone or beside:
        changed()
    files = len(found) + len(walk.unchanged)
    return IndexSummary(
        files=files,
        new=len(fresh),
        unchanged=files - len(fresh),
        decoded=run.decoded,
        unreadable=sum(1 for p in run.problems),
        gone=len(gone),
        seconds=time.perf_counter() - started,
        bytes_read=run.bytes,
        skipped=dict(walk.skipped),
        problems=(*walk.problems, *sorted(run.problems, key=lambda problem: problem.path)),
        missing_roots=tuple(walk.missing_roots),
        seconds_by_part=dict(run.spent),
        vectors_waiting=len(parts.catalog.waiting_vectors()) if run.trouble else 0,
        vectors_trouble=run.trouble,
    )


def _find(
    roots: Sequence[str], known: Mapping[str, KnownFile], control: Control, reporter: Reporter
) -> tuple[list[FoundFile], Walk]:
    def told(count: int, folder: str) -> None:
        reporter.report(Progress(Stage.FINDING, count, current=folder))

    walk = scan(roots, control, known, told)
    found = list(walk)
    count = len(found) + len(walk.unchanged)
    reporter.report(Progress(Stage.FINDING, count, count))
    return found, walk


def _gone(known: Mapping[str, KnownFile], found: Sequence[FoundFile], walk: Walk) -> list[str]:
    """Remembered paths that are no longer there; those below a folder that could not be walked
    whole (an unplugged drive, no rights) are kept."""
    missing = known.keys() - walk.unchanged
    missing.difference_update(file.path for file in found)
    return sorted(path for path in missing if not walk.uncertain(path))


class _Batch:
    """Work that is done but not yet committed."""

    def __init__(self, squares: Squares, also: Squares | None) -> None:
        self.files: list[FileRecord] = []
        self.contents: list[ContentRecord] = []
        self.squares, self.also = squares, also
        self.since = time.monotonic()

    def take(self, content: ContentId, picture: Picture) -> None:
        self.contents.append(_content_record(content, picture))
        self.squares.take(content, picture.pixels, picture.inner)
        if self.also is not None and picture.also is not None:
            self.also.take(content, picture.also, picture.also_inner)


class _Run:
    """The state of one scan, on the library lane."""

    def __init__(
        self,
        parts: IndexParts,
        control: Control,
        reporter: Reporter,
        changed: Callable[[], None],
        *,
        total: int,
    ) -> None:
        self.parts, self.control, self.reporter, self.changed = parts, control, reporter, changed
        self.total = total
        self.trouble: AlbumError | None = None
        self.done = self.decoded = self.bytes = 0
        self.problems: list[Problem] = []
        self.spent: dict[str, float] = dict.fromkeys(
            ("find", "read", "hash", "decode", "inference", "stores", "compare"), 0.0
        )
        self._metadata: dict[ContentId, PhotoMetadata] = {}
        self._broken: dict[ContentId, Problem] = {}
        self._waiting: dict[ContentId, list[FoundFile]] = {}
        self._courier: Courier | None = None
        if parts.delivery is not None:
            self._courier = Courier(parts.delivery, parts.executor, control)
        self._comparison = Comparison(
            parts.catalog, control, self.spent, parts.products,
            self._courier if parts.by_index else None,
        )  # fmt: skip
        self._other: Switch | None = None
        self._now = datetime.now()

    def describe_and_compare(self, fresh: Sequence[FoundFile]) -> None:
        """All that a scan with something to do does, with the delivery beside it."""
        courier = self._courier
        try:
            if courier is not None:
                courier.catch_up()
            if self.parts.catalog.unmatched_contents():  # stored by an interrupted scan
                self._comparison.open()
            self._read_all(fresh)
            if courier is not None:
                courier.finish()
            self._comparison.leftovers()
            if self.parts.delivery is not None:
                self.trouble = self.parts.delivery.trouble
        finally:
            if courier is not None:
                courier.close()
                self.spent["deliver"] = courier.seconds

    # --- reading ---------------------------------------------------------------------------

    def _read_all(self, fresh: Sequence[FoundFile]) -> None:
        self._metadata = self.parts.catalog.known_contents()
        self._broken = self.parts.catalog.broken_contents()
        claims = Claims(set(self._metadata) | set(self._broken))
        if fresh and self.parts.switch is not None and self.parts.switch.ready():
            self._other = self.parts.switch
        batch = self._batch()
        try:
            for read in self._reads(fresh, claims):
                self._take(read, batch)
                if self._due(batch):
                    self._commit(batch)
                    batch = self._batch()
                self._report(read)
        except Cancelled:
            self._store(batch)  # what was read is kept; the next scan compares it
            raise
        self._commit(batch)
        self.reporter.flush()

    def _batch(self) -> _Batch:
        parts, other = self.parts, self._other
        squares = Squares(parts.extractor, parts.batch, self.spent)
        return _Batch(squares, None if other is None else other.squares(self.spent))

    def _reads(self, fresh: Sequence[FoundFile], claims: Claims) -> Iterator[ReadFile]:
        edge, door = self.parts.input_edge, self.parts.door
        also = 0 if self._other is None else self._other.edge
        width = self.parts.executor.width(Lane.DECODE)

        def read(found: FoundFile) -> ReadFile:
            result = door.read_file(found, edge, claims.claim, self.control, also)
            picture, content = result.picture, result.content
            if picture is None or content is None or picture.preview is None:
                return result
            self.parts.keep_preview(content, picture.preview)  # bounded there, not here
            return replace(result, picture=replace(picture, preview=None))

        return bounded_map(
            self.parts.executor, Lane.DECODE, read, self.parts.in_order(fresh),
            window=2 * width + WINDOW_BATCHES * self.parts.batch, control=self.control,
        )  # fmt: skip

    def _take(self, read: ReadFile, batch: _Batch) -> None:
        """Sort one file's outcome into the batch."""
        self.done += 1
        self.bytes += read.found.stamp.size
        self.spent["read"] += read.timing.read
        self.spent["hash"] += read.timing.hash
        self.spent["decode"] += read.timing.decode
        content = read.content
        if content is not None and read.picture is not None:
            self.decoded += 1
            self._metadata[content] = read.picture.metadata
            self._comparison.open()  # early: the decode threads go on meanwhile
            batch.take(content, read.picture)
            for found in (read.found, *self._waiting.pop(content, ())):
                batch.files.append(self._record(found, content))
        elif read.problem is not None:
            if content is not None:
                self._broken[content] = read.problem
            waiting = self._waiting.pop(content, ()) if content is not None else ()
            for found in (read.found, *waiting):
                self._fail(found, content, read.problem, batch)
        elif content in self._metadata:
            batch.files.append(self._record(read.found, content))
        elif content in self._broken:
            self._fail(read.found, content, self._broken[content], batch)
        elif content is not None:  # another thread decodes it: its row comes first
            self._waiting.setdefault(content, []).append(read.found)

    def _record(self, found: FoundFile, content: ContentId) -> FileRecord:
        folder, name = os.path.split(found.path)
        date = taken(
            self._metadata[content], name, found.stamp.mtime_ns, found.birth_ns, self._now,
            folder=folder,
        )  # fmt: skip
        return FileRecord(found, content, date)

    def _fail(
        self, found: FoundFile, content: ContentId | None, problem: Problem, batch: _Batch
    ) -> None:
        own = Problem(found.path, problem.reason, problem.detail)
        self.problems.append(own)
        batch.files.append(FileRecord(found, content, None, own))

    def _due(self, batch: _Batch) -> bool:
        return time.monotonic() - batch.since >= self.parts.commit_seconds

    def _report(self, read: ReadFile) -> None:
        self.reporter.report(
            Progress(
                Stage.READING,
                self.done,
                self.total,
                bytes=self.bytes,
                unreadable=len(self.problems),
                current=read.found.path,
            )
        )

    # --- committing ------------------------------------------------------------------------

    def _commit(self, batch: _Batch) -> None:
        """Store what is done and compare it with the library."""
        ids = self._store(batch)
        if ids:
            self._comparison.compare(ids)
        if batch.files:
            self.changed()

    def _store(self, batch: _Batch) -> list[ContentId]:
        """Rows first, descriptors second, then the mark: a crash in between is repaired. The
        vector store comes last, and may come later."""
        found = batch.squares.finish()
        also = None if batch.also is None else batch.also.finish()
        catalog, ids = self.parts.catalog, found.ids
        if ids:
            table = self._comparison.open()  # before the new vectors are in the catalog
        with self._clock("stores"):
            catalog.save(batch.files, batch.contents)
            if ids:
                found.keep(catalog)
                catalog.mark_indexed(ids)
                table.extend(ids, found.vectors)
                table.extend_inner(found.framed, found.inner)
                if self._courier is not None:
                    self._courier.offer(ids, found.vectors)
            if also is not None and self._other is not None:
                self._other.keep(also)
        return ids

    def _clock(self, part: str) -> Clock:
        return Clock(self.spent, part)


def _content_record(content: ContentId, picture: Picture) -> ContentRecord:
    return ContentRecord(
        content, picture.width, picture.height, picture.format, picture.metadata, picture.plain
    )
