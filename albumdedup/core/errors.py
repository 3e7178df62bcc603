"""What can go wrong, as codes and facts. Sentences are made in ``core.i18n.describe``."""

from __future__ import annotations

from enum import StrEnum


class ErrorCode(StrEnum):
    LIBRARY_BUSY = "library_busy"
    LIBRARY_UNUSABLE = "library_unusable"
    LIBRARY_READ_ONLY = "library_read_only"
    LIBRARY_NEWER = "library_newer"
    DISK_FULL = "disk_full"
    VECTORS_UNUSABLE = "vectors_unusable"
    VECTORS_LOCKED = "vectors_locked"
    VECTORS_UNFIT = "vectors_unfit"
    VECTORS_DIFFER = "vectors_differ"
    INDEX_REFUSED = "index_refused"
    SERVER_SILENT = "server_silent"
    SERVER_SLOW = "server_slow"
    SERVER_TOKEN = "server_token"
    SERVER_UNTRUSTED = "server_untrusted"
    SERVER_TOO_OLD = "server_too_old"
    SERVER_FAILED = "server_failed"
    NO_FAMILY = "no_family"
    UNKNOWN_RELATIVE = "unknown_relative"
    WEIGHTS_MISSING = "weights_missing"
    WEIGHTS_CHANGED = "weights_changed"
    WEIGHTS_NOT_HERE = "weights_not_here"
    WEIGHTS_SPOILT = "weights_spoilt"
    WEIGHTS_INCLUDED = "weights_included"
    NOT_WEIGHTS = "not_weights"
    WEIGHTS_DAMAGED = "weights_damaged"
    WEIGHTS_WITH_CODE = "weights_with_code"
    WEIGHTS_FOREIGN = "weights_foreign"
    WEIGHTS_OTHER = "weights_other"
    DOWNLOAD_FAILED = "download_failed"
    DOWNLOAD_WRONG = "download_wrong"
    MODELS_BUSY = "models_busy"
    EXTRACTOR_UNKNOWN = "extractor_unknown"
    EXTRACTOR_MISSPELT = "extractor_misspelt"
    DESCRIPTORS_TOO_LARGE = "descriptors_too_large"
    SPACE_OUTDATED = "space_outdated"
    SPACE_NEEDED = "space_needed"
    PCA_TOO_LARGE = "pca_too_large"
    PCA_TOO_FEW = "pca_too_few"
    PCA_DAMAGED = "pca_damaged"
    NOTHING_DESCRIBED = "nothing_described"
    NOT_THERE = "not_there"
    NOT_A_FOLDER = "not_a_folder"
    NOT_A_FILE = "not_a_file"
    NO_RIGHTS = "no_rights"
    ROOT_REFUSED = "root_refused"
    NOT_A_PHOTO = "not_a_photo"
    WEB_ADDRESS = "web_address"
    CROP_UNFIT = "crop_unfit"
    EXAMPLES_CANCEL = "examples_cancel"
    PICTURE_INSIDE_ALBUM = "picture_inside_album"
    INDEX_UNFIT = "index_unfit"
    UNKNOWN_OPERATION = "unknown_operation"
    NOTHING_TO_UNDO = "nothing_to_undo"
    NOT_WRITTEN = "not_written"
    NOT_IN_OPERATION = "not_in_operation"
    TARGET_UNUSABLE = "target_unusable"
    TARGET_INSIDE_ALBUM = "target_inside_album"
    TRASH_FAILED = "trash_failed"
    PLAN_REFUSED = "plan_refused"
    NOTHING_SCANNED = "nothing_scanned"
    NO_TRUTH = "no_truth"
    TRUTH_UNUSABLE = "truth_unusable"
    NOTHING_TO_COPY = "nothing_to_copy"
    LABELS_UNFIT = "labels_unfit"
    PACK_UNUSABLE = "pack_unusable"
    WEIGHTS_UNFIT = "weights_unfit"
    NOT_RESUMABLE = "not_resumable"
    VALUE_REFUSED = "value_refused"
    UNKNOWN_GROUP = "unknown_group"
    ADDRESS_TAKEN = "address_taken"
    ADDRESS_UNUSABLE = "address_unusable"
    EXTRA_MISSING = "extra_missing"


SERVER_AWAY = frozenset({ErrorCode.SERVER_SILENT, ErrorCode.SERVER_SLOW})
"""A vector server that may well answer the next time: asking again pays."""

STORE_TROUBLE = SERVER_AWAY | {
    ErrorCode.VECTORS_UNUSABLE,
    ErrorCode.VECTORS_LOCKED,
    ErrorCode.VECTORS_UNFIT,
    ErrorCode.INDEX_REFUSED,
    ErrorCode.SERVER_TOKEN,
    ErrorCode.SERVER_UNTRUSTED,
    ErrorCode.SERVER_TOO_OLD,
    ErrorCode.SERVER_FAILED,
}
"""The vector store alone cannot be used: what needs no store goes on."""


SWITCH_TROUBLE = frozenset(
    {
        ErrorCode.DESCRIPTORS_TOO_LARGE,
        ErrorCode.PCA_TOO_LARGE,
        ErrorCode.PCA_TOO_FEW,
    }
)
"""The chosen embedding cannot answer; the one before it goes on to, and duplicates are found."""


class AlbumError(Exception):
    """An expected failure. ``facts`` fill the sentence (``path``, ``detail`` …)."""

    def __init__(self, code: ErrorCode, **facts: object) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts


class Cancelled(BaseException):
    """The user stopped the work. A BaseException, so that no ``except Exception`` eats it."""
