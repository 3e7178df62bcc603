"""Files of a folder verdict as tiles: what stands in the way of each. No widgets."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from albumdedup.core.i18n import _
from albumdedup.core.types import ContentId, Snapshot
from albumdedup.core.verdicts import FileVerdict, Standing
from albumdedup.gui.picture_grid import Picture
from albumdedup.gui.texts import shown

Contents = Mapping[str, ContentId]
"""Path → what is stored there, for files that are photos."""


def standing_word(standing: Standing) -> str:
    return {
        Standing.SAFE: _("held elsewhere"),
        Standing.COPY_GONE: _("its copy is gone"),
        Standing.COPY_LACKS: _("its copy lacks something"),
        Standing.ONLY_SMALLER: _("only a smaller copy"),
        Standing.ONLY_EDITED: _("only an edited copy"),
        Standing.ALONE: _("nowhere else"),
        Standing.UNREADABLE: _("cannot be read"),
        Standing.NOT_READ: _("was not read"),
        Standing.NOT_A_PHOTO: _("not a photo"),
        Standing.SPLIT: _("lies apart"),
    }[standing]


def contents_of(snapshot: Snapshot, verdicts: Iterable[FileVerdict]) -> Contents:
    """Contents of these files, where they are photos of the library."""
    wanted = {one.path for one in verdicts}
    return {photo.path: photo.content for photo in snapshot.photos if photo.path in wanted}


def verdict_picture(one: FileVerdict, contents: Contents) -> Picture:
    return Picture(
        one.path, one.path, contents.get(one.path), standing_word(one.standing), "goes",
        shown(os.path.basename(one.path)), shown(os.path.basename(os.path.dirname(one.path))),
        f"{shown(one.path)}\n{shown(one.sentence)}",
    )  # fmt: skip
