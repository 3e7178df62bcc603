"""A library, open in a script or a notebook."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from albumdedup.api.answers import CleanUp, NearPair
from albumdedup.api.checks import (
    folders_of,
    number_of,
    path_of,
    picture_of,
    rule_of,
    similarity_of,
    tiers_of,
)
from albumdedup.api.near import near_pairs
from albumdedup.api.watching import told, watched
from albumdedup.assembly import Opened, build, thread_executor
from albumdedup.core.control import ProgressSink
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.executors import ThreadExecutor
from albumdedup.core.i18n import family_sentence
from albumdedup.core.paths import LIBRARY_VARIABLE, AppPaths
from albumdedup.core.settings import load
from albumdedup.core.types import (
    PROVEN_TIERS,
    ContentId,
    Descriptors,
    Group,
    IndexSummary,
    Operation,
    OperationReport,
    Photo,
    SearchHit,
    Tier,
    View,
)

if TYPE_CHECKING:
    from PIL import Image

STRICT = 0.98
"""From here up two photos are nearly always one, stored again."""
SIMILAR = 0.90
"""Alike enough to be looked at together; sensible values lie between 0.85 and 0.95."""

_MAY_GO = frozenset(Tier) - {Tier.SIMILAR}


@dataclass(frozen=True, slots=True)
class _Shown:
    """A group with what was asked for when it was answered."""

    group: Group
    view: View
    removable: frozenset[Tier]


def open(library: str | os.PathLike[str] | None = None) -> Library:
    """Open a library, by default that of the window and the commands (``ALBUMDEDUP_LIBRARY``, else
    the platform's user data); it is made where it is missing. Until it is closed nobody else can
    open it.

    Raises AlbumError: LIBRARY_BUSY, LIBRARY_READ_ONLY, LIBRARY_UNUSABLE, LIBRARY_NEWER.
    """
    with told():
        named = library if library is not None else os.environ.get(LIBRARY_VARIABLE)
        paths = AppPaths(Path(path_of(named, "library"))) if named else AppPaths.default()
        settings = load(paths.settings).settings
        executor = thread_executor(settings)
        try:
            return Library(build(paths, settings, executor), executor)
        except BaseException:
            executor.close()
            raise


class Library:
    """Made by ``open``; use it as a context manager, or ``close`` it. For one thread at a time.

    Every method may raise AlbumError, whose sentence ``albumdedup.describe`` makes.
    """

    def __init__(self, opened: Opened, executor: ThreadExecutor) -> None:
        self._library = opened.library
        self._executor = executor
        self._shown: dict[str, _Shown] = {}
        self.interrupted: tuple[Operation, ...] = opened.interrupted
        """Clean-ups that a crash had left half-way: settled now, and to be undone if you like."""

    def scan(
        self,
        folders: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
        progress: ProgressSink | None = None,
    ) -> IndexSummary:
        """Look through folders for new and changed photos; nothing in them is changed. Files that
        cannot be read are in the summary (``problems``), and so are folders that are not there
        (``missing_roots``). Raises AlbumError(ROOT_REFUSED), and NOT_THERE where no folder is."""
        with watched(progress) as (control, tell):
            named = folders_of(folders)
            self._shown.clear()
            summary = self._library.index(named, control, tell)
            if named and len(summary.missing_roots) == len(named):
                raise AlbumError(ErrorCode.NOT_THERE, path=summary.missing_roots[0])
            return summary

    def find_duplicates(
        self, threshold: float = SIMILAR, top_k: int | None = None
    ) -> tuple[NearPair, ...]:
        """Pairs of photos that are at least ``threshold`` alike, nearest first; with ``top_k``
        only those among the ``top_k`` nearest of one of both. Of files with identical bytes each
        is paired with the first. A pair says nothing of what may go: ``groups`` does."""
        with told():
            lowest = similarity_of(threshold, "threshold")
            most = None if top_k is None else number_of(top_k, "top_k")
            return near_pairs(self._library.snapshot(), lowest, most)

    def groups(
        self,
        tiers: Iterable[Tier | str] = tuple(Tier),
        similarity: float = SIMILAR,
        keep: str = "oldest",
        removable: Iterable[Tier | str] = tuple(PROVEN_TIERS),
    ) -> tuple[Group, ...]:
        """The groups of these tiers, each around the photo that stays by the rule ``keep`` (or a
        chain: ``"preferred,oldest"``). Only members of the tiers ``removable`` have the role
        REMOVE; similar shots never do."""
        with told():
            view = View(tiers_of(tiers), similarity_of(similarity, "similarity"), rule_of(keep))
            return self._show(view, tiers_of(removable))

    def clean(
        self,
        what: str | Group | Iterable[str | Group],
        keep: str | None = None,
        to: str | os.PathLike[str] | None = None,
        apply: bool = False,
        progress: ProgressSink | None = None,
    ) -> CleanUp:
        """Plan to take the members with the role REMOVE of these groups (or their ids, as
        ``groups`` answered them); with ``apply`` move them to the trash, or to the folder ``to``.
        ``keep`` chooses anew which copy stays.

        Right before each file moves, it and its survivor are checked on disk; what is not as it
        was is skipped (``problems``). Raises AlbumError before anything moved: UNKNOWN_GROUP,
        PLAN_REFUSED, TARGET_INSIDE_ALBUM, TARGET_UNUSABLE, TRASH_FAILED.
        """
        with watched(progress) as (control, tell):
            groups = self._chosen(what, keep)
            target = None if to is None else path_of(to, "to")
            plan = self._library.plan(groups, _MAY_GO, target)
            if not apply or not plan.items:
                return CleanUp(plan)
            self._shown.clear()
            report = self._library.clean(plan, control, tell)
            problems = (*report.problems, *self._tell_family())
            return CleanUp(plan, self._operation(report.operation_id), problems)

    def undo(
        self,
        operation: CleanUp | Operation | int | None = None,
        progress: ProgressSink | None = None,
    ) -> OperationReport:
        """Put an operation back, by default the last one. Raises AlbumError(NOTHING_TO_UNDO,
        UNKNOWN_OPERATION)."""
        with watched(progress) as (control, tell):
            number = _number(operation)
            self._shown.clear()
            report = self._library.undo(number, control, tell)
            return replace(report, problems=(*report.problems, *self._tell_family()))

    def history(self) -> tuple[Operation, ...]:
        """All clean-ups, the newest first, with what became of each file."""
        with told():
            return tuple(self._library.history())

    def search(
        self,
        image: str | os.PathLike[str] | bytes | Image.Image | NDArray[np.uint8],
        top: int = 20,
    ) -> tuple[SearchHit, ...]:
        """The photos most similar to a picture, best first: a path, the bytes of a file, a PIL
        image, or an array uint8[h, w], [h, w, 3] (RGB) or [h, w, 4]. Raises AlbumError:
        NOT_THERE, NOT_A_PHOTO, NOTHING_SCANNED."""
        with told():
            most = number_of(top, "top")
            if isinstance(image, str | os.PathLike):
                return tuple(self._library.search(path_of(image, "image"), most))
            pixels = picture_of(image, self._library)
            return tuple(self._library.search_pixels(pixels, most))

    def photos(self) -> tuple[Photo, ...]:
        """All photos of the library, by path."""
        with told():
            return self._library.snapshot().photos

    def vectors(self) -> tuple[list[ContentId], Descriptors]:
        """All descriptors: content ids (``Photo.content``), ordered, and float32[n, dim] with rows
        of norm 1; a copy that is yours. Their similarity is the inner product."""
        with told():
            ids, rows = self._library.descriptors()
            return ids, np.array(rows, np.float32, copy=True)

    def close(self) -> None:
        """Let go of the library; twice does no harm."""
        self._library.close()
        self._executor.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _show(self, view: View, removable: frozenset[Tier]) -> tuple[Group, ...]:
        groups = self._library.find_groups(view, None, removable)
        self._shown = {group.id: _Shown(group, view, removable) for group in groups}
        return tuple(groups)

    def _chosen(self, what: str | Group | Iterable[str | Group], keep: str | None) -> list[Group]:
        """The groups as they were answered; with ``keep`` as that rule makes them, which must be
        the same photos."""
        single = isinstance(what, str | Group)
        wanted: Sequence[Any] = [what] if single else list(what)  # type: ignore[arg-type]
        if keep is None:
            return [one if isinstance(one, Group) else self._known(one).group for one in wanted]
        rule = rule_of(keep)
        shown = [self._known(one.id if isinstance(one, Group) else one) for one in wanted]
        anew: dict[tuple[View, frozenset[Tier]], dict[str, Group]] = {}
        chosen = []
        for one in shown:
            key = replace(one.view, rule=rule), one.removable
            if key not in anew:
                groups = self._library.find_groups(key[0], None, key[1])
                anew[key] = {group.id: group for group in groups}
            if one.group.id not in anew[key]:
                raise AlbumError(ErrorCode.UNKNOWN_GROUP, name=one.group.id)
            chosen.append(anew[key][one.group.id])
        return chosen

    def _known(self, group_id: object) -> _Shown:
        shown = self._shown.get(group_id) if isinstance(group_id, str) else None
        if shown is None:
            raise AlbumError(ErrorCode.UNKNOWN_GROUP, name=str(group_id))
        return shown

    def _tell_family(self) -> tuple[str, ...]:
        """Files came or went: let the other libraries know; why they could not be told."""
        trouble = self._library.relatives.tell()
        return () if trouble is None else (family_sentence(trouble),)

    def _operation(self, number: int) -> Operation:
        return next(one for one in self._library.history() if one.id == number)


def _number(operation: CleanUp | Operation | int | None) -> int | None:
    """Raises AlbumError(NOTHING_TO_UNDO) for a clean-up that moved nothing."""
    if isinstance(operation, CleanUp):
        if operation.operation is None:
            raise AlbumError(ErrorCode.NOTHING_TO_UNDO)
        return operation.operation.id
    return operation.id if isinstance(operation, Operation) else operation
