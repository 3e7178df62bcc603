"""Which stored pairs deserve alignment, a budget for each photo; and what follows for the rest.

A photo with thirty edited versions has hundreds of pairs. Each version is looked at beside its
nearest and beside those neighbours that may be the original, the best one from a camera, the
oldest file and the one that is most like all others: enough for a star around it. A photo that
this leaves with hardly a proven relation gets a second look beside photos that have more.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from albumdedup.core.matching import SHOWN_FLOOR
from albumdedup.core.types import ContentId, Evidence, Match, Photo, Tier, Transform

NEAREST, NEAREST_OF_MANY, MANY = 4, 2, 8
"""How many of its most similar neighbours a photo is aligned with; the second number where it has
more than MANY."""

FEW_RELATIVES, SECOND_NEAREST = 1, 3
"""A photo with so few copies and edits meets so many neighbours that have more, in a second
look."""

DOUBTFUL = 0.75
DOUBTFUL_SHARE, DOUBTFUL_LEAST = 1 / 3, 3000
"""Pairs below this similarity are mostly strangers, and in a large library there are many: the
most similar ones are aligned, so many for each photo, and in a small library all."""

Pair = tuple[ContentId, ContentId]


def worth_aligning(matches: Iterable[Match], photos: Mapping[ContentId, Photo]) -> set[Pair]:
    """The pairs that are among the nearest of either photo, or tie one to a neighbour that may
    well be the original. Depends on nothing but the matches and their photos, in any order."""
    neighbours: dict[ContentId, list[Match]] = defaultdict(list)
    for match in matches:
        neighbours[match.a].append(match)
        neighbours[match.b].append(match)
    likeness = {c: round(sum(m.similarity for m in found), 3) for c, found in neighbours.items()}
    chosen: set[Match] = set()
    for content, found in neighbours.items():
        found.sort(key=lambda match: (-match.similarity, match.a, match.b))
        wanted = found[: NEAREST if len(found) <= MANY else NEAREST_OF_MANY]
        near = [match for match in found if match.similarity >= SHOWN_FLOOR] or wanted
        others = {_other(match, content): match for match in near}
        camera = max(others, key=lambda other: (_from_a_camera(photos.get(other)), other))
        oldest = min(others, key=lambda other: (_age(photos.get(other)), other))
        centre = max(others, key=lambda other: (likeness[other], other))
        originals = (others[camera], others[oldest], others[centre])
        chosen.update((*wanted, *originals))
    return _affordable(chosen, len(photos))


def second_look(
    matches: Sequence[Match], fresh: Collection[Pair], photos: Mapping[ContentId, Photo]
) -> set[Pair]:
    """Of the ``fresh`` pairs that were left out, those of photos that are proven to be the copy
    or edit of one photo at most, with others that have more such relatives: the nearest of
    these, and the best one from a camera."""
    relatives = Counter(
        content
        for match in matches
        if match.tier in (Tier.SAME, Tier.EDITED)
        for content in (match.a, match.b)
    )
    open_pairs: dict[ContentId, list[Match]] = defaultdict(list)
    for match in matches:
        fewer, more = sorted((match.a, match.b), key=lambda content: relatives[content])
        left_out = match.evidence is not None and match.evidence.note == NOT_COMPARED
        if left_out and (match.a, match.b) in fresh and relatives[fewer] < relatives[more]:
            open_pairs[fewer].append(match)
    chosen: set[Match] = set()
    for content, found in open_pairs.items():
        if relatives[content] > FEW_RELATIVES:
            continue
        found.sort(key=lambda match: (-match.similarity, match.a, match.b))
        others = {_other(match, content): match for match in found}
        best = max(others, key=lambda other: (_from_a_camera(photos.get(other)), other))
        chosen.update((others[best], *found[:SECOND_NEAREST]))
    return _affordable(chosen, len(photos))


def _affordable(chosen: Iterable[Match], photos: int) -> set[Pair]:
    """Without the less similar of too many doubtful pairs."""
    order = sorted(chosen, key=lambda match: (-match.similarity, match.a, match.b))
    sure = sum(1 for match in order if match.similarity >= DOUBTFUL)
    doubtful = max(DOUBTFUL_LEAST, round(DOUBTFUL_SHARE * photos))
    return {(match.a, match.b) for match in order[: sure + doubtful]}


def _other(match: Match, content: ContentId) -> ContentId:
    return match.b if match.a == content else match.a


def _from_a_camera(photo: Photo | None) -> tuple[bool, int, int]:
    """Originals have a camera's date and most pixels."""
    if photo is None:
        return False, 0, 0
    return photo.metadata.original is not None, photo.pixels, photo.stamp.size


def _age(photo: Photo | None) -> float:
    return float("inf") if photo is None else photo.stamp.mtime_ns


NOT_COMPARED = "not_compared"
"""Note of a pair that the budget left out."""

THROUGH_A_COPY = "aligned_through_a_copy"


def follow_from_copies(matches: Sequence[Match]) -> list[Match]:
    """Pairs that were left out and whose relation follows: an edit of a photo is an edit of
    every file that is proven to be the same photo. Nothing else is passed on: two edits of one
    photo need not show the same, and *Same photo* itself is always proven pair by pair."""
    same: dict[ContentId, list[ContentId]] = defaultdict(list)
    edited: dict[Pair, Match] = {}
    for match in matches:
        if match.tier is Tier.SAME:
            same[match.a].append(match.b)
            same[match.b].append(match.a)
        elif match.tier is Tier.EDITED:
            edited[match.a, match.b] = match
    found = []
    for match in matches:
        if match.evidence is not None and match.evidence.note == NOT_COMPARED:
            ways = sorted(_ways(match, same, edited), key=lambda way: (-way[0], way[1]))
            if ways:
                evidence = Evidence(THROUGH_A_COPY, transform=ways[0][2])
                found.append(replace(match, tier=Tier.EDITED, evidence=evidence))
    return found


def _ways(
    match: Match, same: Mapping[ContentId, list[ContentId]], edited: Mapping[Pair, Match]
) -> Iterator[tuple[float, ContentId, Transform]]:
    """Similarity, the copy between and the transform from ``match.a`` to ``match.b``."""
    for start, end, forward in ((match.a, match.b, True), (match.b, match.a, False)):
        for copy in same.get(start, ()):
            tie = edited.get((copy, end)) or edited.get((end, copy))
            if tie is not None and tie.evidence is not None and tie.evidence.transform is not None:
                from_copy = tie.a == copy
                lies = tie.evidence.transform
                yield tie.similarity, copy, lies if from_copy == forward else inverse(lies)


def inverse(transform: Transform) -> Transform:
    """How the second picture lies in the first."""
    matrix = np.linalg.inv(np.array(transform.matrix).reshape(3, 3))
    matrix = matrix / matrix[2, 2]
    return Transform(
        tuple(round(float(value), 5) for value in matrix.ravel()),
        transform.shown,
        transform.shows,
        transform.correlation,
    )
