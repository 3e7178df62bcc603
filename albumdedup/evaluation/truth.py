"""The truth of a made album: which file shows which shot, and how it came about."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import _
from albumdedup.core.types import Tier
from albumdedup.evaluation.geometry import IDENTITY, Matrix

TRUTH = "truth.json"
SCHEMA = 2

ORIGINAL, FRAME, DISTRACTOR = "original", "frame", "distractor"
"""The kinds of files that are no copies."""


@dataclass(frozen=True, slots=True)
class TrueFile:
    """One file of the album, its path relative to the album with ``/`` between the parts.

    ``original`` names the shot; different shots, different names. ``tier`` is its relation to
    that shot, ``matrix`` where the points of the upright original lie in it. ``series`` names the
    scene of a frame; ``exif`` tells whether the file carries a capture time.
    """

    path: str
    original: str
    kind: str
    tier: Tier
    matrix: Matrix = IDENTITY
    series: str = ""
    exif: bool = False

    @property
    def is_copy(self) -> bool:
        return self.kind not in (ORIGINAL, FRAME, DISTRACTOR)


@dataclass(frozen=True, slots=True)
class Truth:
    """All files of a made album in order of their path, and the seed it was made with."""

    seed: int
    files: tuple[TrueFile, ...]


def write(truth: Truth, album: Path) -> None:
    rows = [{**asdict(row), "matrix": list(row.matrix)} for row in truth.files]
    document = {"schema": SCHEMA, "seed": truth.seed, "files": rows}
    (album / TRUTH).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def read(album: Path) -> Truth:
    """The truth of an album, checked against the files that are there.

    Raises AlbumError(NOT_THERE, NOT_A_FOLDER, NO_TRUTH, TRUTH_UNUSABLE).
    """
    if not album.is_dir():
        code = ErrorCode.NOT_A_FOLDER if album.exists() else ErrorCode.NOT_THERE
        raise AlbumError(code, path=str(album))
    path = album / TRUTH
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise AlbumError(ErrorCode.NO_TRUTH, path=str(album)) from None
    except OSError as error:
        raise _unusable(path, error.strerror or str(error)) from error
    except (ValueError, RecursionError) as error:
        raise _unusable(path, _("it is not JSON")) from error
    try:
        truth = _parse(document)
    except _Misfit as error:
        raise _unusable(path, str(error)) from error
    for row in truth.files:
        if not (album / row.path).is_file():
            raise _unusable(path, _("the file {name} is missing").format(name=row.path))
    return truth


class _Misfit(Exception):
    """What does not fit, in words."""


def _unusable(path: Path, detail: str) -> AlbumError:
    return AlbumError(ErrorCode.TRUTH_UNUSABLE, path=str(path), detail=detail)


def _parse(document: object) -> Truth:
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise _Misfit(_("it is not of schema {n}").format(n=SCHEMA))
    seed, rows = document.get("seed"), document.get("files")
    if not isinstance(seed, int) or not isinstance(rows, list) or not rows:
        raise _Misfit(_("it lists no files"))
    files = tuple(_row(row, number) for number, row in enumerate(rows, 1))
    if len({row.path for row in files}) != len(files):
        raise _Misfit(_("it lists a file twice"))
    shots = {row.original for row in files if not row.is_copy}
    for row in files:
        if row.original not in shots:
            raise _Misfit(_("the original of {name} is not listed").format(name=row.path))
    return Truth(seed, tuple(sorted(files, key=lambda row: row.path)))


def _row(row: object, number: int) -> TrueFile:
    if not isinstance(row, Mapping):
        raise _Misfit(_("entry {n} is no file").format(n=number))
    path = _text(row, "path", number)
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or "\0" in path:
        raise _Misfit(_("entry {n} lies outside the album").format(n=number))
    try:
        tier = Tier(_text(row, "tier", number))
    except ValueError:
        raise _Misfit(_("entry {n} has an unknown tier").format(n=number)) from None
    matrix = row.get("matrix")
    good = isinstance(matrix, list) and len(matrix) == 9
    if not good or not all(_number(value) for value in matrix or ()):
        raise _Misfit(_("entry {n} has no matrix of nine numbers").format(n=number))
    series, exif = row.get("series", ""), row.get("exif", False)
    if not isinstance(series, str) or not isinstance(exif, bool):
        raise _Misfit(_("entry {n} is not understood").format(n=number))
    values = tuple(float(value) for value in matrix or ())
    original, kind = _text(row, "original", number), _text(row, "kind", number)
    return TrueFile(path, original, kind, tier, values, series, exif)


def _text(row: Mapping[str, Any], name: str, number: int) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value:
        raise _Misfit(_("entry {n} has no {name}").format(n=number, name=name))
    return value


def _number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
