"""The one door to the pixels of photos: scan, check, thumbnails and compare view go through it.

It reads with patience that ends, decodes here what is harmless, and elsewhere what is not, or has
once stopped a decoder (docs/isolation.md).
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable
from functools import partial

from albumdedup.core.control import Control
from albumdedup.core.decoder import Decode, decode_here, read_file, read_upright, squash_bytes
from albumdedup.core.decoder.fetching import Fetcher
from albumdedup.core.decoder.reading import Fetch, Turn, at_once
from albumdedup.core.decoder.refusing import Unreadable
from albumdedup.core.decoder.routing import goes_apart
from albumdedup.core.errors import AlbumError
from albumdedup.core.ports import Dangers, DecodeWorkers, InHand
from albumdedup.core.types import (
    DANGERS,
    ContentId,
    Danger,
    DecodeTask,
    FoundFile,
    Photo,
    Picture,
    Pixels,
    Problem,
    ReadFile,
    Reason,
    Refusal,
)

_log = logging.getLogger(__name__)

Stopped = Callable[[], bool]


class Door:
    """Thread-safe. ``dangers`` remembers what stopped a decoder; ``in_hand`` what is decoded in
    this process, should that stop it; ``version`` is the program's."""

    def __init__(
        self,
        workers: DecodeWorkers,
        dangers: Dangers,
        in_hand: InHand,
        version: str,
        *,
        turn: Turn = at_once,
        fetcher: Fetcher | None = None,
    ) -> None:
        self._workers = workers
        self._notes = dangers
        self._in_hand = in_hand
        self._version = version
        self._turn = turn
        self._fetcher = fetcher or Fetcher()
        self._lock = threading.Lock()
        self._dangers = dangers.dangers()

    def read_file(
        self,
        found: FoundFile,
        edge: int,
        wanted: Callable[[ContentId], bool],
        control: Control | None = None,
        also: int = 0,
    ) -> ReadFile:
        """As ``decoder.read_file``. Raises Cancelled soon after ``control`` is."""
        stopped = _stopped(control)
        return read_file(
            found, edge, wanted, self._turn, also=also,
            fetch=self._fetch(stopped), decode=self._decode(stopped),
        )  # fmt: skip

    def read_photo(
        self, photo: Photo, edge: int, control: Control | None = None
    ) -> Pixels | Problem:
        """The upright pixels of a photo of the library, if its file is still the one that was
        scanned. Raises Cancelled."""
        stopped = _stopped(control)
        return read_upright(
            photo.path, edge, photo.content, photo.stamp,
            fetch=self._fetch(stopped), decode=self._decode(stopped),
        )  # fmt: skip

    def read_upright(
        self, path: str, edge: int, content: ContentId | None = None
    ) -> Pixels | Problem:
        """The upright pixels of whatever lies at ``path``; its content id spares computing it.
        Raises Cancelled when the door is closed."""
        return read_upright(
            path, edge, content,
            fetch=self._fetch(_never), decode=self._decode(_never),
        )  # fmt: skip

    def squash_bytes(self, data: bytes, edge: int) -> Pixels | Problem:
        """As ``decoder.squash_bytes``. Raises Cancelled when the door is closed."""
        return squash_bytes(data, edge, decode=self._decode(_never))

    def close(self) -> None:
        """End what is being read or decoded; whoever waits for it gets Cancelled."""
        self._workers.close()
        self._fetcher.close()

    # --- inside -----------------------------------------------------------------------------

    def _fetch(self, stopped: Stopped) -> Fetch:
        return partial(self._fetcher.fetch, stopped=stopped)

    def _decode(self, stopped: Stopped) -> Decode:
        return partial(self._decoded, stopped=stopped)

    def _decoded(
        self, task: DecodeTask, content: ContentId | None, *, stopped: Stopped
    ) -> Picture | Pixels:
        key = content or ContentId(hashlib.sha256(task.data).hexdigest())
        danger = self._dangers.get(key)
        if danger is None and not goes_apart(task.data, task.path):
            with self._in_hand.hold(key):
                return decode_here(task)
        if danger is not None and danger.reason and danger.version == self._version:
            raise Unreadable(danger.reason)
        outcome = self._workers.run(task, stopped)
        if isinstance(outcome, Refusal) and outcome.reason in DANGERS:
            self._note(key, Danger(outcome.reason, self._version))
        elif danger is not None and danger.reason is None and not _untried(outcome):
            self._clear(key)
        if isinstance(outcome, Refusal):
            raise Unreadable(outcome.reason, outcome.detail)
        return outcome

    def _note(self, content: ContentId, danger: Danger) -> None:
        with self._lock:
            self._dangers[content] = danger
        try:
            self._notes.note_danger(content, danger)
        except AlbumError as error:  # a full disk: this process knows, the next one learns anew
            _log.warning("what stopped the decoder is not remembered: %s", error)

    def _clear(self, content: ContentId) -> None:
        """It was merely in hand when the program died, and is innocent."""
        with self._lock:
            self._dangers.pop(content, None)
        try:
            self._notes.clear_danger(content)
        except AlbumError as error:
            _log.warning("a suspect that was cleared stays one: %s", error)


def _untried(outcome: Picture | Pixels | Refusal) -> bool:
    return isinstance(outcome, Refusal) and outcome.reason is Reason.NO_WORKER


def _stopped(control: Control | None) -> Stopped:
    return _never if control is None else lambda: control.cancelled


def _never() -> bool:
    return False
