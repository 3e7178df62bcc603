"""A part of an operation, as a person names it: one photo, one group."""

from __future__ import annotations

import os
from dataclasses import dataclass

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.types import JournalItem, Operation


@dataclass(frozen=True, slots=True)
class Part:
    """Photos by their path (or that of a companion: units stay whole), groups by their id.
    Empty: the whole operation."""

    photos: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.photos or self.groups)


def items_of(operation: Operation, part: Part) -> tuple[JournalItem, ...]:
    """The items of a part, in the operation's order; all where the part is empty.

    Raises AlbumError(NOT_IN_OPERATION) for a photo or group that the operation does not have.
    """
    if not part:
        return operation.items
    units: set[str] = set()
    for group in part.groups:
        found = {_unit(entry) for entry in operation.items if entry.item.group_id == group}
        units |= _known(found, operation, group)
    for path in part.photos:
        found = _named(operation, os.path.abspath(path)) or _named(operation, _real(path))
        units |= _known(found, operation, path)
    return tuple(entry for entry in operation.items if _unit(entry) in units)


def _known(found: set[str], operation: Operation, name: str) -> set[str]:
    if not found:
        raise AlbumError(ErrorCode.NOT_IN_OPERATION, path=name, name=str(operation.id))
    return found


def _named(operation: Operation, path: str) -> set[str]:
    wanted = os.path.normcase(path)
    return {
        _unit(entry)
        for entry in operation.items
        if wanted in (os.path.normcase(entry.item.victim.path), _real(entry.item.victim.path))
    }


def _unit(entry: JournalItem) -> str:
    return entry.item.part_of or entry.item.victim.path


def _real(path: str) -> str:
    """Links among its folders followed; the file itself is in the trash."""
    folder, name = os.path.split(os.path.abspath(path))
    return os.path.normcase(os.path.join(os.path.realpath(folder), name))
