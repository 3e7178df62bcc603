"""How large the stores of a library are."""

from __future__ import annotations

from pathlib import Path

from albumdedup.core.paths import AppPaths
from albumdedup.core.storage import StoreKind, measure


def test_each_store_is_measured_with_what_belongs_to_it(tmp_path: Path) -> None:
    paths = AppPaths(tmp_path)
    paths.catalog.write_bytes(b"x" * 100)
    Path(f"{paths.catalog}-wal").write_bytes(b"x" * 11)
    (paths.thumbs / "ab").mkdir(parents=True)
    (paths.thumbs / "ab" / "one.jpg").write_bytes(b"x" * 7)
    sizes = {one.kind: one.bytes for one in measure(paths)}
    assert sizes == {
        StoreKind.CATALOG: 111, StoreKind.DECISIONS: 0, StoreKind.VECTORS: 0, StoreKind.THUMBS: 7,
    }  # fmt: skip


def test_a_server_has_an_address_and_no_size(tmp_path: Path) -> None:
    vectors = measure(AppPaths(tmp_path), "http://server:19530")[2]
    assert (vectors.place, vectors.bytes) == ("http://server:19530", None)
