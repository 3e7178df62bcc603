"""Stored pairs → groups, each member tied to the keeper itself.

Nodes are contents with their files. Proven ties (Identical, Same) make the core of a group;
Edited, then Similar photos join the keeper that they are tied to, or make stars of their own.
What belongs together is solved part by part (connected by pairs in view) and remembered by its
pairs, so that a step of the slider solves only what it changed.
"""

from __future__ import annotations

from operator import itemgetter

from albumdedup.core.grouping.layout import Layout, Ranked
from albumdedup.core.grouping.members import MOST_SIMILAR, Finisher
from albumdedup.core.grouping.solver import Solver
from albumdedup.core.keeper import KeepContext
from albumdedup.core.types import PROVEN_TIERS, Group, Snapshot, Tier, View

__all__ = ["MOST_SIMILAR", "Grouper", "group"]

_REMEMBERED = 200_000


def group(snapshot: Snapshot, view: View, removable: frozenset[Tier] = PROVEN_TIERS) -> list[Group]:
    """Groups of one view; see ``Grouper`` for many views of one snapshot."""
    return Grouper(snapshot).group(view, removable)


class Grouper:
    """One snapshot, prepared once. Not thread-safe."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._photos = sorted(snapshot.photos, key=lambda photo: (photo.path, photo.id))
        self._layouts: dict[bool, Layout] = {}
        self._solved: dict[object, dict[bytes, list[Ranked]]] = {}

    def group(self, view: View, removable: frozenset[Tier] = PROVEN_TIERS) -> list[Group]:
        """Groups, strongest tier first, then by bytes to win, then by the keeper's path.

        ``removable`` are the tiers whose members get REMOVE; SIMILAR never does. Raises
        KeyError for an unknown rule.
        """
        identical = Tier.IDENTICAL in view.tiers
        layout = self._layouts.get(identical)
        if layout is None:
            layout = self._layouts[identical] = Layout(self._photos, self._snapshot, identical)
        removable -= {Tier.SIMILAR}
        context = KeepContext(self._snapshot.preferred, self._snapshot.protected, view.clear)
        solver = Solver(layout, view.rule, context)
        finisher = Finisher(layout, view.rule, context, removable)
        solved = self._solved.setdefault((identical, view.rule, view.clear, removable), {})
        if len(solved) > _REMEMBERED:
            solved.clear()
        found: list[Ranked] = []
        for part, nodes in layout.parts(view):
            ranked = solved.get(part)
            if ranked is None:
                drafts = solver.solve(part, nodes)
                ranked = [layout.ranked(finisher.finish(draft)) for draft in drafts]
                solved[part] = ranked
            found += ranked
        found.sort(key=itemgetter(0))
        return [ranked[1] for ranked in found]
