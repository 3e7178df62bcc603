"""Thumbnails for what is on screen: asked for in bulk, made on two threads, kept while they fit."""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage, QPixmap

from albumdedup.core.ports import Executor, Lane
from albumdedup.core.thumbs import pixels_of
from albumdedup.core.types import ContentId, Photo
from albumdedup.gui.card_layout import PHOTO_EDGE
from albumdedup.gui.images import image_of
from albumdedup.gui.jobs import Bridge

ThumbMaker = Callable[[str, str, int], bytes]
"""(content id, path, edge in px) → JPEG bytes. Runs on the thumbs lane; may raise."""

CACHE_BYTES = 96 * 1024 * 1024


class Pictured(Protocol):
    """What has a picture: the content that names it, and where it can be read now."""

    @property
    def content(self) -> ContentId: ...

    @property
    def path(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Thumb:
    """What a worker hands over; ``image`` is None where the photo cannot be shown."""

    content: ContentId
    image: QImage | None


class ThumbLoader(QObject):
    """Holds at most ``cache_bytes`` of pixmaps; the ones not drawn for longest go first."""

    ready = Signal(object)  # ContentId

    def __init__(
        self,
        executor: Executor,
        bridge: Bridge,
        edge: int = PHOTO_EDGE,
        cache_bytes: int = CACHE_BYTES,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.executor = executor
        self.bridge = bridge
        self._edge = edge
        self._limit = cache_bytes
        self._maker: ThumbMaker | None = None
        self._pixmaps: OrderedDict[ContentId, QPixmap | None] = OrderedDict()
        self._bytes = 0
        self._wanted: OrderedDict[ContentId, str] = OrderedDict()
        self._flying: set[ContentId] = set()
        bridge.thumbnail.connect(self._on_thumbnail)

    def set_maker(self, maker: ThumbMaker | None) -> None:
        """Who makes thumbnails; None while no library is open."""
        self._maker = maker
        self._pump()

    def want(self, photos: Sequence[Pictured]) -> None:
        """These are on screen now, most wanted first. What was wanted before and has not begun
        is dropped, so that scrolling far never waits for what flew by."""
        self._wanted = OrderedDict(
            (photo.content, photo.path)
            for photo in photos
            if photo.content not in self._pixmaps and photo.content not in self._flying
        )
        self._pump()

    def pixmap(self, content: ContentId) -> QPixmap | None:
        """What is there now; None where it is not ready or cannot be shown. Never waits."""
        found = self._pixmaps.get(content)
        if found is not None:
            self._pixmaps.move_to_end(content)
        return found

    def failed(self, content: ContentId) -> bool:
        return content in self._pixmaps and self._pixmaps[content] is None

    def forget_failures(self) -> None:
        """Try unreadable ones again: a drive may be back."""
        for content in [c for c, pixmap in self._pixmaps.items() if pixmap is None]:
            del self._pixmaps[content]

    def stop(self) -> None:
        self._maker = None
        self._wanted.clear()

    @property
    def loading(self) -> bool:
        """Whether anything wanted is still on its way."""
        return bool(self._flying or self._wanted)

    @property
    def bytes(self) -> int:
        return self._bytes

    def _pump(self) -> None:
        while self._maker and self._wanted and len(self._flying) < self.executor.width(Lane.THUMBS):
            content, path = self._wanted.popitem(last=False)
            self._flying.add(content)
            future = self.executor.submit(
                Lane.THUMBS, _make, self._maker, content, path, self._edge
            )
            future.add_done_callback(
                functools.partial(_hand_over, self.bridge.thumbnail.emit, content)
            )

    @Slot(object)
    def _on_thumbnail(self, thumb: Thumb) -> None:
        self._flying.discard(thumb.content)
        self._keep(thumb)
        self._pump()
        self.ready.emit(thumb.content)

    def _keep(self, thumb: Thumb) -> None:
        pixmap = None if thumb.image is None else QPixmap.fromImage(thumb.image)
        self._pixmaps[thumb.content] = pixmap
        self._bytes += _weight(pixmap)
        while self._bytes > self._limit and len(self._pixmaps) > 1:
            _content, dropped = self._pixmaps.popitem(last=False)
            self._bytes -= _weight(dropped)


def _weight(pixmap: QPixmap | None) -> int:
    return 0 if pixmap is None else pixmap.width() * pixmap.height() * 4


def _make(maker: ThumbMaker, content: ContentId, path: str, edge: int) -> QImage | None:
    """On the thumbs lane: a QImage over pixels is safe there, QPixmap is not, nor are Qt's readers
    (``images``)."""
    try:
        return image_of(pixels_of(maker(content, path, edge)))
    except OSError:
        return None


def _hand_over(
    emit: Callable[[object], None], content: ContentId, future: Future[QImage | None]
) -> None:
    """A photo that cannot be shown gets an empty mat; the list of errors says why."""
    shown = None if future.cancelled() or future.exception() else future.result()
    emit(Thumb(content, shown))


def unique(photos: Iterable[Photo]) -> list[Photo]:
    """One photo per content, in order."""
    return list({photo.content: photo for photo in photos}.values())
