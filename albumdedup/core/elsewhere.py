"""Which photos of this library are in others of its family too, and which are in one place only.

The same bytes: equal content ids. *Looks the same*: descriptors at or above a similarity, each
computed exactly from the two descriptors; no pixel was compared. What the others told may be older
than their disks: this is for people to read, never a reason to remove a photo.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.control import Control
from albumdedup.core.family import Holding, Relative
from albumdedup.core.join import near_rows
from albumdedup.core.matching import VERIFY_FLOOR
from albumdedup.core.pairs import STEP, Rows
from albumdedup.core.products import NumpyProducts
from albumdedup.core.types import ContentId, Descriptors

LOOKS_THE_SAME = VERIFY_FLOOR
"""The similarity from which on two photos look the same: copies lie above 0.99, and so do many
neighbours in a burst."""

_ROWS_AT_ONCE = 1024
"""Rows of others that are compared together: what they have in common with each other, which
nobody asked for, is a small part of the work."""


class How(StrEnum):
    BYTES = "same_bytes"
    LOOKS = "looks_the_same"


@dataclass(frozen=True, slots=True)
class Sighting:
    """A photo in another library. ``similarity`` is 1 for the same bytes."""

    relative: Relative
    holding: Holding
    how: How
    similarity: float = 1.0


@dataclass(frozen=True, slots=True)
class Here:
    """A photo of this library with where else it is; of each other library its best."""

    holding: Holding
    there: tuple[Sighting, ...]

    @property
    def whole(self) -> bool:
        """Whether its bytes are elsewhere too."""
        return any(one.how is How.BYTES for one in self.there)


@dataclass(frozen=True, slots=True)
class There:
    """Bytes that only other libraries have; with the photo of this one that looks the same, if
    there is one."""

    holdings: tuple[tuple[Relative, Holding], ...]
    like: Holding | None
    similarity: float


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """All photos of this library (each content once), ordered by path; and what it lacks."""

    relatives: tuple[Relative, ...]
    here: tuple[Here, ...]
    there: tuple[There, ...]

    @property
    def also(self) -> tuple[Here, ...]:
        return tuple(one for one in self.here if one.there)

    @property
    def only_here(self) -> tuple[Here, ...]:
        """Whose bytes are in no other library, whether or not something looks the same there."""
        return tuple(one for one in self.here if not one.whole)


@dataclass(slots=True)
class _Stranger:
    """A content that is not here."""

    holders: list[tuple[Relative, Holding]]
    like: int = -1
    similarity: float = 0.0


class Meeting:
    """Compares this library with rows of others as they come, page by page. Memory: the own
    descriptors once, one page, and what is told in the end."""

    def __init__(
        self,
        own: Sequence[Holding],
        described: tuple[Sequence[ContentId], Descriptors],
        similarity: float,
        control: Control,
    ) -> None:
        self._own = {one.content: one for one in own}
        self._similarity, self._control = similarity, control
        ids, vectors = described
        telling = [
            row for row, content in enumerate(ids)
            if content in self._own and not self._own[content].plain
        ]  # fmt: skip
        self._ids = [ids[row] for row in telling]
        self._table = vectors[telling] if telling else vectors[:0]
        self._count = len(telling)
        self._relatives: list[Relative] = []
        self._same: dict[tuple[ContentId, str], Sighting] = {}
        self._alike: dict[tuple[ContentId, str], Sighting] = {}
        self._strangers: dict[ContentId, _Stranger] = {}

    def take(
        self, relative: Relative, pages: Iterable[tuple[Sequence[Holding], Descriptors]]
    ) -> Iterable[int]:
        """Compare with all rows of another library; yields how many of them, page by page.
        Raises Cancelled."""
        self._relatives.append(relative)
        for holdings, vectors in pages:
            self._control.checkpoint()
            for one in holdings:
                if one.content in self._own:
                    same = Sighting(relative, one, How.BYTES)
                    self._same[one.content, relative.library] = same
                else:
                    stranger = self._strangers.setdefault(one.content, _Stranger([]))
                    stranger.holders.append((relative, one))
            rows = [row for row, one in enumerate(holdings) if not one.plain]
            for start in range(0, len(rows) if self._count else 0, _ROWS_AT_ONCE):
                part = rows[start : start + _ROWS_AT_ONCE]
                self._look(relative, [holdings[row] for row in part], vectors[part])
            yield len(holdings)

    def _look(self, relative: Relative, holdings: Sequence[Holding], vectors: Descriptors) -> None:
        """The rows are laid behind the own ones: what they then have in common with those is
        found by the join that finds pairs in a library."""
        count, more = self._count, len(holdings)
        if len(self._table) < count + more:
            grown = np.empty((count + _ROWS_AT_ONCE, self._table.shape[1]), np.float32)
            grown[:count] = self._table[:count]
            self._table = grown
        self._table[count : count + more] = vectors
        asked = np.arange(count, count + more)
        table = self._table[: count + more]
        best = np.zeros(more, np.int32)
        for near in near_rows(table, asked, self._similarity, self._control, NumpyProducts()):
            met = near.early < count
            early, late = near.early[met], near.late[met] - count
            steps = near.steps[met].astype(np.int32)
            for number in _first_of_each(early, steps, late):
                other = holdings[late[number]]
                self._note_alike(relative, int(early[number]), other, int(steps[number]))
            for number in _first_of_each(late, steps, early):
                if steps[number] > best[late[number]]:
                    best[late[number]] = steps[number]
                    content = holdings[late[number]].content
                    self._note_like(content, int(early[number]), int(steps[number]))

    def _note_alike(self, relative: Relative, own: int, other: Holding, steps: int) -> None:
        key = (self._ids[own], relative.library)
        best = self._alike.get(key)
        if best is None or steps / STEP > best.similarity:  # of equal ones the first that came
            self._alike[key] = Sighting(relative, other, How.LOOKS, steps / STEP)

    def _note_like(self, content: ContentId, own: int, steps: int) -> None:
        stranger = self._strangers.get(content)
        if stranger is not None:
            stranger.like, stranger.similarity = own, steps / STEP

    def end(self) -> Elsewhere:
        here = [
            Here(one, tuple(self._sightings(one.content)))
            for one in sorted(self._own.values(), key=lambda one: one.path)
        ]
        there = [
            There(
                tuple(one.holders),
                self._own[self._ids[one.like]] if one.like >= 0 else None,
                one.similarity,
            )
            for one in self._strangers.values()
        ]
        there.sort(key=lambda one: (one.holdings[0][0].label, one.holdings[0][1].path))
        return Elsewhere(tuple(self._relatives), tuple(here), tuple(there))

    def _sightings(self, content: ContentId) -> Iterable[Sighting]:
        for relative in self._relatives:
            key = (content, relative.library)
            found = self._same.get(key) or self._alike.get(key)
            if found is not None:
                yield found


def _first_of_each(owners: Rows, steps: NDArray[np.int32], others: Rows) -> list[int]:
    """Of each owner the pair with the most steps; of equal ones that with the lowest other."""
    order = np.lexsort((others, -steps, owners))
    _owners, first = np.unique(owners[order], return_index=True)
    chosen: list[int] = order[first].tolist()
    return chosen
