"""One collection of Milvus: made, checked, and given the index that fits its size."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.types import ExtractorSpec
from albumdedup.store.vector_index import IndexChoice, Indexing, choose, is_server

KEY, VECTOR = "content", "vector"

CONSISTENCY = "Strong"
"""A scan reads what it has just written. Bounded and eventual reads are quicker on a busy cluster,
and would have ``reconcile`` send again what is there."""

SEARCH_CONSISTENCY = "Session"
"""A search sees what this process has written. To see what others wrote, a server waits for its
next tick, five times a second: 200 ms of waiting for a search of 36 ms."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The fields of a collection beside the descriptor, and the most bytes of each."""

    key: str
    key_bytes: int
    texts: tuple[tuple[str, int], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.key, *(name for name, _bytes in self.texts))


CONTENTS = Shape(KEY, 64)


class UnfitCollection(Exception):
    """A collection of this name is there, and not as we make it."""


class Collection:
    """``client`` is a ``MilvusClient``; raises what that raises, and UnfitCollection."""

    def __init__(
        self,
        client: Any,
        name: str,
        spec: ExtractorSpec,
        indexing: Indexing,
        uri: str,
        shape: Shape = CONTENTS,
    ) -> None:
        self.index = indexing.choices[0]
        self.takes_facts = True
        self._shape = shape
        self._client, self._name, self._spec = client, name, spec
        self._indexing, self._uri = indexing, uri

    def open(self) -> None:
        if self._client.has_collection(self._name):
            self._check()
        else:
            self._create()
        if self._described():
            self._client.load_collection(self._name)
        self._fit_index()

    def count(self) -> int:
        rows = self._client.query(self._name, filter="", output_fields=["count(*)"])
        return int(rows[0]["count(*)"])

    def _check(self) -> None:
        described = self._client.describe_collection(self._name)
        fields = {field["name"]: field for field in described["fields"]}
        dim = fields.get(VECTOR, {}).get("params", {}).get("dim")
        if dim is None or not fields.keys() >= set(self._shape.names):
            raise UnfitCollection(", ".join(fields))
        if int(dim) != self._spec.dim:
            raise UnfitCollection(f"{dim} ≠ {self._spec.dim}")
        self.takes_facts = bool(described.get("enable_dynamic_field"))

    def _create(self) -> None:
        from pymilvus import DataType, MilvusClient

        described = json.dumps(asdict(self._spec), sort_keys=True)
        schema = MilvusClient.create_schema(
            auto_id=False, enable_dynamic_field=self._shape is CONTENTS, description=described
        )
        schema.add_field(
            self._shape.key, DataType.VARCHAR, is_primary=True, max_length=self._shape.key_bytes
        )
        for name, most in self._shape.texts:
            schema.add_field(name, DataType.VARCHAR, max_length=most)
        schema.add_field(VECTOR, DataType.FLOAT_VECTOR, dim=self._spec.dim)
        self._client.create_collection(
            self._name,
            schema=schema,
            consistency_level=CONSISTENCY,
            properties={"albumdedup.extractor": described},
        )
        self._build(choose(0, self._indexing.choices))

    def _fit_index(self) -> None:
        """Index anew where the collection has grown out of its index, or an index is missing."""
        described = self._described()
        self.index = choose(self.count() if described else 0, self._indexing.choices)
        if described and self._fits(described):
            return
        self._client.flush(self._name)  # rows that a server still collects get a makeshift index
        if described:  # without an index nothing is loaded
            self._client.release_collection(self._name)
            self._client.drop_index(self._name, VECTOR)
        self._build(self.index)

    def _told(self, build: Mapping[str, int]) -> dict[str, Any]:
        """pymilvus sends each parameter by itself; Milvus Lite reads them all from one."""
        told: dict[str, Any] = dict(build)
        return told if is_server(self._uri) or not build else {**told, "params": told.copy()}

    def _fits(self, described: Mapping[str, Any]) -> bool:
        """A server may keep its parameters to itself: those are taken for ours. Milvus Lite that
        does not tell them was never told."""
        stored = {**described, **(described.get("params") or {})}
        remote = is_server(self._uri)
        return (
            stored.get("index_type") == self.index.kind
            and stored.get("metric_type") == self._indexing.metric
            and all(
                str(stored.get(key, value if remote else None)) == str(value)
                for key, value in self.index.build.items()
            )
        )

    def _described(self) -> Any:
        from pymilvus.exceptions import MilvusException

        try:
            return self._client.describe_index(self._name, VECTOR)
        except MilvusException as error:
            if "index not found" in str(error.message).lower():
                return None
            raise

    def _build(self, choice: IndexChoice) -> None:
        from pymilvus.exceptions import MilvusException

        params = self._client.prepare_index_params()
        params.add_index(
            VECTOR,
            index_name=VECTOR,
            index_type=choice.kind,
            metric_type=self._indexing.metric,
            params=self._told(choice.build),
        )
        try:
            self._client.create_index(self._name, params)
        except MilvusException as error:
            if not _refused(error.message):
                raise
            words = ", ".join(f"{key}={value}" for key, value in choice.build.items())
            raise AlbumError(
                ErrorCode.INDEX_REFUSED, path=self._uri, name=f"{choice.kind} {words}".strip(),
                detail=error.message,
            ) from error  # fmt: skip
        self._client.load_collection(self._name)


def _refused(message: str) -> bool:
    """Whether Milvus found fault with the index rather than with itself; it has no code for it."""
    return any(word in message.lower() for word in ("invalid", "out of range", "not supported"))
