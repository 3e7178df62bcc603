"""One file explained step by step: what it is, what is in it, and what the library makes of it."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from albumdedup.core.dates import Beside
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.examination import known, picture
from albumdedup.core.examination.place import examine_place
from albumdedup.core.examination.steps import Step
from albumdedup.core.scanner import found_file
from albumdedup.core.types import (
    CompanionKind,
    Group,
    Photo,
    ReadFile,
    SearchHit,
    Snapshot,
)

__all__ = ["Examination", "Step", "examine"]


@dataclass(frozen=True, slots=True)
class Examination:
    """What ``examine`` asks. ``search`` computes a descriptor, and is called only for a file
    that the library does not know."""

    roots: Sequence[str]
    snapshot: Snapshot
    groups: Sequence[Group]
    read: picture.Read
    search: Callable[[str], list[SearchHit]]
    now: datetime


def examine(path: str, asks: Examination) -> list[Step]:
    """Opens the file read-only, and not at all where that would download it.

    Raises AlbumError(NOT_THERE, NOT_A_FILE, NO_RIGHTS)."""
    path = os.path.abspath(path)
    try:
        status = os.lstat(path)
        if stat.S_ISDIR(status.st_mode):
            raise AlbumError(ErrorCode.NOT_A_FILE, path=path)
        place, passed = examine_place(path, asks.roots, asks.snapshot)
        shut = not stat.S_ISREG(status.st_mode)
        if shut or (passed is not None and passed.kind == "placeholder"):
            return [place]
        return [place, *_inside(path, asks)]
    except PermissionError as error:
        raise AlbumError(ErrorCode.NO_RIGHTS, path=path) from error
    except OSError as error:
        raise AlbumError(ErrorCode.NOT_THERE, path=path) from error


def _inside(path: str, asks: Examination) -> list[Step]:
    found = found_file(path)
    photo = known.photo_at(path, asks.snapshot)
    steps = [picture.examine_container(path)]
    read = asks.read(found)
    is_part = photo is not None and photo.path != path
    if not is_part or read.picture is not None:
        steps.append(picture.examine_opening(read))
    if read.picture is not None:
        metadata = read.picture.metadata
        beside = _beside(photo) if photo is not None and not is_part else Beside()
        steps.append(picture.examine_dates(found, metadata, asks.now, beside))
        steps.append(picture.examine_metadata(metadata))
    unit = known.examine_unit(path, photo, asks.snapshot)
    steps += [unit] if unit is not None else []
    steps.append(known.examine_record(found, read.content, photo, asks.snapshot))
    return steps + _among_others(path, photo, read, asks)


def _among_others(path: str, photo: Photo | None, read: ReadFile, asks: Examination) -> list[Step]:
    if photo is None and read.content is not None:
        same = (p for p in asks.snapshot.photos if p.content == read.content)
        photo = next(same, None)
        if photo is not None:
            return [known.examine_neighbours(photo, asks.snapshot)]
    if photo is not None:
        near = known.examine_neighbours(photo, asks.snapshot)
        return [near, *known.examine_group(photo, asks.groups)]
    if read.picture is None or not asks.snapshot.photos:
        return []
    return [known.hits_step(asks.search(path))]


def _beside(photo: Photo) -> Beside:
    told = {one.kind: one.facts.date for one in reversed(photo.companions) if one.facts.date}
    return Beside(
        told.get(CompanionKind.XMP), told.get(CompanionKind.FILM), told.get(CompanionKind.TAKEOUT)
    )
