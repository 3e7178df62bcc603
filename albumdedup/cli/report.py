"""``albumdedup report``"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from contextlib import nullcontext
from typing import TextIO

from albumdedup.cli.exits import Exit
from albumdedup.cli.session import Session, open_session
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.report import Thumbnail, write_csv, write_html, write_json
from albumdedup.core.thumbs import ThumbnailCache
from albumdedup.core.types import Group, Member, Snapshot, View

THUMBNAIL_EDGE = 176


def view_of(arguments: Namespace, session: Session) -> View:
    settings = session.settings
    return View(
        tiers=arguments.tiers,
        similarity=settings.similarity if arguments.similarity is None else arguments.similarity,
        rule=arguments.keep or settings.keep_rule,
        clear=chosen_folder(arguments),
    )


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
        groups = session.library.find_groups(view_of(arguments, session), snapshot)
        if arguments.out is None:
            with nullcontext(sys.stdout) as file:
                _write(arguments.format, groups, snapshot, session, file)
            return Exit.DONE
        beside = arguments.out + ".new"
        try:
            with open(beside, "w", encoding="utf-8", newline="") as file:
                _write(arguments.format, groups, snapshot, session, file)
            os.replace(beside, arguments.out)
        except OSError as error:
            raise AlbumError(
                ErrorCode.TARGET_UNUSABLE, path=arguments.out, detail=error.strerror
            ) from error
    return Exit.DONE


def _write(
    form: str, groups: list[Group], snapshot: Snapshot, session: Session, file: TextIO
) -> None:
    if form == "json":
        write_json(groups, snapshot, file)
    elif form == "csv":
        write_csv(groups, file)
    else:
        write_html(groups, snapshot, _thumbnails(session), file)


def _thumbnails(session: Session) -> Thumbnail:
    cache = ThumbnailCache(session.paths.thumbs)

    def thumbnail(member: Member) -> bytes | None:
        try:
            return cache.thumbnail(member.photo.content, member.photo.path, THUMBNAIL_EDGE)
        except OSError:
            return None  # the page says where the photo lies; its picture is not there now

    return thumbnail
