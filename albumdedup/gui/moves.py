"""Clean-ups and their way back: what would go, moving it, putting it back."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal, SignalInstance

from albumdedup.core.control import Control, ProgressSink
from albumdedup.core.outlook import Outlook, outlook
from albumdedup.core.part import Part
from albumdedup.core.ports import Lane
from albumdedup.core.types import OperationReport, Plan, Tier
from albumdedup.gui.errands import Errands
from albumdedup.gui.grouper import Grouper
from albumdedup.gui.jobs import JobKind


class Moves(QObject):
    """One clean-up or undo at a time; after each the groups are read anew."""

    planned = Signal(object, object)  # Plan, Outlook
    cleaned = Signal(object)  # OperationReport
    restored = Signal(object)  # OperationReport

    def __init__(self, errands: Errands, grouper: Grouper, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._grouper = grouper
        errands.take(JobKind.PLAN, self._after_plan)
        errands.take(JobKind.CLEAN, partial(self._after_move, self.cleaned))
        errands.take(JobKind.UNDO, partial(self._after_move, self.restored))

    @property
    def running(self) -> bool:
        return self._errands.jobs.is_running(JobKind.CLEAN, JobKind.UNDO)

    def plan(self, target: str | None) -> None:
        """List what a clean-up would take; ``planned`` follows."""
        library, groups = self._errands.library, list(self._grouper.choices.shown)
        photos = self._grouper.snapshot.photos
        if library is None:
            return

        def work(control: Control, sink: ProgressSink) -> tuple[Plan, Outlook]:
            everything = frozenset(Tier)  # the roles say what goes, by rule or by hand
            plan = library.plan(groups, everything, target)
            return plan, outlook(plan, photos)

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

    def _after_plan(self, result: tuple[Plan, Outlook]) -> None:
        self.planned.emit(*result)

    def _after_move(self, tell: SignalInstance, report: OperationReport) -> None:
        tell.emit(report)
        self._grouper.refresh()
