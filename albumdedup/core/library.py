"""The verbs that both front ends use. Thin: each hands over to the module that does it."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from albumdedup.core import (
    checking,
    delivery,
    operations,
    pipeline,
    planning,
    recovery,
    renewing,
)
from albumdedup.core.asking import Example, Question
from albumdedup.core.carrying import carried
from albumdedup.core.companions import read_companion
from albumdedup.core.control import Control, ProgressSink, Reporter
from albumdedup.core.decoder.door import Door
from albumdedup.core.delivery import Delivery
from albumdedup.core.embedding import NO_WISH, Embedding, Wish
from albumdedup.core.errors import STORE_TROUBLE, AlbumError, ErrorCode
from albumdedup.core.examination import Examination, Step, examine
from albumdedup.core.examination.known import NEIGHBOURS
from albumdedup.core.examples import Described, describe_examples, read_examples
from albumdedup.core.grouping import Grouper
from albumdedup.core.i18n import _
from albumdedup.core.part import Part
from albumdedup.core.ports import (
    Catalog,
    Decisions,
    Drawer,
    Executor,
    Extractor,
    Journal,
    Products,
    Trash,
    VectorStore,
)
from albumdedup.core.products import NumpyProducts
from albumdedup.core.receipt import Receipt, Rehearsal, receipt, rehearse
from albumdedup.core.reducer import Reducer, measured
from albumdedup.core.reducing import Loss
from albumdedup.core.relatives import RelativeHit, Relatives
from albumdedup.core.scanner import found_file
from albumdedup.core.searching import Searcher
from albumdedup.core.storage import Stored
from albumdedup.core.switching import Switch, SwitchParts, switched
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
    Photo,
    Pixels,
    Plan,
    Problem,
    ReadFile,
    SearchHit,
    SidecarState,
    Snapshot,
    Space,
    SpaceUse,
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
    door: Door
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
    in_order: Callable[[Sequence[FoundFile]], Sequence[FoundFile]] = list
    products: Callable[[], Products] = NumpyProducts
    by_index: bool = False
    vectors_on_server: bool = False
    space: str = ""
    """The embedding that finds the duplicates, by name."""
    first: str = ""
    """Its extractor."""
    renewal: Embedding | None = None
    """From photos to it, for a library that another version described."""
    chosen: Embedding | None = None
    """The one that is to answer, where it is another."""
    embedding: Callable[[Space], Embedding] | None = None
    """From another embedding that the catalog keeps to its extractor; raises AlbumError."""
    wish: Wish = NO_WISH
    reducer: Callable[[str], Reducer] | None = None
    """That of an extractor, by name; raises AlbumError."""
    target: Callable[[], str] | None = None
    """The embedding whose descriptors the vector store holds, by name."""
    drop_stored: Callable[[Sequence[Space]], None] | None = None
    """Take embeddings out of the vector store; raises AlbumError."""


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


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of hits, whether there are ``more`` after it, and the contents of the pictures that
    were looked for."""

    hits: tuple[SearchHit, ...]
    more: bool
    like: tuple[ContentId, ...]


class Library:
    """One data folder, open in this process alone."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.relatives = Relatives(parts.catalog, parts.family)
        self._searcher = Searcher(
            parts.catalog, parts.vectors, parts.space,
            in_memory=not parts.vectors_on_server, stored=parts.target,
        )  # fmt: skip

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
        switch = self._switch()
        delivery = None if switch else Delivery(parts.catalog, parts.vectors)
        self._renew(control, reporter, tell)
        summary = pipeline.index(
            [os.path.abspath(root) for root in roots],
            pipeline.IndexParts(
                parts.catalog, parts.executor, parts.door, parts.extractor,
                delivery, parts.unsettled, parts.reconcile, previews.keep, parts.input_edge,
                parts.batch, parts.commit_seconds, parts.in_order, parts.products,
                parts.by_index, switch,
            ),
            control, reporter, tell,
        )  # fmt: skip
        checked = checking.check_pairs(
            parts.catalog, parts.executor, parts.door, control, reporter, tell, previews
        )
        spent = {**summary.seconds_by_part, "verify": checked.seconds}
        family_trouble = None
        if tell_family and summary.vectors_trouble is None:  # nobody waits twice for a server
            family_trouble = self.relatives.tell(control, sink)
        unread = len(_below(parts.catalog.problems(), roots)) - len(summary.problems)
        summary = dataclasses.replace(
            summary, unread_before=max(0, unread), family_trouble=family_trouble,
            seconds=summary.seconds + checked.seconds, seconds_by_part=spent,
        )  # fmt: skip
        if switch is not None:  # after the check: duplicates need not wait for it
            summary = switched(switch, summary, control, reporter, tell)
        elif parts.catalog.answering() is not None:  # the first embedding is whole: it answers
            parts.catalog.answer_from(None)
            tell()
        reporter.flush()
        return summary

    def snapshot(self) -> Snapshot:
        """All that grouping needs; safe on any thread."""
        catalog, decisions = self._parts.catalog, self._parts.decisions
        units = assemble(catalog.photos(), catalog.companions(), catalog.problems(), datetime.now())
        return Snapshot(
            photos=units.photos,
            matches=tuple(catalog.answers()),
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
        return list(self.ask(Question((Example(image),), top=top)).hits)

    def ask(
        self,
        question: Question,
        control: Control | None = None,
        sink: ProgressSink | None = None,
    ) -> Answer:
        """One page of the photos that a question asks for. What is, byte for byte, a picture to
        look away from is no answer.

        Raises AlbumError(NOT_THERE, NOT_A_PHOTO, NOTHING_SCANNED, WEB_ADDRESS, CROP_UNFIT,
        EXAMPLES_CANCEL), Cancelled."""
        control = control or Control()
        sought = self._sought(question, control, self._looking())
        hits = self._searcher.photos(
            sought.vector, question, frozenset(sought.unlike), control, Reporter(sink)
        )
        page = hits[question.offset : question.offset + question.top]
        return Answer(tuple(page), question.offset + len(page) < len(hits), sought.like)

    def search_family(
        self, question: Question, control: Control | None = None
    ) -> list[RelativeHit]:
        """The most similar photos of the other libraries, best first; of them no folders, days or
        cameras are known, so that the filters are not applied.

        Raises AlbumError as ``ask``, and NO_FAMILY, …; Cancelled."""
        control = control or Control()
        sought = self._sought(question, control, self._finder())
        hits = self.relatives.search(sought.vector, question.top)
        return [hit for hit in hits if hit.similarity >= question.least]

    def _sought(self, question: Question, control: Control, by: Embedding) -> Described:
        door = self._parts.door
        like = read_examples(door, question.like, by.edge, control)
        unlike = read_examples(door, question.unlike, by.edge, control)
        if not self._parts.catalog.has_indexed():
            raise AlbumError(ErrorCode.NOTHING_SCANNED)
        return describe_examples(question, like, unlike, by.describe)

    def search_pixels(self, pixels: Pixels, top: int = 20) -> list[SearchHit]:
        """As ``search``, of a picture that no file holds: uint8[edge, edge, 3] of ``input_edge``.

        Raises AlbumError(NOTHING_SCANNED)."""
        if not self._parts.catalog.has_indexed():
            raise AlbumError(ErrorCode.NOTHING_SCANNED)
        return self.similar_to(self.describe([pixels])[0], top)

    def cameras(self) -> list[str]:
        """The cameras of the library's photos, by name."""
        return sorted({fact.camera for fact in self._searcher.facts().values() if fact.camera})

    @property
    def door(self) -> Door:
        """The way to the pixels of photos."""
        return self._parts.door

    @property
    def input_edge(self) -> int:
        """The side, in pixels, of the squares that are described."""
        return self._looking().edge

    def describe(self, squares: Sequence[Pixels]) -> Descriptors:
        """uint8[edge, edge, 3] each → float32[n, dim] of the embedding that answers. One call at
        a time. Raises AlbumError."""
        return self._looking().describe(squares)

    def similar_to(self, vector: Descriptors, top: int) -> list[SearchHit]:
        """The photos that are most similar to float32[dim], best first; one hit per file. Safe on
        any thread."""
        similarity = dict(self._searcher.most_similar(vector, top))
        hits = [
            SearchHit(photo, similarity[photo.content])
            for photo in self.photos_of(list(similarity))
        ]
        hits.sort(key=lambda hit: (-hit.similarity, hit.photo.content, hit.photo.path))
        return hits[:top]

    def photos_of(self, contents: Sequence[ContentId]) -> list[Photo]:
        """The files of these contents, by path. Safe on any thread."""
        return self._parts.catalog.photos_of(contents)

    def _finder(self) -> Embedding:
        """What finds the duplicates, in this library and in others."""
        parts = self._parts
        return Embedding(Space(parts.space, parts.first, 0), parts.input_edge, parts.extractor)

    def _looking(self) -> Embedding:
        """From a picture to what is searched for: in the embedding that answers."""
        space = self._parts.catalog.answering()
        if space is not None and self._parts.embedding is not None:
            return self._parts.embedding(space)
        return self._finder()

    def _switch(self) -> Switch | None:
        parts = self._parts
        if parts.chosen is None or parts.reducer is None:
            return None
        reducer = parts.reducer(parts.chosen.space.extractor)
        return Switch(self._switch_parts(parts.chosen, reducer, parts.wish))

    def _switch_parts(
        self,
        chosen: Embedding,
        reducer: Reducer,
        wish: Wish = NO_WISH,
        lacking: Callable[[], Sequence[ContentId]] | None = None,
    ) -> SwitchParts:
        parts = self._parts
        return SwitchParts(
            parts.catalog, parts.executor, chosen, parts.vectors, parts.batch,
            parts.commit_seconds, parts.door, parts.products, parts.in_order, reducer, wish,
            chosen.space.extractor == parts.first, parts.drop_stored, lacking,
        )  # fmt: skip

    def _renew(self, control: Control, reporter: Reporter, changed: Callable[[], None]) -> None:
        """Bring a library that another version described up to this one."""
        parts, catalog = self._parts, self._parts.catalog
        before, own = catalog.vector_space(), parts.renewal
        if not before or own is None or parts.reducer is None:
            return
        reducer = parts.reducer(parts.first)
        if before != parts.space and catalog.has_indexed():
            reducer = dataclasses.replace(reducer, source=lambda: catalog.drawer(own.space))
            switch = Switch(self._switch_parts(own, reducer))
            renewing.renew(catalog, switch, control, reporter, changed)
        elif late := catalog.vectorless_contents():
            switch = Switch(self._switch_parts(own, reducer, lacking=lambda: late))
            renewing.describe_late(catalog, switch, late, control, reporter)

    def fit(
        self,
        extractor: str,
        wish: Wish,
        control: Control | None = None,
    ) -> Loss:
        """What a reduction of an extractor's descriptors to ``wish.dim`` dimensions would keep,
        measured on the library itself. Changes nothing and reads no photo.

        Raises AlbumError: NOTHING_DESCRIBED, PCA_TOO_LARGE, PCA_TOO_FEW, EXTRACTOR_UNKNOWN;
        Cancelled."""
        assert self._parts.reducer is not None
        return measured(self._parts.reducer(extractor), wish, control or Control())

    def spaces(self) -> list[SpaceUse]:
        """The embeddings beside the one that finds the duplicates, with what they take."""
        return self._parts.catalog.spaces()

    def forget_space(self, extractor: str) -> int:
        """Free what the descriptors of an extractor take, reduced ones too; returns how many
        bytes of the catalog. Where they answered, those that find the duplicates do. The photos,
        the proven pairs and the decisions stay. Raises AlbumError: SPACE_NEEDED for the extractor
        that finds the duplicates; a code of ``STORE_TROUBLE`` where only the vector store keeps
        them still."""
        if extractor == self._parts.first:
            raise AlbumError(ErrorCode.SPACE_NEEDED, name=extractor)
        gone = [use for use in self.spaces() if use.space.extractor == extractor]
        self._parts.catalog.drop_spaces([use.space.name for use in gone])
        if gone:
            self._parts.catalog.compact()
        if gone and self._parts.drop_stored is not None:
            self._parts.drop_stored([use.space for use in gone])
        return sum(use.bytes for use in gone)

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

    def descriptors(
        self, contents: Sequence[ContentId] | None = None
    ) -> tuple[list[ContentId], Descriptors]:
        """Those of these contents (of all) that are described, ordered, with their descriptors."""
        return self._parts.catalog.vectors(contents)

    def examine(self, path: str, view: View) -> list[Step]:
        """What one file is, and what becomes of it, step by step. Changes nothing.

        Raises AlbumError(NOT_THERE, NOT_A_FILE, NO_RIGHTS)."""
        parts, snapshot = self._parts, self.snapshot()

        def read(found: FoundFile) -> ReadFile:
            return parts.door.read_file(found, parts.input_edge, lambda content: True)

        groups = self.find_groups(view, snapshot)
        return examine(
            path,
            Examination(self.roots(), snapshot, groups, read, self._nearest, datetime.now()),
        )

    def _nearest(self, path: str) -> list[SearchHit]:
        try:
            return self.search(path, NEIGHBOURS)
        except AlbumError as error:
            if error.code is ErrorCode.NOTHING_SCANNED:
                return []
            raise

    def health(self) -> Health:
        """Opens the vector store; for ``doctor``."""
        catalog = self._parts.catalog
        drawer = self._delivered()
        contents = len(drawer.indexed_contents())
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
            len(drawer.waiting_vectors()),
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
        return delivery.move(self._delivered(), target, place, control or Control(), Reporter(sink))

    def _delivered(self) -> Drawer:
        """The drawer whose descriptors the vector store holds."""
        parts = self._parts
        name = parts.space if parts.target is None else parts.target()
        known = (use.space for use in parts.catalog.spaces())
        found = next((space for space in known if space.name == name), None)
        return parts.catalog if found is None else parts.catalog.drawer(found)

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


def _below(problems: Sequence[Problem], roots: Sequence[str]) -> list[Problem]:
    tops = [os.path.join(os.path.abspath(root), "") for root in roots]
    return [p for p in problems if any(os.path.join(p.path, "").startswith(top) for top in tops)]


def _new_companion(path: str) -> list[Companion]:
    try:
        one = read_companion(found_file(path), CompanionKind.XMP)
    except OSError:
        return []  # moved away since: the next scan tells
    return [one] if one is not None else []


def _nobody() -> None:
    """Told of changes when nobody asked."""
