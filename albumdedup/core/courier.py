"""Delivery beside the scan: the vector store is opened and written to on a lane of its own, while
photos are read and described.

Opening Milvus takes a second, of which it sleeps the half. Nothing that a scan does needs it: the
catalog has every descriptor first.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from albumdedup.core.control import Control
from albumdedup.core.delivery import Delivery
from albumdedup.core.errors import AlbumError
from albumdedup.core.ports import Executor, Lane
from albumdedup.core.types import ContentId, Descriptors

MOST_WAITING = 16
"""Deliveries that may queue up behind a slow store. What comes then stays in the catalog, and is
sent at the end: a scan never waits for the store on its way, nor keeps its descriptors twice."""


class Courier:
    """One scan's delivery, in the order in which it is handed over. Used by one thread; after
    ``finish`` or ``close`` nothing of it runs any more."""

    def __init__(self, delivery: Delivery, executor: Executor, control: Control) -> None:
        self.seconds = 0.0
        """Time that the lane spent; complete after ``finish``."""
        self._delivery, self._executor, self._control = delivery, executor, control
        self._sent: deque[Future[None]] = deque()
        self._left_over = False

    def catch_up(self) -> None:
        """Send what waits since an earlier scan. Raises what an earlier delivery raised."""
        self._submit(lambda: self._delivery.catch_up(self._control))

    def offer(self, ids: Sequence[ContentId], vectors: Descriptors) -> None:
        """Send new descriptors that the catalog has already. Raises what an earlier one raised,
        AlbumError that are no trouble of the store."""
        if len(self._sent) >= MOST_WAITING and not self._sent[0].done():
            self._left_over = True
            return
        self._submit(lambda: self._delivery.offer(ids, vectors, self._control))

    def finish(self) -> AlbumError | None:
        """Wait until all is sent; the trouble of the store, if there is any. Raises Cancelled."""
        if self._left_over:
            self.catch_up()
        self._submit(lambda: self._delivery.finish(self._control))
        self._wait()
        return self._delivery.trouble

    def _wait(self) -> None:
        while self._sent:
            self._sent.popleft().result()

    def ask(self, question: Callable[[], None]) -> bool:
        """Put a question to the store (``nominate``) when all that was handed over is sent. False,
        and nothing asked, in trouble or while descriptors wait; False too where the question met
        trouble. Raises Cancelled."""
        self._wait()
        return self._delivery.ask(lambda _store: question())

    def nominate(self, vectors: Descriptors, top: int) -> list[list[tuple[ContentId, float]]]:
        """The store's own; inside a question. Raises AlbumError."""
        return self._delivery.nominate(vectors, top)

    def close(self) -> None:
        """Drop what has not begun, wait for what has."""
        for future in self._sent:
            future.cancel()
        for future in self._sent:
            if not future.cancelled():
                future.exception()
        self._sent.clear()

    def _submit(self, work: Callable[[], object]) -> None:
        while self._sent and self._sent[0].done():
            self._sent.popleft().result()

        def timed() -> None:
            started = time.perf_counter()
            try:
                work()
            finally:
                self.seconds += time.perf_counter() - started

        self._sent.append(self._executor.submit(Lane.DELIVERY, timed))
