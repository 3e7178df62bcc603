"""Folders that wait for their scan: what is added while one runs is scanned after it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from albumdedup.core.ports import Lane
from albumdedup.core.types import IndexSummary, Problem
from albumdedup.gui.errands import Errands
from albumdedup.gui.jobs import Bridge, JobKind

if TYPE_CHECKING:
    from albumdedup.core.library import Library


class Scans(QObject):
    """One scan at a time, of all folders that wait."""

    done = Signal(object)  # IndexSummary

    def __init__(self, errands: Errands, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._changed = partial(bridge.changed.emit, JobKind.INDEX)
        self._queue: list[str] = []
        self.problems: tuple[Problem, ...] = ()
        errands.take(JobKind.INDEX, self._on_done)

    @property
    def running(self) -> bool:
        return self._errands.jobs.is_running(JobKind.INDEX)

    def add(self, folders: Sequence[str]) -> None:
        self._queue += [f for f in folders if f not in self._queue]
        self.go_on()

    def take_up(self) -> None:
        """Do what known photos wait for, and look through no folder."""
        library = self._errands.library
        if library is not None and not self.running and not self._queue:
            self._start(library, ())

    def waits_for(self, folder: str) -> bool:
        """Whether a folder waits for a scan that has not begun."""
        return folder in self._queue

    def drop_waiting(self) -> None:
        self._queue.clear()

    def go_on(self) -> None:
        """Begin the next scan where none runs and folders wait."""
        library = self._errands.library
        if library is None or not self._queue or self.running or self._errands.closing:
            return
        roots, self._queue = self._queue, []
        self._start(library, roots)

    def _start(self, library: Library, roots: Sequence[str]) -> None:
        changed = self._changed
        self._errands.start(
            JobKind.INDEX, Lane.LIBRARY,
            lambda control, sink: library.index(roots, control, sink, changed),
        )  # fmt: skip

    def _on_done(self, summary: IndexSummary) -> None:
        self.problems = summary.problems
        self.done.emit(summary)
        self.go_on()
