"""Folders that come into the window: chosen, dropped, pasted, or named at a second start."""

from __future__ import annotations

import os
from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from albumdedup.core.i18n import _
from albumdedup.gui.album import Album
from albumdedup.gui.bars import BottomBar, Place
from albumdedup.gui.brought import Brought, brought, names_of, sort_out
from albumdedup.gui.card_sheet import CardSheet
from albumdedup.gui.drop import DropOverlay
from albumdedup.gui.find_sheet import FindSheet
from albumdedup.gui.finding import of_clipboard
from albumdedup.gui.places import Places
from albumdedup.gui.review_page import ReviewPage
from albumdedup.gui.texts import shown


class Arrivals(QObject):
    """Takes what is dropped and chosen to the scan, and shows where it has gone."""

    added = Signal(object)  # list[str]: the folders, to be remembered

    def __init__(
        self,
        album: Album,
        places: Places,
        review: ReviewPage,
        bottom: BottomBar,
        overlay: DropOverlay,
        sheets: tuple[FindSheet, CardSheet],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._album = album
        self._places = places
        self._review = review
        self._bottom = bottom
        self._overlay = overlay
        self._find, self._card = sheets
        self._window = window

    @Slot()
    def choose_folder(self) -> None:
        dialog = QFileDialog(self._window, _("Add a folder of photos"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.add_folder)
        dialog.open()

    @Slot(str)
    def add_folder(self, folder: str) -> None:
        self.add([folder])

    def add(self, paths: Sequence[str]) -> None:
        """Scan what was dropped or chosen; queued where a scan is running."""
        self._take(sort_out(paths))

    def _take(self, what: Brought) -> None:
        if not what.folders:
            self._bottom.say(what.refusal)
            return
        folders = list(what.folders)
        waits = self._album.scanning
        self._album.add_folders(folders)
        self.added.emit([folder for folder in folders if os.path.isdir(folder)])
        self._places.show_place(Place.REVIEW)
        if not self._album.shown:
            self._review.show_waiting(_("Looking at your photos…"), names_of(folders))
        if not waits:
            self._bottom.work(_("Finding photos…"), None, paused=False)

    @Slot(str)
    def tell_missing(self, folder: str) -> None:
        """For a folder that was chosen from the recent ones."""
        words = _("{folder} is not there; plug in its drive and add it again.")
        self._bottom.say(words.format(folder=shown(folder)))

    # --- dropping -----------------------------------------------------------------------

    def drag_enter(self, event: QDragEnterEvent) -> None:
        what = brought(event.mimeData())
        if (what.folders or what.refusal) and not self._album.closing:
            event.acceptProposedAction()
            self._overlay.show_for(what)

    def drop(self, event: QDropEvent) -> None:
        self._overlay.hide()
        what = brought(event.mimeData())
        if what.folders or what.refusal:
            event.acceptProposedAction()
            self._take(what)

    # --- pasting ------------------------------------------------------------------------

    @Slot()
    def paste(self) -> None:
        """Folders, and several photos, go where a drop of them would; one picture is looked for.
        A text field that has the focus, and sheets that have a use for it, come first."""
        clipboard = QGuiApplication.clipboard()
        data = clipboard.mimeData()
        what = brought(data, pasted=True)
        if self._card.isVisible() and self._card.takes(what.paths):
            self._card.take(what.paths[0])
            return
        query = of_clipboard(data, clipboard.image())
        if query is not None:
            self._find.look_for(query)
        elif what.folders:
            self._find.dismiss()
            self._take(what)
        elif self._find.isVisible():
            self._find.find_pasted()
        else:
            self._bottom.say(
                what.refusal
                or _("There is nothing to paste. Copy folders, photos or a picture first.")
            )
