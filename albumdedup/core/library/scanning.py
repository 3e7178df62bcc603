"""Scans, and what the stores keep of them."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Sequence

from albumdedup.core import (
    checking,
    delivery,
    looking_inside,
    pipeline,
)
from albumdedup.core.control import Control, ProgressSink, Reporter
from albumdedup.core.delivery import Delivery
from albumdedup.core.errors import STORE_TROUBLE, AlbumError
from albumdedup.core.library.embeddings import Embeddings
from albumdedup.core.library.parts import Health
from albumdedup.core.ports import (
    Drawer,
    VectorStore,
)
from albumdedup.core.storage import Stored
from albumdedup.core.switching import switched
from albumdedup.core.types import (
    ContentId,
    Descriptors,
    IndexSummary,
    Problem,
)


class Scanning(Embeddings):
    """Scans, and what the stores keep of them."""

    def index(
        self,
        roots: Sequence[str],
        control: Control | None = None,
        sink: ProgressSink | None = None,
        changed: Callable[[], None] | None = None,
        *,
        tell_family: bool = True,
    ) -> IndexSummary:
        """Scan folders into the library. ``changed`` is called, on the calling thread, after
        each commit that may have made new groups. Raises AlbumError, Cancelled."""
        parts, control, reporter = self._parts, control or Control(), Reporter(sink)
        tell, previews = changed or _nobody, checking.Previews()
        switch = self._switch()
        delivery = None if switch else Delivery(parts.catalog, parts.vectors)
        self._renew(control, reporter, tell)
        summary = pipeline.index(
            [os.path.abspath(root) for root in roots],
            pipeline.IndexParts(
                parts.catalog, parts.executor, parts.door, parts.extractor,
                delivery, parts.unsettled, parts.reconcile, previews.keep, parts.input_edge,
                parts.batch, parts.commit_seconds, parts.in_order, parts.products,
                parts.by_index, switch,
            ),
            control, reporter, tell,
        )  # fmt: skip
        checked = checking.check_pairs(
            parts.catalog, parts.executor, parts.door, control, reporter, tell, previews
        )
        looked, unseen = looking_inside.look_inside(
            parts.catalog, parts.executor, parts.door, control, reporter, tell
        )
        spent = {**summary.seconds_by_part, "verify": checked.seconds}
        family_trouble = None
        if tell_family and summary.vectors_trouble is None:  # nobody waits twice for a server
            family_trouble = self.relatives.tell(control, sink)
        unread = len(_below(parts.catalog.problems(), roots)) - len(summary.problems)
        summary = dataclasses.replace(
            summary, unread_before=max(0, unread), family_trouble=family_trouble,
            seconds=summary.seconds + checked.seconds, seconds_by_part=spent,
            taken_up=not roots, looked_inside=looked, unseen=unseen,
        )  # fmt: skip
        if switch is not None:  # after the check: duplicates need not wait for it
            summary = switched(switch, summary, control, reporter, tell)
        elif parts.catalog.answering() is not None:  # the first embedding is whole: it answers
            parts.catalog.answer_from(None)
            tell()
        reporter.flush()
        return summary

    def forget(self, folder: str) -> int:
        """Drop a folder from the library (never from the disk); returns the number of files."""
        return self._parts.catalog.forget_folder(os.path.abspath(folder))

    def clear(self) -> int:
        """Forget every folder and what was found there; returns the number of files. No photo is
        touched; decisions and the history with its way back stay."""
        catalog = self._parts.catalog
        contents = [*catalog.indexed_contents(), *catalog.pending_contents()]
        files = sum(catalog.forget_folder(root) for root in catalog.roots())
        catalog.forget_contents(contents)
        if contents:
            try:
                self._parts.vectors().delete(contents)
            except AlbumError as error:
                if error.code not in STORE_TROUBLE:  # else the next scan deletes them there
                    raise
        return files

    def stored(self) -> tuple[Stored, ...]:
        """What the library keeps on this computer, where, and how large it is."""
        return self._parts.stored()

    def descriptors(
        self, contents: Sequence[ContentId] | None = None
    ) -> tuple[list[ContentId], Descriptors]:
        """Those of these contents (of all) that are described, ordered, with their descriptors."""
        return self._parts.catalog.vectors(contents)

    def health(self) -> Health:
        """Opens the vector store; for ``doctor``."""
        catalog = self._parts.catalog
        drawer = self._delivered()
        contents = len(drawer.indexed_contents())
        stored, trouble = 0, None
        try:
            stored = self._parts.vectors().count() if contents else 0
        except AlbumError as error:
            trouble = error
        return Health(
            contents,
            stored,
            len(catalog.pending_contents()),
            len(catalog.unmatched_contents()),
            len(drawer.waiting_vectors()),
            trouble,
        )

    def move_vectors(
        self,
        target: VectorStore,
        place: str,
        control: Control | None = None,
        sink: ProgressSink | None = None,
    ) -> int:
        """Bring all descriptors into another store, which is the library's from then on; returns
        how many. No photo is read, and the old store stays as it is. Raises AlbumError,
        Cancelled."""
        self._parts.reconcile()
        return delivery.move(self._delivered(), target, place, control or Control(), Reporter(sink))

    def _delivered(self) -> Drawer:
        """The drawer whose descriptors the vector store holds."""
        parts = self._parts
        name = parts.space if parts.target is None else parts.target()
        known = (use.space for use in parts.catalog.spaces())
        found = next((space for space in known if space.name == name), None)
        return parts.catalog if found is None else parts.catalog.drawer(found)


def _nobody() -> None:
    """Told of changes when nobody asked."""


def _below(problems: Sequence[Problem], roots: Sequence[str]) -> list[Problem]:
    tops = [os.path.join(os.path.abspath(root), "") for root in roots]
    return [p for p in problems if any(os.path.join(p.path, "").startswith(top) for top in tops)]
