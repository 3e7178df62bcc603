"""Keeps the groups up to date: reads snapshots of the library and groups them by the view."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from albumdedup.core.control import Control, ProgressSink
from albumdedup.core.ports import Lane
from albumdedup.core.types import PROVEN_TIERS, Snapshot, Tier, View
from albumdedup.gui.choices import Choices
from albumdedup.gui.decisions import Decisions
from albumdedup.gui.errands import Errands
from albumdedup.gui.grouped import Grouped, Held, group, hold
from albumdedup.gui.jobs import JobKind

REFRESH_MS = 1000
"""Least time between two snapshots while a scan goes on."""


class Grouper(QObject):
    """The snapshot that is held, the view, and the groups made of both. Of many requests the
    latest wins."""

    snapshot_changed = Signal()

    def __init__(
        self,
        errands: Errands,
        choices: Choices,
        decisions: Decisions,
        view: View,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._errands = errands
        self.choices = choices
        self._decisions = decisions
        self.view = view
        self.going: frozenset[Tier] = PROVEN_TIERS
        self.held: Held | None = None
        self.grouped: Grouped | None = None
        self._stale = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self.refresh)
        errands.failed.connect(self._on_failed)
        errands.take(JobKind.SNAPSHOT, self._after_snapshot)
        errands.take(JobKind.GROUP, self._after_group)

    @property
    def waits(self) -> bool:
        """Whether a snapshot will be read in a moment."""
        return self._later.isActive()

    @property
    def reads(self) -> bool:
        """Whether a new snapshot is being read, so that the groups may be out of date."""
        return self._stale or self._errands.jobs.is_running(JobKind.SNAPSHOT)

    @property
    def snapshot(self) -> Snapshot:
        return self.held.snapshot if self.held else Snapshot((), ())

    def set_view(self, view: View) -> None:
        if view != self.view:
            self.view = view
            self.regroup()

    def set_going(self, going: frozenset[Tier]) -> None:
        self.going = going
        self.regroup()

    @Slot()
    def refresh(self) -> None:
        """Read a new snapshot and group it."""
        library, view, going = self._errands.library, self.view, self.going
        if library is None or self._errands.closing:
            return

        def work(control: Control, sink: ProgressSink) -> tuple[Held, Grouped]:
            held = hold(library.snapshot())
            return held, group(held, view, going)

        if not self._errands.start(JobKind.SNAPSHOT, Lane.FILES, work):
            self._stale = True

    def refresh_later(self) -> None:
        """During a scan; the dearer a snapshot is, the rarer."""
        if not self.waits and not self._errands.closing:
            cost = self.held.seconds if self.held else 0.0
            self._later.start(max(REFRESH_MS, round(4000 * cost)))

    def stop_waiting(self) -> None:
        self._later.stop()

    def regroup(self) -> None:
        """Group the held snapshot anew."""
        held, view, going = self.held, self.view, self.going
        if held is not None and not self._errands.closing:
            self._errands.start(
                JobKind.GROUP, Lane.FILES,
                lambda control, sink: (held, group(held, view, going)),
            )  # fmt: skip

    def _after_snapshot(self, result: tuple[Held, Grouped]) -> None:
        self.held, grouped = result
        if not self._decisions.pending:  # else the snapshot may not know them yet
            self.choices.unhide_all()
        self._take(grouped)
        if self._stale:
            self._stale = False
            self.refresh()
        self.snapshot_changed.emit()

    @Slot(object, str)
    def _on_failed(self, kind: JobKind, _sentence: str) -> None:
        if kind is JobKind.SNAPSHOT:
            self._stale = False

    def _after_group(self, result: tuple[Held, Grouped]) -> None:
        held, grouped = result
        if held is self.held:
            self._take(grouped)
        else:  # a newer snapshot came first
            self.regroup()

    def _take(self, grouped: Grouped) -> None:
        self.grouped = grouped
        self.choices.take(grouped.groups, grouped.going)
        if (grouped.view, grouped.removable) != (self.view, self.going):
            self.regroup()
