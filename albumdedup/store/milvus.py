"""Descriptors in Milvus: embedded (Milvus Lite) or on a server, through the same code."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.types import ContentId, Descriptors, ExtractorSpec
from albumdedup.store.database import failure_of_os, set_aside, why_not_writable
from albumdedup.store.milvus_lite_server import DamagedStore, MilvusLiteServer
from albumdedup.store.vector_index import INDEXES, METRIC, IndexChoice, choose

_log = logging.getLogger(__name__)

_KEY, _VECTOR = "content", "vector"
_ROWS_PER_CALL = 1000
_FLOATS_PER_PAGE = 2_000_000
_MOST_ROWS = 16_000  # Milvus answers no more than 16,384 rows at a time
_CONNECT_SECONDS = 10.0
_TRY_SECONDS = 5.0
_SETTLE_ROWS = 2000
"""Milvus Lite reads rows slower while they are only in its log: 100,000 in 24 s, not in 7."""


def collection_name(spec: ExtractorSpec) -> str:
    """One collection per embedding: a change of weights or preprocessing begins a new one."""
    raw = f"{spec.name}_{spec.dim}_{spec.sha256[:8]}_{spec.preprocessing}"
    return re.sub(r"\W+", "_", raw, flags=re.ASCII)


def is_server(uri: str) -> bool:
    return "://" in uri


_REMOTE = {"grpc.enable_http_proxy": 1}
_INSIDE = {
    "grpc.enable_http_proxy": 0,
    # Milvus Lite takes the client's pings of every 10 s for an attack and hangs up.
    "grpc.keepalive_time_ms": 2**31 - 1,
    "grpc.keepalive_permit_without_calls": 0,
}
"""Channel options for a server elsewhere, and for the one in this process."""


class MilvusStore:
    """The ``VectorStore`` port. ``uri`` is a folder, or ``http(s)://…`` of a server.

    A folder that cannot be read (damaged, or made by an old generation of Milvus Lite) is
    renamed, a new store begun, and the old one's new name left in ``set_aside``. A collection
    belongs to one library. ``upsert`` and ``delete`` survive the end of the process, however it
    ends; after a power cut the newest vectors may be missing, which ``reconcile`` mends.

    Not for several threads at once. Raises AlbumError: LIBRARY_BUSY, LIBRARY_READ_ONLY,
    DISK_FULL, VECTORS_UNUSABLE; so does each method.
    """

    def __init__(
        self,
        uri: str,
        spec: ExtractorSpec,
        token: str | None = None,
        *,
        indexes: Sequence[IndexChoice] = INDEXES,
    ) -> None:
        self.set_aside: Path | None = None
        self._uri, self._spec, self._indexes = uri, spec, indexes
        self._name = collection_name(spec)
        self._server: MilvusLiteServer | None = None
        self._client: Any = None
        self._index = indexes[0]
        self._unsettled = 0
        _quieten()
        if is_server(uri):
            with self._failures():
                self._connect(uri, token)
        else:
            self._open_folder(Path(uri))

    # --- opening ----------------------------------------------------------------------------

    def _open_folder(self, folder: Path) -> None:
        try:
            self._start(folder)
        except DamagedStore as damage:
            aside = set_aside(folder, datetime.now().strftime("%Y%m%d-%H%M%S"))
            _log.warning("Vectors could not be read (%s); set aside as %s", damage, aside)
            self.set_aside = aside
            with self._failures():
                self._start(folder)

    def _start(self, folder: Path) -> None:
        from pymilvus.exceptions import MilvusException

        self._server = MilvusLiteServer(folder)
        try:
            self._connect(self._server.uri, None)
        except MilvusException as error:
            reason = why_not_writable(folder)
            if reason is not None:
                raise failure_of_os(reason, folder) from error
            raise DamagedStore(error.message) from error

    def _connect(self, uri: str, token: str | None) -> None:
        from pymilvus import MilvusClient

        try:
            self._client = MilvusClient(
                uri,
                token=token or "",
                timeout=_CONNECT_SECONDS,
                dedicated=True,  # a connection of our own, which ends with close()
                grpc_options=_REMOTE if self._server is None else _INSIDE,
            )
            if not self._client.has_collection(self._name):
                self._create()
            self._client.load_collection(self._name)
            self._fit_index()
        except BaseException:
            self.close()
            raise

    def _create(self) -> None:
        from pymilvus import DataType, MilvusClient

        described = json.dumps(asdict(self._spec), sort_keys=True)
        schema = MilvusClient.create_schema(
            auto_id=False, enable_dynamic_field=False, description=described
        )
        schema.add_field(_KEY, DataType.VARCHAR, is_primary=True, max_length=64)
        schema.add_field(_VECTOR, DataType.FLOAT_VECTOR, dim=self._spec.dim)
        self._client.create_collection(
            self._name,
            schema=schema,
            index_params=self._index_params(choose(0, self._indexes)),
            consistency_level="Strong",  # a scan reads what it has just written
            properties={"albumdedup.extractor": described},
        )

    def _index_params(self, choice: IndexChoice) -> Any:
        params = self._client.prepare_index_params()
        params.add_index(
            _VECTOR,
            index_name=_VECTOR,
            index_type=choice.kind,
            metric_type=METRIC,
            params=dict(choice.build),
        )
        return params

    def _fit_index(self) -> None:
        """Index anew where the collection has grown out of its index."""
        self._index = choose(self._count(), self._indexes)
        described = self._client.describe_index(self._name, _VECTOR)
        if described and described.get("index_type") == self._index.kind:
            return
        self._client.release_collection(self._name)
        if described:
            self._client.drop_index(self._name, _VECTOR)
        self._client.create_index(self._name, self._index_params(self._index))
        self._client.load_collection(self._name)

    @contextmanager
    def _failures(self) -> Iterator[None]:
        """What Milvus raises, as our codes."""
        from grpc import RpcError  # type: ignore[import-untyped]
        from pymilvus.exceptions import MilvusException

        try:
            yield
        except (MilvusException, RpcError, DamagedStore) as error:
            folder = Path(self._uri)
            reason = None if is_server(self._uri) else why_not_writable(folder)
            if reason is not None:
                raise failure_of_os(reason, folder) from error
            detail = getattr(error, "message", "") or str(error)
            raise AlbumError(ErrorCode.VECTORS_UNUSABLE, path=self._uri, detail=detail) from error

    # --- the port ---------------------------------------------------------------------------

    def upsert(self, ids: Sequence[ContentId], vectors: Descriptors) -> None:
        """Store float32[n, dim] under n content ids, in place of what was there.

        Raises ValueError where the shapes do not fit, AlbumError(DISK_FULL, VECTORS_UNUSABLE).
        """
        rows = np.ascontiguousarray(vectors, np.float32)
        if len(ids) and rows.shape != (len(ids), self._spec.dim):
            raise ValueError(f"{len(ids)} ids of {self._spec.dim} with {rows.shape} vectors")
        with self._failures():
            for start in range(0, len(ids), _ROWS_PER_CALL):
                part = slice(start, start + _ROWS_PER_CALL)
                self._client.upsert(
                    self._name,
                    [
                        {_KEY: content, _VECTOR: vector}
                        for content, vector in zip(ids[part], rows[part], strict=True)
                    ],
                )
                self._unsettled += len(ids[part])

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
            for page in self._pages(rows):
                ids.extend(ContentId(row[_KEY]) for row in page)
                pages.append(np.array([row[_VECTOR] for row in page], np.float32))
        return self._ordered(ids, pages)

    def read(self, ids: Sequence[ContentId]) -> tuple[list[ContentId], Descriptors]:
        """Those of these contents that are there, in order, with their vectors."""
        found: list[ContentId] = []
        pages: list[Descriptors] = []
        step = max(1, min(_ROWS_PER_CALL, _FLOATS_PER_PAGE // self._spec.dim))
        with self._failures():
            for start in range(0, len(ids), step):
                part = list(ids[start : start + step])
                rows = self._client.get(self._name, part, output_fields=[_KEY, _VECTOR])
                found.extend(ContentId(row[_KEY]) for row in rows)
                if rows:
                    pages.append(np.array([row[_VECTOR] for row in rows], np.float32))
        return self._ordered(found, pages)

    def _ordered(
        self, ids: list[ContentId], pages: list[Descriptors]
    ) -> tuple[list[ContentId], Descriptors]:
        if not ids:
            return [], np.empty((0, self._spec.dim), np.float32)
        order = sorted(range(len(ids)), key=ids.__getitem__)
        return [ids[i] for i in order], np.concatenate(pages)[order]

    def _pages(self, rows: int) -> Iterator[list[dict[str, Any]]]:
        iterator = self._client.query_iterator(
            self._name, batch_size=rows, output_fields=[_KEY, _VECTOR]
        )
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
                rows = self._client.get(self._name, part, output_fields=[_KEY])
                found.update(ContentId(row[_KEY]) for row in rows)
        return found

    def search(self, vector: Descriptors, top: int) -> list[tuple[ContentId, float]]:
        """The ``top`` (at most 16,000) contents most similar to float32[dim], best first, equal
        ones in order of id; similarities rounded to 4 decimals."""
        if top < 1:
            return []
        with self._failures():
            (hits,) = self._client.search(
                self._name,
                data=[np.ascontiguousarray(vector, np.float32)],
                anns_field=_VECTOR,
                limit=min(top, _MOST_ROWS),
                output_fields=[_KEY],
                search_params={"metric_type": METRIC, "params": dict(self._index.search)},
            )
        found = [(ContentId(hit[_KEY]), round(float(hit["distance"]), 4)) for hit in hits]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))

    def delete(self, ids: Sequence[ContentId]) -> None:
        with self._failures():
            for start in range(0, len(ids), _ROWS_PER_CALL):
                self._client.delete(self._name, ids=list(ids[start : start + _ROWS_PER_CALL]))

    def count(self) -> int:
        with self._failures():
            return self._count()

    def _count(self) -> int:
        rows = self._client.query(self._name, filter="", output_fields=["count(*)"])
        return int(rows[0]["count(*)"])

    def close(self) -> None:
        """Free the folder for this process and others. May be called twice."""
        client, server, self._client, self._server = self._client, self._server, None, None
        try:
            if client is not None:
                client.close()
        finally:
            if server is not None:
                server.stop()


def try_server(uri: str, token: str = "") -> str:
    """Connect to a server, read its version, and go again; nothing is made there. Raises
    AlbumError(SERVER_SILENT)."""
    from grpc import RpcError
    from pymilvus import MilvusClient
    from pymilvus.exceptions import MilvusException

    _quieten()
    client = None
    try:
        client = MilvusClient(
            uri, token=token, timeout=_TRY_SECONDS, dedicated=True, grpc_options=_REMOTE
        )
        client.list_collections()
        return str(client.get_server_version())
    except (MilvusException, RpcError, ValueError) as error:
        detail = getattr(error, "message", "") or str(error)
        raise AlbumError(ErrorCode.SERVER_SILENT, path=uri, detail=detail) from error
    finally:
        if client is not None:
            client.close()


_SAID_OTHERWISE = {
    # Milvus Lite has no server-side time for iterators; the only process needs none.
    "pymilvus.client.iterator.query_iterator": "failed to get mvccTs",
    "grpc._server": "Method not implemented!",
    # Printed with a traceback and raised as well: it reaches the user as our own sentence.
    "pymilvus.decorators": "RPC error: ",
    "milvus_lite.adapter.grpc.servicer": " failed: ",
}
"""Logger → what it says that need not be said on the user's terminal."""


class _Unsaid(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return _SAID_OTHERWISE[record.name] not in record.getMessage()


_UNSAID = _Unsaid()


def _quieten() -> None:
    for name in _SAID_OTHERWISE:
        logging.getLogger(name).addFilter(_UNSAID)  # adding it twice is adding it once
