"""Descriptors on their way from the catalog, which keeps them, to the vector store, which
searches them.

The store may be away (a server that is off, a folder that was damaged): then they wait in the
catalog, and the work goes on. Nothing here reads a photo.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

import numpy as np

from albumdedup.core.control import Control, Progress, Reporter, Stage
from albumdedup.core.errors import SERVER_AWAY, STORE_TROUBLE, AlbumError, ErrorCode
from albumdedup.core.ports import Drawer, VectorStore
from albumdedup.core.types import ContentId, Descriptors

_log = logging.getLogger(__name__)

PAGE = 1000
"""Descriptors that are sent, and acknowledged, at a time."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds after which a server that was away is asked again; each time twice as long."""

LAST_TRIES = 3
"""How often a server that is away is asked again when all else is done: 1 + 2 + 4 seconds."""


class Delivery:
    """One scan's dealings with the vector store. Of its failures none is raised: ``trouble`` is
    the last one, None while all goes well. On one thread."""

    def __init__(
        self,
        drawer: Drawer,
        vectors: Callable[[], VectorStore],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.trouble: AlbumError | None = None
        self._drawer, self._vectors, self._clock = drawer, vectors, clock
        self._pause, self._next = FIRST_PAUSE, 0.0

    def catch_up(self, control: Control) -> bool:
        """Send what waits, then see that the store has as many as the catalog: what it lost is
        sent again, what it should not have is deleted. False in trouble. Raises Cancelled."""
        return self._attempt(lambda store: _settle(self._drawer, store, control))

    def offer(self, ids: Sequence[ContentId], vectors: Descriptors, control: Control) -> None:
        """Send new descriptors that the catalog has already; or leave them waiting there."""
        if self.trouble is None:
            self._attempt(lambda store: self._send(store, ids, vectors))
        elif self.trouble.code in SERVER_AWAY and self._clock() >= self._next:
            self.catch_up(control)

    def ask(self, question: Callable[[VectorStore], None]) -> bool:
        """Put a question to a store that has all that it should have. False, and nothing asked,
        in trouble or while descriptors wait; False too where the question met trouble."""
        if self.trouble is not None or self._drawer.waiting_vectors(1):
            return False
        return self._attempt(question)

    def nominate(self, vectors: Descriptors, top: int) -> list[list[tuple[ContentId, float]]]:
        """The store's own; as part of a question. Raises AlbumError."""
        return self._vectors().nominate(vectors, top)

    def waiting(self) -> int:
        """How many descriptors the store has not acknowledged."""
        return len(self._drawer.waiting_vectors())

    def finish(self, control: Control) -> None:
        """Before the end, give a server that was away some seconds. Raises Cancelled."""
        pause = FIRST_PAUSE
        for _ in range(LAST_TRIES):
            if self.trouble is None or self.trouble.code not in SERVER_AWAY:
                return
            control.wait(pause)
            self.catch_up(control)
            pause *= 2

    def _send(self, store: VectorStore, ids: Sequence[ContentId], vectors: Descriptors) -> None:
        store.upsert(ids, vectors)
        self._drawer.mark_delivered(ids)

    def _attempt(self, work: Callable[[VectorStore], None]) -> bool:
        try:
            work(self._vectors())
        except AlbumError as error:
            if error.code not in STORE_TROUBLE:
                raise
            _log.info("Descriptors wait for the vector store: %s", error)
            self.trouble = error
            self._next = self._clock() + self._pause
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
            return False
        self.trouble, self._pause = None, FIRST_PAUSE
        return True


def _settle(drawer: Drawer, store: VectorStore, control: Control) -> None:
    while waiting := drawer.waiting_vectors(PAGE):
        control.checkpoint()
        ids, vectors = drawer.vectors(waiting)
        store.upsert(ids, vectors)
        drawer.mark_delivered(ids)
    known = drawer.indexed_contents()
    if store.count() == len(known):
        return
    there = store.present(known)
    _send_all(drawer, store, [content for content in known if content not in there], control)
    if store.count() != len(known):
        wanted = set(known)
        store.delete([content for content in store.everything()[0] if content not in wanted])


def _send_all(
    drawer: Drawer, store: VectorStore, ids: Sequence[ContentId], control: Control
) -> None:
    for start in range(0, len(ids), PAGE):
        control.checkpoint()
        store.upsert(*drawer.vectors(ids[start : start + PAGE]))


def move(
    drawer: Drawer, store: VectorStore, place: str, control: Control, reporter: Reporter
) -> int:
    """Fill another store, ``place``, and have the catalog use it once all that was sent has been
    read back equal; returns how many. What is there already, and equal, is not sent again: a move
    that was stopped goes on where it was.

    Raises Cancelled; AlbumError: a code of ``STORE_TROUBLE``, or VECTORS_DIFFER, and then the
    store in use stays the old one.
    """
    known = drawer.indexed_contents()
    for start in range(0, len(known), PAGE):
        control.checkpoint()
        ids, vectors = drawer.vectors(known[start : start + PAGE])
        if not _equal(store, ids, vectors):
            store.upsert(ids, vectors)
            if not _equal(store, ids, vectors):
                raise AlbumError(
                    ErrorCode.VECTORS_DIFFER, path=place, detail=f"{start}-{start + len(ids)}"
                )
        reporter.report(Progress(Stage.MOVING, start + len(ids), len(known)))
    reporter.flush()
    if store.count() != len(known):  # left there by an earlier life of this library
        wanted = set(known)
        store.delete([content for content in store.everything()[0] if content not in wanted])
    if (count := store.count()) != len(known):
        raise AlbumError(ErrorCode.VECTORS_DIFFER, path=place, detail=f"{count} / {len(known)}")
    drawer.use_vector_place(place)
    drawer.mark_delivered(known)
    return count


def _equal(store: VectorStore, ids: Sequence[ContentId], vectors: Descriptors) -> bool:
    there, rows = store.read(ids)
    return there == list(ids) and np.array_equal(rows, vectors)
