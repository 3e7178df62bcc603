"""What the window works on: the open library, the held snapshot, the view, the jobs.

A QObject without widgets. Every library call runs on a lane; every signal comes on the GUI
thread.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from albumdedup.core.control import Control, ProgressSink
from albumdedup.core.errors import AlbumError
from albumdedup.core.i18n import _, describe
from albumdedup.core.outlook import Outlook, outlook
from albumdedup.core.part import Part
from albumdedup.core.ports import Lane
from albumdedup.core.types import (
    PROVEN_TIERS,
    ContentId,
    Group,
    IndexSummary,
    OperationReport,
    Plan,
    Snapshot,
    Tier,
    View,
)
from albumdedup.gui.choices import Choices
from albumdedup.gui.grouped import Grouped, Held, group, hold
from albumdedup.gui.jobs import HOUSEHOLD, Bridge, JobEnd, JobKind, JobProgress, JobRunner
from albumdedup.gui.overrides import removable
from albumdedup.gui.past import look

if TYPE_CHECKING:
    from albumdedup.assembly import Opened
    from albumdedup.core.library import Library

log = logging.getLogger(__name__)

REFRESH_MS = 1000
"""Least time between two snapshots while a scan goes on."""


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
        self._jobs = jobs
        self._bridge = bridge
        self.view = view
        self.going: frozenset[Tier] = PROVEN_TIERS
        self.library: Library | None = None
        self.held: Held | None = None
        self.grouped: Grouped | None = None
        self.choices = Choices(self)
        self.choices.changed.connect(self.groups_changed)
        self.plan: Plan | None = None
        self._queue: list[str] = []
        self._then: dict[JobKind, Callable[[Any], None]] = {}
        self._undecided: list[Callable[[], object]] = []
        self._stale = False
        self._closing = False
        self._refresh = QTimer(self)
        self._refresh.setSingleShot(True)
        self._refresh.timeout.connect(self.refresh)
        jobs.ended.connect(self._on_end)
        jobs.progressed.connect(self._on_progress)
        bridge.changed.connect(self._on_changed)

    # --- what is ------------------------------------------------------------------------

    @property
    def snapshot(self) -> Snapshot:
        return self.held.snapshot if self.held else Snapshot((), ())

    @property
    def shown(self) -> list[Group]:
        """The groups as the user sees them, choices by hand included."""
        return self.choices.shown

    @property
    def scanning(self) -> bool:
        return self._jobs.is_running(JobKind.INDEX)

    @property
    def jobs(self) -> JobRunner:
        """For those that start jobs of other kinds."""
        return self._jobs

    @property
    def closing(self) -> bool:
        return self._closing

    @property
    def moving(self) -> bool:
        return self._jobs.is_running(JobKind.CLEAN, JobKind.UNDO)

    def runs(self, *kinds: JobKind) -> bool:
        return self._jobs.is_running(*kinds)

    @property
    def idle(self) -> bool:
        return self._jobs.idle and not self._refresh.isActive()

    @property
    def paused(self) -> bool:
        control = self._control()
        return control is not None and control.paused

    def removable(self) -> tuple[int, int]:
        """How many photos the clean-up would take now, and their bytes."""
        return removable(self.shown)

    # --- verbs --------------------------------------------------------------------------

    def open(self) -> None:
        """Open the library; what is added meanwhile waits for it."""
        opener = self._opener
        self._start(JobKind.OPEN, Lane.FILES, lambda control, sink: opener())

    def add_folders(self, folders: Sequence[str]) -> None:
        """Scan folders, after those that are being scanned."""
        self._queue += [f for f in folders if f not in self._queue]
        self._scan_next()

    @Slot()
    def toggle_pause(self) -> None:
        control = self._control()
        if control is not None:
            control.resume() if control.paused else control.pause()
            self.busy_changed.emit()

    @Slot()
    def cancel(self) -> None:
        """Stop what runs; what is done stays done."""
        self._queue.clear()
        control = self._control()
        if control is not None:
            control.cancel()

    def waits_for(self, folder: str) -> bool:
        """Whether a folder waits for a scan that has not begun."""
        return folder in self._queue

    def set_view(self, view: View) -> None:
        """A new view; the folder that is to be cleared stays as it is."""
        view = replace(view, clear=self.view.clear)
        if view != self.view:
            self.view = view
            self.regroup()

    def set_clear(self, folder: str | None) -> None:
        """Offer only copies below this folder; None: all again."""
        self.view = replace(self.view, clear=folder)
        self.regroup()

    def set_edited_go(self, on: bool) -> None:
        """Whether edited copies go as well; never remembered, always a click of its own."""
        self.going = PROVEN_TIERS | {Tier.EDITED} if on else PROVEN_TIERS
        self.regroup()

    @Slot()
    def refresh(self) -> None:
        """Read a new snapshot and group it."""
        library, view, going = self.library, self.view, self.going
        if library is None or self._closing:
            return

        def work(control: Control, sink: ProgressSink) -> tuple[Held, Grouped]:
            held = hold(library.snapshot())
            return held, group(held, view, going)

        if not self._start(JobKind.SNAPSHOT, Lane.FILES, work):
            self._stale = True

    def regroup(self) -> None:
        """Group the held snapshot anew; of many requests the latest wins."""
        held, view, going = self.held, self.view, self.going
        if held is not None and not self._closing:
            self._start(
                JobKind.GROUP, Lane.FILES,
                lambda control, sink: (held, group(held, view, going)),
            )  # fmt: skip

    def make_plan(self, target: str | None = None) -> None:
        """List what a clean-up would take; ``planned`` follows."""
        library, groups, photos = self.library, list(self.shown), self.snapshot.photos
        if library is None:
            return

        def work(control: Control, sink: ProgressSink) -> tuple[Plan, Outlook]:
            everything = frozenset(Tier)  # the roles say what goes, by rule or by hand
            plan = library.plan(groups, everything, target)
            return plan, outlook(plan, photos)

        self._start(JobKind.PLAN, Lane.FILES, work)

    def clean(self, plan: Plan) -> None:
        library = self.library
        if library is not None:
            self._start(
                JobKind.CLEAN, Lane.FILES,
                lambda control, sink: library.clean(plan, control, sink),
            )  # fmt: skip

    def undo(self, operation_id: int | None = None, part: Part = Part()) -> None:  # noqa: B008
        """Put back an operation, or some of its groups or photos."""
        library = self.library
        if library is not None:
            self._start(
                JobKind.UNDO, Lane.FILES,
                lambda control, sink: library.undo(operation_id, control, sink, part),
            )  # fmt: skip

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
        if library is None or self._jobs.is_running(kind):
            return False
        self._then[kind] = then
        return self._start(kind, lane, lambda control, sink: work(library, control, sink))

    def stop_asking(self, kind: JobKind) -> None:
        """The answer is not wanted any more."""
        control = self._jobs.control(kind)
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
            self._start(JobKind.HISTORY, Lane.FILES, lambda c, s: look(library.history()))

    def not_duplicates(self, which: Group, on: bool = True) -> None:
        """Remember that these photos are different ones; the card leaves at once."""
        contents: list[ContentId] = [member.photo.content for member in which.members]
        self.choices.hide(which, on)
        self._decide("add_not_duplicates" if on else "remove_not_duplicates", contents)

    def protect(self, folder: str) -> None:
        self._decide("protect", folder)

    def prefer(self, folder: str) -> None:
        known = [kept for kept in self.snapshot.preferred if kept != folder]
        self._decide("prefer", [folder, *known])

    def forget(self, folder: str) -> None:
        library = self.library
        if library is not None:
            self._queue_decision(partial(library.forget, folder))

    # --- closing ------------------------------------------------------------------------

    def begin_closing(self) -> None:
        """Stop all work; ``idle`` becomes true when it has stopped."""
        self._closing = True
        self._refresh.stop()
        self._queue.clear()
        self._jobs.cancel_all()

    # --- inside -------------------------------------------------------------------------

    def _control(self) -> Control | None:
        for kind in (JobKind.CLEAN, JobKind.UNDO, JobKind.INDEX):
            control = self._jobs.control(kind)
            if control is not None:
                return control
        return None

    def _start(
        self, kind: JobKind, lane: Lane, work: Callable[[Control, ProgressSink], object]
    ) -> bool:
        if self._closing:
            return False
        started = self._jobs.start(kind, lane, work) is not None
        self.busy_changed.emit()
        return started

    def _scan_next(self) -> None:
        library = self.library
        if library is None or not self._queue or self.scanning or self._closing:
            return
        roots, self._queue = self._queue, []
        changed = partial(self._bridge.changed.emit, JobKind.INDEX)
        self._start(
            JobKind.INDEX, Lane.LIBRARY,
            lambda control, sink: library.index(roots, control, sink, changed),
        )  # fmt: skip

    def _decide(self, verb: str, argument: object) -> None:
        library = self.library
        if library is not None:
            self._queue_decision(partial(getattr(library.decisions, verb), argument))

    def _queue_decision(self, decide: Callable[[], object]) -> None:
        """Decisions follow one another quickly and none may be lost."""
        self._undecided.append(decide)
        self._decide_next()

    def _decide_next(self) -> None:
        if self._undecided and not self._jobs.is_running(JobKind.DECIDE):
            batch, self._undecided = self._undecided, []
            self._start(JobKind.DECIDE, Lane.FILES, lambda c, s: [decide() for decide in batch])

    @Slot(object)
    def _on_changed(self, kind: object) -> None:
        if not self._refresh.isActive() and not self._closing:
            cost = self.held.seconds if self.held else 0.0
            self._refresh.start(max(REFRESH_MS, round(4000 * cost)))

    @Slot(object)
    def _on_progress(self, news: JobProgress) -> None:
        self.progressed.emit(news)

    @Slot(object)
    def _on_end(self, end: JobEnd) -> None:
        if end.kind in HOUSEHOLD:
            pass
        elif end.cancelled:
            self._after_cancel(end.kind)
        elif end.error is not None:
            self._after_error(end.kind, end.error)
        else:
            self._after_success(end.kind, end.result)
        self.busy_changed.emit()

    def _after_cancel(self, kind: JobKind) -> None:
        if self._closing:
            return
        self.stopped.emit(kind)
        if kind in (JobKind.INDEX, JobKind.CLEAN, JobKind.UNDO):
            self.refresh()

    def _after_error(self, kind: JobKind, error: BaseException) -> None:
        if isinstance(error, AlbumError):
            sentence = describe(error)
        else:
            log.error("%s failed", kind, exc_info=error)
            sentence = _("Something unexpected happened: {detail}").format(
                detail=f"{type(error).__name__}: {error}"
            )
        self.failed.emit(kind, sentence)
        if kind in (JobKind.INDEX, JobKind.CLEAN, JobKind.UNDO):
            self.refresh()

    def _after_success(self, kind: JobKind, result: object) -> None:
        after: dict[JobKind, Callable[[Any], None]] = {
            **self._then,
            JobKind.OPEN: self._after_open,
            JobKind.SNAPSHOT: self._after_snapshot,
            JobKind.GROUP: self._after_group,
            JobKind.INDEX: self._after_index,
            JobKind.PLAN: self._after_plan,
            JobKind.CLEAN: self._after_clean,
            JobKind.UNDO: self._after_undo,
            JobKind.HISTORY: self.history_ready.emit,
            JobKind.DECIDE: self._after_decision,
        }
        after[kind](result)

    def _after_open(self, result: Opened) -> None:
        self.library = result.library
        self.opened.emit(result)
        self.refresh()
        self._scan_next()

    def _after_snapshot(self, result: tuple[Held, Grouped]) -> None:
        self.held, grouped = result
        if not self._undecided and not self._jobs.is_running(JobKind.DECIDE):
            self.choices.unhide_all()
        self._take(grouped)
        self.snapshot_changed.emit()
        if self._stale:
            self._stale = False
            self.refresh()

    def _after_group(self, result: tuple[Held, Grouped]) -> None:
        held, grouped = result
        if held is self.held:
            self._take(grouped)
        else:  # a newer snapshot came first
            self.regroup()

    def _take(self, grouped: Grouped) -> None:
        self.grouped = grouped
        self.choices.take(grouped.groups)
        if (grouped.view, grouped.removable) != (self.view, self.going):
            self.regroup()

    def _after_index(self, summary: IndexSummary) -> None:
        self._refresh.stop()
        self.scanned.emit(summary)
        self.refresh()
        self._scan_next()

    def _after_plan(self, result: tuple[Plan, Outlook]) -> None:
        self.plan, afterwards = result
        self.planned.emit(self.plan, afterwards)

    def _after_clean(self, report: OperationReport) -> None:
        self.cleaned.emit(report)
        self.refresh()

    def _after_undo(self, report: OperationReport) -> None:
        self.restored.emit(report)
        self.refresh()

    def _after_decision(self, result: object) -> None:
        self._decide_next()
        self.refresh()


def folders_of(paths: Sequence[str]) -> list[str]:
    """What to scan for what was dropped: folders as they are, a single photo's folder."""
    found = [path if os.path.isdir(path) else os.path.dirname(path) for path in paths]
    return list(dict.fromkeys(found))
