"""A clean-up in a process of its own that kills itself, with SIGKILL, at one chosen line.

Lines of the engine, the trash, the moves and the journal count, so that death comes between any
two steps, not only between calls that somebody thought of.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

from albums import group, photo

from albumdedup.core import ahead, batches, operations, planning, recovery
from albumdedup.core.control import Control, Reporter
from albumdedup.core.types import (
    PROVEN_TIERS,
    Companion,
    CompanionFacts,
    CompanionKind,
    Group,
    NewSidecar,
    Photo,
    Plan,
)
from albumdedup.store.decisions import open_decisions
from albumdedup.store.journal import SqliteJournal
from albumdedup.system.trash import open_trash

COUNTED = (
    "core/ahead.py", "core/moving.py", "core/operations.py", "core/recovery.py",
    "core/restoring.py", "core/carrying/", "system/", "store/journal.py",
)  # fmt: skip
KINDS = {
    ".CR2": CompanionKind.RAW, ".MOV": CompanionKind.FILM, ".xmp": CompanionKind.XMP,
}  # fmt: skip
SIDECAR = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>" * 400
"""What is written for a keeper: more than one block."""


def unit(path: Path) -> Photo:
    """A photo with the files of its stem beside it; the content of films is not known yet."""
    parts = []
    for suffix, kind in KINDS.items():
        beside = path.with_suffix(suffix)
        if beside.exists():
            known = photo(beside)
            facts = CompanionFacts(sample=known.content, whole=kind is not CompanionKind.FILM)
            parts.append(Companion(str(beside), known.stamp, kind, facts))
    return replace(photo(path), companions=tuple(parts))


def with_sidecars(plan: Plan) -> Plan:
    """A new sidecar for each keeper that has none."""
    keepers = dict.fromkeys(item.survivor.path for item in plan.items)
    new = [
        NewSidecar(keeper + ".xmp", SIDECAR, keeper, ("rating",))
        for keeper in keepers
        if not Path(keeper).with_suffix(".xmp").exists() and not os.path.lexists(keeper + ".xmp")
    ]
    return replace(plan, sidecars=tuple(new))


def groups_below(album: Path) -> list[Group]:
    """Identical files; the one with the first path stays."""
    by_content: dict[str, list[Any]] = {}
    for path in sorted(album.rglob("*.jpg")):
        if path.is_file() and not path.is_symlink():
            found = unit(path)
            by_content.setdefault(found.content, []).append(found)
    return [group(*photos) for photos in by_content.values() if len(photos) > 1]


class Mortality:
    """Counts executed lines; dies at the one before ``at`` (0: never)."""

    def __init__(self, at: int) -> None:
        self.lines = 0
        self._at = at
        package = os.path.dirname(os.path.dirname(operations.__file__))
        self._counted = tuple(os.path.join(package, part) for part in COUNTED)

    def enter(self, frame: FrameType, event: str, arg: Any) -> Any:
        return self.line if frame.f_code.co_filename.startswith(self._counted) else None

    def line(self, frame: FrameType, event: str, arg: Any) -> Any:
        if event == "line":
            self.lines += 1
            if self.lines == self._at:
                os.kill(os.getpid(), signal.SIGKILL)
        return self.line


def work(verb: str, place: str, target: str | None, die_at: int, batch: int, carry: bool) -> None:
    """Clean the album at ``place``, put everything back, or recover; write how many lines it
    took to ``place``/lines."""
    root = Path(place)
    batches.BATCH = operations.BATCH = batch
    ahead.FAT_STEP_NS = 0  # files made just now count as settled: what is read ahead is used
    os.environ["XDG_DATA_HOME"] = str(root / "data")
    database = open_decisions(root / "decisions.sqlite")
    journal = SqliteJournal(database)
    plan = None
    if verb == "clean":
        plan = planning.plan_clean(groups_below(root / "album"), PROVEN_TIERS, target, ())
        plan = with_sidecars(plan) if carry else plan
    life = Mortality(die_at)
    sys.settrace(life.enter)
    if plan is not None:
        operations.apply(plan, journal, open_trash(target), (), Control(), Reporter())
    elif verb == "undo":
        for operation in journal.operations():
            if operation.moved or any(one.there for one in operation.sidecars):
                operations.undo(operation, journal, open_trash(target), Control(), Reporter())
    else:
        recovery.recover(journal, open_trash)
    sys.settrace(None)
    database.close()
    (root / "lines").write_text(str(life.lines))
