"""What the window works on: the open library, its groups, the jobs.

A QObject without widgets. Every library call runs on a lane; every signal comes on the GUI
thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from albumdedup.core.control import Control, ProgressSink
from albumdedup.core.errors import AlbumError
from albumdedup.core.part import Part
from albumdedup.core.ports import Lane
from albumdedup.core.types import (
    PROVEN_TIERS,
    Group,
    IndexSummary,
    Plan,
    Problem,
    Snapshot,
    Tier,
    View,
)
from albumdedup.gui.choices import Choices
from albumdedup.gui.decisions import Decisions
from albumdedup.gui.errands import Errands
from albumdedup.gui.grouped import Grouped, Held
from albumdedup.gui.grouper import Grouper
from albumdedup.gui.jobs import Bridge, JobKind, JobRunner
from albumdedup.gui.moves import Moves
from albumdedup.gui.past import look
from albumdedup.gui.scans import Scans

if TYPE_CHECKING:
    from albumdedup.assembly import Opened
    from albumdedup.core.library import Library

CHANGING = (JobKind.INDEX, JobKind.CLEAN, JobKind.UNDO)
"""After these, whole or not, the groups are read anew."""


class Album(QObject):
    """State and verbs of the window."""

    opened = Signal(object)  # Opened
    groups_changed = Signal()
    snapshot_changed = Signal()
    progressed = Signal(object)  # JobProgress
    busy_changed = Signal()
    scanned = Signal(object)  # IndexSummary
    stopped = Signal(object)  # JobKind: cancelled by the user
    planned = Signal(object, object)  # Plan, Outlook
    cleaned = Signal(object)  # OperationReport
    restored = Signal(object)  # OperationReport
    history_ready = Signal(object)  # list[Past]
    failed = Signal(object, str)  # JobKind, sentence

    def __init__(
        self,
        opener: Callable[[], Opened],
        jobs: JobRunner,
        bridge: Bridge,
        view: View,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._opener = opener
        self.jobs = jobs  # for those that start jobs of other kinds
        self.choices = Choices(self)
        self._errands = Errands(jobs, self)
        self._scans = Scans(self._errands, bridge, self)
        self._decisions = Decisions(self._errands, self.choices, self)
        self._grouper = Grouper(self._errands, self.choices, self._decisions, view, self)
        self._moves = Moves(self._errands, self._grouper, self)
        self._connect(bridge)

    def _connect(self, bridge: Bridge) -> None:
        errands = self._errands
        self.choices.changed.connect(self.groups_changed)
        self._grouper.snapshot_changed.connect(self.snapshot_changed)
        self._moves.planned.connect(self.planned)
        self._moves.cleaned.connect(self.cleaned)
        self._moves.restored.connect(self.restored)
        self._scans.done.connect(self._on_scanned)
        self._decisions.stored.connect(self.refresh)
        self.jobs.progressed.connect(self.progressed)
        bridge.changed.connect(self._on_changed)
        for signal, relay in ((errands.stopped, self.stopped), (errands.failed, self.failed)):
            signal.connect(relay)
            signal.connect(self._after_trouble)
        errands.busy_changed.connect(self.busy_changed)
        errands.take(JobKind.OPEN, self._after_open)
        errands.take(JobKind.HISTORY, self.history_ready.emit)

    # --- what is ------------------------------------------------------------------------

    @property
    def library(self) -> Library | None:
        return self._errands.library

    @property
    def held(self) -> Held | None:
        return self._grouper.held

    @property
    def grouped(self) -> Grouped | None:
        return self._grouper.grouped

    @property
    def view(self) -> View:
        return self._grouper.view

    @property
    def snapshot(self) -> Snapshot:
        return self._grouper.snapshot

    @property
    def unreadable(self) -> list[Problem]:
        """Files of the library, and what the last scan could not look into."""
        problems = (*self._scans.problems, *self.snapshot.unreadable)
        return list({problem.path: problem for problem in problems}.values())

    @property
    def shown(self) -> list[Group]:
        """The groups as the user sees them, choices by hand included."""
        return self.choices.shown

    @property
    def scanning(self) -> bool:
        return self._scans.running

    @property
    def closing(self) -> bool:
        return self._errands.closing

    @property
    def moving(self) -> bool:
        return self._moves.running

    def runs(self, *kinds: JobKind) -> bool:
        return self.jobs.is_running(*kinds)

    @property
    def idle(self) -> bool:
        return self.jobs.idle and not self._grouper.waits

    @property
    def paused(self) -> bool:
        control = self._control()
        return control is not None and control.paused

    def removable(self) -> tuple[int, int]:
        """How many photos the clean-up would take now, and their bytes."""
        return self.choices.removable

    # --- verbs --------------------------------------------------------------------------

    def open(self) -> None:
        """Open the library; what is added meanwhile waits for it."""
        opener = self._opener

        def run(_control: Control, _sink: ProgressSink) -> tuple[Opened, bool]:
            opened = opener()
            try:
                return opened, opened.library.has_work()  # which looks through the catalog
            except AlbumError:  # the next reading meets it too, and tells it
                return opened, False

        self._errands.start(JobKind.OPEN, Lane.FILES, run)

    def add_folders(self, folders: Sequence[str]) -> None:
        """Scan folders, after those that are being scanned."""
        self._scans.add(folders)

    @Slot()
    def toggle_pause(self) -> None:
        control = self._control()
        if control is not None:
            control.resume() if control.paused else control.pause()
            self.busy_changed.emit()

    @Slot()
    def cancel(self) -> None:
        """Stop what runs; what is done stays done."""
        self._scans.drop_waiting()
        control = self._control()
        if control is not None:
            control.cancel()

    def waits_for(self, folder: str) -> bool:
        """Whether a folder waits for a scan that has not begun."""
        return self._scans.waits_for(folder)

    def set_view(self, view: View) -> None:
        """A new view; the folder that is to be cleared stays as it is."""
        self._grouper.set_view(replace(view, clear=self.view.clear))

    def set_clear(self, folder: str | None) -> None:
        """Offer only copies below this folder; None: all again."""
        self._grouper.set_view(replace(self.view, clear=folder))

    def set_edited_go(self, on: bool) -> None:
        """Whether edited copies go as well; never remembered, always a click of its own."""
        self._grouper.set_going(PROVEN_TIERS | {Tier.EDITED} if on else PROVEN_TIERS)

    @Slot()
    def refresh(self) -> None:
        """Read a new snapshot and group it."""
        self._grouper.refresh()

    def make_plan(self, target: str | None = None, *, carry: bool = False) -> None:
        """List what a clean-up would take; ``planned`` follows. With ``carry`` what only copies
        say goes into new sidecars, and they go."""
        self._moves.plan(target, carry=carry)

    def clean(self, plan: Plan) -> None:
        self._moves.clean(plan)

    def undo(self, operation_id: int | None = None, part: Part = Part()) -> None:  # noqa: B008
        """Put back an operation, or some of its groups or photos."""
        self._moves.undo(operation_id, part)

    def ask(
        self,
        kind: JobKind,
        lane: Lane,
        work: Callable[[Library, Control, ProgressSink], object],
        then: Callable[[Any], None],
    ) -> bool:
        """Have the library answer something; ``then`` gets the answer. False where one of this
        kind is running. A failure comes by ``failed``, a stop by ``stopped``."""
        library = self.library
        if library is None or self.jobs.is_running(kind):
            return False
        self._errands.take(kind, then)
        return self._errands.start(kind, lane, lambda control, sink: work(library, control, sink))

    def stop_asking(self, kind: JobKind) -> None:
        """The answer is not wanted any more."""
        control = self.jobs.control(kind)
        if control is not None:
            control.cancel()

    @Slot()
    def undo_last(self) -> None:
        """Put back the last clean-up that has something to put back."""
        self.undo(None)

    @Slot()
    def ask_history(self) -> None:
        library = self.library
        if library is not None:
            self._errands.start(JobKind.HISTORY, Lane.FILES, lambda c, s: look(library.history()))

    def not_duplicates(self, which: Group, on: bool = True) -> None:
        """Remember that these photos are different ones; the card leaves at once."""
        self._decisions.not_duplicates(which, on)

    def protect(self, folder: str) -> None:
        self._decisions.protect(folder)

    def prefer(self, folder: str) -> None:
        self._decisions.prefer(
            [folder, *(kept for kept in self.snapshot.preferred if kept != folder)]
        )

    def forget(self, folder: str) -> None:
        self._decisions.forget(folder)

    # --- closing ------------------------------------------------------------------------

    def begin_closing(self) -> None:
        """Stop all work; ``idle`` becomes true when it has stopped."""
        self._grouper.stop_waiting()
        self._scans.drop_waiting()
        self._errands.begin_closing()

    # --- inside -------------------------------------------------------------------------

    def _control(self) -> Control | None:
        for kind in (JobKind.CLEAN, JobKind.UNDO, JobKind.INDEX):
            control = self.jobs.control(kind)
            if control is not None:
                return control
        return None

    @Slot(object)
    def _on_changed(self, _kind: object) -> None:
        self._grouper.refresh_later()

    @Slot(object)
    def _on_scanned(self, summary: IndexSummary) -> None:
        self._grouper.stop_waiting()
        self.scanned.emit(summary)
        self.refresh()

    def _after_trouble(self, kind: JobKind, *_sentence: str) -> None:
        if kind in CHANGING:
            self.refresh()

    def _after_open(self, result: tuple[Opened, bool]) -> None:
        opened, has_work = result
        self._errands.library = opened.library
        self.opened.emit(opened)
        self.refresh()
        if has_work:
            self._scans.take_up()
        self._scans.go_on()
