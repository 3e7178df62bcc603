"""Clean-ups and their way back: what would go, moving it, putting it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal, SignalInstance, Slot

from albumdedup.core.control import Control, ProgressSink
from albumdedup.core.outlook import Outlook, outlook
from albumdedup.core.part import Part
from albumdedup.core.ports import Lane
from albumdedup.core.types import NewSidecar, OperationReport, Plan, Tier
from albumdedup.gui.errands import Errands
from albumdedup.gui.grouper import Grouper
from albumdedup.gui.jobs import JobKind
from albumdedup.system.files import sync_roots


class Moves(QObject):
    """One clean-up or undo at a time; after each the groups are read anew."""

    planned = Signal(object, object)  # Plan, Outlook
    cleaned = Signal(object)  # OperationReport
    restored = Signal(object)  # OperationReport

    def __init__(self, errands: Errands, grouper: Grouper, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._grouper = grouper
        self._later: Callable[[], None] | None = None
        errands.take(JobKind.PLAN, self._after_plan)
        grouper.snapshot_changed.connect(self._plan_now)
        errands.failed.connect(self._on_failed)
        errands.take(JobKind.CLEAN, partial(self._after_move, self.cleaned))
        errands.take(JobKind.UNDO, partial(self._after_move, self.restored))

    @property
    def running(self) -> bool:
        return self._errands.jobs.is_running(JobKind.CLEAN, JobKind.UNDO)

    def plan(self, target: str | None, *, carry: bool = False) -> None:
        """List what a clean-up would take; ``planned`` follows. With ``carry`` copies go too that
        stay only for their metadata: new sidecars of the photos that stay will hold it.

        Right after a clean-up the groups are still those of before: then it waits for new ones."""
        if self.running:
            return
        if self._grouper.reads:
            self._later = partial(self.plan, target, carry=carry)
            return
        library, groups = self._errands.library, list(self._grouper.choices.shown)
        by_rule = {one.id for one in groups if self._grouper.choices.is_by_rule(one)}
        snapshot, view, going = self._grouper.snapshot, self._grouper.view, self._grouper.going
        if library is None:
            return

        def work(control: Control, sink: ProgressSink) -> tuple[Plan, Outlook]:
            from albumdedup.core.carrying import held_back  # the first paint need not wait for it

            everything = frozenset(Tier)  # the roles say what goes, by rule or by hand
            held = held_back((one for one in groups if one.id in by_rule), going)
            listed = groups
            sidecars: tuple[NewSidecar, ...] = ()
            if carry:
                found, sidecars = library.find_groups_carrying(view, snapshot, going)
                richer = {one.id: one for one in found if one.id in by_rule}
                listed = [richer.get(one.id, one) for one in groups]
            plan = library.plan(listed, everything, target, sidecars)
            synced = sync_roots(item.victim.path for item in plan.items)
            return plan, replace(outlook(plan, snapshot.photos, held), synced=synced)

        self._errands.start(JobKind.PLAN, Lane.FILES, work)

    def clean(self, plan: Plan) -> None:
        library = self._errands.library
        if library is not None:
            self._errands.start(
                JobKind.CLEAN, Lane.FILES,
                lambda control, sink: library.clean(plan, control, sink),
            )  # fmt: skip

    def undo(self, operation_id: int | None, part: Part) -> None:
        library = self._errands.library
        if library is not None:
            self._errands.start(
                JobKind.UNDO, Lane.FILES,
                lambda control, sink: library.undo(operation_id, control, sink, part),
            )  # fmt: skip

    @Slot()
    def _plan_now(self) -> None:
        if self._later is not None and not self._grouper.reads:
            later, self._later = self._later, None
            later()

    @Slot(object, str)
    def _on_failed(self, kind: JobKind, _sentence: str) -> None:
        if kind is JobKind.SNAPSHOT:
            self._later = None

    def _after_plan(self, result: tuple[Plan, Outlook]) -> None:
        """A list that comes when its photos are on their way already is none."""
        if not self.running:
            self.planned.emit(*result)

    def _after_move(self, tell: SignalInstance, report: OperationReport) -> None:
        tell.emit(report)
        self._grouper.refresh()
