"""``albumdedup search IMAGE --top N``"""

from __future__ import annotations

import json
from argparse import Namespace

from albumdedup.cli.console import printable, say
from albumdedup.cli.exits import Exit
from albumdedup.cli.session import open_session
from albumdedup.core.i18n import _


def run(arguments: Namespace) -> Exit:
    if arguments.top < 1:
        say(_("--top takes a number from 1 up."))
        return Exit.USAGE
    with open_session(arguments) as session:
        hits = session.library.search(arguments.image, arguments.top)
    if arguments.json:
        rows = [
            {"path": h.photo.path, "similarity": h.similarity, "content": h.photo.content}
            for h in hits
        ]
        print(json.dumps(rows, indent=1))
    else:
        for hit in hits:
            print(printable(f"{hit.similarity:.4f}  {hit.photo.path}"))
    return Exit.DONE
