"""One file, step by step."""

from __future__ import annotations

from datetime import datetime

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.examination import Examination, Step, examine
from albumdedup.core.examination.known import NEIGHBOURS
from albumdedup.core.library.asking import Asking
from albumdedup.core.library.judging import Judging
from albumdedup.core.types import (
    FoundFile,
    ReadFile,
    SearchHit,
    View,
)


class Examining(Judging, Asking):
    """One file, step by step."""

    def examine(self, path: str, view: View) -> list[Step]:
        """What one file is, and what becomes of it, step by step. Changes nothing.

        Raises AlbumError(NOT_THERE, NOT_A_FILE, NO_RIGHTS)."""
        parts, snapshot = self._parts, self.snapshot()

        def read(found: FoundFile) -> ReadFile:
            return parts.door.read_file(found, parts.input_edge, lambda content: True)

        groups = self.find_groups(view, snapshot)
        return examine(
            path,
            Examination(self.roots(), snapshot, groups, read, self._nearest, datetime.now()),
        )

    def _nearest(self, path: str) -> list[SearchHit]:
        try:
            return self.search(path, NEIGHBOURS)
        except AlbumError as error:
            if error.code is ErrorCode.NOTHING_SCANNED:
                return []
            raise
