"""The verbs that both front ends use. Thin: each hands over to the module that does it."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from albumdedup.core import checking, delivery, operations, pipeline, planning, recovery
from albumdedup.core.carrying import carried
from albumdedup.core.companions import read_companion
from albumdedup.core.control import Control, ProgressSink, Reporter
from albumdedup.core.decoder import Turn, at_once, read_file
from albumdedup.core.delivery import Delivery
from albumdedup.core.errors import STORE_TROUBLE, AlbumError, ErrorCode
from albumdedup.core.grouping import Grouper
from albumdedup.core.i18n import _, describe_problem
from albumdedup.core.part import Part
from albumdedup.core.ports import (
    Catalog,
    Decisions,
    Executor,
    Extractor,
    Journal,
    Products,
    Trash,
    VectorStore,
)
from albumdedup.core.products import NumpyProducts
from albumdedup.core.receipt import Receipt, Rehearsal, receipt, rehearse
from albumdedup.core.relatives import RelativeHit, Relatives
from albumdedup.core.scanner import found_file
from albumdedup.core.searching import Searcher
from albumdedup.core.storage import Stored
from albumdedup.core.telling import Family
from albumdedup.core.types import (
    PROVEN_TIERS,
    Companion,
    CompanionKind,
    ContentId,
    Descriptors,
    FoundFile,
    Group,
    IndexSummary,
    ItemState,
    NewSidecar,
    Operation,
    OperationReport,
    Plan,
    SearchHit,
    SidecarState,
    Snapshot,
    Tier,
    View,
)
from albumdedup.core.units import assemble, newcomers
from albumdedup.core.verdicts import CardVerdict, FolderVerdict, judge_card, judge_folders


@dataclass(frozen=True, slots=True)
class Parts:
    """What a library is made of; picked in ``assembly``. Factories open at first use."""

    catalog: Catalog
    decisions: Decisions
    journal: Journal
    executor: Executor
    extractor: Callable[[], Extractor]
    vectors: Callable[[], VectorStore]
    unsettled: Callable[[], bool]
    reconcile: Callable[[], bool]
    trash: Callable[[str | None], Trash]
    family: Family
    input_edge: int
    batch: int
    commit_seconds: float
    stored: Callable[[], tuple[Stored, ...]] = tuple
    closers: tuple[Callable[[], None], ...] = ()
    turn: Turn = at_once
    in_order: Callable[[Sequence[FoundFile]], Sequence[FoundFile]] = list
    products: Callable[[], Products] = NumpyProducts
    by_index: bool = False
    vectors_on_server: bool = False
    space: str = ""
    """The embedding of the extractor, by name."""


@dataclass(frozen=True, slots=True)
class Health:
    """How the stores stand to each other; ``pending``, ``unmatched`` and ``waiting`` are mended by
    a scan. ``trouble`` is why the vector store could not be asked."""

    contents: int
    vectors: int
    pending: int
    unmatched: int
    waiting: int = 0
    trouble: AlbumError | None = None


class Library:
    """One data folder, open in this process alone."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.relatives = Relatives(parts.catalog, parts.family)
        self._searcher = Searcher(
            parts.catalog, parts.vectors, parts.space, in_memory=not parts.vectors_on_server
        )

    def index(
        self,
        roots: Sequence[str],
        control: Control | None = None,
        sink: ProgressSink | None = None,
        changed: Callable[[], None] | None = None,
        *,
        tell_family: bool = True,
    ) -> IndexSummary:
        """Scan folders into the library. ``changed`` is called, on the calling thread, after
        each commit that may have made new groups. Raises AlbumError, Cancelled."""
        parts, control, reporter = self._parts, control or Control(), Reporter(sink)
        tell, previews = changed or _nobody, checking.Previews()
        summary = pipeline.index(
            [os.path.abspath(root) for root in roots],
            pipeline.IndexParts(
                parts.catalog, parts.executor, parts.extractor,
                Delivery(parts.catalog, parts.vectors), parts.unsettled, parts.reconcile,
                previews.keep, parts.input_edge, parts.batch, parts.commit_seconds, parts.turn,
                parts.in_order, parts.products, parts.by_index,
            ),
            control, reporter, tell,
        )  # fmt: skip
        checked = checking.check_pairs(
            parts.catalog, parts.executor, control, reporter, tell, previews
        )
        reporter.flush()
        spent = {**summary.seconds_by_part, "verify": checked.seconds}
        family_trouble = None
        if tell_family and summary.vectors_trouble is None:  # nobody waits twice for a server
            family_trouble = self.relatives.tell(control, sink)
        return dataclasses.replace(
            summary, seconds=summary.seconds + checked.seconds, seconds_by_part=spent,
            family_trouble=family_trouble,
        )  # fmt: skip

    def snapshot(self) -> Snapshot:
        """All that grouping needs; safe on any thread."""
        catalog, decisions = self._parts.catalog, self._parts.decisions
        units = assemble(catalog.photos(), catalog.companions(), catalog.problems(), datetime.now())
        return Snapshot(
            photos=units.photos,
            matches=tuple(catalog.matches()),
            unreadable=units.unreadable,
            not_duplicates=decisions.not_duplicates(),
            protected=decisions.protected(),
            preferred=decisions.preferred(),
            skipped=catalog.skipped(),
            loose=units.loose,
        )

    def find_groups(
        self,
        view: View,
        snapshot: Snapshot | None = None,
        removable: frozenset[Tier] = PROVEN_TIERS,
    ) -> list[Group]:
        return Grouper(snapshot or self.snapshot()).group(view, removable)

    def card(
        self,
        folder: str,
        control: Control | None = None,
        snapshot: Snapshot | None = None,
        *,
        all_files: bool = False,
    ) -> CardVerdict:
        """Whether a folder is safe to erase, as the disk is now; scan it first. Changes nothing.
        With ``all_files`` what is no photo is looked for byte by byte in the scanned folders.

        Raises AlbumError(NOT_THERE, NOT_A_FOLDER), Cancelled."""
        place = os.path.abspath(folder)
        if not os.path.isdir(place):
            there = os.path.lexists(place)
            raise AlbumError(ErrorCode.NOT_A_FOLDER if there else ErrorCode.NOT_THERE, path=place)
        roots = self._parts.catalog.roots() if all_files else []
        return judge_card(snapshot or self.snapshot(), place, control or Control(), roots)

    def folders(self, snapshot: Snapshot | None = None) -> tuple[FolderVerdict, ...]:
        """The trees whose photos are, mostly, elsewhere in the library too."""
        return judge_folders(snapshot or self.snapshot())

    def find_groups_carrying(
        self,
        view: View,
        snapshot: Snapshot | None = None,
        removable: frozenset[Tier] = PROVEN_TIERS,
    ) -> tuple[list[Group], tuple[NewSidecar, ...]]:
        """The groups as they are once the metadata that only copies have is carried over, and the
        sidecars that would hold it: hand both to ``plan``. Reads those copies; writes nothing."""
        snapshot = snapshot or self.snapshot()
        groups = Grouper(snapshot).group(view, removable)
        richer, sidecars = carried(snapshot, groups, removable)
        return (Grouper(richer).group(view, removable) if sidecars else groups), sidecars

    def plan(
        self,
        groups: Sequence[Group],
        tiers: frozenset[Tier] = PROVEN_TIERS,
        target: str | None = None,
        sidecars: Sequence[NewSidecar] = (),
    ) -> Plan:
        """The clean-up that takes every member whose role is REMOVE and whose tier is among
        ``tiers``. Raises AlbumError(PLAN_REFUSED, TARGET_INSIDE_ALBUM)."""
        where = os.path.abspath(target) if target is not None else None
        if where is not None:
            self._refuse_inside_album(where)
        plan = planning.plan_clean(groups, tiers, where, self._parts.decisions.protected())
        self._refuse_newcomers(plan)
        stay = {item.survivor.path for item in plan.items}
        return dataclasses.replace(
            plan, sidecars=tuple(one for one in sidecars if one.keeper in stay)
        )

    def clean(
        self, plan: Plan, control: Control | None = None, sink: ProgressSink | None = None
    ) -> OperationReport:
        """Move what the plan lists; every step is journalled before it happens."""
        parts = self._parts
        report = operations.apply(
            plan, parts.journal, parts.trash(plan.target), parts.decisions.protected(),
            control or Control(), Reporter(sink), parts.executor,
        )  # fmt: skip
        self._note_moves(parts.journal.operation(report.operation_id))
        return report

    def undo(
        self,
        operation_id: int | None = None,
        control: Control | None = None,
        sink: ProgressSink | None = None,
        part: Part = operations.EVERYTHING,
    ) -> OperationReport:
        """Put an operation, or a part of it, back; by default the last one that has something of
        it to put back. Raises AlbumError(NOTHING_TO_UNDO, NOT_IN_OPERATION)."""
        journal = self._parts.journal
        if operation_id is None:
            operation_id = operations.last_with(part, journal).id
        operation = journal.operation(operation_id)
        report = operations.undo(
            operation, journal, self._parts.trash(operation.target), control or Control(),
            Reporter(sink), part,
        )  # fmt: skip
        self._note_moves(journal.operation(operation_id))
        return report

    def history(self) -> list[Operation]:
        return self._parts.journal.operations()

    def receipt(
        self,
        operation_id: int,
        control: Control | None = None,
        sink: ProgressSink | None = None,
    ) -> Receipt:
        """What a clean-up did, as the disk shows it now. Raises AlbumError(UNKNOWN_OPERATION)."""
        operation = self._parts.journal.operation(operation_id)
        return receipt(
            operation, self._parts.executor, control or Control(), datetime.now(), Reporter(sink)
        )

    def rehearse(
        self, operation_id: int, count: int = 20, seed: int = 1, control: Control | None = None
    ) -> tuple[Rehearsal, ...]:
        """Restore some removed files on trial; they stay where they are. Raises
        AlbumError(UNKNOWN_OPERATION), Cancelled."""
        operation = self._parts.journal.operation(operation_id)
        trash = self._parts.trash(operation.target)
        return rehearse(operation, trash, count, seed, control or Control())

    def recover(self) -> list[Operation]:
        """After a crash: settle every half-done move by looking at the disk; returns the
        operations that were unfinished. Called once by ``assembly.build``."""
        settled = recovery.recover(self._parts.journal, self._parts.trash)
        for operation in settled:
            self._note_moves(operation)
        return settled

    def search(self, image: str, top: int = 20) -> list[SearchHit]:
        """The most similar photos of the library, best first; one hit per file.

        Raises AlbumError(NOT_THERE, NOT_A_PHOTO, NOTHING_SCANNED)."""
        vector = self._described(image)
        similarity = dict(self._searcher.most_similar(vector, top))
        hits = [
            SearchHit(photo, similarity[photo.content])
            for photo in self._parts.catalog.photos_of(list(similarity))
        ]
        hits.sort(key=lambda hit: (-hit.similarity, hit.photo.path))
        return hits[:top]

    def search_family(self, image: str, top: int = 20) -> list[RelativeHit]:
        """The most similar photos of the other libraries, best first.

        Raises AlbumError(NOT_THERE, NOT_A_PHOTO, NOTHING_SCANNED, NO_FAMILY, …)."""
        return self.relatives.search(self._described(image), top)

    def _described(self, image: str) -> Descriptors:
        """float32[dim]"""
        parts = self._parts
        path = os.path.abspath(image)
        if not os.path.exists(path):
            raise AlbumError(ErrorCode.NOT_THERE, path=path)
        read = read_file(found_file(path), parts.input_edge, lambda content: True)
        if read.picture is None:
            detail = describe_problem(read.problem) if read.problem else ""
            raise AlbumError(ErrorCode.NOT_A_PHOTO, path=path, detail=detail)
        if not parts.catalog.has_indexed():
            raise AlbumError(ErrorCode.NOTHING_SCANNED)
        vector: Descriptors = parts.extractor().extract([read.picture.pixels])[0]
        return vector

    @property
    def decisions(self) -> Decisions:
        return self._parts.decisions

    def forget(self, folder: str) -> int:
        """Drop a folder from the library (never from the disk); returns the number of files."""
        return self._parts.catalog.forget_folder(os.path.abspath(folder))

    def clear(self) -> int:
        """Forget every folder and what was found there; returns the number of files. No photo is
        touched; decisions and the history with its way back stay."""
        catalog = self._parts.catalog
        contents = [*catalog.indexed_contents(), *catalog.pending_contents()]
        files = sum(catalog.forget_folder(root) for root in catalog.roots())
        catalog.forget_contents(contents)
        if contents:
            try:
                self._parts.vectors().delete(contents)
            except AlbumError as error:
                if error.code not in STORE_TROUBLE:  # else the next scan deletes them there
                    raise
        return files

    def roots(self) -> list[str]:
        """The scanned folders."""
        return self._parts.catalog.roots()

    def stored(self) -> tuple[Stored, ...]:
        """What the library keeps on this computer, where, and how large it is."""
        return self._parts.stored()

    def descriptors(self, contents: Sequence[ContentId]) -> tuple[list[ContentId], Descriptors]:
        """Those of these contents that are described, ordered, with their descriptors."""
        return self._parts.catalog.vectors(contents)

    def health(self) -> Health:
        """Opens the vector store; for ``doctor``."""
        catalog = self._parts.catalog
        contents = len(catalog.indexed_contents())
        stored, trouble = 0, None
        try:
            stored = self._parts.vectors().count() if contents else 0
        except AlbumError as error:
            trouble = error
        return Health(
            contents,
            stored,
            len(catalog.pending_contents()),
            len(catalog.unmatched_contents()),
            len(catalog.waiting_vectors()),
            trouble,
        )

    def move_vectors(
        self,
        target: VectorStore,
        place: str,
        control: Control | None = None,
        sink: ProgressSink | None = None,
    ) -> int:
        """Bring all descriptors into another store, which is the library's from then on; returns
        how many. No photo is read, and the old store stays as it is. Raises AlbumError,
        Cancelled."""
        self._parts.reconcile()
        return delivery.move(
            self._parts.catalog, target, place, control or Control(), Reporter(sink)
        )

    def try_trash(self, folder: str, target: str | None = None) -> None:
        """Put a small file of ours through the trash. Raises AlbumError(TRASH_FAILED)."""
        self._parts.trash(target).try_volume(os.path.join(folder, "photo"))

    def close(self) -> None:
        for closer in self._parts.closers:
            closer()

    def _note_moves(self, operation: Operation) -> None:
        """Let the catalog follow what an operation did on disk."""
        gone = [i.item.victim.path for i in operation.items if i.state is ItemState.MOVED]
        back = {
            i.item.victim.path: i.restored_to or i.item.victim.path
            for i in operation.items
            if i.state in (ItemState.RESTORED, ItemState.RESTORED_BESIDE)
        }
        catalog = self._parts.catalog
        catalog.remove_files(gone)
        catalog.restore_files(back)
        written = [s.sidecar.path for s in operation.sidecars if s.state is SidecarState.WRITTEN]
        catalog.save_companions([one for path in written for one in _new_companion(path)])
        catalog.remove_companions(
            [s.sidecar.path for s in operation.sidecars if s.state is SidecarState.TAKEN_BACK]
        )

    def _refuse_newcomers(self, plan: Plan) -> None:
        """Raises AlbumError(PLAN_REFUSED) where a file came to lie beside a photo since the scan:
        the plan would leave it behind."""
        victims = [item.victim.path for item in plan.photos]
        folders = sorted({os.path.dirname(path) for path in victims})
        catalog = self._parts.catalog
        known = catalog.known_companions(folders).keys() | set(victims)
        known |= catalog.known_files(folders).keys()  # a RAW may be a photo of its own
        for photo, other in newcomers(victims, known)[:1]:
            why = _("{path} came to lie beside {photo} since the scan").format(
                path=other, photo=os.path.basename(photo)
            )
            raise AlbumError(ErrorCode.PLAN_REFUSED, detail=why)

    def _refuse_inside_album(self, target: str) -> None:
        real = os.path.realpath(target)
        for root in self._parts.catalog.roots():
            inside = os.path.realpath(root)
            if real == inside or real.startswith(os.path.join(inside, "")):
                raise AlbumError(ErrorCode.TARGET_INSIDE_ALBUM, path=target)


def _new_companion(path: str) -> list[Companion]:
    try:
        one = read_companion(found_file(path), CompanionKind.XMP)
    except OSError:
        return []  # moved away since: the next scan tells
    return [one] if one is not None else []


def _nobody() -> None:
    """Told of changes when nobody asked."""
