"""A way to the pixels of photos without processes: for tests of what stands behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from albumdedup.core.decoder import decode_here
from albumdedup.core.decoder.door import Door
from albumdedup.core.decoder.fetching import Fetcher
from albumdedup.core.decoder.reading import Turn, at_once
from albumdedup.core.decoder.refusing import Unreadable
from albumdedup.core.types import ContentId, Danger, DecodeTask, Picture, Pixels, Refusal

VERSION = "1.0"


class HereWorkers:
    """Decodes in this process, and counts."""

    def __init__(self, *outcomes: Picture | Pixels | Refusal) -> None:
        self.tasks: list[DecodeTask] = []
        self.outcomes = list(outcomes)

    def run(self, task: DecodeTask, stopped: Callable[[], bool]) -> Picture | Pixels | Refusal:
        self.tasks.append(task)
        if self.outcomes:
            return self.outcomes.pop(0)
        try:
            return decode_here(task)
        except Unreadable as error:
            return Refusal(error.reason, error.detail)

    def close(self) -> None:
        """Nothing runs."""


class MemoryDangers:
    def __init__(self, known: dict[ContentId, Danger] | None = None) -> None:
        self.known = dict(known or {})

    def dangers(self) -> dict[ContentId, Danger]:
        return dict(self.known)

    def note_danger(self, content: ContentId, danger: Danger) -> None:
        self.known[content] = danger

    def clear_danger(self, content: ContentId) -> None:
        self.known.pop(content, None)


class SeenInHand:
    """Remembers all that was ever in hand, in order."""

    def __init__(self) -> None:
        self.seen: list[ContentId] = []

    @contextmanager
    def hold(self, content: ContentId) -> Iterator[None]:
        self.seen.append(content)
        yield


class HereFetcher(Fetcher):
    """On the calling thread: nothing is left running."""

    def fetch(self, volume, reading, stopped):
        return reading(lambda: None)


def plain_door(
    workers: HereWorkers | None = None,
    dangers: MemoryDangers | None = None,
    in_hand: SeenInHand | None = None,
    *,
    turn: Turn = at_once,
    fetcher: Fetcher | None = None,
) -> Door:
    return Door(
        workers or HereWorkers(), dangers or MemoryDangers(), in_hand or SeenInHand(), VERSION,
        turn=turn, fetcher=fetcher or HereFetcher(),
    )  # fmt: skip
