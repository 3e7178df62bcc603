"""What the window knows about the library as a whole: counts, sizes, the map; and clearing it.

A QObject without widgets, beside ``Album``, on the same lanes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from albumdedup.core.control import Control, ProgressSink
from albumdedup.core.i18n import _
from albumdedup.core.ports import Lane
from albumdedup.core.projection import Plane, project
from albumdedup.core.statistics import Statistics, statistics
from albumdedup.core.storage import Stored
from albumdedup.core.types import ContentId, Descriptors, Group, Photo, Role
from albumdedup.gui.album import Album
from albumdedup.gui.jobs import HOUSEHOLD, JobEnd, JobKind, sentence_of

if TYPE_CHECKING:
    from albumdedup.core.library import Library

log = logging.getLogger(__name__)

MAP_PHOTOS = 5000
"""So many photos the map shows at most; the page says how many there are."""

TryServer = Callable[[str, str, str], str]
"""(address, token, certificate file) → the server's version; raises AlbumError."""


@dataclass(frozen=True, slots=True)
class Facts:
    statistics: Statistics
    stored: tuple[Stored, ...]


@dataclass(frozen=True, slots=True)
class PhotoMap:
    """One place for each photo. ``groups`` numbers the group of each, -1 for none; ``total``
    counts the photos that could have been shown."""

    photos: tuple[Photo, ...]
    places: Plane
    groups: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True)
class _Laid:
    """Places that were worked out for the photos ``wanted``: those ``found`` have one."""

    wanted: tuple[ContentId, ...]
    found: tuple[ContentId, ...]
    places: Plane


class Household(QObject):
    """Asks once at a time; what is asked while an answer is on its way is asked again after."""

    facts_ready = Signal(object)  # Facts
    map_ready = Signal(object)  # PhotoMap
    map_failed = Signal(str)
    cleared = Signal(object)  # list[str]: the folders that are forgotten now
    server_tried = Signal(bool, str)  # whether it answered, and a sentence
    failed = Signal(str)

    def __init__(
        self, album: Album, try_server: TryServer | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._album = album
        self._try_server = try_server or _try_server
        self._again: set[JobKind] = set()
        self._laid: _Laid | None = None
        album.jobs.ended.connect(self._on_end)

    @Slot()
    def ask_facts(self) -> None:
        """``facts_ready`` follows."""
        photos, groups = self._album.snapshot.photos, list(self._album.shown)
        self._start(
            JobKind.FACTS, Lane.FILES,
            lambda library, control: _facts(library, photos, groups),
        )  # fmt: skip

    @Slot()
    def ask_map(self) -> None:
        """``map_ready`` or ``map_failed`` follows; after the scan where one is going on."""
        photos, groups, laid = self._album.snapshot.photos, list(self._album.shown), self._laid
        self._start(
            JobKind.MAP, Lane.LIBRARY,
            lambda library, control: _map(library, control, photos, groups, laid),
        )  # fmt: skip

    def clear(self) -> None:
        """Forget everything that was found; no photo is touched."""
        self._start(JobKind.CLEAR, Lane.LIBRARY, lambda library, control: _clear(library))

    def try_server(self, uri: str, token: str, certificate: str = "") -> None:
        """``server_tried`` follows. On a thumbnail thread: it may take seconds, and must not
        hold up a scan or a clean-up."""
        ask = self._try_server
        if self._album.closing:
            return
        self._album.jobs.start(
            JobKind.TRY_SERVER, Lane.THUMBS, lambda control, sink: ask(uri, token, certificate)
        )

    def _start(self, kind: JobKind, lane: Lane, work: Callable[[Library, Control], object]) -> None:
        library = self._album.library
        if library is None or self._album.closing:
            return

        def run(control: Control, sink: ProgressSink) -> object:
            control.checkpoint()
            return work(library, control)

        if self._album.jobs.start(kind, lane, run) is None and kind in (JobKind.FACTS, JobKind.MAP):
            self._again.add(kind)
        self._album.busy_changed.emit()

    @Slot(object)
    def _on_end(self, end: JobEnd) -> None:
        if end.kind not in HOUSEHOLD or end.cancelled or self._album.closing:
            return
        if end.error is not None:
            self._tell_failure(end.kind, end.error)
        else:
            self._tell(end.kind, end.result)
        if end.kind in self._again:
            self._again.discard(end.kind)
            {JobKind.FACTS: self.ask_facts, JobKind.MAP: self.ask_map}[end.kind]()

    def _tell(self, kind: JobKind, result: Any) -> None:
        if kind is JobKind.FACTS:
            self.facts_ready.emit(result)
        elif kind is JobKind.MAP:
            shown, self._laid = result
            self.map_ready.emit(shown)
        elif kind is JobKind.CLEAR:
            self._laid = None
            self.cleared.emit(result)
            self._album.refresh()
        else:
            self.server_tried.emit(True, _("It answers: Milvus {name}.").format(name=result))

    def _tell_failure(self, kind: JobKind, error: BaseException) -> None:
        sentence = sentence_of(kind, error)
        if kind is JobKind.TRY_SERVER:
            self.server_tried.emit(False, sentence)
        elif kind is JobKind.MAP:
            self.map_failed.emit(sentence)
        else:
            self.failed.emit(sentence)


def _facts(library: Library, photos: Sequence[Photo], groups: Sequence[Group]) -> Facts:
    going = {m.photo.path for one in groups for m in one.members if m.role is Role.REMOVE}
    return Facts(statistics(photos, going, library.roots()), library.stored())


def _map(
    library: Library,
    control: Control,
    photos: Sequence[Photo],
    groups: Sequence[Group],
    laid: _Laid | None,
) -> tuple[PhotoMap, _Laid]:
    """Content ids are as good as drawn by lot: the first of them are a fair sample."""
    shots = {photo.content: photo for photo in reversed(photos)}
    wanted = tuple(sorted(shots)[:MAP_PHOTOS])
    if laid is None or laid.wanted != wanted:
        empty: Descriptors = np.empty((0, 2), np.float32)
        found, vectors = library.descriptors(wanted) if wanted else ([], empty)
        control.checkpoint()
        laid = _Laid(wanted, tuple(found), project(vectors))
    number_of = {
        member.photo.content: number
        for number, group in enumerate(groups)
        for member in group.members
    }
    return (
        PhotoMap(
            tuple(shots[content] for content in laid.found),
            laid.places,
            tuple(number_of.get(content, -1) for content in laid.found),
            len(shots),
        ),
        laid,
    )


def _clear(library: Library) -> list[str]:
    roots = library.roots()
    library.clear()
    return roots


def _try_server(uri: str, token: str, certificate: str) -> str:
    from albumdedup.assembly import try_server

    return try_server(uri, token, certificate)
