"""From a snapshot to what the window shows. Runs on the files lane; no Qt."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from albumdedup.core.grouping import Grouper
from albumdedup.core.report import explaining
from albumdedup.core.types import PROVEN_TIERS, Group, Match, Photo, Snapshot, Tier, View
from albumdedup.gui.counting import Counting, Tally

BINS = 30
EXPLAINED = 2000
"""In so many groups it is told which rule decided, so that the list stays live."""
LOOSEST, STRICTEST = 0.70, 1.00


@dataclass(frozen=True, slots=True)
class Held:
    """A snapshot ready to be grouped again and again. Used by one lane at a time."""

    snapshot: Snapshot
    grouper: Grouper
    histogram: tuple[int, ...]
    closest: tuple[Match, Photo, Photo] | None
    seconds: float
    counting: Counting = field(default_factory=Counting)


@dataclass(frozen=True, slots=True)
class Grouped:
    """The groups of one view, and the tallies of all tiers, hidden ones too. ``decided`` counts
    by which step of a chain of rules the keeper was found, in the first groups; ``years`` are
    those in which photos of the groups were taken."""

    view: View
    removable: frozenset[Tier]
    groups: tuple[Group, ...]
    tallies: dict[Tier, Tally]
    decided: dict[str, int] = field(default_factory=dict)
    years: frozenset[int] = frozenset()
    going: tuple[int, int] = (0, 0)
    """How many photos would go by the rule, and their bytes."""


def hold(snapshot: Snapshot) -> Held:
    started = time.perf_counter()
    return Held(
        snapshot,
        Grouper(snapshot),
        _histogram(snapshot.matches),
        _closest(snapshot),
        time.perf_counter() - started,
    )


def group(held: Held, view: View, removable: frozenset[Tier] = PROVEN_TIERS) -> Grouped:
    """``removable`` names the tiers whose members go by themselves."""
    groups = tuple(held.grouper.group(view, removable))
    decided = _decided(groups[:EXPLAINED], view, held.snapshot) if "," in view.rule else {}
    everything = frozenset(Tier)
    counts = whole = held.counting.of(groups)
    if view.tiers != everything:
        whole = held.counting.of(held.grouper.group(replace(view, tiers=everything)))
    return Grouped(view, removable, groups, whole.tallies, decided, counts.years, counts.going)


def _decided(groups: Iterable[Group], view: View, snapshot: Snapshot) -> dict[str, int]:
    """Rule → groups in which it had the last word, in the order of the chain."""
    steps = explaining(view, snapshot)
    last = (steps(one) for one in groups)
    counts = Counter(found[-1].rule for found in last if found)
    return {rule: counts[rule] for rule in (*view.rule.split(","), "tie_break") if counts[rule]}


def _histogram(matches: Iterable[Match]) -> tuple[int, ...]:
    """How many pairs are how alike, from the loosest to the strictest."""
    bins = [0] * BINS
    for match in matches:
        if match.similarity < LOOSEST:
            continue  # stored for the check of pairs; the slider does not reach it
        place = (match.similarity - LOOSEST) / (STRICTEST - LOOSEST) * BINS
        bins[max(0, min(BINS - 1, int(place)))] += 1
    return tuple(bins)


def _closest(snapshot: Snapshot) -> tuple[Match, Photo, Photo] | None:
    best = max(snapshot.matches, key=lambda match: match.similarity, default=None)
    if best is None:
        return None
    photos = {photo.content: photo for photo in snapshot.photos}
    one, other = photos.get(best.a), photos.get(best.b)
    return (best, one, other) if one and other else None
