"""Folders that come into the window: chosen, dropped, or named at a second start."""

from __future__ import annotations

import os
from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from albumdedup.core.i18n import _, listed
from albumdedup.gui.album import Album
from albumdedup.gui.bars import BottomBar, Place
from albumdedup.gui.drop import DropOverlay, dropped_paths
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
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._album = album
        self._places = places
        self._review = review
        self._bottom = bottom
        self._overlay = overlay
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
        folders = folders_of(paths)
        if not folders:
            return
        waits = self._album.scanning
        self._album.add_folders(folders)
        self.added.emit(folders)
        self._places.show_place(Place.REVIEW)
        if not self._album.shown:
            self._review.show_waiting(_("Looking at your photos…"), _names(folders))
        if not waits:
            self._bottom.work(_("Finding photos…"), None, paused=False)

    def drag_enter(self, event: QDragEnterEvent) -> None:
        paths = dropped_paths(event.mimeData())
        if paths and not self._album.closing:
            event.acceptProposedAction()
            self._overlay.show_for(paths)

    def drop(self, event: QDropEvent) -> None:
        self._overlay.hide()
        paths = dropped_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.add(paths)


def folders_of(paths: Sequence[str]) -> list[str]:
    """What to scan for what was dropped: folders as they are, a single photo's folder."""
    found = [path if os.path.isdir(path) else os.path.dirname(path) for path in paths]
    return list(dict.fromkeys(found))


def _names(folders: Sequence[str]) -> str:
    names = [shown(os.path.basename(folder) or folder) for folder in folders]
    return listed(names[:4]) + (" …" if len(names) > 4 else "")
