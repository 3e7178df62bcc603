"""Jobs of the window, and the bridge over which their news reach the GUI thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal, Slot

from albumdedup.core.control import Control, Progress, ProgressSink
from albumdedup.core.errors import AlbumError, Cancelled
from albumdedup.core.i18n import _, describe
from albumdedup.core.ports import Executor, Lane

log = logging.getLogger(__name__)


class JobKind(StrEnum):
    """What a job is for. One of each kind runs at a time."""

    OPEN = "open"
    INDEX = "index"
    SNAPSHOT = "snapshot"
    GROUP = "group"
    PLAN = "plan"
    CLEAN = "clean"
    UNDO = "undo"
    HISTORY = "history"
    RECEIPT = "receipt"
    REHEARSE = "rehearse"
    SAVE = "save"
    CARD = "card"
    FOLDERS = "folders"
    SEARCH = "search"
    DECIDE = "decide"
    FACTS = "facts"
    MAP = "map"
    CLEAR = "clear"
    TRY_SERVER = "try_server"
    RECENT = "recent"


HOUSEHOLD = frozenset({JobKind.FACTS, JobKind.MAP, JobKind.CLEAR, JobKind.TRY_SERVER})
"""Jobs that ``Household`` starts and hears of."""

APART = HOUSEHOLD | {JobKind.RECENT}
"""Jobs whose starter hears of their ends itself; ``Album`` leaves them to it."""


@dataclass(frozen=True, slots=True)
class JobProgress:
    kind: JobKind
    number: int
    progress: Progress


@dataclass(frozen=True, slots=True)
class JobEnd:
    """How a job ended: exactly one of a result, an error, or ``cancelled``."""

    kind: JobKind
    number: int
    result: object = None
    error: BaseException | None = None
    cancelled: bool = False


class Bridge(QObject):
    """The only crossing between threads: tasks hold its bound signals and never own a QObject.

    Made on the GUI thread; outlives every pool.
    """

    progressed = Signal(object)  # JobProgress
    ended = Signal(object)  # JobEnd
    changed = Signal(object)  # JobKind
    thumbnail = Signal(object)  # thumb_loader.Thumb
    compared = Signal(object)  # compare.darkroom.Arrival


@dataclass(slots=True)
class _Running:
    number: int
    control: Control


Work = Callable[[Control, ProgressSink], object]
"""What a job does, on its lane. It gets its control and where to report progress."""


class JobRunner(QObject):
    """Starts jobs and tells how they went, always on the GUI thread."""

    progressed = Signal(object)  # JobProgress
    ended = Signal(object)  # JobEnd

    def __init__(self, executor: Executor, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._executor = executor
        self._bridge = bridge
        self._running: dict[JobKind, _Running] = {}
        self._next = 1
        queued = Qt.ConnectionType.QueuedConnection
        # a call that is done before its callback is attached ends on this thread, inside ``start``
        bridge.progressed.connect(self._on_progress, queued)
        bridge.ended.connect(self._on_end, queued)

    def start(self, kind: JobKind, lane: Lane, work: Work) -> Control | None:
        """Begin, or return None where a job of this kind is running."""
        if kind in self._running:
            return None
        control, number = Control(), self._next
        self._next += 1
        self._running[kind] = _Running(number, control)
        tell, done = self._bridge.progressed.emit, self._bridge.ended.emit

        def sink(progress: Progress) -> None:
            tell(JobProgress(kind, number, progress))

        def finish(future: Future[object]) -> None:
            done(_end_of(kind, number, future))

        self._executor.submit(lane, work, control, sink).add_done_callback(finish)
        return control

    def control(self, kind: JobKind) -> Control | None:
        running = self._running.get(kind)
        return running.control if running else None

    def is_running(self, *kinds: JobKind) -> bool:
        return any(kind in self._running for kind in kinds)

    @property
    def idle(self) -> bool:
        return not self._running

    def cancel_all(self) -> None:
        for running in self._running.values():
            running.control.cancel()

    @Slot(object)
    def _on_progress(self, news: JobProgress) -> None:
        running = self._running.get(news.kind)
        if running is not None and running.number == news.number:
            self.progressed.emit(news)

    @Slot(object)
    def _on_end(self, end: JobEnd) -> None:
        running = self._running.get(end.kind)
        if running is not None and running.number == end.number:
            del self._running[end.kind]
            self.ended.emit(end)


def _end_of(kind: JobKind, number: int, future: Future[object]) -> JobEnd:
    if future.cancelled():
        return JobEnd(kind, number, cancelled=True)
    error = future.exception()
    if isinstance(error, Cancelled | CancelledError):
        return JobEnd(kind, number, cancelled=True)
    if error is not None:
        return JobEnd(kind, number, error=error)
    return JobEnd(kind, number, result=future.result())


def sentence_of(kind: JobKind, error: BaseException) -> str:
    """What a person is told of a job that failed; what nobody expected is logged as well."""
    if isinstance(error, AlbumError):
        return describe(error)
    log.error("%s failed", kind, exc_info=error)
    return _("Something unexpected happened: {detail}").format(
        detail=f"{type(error).__name__}: {error}"
    )
