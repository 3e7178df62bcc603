"""Stored pairs → groups, each member tied to the keeper itself.

Nodes are contents with their files. Proven ties (Identical, Same) make the core of a group;
Edited, then Similar photos join the keeper that they are tied to, or make stars of their own.
What belongs together is solved part by part (connected by pairs in view) and remembered by its
pairs, so that a step of the slider solves only what it changed.
"""

from __future__ import annotations

import hashlib
import heapq
import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.bursts import burst_words
from albumdedup.core.i18n import _, joined
from albumdedup.core.keeper import (
    Choice,
    KeepContext,
    extra_names,
    inside,
    lacks,
    pick,
    warn,
)
from albumdedup.core.types import (
    PROVEN_TIERS,
    ContentId,
    FileIdentity,
    Group,
    Match,
    Member,
    Photo,
    Role,
    Snapshot,
    Tier,
    View,
)

_TIERS = tuple(Tier)
_RANK = {tier: rank for rank, tier in enumerate(_TIERS)}  # Tier.rank counts anew each time
_REMEMBERED = 200_000

Ties = dict[int, dict[int, Match]]
"""Node → tied node → the pair that ties them."""


def group(snapshot: Snapshot, view: View, removable: frozenset[Tier] = PROVEN_TIERS) -> list[Group]:
    """Groups of one view; see ``Grouper`` for many views of one snapshot."""
    return Grouper(snapshot).group(view, removable)


class Grouper:
    """One snapshot, prepared once. Not thread-safe."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._photos = sorted(snapshot.photos, key=lambda photo: (photo.path, photo.id))
        self._layouts: dict[bool, _Layout] = {}
        self._solved: dict[object, dict[bytes, list[_Ranked]]] = {}

    def group(self, view: View, removable: frozenset[Tier] = PROVEN_TIERS) -> list[Group]:
        """Groups, strongest tier first, then by bytes to win, then by the keeper's path.

        ``removable`` are the tiers whose members get REMOVE; SIMILAR never does. Raises
        KeyError for an unknown rule.
        """
        identical = Tier.IDENTICAL in view.tiers
        layout = self._layouts.get(identical)
        if layout is None:
            layout = self._layouts[identical] = _Layout(self._photos, self._snapshot, identical)
        removable -= {Tier.SIMILAR}
        context = KeepContext(self._snapshot.preferred, self._snapshot.protected, view.clear)
        solver = _Solver(layout, view.rule, context, removable)
        solved = self._solved.setdefault((identical, view.rule, view.clear, removable), {})
        if len(solved) > _REMEMBERED:
            solved.clear()
        found: list[_Ranked] = []
        for part, nodes in layout.parts(view):
            ranked = solved.get(part)
            if ranked is None:
                ranked = solved[part] = [layout.ranked(one) for one in solver.solve(part, nodes)]
            found += ranked
        found.sort(key=itemgetter(0))
        return [ranked[1] for ranked in found]


_Ranked = tuple[int, Group]
"""A group behind the number by which groups are ordered."""

_MOST_BYTES, _MOST_PHOTOS = 1 << 60, 1 << 32


class _Layout:
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
        self._tiers = np.array([_RANK[match.tier] for match in self.matches], np.int8)
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

    def ranked(self, one: Group) -> _Ranked:
        """By tier, then by bytes to win, then by the keeper's path."""
        win = sum(m.photo.stamp.size for m in one.members if m.role is Role.REMOVE)
        by_size = _RANK[one.members[1].tier] * _MOST_BYTES - win
        return by_size * _MOST_PHOTOS + self._place[one.keeper.id], one

    def parts(self, view: View) -> Iterable[tuple[bytes, list[int]]]:
        """What is connected in this view: its pairs as int64 bytes with no nodes named, or the
        one node of identical files that no pair touches, under a name of its own."""
        wanted = np.array([tier in view.tiers for tier in _TIERS])
        similar = self._tiers == _RANK[Tier.SIMILAR]
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


UNALIGNED = 0.06
"""What a pair loses against the slider when its pictures have no features in common, or were not
compared: sky, walls and fog look alike to every descriptor."""

_UNALIGNED = frozenset({"no_alignment", "not_compared"})

ALIGNED = 0.92
"""What a pair counts for at least when one picture lies in the other and correlates, though
nothing proves them one exposure: it is the same view, whatever the descriptor says."""

_ONE_VIEW = frozenset({"cannot_tell", "noise_differs", "pixels_differ", "low_detail"})
_CORRELATES = 0.9


def _counted(match: Match) -> float:
    """Similarity as the slider counts it. Pictures of low detail, and near-uniform ones, are not
    tied by a descriptor at all."""
    note = "" if match.evidence is None else match.evidence.note
    if _one_view(match):
        return max(match.similarity, ALIGNED)
    if match.tier is Tier.SIMILAR and note == "low_detail":
        return -1.0
    return match.similarity - UNALIGNED if note in _UNALIGNED else match.similarity


def _one_view(match: Match) -> bool:
    found = match.evidence
    return (
        found is not None
        and found.note in _ONE_VIEW
        and found.transform is not None
        and found.transform.correlation >= _CORRELATES
    )


def _strength(match: Match) -> tuple[int, float, str]:
    return _RANK[match.tier], -match.similarity, repr(match.evidence)


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


@dataclass(slots=True)
class _Draft:
    """A group in the making: the keeper's node, chosen among so many photos, and the tied nodes
    with the pair that ties."""

    node: int
    choice: Choice
    among: int
    tied: dict[int, Match] = field(default_factory=dict)


MOST_SIMILAR = 200
"""Similar shots that one group shows; a wall of them helps nobody."""


def _capped(members: list[Member]) -> tuple[list[Member], int]:
    """Without the least similar of too many similar shots, and how many these are."""
    proven = sum(1 for member in members if member.tier is not Tier.SIMILAR)
    kept = members[: proven + MOST_SIMILAR]
    return kept, len(members) - len(kept)


def _left_out_words(count: int) -> str:
    if count == 0:
        return ""
    return _(
        "{count} more shots like these are not shown here; a stricter slider parts them."
    ).format(count=count)


def _without_absorbed(drafts: Sequence[_Draft], stars: list[_Draft], ties: Ties) -> list[_Draft]:
    """The stars that stay groups of their own: one whose photos all show the view of another
    group's keeper joins that group, so that edits stand beside their original."""
    alone = []
    by_keeper = {draft.node: draft for draft in drafts}
    for star in stars:
        nodes = [star.node, *star.tied]
        offers = [
            node for node in sorted(ties.get(star.node, {}).keys() & by_keeper.keys())
            if all(other in ties[node] and _one_view(ties[node][other]) for other in nodes)
        ]  # fmt: skip
        if offers:
            nearest = min(offers, key=lambda node: (-ties[node][star.node].similarity, node))
            by_keeper[nearest].tied.update((other, ties[nearest][other]) for other in nodes)
        else:
            alone.append(star)
    return alone


@dataclass(frozen=True, slots=True)
class _Solver:
    """Groups of one part."""

    layout: _Layout
    rule: str
    context: KeepContext
    removable: frozenset[Tier]

    def solve(self, part: bytes, nodes: list[int]) -> list[Group]:
        ties: dict[Tier, Ties] = {tier: {} for tier in _TIERS}
        if not nodes:
            indices = np.frombuffer(part, np.int64).tolist()
            if len(indices) == 1 and (alone := self._two_photos(indices[0])) is not None:
                return [self._finish(alone)]
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
        return [self._finish(draft) for draft in drafts]

    def _two_photos(self, index: int) -> _Draft | None:
        """The group of a pair that nothing else is tied to, as most are: what the rest of this
        class would find, at once."""
        pair = self.layout.pairs[index]
        if any(len(self.layout.files[node]) > 1 for node in pair):
            return None
        draft = self._draft(pair, {})
        other = pair[1] if draft.node == pair[0] else pair[0]
        draft.tied[other] = self.layout.matches[index]
        return draft

    def _cores(self, ties: Ties, unplaced: set[int]) -> list[_Draft]:
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

    def _draft(self, nodes: Iterable[int], ties: Ties) -> _Draft:
        """The rule's choice among all files of these nodes."""
        home = {photo.id: node for node in nodes for photo in self.layout.files[node]}
        photos = [photo for node in nodes for photo in self.layout.files[node]]
        choice = pick(photos, self.rule, self.context)
        return _Draft(home[choice.keeper.id], choice, len(photos))

    def _join(self, drafts: list[_Draft], ties: Ties, unplaced: set[int]) -> None:
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

    def _stars(self, ties: Ties, unplaced: set[int]) -> list[_Draft]:
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

    def _finish(self, draft: _Draft) -> Group:
        keeper = draft.choice.keeper
        related: list[tuple[Photo, Tier, Match | None]] = [
            (photo, Tier.IDENTICAL, None)
            for photo in self.layout.files[draft.node]
            if photo is not keeper
        ]
        for node, match in draft.tied.items():
            related += [(photo, match.tier, match) for photo in self.layout.files[node]]
        choice = self._explained(draft, related)
        shown = [keeper, *(photo for photo, _tier, _match in related)]
        linked: set[FileIdentity] = set()
        if len({photo.stamp.identity for photo in shown}) < len(shown):
            copies = Counter(photo.stamp.identity for photo in shown)
            linked = {identity for identity, count in copies.items() if count > 1}
        members = [
            self._member(choice, photo, tier, match, linked) for photo, tier, match in related
        ]
        members.sort(key=lambda m: (_RANK[m.tier], -m.similarity, m.photo.path))
        members, left_out = _capped(members)
        all_similar = all(m.tier is Tier.SIMILAR for m in members)
        burst = burst_words([keeper, *(m.photo for m in members)]) if all_similar else ""
        going = PROVEN_TIERS | self.removable
        warning, better = warn(keeper, [m.photo for m in members if m.tier in going])
        first = Member(keeper, Tier.IDENTICAL, Role.KEEP, 1.0)
        return Group(
            _group_id(shown),
            (first, *members),
            joined(burst, choice.reason),
            joined(warning, _left_out_words(left_out)),
            better.path if better else None,
            bool(burst),
            left_out,
        )

    def _explained(
        self, draft: _Draft, related: Sequence[tuple[Photo, Tier, Match | None]]
    ) -> Choice:
        """The choice as it reads among the photos that are shown."""
        keeper = draft.choice.keeper
        core = [photo for photo, tier, _match in related if tier in PROVEN_TIERS]
        shown = [keeper, *(core or [photo for photo, _tier, _match in related])]
        if len(shown) == draft.among:
            return draft.choice
        choice = pick(shown, self.rule, self.context)
        if choice.keeper is keeper:
            return choice
        return Choice(keeper, _("Kept: it is the one that each of the others is like."))

    def _member(
        self,
        choice: Choice,
        photo: Photo,
        tier: Tier,
        match: Match | None,
        linked: Collection[FileIdentity],
    ) -> Member:
        role, note = self._role(choice, photo, tier, linked)
        similarity = 1.0 if match is None else match.similarity
        return Member(photo, tier, role, similarity, match.evidence if match else None, note)

    def _role(
        self, choice: Choice, photo: Photo, tier: Tier, linked: Collection[FileIdentity]
    ) -> tuple[Role, str]:
        keeper = choice.keeper
        if self.context.protected and inside(photo.path, self.context.protected) is not None:
            return Role.KEEP, _("It lies in a protected folder, and so it stays.")
        if self.context.spared(photo):
            return Role.REVIEW, _("It lies outside the folder that is emptied.")
        if photo.stamp.identity in linked:
            return Role.REVIEW, _("It is the same file on disk under another name; removing it "
                                  "frees nothing.")  # fmt: skip
        missing = lacks(keeper, photo)
        if missing and tier in PROVEN_TIERS | self.removable:
            return Role.REVIEW, _(
                "It holds what the kept photo lacks: {extras}; look before you remove it."
            ).format(extras=extra_names(missing))
        if tier not in self.removable:
            return Role.REVIEW, ""
        if self.context.spared(keeper) and photo.pixels > keeper.pixels:
            return Role.REVIEW, _(
                "It has more pixels than the copy outside the folder; look before you remove it."
            )
        if choice.unsure and photo.pixels > keeper.pixels:
            return Role.REVIEW, _(
                "It has more pixels than the kept photo, which was chosen with low confidence; "
                "look before you remove it."
            )
        return Role.REMOVE, ""


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


def _group_id(photos: Iterable[Photo]) -> str:
    """16 hex digits of SHA-256 over the sorted paths and contents."""
    digest = hashlib.sha256()
    for path, content in sorted((photo.path, photo.content) for photo in photos):
        # surrogatepass also takes the undecodable bytes of POSIX names, and names of Windows
        digest.update(f"{path}\0{content}\0".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:16]
