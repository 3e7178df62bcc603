"""``not-duplicates``, ``protect``, ``prefer``, ``forget``: what the user decided."""

from __future__ import annotations

import os
from argparse import Namespace

from albumdedup.cli.console import printable, say
from albumdedup.cli.exits import Exit
from albumdedup.cli.session import Session, open_session, tell_family
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import _, describe, ngettext
from albumdedup.core.types import ContentId, Snapshot


def run(arguments: Namespace) -> Exit:
    paths = [os.path.abspath(path) for path in arguments.paths]
    with open_session(arguments) as session:
        match arguments.verb:
            case "not-duplicates":
                return _not_duplicates(session, paths, on=not arguments.off)
            case "protect":
                return _protect(session, paths, on=not arguments.off)
            case "prefer":
                return _prefer(session, paths)
            case _:
                return _forget(session, paths[0])


def _not_duplicates(session: Session, paths: list[str], *, on: bool) -> Exit:
    snapshot = session.library.snapshot()
    if not paths:
        _list_not_duplicates(snapshot)
        return Exit.DONE
    if len(paths) < 2:
        say(_("Name two photos or more."))
        return Exit.USAGE
    known: dict[str, ContentId] = {p.path: p.content for p in snapshot.photos}
    for path in paths:
        if path not in known:
            say(_("{path} is not in the library; scan its folder first.").format(path=path))
            return Exit.NOT_THERE
    contents = [known[path] for path in paths]
    if on:
        session.library.decisions.add_not_duplicates(contents)
        print(_("Remembered: these are not duplicates."))
    else:
        session.library.decisions.remove_not_duplicates(contents)
        print(_("Forgotten: these may be duplicates again."))
    return Exit.DONE


def _list_not_duplicates(snapshot: Snapshot) -> None:
    """Each pair by the first path of either content; by the start of its id where no file of it
    is in the library now."""
    first: dict[ContentId, str] = {}
    for photo in snapshot.photos:
        first.setdefault(photo.content, photo.path)
    pairs = [(first.get(a, a[:16]), first.get(b, b[:16])) for a, b in snapshot.not_duplicates]
    for one, two in sorted(sorted(pair) for pair in pairs):
        print(printable(_("{one} is no duplicate of {two}").format(one=one, two=two)))
    if not pairs:
        print(_("No photos were marked as not duplicates."))


def _missing(paths: list[str]) -> bool:
    for path in paths:
        if not os.path.isdir(path):
            say(describe(AlbumError(ErrorCode.NOT_A_FOLDER, path=path)))
            return True
    return False


def _protect(session: Session, paths: list[str], *, on: bool) -> Exit:
    if on and _missing(paths):
        return Exit.NOT_THERE
    for path in paths:
        session.library.decisions.protect(path, on)
    for path in session.library.decisions.protected():
        print(printable(path))
    return Exit.DONE


def _prefer(session: Session, paths: list[str]) -> Exit:
    if _missing(paths):
        return Exit.NOT_THERE
    if paths:
        session.library.decisions.prefer(paths)
    for path in session.library.decisions.preferred():
        print(printable(path))
    return Exit.DONE


def _forget(session: Session, path: str) -> Exit:
    count = session.library.forget(path)
    tell_family(session)
    print(
        ngettext(
            "{n} file was dropped from the library; the disk is untouched.",
            "{n} files were dropped from the library; the disk is untouched.",
            count,
        ).format(n=f"{count:,}")
    )
    return Exit.DONE
