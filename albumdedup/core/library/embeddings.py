"""The embeddings beside the one that finds the duplicates (docs/embeddings.md)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from albumdedup.core import (
    renewing,
)
from albumdedup.core.control import Control, Reporter
from albumdedup.core.embedding import NO_WISH, Embedding, Wish
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.library.parts import Verbs
from albumdedup.core.reducer import Reducer, measured
from albumdedup.core.reducing import Loss
from albumdedup.core.switching import Switch, SwitchParts
from albumdedup.core.types import (
    ContentId,
    SpaceUse,
)


class Embeddings(Verbs):
    """The embeddings beside the one that finds the duplicates (docs/embeddings.md)."""

    def fit(
        self,
        extractor: str,
        wish: Wish,
        control: Control | None = None,
    ) -> Loss:
        """What a reduction of an extractor's descriptors to ``wish.dim`` dimensions would keep,
        measured on the library itself. Changes nothing and reads no photo.

        Raises AlbumError: NOTHING_DESCRIBED, PCA_TOO_LARGE, PCA_TOO_FEW, EXTRACTOR_UNKNOWN;
        Cancelled."""
        assert self._parts.reducer is not None
        return measured(self._parts.reducer(extractor), wish, control or Control())

    def spaces(self) -> list[SpaceUse]:
        """The embeddings beside the one that finds the duplicates, with what they take."""
        return self._parts.catalog.spaces()

    def unanswered(self) -> bool:
        """Whether another embedding was chosen than the one that answers. ``index`` describes what
        it lacks, without any folder to look through too."""
        parts = self._parts
        if not parts.catalog.has_indexed():
            return False
        answers = parts.catalog.answering()
        if parts.chosen is None:
            return answers is not None
        if not parts.wish.dim:
            return answers != parts.chosen.space
        assert parts.reducer is not None
        return answers != parts.reducer(parts.chosen.space.extractor).space(parts.wish)

    def has_work(self) -> bool:
        """Whether ``index`` has something to do without any folder to look through: the chosen
        embedding does not answer yet, or copies that an earlier version read were never looked
        into."""
        return self.unanswered() or bool(self._parts.catalog.unseen_copies())

    def forget_space(self, extractor: str) -> int:
        """Free what the descriptors of an extractor take, reduced ones too; returns how many
        bytes of the catalog. Where they answered, those that find the duplicates do. The photos,
        the proven pairs and the decisions stay. Raises AlbumError: SPACE_NEEDED for the extractor
        that finds the duplicates; a code of ``STORE_TROUBLE`` where only the vector store keeps
        them still."""
        if extractor == self._parts.first:
            raise AlbumError(ErrorCode.SPACE_NEEDED, name=extractor)
        gone = [use for use in self.spaces() if use.space.extractor == extractor]
        self._parts.catalog.drop_spaces([use.space.name for use in gone])
        if gone:
            self._parts.catalog.compact()
        if gone and self._parts.drop_stored is not None:
            self._parts.drop_stored([use.space for use in gone])
        return sum(use.bytes for use in gone)

    def _switch(self) -> Switch | None:
        parts = self._parts
        if parts.chosen is None or parts.reducer is None:
            return None
        reducer = parts.reducer(parts.chosen.space.extractor)
        return Switch(self._switch_parts(parts.chosen, reducer, parts.wish))

    def _switch_parts(
        self,
        chosen: Embedding,
        reducer: Reducer,
        wish: Wish = NO_WISH,
        lacking: Callable[[], Sequence[ContentId]] | None = None,
    ) -> SwitchParts:
        parts = self._parts
        return SwitchParts(
            parts.catalog, parts.executor, chosen, parts.vectors, parts.batch,
            parts.commit_seconds, parts.door, parts.products, parts.in_order, reducer, wish,
            chosen.space.extractor == parts.first, parts.drop_stored, lacking,
        )  # fmt: skip

    def _renew(self, control: Control, reporter: Reporter, changed: Callable[[], None]) -> None:
        """Bring a library that another version described up to this one."""
        parts, catalog = self._parts, self._parts.catalog
        before, own = catalog.vector_space(), parts.renewal
        if not before or own is None or parts.reducer is None:
            return
        reducer = parts.reducer(parts.first)
        if before != parts.space and catalog.has_indexed():
            reducer = dataclasses.replace(reducer, source=lambda: catalog.drawer(own.space))
            switch = Switch(self._switch_parts(own, reducer))
            renewing.renew(catalog, switch, control, reporter, changed)
        elif late := catalog.vectorless_contents():
            switch = Switch(self._switch_parts(own, reducer, lacking=lambda: late))
            renewing.describe_late(catalog, switch, late, control, reporter)
