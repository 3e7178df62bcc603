"""Groups as they are asked for, page by page. While the service runs nobody else can open the
library, so that one reading of it holds; some views of it are remembered."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, TypeVar

from albumdedup.core.grouping import Grouper
from albumdedup.core.languages import language
from albumdedup.core.library import Library
from albumdedup.core.types import Group, Snapshot, View

K = TypeVar("K")

REMEMBERED = 4
"""Answers; and half as many groupers, each of which remembers what it solved."""


@dataclass(frozen=True, slots=True)
class Counted:
    """``files`` includes those that cannot be read; ``contents`` are all different."""

    photos: int
    contents: int
    unreadable: int
    folders: tuple[str, ...]


class Groups:
    """Thread-safe; one at a time is computed."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._groupers: OrderedDict[tuple[str, str], Grouper] = OrderedDict()
        self._answers: OrderedDict[tuple[View, str], tuple[Group, ...]] = OrderedDict()
        self.known: Counted | None = None
        """Once it was read."""

    def counted(self) -> Counted:
        with self._lock:
            return self.known or self._count(self._read())

    def of(self, view: View) -> tuple[Group, ...]:
        """All groups of a view, their sentences in the language of the moment. A grouper keeps
        the sentences that it made, so that each language has its own."""
        spoken = language()
        with self._lock:
            if (view, spoken) not in self._answers:
                key = view.rule, spoken
                grouper = self._groupers.get(key) or Grouper(self._read())
                self._groupers[key] = grouper
                _fresh(self._groupers, key, REMEMBERED // 2)
                self._answers[view, spoken] = tuple(grouper.group(view))
            _fresh(self._answers, (view, spoken), REMEMBERED)
            return self._answers[view, spoken]

    def _read(self) -> Snapshot:
        if self._snapshot is None:
            self._snapshot = self._library.snapshot()
            self.known = self._count(self._snapshot)
        return self._snapshot

    def _count(self, snapshot: Snapshot) -> Counted:
        contents = {photo.content for photo in snapshot.photos}
        return Counted(
            len(snapshot.photos), len(contents), len(snapshot.unreadable),
            tuple(self._library.roots()),
        )  # fmt: skip


def _fresh(kept: OrderedDict[K, Any], key: K, most: int) -> None:
    """The latest that was asked for; the oldest go."""
    kept.move_to_end(key)
    while len(kept) > most:
        kept.popitem(last=False)
