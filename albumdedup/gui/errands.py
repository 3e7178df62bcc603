"""Jobs that ask the open library something, and who takes each answer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from albumdedup.core.control import Control, ProgressSink
from albumdedup.core.ports import Lane
from albumdedup.gui.jobs import APART, JobEnd, JobKind, JobRunner, sentence_of

if TYPE_CHECKING:
    from albumdedup.core.library import Library

log = logging.getLogger(__name__)

Taker = Callable[[Any], None]
"""Gets the answer of a job that went well, on the GUI thread."""


class Errands(QObject):
    """Starts jobs until the window closes. One of each kind runs at a time."""

    busy_changed = Signal()
    stopped = Signal(object)  # JobKind: cancelled by the user
    failed = Signal(object, str)  # JobKind, sentence

    def __init__(self, jobs: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.jobs = jobs
        self.library: Library | None = None
        self.closing = False
        self._takers: dict[JobKind, Taker] = {}
        jobs.ended.connect(self._on_end)

    def take(self, kind: JobKind, taker: Taker) -> None:
        """Who gets the answers of this kind from now on."""
        self._takers[kind] = taker

    def start(
        self, kind: JobKind, lane: Lane, work: Callable[[Control, ProgressSink], object]
    ) -> bool:
        """False where one of this kind is running, or the window is closing."""
        if self.closing:
            return False
        started = self.jobs.start(kind, lane, work) is not None
        self.busy_changed.emit()
        return started

    def begin_closing(self) -> None:
        self.closing = True
        self.jobs.cancel_all()

    @Slot(object)
    def _on_end(self, end: JobEnd) -> None:
        if end.kind in APART:
            pass
        elif end.cancelled:
            if not self.closing:
                self.stopped.emit(end.kind)
        elif end.error is not None:
            self.failed.emit(end.kind, sentence_of(end.kind, end.error))
        else:
            self._takers[end.kind](end.result)
        self.busy_changed.emit()
