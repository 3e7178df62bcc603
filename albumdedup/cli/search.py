"""``albumdedup search IMAGE --top N [--family]``"""

from __future__ import annotations

import json
from argparse import Namespace

from albumdedup.cli.console import printable, say
from albumdedup.cli.exits import Exit, exit_code
from albumdedup.cli.session import open_session
from albumdedup.core.errors import AlbumError
from albumdedup.core.i18n import _, about, describe
from albumdedup.core.relatives import RelativeHit
from albumdedup.core.types import SearchHit


def run(arguments: Namespace) -> Exit:
    if arguments.top < 1:
        say(_("--top takes a number from 1 up."))
        return Exit.USAGE
    trouble: AlbumError | None = None
    family: list[RelativeHit] = []
    with open_session(arguments) as session:
        hits = session.library.search(arguments.image, arguments.top)
        if arguments.family:
            try:
                family = session.library.search_family(arguments.image, arguments.top)
            except AlbumError as error:
                trouble = error
    if arguments.json:
        print(json.dumps([_own(hit) for hit in hits] + [_foreign(hit) for hit in family], indent=1))
    else:
        for hit in hits:
            print(printable(f"{hit.similarity:.4f}  {hit.photo.path}"))
        for other in family:
            told = about(other.relative.label, other.holding.path)
            print(printable(f"{other.similarity:.4f}  {told}"))
    if trouble is None:
        return Exit.DONE
    say(describe(trouble))
    return exit_code(trouble.code)


def _own(hit: SearchHit) -> dict[str, object]:
    return {
        "path": hit.photo.path,
        "similarity": hit.similarity,
        "content": hit.photo.content,
    }


def _foreign(hit: RelativeHit) -> dict[str, object]:
    """Has a ``library``, which hits of this one have not."""
    return {
        "path": hit.holding.path,
        "similarity": hit.similarity,
        "content": hit.holding.content,
        "library": hit.relative.label,
        "library_id": hit.relative.library,
        "files": hit.holding.files,
    }
