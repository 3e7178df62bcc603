"""The other libraries of the family: what this one tells them, and what it learns from them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from albumdedup.core import telling
from albumdedup.core.control import Control, Progress, ProgressSink, Reporter, Stage
from albumdedup.core.elsewhere import LOOKS_THE_SAME, Elsewhere, Meeting
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.family import Holding, Place, Relative
from albumdedup.core.ports import Catalog
from albumdedup.core.telling import Family
from albumdedup.core.types import Descriptors


@dataclass(frozen=True, slots=True)
class RelativeHit:
    """A photo of another library that a search found."""

    relative: Relative
    holding: Holding
    similarity: float


class Relatives:
    """Verbs of a library about its family. Each connects and hangs up by itself; any thread."""

    def __init__(self, catalog: Catalog, family: Family) -> None:
        self._catalog, self._family = catalog, family

    @property
    def place(self) -> Place | None:
        """None: this library is in no family."""
        return self._family.here

    @property
    def own_id(self) -> str:
        return self._family.library

    @property
    def due(self) -> bool:
        """Whether the family is to be told something."""
        return telling.due(self._catalog, self._family)

    def untold(self) -> int:
        """How many photos of this library the family does not know yet, or otherwise."""
        if self._family.here is None:
            return 0
        self._catalog.use_family_place(self._family.here)
        new, gone = self._catalog.untold()
        return len(new) + len(gone)

    def tell(
        self, control: Control | None = None, sink: ProgressSink | None = None
    ) -> AlbumError | None:
        """Bring the family up to date, where it is not; returns why it could not be."""
        if not self.due:
            return None
        return telling.tell(self._catalog, self._family, control or Control(), Reporter(sink))

    def refresh(
        self, control: Control | None = None, sink: ProgressSink | None = None
    ) -> AlbumError | None:
        """``tell``, though nothing seems to be due: what the server lost is found so."""
        return telling.tell(self._catalog, self._family, control or Control(), Reporter(sink))

    def all(self) -> list[Relative]:
        """This library and the others. Raises AlbumError(NO_FAMILY, …)."""
        with closing(self._family.open(self._here())) as store:
            return store.relatives()

    def others(self, named: str = "") -> list[Relative]:
        """The others, or the one with this label or id. Raises AlbumError(UNKNOWN_RELATIVE, …)."""
        return self._others(self.all(), named)

    def elsewhere(
        self,
        similarity: float = LOOKS_THE_SAME,
        named: str = "",
        control: Control | None = None,
        sink: ProgressSink | None = None,
    ) -> Elsewhere:
        """Compare all photos of this library with those of the others, or of one of them.

        Raises AlbumError(NO_FAMILY, UNKNOWN_RELATIVE, …), Cancelled."""
        control, reporter = control or Control(), Reporter(sink)
        with closing(self._family.open(self._here())) as store:
            others = self._others(store.relatives(), named)
            meeting = Meeting(
                self._catalog.holdings(), self._catalog.vectors(), similarity, control
            )
            done, total = 0, sum(one.rows for one in others)
            for other in others:
                for count in meeting.take(other, store.pages(other.library)):
                    done += count
                    reporter.report(Progress(Stage.MEETING, done, max(done, total)))
            reporter.flush()
        return meeting.end()

    def search(self, vector: Descriptors, top: int) -> list[RelativeHit]:
        """The photos of the others that are most similar to float32[dim], best first. Raises
        AlbumError(NO_FAMILY, …)."""
        with closing(self._family.open(self._here())) as store:
            known = {one.library: one for one in store.relatives()}
            found = store.search(vector, top)
        return [
            RelativeHit(known.get(library, Relative(library, library, 0, None)), holding, value)
            for library, holding, value in found
        ]

    def leave(self, *, anyway: bool = False) -> int:
        """Take the rows of this library away, wherever they lie; returns how many. ``anyway``:
        what cannot be reached stays there, and is given up. As long as the settings name a
        family, the next scan brings the rows back. Raises AlbumError."""
        self._catalog.use_family_place(None)
        count = 0
        for place in self._family.book.places():
            try:
                count += telling.leave(self._family, place)
            except AlbumError:
                if not anyway:
                    raise
                self._family.book.left(place)
        return count

    def drop(self, named: str) -> int:
        """Take the rows of another library away, whose computer is gone for good; returns how
        many. Should it not be gone, its next scan brings them back. Raises AlbumError."""
        (other,) = self.others(named)
        with closing(self._family.open(self._here())) as store:
            return store.leave(other.library)

    def _here(self) -> Place:
        if self._family.here is None:
            raise AlbumError(ErrorCode.NO_FAMILY)
        return self._family.here

    def _others(self, relatives: Sequence[Relative], named: str) -> list[Relative]:
        others = [one for one in relatives if one.library != self._family.library]
        if not named:
            return others
        chosen = [one for one in others if named in (one.label, one.library)]
        if not chosen:
            known = ", ".join(one.label for one in others) or "–"
            raise AlbumError(ErrorCode.UNKNOWN_RELATIVE, name=named, detail=known)
        return chosen
