"""The exit codes that scripts rely on (docs/reference/exit-codes.md)."""

from __future__ import annotations

from enum import IntEnum

from albumdedup.core.errors import ErrorCode


class Exit(IntEnum):
    DONE = 0
    UNEXPECTED = 1
    USAGE = 2
    NOT_THERE = 3
    BUSY = 4
    PARTLY = 5
    UNUSABLE = 6
    INTERRUPTED = 130


_CODES = {
    ErrorCode.LIBRARY_BUSY: Exit.BUSY,
    ErrorCode.NOT_THERE: Exit.NOT_THERE,
    ErrorCode.NOT_A_FOLDER: Exit.NOT_THERE,
    ErrorCode.NOT_A_FILE: Exit.NOT_THERE,
    ErrorCode.NO_RIGHTS: Exit.NOT_THERE,
    ErrorCode.ROOT_REFUSED: Exit.USAGE,
    ErrorCode.EXTRACTOR_UNKNOWN: Exit.USAGE,
    ErrorCode.NO_FAMILY: Exit.USAGE,
    ErrorCode.UNKNOWN_RELATIVE: Exit.USAGE,
    ErrorCode.EXTRACTOR_MISSPELT: Exit.USAGE,
    ErrorCode.WEIGHTS_INCLUDED: Exit.USAGE,
    ErrorCode.MODELS_BUSY: Exit.BUSY,
    ErrorCode.SPACE_NEEDED: Exit.USAGE,
    ErrorCode.PCA_TOO_LARGE: Exit.USAGE,
    ErrorCode.PCA_TOO_FEW: Exit.USAGE,
    ErrorCode.NOTHING_DESCRIBED: Exit.USAGE,
    ErrorCode.NOT_A_PHOTO: Exit.PARTLY,
    ErrorCode.WEB_ADDRESS: Exit.USAGE,
    ErrorCode.CROP_UNFIT: Exit.USAGE,
    ErrorCode.EXAMPLES_CANCEL: Exit.USAGE,
    ErrorCode.PICTURE_INSIDE_ALBUM: Exit.PARTLY,
    ErrorCode.UNKNOWN_OPERATION: Exit.PARTLY,
    ErrorCode.NOT_WRITTEN: Exit.PARTLY,
    ErrorCode.NOT_IN_OPERATION: Exit.PARTLY,
    ErrorCode.NOTHING_TO_UNDO: Exit.DONE,
    ErrorCode.NOTHING_SCANNED: Exit.DONE,
    ErrorCode.TARGET_INSIDE_ALBUM: Exit.PARTLY,
    ErrorCode.TARGET_UNUSABLE: Exit.PARTLY,
    ErrorCode.TRASH_FAILED: Exit.PARTLY,
    ErrorCode.PLAN_REFUSED: Exit.PARTLY,
    ErrorCode.NO_TRUTH: Exit.NOT_THERE,
    ErrorCode.NOTHING_TO_COPY: Exit.NOT_THERE,
    ErrorCode.LABELS_UNFIT: Exit.NOT_THERE,
    ErrorCode.VALUE_REFUSED: Exit.USAGE,
    ErrorCode.UNKNOWN_GROUP: Exit.USAGE,
    ErrorCode.ADDRESS_TAKEN: Exit.BUSY,
    ErrorCode.ADDRESS_UNUSABLE: Exit.USAGE,
    ErrorCode.EXTRA_MISSING: Exit.UNUSABLE,
}


def exit_code(error: ErrorCode) -> Exit:
    """The code for an expected failure; what has none of its own is an unusable library."""
    return _CODES.get(error, Exit.UNUSABLE)
