"""``albumdedup report``"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from contextlib import nullcontext
from typing import TextIO

from albumdedup.cli.console import say
from albumdedup.cli.exits import Exit
from albumdedup.cli.session import Session, open_session
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import _
from albumdedup.core.keeper import chain_of
from albumdedup.core.report import (
    Explain,
    Thumbnail,
    explaining,
    write_csv,
    write_html,
    write_json,
)
from albumdedup.core.settings import Settings
from albumdedup.core.thumbs import ThumbnailCache
from albumdedup.core.types import Group, Member, Snapshot, View

THUMBNAIL_EDGE = 176


def view_of(arguments: Namespace, session: Session) -> View:
    settings = session.settings
    return View(
        tiers=arguments.tiers,
        similarity=settings.similarity if arguments.similarity is None else arguments.similarity,
        rule=arguments.keep or chosen_rule(settings),
        clear=chosen_folder(arguments),
    )


def chosen_rule(settings: Settings) -> str:
    """The rule or chain of the settings; one that is none is told, and the default taken."""
    try:
        return ",".join(chain_of(settings.rule))
    except KeyError as error:
        say(_("The settings name a keep rule that is none: {name}.").format(name=error))
        return Settings().keep_rule


def chosen_folder(arguments: Namespace) -> str | None:
    """``--from DIR``, which must be there. Raises AlbumError(NOT_A_FOLDER)."""
    named: str | None = getattr(arguments, "clear", None)
    if named is None:
        return None
    folder = os.path.abspath(named)
    if not os.path.isdir(folder):
        raise AlbumError(ErrorCode.NOT_A_FOLDER, path=folder)
    return folder


def run(arguments: Namespace) -> Exit:
    with open_session(arguments) as session:
        snapshot = session.library.snapshot()
        view = view_of(arguments, session)
        groups = session.library.find_groups(view, snapshot)
        steps = explaining(view, snapshot) if arguments.explain else None
        if arguments.out is None:
            with nullcontext(sys.stdout) as file:
                _write(arguments.format, groups, snapshot, session, file, steps)
            return Exit.DONE
        beside = arguments.out + ".new"
        try:
            with open(beside, "w", encoding="utf-8", newline="") as file:
                _write(arguments.format, groups, snapshot, session, file, steps)
            os.replace(beside, arguments.out)
        except OSError as error:
            raise AlbumError(
                ErrorCode.TARGET_UNUSABLE, path=arguments.out, detail=error.strerror
            ) from error
    return Exit.DONE


def _write(
    form: str,
    groups: list[Group],
    snapshot: Snapshot,
    session: Session,
    file: TextIO,
    steps: Explain | None,
) -> None:
    if form == "json":
        write_json(groups, snapshot, file, steps)
    elif form == "csv":
        write_csv(groups, snapshot, file)
    else:
        write_html(groups, snapshot, _thumbnails(session), file)


def _thumbnails(session: Session) -> Thumbnail:
    cache = ThumbnailCache(session.paths.thumbs, session.library.door.read_upright)

    def thumbnail(member: Member) -> bytes | None:
        try:
            return cache.thumbnail(member.photo.content, member.photo.path, THUMBNAIL_EDGE)
        except OSError:
            return None  # the page says where the photo lies; its picture is not there now

    return thumbnail
