"""Photos and their stored pairs as numbers; which of them are connected in a view."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.types import ContentId, Group, Match, Photo, Role, Snapshot, Tier, View

TIERS = tuple(Tier)
RANK = {tier: rank for rank, tier in enumerate(TIERS)}  # Tier.rank counts anew each time

Ranked = tuple[int, Group]
"""A group behind the number by which groups are ordered."""

_MOST_BYTES, _MOST_PHOTOS = 1 << 60, 1 << 32


UNALIGNED = 0.06
"""What a pair loses against the slider when its pictures have no features in common, or were not
compared: sky, walls and fog look alike to every descriptor."""

_UNALIGNED = frozenset({"no_alignment", "not_compared"})

ALIGNED = 0.92
"""What a pair counts for at least when one picture lies in the other and correlates, though
nothing proves them one exposure: it is the same view, whatever the descriptor says."""

_ONE_VIEW = frozenset({"cannot_tell", "noise_differs", "pixels_differ", "low_detail"})
_CORRELATES = 0.9


class Layout:
    """Nodes and pairs as integers, in an order that does not depend on the snapshot's.

    A node is a content with its files; where identical files are no tie (tier switched off, or
    "not duplicates"), each file is a node.
    """

    def __init__(self, photos: Sequence[Photo], snapshot: Snapshot, identical: bool) -> None:
        apart = snapshot.not_duplicates
        nodes_of = self._nodes(photos, snapshot.matches, identical, apart)
        plain = {node for node, files in enumerate(self.files) if files[0].plain}
        strongest: dict[tuple[int, int], Match] = {}
        for match in snapshot.matches:
            a, b = match.a, match.b
            if a not in nodes_of or b not in nodes_of or a == b or match.tier is Tier.IDENTICAL:
                continue
            if apart and ((a, b) in apart or (b, a) in apart):
                continue
            for one in nodes_of[a]:
                for two in nodes_of[b]:
                    pair = (one, two) if one < two else (two, one)
                    if plain and match.tier is Tier.SIMILAR and not plain.isdisjoint(pair):
                        continue
                    known = strongest.get(pair)
                    if known is None or _strength(match) < _strength(known):
                        strongest[pair] = match
        pairs = sorted(strongest)
        self.pairs = pairs
        self.matches = [strongest[pair] for pair in pairs]
        ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        self._touched, compact = np.unique(ends, return_inverse=True)
        self._ends = compact.reshape(-1, 2)
        self._tiers = np.array([RANK[match.tier] for match in self.matches], np.int8)
        self._similarity = np.array([_counted(match) for match in self.matches], np.float64)
        self._several = [node for node, files in enumerate(self.files) if len(files) > 1]

    def _nodes(
        self,
        photos: Sequence[Photo],
        matches: Sequence[Match],
        identical: bool,
        apart: Collection[tuple[ContentId, ContentId]],
    ) -> dict[ContentId, list[int]]:
        """Nodes by content. Photos that no pair names, and no other file repeats, are in no
        group: in most libraries they are most."""
        self.files: list[list[Photo]] = []
        self._place: dict[int, int] = {}
        counts = Counter([photo.content for photo in photos])
        named = {content for content, count in counts.items() if count > 1}
        named.update([match.a for match in matches], [match.b for match in matches])
        nodes_of: dict[ContentId, list[int]] = {}
        for place, photo in enumerate(photos):
            if photo.content not in named:
                continue
            self._place[photo.id] = place
            nodes = nodes_of.setdefault(photo.content, [])
            if nodes and identical and (photo.content, photo.content) not in apart:
                self.files[nodes[0]].append(photo)
            else:
                nodes.append(len(self.files))
                self.files.append([photo])
        return nodes_of

    def ranked(self, one: Group) -> Ranked:
        """By tier, then by bytes to win, then by the keeper's path."""
        win = sum(m.photo.stamp.size for m in one.members if m.role is Role.REMOVE)
        by_size = RANK[one.members[1].tier] * _MOST_BYTES - win
        return by_size * _MOST_PHOTOS + self._place[one.keeper.id], one

    def parts(self, view: View) -> Iterable[tuple[bytes, list[int]]]:
        """What is connected in this view: its pairs as int64 bytes with no nodes named, or the
        one node of identical files that no pair touches, under a name of its own."""
        wanted = np.array([tier in view.tiers for tier in TIERS])
        similar = self._tiers == RANK[Tier.SIMILAR]
        active = wanted[self._tiers] & (~similar | (self._similarity >= view.similarity))
        index = np.flatnonzero(active)
        labels = _components(self._ends[index], len(self._touched))
        index = index[np.argsort(labels[self._ends[index, 0]], kind="stable")]
        of = labels[self._ends[index, 0]]
        cuts = [0, *(np.flatnonzero(of[1:] != of[:-1]) + 1).tolist(), len(index)]
        raw, width = index.tobytes(), index.itemsize
        for start, end in itertools.pairwise(cuts):
            if end > start:
                yield raw[start * width : end * width], []
        touched = set(self._touched[self._ends[index].ravel()].tolist())
        for node in self._several:
            if node not in touched:
                yield b"node %d" % node, [node]


def _counted(match: Match) -> float:
    """Similarity as the slider counts it. Pictures of low detail, and near-uniform ones, are not
    tied by a descriptor at all."""
    note = "" if match.evidence is None else match.evidence.note
    if one_view(match):
        return max(match.similarity, ALIGNED)
    if match.tier is Tier.SIMILAR and note == "low_detail":
        return -1.0
    return match.similarity - UNALIGNED if note in _UNALIGNED else match.similarity


def one_view(match: Match) -> bool:
    found = match.evidence
    return (
        found is not None
        and found.note in _ONE_VIEW
        and found.transform is not None
        and found.transform.correlation >= _CORRELATES
    )


def _strength(match: Match) -> tuple[int, float, str]:
    return RANK[match.tier], -match.similarity, repr(match.evidence)


def _components(ends: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """int64[count]: the smallest node that each node is connected with. Hooking and pointer
    jumping (Shiloach and Vishkin 1982), vectorised."""
    labels = np.arange(count, dtype=np.int64)
    while True:
        one, two = labels[ends[:, 0]], labels[ends[:, 1]]
        apart = one != two
        if not apart.any():
            return labels
        low, high = np.minimum(one, two)[apart], np.maximum(one, two)[apart]
        np.minimum.at(labels, high, low)
        while True:
            jumped = labels[labels]
            if np.array_equal(jumped, labels):
                break
            labels = jumped
