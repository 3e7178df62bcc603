"""What this library tells the others of its family: sent, kept in step, taken away again.

The catalog knows what was told. What differs from what is there now is told anew, so that catching
up after any trouble, and any number of times, ends in the same rows. Nothing here reads a photo.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from albumdedup.core.control import Control, Progress, Reporter, Stage
from albumdedup.core.errors import STORE_TROUBLE, AlbumError
from albumdedup.core.family import Holding, Place
from albumdedup.core.ports import Catalog, FamilyBook, FamilyStore
from albumdedup.core.types import ContentId

_log = logging.getLogger(__name__)

PAGE = 1000
"""Rows that are sent, and noted as told, at a time."""


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Family:
    """The family of this library, if it is in one (``here``). ``open`` connects at the first call
    of what it returns; ``book`` knows where rows of this library may lie."""

    here: Place | None
    library: str
    label: str
    open: Callable[[Place], FamilyStore]
    book: FamilyBook
    now: Callable[[], datetime] = utc_now


def due(catalog: Catalog, family: Family) -> bool:
    """Whether there is something to tell or to take away, as far as can be known here."""
    if set(family.book.places()) != {family.here} - {None}:
        return True
    catalog.use_family_place(family.here)
    return family.here is not None and catalog.has_untold()


def tell(
    catalog: Catalog, family: Family, control: Control, reporter: Reporter
) -> AlbumError | None:
    """Bring the family up to date: rows where this library has left are taken away, changed ones
    sent, those of photos that are here no more taken. Returns the trouble, None where all went
    well: the next call goes on. Raises Cancelled, and AlbumError for the catalog's own failures.
    """
    trouble: AlbumError | None = None
    try:
        if family.here is not None:
            _bring_up_to_date(catalog, family, family.here, control, reporter)
    except AlbumError as error:
        trouble = _of_the_store(error)
    for place in family.book.places():
        if place != family.here:
            try:
                leave(family, place)
            except AlbumError as error:
                trouble = trouble or _of_the_store(error)
    return trouble


def _of_the_store(error: AlbumError) -> AlbumError:
    if error.code not in STORE_TROUBLE:
        raise error
    _log.info("The family is told later: %s", error)
    return error


def leave(family: Family, place: Place) -> int:
    """Take this library's rows away from a place; returns how many. Raises AlbumError."""
    with closing(family.open(place)) as store:
        count = store.leave()
    family.book.left(place)
    return count


def _bring_up_to_date(
    catalog: Catalog, family: Family, here: Place, control: Control, reporter: Reporter
) -> None:
    family.book.joined(here)  # before the first row: what is there must be found again
    catalog.use_family_place(here)
    with closing(family.open(here)) as store:
        store.introduce(family.label, family.now())
        new, gone = catalog.untold()
        for part in _parts(gone):
            control.checkpoint()
            store.take(part)
            catalog.note_taken(part)
        _put(catalog, store, new, control, reporter)
        told = catalog.told()
        if store.count() != len(told):
            _settle(catalog, store, told, control, reporter)
        store.introduce(family.label, family.now())


def _put(
    catalog: Catalog,
    store: FamilyStore,
    new: Sequence[Holding],
    control: Control,
    reporter: Reporter,
) -> None:
    for start in range(0, len(new), PAGE):
        control.checkpoint()
        part = {one.content: one for one in new[start : start + PAGE]}
        ids, vectors = catalog.vectors(list(part))
        store.put([part[content] for content in ids], vectors)
        catalog.note_told([part[content] for content in ids])
        reporter.report(Progress(Stage.TELLING, start + len(part), len(new)))
    reporter.flush()


def _settle(
    catalog: Catalog,
    store: FamilyStore,
    told: Sequence[ContentId],
    control: Control,
    reporter: Reporter,
) -> None:
    """The server lost rows, or has some that a catalog before this one sent."""
    there, wanted = set(store.own()), set(told)
    for part in _parts(sorted(there - wanted)):
        control.checkpoint()
        store.take(part)
    lost = [one for one in catalog.holdings() if one.content in wanted - there]
    _put(catalog, store, lost, control, reporter)


def _parts(contents: Sequence[ContentId]) -> Iterator[Sequence[ContentId]]:
    for start in range(0, len(contents), PAGE):
        yield contents[start : start + PAGE]
