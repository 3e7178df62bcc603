"""The questions that an album asks: which copy shows which original. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.types import Tier
from albumdedup.evaluation.metrics import Flags, Labels
from albumdedup.evaluation.truth import TrueFile, Truth

Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Selection:
    """The queries of one row of the table: one edit, one tier, or all."""

    name: str
    tier: Tier | None
    queries: Indices
    """Positions among the queries, not among the files."""
    single: bool = False
    """One edit, not a sum of several."""


class Cases:
    """Files in order of path. *Queries* are the copies of photos; *references* all that is no
    copy: originals, frames of series, distractors. Copies of frames are asked about apart."""

    def __init__(self, truth: Truth) -> None:
        self.files: tuple[TrueFile, ...] = truth.files
        numbered = list(enumerate(self.files))
        self.queries = _indices(i for i, f in numbered if f.is_copy and not f.series)
        self.references = _indices(i for i, f in numbered if not f.is_copy)
        self.shots = _codes([f.original for f in self.files])
        self.scenes = np.where(
            [bool(f.series) for f in self.files], _codes([f.series for f in self.files]), -1
        )
        self.positive: Flags = (
            self.shots[self.queries][:, None] == self.shots[self.references][None, :]
        )
        """bool[queries, references]: the reference is the query's original."""
        self.original_of = self.references[self.positive.argmax(axis=1)]

    def rows(self) -> list[Selection]:
        """Every kind in order of tier and name, then every tier, then all."""
        asked = [self.files[i] for i in self.queries]
        kinds = sorted({(f.tier.rank, f.kind, f.tier) for f in asked})
        selections = [
            Selection(kind, tier, _indices(n for n, f in enumerate(asked) if f.kind == kind), True)
            for _rank, kind, tier in kinds
        ]
        for tier in Tier:
            of_tier = _indices(n for n, f in enumerate(asked) if f.tier is tier)
            if len(of_tier):
                selections.append(Selection(f"all {tier.value}", tier, of_tier))
        return [*selections, Selection("all", None, np.arange(len(asked)))]

    def neighbours(self) -> Iterator[tuple[int, int, bool]]:
        """Files that show different shots of one scene, and whether both carry their capture
        time."""
        for scene in np.unique(self.scenes[self.scenes >= 0]):
            frames = np.flatnonzero(self.scenes == scene).tolist()
            for place, one in enumerate(frames):
                for other in frames[place + 1 :]:
                    if self.shots[one] != self.shots[other]:
                        yield one, other, self.files[one].exif and self.files[other].exif

    def related(self, one: int, other: int) -> bool:
        scene = self.scenes[one] >= 0 and self.scenes[one] == self.scenes[other]
        return bool(self.shots[one] == self.shots[other] or scene)


def _indices(values: Iterator[int]) -> Indices:
    return np.array(list(values), np.intp)


def _codes(names: list[str]) -> Labels:
    order = {name: number for number, name in enumerate(sorted(set(names)))}
    return np.array([order[name] for name in names], np.int64)
