"""Bring the library's companions up to date with a walk."""

from __future__ import annotations

import os
from collections.abc import Sequence

from albumdedup.core.companions.reading import read_companion
from albumdedup.core.control import Control
from albumdedup.core.executors import bounded_map
from albumdedup.core.formats import companion_kind
from albumdedup.core.ports import Catalog, Executor, Lane
from albumdedup.core.scanner import Walk, is_placeholder
from albumdedup.core.types import Companion, CompanionFacts, CompanionKind, FoundFile

_WINDOW = 64
_COMMIT = 1000


def update(
    walk: Walk, roots: Sequence[str], catalog: Catalog, executor: Executor, control: Control
) -> bool:
    """Read what is new or changed, forget what is gone; whether anything was. Raises Cancelled."""
    known = catalog.known_companions(roots)
    here = {found.path for found in walk.companions}
    gone = sorted(path for path in known if path not in here and not walk.uncertain(path))
    fresh = [found for found in walk.companions if known.get(found.path) != found.stamp]
    catalog.remove_companions(gone)
    batch: list[Companion] = []
    try:
        for companion in bounded_map(
            executor, Lane.DECODE, _read, fresh, window=_WINDOW, control=control
        ):
            batch.append(companion)
            if len(batch) >= _COMMIT:
                catalog.save_companions(batch)
                batch = []
    finally:
        catalog.save_companions(batch)
    return bool(fresh or gone)


def _read(found: FoundFile) -> Companion:
    """One that cannot be read, or is no companion after all, is remembered without facts: it
    belongs to nothing unless its name alone says so."""
    kind = companion_kind(found.path.replace("\\", "/").rsplit("/", 1)[-1]) or CompanionKind.OTHER
    try:
        in_cloud = is_placeholder(os.stat(found.path))  # opening it would download it
        companion = None if in_cloud else read_companion(found, kind)
    except OSError:
        companion = None
    return companion or Companion(found.path, found.stamp, kind, CompanionFacts())
