"""Which folders are, mostly, elsewhere too: one decision for a tree instead of thousands."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from albumdedup.core.i18n import _, describe_problem, listed, ngettext
from albumdedup.core.keeper import inside
from albumdedup.core.types import Photo, Problem, Snapshot
from albumdedup.core.verdicts.ties import FileVerdict, Standing, Ties

CLEAR = 0.9
"""A tree of which so much is elsewhere is told as a whole; in others its folders are looked at."""
MUCH = 0.5
"""The least share of a folder that is worth a sentence."""
FEWEST = 2
NAMED = 3

Parts = tuple[str, ...]
"""A folder as its components, the root first."""


@dataclass(frozen=True, slots=True)
class FolderVerdict:
    """``covered`` of the ``photos`` below ``folder`` are, whole, in other files below ``other``.

    Where no one folder apart from it holds them, ``other`` is the folder around both and
    ``around`` is True. ``bytes`` are those of the covered photos. ``rest`` are the photos that are
    not elsewhere, and the files that could not be read, each with its reason.
    """

    folder: str
    other: str
    around: bool
    photos: int
    covered: int
    bytes: int
    rest: tuple[FileVerdict, ...]

    @property
    def sentence(self) -> str:
        """One line: "Old laptop/Pictures: 4,812 of 4,815 are in Album; the other 3 are …"."""
        where = (
            _("elsewhere in {other}").format(other=self.other)
            if self.around
            else _("in {other}").format(other=self.other)
        )
        start = _("{folder}: {covered} of {photos} are {where}").format(
            folder=self.folder, covered=f"{self.covered:,}", photos=f"{self.photos:,}", where=where
        )
        if not self.rest:
            return _("{start}; nothing there is only there.").format(start=start)
        names = [os.path.relpath(one.path, self.folder) for one in self.rest[:NAMED]]
        more = "" if len(self.rest) <= NAMED else " …"
        return ngettext(
            "{start}; the other {n} is {names}{more}",
            "{start}; the other {n} are {names}{more}",
            len(self.rest),
        ).format(start=start, n=f"{len(self.rest):,}", names=listed(names), more=more)


@dataclass(slots=True)
class _Node:
    """A folder with all below it: its photos, and those that have a holder outside it."""

    photos: int = 0
    covered: int = 0
    children: set[str] = field(default_factory=set)


def judge_folders(snapshot: Snapshot) -> tuple[FolderVerdict, ...]:
    """The trees of which much is elsewhere, those with most bytes to win first.

    Of two trees that hold each other the one that should stay (preferred, protected, more photos,
    shorter path) is told only as the other.
    """
    return _Judge(snapshot).verdicts()


class _Judge:
    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._ties = Ties(snapshot)
        seen = set()
        self._photos: list[tuple[Parts, Photo]] = []
        for photo in self._ties.photos:  # a file with two names counts once
            if photo.stamp.identity not in seen:
                seen.add(photo.stamp.identity)
                self._photos.append((_parts(photo.path), photo))
        self._own = {photo.path for _folder, photo in self._photos}
        self._tree: dict[Parts, _Node] = {}
        for folder, photo in self._photos:
            self._count(folder, photo)

    def _count(self, folder: Parts, photo: Photo) -> None:
        shared = [_shared(folder, _parts(other.path)) for other in self._holders(photo)]
        nearest_outside = min(shared, default=len(folder))
        for depth in range(1, len(folder) + 1):
            node = self._tree.setdefault(folder[:depth], _Node())
            node.photos += 1
            node.covered += depth > nearest_outside
            if depth < len(folder):
                node.children.add(folder[depth])

    def _holders(self, photo: Photo) -> Iterable[Photo]:
        return (other for other in self._ties.holders(photo) if other.path in self._own)

    def verdicts(self) -> tuple[FolderVerdict, ...]:
        tops = [folder for folder in self._tree if len(folder) == 1]
        chosen = {folder for top in sorted(tops) for folder in self._choose(top)}
        below: dict[Parts, list[Photo]] = {folder: [] for folder in sorted(chosen)}
        for parts, photo in self._photos:
            folder = _within(parts, chosen)
            if folder is not None:
                below[folder].append(photo)
        unread: dict[Parts, list[Problem]] = {}
        for problem in self._snapshot.unreadable:
            folder = _within(_parts(problem.path), chosen)
            if folder is not None:
                unread.setdefault(folder, []).append(problem)
        found = [
            self._verdict(folder, photos, unread.get(folder, ()))
            for folder, photos in below.items()
        ]
        told = [one for one in found if not self._told_as_other(one, found)]
        return tuple(sorted(told, key=lambda one: (-one.bytes, one.folder)))

    def _choose(self, folder: Parts) -> list[Parts]:
        """This tree as a whole, or what is worth telling of its folders."""
        node = self._tree[folder]
        while len(node.children) == 1:  # all is in one folder of it: name that
            inner = (*folder, *node.children)
            if self._tree[inner].photos < node.photos:
                break
            folder, node = inner, self._tree[inner]
        if node.covered >= FEWEST and node.covered >= CLEAR * node.photos:
            return [folder]
        below = [one for name in sorted(node.children) for one in self._choose((*folder, name))]
        if not below and node.covered >= max(FEWEST, MUCH * node.photos):
            return [folder]
        return below

    def _verdict(
        self, folder: Parts, photos: Sequence[Photo], unread: Sequence[Problem]
    ) -> FolderVerdict:
        def outside(other: Photo) -> bool:
            return other.path in self._own and _parts(other.path)[: len(folder)] != folder

        covered, rest = [], []
        for photo in photos:
            verdict = self._ties.judge(photo, outside)
            if verdict.standing is Standing.SAFE:
                covered.append(photo)
            else:
                rest.append(verdict)
        rest += [FileVerdict(p.path, Standing.UNREADABLE, describe_problem(p)) for p in unread]
        other, around = self._other(folder, covered)
        size = sum(photo.stamp.size for photo in covered)
        return FolderVerdict(
            _path(folder), _path(other), around, len(photos) + len(unread), len(covered), size,
            tuple(rest),
        )  # fmt: skip

    def _other(self, folder: Parts, covered: Sequence[Photo]) -> tuple[Parts, bool]:
        """The smallest tree apart from this one that holds nearly all of them, else the smallest
        around all."""
        holding: Counter[Parts] = Counter()
        for photo in covered:
            homes = (_parts(other.path) for other in self._holders(photo))
            apart = {home for home in homes if home[: len(folder)] != folder}
            holding.update({home[:depth] for home in apart for depth in range(1, len(home) + 1)})
        disjoint = {tree: n for tree, n in holding.items() if folder[: len(tree)] != tree}
        most = max(disjoint.values(), default=0)
        if most >= CLEAR * len(covered):
            fit = {tree for tree, n in disjoint.items() if n == most}
            inner = fit - {tree[:depth] for tree in fit for depth in range(1, len(tree))}
            return min(inner, key=self._rank), False
        around = [tree for tree in holding if holding[tree] == len(covered)]
        return max(around, key=len), True

    def _rank(self, folder: Parts) -> tuple[int, bool, int, int, str]:
        """Which of several trees is the one that stays: the lowest."""
        path = _path(folder)
        photo = os.path.join(path, "photo")
        preferred = inside(photo, self._snapshot.preferred)
        place = len(self._snapshot.preferred) if preferred is None else preferred
        exposed = inside(photo, self._snapshot.protected) is None
        return place, exposed, -self._tree[folder].photos, len(path), path

    def _told_as_other(self, one: FolderVerdict, found: Sequence[FolderVerdict]) -> bool:
        """Whether a tree that holds this one's photos is told as held by this one, and this one
        is the one that stays."""
        folder, other = _folder_parts(one.folder), _folder_parts(one.other)
        return any(
            _nested(_folder_parts(that.folder), other)
            and _nested(_folder_parts(that.other), folder)
            and self._rank(folder) < self._rank(_folder_parts(that.folder))
            for that in found
            if that is not one and not one.around and not that.around
        )


def _nested(one: Parts, two: Parts) -> bool:
    shorter = min(len(one), len(two))
    return one[:shorter] == two[:shorter]


def _within(parts: Parts, chosen: set[Parts]) -> Parts | None:
    """The chosen tree that a folder lies in."""
    trees = (parts[:depth] for depth in range(1, len(parts) + 1))
    return next((tree for tree in trees if tree in chosen), None)


def _folder_parts(folder: str) -> Parts:
    return _parts(os.path.join(folder, "photo"))


def _parts(path: str) -> Parts:
    """The folder of a file: its drive and root, then each name."""
    return _folder_of(os.path.dirname(path))


@lru_cache(maxsize=1 << 14)
def _folder_of(folder: str) -> Parts:
    drive, rest = os.path.splitdrive(folder)
    names = [name for name in rest.replace(os.altsep or os.sep, os.sep).split(os.sep) if name]
    return (drive + os.sep, *names)


def _path(folder: Parts) -> str:
    return os.path.join(*folder)


def _shared(one: Parts, two: Parts) -> int:
    """How many components both begin with."""
    count = 0
    for mine, theirs in zip(one, two, strict=False):
        if mine != theirs:
            break
        count += 1
    return count
