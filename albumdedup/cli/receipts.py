"""The receipt of a clean-up: on the terminal, as a file, with a trial of putting it back."""

from __future__ import annotations

import errno
import os

from albumdedup.cli.console import printable
from albumdedup.cli.exits import Exit
from albumdedup.core.control import Control
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import about
from albumdedup.core.library import Library
from albumdedup.core.receipt import Receipt, Rehearsal, failures
from albumdedup.core.receipt_page import sentences, trial_sentence, write_receipt


def refuse_taken(path: str | None) -> None:
    """A receipt never replaces a file: told before anything moves."""
    if path is not None and os.path.lexists(path):
        raise AlbumError(ErrorCode.NOT_WRITTEN, path=path, detail=os.strerror(errno.EEXIST))


def save_receipt(
    library: Library,
    operation: int,
    path: str | None,
    check: int = 0,
    control: Control | None = None,
) -> tuple[Receipt, tuple[Rehearsal, ...]]:
    """Make the receipt, with ``check`` files restored on trial, and write it to a new file."""
    receipt = library.receipt(operation, control)
    trials = library.rehearse(operation, check, control=control) if check else ()
    if path is not None:
        try:
            with open(path, "x", encoding="utf-8", newline="") as file:
                write_receipt(receipt, trials, file)
        except OSError as error:
            raise AlbumError(
                ErrorCode.NOT_WRITTEN, path=path, detail=error.strerror or str(error)
            ) from error
    return receipt, trials


def give_receipt(
    library: Library, operation: int, path: str | None, check: int, control: Control
) -> Exit:
    """Print the receipt too; code 5 where a file did not come back on trial."""
    receipt, trials = save_receipt(library, operation, path, check, control)
    for sentence in sentences(receipt):
        print(printable(sentence))
    if trials:
        print(trial_sentence(trials))
    for one in failures(trials):
        print(printable(about(one.path, one.problem)))
    return Exit.PARTLY if failures(trials) else Exit.DONE
