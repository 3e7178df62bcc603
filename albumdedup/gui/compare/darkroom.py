"""Decodes photos and measures their differences beside the window; keeps what fits."""

from __future__ import annotations

import functools
import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from albumdedup.core.compare.placing import Matrix
from albumdedup.core.errors import Cancelled
from albumdedup.core.i18n import _
from albumdedup.core.ports import Executor, Lane
from albumdedup.core.types import Photo
from albumdedup.gui.compare.pictures import Decoded, Heat, ReadPhoto, decode, heat
from albumdedup.gui.jobs import Bridge

log = logging.getLogger(__name__)

CACHE_BYTES = 256 * 1024 * 1024
FULL_PIXELS = 64_000_000
"""Pixels at full size of all photos shown together."""

Key = tuple[str, ...]
Work = Callable[[], Decoded | Heat | None]


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a worker hands over; ``result`` is None where photos do not overlap."""

    key: Key
    result: Decoded | Heat | None


class Darkroom(QObject):
    """Asked by the panel for what it shows now: what was asked before and has not begun is
    dropped, what comes too late is kept only while there is room."""

    arrived = Signal()

    def __init__(
        self,
        executor: Executor,
        bridge: Bridge,
        read: ReadPhoto,
        cache_bytes: int = CACHE_BYTES,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._executor = executor
        self._bridge = bridge
        self._read = read
        self._limit = cache_bytes
        self._done: OrderedDict[Key, Decoded | Heat | None] = OrderedDict()
        self._waiting: OrderedDict[Key, Work] = OrderedDict()
        self._flying: set[Key] = set()
        self._asked: set[Key] = set()
        self.edge = 2048
        bridge.compared.connect(self._on_arrival)

    # --- asking -------------------------------------------------------------------------

    def show(self, photos: Sequence[Photo], ahead: Sequence[Photo] = ()) -> None:
        """These are looked at now, and those perhaps next."""
        self._waiting.clear()
        self._asked = {self._key(photo) for photo in photos}
        for photo in photos:
            if not self._fresh(photo):
                self._done.pop(self._key(photo), None)  # a drive may be back
            self._want(self._key(photo), functools.partial(decode, self._read, photo, self.edge))
        for photo in ahead:
            self._want(self._key(photo), functools.partial(decode, self._read, photo, self.edge))
        self._trim()
        self._pump()

    def want_full(self, photo: Photo, together: int) -> None:
        """All pixels, or as many as fit beside those of the other photos."""
        most = FULL_PIXELS / max(1, together)
        shrink = min(1.0, (most / photo.pixels) ** 0.5) if photo.pixels else 1.0
        edge = max(1, int(max(photo.width, photo.height) * shrink))
        key = ("full", photo.path)
        self._asked.add(key)
        self._want(key, functools.partial(decode, self._read, photo, edge, alone=True), first=True)
        self._pump()

    def want_heat(self, key: Key, pair: tuple[Photo, Photo], place: Matrix, warm: str) -> None:
        """Where two photos that have arrived differ; ``warm`` is a colour as ``#RRGGBB``."""
        first, second = (self.picture(photo) for photo in pair)
        if first is None or second is None or not first.levels or not second.levels:
            return
        colour = (int(warm[1:3], 16), int(warm[3:5], 16), int(warm[5:7], 16))
        self._asked.add(key)
        work = functools.partial(heat, first.levels[0], second.levels[0], place, colour)
        self._want(key, work, first=True)
        self._pump()

    def rest(self) -> None:
        """Nobody looks: ask for nothing and keep nothing."""
        self._waiting.clear()
        self._asked.clear()
        self._done.clear()

    # --- what is there ------------------------------------------------------------------

    def picture(self, photo: Photo) -> Decoded | None:
        found = self._done.get(self._key(photo))
        return found if isinstance(found, Decoded) else None

    def full(self, photo: Photo) -> Decoded | None:
        found = self._done.get(("full", photo.path))
        return found if isinstance(found, Decoded) and found.levels else None

    def heat(self, key: Key) -> Heat | None:
        found = self._done.get(key)
        return found if isinstance(found, Heat) else None

    def has(self, key: Key) -> bool:
        return key in self._done

    @property
    def loading(self) -> bool:
        return bool(self._waiting or self._flying)

    @property
    def bytes(self) -> int:
        return sum(found.bytes for found in self._done.values() if found is not None)

    # --- inside -------------------------------------------------------------------------

    def _key(self, photo: Photo) -> Key:
        return ("photo", photo.path, photo.content, str(self.edge))

    def _fresh(self, photo: Photo) -> bool:
        found = self.picture(photo)
        return found is not None and not found.sentence

    def _want(self, key: Key, work: Work, *, first: bool = False) -> None:
        if key in self._done or key in self._flying:
            return
        self._waiting[key] = work
        if first:
            self._waiting.move_to_end(key, last=False)

    def _pump(self) -> None:
        while self._waiting and len(self._flying) < self._executor.width(Lane.THUMBS):
            key, work = self._waiting.popitem(last=False)
            self._flying.add(key)
            future = self._executor.submit(Lane.THUMBS, work)
            future.add_done_callback(functools.partial(_hand_over, self._bridge.compared.emit, key))

    @Slot(object)
    def _on_arrival(self, news: Arrival) -> None:
        self._flying.discard(news.key)
        if self._asked:
            self._done[news.key] = news.result
            self._trim()
        self._pump()
        self.arrived.emit()

    def _trim(self) -> None:
        """What is on the screen stays; full sizes of other groups go first."""
        spare = [key for key in self._done if key not in self._asked]
        spare.sort(key=lambda key: key[0] != "full")
        size = self.bytes
        for key in spare:
            if size <= self._limit and key[0] != "full":
                return
            found = self._done.pop(key)
            size -= found.bytes if found is not None else 0


def _hand_over(
    emit: Callable[[object], None], key: Key, future: Future[Decoded | Heat | None]
) -> None:
    if future.cancelled():
        return
    error = future.exception()
    if isinstance(error, Cancelled):
        return  # the window closes
    if error is not None:
        log.error("%s failed", key[0], exc_info=error)
        lost = Decoded(sentence=_("This photo cannot be shown.")) if key[0] == "photo" else None
        emit(Arrival(key, lost))
        return
    emit(Arrival(key, future.result()))
