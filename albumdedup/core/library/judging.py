"""From what is stored to groups and verdicts; nothing is changed."""

from __future__ import annotations

import os
from datetime import datetime

from albumdedup.core.carrying import carried
from albumdedup.core.control import Control
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.grouping import Grouper
from albumdedup.core.library.parts import Verbs
from albumdedup.core.types import (
    PROVEN_TIERS,
    Group,
    NewSidecar,
    Snapshot,
    Tier,
    View,
)
from albumdedup.core.units import assemble
from albumdedup.core.verdicts import CardVerdict, FolderVerdict, judge_card, judge_folders


class Judging(Verbs):
    """From what is stored to groups and verdicts; nothing is changed."""

    def snapshot(self) -> Snapshot:
        """All that grouping needs; safe on any thread."""
        catalog, decisions = self._parts.catalog, self._parts.decisions
        units = assemble(catalog.photos(), catalog.companions(), catalog.problems(), datetime.now())
        return Snapshot(
            photos=units.photos,
            matches=tuple(catalog.answers()),
            unreadable=units.unreadable,
            not_duplicates=decisions.not_duplicates(),
            protected=decisions.protected(),
            preferred=decisions.preferred(),
            skipped=catalog.skipped(),
            loose=units.loose,
        )

    def find_groups(
        self,
        view: View,
        snapshot: Snapshot | None = None,
        removable: frozenset[Tier] = PROVEN_TIERS,
    ) -> list[Group]:
        return Grouper(snapshot or self.snapshot()).group(view, removable)

    def find_groups_carrying(
        self,
        view: View,
        snapshot: Snapshot | None = None,
        removable: frozenset[Tier] = PROVEN_TIERS,
    ) -> tuple[list[Group], tuple[NewSidecar, ...]]:
        """The groups as they are once the metadata that only copies have is carried over, and the
        sidecars that would hold it: hand both to ``plan``. Reads those copies; writes nothing."""
        snapshot = snapshot or self.snapshot()
        groups = Grouper(snapshot).group(view, removable)
        richer, sidecars = carried(snapshot, groups, removable)
        return (Grouper(richer).group(view, removable) if sidecars else groups), sidecars

    def card(
        self,
        folder: str,
        control: Control | None = None,
        snapshot: Snapshot | None = None,
        *,
        all_files: bool = False,
    ) -> CardVerdict:
        """Whether a folder is safe to erase, as the disk is now; scan it first. Changes nothing.
        With ``all_files`` what is no photo is looked for byte by byte in the scanned folders.

        Raises AlbumError(NOT_THERE, NOT_A_FOLDER), Cancelled."""
        place = os.path.abspath(folder)
        if not os.path.isdir(place):
            there = os.path.lexists(place)
            raise AlbumError(ErrorCode.NOT_A_FOLDER if there else ErrorCode.NOT_THERE, path=place)
        roots = self._parts.catalog.roots() if all_files else []
        return judge_card(snapshot or self.snapshot(), place, control or Control(), roots)

    def folders(self, snapshot: Snapshot | None = None) -> tuple[FolderVerdict, ...]:
        """The trees whose photos are, mostly, elsewhere in the library too."""
        return judge_folders(snapshot or self.snapshot())
