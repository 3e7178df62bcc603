"""Make an album whose truth is known: originals with copies as they lie about at home."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from albumdedup.core.types import Tier
from albumdedup.evaluation.copies import COPIES, CopyKind

TRUTH = "truth.json"
FIRST_TIME = 1_556_700_000
"""File time of the first original (2019-05-01); copies are days younger."""

PHOTO_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".heic", ".webp"})


@dataclass(frozen=True, slots=True)
class TrueFile:
    """One file of the album. ``original`` names the shot; different shots, different names."""

    path: str
    original: str
    kind: str
    tier: Tier


def _photos(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.suffix.lower() in PHOTO_SUFFIXES)


def make_album(
    source: Path,
    out: Path,
    *,
    seed: int,
    sequences: Path | None = None,
    copies_per_photo: int | None = None,
    limit: int | None = None,
    kinds: Sequence[CopyKind] = COPIES,
) -> list[TrueFile]:
    """Write the album to ``out`` (which must not exist) and its truth to ``truth.json``.

    Each original gets ``copies_per_photo`` of the kinds, chosen by ``seed``, or all of them.
    Frames of ``sequences`` are added as they are: each is a shot of its own.
    """
    out.mkdir(parents=True)
    chance = random.Random(seed)
    truth: list[TrueFile] = []
    for number, photo in enumerate(_photos(source)[:limit]):
        name = str(photo.relative_to(source))
        home = out / "Pictures" / str(2015 + number % 8) / f"{photo.parent.name[:12]}"
        truth.append(_place(photo, home / photo.name, name, "original", FIRST_TIME + number * 60))
        chosen = list(kinds)
        if copies_per_photo is not None:
            chosen = chance.sample(chosen, min(copies_per_photo, len(chosen)))
        for kind in chosen:
            target = out / kind.folder / f"{photo.stem}{kind.suffix or photo.suffix}"
            target.parent.mkdir(parents=True, exist_ok=True)
            kind.make(photo, target)
            _set_time(target, FIRST_TIME + 86_400 * (1 + number))
            truth.append(TrueFile(str(target.relative_to(out)), name, kind.name, kind.tier))
    if sequences is not None:
        for frame in _photos(sequences):
            name = str(frame.relative_to(sequences))
            target = out / "Pictures" / "Series" / name
            truth.append(_place(frame, target, f"sequence/{name}", "frame", FIRST_TIME))
    rows = [asdict(row) for row in truth]
    (out / TRUTH).write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return truth


def _place(photo: Path, target: Path, original: str, kind: str, when: int) -> TrueFile:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(photo, target)
    _set_time(target, when)
    root = next(p for p in target.parents if p.name == "Pictures").parent
    return TrueFile(str(target.relative_to(root)), original, kind, Tier.IDENTICAL)


def _set_time(path: Path, seconds: int) -> None:
    os.utime(path, (seconds, seconds))
