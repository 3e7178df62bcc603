"""Bring the library's companions up to date with a walk."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial

from albumdedup.core.companions.reading import read_companion
from albumdedup.core.control import Control
from albumdedup.core.executors import bounded_map
from albumdedup.core.formats import companion_kind
from albumdedup.core.patience import NoAnswer, Patience, Tell
from albumdedup.core.ports import Catalog, Executor, Lane
from albumdedup.core.scanner import Walk, is_placeholder
from albumdedup.core.types import (
    Companion,
    CompanionFacts,
    CompanionKind,
    FoundFile,
    Problem,
    Reason,
)

_WINDOW = 64
_COMMIT = 1000


_NEVER = -1
"""A time that no file has: what has it is read again by the next scan, and never moved before."""


def update(
    walk: Walk,
    roots: Sequence[str],
    catalog: Catalog,
    executor: Executor,
    control: Control,
    patience: Patience | None = None,
) -> bool:
    """Read what is new or changed, forget what is gone; whether anything was. What a silent drive
    does not give is told to the walk. Raises Cancelled."""
    known = catalog.known_companions(roots)
    here = {found.path for found in walk.companions}
    gone = sorted(path for path in known if path not in here and not walk.uncertain(path))
    fresh = [found for found in walk.companions if known.get(found.path) != found.stamp]
    catalog.remove_companions(gone)
    batch: list[Companion] = []
    with closing(patience or Patience()) as asked:
        read = partial(_read, asked, lambda: control.cancelled)
        try:
            for companion in bounded_map(
                executor, Lane.DECODE, read, fresh, window=_WINDOW, control=control
            ):
                if companion.stamp.mtime_ns == _NEVER:
                    walk.problems.append(Problem(companion.path, Reason.NO_ANSWER))
                batch.append(companion)
                if len(batch) >= _COMMIT:
                    catalog.save_companions(batch)
                    batch = []
        finally:
            catalog.save_companions(batch)
    return bool(fresh or gone)


def _read(patience: Patience, stopped: Callable[[], bool], found: FoundFile) -> Companion:
    """One that cannot be read, or is no companion after all, is remembered without facts: it
    belongs to nothing unless its name alone says so."""
    kind = companion_kind(found.path.replace("\\", "/").rsplit("/", 1)[-1]) or CompanionKind.OTHER
    stamp = found.stamp
    companion = None
    try:
        companion = patience.ask(stamp.identity.volume, partial(_facts, found, kind), stopped)
    except OSError:
        pass  # its name may still say what it belongs to
    except NoAnswer:
        stamp = stamp._replace(mtime_ns=_NEVER)
    return companion or Companion(found.path, stamp, kind, CompanionFacts())


def _facts(found: FoundFile, kind: CompanionKind, _tell: Tell) -> Companion | None:
    """Raises OSError."""
    if is_placeholder(os.stat(found.path)):
        return None  # opening it would download it
    return read_companion(found, kind)
