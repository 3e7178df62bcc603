"""Which photos of one connected part stand around which keeper."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from albumdedup.core.grouping.layout import TIERS, Layout, one_view
from albumdedup.core.keeper import Choice, KeepContext, pick
from albumdedup.core.types import Match, Tier

Ties = dict[int, dict[int, Match]]
"""Node → tied node → the pair that ties them."""


@dataclass(slots=True)
class Draft:
    """A group in the making: the keeper's node, chosen among so many photos, and the tied nodes
    with the pair that ties."""

    node: int
    choice: Choice
    among: int
    tied: dict[int, Match] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Solver:
    """The drafts of one connected part."""

    layout: Layout
    rule: str
    context: KeepContext

    def solve(self, part: bytes, nodes: list[int]) -> list[Draft]:
        ties: dict[Tier, Ties] = {tier: {} for tier in TIERS}
        if not nodes:
            indices = np.frombuffer(part, np.int64).tolist()
            if len(indices) == 1 and (alone := self._two_photos(indices[0])) is not None:
                return [alone]
            for index in indices:
                one, two = self.layout.pairs[index]
                match = self.layout.matches[index]
                ties[match.tier].setdefault(one, {})[two] = match
                ties[match.tier].setdefault(two, {})[one] = match
            nodes = sorted({node for by_node in ties.values() for node in by_node})
        unplaced = set(nodes)
        drafts = self._cores(ties[Tier.SAME], unplaced)
        for tier in (Tier.EDITED, Tier.SIMILAR):
            if ties[tier] and unplaced:
                self._join(drafts, ties[tier], unplaced)
                stars = self._stars(ties[tier], unplaced)
                drafts += _without_absorbed(drafts, stars, ties[Tier.SIMILAR])
        return drafts

    def _two_photos(self, index: int) -> Draft | None:
        """The group of a pair that nothing else is tied to, as most are: what the rest of this
        class would find, at once."""
        pair = self.layout.pairs[index]
        if any(len(self.layout.files[node]) > 1 for node in pair):
            return None
        draft = self._draft(pair, {})
        other = pair[1] if draft.node == pair[0] else pair[0]
        draft.tied[other] = self.layout.matches[index]
        return draft

    def _cores(self, ties: Ties, unplaced: set[int]) -> list[Draft]:
        """Identical and Same: the rule picks among all that is connected, and takes what is
        tied to the pick itself; the rest tries again."""
        drafts = []
        several = [node for node in unplaced if len(self.layout.files[node]) > 1]
        waiting = _connected({*several, *ties}, ties)
        while waiting:
            pool = waiting.pop()
            if len(pool) == 1 and len(self.layout.files[pool[0]]) == 1:
                continue
            draft = self._draft(pool, ties)
            draft.tied = {node: ties[draft.node][node] for node in pool if node in
                          ties.get(draft.node, ())}  # fmt: skip
            drafts.append(draft)
            placed = {draft.node, *draft.tied}
            unplaced -= placed
            waiting += _connected({node for node in pool if node not in placed}, ties)
        return sorted(drafts, key=lambda draft: draft.choice.keeper.path)

    def _draft(self, nodes: Iterable[int], ties: Ties) -> Draft:
        """The rule's choice among all files of these nodes."""
        home = {photo.id: node for node in nodes for photo in self.layout.files[node]}
        photos = [photo for node in nodes for photo in self.layout.files[node]]
        choice = pick(photos, self.rule, self.context)
        return Draft(home[choice.keeper.id], choice, len(photos))

    def _join(self, drafts: list[Draft], ties: Ties, unplaced: set[int]) -> None:
        """Unplaced nodes go to the keeper that they are tied to most strongly."""
        by_keeper = {draft.node: (place, draft) for place, draft in enumerate(drafts)}
        for node in sorted(unplaced.intersection(ties)):
            offers = [
                (-match.similarity, *by_keeper[other], match)
                for other, match in ties[node].items()
                if other in by_keeper
            ]
            if offers:
                draft, match = min(offers, key=lambda offer: offer[:2])[2:]
                draft.tied[node] = match
                unplaced.discard(node)

    def _stars(self, ties: Ties, unplaced: set[int]) -> list[Draft]:
        """The node with most ties and all that is tied to it, again and again; the keeper is
        chosen among those that are tied to every other one."""
        drafts = []
        open_ties = {node: ties[node].keys() & unplaced for node in unplaced.intersection(ties)}
        heap = [(-len(tied), node) for node, tied in open_ties.items() if tied]
        heapq.heapify(heap)
        while heap:
            count, hub = heapq.heappop(heap)
            if hub not in unplaced or not open_ties[hub]:
                continue
            if len(open_ties[hub]) != -count:  # ties went since this was written down
                heapq.heappush(heap, (-len(open_ties[hub]), hub))
                continue
            star = sorted({hub, *open_ties[hub]})
            centres = [node for node in star if len(open_ties[node]) >= len(star) - 1
                       and all(n in open_ties[node] for n in star if n != node)]  # fmt: skip
            draft = self._draft(centres, ties)
            draft.tied = {node: ties[draft.node][node] for node in star if node != draft.node}
            drafts.append(draft)
            unplaced -= set(star)
            for node in star:
                for other in open_ties[node]:
                    if other in unplaced:
                        open_ties[other].discard(node)
        return drafts


def _without_absorbed(drafts: Sequence[Draft], stars: list[Draft], ties: Ties) -> list[Draft]:
    """The stars that stay groups of their own: one whose photos all show the view of another
    group's keeper joins that group, so that edits stand beside their original."""
    alone = []
    by_keeper = {draft.node: draft for draft in drafts}
    for star in stars:
        nodes = [star.node, *star.tied]
        offers = [
            node for node in sorted(ties.get(star.node, {}).keys() & by_keeper.keys())
            if all(other in ties[node] and one_view(ties[node][other]) for other in nodes)
        ]  # fmt: skip
        if offers:
            nearest = min(offers, key=lambda node: (-ties[node][star.node].similarity, node))
            by_keeper[nearest].tied.update((other, ties[nearest][other]) for other in nodes)
        else:
            alone.append(star)
    return alone


def _connected(nodes: set[int], ties: Ties) -> list[list[int]]:
    """Connected parts of these nodes, each sorted; the order is that of their first nodes."""
    parts, seen = [], set[int]()
    for start in sorted(nodes):
        if start in seen:
            continue
        seen.add(start)
        part, frontier = [start], [start]
        while frontier:
            for other in ties.get(frontier.pop(), ()):
                if other in nodes and other not in seen:
                    seen.add(other)
                    part.append(other)
                    frontier.append(other)
        parts.append(sorted(part))
    return parts
