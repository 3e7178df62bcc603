"""``albumdedup search IMAGE… [--not IMAGE…]``: filters, pages, JSON, and a picture of the answer"""

from __future__ import annotations

import json
import os
from argparse import Namespace
from collections.abc import Sequence
from itertools import zip_longest

from albumdedup.cli.console import ConsoleReporter, printable, say, stopping
from albumdedup.cli.exits import Exit, exit_code
from albumdedup.cli.plots import refuse_plot, save_plot
from albumdedup.cli.session import Session, open_session
from albumdedup.core.asking import Example, Question, Sieve, local_path
from albumdedup.core.control import Control
from albumdedup.core.dates import as_iso
from albumdedup.core.errors import AlbumError
from albumdedup.core.i18n import _, about, describe
from albumdedup.core.library import Answer
from albumdedup.core.relatives import RelativeHit
from albumdedup.core.types import SearchHit


def run(arguments: Namespace) -> Exit:
    wrong = _wrong(arguments)
    if wrong:
        say(wrong)
        return Exit.USAGE
    question = _question(arguments)
    trouble: AlbumError | None = None
    family: list[RelativeHit] = []
    with open_session(arguments) as session:
        if arguments.plot:
            refuse_plot(arguments.plot, session.library.roots())
        answer = _ask(session, question)
        if arguments.plot:
            thumbs, door = session.paths.thumbs, session.library.door
            save_plot(arguments.plot, question, answer, thumbs, door)
        if arguments.family:
            try:
                family = session.library.search_family(question)
            except AlbumError as error:
                trouble = error
    if arguments.json:
        rows = [_own(hit) for hit in answer.hits] + [_foreign(hit) for hit in family]
        print(json.dumps(rows, indent=1))
    else:
        _print(answer, family)
    if trouble is None:
        return Exit.DONE
    say(describe(trouble))
    return exit_code(trouble.code)


def _print(answer: Answer, family: Sequence[RelativeHit]) -> None:
    for hit in answer.hits:
        print(printable(f"{hit.similarity:.4f}  {hit.photo.path}"))
    for other in family:
        told = about(other.relative.label, other.holding.path)
        print(printable(f"{other.similarity:.4f}  {told}"))
    if not answer.hits and not family:
        say(_("No photo of the library passes what was asked for."))


def _wrong(arguments: Namespace) -> str:
    """What is wrong with the command, in a sentence; empty where nothing is."""
    if arguments.top < 1:
        return _("--top takes a number from 1 up.")
    if arguments.offset < 0:
        return _("--offset takes a number from 0 up.")
    if len(arguments.crop) > len(arguments.images):
        return _("There are more rectangles (--crop) than images.")
    if arguments.first and arguments.last and arguments.first > arguments.last:
        return _("--from names a later day than --to.")
    if arguments.family and (arguments.offset or not _sieve(arguments).open):
        return _(
            "Of the photos of other libraries no folders, days and cameras are known here, and no "
            "pages; leave out --family, or the filters and --offset."
        )
    return ""


def _question(arguments: Namespace) -> Question:
    """Raises AlbumError(WEB_ADDRESS)."""
    pairs = zip_longest(arguments.images, arguments.crop)
    return Question(
        like=tuple(Example(local_path(image), crop) for image, crop in pairs),
        unlike=tuple(Example(local_path(image)) for image in arguments.unlike),
        unlike_weight=arguments.not_weight,
        sieve=_sieve(arguments),
        least=-1.0 if arguments.least is None else arguments.least,
        top=arguments.top,
        offset=arguments.offset,
    )


def _sieve(arguments: Namespace) -> Sieve:
    folder = os.path.abspath(arguments.folder) if arguments.folder else ""
    return Sieve(folder, arguments.first, arguments.last, arguments.camera)


def _ask(session: Session, question: Question) -> Answer:
    control, reporter = Control(), ConsoleReporter()
    with stopping(control):
        try:
            return session.library.ask(question, control, reporter)
        finally:
            reporter.end()


def _own(hit: SearchHit) -> dict[str, object]:
    photo = hit.photo
    return {
        "path": photo.path,
        "similarity": hit.similarity,
        "content": photo.content,
        "cosine_distance": round(hit.cosine_distance, 4),
        "l2_distance": round(hit.distance, 4),
        "bytes": photo.stamp.size,
        "width": photo.width,
        "height": photo.height,
        "format": photo.format,
        "taken": as_iso(photo.taken) if photo.taken else None,
        "camera": photo.metadata.camera,
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
