"""The program for scripts and notebooks, over the same library as the window and the commands.

    import albumdedup

    with albumdedup.open() as library:
        library.scan("~/Pictures")
        for group in library.groups():
            print(group.keeper.path, group.reason)

No Qt is imported; torch is at the first photo that has to be described. docs/python-api.md.
"""

from __future__ import annotations

from albumdedup.api.answers import CleanUp, NearPair
from albumdedup.api.library import SIMILAR, STRICT, Library, open
from albumdedup.core.control import Progress, Stage
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import describe
from albumdedup.core.types import (
    Group,
    IndexSummary,
    Member,
    Operation,
    OperationReport,
    Photo,
    Role,
    SearchHit,
    Tier,
)

__all__ = [
    "SIMILAR",
    "STRICT",
    "AlbumError",
    "CleanUp",
    "ErrorCode",
    "Group",
    "IndexSummary",
    "Library",
    "Member",
    "NearPair",
    "Operation",
    "OperationReport",
    "Photo",
    "Progress",
    "Role",
    "SearchHit",
    "Stage",
    "Tier",
    "describe",
    "open",
]
