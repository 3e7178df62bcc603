"""Descriptors in Milvus: embedded (Milvus Lite) or on a server, through the same code."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from albumdedup.core.asking import ANYWHERE, Told, Where
from albumdedup.core.errors import SERVER_AWAY, AlbumError, ErrorCode
from albumdedup.core.matching import nearest
from albumdedup.core.types import ContentId, Descriptors, ExtractorSpec
from albumdedup.store.database import damage_note, failure_of_os, set_aside, why_not_writable
from albumdedup.store.milvus_collection import (
    KEY,
    SEARCH_CONSISTENCY,
    VECTOR,
    Collection,
    UnfitCollection,
)
from albumdedup.store.milvus_connection import (
    Address,
    Calls,
    check_version,
    connect,
    server_failures,
)
from albumdedup.store.milvus_lite_server import DamagedStore, MilvusLiteServer
from albumdedup.store.milvus_where import MARK, expression, row_of
from albumdedup.store.vector_index import (
    INDEXES,
    METRIC,
    IndexChoice,
    Indexing,
    collection_name,
    named,
    similarity_of,
)

_log = logging.getLogger(__name__)

_ROWS_PER_CALL = 1000
_FLOATS_PER_PAGE = 2_000_000
_MOST_ROWS = 16_000  # Milvus answers no more than 16,384 rows at a time
_LOG_ROWS = 20_000
"""Rows that Milvus Lite's log may hold. The rest is moved into its tables when the store is closed:
100,000 at once took 700 MB for a moment, by the 20,000 they take 320 MB, and no longer."""
_SETTLE_ROWS = 2000
"""Milvus Lite reads rows slower while they are only in its log: 100,000 in 24 s, not in 7."""


class MilvusStore:
    """The ``VectorStore`` port. The address is a folder, or ``http(s)://…`` of a server.

    A folder that cannot be read (damaged, or made by an old generation of Milvus Lite) is
    renamed, a new store begun, and the old one's new name left in ``set_aside``. On a server each
    ``library`` has collections of its own. ``upsert`` and ``delete`` survive the end of the
    process, however it ends; after a power cut the newest vectors may be missing, which the next
    scan mends. What is written is seen by the next read, whoever reads.

    A server that was away is connected to again by the next call. Not for several threads at
    once. Raises AlbumError: a code of ``STORE_TROUBLE``,
    LIBRARY_READ_ONLY, DISK_FULL; so does each method.
    """

    def __init__(
        self,
        address: Address | str,
        spec: ExtractorSpec,
        *,
        library: str = "",
        indexes: Sequence[IndexChoice] = INDEXES,
        metric: str = METRIC,
    ) -> None:
        self.set_aside: Path | None = None
        self._address = Address(address) if isinstance(address, str) else address
        self._spec, self._indexing = spec, Indexing(indexes, metric)
        self._library = library if self._address.remote else ""
        self._name = collection_name(spec, self._library)
        self._server: MilvusLiteServer | None = None
        self._client: Any = None
        self._collection: Any = None
        self._unsettled = 0
        if self._address.remote:
            with self._failures():
                pass  # connected before anything else is tried
        else:
            self._open_folder(Path(self._address.uri))

    # --- opening ----------------------------------------------------------------------------

    def _open_folder(self, folder: Path) -> None:
        try:
            if damage_note(folder).exists():
                raise DamagedStore("damage was met in it")
            self._start(folder)
        except DamagedStore as damage:
            aside = set_aside(folder, datetime.now().strftime("%Y%m%d-%H%M%S"))
            _log.warning("Vectors could not be read (%s); set aside as %s", damage, aside)
            self.set_aside = aside
            with self._failures():
                self._start(folder)

    def _start(self, folder: Path) -> None:
        from grpc import RpcError  # type: ignore[import-untyped]
        from pymilvus.exceptions import MilvusException

        self._server = MilvusLiteServer(folder, hidden=True)
        try:
            self._connect(Address(self._server.uri))
        except (MilvusException, RpcError, UnfitCollection) as error:
            reason = why_not_writable(folder)
            if reason is not None:
                raise failure_of_os(reason, folder) from error
            raise DamagedStore(getattr(error, "message", "") or str(error)) from error

    def _connect(self, address: Address) -> None:
        inside = self._server is not None
        try:
            self._client = Calls(connect(address, inside=inside), limited=not inside)
            if not inside:
                check_version(str(self._client.get_server_version()), address.uri)
            self._collection = Collection(
                self._client, self._name, self._spec, self._indexing, self._address.uri
            )
            self._collection.open()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def _failures(self) -> Iterator[None]:
        """What Milvus raises, as our codes. Damage of a folder may be met in mid-work only: it is
        noted, so that the next opening sets the folder aside."""
        from grpc import RpcError
        from pymilvus.exceptions import MilvusException

        uri = self._address.uri
        if self._address.remote:
            try:
                with server_failures(uri):
                    if self._client is None:
                        self._connect(self._address)
                    yield
            except AlbumError as error:
                if error.code in SERVER_AWAY:  # pymilvus does not mend what it failed to once
                    self.close()
                raise
            except UnfitCollection as error:
                raise AlbumError(
                    ErrorCode.VECTORS_UNFIT, path=uri, name=self._name, detail=str(error)
                ) from error
            return
        try:
            yield
        except (MilvusException, RpcError, DamagedStore) as error:
            folder = Path(uri)
            reason = why_not_writable(folder)
            if reason is not None:
                raise failure_of_os(reason, folder) from error
            with suppress(OSError):
                damage_note(folder).touch()
            detail = getattr(error, "message", "") or str(error)
            raise AlbumError(ErrorCode.VECTORS_UNUSABLE, path=uri, detail=detail) from error

    # --- the port ---------------------------------------------------------------------------

    def upsert(
        self,
        ids: Sequence[ContentId],
        vectors: Descriptors,
        told: Sequence[Told] | None = None,
    ) -> None:
        """Store float32[n, dim] under n content ids, in place of what was there, with what is told
        of them; a collection of an older version holds only the vectors.

        Raises ValueError where the shapes do not fit.
        """
        rows = np.ascontiguousarray(vectors, np.float32)
        if len(ids) and rows.shape != (len(ids), self._spec.dim):
            raise ValueError(f"{len(ids)} ids of {self._spec.dim} with {rows.shape} vectors")
        with self._failures():
            for start in range(0, len(ids), _ROWS_PER_CALL):
                part = slice(start, start + _ROWS_PER_CALL)
                table: list[dict[str, object]] = [
                    {KEY: content, VECTOR: vector}
                    for content, vector in zip(ids[part], rows[part], strict=True)
                ]
                if told is not None and self._collection.takes_facts:
                    for row, one in zip(table, told[part], strict=True):
                        row.update(row_of(one))
                self._client.upsert(self._name, table)
                self._unsettled += len(ids[part])
                if self._unsettled >= _LOG_ROWS:
                    self._settle()

    def _settle(self) -> None:
        """Move the log of Milvus Lite into its tables, for speed: the log is as safe."""
        if self._server is not None and self._unsettled > _SETTLE_ROWS:
            self._client.flush(self._name)
            self._unsettled = 0

    def everything(self) -> tuple[list[ContentId], Descriptors]:
        """All rows: content ids in order, float32[n, dim]."""
        ids: list[ContentId] = []
        pages: list[Descriptors] = []
        rows = max(1, min(_MOST_ROWS, _FLOATS_PER_PAGE // self._spec.dim))
        with self._failures():
            self._settle()
            for page in self._pages(rows, [KEY, VECTOR]):
                ids.extend(ContentId(row[KEY]) for row in page)
                pages.append(np.array([row[VECTOR] for row in page], np.float32))
        return self._ordered(ids, pages)

    def read(self, ids: Sequence[ContentId]) -> tuple[list[ContentId], Descriptors]:
        """Those of these contents that are there, in order, with their vectors."""
        found: list[ContentId] = []
        pages: list[Descriptors] = []
        step = max(1, min(_ROWS_PER_CALL, _FLOATS_PER_PAGE // self._spec.dim))
        with self._failures():
            for start in range(0, len(ids), step):
                part = list(ids[start : start + step])
                rows = self._client.get(self._name, part, output_fields=[KEY, VECTOR])
                found.extend(ContentId(row[KEY]) for row in rows)
                if rows:
                    pages.append(np.array([row[VECTOR] for row in rows], np.float32))
        return self._ordered(found, pages)

    def _ordered(
        self, ids: list[ContentId], pages: list[Descriptors]
    ) -> tuple[list[ContentId], Descriptors]:
        if not ids:
            return [], np.empty((0, self._spec.dim), np.float32)
        order = sorted(range(len(ids)), key=ids.__getitem__)
        return [ids[i] for i in order], np.concatenate(pages)[order]

    def marks(self) -> dict[ContentId, str] | None:
        """Content → the mark of what was told of it; None where the collection, made by an older
        version, has no room for it."""
        with self._failures():
            if not self._collection.takes_facts:
                return None
            self._settle()
            return {
                ContentId(row[KEY]): str(row.get(MARK) or "")
                for page in self._pages(_MOST_ROWS, [KEY, MARK])
                for row in page
            }

    def _pages(self, rows: int, fields: list[str]) -> Iterator[list[dict[str, Any]]]:
        iterator = self._client.query_iterator(self._name, batch_size=rows, output_fields=fields)
        try:
            while page := iterator.next():
                yield page
        finally:
            iterator.close()

    def present(self, ids: Sequence[ContentId]) -> set[ContentId]:
        found: set[ContentId] = set()
        with self._failures():
            for start in range(0, len(ids), _ROWS_PER_CALL):
                part = list(ids[start : start + _ROWS_PER_CALL])
                rows = self._client.get(self._name, part, output_fields=[KEY])
                found.update(ContentId(row[KEY]) for row in rows)
        return found

    def search(
        self, vector: Descriptors, top: int, where: Where = ANYWHERE
    ) -> list[tuple[ContentId, float]]:
        """The ``top`` (at most 16,000) contents most similar to float32[dim], best first, equal
        ones in order of id, of those that were told to be ``where``. Each similarity is
        computed again from the two descriptors, as in grouping: stores sum in other orders, and
        differ in the fourth decimal."""
        if top < 1:
            return []
        top = min(top, _MOST_ROWS)
        asked = np.ascontiguousarray(vector, np.float32)
        exact = top * self._spec.dim <= _FLOATS_PER_PAGE
        with self._failures():
            self._settle()
            (hits,) = self._client.search(
                self._name,
                data=[asked],
                anns_field=VECTOR,
                filter=expression(where),
                limit=top,
                output_fields=[KEY, VECTOR] if exact else [KEY],
                consistency_level=SEARCH_CONSISTENCY,
                search_params={
                    "metric_type": self._indexing.metric,
                    "params": self._collection.index.search_params(top),
                },
            )
        ids = [ContentId(hit[KEY]) for hit in hits]
        if exact and ids:
            rows = np.array([hit["entity"][VECTOR] for hit in hits], np.float32)
            return nearest(asked, ids, rows, top)
        metric = self._indexing.metric
        values = [round(similarity_of(float(hit["distance"]), metric), 4) for hit in hits]
        found = list(zip(ids, values, strict=True))
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))

    def nominate(self, vectors: Descriptors, top: int) -> list[list[tuple[ContentId, float]]]:
        """As the index says it, in one question; nothing is computed again."""
        if not len(vectors):
            return []
        with self._failures():
            self._settle()
            found = self._client.search(
                self._name,
                data=list(np.ascontiguousarray(vectors, np.float32)),
                anns_field=VECTOR,
                limit=min(top, _MOST_ROWS),
                output_fields=[KEY],
                consistency_level=SEARCH_CONSISTENCY,
                search_params={
                    "metric_type": self._indexing.metric,
                    "params": self._collection.index.search_params(top),
                },
            )
        metric = self._indexing.metric
        return [
            [(ContentId(hit[KEY]), similarity_of(float(hit["distance"]), metric)) for hit in hits]
            for hits in found
        ]

    def delete(self, ids: Sequence[ContentId]) -> None:
        with self._failures():
            for start in range(0, len(ids), _ROWS_PER_CALL):
                self._client.delete(self._name, ids=list(ids[start : start + _ROWS_PER_CALL]))

    def count(self) -> int:
        with self._failures():
            return int(self._collection.count())

    def drop(self) -> None:
        """Remove the collection with all that is in it: what a measurement made."""
        with self._failures():
            self._client.drop_collection(self._name)

    def drop_spaces(self, names: Sequence[str]) -> None:
        """Drop the collections of embeddings of this library; one's own is made anew, empty."""
        with self._failures():
            for name in names:
                whole = named(name, self._library)
                if self._client.has_collection(whole):
                    self._client.drop_collection(whole)
                if whole == self._name:
                    self._collection.open()

    def close(self) -> None:
        """Free the folder for this process and others. May be called twice; a server may be
        called again."""
        client, server, self._client, self._server = self._client, self._server, None, None
        try:
            if client is not None:
                client.close()
        finally:
            if server is not None:
                server.stop()
