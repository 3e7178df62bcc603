"""The only place that picks classes: from paths and settings to an open library."""

from __future__ import annotations

import os
import platform
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from albumdedup import __version__
from albumdedup.core.control import Control, ProgressSink
from albumdedup.core.decoder.door import Door
from albumdedup.core.decoders import decoders_stamp
from albumdedup.core.embedding import Embedding, Wish
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.executors import ThreadExecutor
from albumdedup.core.family import Place
from albumdedup.core.i18n import _
from albumdedup.core.library import Library, Parts
from albumdedup.core.paths import AppPaths
from albumdedup.core.ports import Executor, Extractor, FamilyStore, Lane, VectorStore
from albumdedup.core.reducer import Reducer
from albumdedup.core.reducing import Reduction
from albumdedup.core.settings import JOIN_INDEX, Settings
from albumdedup.core.storage import measure
from albumdedup.core.telling import Family
from albumdedup.core.types import ExtractorSpec, Operation, Space
from albumdedup.ml.accelerator import open_products
from albumdedup.ml.registry import DEFAULT, create, spec_of
from albumdedup.store import reconcile
from albumdedup.store.catalog import SqliteCatalog, open_catalog
from albumdedup.store.database import Database
from albumdedup.store.decisions import SqliteDecisions, library_id, open_decisions
from albumdedup.store.family import SqliteFamilyBook
from albumdedup.store.journal import SqliteJournal
from albumdedup.store.lock import LibraryLock
from albumdedup.store.reductions import Reductions, spec_of_reduced
from albumdedup.store.vector_index import collection_name, indexing
from albumdedup.system.drives import Readers
from albumdedup.system.isolation.in_hand import InHandFile
from albumdedup.system.isolation.pool import Workers, most_workers
from albumdedup.system.trash import open_trash

T = TypeVar("T")


class Once(Generic[T]):
    """Makes a thing at first use, whichever thread asks first."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: list[T] = []

    def __call__(self) -> T:
        with self._lock:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]


class Extractors:
    """Each made at first use, once."""

    def __init__(self, make: Callable[[str], Extractor]) -> None:
        self._make = make
        self._made: dict[str, Once[Extractor]] = {}

    def __call__(self, name: str) -> Extractor:
        return self._made.setdefault(name, Once(partial(self._make, name)))()


class CurrentStore:
    """The vector store, opened at first use. It holds one embedding's descriptors at a time: when
    another is wanted it is opened anew."""

    def __init__(
        self,
        make: Callable[[ExtractorSpec], VectorStore],
        wanted: Callable[[], ExtractorSpec],
    ) -> None:
        self._make, self._wanted = make, wanted
        self._lock = threading.Lock()
        self._made: tuple[ExtractorSpec, VectorStore] | None = None

    def __call__(self) -> VectorStore:
        return self.of(self._wanted())

    def of(self, wanted: ExtractorSpec) -> VectorStore:
        with self._lock:
            if self._made is None or self._made[0] != wanted:
                self._close()
                self._made = wanted, self._make(wanted)
            return self._made[1]

    def close(self) -> None:
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._made is not None:
            self._made[1].close()
            self._made = None


class Embeddings:
    """From the spaces of a catalog to what describes a photo in them."""

    def __init__(
        self, extractors: Callable[[str], Extractor], reductions: Reductions, models: Path
    ) -> None:
        self._extractors, self._reductions, self._models = extractors, reductions, models
        self._reduced: dict[str, Once[Reduction]] = {}

    def own(self, spec: ExtractorSpec) -> Embedding:
        """An extractor's own space."""
        space = Space(collection_name(spec), spec.name, spec.dim, spec.floor, spec.similar)
        return Embedding(space, spec.input_edge, partial(self._extractors, spec.name))

    def of(self, space: Space) -> Embedding:
        """Raises AlbumError: SPACE_OUTDATED where its extractor is another one now,
        EXTRACTOR_UNKNOWN, PCA_DAMAGED."""
        own = self.own(spec_of(space.extractor, self._models))
        if own.space.name != (space.source or space.name):
            raise AlbumError(ErrorCode.SPACE_OUTDATED, name=space.extractor)
        if not space.source:
            return own
        load = partial(self._reductions.load, space)
        reduction = self._reduced.setdefault(space.name, Once(load))()
        return Embedding(space, own.edge, own.extractor, reduction.apply)


@dataclass(frozen=True, slots=True)
class Opened:
    """A library with what its opening found: settled crashes, and a catalog made anew.
    ``open_store`` opens the vector store at another address."""

    library: Library
    interrupted: tuple[Operation, ...]
    catalog_rebuilt: bool
    open_store: Callable[[Settings], VectorStore]


def torch_threads(settings: Settings) -> int:
    """One core in four describes, the others decode: measured best on 2 cores, where two
    decoding threads beside one describing give 125 photos/s and any other split less."""
    return settings.torch_threads or max(1, (os.cpu_count() or 2) // 4)


def lane_widths(settings: Settings) -> dict[Lane, int]:
    """How many threads each lane has. Up to four cores there is one decoding thread more than
    cores are left: it fills the gaps of reading."""
    cores = os.cpu_count() or 2
    spare = cores - torch_threads(settings) + (1 if cores <= 4 else 0)
    decode = settings.decode_threads or max(1, min(spare, 16))
    return {
        Lane.LIBRARY: 1, Lane.DECODE: decode, Lane.DELIVERY: 1, Lane.THUMBS: 2, Lane.FILES: 1,
    }  # fmt: skip


def build(
    paths: AppPaths,
    settings: Settings,
    executor: Executor,
    *,
    extractor: Callable[[], Extractor] | None = None,
    vectors: Callable[[], VectorStore] | None = None,
    other: Callable[[str], Extractor] | None = None,
    worker: Sequence[str] | None = None,
) -> Opened:
    """Open the library. ``extractor`` (the one that finds the duplicates), ``other`` (any by its
    name), ``vectors`` and ``worker``, the command that starts one that decodes, replace the real
    ones in tests.

    Raises AlbumError: LIBRARY_BUSY, LIBRARY_READ_ONLY, LIBRARY_UNUSABLE, LIBRARY_NEWER,
    EXTRACTOR_UNKNOWN, EXTRACTOR_MISSPELT, INDEX_UNFIT.
    """
    first, chosen = spec_of(DEFAULT), spec_of(settings.extractor, paths.models)
    indexed = indexing(settings)
    lock = LibraryLock(paths)
    lock.acquire()
    with ExitStack() as undo:
        undo.callback(lock.release)
        catalog, rebuilt = open_catalog(paths.catalog)
        undo.callback(catalog.close)
        catalog.use_vector_place(settings.vector_uri)
        catalog.use_decoders(decoders_stamp(__version__))
        database = open_decisions(paths.decisions)
        undo.pop_all()

    def open_extractor(name: str) -> Extractor:
        if other is not None and name != first.name:
            return other(name)
        return create(name, settings.device, torch_threads(settings), paths.models)

    extractors = Extractors(open_extractor)
    reductions = Reductions(paths.reductions)
    embeddings = Embeddings(extractors, reductions, paths.models)
    wish = Wish(settings.pca, settings.pca_whiten)

    def reducer(name: str) -> Reducer:
        spec = spec_of(name, paths.models)
        own = embeddings.own(spec).space
        source = (lambda: catalog) if spec == first else partial(catalog.drawer, own)
        return Reducer(catalog, own, source, reductions.load, partial(reductions.save, spec))

    def target() -> ExtractorSpec:
        """Whose descriptors the vector store is to hold."""
        reduced = reducer(chosen.name).space(wish) if wish.dim else None
        return chosen if reduced is None else spec_of_reduced(chosen, reduced)

    def open_at(where: Settings, spec: ExtractorSpec) -> VectorStore:
        from albumdedup.store.milvus import MilvusStore
        from albumdedup.store.milvus_connection import Address

        library, address = "", Address(str(paths.vectors))
        if where.vector_uri:
            library = library_id(database)
            address = Address(where.vector_uri, where.vector_token, where.vector_certificate)
        return MilvusStore(
            address, spec, library=library, indexes=indexed.choices, metric=indexed.metric
        )

    def open_store(where: Settings) -> VectorStore:
        return open_at(where, target())

    def open_vectors(spec: ExtractorSpec) -> VectorStore:
        return open_at(settings, spec) if vectors is None else vectors()

    readers = Readers()
    in_hand = _what_was_in_hand(paths, catalog)
    workers = Workers(most_workers(executor.width(Lane.DECODE)), command=worker)
    door = Door(workers, catalog, in_hand, __version__, turn=readers)
    store, space = CurrentStore(open_vectors, target), collection_name(first)
    plain = chosen == first and not wish.dim
    finder = Once(extractor or partial(extractors, first.name))
    family = _family(settings, first, space, database)

    def repair() -> bool:
        return bool(reconcile.run(catalog, lambda: store.of(first), space).forget)

    def drop_stored(gone: Sequence[Space]) -> None:
        for one in gone:
            reductions.remove(one)
        store().drop_spaces([one.name for one in gone])

    library = Library(
        Parts(
            catalog=catalog,
            decisions=SqliteDecisions(database),
            journal=SqliteJournal(database),
            executor=executor,
            door=door,
            extractor=finder,
            vectors=store,
            unsettled=partial(reconcile.needs_repair, catalog, space, delivered=plain),
            reconcile=repair,
            trash=open_trash,
            family=family,
            input_edge=first.input_edge,
            batch=settings.batch,
            commit_seconds=settings.commit_seconds,
            stored=partial(measure, paths, settings.vector_uri),
            closers=(
                *(door.close, in_hand.close, store.close),
                *(catalog.close, database.close, lock.release),
            ),
            in_order=readers.in_order,
            products=Once(partial(open_products, settings.device)),
            by_index=settings.join == JOIN_INDEX and bool(settings.vector_uri) and plain,
            vectors_on_server=bool(settings.vector_uri),
            space=space,
            first=first.name,
            renewal=replace(embeddings.own(first), extractor=finder),
            chosen=None if plain else embeddings.own(chosen),
            embedding=embeddings.of,
            wish=wish,
            reducer=reducer,
            target=lambda: collection_name(target()),
            drop_stored=drop_stored,
        )
    )
    return Opened(library, tuple(library.recover()), rebuilt, open_store)


def _family(settings: Settings, spec: ExtractorSpec, space: str, database: Database) -> Family:
    """What other libraries of the same server are told; opened at first use."""
    in_family = settings.vector_uri and settings.vector_family

    def open_store(place: Place) -> FamilyStore:
        from albumdedup.store.milvus_connection import Address
        from albumdedup.store.milvus_family import MilvusFamily

        address = Address(place.uri, settings.vector_token, settings.vector_certificate)
        return MilvusFamily(address, place, spec, library_id(database))

    return Family(
        Place(settings.vector_uri, settings.vector_family, space) if in_family else None,
        library_id(database) if in_family else "",
        settings.library_label or platform.node() or _("this computer"),
        open_store,
        SqliteFamilyBook(database),
    )


def _what_was_in_hand(paths: AppPaths, catalog: SqliteCatalog) -> InHandFile:
    """Remember what was being decoded when the last process died here, and what to try again."""
    in_hand = InHandFile(paths.in_hand)
    catalog.suspect(in_hand.left, __version__)
    in_hand.forget()
    catalog.retry_dangers(__version__)
    return in_hand


def try_server(uri: str, token: str = "", certificate: str = "") -> str:
    """The version of the Milvus server at this address. Raises AlbumError: a ``SERVER_`` code."""
    from albumdedup.store.milvus_connection import Address
    from albumdedup.store.milvus_connection import try_server as ask

    return ask(Address(uri, token, certificate))


def move_vectors(
    opened: Opened,
    target: Settings,
    control: Control | None = None,
    sink: ProgressSink | None = None,
) -> int:
    """Bring the descriptors of an open library to the store that ``target`` names; returns how
    many. Raises AlbumError, Cancelled; then the library keeps the store it has."""
    store = opened.open_store(target)
    try:
        return opened.library.move_vectors(store, target.vector_uri, control, sink)
    finally:
        store.close()


def thread_executor(settings: Settings) -> ThreadExecutor:
    """Lanes for programs without a window."""
    return ThreadExecutor(lane_widths(settings))
