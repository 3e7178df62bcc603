"""What the library keeps on this computer, where, and how large it is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from albumdedup.core.paths import AppPaths


class StoreKind(StrEnum):
    CATALOG = "catalog"
    DECISIONS = "decisions"
    VECTORS = "vectors"
    THUMBS = "thumbs"


@dataclass(frozen=True, slots=True)
class Stored:
    """One store. ``bytes`` is None where it is not on this computer."""

    kind: StoreKind
    place: str
    bytes: int | None


def measure(paths: AppPaths, vector_uri: str = "") -> tuple[Stored, ...]:
    """Reads folders, no file: for a worker thread."""
    here = {
        StoreKind.CATALOG: paths.catalog,
        StoreKind.DECISIONS: paths.decisions,
        StoreKind.VECTORS: paths.vectors,
        StoreKind.THUMBS: paths.thumbs,
    }
    found = [Stored(kind, str(place), _size(place)) for kind, place in here.items()]
    if vector_uri:
        found[2] = Stored(StoreKind.VECTORS, vector_uri, None)
    return tuple(found)


def _size(place: Path) -> int:
    """A database's journal and backups begin with its name and count with it."""
    if place.is_dir():
        return sum(_bytes_of(entry) for entry in _files(str(place)))
    return sum(_bytes_of(str(one)) for one in place.parent.glob(f"{place.name}*"))


def _files(folder: str) -> Iterator[str]:
    for inner, _folders, names in os.walk(folder):
        for name in names:
            yield os.path.join(inner, name)


def _bytes_of(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0  # gone meanwhile
