"""The only place that picks classes: from paths and settings to an open library."""

from __future__ import annotations

import os
import platform
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from albumdedup import __version__
from albumdedup.core.control import Control, ProgressSink
from albumdedup.core.decoder.door import Door
from albumdedup.core.executors import ThreadExecutor
from albumdedup.core.family import Place
from albumdedup.core.i18n import _
from albumdedup.core.library import Library, Parts
from albumdedup.core.paths import AppPaths
from albumdedup.core.ports import Executor, Extractor, FamilyStore, Lane, VectorStore
from albumdedup.core.settings import JOIN_INDEX, Settings
from albumdedup.core.storage import measure
from albumdedup.core.telling import Family
from albumdedup.core.types import Operation
from albumdedup.ml.accelerator import open_products
from albumdedup.ml.registry import create, spec_of
from albumdedup.store import reconcile
from albumdedup.store.catalog import SqliteCatalog, open_catalog
from albumdedup.store.decisions import SqliteDecisions, library_id, open_decisions
from albumdedup.store.family import SqliteFamilyBook
from albumdedup.store.journal import SqliteJournal
from albumdedup.store.lock import LibraryLock
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

    @property
    def made(self) -> T | None:
        return self._made[0] if self._made else None


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
    worker: Sequence[str] | None = None,
) -> Opened:
    """Open the library. ``extractor``, ``vectors`` and ``worker``, the command that starts one that
    decodes, replace the real ones in tests.

    Raises AlbumError: LIBRARY_BUSY, LIBRARY_READ_ONLY, LIBRARY_UNUSABLE, LIBRARY_NEWER,
    EXTRACTOR_UNKNOWN, EXTRACTOR_MISSPELT, INDEX_UNFIT.
    """
    spec = spec_of(settings.extractor, paths.models)
    indexed = indexing(settings)
    lock = LibraryLock(paths)
    lock.acquire()
    with ExitStack() as undo:
        undo.callback(lock.release)
        catalog, rebuilt = open_catalog(paths.catalog)
        undo.callback(catalog.close)
        catalog.use_vector_place(settings.vector_uri)
        database = open_decisions(paths.decisions)
        undo.pop_all()

    def open_store(where: Settings) -> VectorStore:
        from albumdedup.store.milvus import MilvusStore
        from albumdedup.store.milvus_connection import Address

        library, address = "", Address(str(paths.vectors))
        if where.vector_uri:
            library = library_id(database)
            address = Address(where.vector_uri, where.vector_token, where.vector_certificate)
        return MilvusStore(
            address, spec, library=library, indexes=indexed.choices, metric=indexed.metric
        )

    def open_vectors() -> VectorStore:
        return open_store(settings)

    def open_extractor() -> Extractor:
        return create(
            spec.name, settings.device, torch_threads(settings), paths.inference, paths.models
        )

    def open_family(place: Place) -> FamilyStore:
        from albumdedup.store.milvus_connection import Address
        from albumdedup.store.milvus_family import MilvusFamily

        address = Address(place.uri, settings.vector_token, settings.vector_certificate)
        return MilvusFamily(address, place, spec, library_id(database))

    readers = Readers()
    in_hand = _what_was_in_hand(paths, catalog)
    workers = Workers(most_workers(executor.width(Lane.DECODE)), command=worker)
    door = Door(workers, catalog, in_hand, __version__, turn=readers)
    store, space = Once(vectors or open_vectors), collection_name(spec)
    in_family = settings.vector_uri and settings.vector_family
    family = Family(
        Place(settings.vector_uri, settings.vector_family, space) if in_family else None,
        library_id(database) if in_family else "",
        settings.library_label or platform.node() or _("this computer"),
        open_family,
        SqliteFamilyBook(database),
    )

    def repair() -> bool:
        return bool(reconcile.run(catalog, store, space).forget)

    def close_vectors() -> None:
        if store.made is not None:
            store.made.close()

    library = Library(
        Parts(
            catalog=catalog,
            decisions=SqliteDecisions(database),
            journal=SqliteJournal(database),
            executor=executor,
            door=door,
            extractor=Once(extractor or open_extractor),
            vectors=store,
            unsettled=partial(reconcile.needs_repair, catalog, space),
            reconcile=repair,
            trash=open_trash,
            family=family,
            input_edge=spec.input_edge,
            batch=settings.batch,
            commit_seconds=settings.commit_seconds,
            stored=partial(measure, paths, settings.vector_uri),
            closers=(
                *(door.close, in_hand.close, close_vectors),
                *(catalog.close, database.close, lock.release),
            ),
            in_order=readers.in_order,
            products=Once(partial(open_products, settings.device)),
            by_index=settings.join == JOIN_INDEX and bool(settings.vector_uri),
            vectors_on_server=bool(settings.vector_uri),
            space=space,
        )
    )
    return Opened(library, tuple(library.recover()), rebuilt, open_store)


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
