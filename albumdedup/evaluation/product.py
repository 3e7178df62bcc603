"""What the product itself says of an album: scanned into a temporary library, at defaults."""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from albumdedup.assembly import build, thread_executor
from albumdedup.core.control import Control, ProgressSink
from albumdedup.core.paths import AppPaths
from albumdedup.core.ports import Extractor
from albumdedup.core.settings import Settings
from albumdedup.core.types import ContentId, Match, Member, Tier, View
from albumdedup.evaluation.geometry import IDENTITY, Matrix, distance, inverse, orientation
from albumdedup.evaluation.metrics import Labels

RIGHT_DISTANCE = 0.03
"""How far, in units of the sides, a transform may lead astray on average and be right."""


@dataclass(frozen=True, slots=True)
class Relation:
    """How two files are tied; ``matrix`` leads from the first to the second, None where the
    verdict does not say. ``note`` is what decided."""

    tier: Tier
    similarity: float
    matrix: Matrix | None
    note: str = ""


class ProductAnswer:
    """Pairs and groups that a person sees, by the files' places in ``paths``."""

    def __init__(
        self,
        paths: Sequence[str],
        contents: Mapping[str, ContentId],
        matches: Sequence[Match],
        groups: Sequence[Sequence[Member]],
        view: View,
    ) -> None:
        self._contents = [contents.get(path) for path in paths]
        self._matches = {(m.a, m.b): m for m in matches if m.a != m.b}
        self._view = view
        places = {path: index for index, path in enumerate(paths)}
        self.labels: Labels = np.full(len(paths), -1, np.int64)
        self._members: dict[int, Member] = {}
        for number, members in enumerate(groups):
            for member in members:
                index = places[member.photo.path]
                self.labels[index], self._members[index] = number, member

    def relation(self, one: int, other: int) -> Relation | None:
        """The stored pair of two files, in view or not; None where there is none."""
        a, b = self._contents[one], self._contents[other]
        if a is None or b is None:
            return None
        if a == b:
            return Relation(Tier.IDENTICAL, 1.0, IDENTITY, "identical")
        match = self._matches.get((a, b) if a < b else (b, a))
        if match is None:
            return None
        matrix = _matrix(match)
        if matrix is not None and a > b:
            matrix = inverse(matrix)
        note = match.evidence.note if match.evidence else ""
        return Relation(match.tier, match.similarity, matrix, note)

    def alike(self) -> set[tuple[int, int]]:
        """All pairs of files, the smaller place first, that are in one group or that the default
        view takes for alike."""
        found: set[tuple[int, int]] = set()
        for label in np.unique(self.labels[self.labels >= 0]):
            members = np.flatnonzero(self.labels == label).tolist()
            found.update(itertools.combinations(members, 2))
        files: dict[ContentId, list[int]] = {}
        for index, content in enumerate(self._contents):
            if content is not None:
                files.setdefault(content, []).append(index)
        for match in self._matches.values():
            for one, other in itertools.product(files.get(match.a, ()), files.get(match.b, ())):
                if self.seen(self.relation(one, other)):
                    found.add((min(one, other), max(one, other)))
        return found

    def seen(self, relation: Relation | None) -> bool:
        """Whether the default view shows a pair of this kind."""
        if relation is None or relation.tier not in self._view.tiers:
            return False
        return relation.tier is not Tier.SIMILAR or relation.similarity >= self._view.similarity

    def called(self, one: int, other: int) -> Tier | None:
        """What the window calls two files: None where they are not in one group; else the tier of
        their pair, or the weaker of their ties to the keeper."""
        if self.labels[one] < 0 or self.labels[one] != self.labels[other]:
            return None
        direct = self.relation(one, other)
        if direct is not None and self.seen(direct):
            return direct.tier
        return max((self._members[i].tier for i in (one, other)), key=lambda tier: tier.rank)


def right_transform(relation: Relation | None, truth: Matrix) -> bool:
    """Whether the pair's transform leads where the truth leads; the truth from first to second."""
    if relation is None or relation.matrix is None:
        return False
    return distance(truth, relation.matrix) <= RIGHT_DISTANCE


def _matrix(match: Match) -> Matrix | None:
    """From the first content to the second; a verdict on whole pictures only knows the turn."""
    evidence = match.evidence
    if evidence is None or match.tier is Tier.SIMILAR:
        return None
    if evidence.transform is not None:
        return evidence.transform.matrix
    return inverse(orientation(evidence.orientation))


def ask_product(
    folder: Path,
    paths: Sequence[str],
    settings: Settings,
    extractor: Extractor,
    control: Control,
    sink: ProgressSink | None,
) -> ProductAnswer:
    """Scan the folder with the product's own pipeline into a library that is thrown away.

    Raises AlbumError, Cancelled.
    """
    view = View()
    with tempfile.TemporaryDirectory() as place:
        executor = thread_executor(settings)
        try:
            library = build(
                AppPaths(Path(place)), settings, executor, extractor=lambda: extractor
            ).library
            try:
                library.index([os.fspath(folder)], control, sink)
                snapshot = library.snapshot()
                groups = [group.members for group in library.find_groups(view, snapshot)]
            finally:
                library.close()
        finally:
            executor.close()
    contents = {photo.path: photo.content for photo in snapshot.photos}
    return ProductAnswer(paths, contents, snapshot.matches, groups, view)
