"""The verbs that both front ends use. Thin: each hands over to the module that does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from albumdedup.core.control import Control, ProgressSink
from albumdedup.core.ports import Catalog, Decisions, Executor, Extractor, Journal, Trash, VectorStore
from albumdedup.core.types import (
    Group,
    IndexSummary,
    Operation,
    OperationReport,
    Plan,
    SearchHit,
    Snapshot,
    Tier,
    View,
    PROVEN_TIERS,
)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a library is made of; picked in ``assembly``. Factories open at first use."""

    catalog: Catalog
    decisions: Decisions
    journal: Journal
    executor: Executor
    extractor: Callable[[], Extractor]
    vectors: Callable[[], VectorStore]
    trash: Callable[[str | None], Trash]


class Library:
    """One data folder, open in this process alone."""

    def __init__(self, parts: Parts) -> None: ...

    def index(
        self,
        roots: Sequence[str],
        control: Control | None = None,
        sink: ProgressSink | None = None,
        changed: Callable[[], None] | None = None,
    ) -> IndexSummary:
        """Scan folders into the library. ``changed`` is called, on the calling thread, after
        each commit that may have made new groups. Raises AlbumError, Cancelled."""

    def snapshot(self) -> Snapshot:
        """All that grouping needs; safe on any thread."""

    def find_groups(self, view: View, snapshot: Snapshot | None = None) -> list[Group]: ...

    def plan(
        self,
        groups: Sequence[Group],
        tiers: frozenset[Tier] = PROVEN_TIERS,
        target: str | None = None,
    ) -> Plan:
        """The clean-up that takes every member whose role is REMOVE and whose tier is among
        ``tiers``. Raises AlbumError(PLAN_REFUSED)."""

    def clean(
        self, plan: Plan, control: Control | None = None, sink: ProgressSink | None = None
    ) -> OperationReport: ...

    def undo(
        self,
        operation_id: int | None = None,
        control: Control | None = None,
        sink: ProgressSink | None = None,
    ) -> OperationReport:
        """Put an operation (default: the last one with something to put back) back."""

    def history(self) -> list[Operation]: ...

    def recover(self) -> list[Operation]:
        """After a crash: settle every half-done move by looking at the disk; returns the
        operations that were unfinished. Called once by ``assembly.build``."""

    def search(self, image: str, top: int = 20) -> list[SearchHit]: ...

    @property
    def decisions(self) -> Decisions: ...

    def forget(self, folder: str) -> int: ...

    def close(self) -> None: ...
