"""A library in memory with photos that exist only as facts; for tests of the window's logic."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import numpy as np
from doors import plain_door

from albumdedup.core.control import Control, Progress, Reporter, Stage
from albumdedup.core.library import Answer
from albumdedup.core.receipt import Receipt, ReceiptLine, Rehearsal, Stays
from albumdedup.core.storage import Stored, StoreKind
from albumdedup.core.types import (
    ContentId,
    DateSource,
    Evidence,
    FileIdentity,
    FileProof,
    Grade,
    IndexSummary,
    ItemState,
    JournalItem,
    Match,
    Operation,
    OperationReport,
    Photo,
    PhotoMetadata,
    Plan,
    PlanItem,
    Problem,
    Reason,
    Role,
    SearchHit,
    Snapshot,
    Stamp,
    TakenDate,
    Tier,
)
from albumdedup.core.verdicts import CardVerdict, FileVerdict, Standing

REST = FileVerdict("/card/film.mov", Standing.NOT_A_PHOTO, "It was not read as a photo.")


def content_of(name: str) -> ContentId:
    return ContentId(hashlib.sha256(name.encode()).hexdigest())


def photo(number: int, content: str, *, edge: int = 1000, size: int = 500_000) -> Photo:
    taken = TakenDate(
        datetime(2019, 5, 1, 12, 0) + timedelta(minutes=int(content.strip("abcdefgs") or 0)),
        None, DateSource.EXIF_ORIGINAL, Grade.A, timedelta(seconds=1),
    )  # fmt: skip
    stamp = Stamp(size, 1_600_000_000_000_000_000 + number, FileIdentity(1, number))
    return Photo(
        number, f"/photos/folder {number % 3}/IMG_{number:04d}.jpg", stamp, content_of(content),
        edge, edge * 3 // 4, "JPEG", taken, PhotoMetadata(tags=10),
    )  # fmt: skip


def snapshot_of(shots: int, first: int = 0) -> Snapshot:
    """For each shot: the original, an identical copy and a smaller re-saved one."""
    photos, matches = [], []
    for shot in range(first, first + shots):
        one, small = f"{shot}", f"{shot}s"
        photos += [
            photo(shot * 10, one),
            photo(shot * 10 + 1, one),
            photo(shot * 10 + 2, small, edge=400, size=60_000),
        ]
        a, b = sorted((content_of(one), content_of(small)))
        matches.append(Match(a, b, 0.99, Tier.SAME, Evidence("equal")))
    return Snapshot(tuple(photos), tuple(matches))


class FakeDecisions:
    def __init__(self, library: FakeLibrary) -> None:
        self._library = library

    def add_not_duplicates(self, contents) -> None:
        pairs = {(min(a, b), max(a, b)) for a in contents for b in contents}
        self._library.pairs |= pairs

    def remove_not_duplicates(self, contents) -> None:
        pairs = {(min(a, b), max(a, b)) for a in contents for b in contents}
        self._library.pairs -= pairs

    def protect(self, folder: str, on: bool = True) -> None:
        self._library.protected.append(folder)

    def prefer(self, folders) -> None:
        self._library.preferred = list(folders)


class FakeLibrary:
    """The verbs of ``core.library.Library``. ``gate`` holds a scan half-way until it is set."""

    def __init__(self, shots: int = 5) -> None:
        self.content = Snapshot((), ())
        self.shots = shots
        self.gate = threading.Event()
        self.gate.set()
        self.half_way = threading.Event()
        self.scanned: list[list[str]] = []
        self.threads: set[str] = set()
        self.pairs: set = set()
        self.protected: list[str] = []
        self.preferred: list[str] = []
        self.operations: list[Operation] = []
        self.closed = False
        self.chosen_anew = False
        self.forgotten: list[str] = []
        self.described: list[int] = []
        self.asked: list = []
        self.problems: tuple[Problem, ...] = ()
        self.decisions = FakeDecisions(self)
        self.door = plain_door()

    def _note(self) -> None:
        self.threads.add(threading.current_thread().name)

    def has_work(self) -> bool:
        return self.chosen_anew

    def index(self, roots, control=None, sink=None, changed=None) -> IndexSummary:
        self._note()
        self.scanned.append(list(roots))
        control, reporter = control or Control(), Reporter(sink)
        first = len(self.scanned) * 100
        for done in range(self.shots):
            control.checkpoint()
            self.content = replace(
                self.content,
                photos=self.content.photos + snapshot_of(1, first + done).photos,
                matches=self.content.matches + snapshot_of(1, first + done).matches,
            )
            reporter.report(Progress(Stage.READING, done + 1, self.shots))
            if done == self.shots // 2:
                if changed:
                    changed()
                self.half_way.set()
                while not self.gate.wait(0.01):
                    control.checkpoint()
        if changed:
            changed()
        self.content = replace(self.content, unreadable=self.problems)
        if not roots:
            self.chosen_anew = False
            return IndexSummary(0, 0, 0, 0, 0, 0, 1.0, 0, {}, described=3, taken_up=True)
        return IndexSummary(
            self.shots * 3, self.shots * 3, 0, self.shots, len(self.problems), 0, 1.0, 0, {}
        )

    def snapshot(self) -> Snapshot:
        self._note()
        return replace(
            self.content, not_duplicates=frozenset(self.pairs), protected=tuple(self.protected),
            preferred=tuple(self.preferred),
        )  # fmt: skip

    def plan(self, groups, tiers, target=None, sidecars=()) -> Plan:
        items = []
        for group in groups:
            for member in group.members[1:]:
                if member.role is Role.REMOVE and member.tier in tiers:
                    items.append(
                        PlanItem(
                            _proof(member.photo), _proof(group.keeper), member.tier, group.id, ""
                        )
                    )
        return Plan(tuple(items), target, sidecars=tuple(sidecars))

    def clean(self, plan, control=None, sink=None) -> OperationReport:
        reporter = Reporter(sink)
        gone = {item.victim.path for item in plan.items}
        items = tuple(
            JournalItem(n, item, ItemState.MOVED, __file__) for n, item in enumerate(plan.items)
        )
        reporter.report(Progress(Stage.CLEANING, len(items), len(items), bytes=plan.bytes))
        number = len(self.operations) + 1
        started = datetime(2026, 1, 1, tzinfo=timezone.utc)  # noqa: UP017
        self.operations.insert(0, Operation(number, started, plan.target, True, items))
        self.removed = [p for p in self.content.photos if p.path in gone]
        self.content = replace(
            self.content, photos=tuple(p for p in self.content.photos if p.path not in gone)
        )
        return OperationReport(number, items, (), plan.bytes)

    def undo(self, operation_id=None, control=None, sink=None, part=None) -> OperationReport:
        operation = self.operations[0]
        back = tuple(replace(i, state=ItemState.RESTORED) for i in operation.items)
        self.operations[0] = replace(operation, items=back)
        photos = sorted((*self.content.photos, *self.removed), key=lambda p: p.path)
        self.content = replace(self.content, photos=tuple(photos))
        return OperationReport(operation.id, back, (), 0)

    def roots(self) -> list[str]:
        return [root for roots in self.scanned for root in roots if root not in self.forgotten]

    def stored(self) -> tuple[Stored, ...]:
        return (
            Stored(StoreKind.CATALOG, "/library/catalog.sqlite", 1_000_000),
            Stored(StoreKind.DECISIONS, "/library/decisions.sqlite", 20_000),
            Stored(StoreKind.VECTORS, "/library/vectors.db", 5_000_000),
            Stored(StoreKind.THUMBS, "/library/thumbs", 70_000_000),
        )

    def descriptors(self, contents):
        self._note()
        self.described.append(len(contents))
        rows = np.array([[int(c[i : i + 2], 16) for i in range(0, 32, 2)] for c in contents])
        return list(contents), rows.reshape(len(contents), 16).astype(np.float32)

    def clear(self) -> int:
        self._note()
        self.forgotten += self.roots()
        self.content = Snapshot((), ())
        return 0

    def receipt(self, operation_id, control=None, sink=None) -> Receipt:
        operation = next(one for one in self.operations if one.id == operation_id)
        lines = tuple(
            ReceiptLine(
                path=i.item.victim.path, part_of=None, place=i.place, there=True,
                bytes=i.item.victim.stamp.size, freed=i.item.victim.stamp.size,
                content=i.item.victim.content, tier=i.item.tier, group=i.item.group_id,
                reason=i.item.reason, state=i.state, keeper=i.item.survivor.path,
                keeper_content=i.item.survivor.content, stays=Stays.WHOLE, problem="",
            )
            for i in operation.moved
        )  # fmt: skip
        size = sum(line.bytes for line in lines)
        return Receipt(
            operation_id, operation.started, operation.started, operation.target, lines, (),
            size, size, False,
        )  # fmt: skip

    def rehearse(self, operation_id, count=20, seed=1, control=None) -> tuple[Rehearsal, ...]:
        moved = self.operations[0].moved[:count]
        return tuple(Rehearsal(i.item.victim.path, i.place, i.item.victim.content) for i in moved)

    def ask(self, question, control=None, sink=None) -> Answer:
        self.asked.append(question)
        hits = [SearchHit(one, 1.0 - n / 100) for n, one in enumerate(self.content.photos)]
        page = hits[question.offset : question.offset + question.top]
        return Answer(tuple(page), question.offset + len(page) < len(hits), ())

    def cameras(self) -> list[str]:
        return ["Canon EOS 5D", "Pixel 4"]

    def card(self, folder, control=None, snapshot=None, *, all_files=False) -> CardVerdict:
        return CardVerdict(folder, (), (REST,))

    def history(self) -> list[Operation]:
        return list(self.operations)

    def forget(self, folder: str) -> int:
        self.forgotten.append(folder)
        return 0

    def close(self) -> None:
        self.closed = True


def _proof(one: Photo) -> FileProof:
    return FileProof(one.path, one.stamp, one.content)


def unreadable(count: int) -> tuple[Problem, ...]:
    return tuple(Problem(f"/photos/bad {n}.jpg", Reason.TRUNCATED) for n in range(count))
