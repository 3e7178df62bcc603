"""``albumdedup card DIR``: is this card safe to erase? Scans it, then looks at every file.

A card that was no part of the library leaves it again: no copy on a card that is about to be
erased may be the one that stays.
"""

from __future__ import annotations

import json
import os
from argparse import Namespace
from collections.abc import Iterable

from albumdedup.cli.console import ConsoleReporter, printable, say, stopping
from albumdedup.cli.exits import Exit
from albumdedup.cli.session import open_session
from albumdedup.core.control import Control
from albumdedup.core.errors import AlbumError, Cancelled, ErrorCode
from albumdedup.core.i18n import _, ngettext
from albumdedup.core.verdicts import CardVerdict, FileVerdict


def run(arguments: Namespace) -> Exit:
    with open_session(arguments) as session:
        control, reporter = Control(), ConsoleReporter()
        new = not _known(arguments.folder, session.library.roots())
        with stopping(control):
            try:
                summary = session.library.index(
                    [arguments.folder], control, reporter, tell_family=not new
                )
                if summary.missing_roots:
                    raise AlbumError(ErrorCode.NOT_THERE, path=summary.missing_roots[0])
                verdict = session.library.card(
                    arguments.folder, control, all_files=arguments.all_files
                )
            except Cancelled:
                say(_("Stopped before every file was looked at; do not erase anything."))
                return Exit.INTERRUPTED
            finally:
                reporter.end()
                if new:
                    session.library.forget(arguments.folder)
    if arguments.json:
        print(json.dumps(_document(verdict), indent=1))
    else:
        _tell(verdict)
    return Exit.DONE if verdict.safe else Exit.PARTLY


def _known(folder: str, roots: Iterable[str]) -> bool:
    """Whether the folder, one around it or one inside it was scanned on purpose."""
    here = os.path.join(os.path.abspath(folder), "")
    scanned = (os.path.join(root, "") for root in roots)
    return any(here.startswith(root) or root.startswith(here) for root in scanned)


def _tell(verdict: CardVerdict) -> None:
    for one in verdict.rest:
        print(printable(one.path))
        print(printable(f"    {one.sentence}"))
    if verdict.clutter or verdict.links:
        passed = ngettext(
            "{n} file of the operating system or link was left out.",
            "{n} files of the operating system and links were left out.",
            verdict.clutter + verdict.links,
        )
        print(passed.format(n=f"{verdict.clutter + verdict.links:,}"))
    print(printable(verdict.sentence))


def _document(verdict: CardVerdict) -> dict[str, object]:
    return {
        "schema": 1,
        "folder": verdict.folder,
        "safe": verdict.safe,
        "held": [one_file(one) for one in verdict.held],
        "rest": [one_file(one) for one in verdict.rest],
        "clutter": verdict.clutter,
        "links": verdict.links,
    }


def one_file(one: FileVerdict) -> dict[str, object]:
    """A file's verdict for a machine."""
    return {
        "path": one.path,
        "standing": one.standing.value,
        "copy": one.copy,
        "reason": one.sentence,
    }
