"""``albumdedup folders``: trees whose photos are, mostly, elsewhere in the library too."""

from __future__ import annotations

import json
from argparse import Namespace

from albumdedup.cli.card import one_file
from albumdedup.cli.console import printable
from albumdedup.cli.exits import Exit
from albumdedup.cli.session import open_session
from albumdedup.core.i18n import _, human_bytes
from albumdedup.core.verdicts import FolderVerdict


def run(arguments: Namespace) -> Exit:
    with open_session(arguments) as session:
        verdicts = session.library.folders()
    if arguments.json:
        print(json.dumps({"schema": 1, "folders": [_document(one) for one in verdicts]}, indent=1))
        return Exit.DONE
    for one in verdicts:
        print(printable(one.sentence))
        hint = _("    {size}; `albumdedup clean --from DIR` lists what could go from there")
        print(hint.format(size=human_bytes(one.bytes)))
    if not verdicts:
        print(_("No folder's photos are, for the most part, elsewhere in the library."))
    return Exit.DONE


def _document(one: FolderVerdict) -> dict[str, object]:
    return {
        "folder": one.folder,
        "other": one.other,
        "around": one.around,
        "photos": one.photos,
        "covered": one.covered,
        "bytes": one.bytes,
        "rest": [one_file(file) for file in one.rest],
    }
