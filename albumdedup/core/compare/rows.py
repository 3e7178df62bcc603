"""The facts in which photos differ, as rows of a table; the better value is marked."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from albumdedup.core.dates import DAY, as_iso
from albumdedup.core.folder_names import told_apart
from albumdedup.core.i18n import _, human_bytes
from albumdedup.core.keeper.criteria import lineage
from albumdedup.core.keeper.loss import is_raw
from albumdedup.core.keeper.words import NAMES, clock, extra_names, source_name
from albumdedup.core.types import DateSource, Photo

NOTHING = "–"
_EQUALLY_SHARP = 0.93
"""Sharpness from this share of the best on is no difference that could be seen."""


@dataclass(frozen=True, slots=True)
class Cell:
    """``remark`` says where a value comes from, ``whole`` is the text where it was cut."""

    text: str
    better: bool = False
    remark: str = ""
    whole: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    cells: tuple[Cell, ...]


Best = Callable[[Photo], float]


def differing_rows(photos: Sequence[Photo]) -> list[Row]:
    """What is equal in all photos is left out, and what would say the same twice."""
    same_make = len({(p.pixels, p.format) for p in photos}) == 1
    only_written = all(p.taken and p.taken.source is DateSource.FILE_TIME for p in photos)
    rows = [
        Row(_("Taken"), _marked(photos, _taken, _date_trust)),
        Row(_("Pixels"), _marked(photos, _pixels, lambda p: p.pixels)),
        Row(
            _("File size"),
            _marked(photos, _size, (lambda p: p.stamp.size) if same_make else None),
        ),
        Row(_("Format"), _marked(photos, lambda p: Cell(p.format), _nearness)),
        Row(_("Camera"), _marked(photos, lambda p: Cell(p.metadata.camera or NOTHING), _camera)),
        Row(_("Saved with"), _marked(photos, lambda p: Cell(p.metadata.software or NOTHING))),
        Row(_("Exposure"), _marked(photos, _exposure)),
        *_extras(photos),
        *([] if only_written else [Row(_("File written"), _marked(photos, _written))]),
        Row(_("Name"), _marked(photos, _name)),
        Row(_("Folder"), _folders(photos)),
    ]
    return [row for row in rows if _differs(row)]


def sharpness_row(shares: Sequence[float | None]) -> Row | None:
    """Sharpness of what the photos share, against the sharpest; None where all are alike.
    ``shares`` is None for a photo that could not be measured."""
    known = [share for share in shares if share is not None]
    if len(known) < 2 or min(known) >= _EQUALLY_SHARP * max(known):
        return None
    best = max(known)
    cells = []
    for share in shares:
        if share is None:
            cells.append(Cell(NOTHING))
        elif share >= _EQUALLY_SHARP * best:
            cells.append(Cell(_("sharpest"), better=True))
        else:
            cells.append(Cell(_("{percent} % of the sharpest").format(
                percent=round(100 * share / best))))  # fmt: skip
    return Row(_("Sharpness"), tuple(cells))


def _marked(
    photos: Sequence[Photo], cell: Callable[[Photo], Cell], best: Best | None = None
) -> tuple[Cell, ...]:
    cells = [cell(photo) for photo in photos]
    values = [best(photo) for photo in photos] if best is not None else []
    if not values or min(values) == max(values):
        return tuple(cells)
    top = max(values)
    return tuple(
        Cell(one.text, value == top, one.remark, one.whole)
        for one, value in zip(cells, values, strict=True)
    )


def _differs(row: Row) -> bool:
    return len({(cell.text, cell.remark, cell.whole) for cell in row.cells}) > 1


def _taken(photo: Photo) -> Cell:
    date = photo.taken
    if date is None:
        return Cell(NOTHING)
    text = as_iso(date) if date.precision >= DAY else clock(date)
    return Cell(text, remark=source_name(date.source))


def _date_trust(photo: Photo) -> float:
    return -ord(photo.taken.grade.value) if photo.taken else -1000.0


def _pixels(photo: Photo) -> Cell:
    return Cell(f"{photo.width} × {photo.height}")


def _size(photo: Photo) -> Cell:
    exact = _("{n} bytes").format(n=f"{photo.stamp.size:,}")
    return Cell(human_bytes(photo.stamp.size), whole=exact)


def _nearness(photo: Photo) -> float:
    return 10.0 if is_raw(photo) else lineage(photo)


def _camera(photo: Photo) -> float:
    return float(photo.metadata.camera is not None)


def _exposure(photo: Photo) -> Cell:
    parts = (photo.metadata.exposure or "").split()
    if len(parts) != 3:
        return Cell(NOTHING)
    seconds, speed, bias = parts
    said = []
    if seconds != "-":
        said.append(_shutter(float(seconds)))
    if speed != "-":
        said.append(_("ISO {n}").format(n=f"{float(speed):.0f}"))
    if bias != "-" and float(bias):
        said.append(_("{n} EV").format(n=f"{float(bias):+.1f}"))
    return Cell(", ".join(said) or NOTHING)


def _shutter(seconds: float) -> str:
    if 0 < seconds < 0.3:
        return _("1/{n} s").format(n=round(1 / seconds))
    return _("{n} s").format(n=f"{seconds:g}")


def _extras(photos: Sequence[Photo]) -> list[Row]:
    """A row for each kind of metadata and of file that only some of the photos have."""
    held = []
    for photo in photos:
        kinds = (one.kind.value for one in photo.companions)
        held.append({*photo.extras, *photo.metadata.holds, *kinds} & NAMES)
    rows = []
    for name in sorted(set().union(*held)):
        words = extra_names((name,))
        cells = tuple(Cell(_("yes"), better=True) if name in one else Cell(NOTHING) for one in held)
        rows.append(Row(words[:1].upper() + words[1:], cells))
    return rows


def _written(photo: Photo) -> Cell:
    when = datetime.fromtimestamp(photo.stamp.mtime_ns // 1_000_000_000)
    return Cell(when.isoformat(" ", "seconds"), remark=_("file time"))


def _name(photo: Photo) -> Cell:
    return Cell(_drawable(os.path.basename(photo.path)))


def _folders(photos: Sequence[Photo]) -> tuple[Cell, ...]:
    folders = [_drawable(os.path.dirname(photo.path)) for photo in photos]
    return tuple(
        Cell(short, whole=folder)
        for short, folder in zip(told_apart(folders), folders, strict=True)
    )


def _drawable(path: str) -> str:
    """Bytes that are no text become question marks."""
    return path.encode("utf-8", "replace").decode("utf-8")
