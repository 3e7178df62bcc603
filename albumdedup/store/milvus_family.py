"""What the libraries of a family tell each other, in one collection of a Milvus server.

A row is (library, content). Each library writes rows of its own alone, by their primary key, so
that two which write at once meet in no row. The index is FLAT and never built anew: that would
take the collection away from the others for a while. Reads see what anybody has written: the
collection is made with the consistency ``Strong``, and nothing here asks for less.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import numpy as np

from albumdedup.core.errors import SERVER_AWAY, AlbumError, ErrorCode
from albumdedup.core.family import (
    LONGEST_FACTS,
    Holding,
    Place,
    Relative,
    distinct_labels,
    facts_text,
    holding_of,
)
from albumdedup.core.join import similarities
from albumdedup.core.types import ContentId, Descriptors, ExtractorSpec
from albumdedup.store.milvus_collection import VECTOR, Collection, Shape, UnfitCollection
from albumdedup.store.milvus_connection import (
    Address,
    Calls,
    check_version,
    connect,
    server_failures,
)
from albumdedup.store.vector_index import METRIC, IndexChoice, Indexing

_KEY, _LIBRARY, _CONTENT, _FACTS = "row", "library", "content", "facts"
_SHAPE = Shape(_KEY, 128, ((_LIBRARY, 32), (_CONTENT, 64), (_FACTS, LONGEST_FACTS + 1000)))
_FLAT = (IndexChoice("FLAT", None),)
_ROWS_PER_CALL = 1000
_ROWS_PER_PAGE = 8000  # each page is a look through all rows: few pages, of 7 MB each
_MOST_ROWS = 16_000
_TRIES, _PAUSE = 5, 0.4
"""Two libraries that make the collection at once: who comes second finds it half made."""


def family_collection(place: Place) -> str:
    return f"family_{place.family}_{place.space}"


class MilvusFamily:
    """The ``FamilyStore`` port, for one ``library`` of a family. Connects at the first call.

    Raises AlbumError: a code of ``STORE_TROUBLE``; so does each method. Not for several threads.
    """

    def __init__(self, address: Address, place: Place, spec: ExtractorSpec, library: str) -> None:
        self._address, self._spec, self._library = address, spec, library
        self._name = family_collection(place)
        self._client: Any = None
        self._open = False

    # --- opening ----------------------------------------------------------------------------

    @contextmanager
    def _calls(self, *, make: bool = True) -> Iterator[Any]:
        """The client, connected; the collection is made and loaded, unless it shall not be."""
        uri = self._address.uri
        try:
            with server_failures(uri):
                if self._client is None:
                    self._client = Calls(connect(self._address), limited=True)
                    check_version(str(self._client.get_server_version()), uri)
                if make and not self._open:
                    self._make()
                    self._open = True
                yield self._client
        except UnfitCollection as error:
            raise AlbumError(
                ErrorCode.VECTORS_UNFIT, path=uri, name=self._name, detail=str(error)
            ) from error
        except AlbumError as error:
            if error.code in SERVER_AWAY:
                self.close()
            raise

    def _make(self) -> None:
        from pymilvus.exceptions import MilvusException

        for turn in range(_TRIES):
            try:
                Collection(
                    self._client, self._name, self._spec, Indexing(_FLAT), self._address.uri, _SHAPE
                ).open()
                return
            except MilvusException as error:
                if "exist" not in error.message.lower() or turn == _TRIES - 1:
                    raise
                time.sleep(_PAUSE)

    # --- rows of this library ---------------------------------------------------------------

    def put(self, holdings: Sequence[Holding], vectors: Descriptors) -> None:
        rows = np.ascontiguousarray(vectors, np.float32)
        if len(holdings) and rows.shape != (len(holdings), self._spec.dim):
            raise ValueError(f"{len(holdings)} holdings with vectors of shape {rows.shape}")
        with self._calls() as client:
            for start in range(0, len(holdings), _ROWS_PER_CALL):
                part = slice(start, start + _ROWS_PER_CALL)
                client.upsert(
                    self._name,
                    [
                        self._row(one.content, facts_text(one), vector)
                        for one, vector in zip(holdings[part], rows[part], strict=True)
                    ],
                )

    def _row(self, content: str, facts: str, vector: Descriptors) -> dict[str, Any]:
        return {
            _KEY: f"{self._library}/{content}",
            _LIBRARY: self._library,
            _CONTENT: content,
            _FACTS: facts,
            VECTOR: vector,
        }

    def take(self, contents: Sequence[ContentId]) -> None:
        with self._calls() as client:
            self._delete(client, [f"{self._library}/{content}" for content in contents])

    def _delete(self, client: Any, keys: Sequence[str]) -> None:
        for start in range(0, len(keys), _ROWS_PER_CALL):
            client.delete(self._name, ids=list(keys[start : start + _ROWS_PER_CALL]))

    def own(self) -> list[ContentId]:
        with self._calls() as client:
            return [
                ContentId(row[_CONTENT])
                for page in self._paged(client, _rows_of(self._library), [_CONTENT], _MOST_ROWS)
                for row in page
            ]

    def count(self) -> int:
        with self._calls() as client:
            return self._count(client, self._library)

    def _count(self, client: Any, library: str) -> int:
        rows = client.query(self._name, filter=_rows_of(library), output_fields=["count(*)"])
        return int(rows[0]["count(*)"])

    def introduce(self, label: str, when: datetime) -> None:
        card = json.dumps({"label": label, "written": when.isoformat(timespec="seconds")})
        with self._calls() as client:
            nothing = np.zeros(self._spec.dim, np.float32)
            client.upsert(self._name, [self._row("", card, nothing)])

    def leave(self, library: str = "") -> int:
        leaver = library or self._library
        with self._calls(make=False) as client:
            if not client.has_collection(self._name):
                return 0
            client.load_collection(self._name)
            everything = f'{_LIBRARY} == "{leaver}"'
            keys = [
                str(row[_KEY])
                for page in self._paged(client, everything, [_KEY], _MOST_ROWS)
                for row in page
            ]
            self._delete(client, keys)
        return sum(not key.endswith("/") for key in keys)

    # --- rows of all ------------------------------------------------------------------------

    def relatives(self) -> list[Relative]:
        with self._calls() as client:
            cards = client.query(
                self._name, filter=f'{_CONTENT} == ""', output_fields=[_LIBRARY, _FACTS],
                limit=_MOST_ROWS,
            )  # fmt: skip
            known = {str(row[_LIBRARY]): str(row[_FACTS]) for row in cards}
            found = [
                _relative(library, facts, self._count(client, library))
                for library, facts in known.items()
                if re.fullmatch(r"\w+", library)  # it goes into a filter: others wrote it
            ]
        return sorted(distinct_labels(found), key=lambda one: (one.label, one.library))

    def pages(self, library: str) -> Iterator[tuple[list[Holding], Descriptors]]:
        fields = [_CONTENT, _FACTS, VECTOR]
        with self._calls() as client:
            for page in self._paged(client, _rows_of(library), fields, _ROWS_PER_PAGE):
                yield [_holding(row) for row in page], _vectors(page)

    def search(self, vector: Descriptors, top: int) -> list[tuple[str, Holding, float]]:
        """Similarities are computed again from the descriptors."""
        if top < 1:
            return []
        asked = np.ascontiguousarray(vector, np.float32)
        with self._calls() as client:
            (hits,) = client.search(
                self._name,
                data=[asked],
                anns_field=VECTOR,
                limit=min(top, _MOST_ROWS),
                filter=f'{_LIBRARY} != "{self._library}" and {_CONTENT} != ""',
                output_fields=[_LIBRARY, _CONTENT, _FACTS, VECTOR],
                search_params={"metric_type": METRIC, "params": {}},
            )
            rows = [hit["entity"] for hit in hits]
            if not rows:
                return []
            near = _vectors(rows)
            found = [
                (str(row[_LIBRARY]), _holding(row), float(similarity))
                for row, similarity in zip(
                    rows, similarities(near, np.broadcast_to(asked, near.shape)), strict=True
                )
            ]
        return sorted(found, key=lambda hit: (-hit[2], hit[0], hit[1].content))

    def _paged(
        self, client: Any, condition: str, fields: list[str], rows: int
    ) -> Iterator[list[dict[str, Any]]]:
        iterator = client.query_iterator(
            self._name, batch_size=rows, filter=condition, output_fields=fields
        )
        try:
            while page := iterator.next():
                yield page
        finally:
            iterator.close()

    def close(self) -> None:
        client, self._client, self._open = self._client, None, False
        if client is not None:
            client.close()


def _rows_of(library: str) -> str:
    return f'{_LIBRARY} == "{library}" and {_CONTENT} != ""'


def _vectors(rows: Sequence[dict[str, Any]]) -> Descriptors:
    return np.array([row[VECTOR] for row in rows], np.float32)


def _holding(row: dict[str, Any]) -> Holding:
    try:
        return holding_of(ContentId(row[_CONTENT]), row[_FACTS])
    except ValueError as error:
        raise UnfitCollection(str(row[_FACTS])[:60]) from error


def _relative(library: str, card: str, rows: int) -> Relative:
    try:
        told = json.loads(card)
        label, written = str(told["label"]), datetime.fromisoformat(told["written"])
    except (ValueError, KeyError, TypeError):
        label, written = library, None
    return Relative(library, label, rows, written)
