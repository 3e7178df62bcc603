"""Ways from the library page and the folders sheet to the groups, and back to the folders."""

from __future__ import annotations

import os

from PySide6.QtCore import QObject, Slot

from albumdedup.core.i18n import _, ngettext
from albumdedup.core.types import PROVEN_TIERS, Photo
from albumdedup.gui.album import Album
from albumdedup.gui.bars import BottomBar
from albumdedup.gui.places import Places
from albumdedup.gui.review_page import ReviewPage
from albumdedup.gui.texts import shown


class Ways(QObject):
    """What was pointed at elsewhere is shown where it can be judged."""

    def __init__(
        self, album: Album, places: Places, review: ReviewPage, bottom: BottomBar, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._album = album
        self._places = places
        self._review = review
        self._bottom = bottom

    @Slot(object)
    def to_group(self, photo: Photo) -> None:
        """From a photo of the map."""
        if self._review.list.go_to(photo.path):
            self._places.show_review()
        else:
            name = shown(os.path.basename(photo.path))
            self._bottom.say(_("{name} has no copies in the list.").format(name=name))

    @Slot(str)
    def to_copies_of(self, folder: str) -> None:
        """One decision for a tree: its copies go, whatever the rule; what is proven is shown."""
        for tier in PROVEN_TIERS:
            self._review.filter.boxes[tier].setChecked(True)
        self._album.set_clear(folder)
        self._review.banner.refresh()
        self._places.show_review()

    @Slot(object)
    def tell_forgotten(self, folders: list[str]) -> None:
        words = ngettext(
            "{n} folder was forgotten. Its photos are untouched.",
            "{n} folders were forgotten. Their photos are untouched.",
            len(folders),
        ).format(n=f"{len(folders):,}")
        self._bottom.say(words, _("Scan again"), lambda: self._album.add_folders(folders))
