"""The stage *checking pairs*: nominated pairs are verified on their pixels, once each.

Pairs that share photos are checked together, so that a photo is decoded once per scan.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from albumdedup.core.candidates import (
    NOT_COMPARED,
    Pair,
    follow_from_copies,
    second_look,
    worth_aligning,
)
from albumdedup.core.control import Control, Progress, Reporter, Stage
from albumdedup.core.decoder import PREVIEW_EDGE
from albumdedup.core.decoder.door import Door
from albumdedup.core.executors import bounded_map
from albumdedup.core.matching import FLOOR, THOROUGH_FLOOR, VERIFY_FLOOR
from albumdedup.core.ports import Catalog, Executor, Lane
from albumdedup.core.types import (
    ContentId,
    Evidence,
    Match,
    Photo,
    Pixels,
    Problem,
    Tier,
)
from albumdedup.core.verify import Sight, could_be_edited, could_be_same, judge_edit, verify

PAIRS_PER_TASK = 64
CACHED_PICTURES = 32
COMMIT_SECONDS = 3.0
PREVIEW_BYTES = 200_000_000


@dataclass(frozen=True, slots=True)
class Checked:
    """What the stage did: pairs checked, pairs whose photos could not be read again, and the
    seconds it took."""

    pairs: int
    left: int
    seconds: float


def check_pairs(
    catalog: Catalog,
    executor: Executor,
    door: Door,
    control: Control,
    reporter: Reporter,
    changed: Callable[[], None],
    previews: Previews,
) -> Checked:
    """Verify all stored pairs that have no evidence yet; commits every few seconds."""
    started = time.perf_counter()
    pairs = catalog.unverified(FLOOR)
    if not pairs:
        return Checked(0, 0, 0.0)
    photos = _one_photo_each(catalog, pairs)
    there = [m for m in pairs if m.a in photos and m.b in photos]
    round_of = _Round(catalog, executor, door, control, reporter, changed, photos, previews)
    done = round_of.check(there, worth_aligning(there, photos), len(pairs))
    fresh = {(m.a, m.b) for m in there}
    again = second_look(catalog.matches(), fresh, photos)
    round_of.check([m for m in there if (m.a, m.b) in again], again, len(again))
    catalog.save_verdicts(follow_from_copies(catalog.matches()))
    changed()
    return Checked(done, len(pairs) - done, time.perf_counter() - started)


@dataclass(frozen=True, slots=True)
class _Round:
    """What checking a list of pairs needs."""

    catalog: Catalog
    executor: Executor
    door: Door
    control: Control
    reporter: Reporter
    changed: Callable[[], None]
    photos: Mapping[ContentId, Photo]
    previews: Previews

    def check(self, pairs: Sequence[Match], aligned: Set[Pair], total: int) -> int:
        """How many of them have a verdict now; the others' photos could not be read."""

        def run(task: Sequence[Match]) -> list[Match]:
            return _Task(self.photos, aligned, self.door, self.control, self.previews).run(task)

        done, verdicts, since = 0, list[Match](), time.monotonic()
        window = 2 * self.executor.width(Lane.DECODE)
        tasks = list(tasks_of(pairs))
        for result in bounded_map(self.executor, Lane.DECODE, run, tasks, window, self.control):
            verdicts += result
            done += len(result)
            self.reporter.report(Progress(Stage.CHECKING, done, total))
            if time.monotonic() - since >= COMMIT_SECONDS:
                self.catalog.save_verdicts(verdicts)
                self.changed()
                verdicts, since = [], time.monotonic()
        self.catalog.save_verdicts(verdicts)
        if done < total:  # some photos were not there to be checked
            self.reporter.report(Progress(Stage.CHECKING, total, total))
        return done


def _one_photo_each(catalog: Catalog, pairs: Sequence[Match]) -> dict[ContentId, Photo]:
    """One file for each content, the first by path: any of them shows the same pixels."""
    contents = sorted({c for m in pairs for c in (m.a, m.b)})
    chosen: dict[ContentId, Photo] = {}
    for photo in catalog.photos_of(contents):
        chosen.setdefault(photo.content, photo)
    return chosen


def tasks_of(pairs: Sequence[Match]) -> Iterator[list[Match]]:
    """Cut the pairs into tasks along connected components, at most PAIRS_PER_TASK each."""
    neighbours: dict[ContentId, list[Match]] = defaultdict(list)
    for match in pairs:
        neighbours[match.a].append(match)
        neighbours[match.b].append(match)
    seen: set[ContentId] = set()
    taken: set[tuple[ContentId, ContentId]] = set()
    task: list[Match] = []
    for start in sorted(neighbours):
        stack = [start]
        while stack:
            content = stack.pop()
            if content in seen:
                continue
            seen.add(content)
            for match in neighbours[content]:
                if (match.a, match.b) not in taken:
                    taken.add((match.a, match.b))
                    task.append(match)
                stack.append(match.b if match.a == content else match.a)
            if len(task) >= PAIRS_PER_TASK:
                yield task
                task = []
    if task:
        yield task


class Previews:
    """Pictures that the scan had in hand anyway, for the check that follows it. Thread-safe;
    the oldest make room past ``limit`` bytes, and are then decoded again when needed."""

    def __init__(self, limit: int = PREVIEW_BYTES) -> None:
        self._limit = limit
        self._bytes = 0
        self._kept: OrderedDict[ContentId, Pixels] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, content: ContentId, pixels: Pixels) -> None:
        with self._lock:
            self._kept[content] = pixels
            self._bytes += pixels.nbytes
            while self._bytes > self._limit:
                self._bytes -= self._kept.popitem(last=False)[1].nbytes

    def get(self, content: ContentId) -> Pixels | None:
        with self._lock:
            return self._kept.get(content)


class _Task:
    """Verifies a list of pairs on one thread, with the few pictures it needs at a time."""

    def __init__(
        self,
        photos: Mapping[ContentId, Photo],
        aligned: Set[Pair],
        door: Door,
        control: Control,
        previews: Previews,
    ) -> None:
        self._aligned = aligned
        self._door = door
        self._previews = previews
        self._photos = photos
        self._control = control
        self._cache: OrderedDict[ContentId, Sight | Problem] = OrderedDict()

    def run(self, pairs: Sequence[Match]) -> list[Match]:
        verdicts = []
        for match in pairs:
            self._control.checkpoint()
            verdict = self._verdict(match)
            if verdict is not None:
                verdicts.append(verdict)
        return verdicts

    def _verdict(self, match: Match) -> Match | None:
        """None where a photo is unplugged or changed meanwhile: the next scan tries again."""
        a, b = self._photos[match.a], self._photos[match.b]
        not_edited = could_be_edited(a, b)
        if not_edited is None and (match.a, match.b) not in self._aligned:
            not_edited = NOT_COMPARED
        not_same = could_be_same(a, b, match.similarity)
        if not_same is None and match.similarity < VERIFY_FLOOR:
            not_same = "descriptors_differ"
        if not_same is not None and not_edited is not None:
            return replace(match, evidence=Evidence(note=not_edited))
        first, second = self._sight(a), self._sight(b)
        if isinstance(first, Problem) or isinstance(second, Problem):
            return None
        tier, evidence = Tier.SIMILAR, Evidence(note=not_same or "")
        if not_same is None:
            tier, evidence = verify(first.pixels, second.pixels, a, b, similarity=match.similarity)
        if tier is Tier.SIMILAR and not_edited is None:
            thorough = match.similarity >= THOROUGH_FLOOR
            tier, found = judge_edit(first, second, thorough=thorough)
            if found.transform is not None or not_same is not None:
                evidence = found
        elif tier is Tier.SIMILAR and not_edited == NOT_COMPARED:
            evidence = replace(evidence, note=NOT_COMPARED)
        return replace(match, tier=tier, evidence=evidence)

    def _sight(self, photo: Photo) -> Sight | Problem:
        if photo.content in self._cache:
            self._cache.move_to_end(photo.content)
            return self._cache[photo.content]
        picture = self._read(photo)
        sight = picture if isinstance(picture, Problem) else Sight(picture)
        self._cache[photo.content] = sight
        if len(self._cache) > CACHED_PICTURES:
            self._cache.popitem(last=False)
        return sight

    def _read(self, photo: Photo) -> Pixels | Problem:
        """The photo's pixels, if its file is still the one that was scanned: a verdict is stored
        under content ids and must not come from other bytes."""
        kept = self._previews.get(photo.content)
        return self._door.read_photo(photo, PREVIEW_EDGE, self._control) if kept is None else kept
