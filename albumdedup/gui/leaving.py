"""Closing the window without loss, and remembering where it stood."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QTimer, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QWidget

from albumdedup.core import private
from albumdedup.core.i18n import _
from albumdedup.gui.album import Album
from albumdedup.gui.bars import BottomBar
from albumdedup.gui.compare.side import CompareSide
from albumdedup.gui.thumb_loader import ThumbLoader

CLOSE_MS = 5000
"""How long closing waits for running work before it goes without it."""


class Leaving(QObject):
    """Asks nothing: what runs stops at the photo at hand, then the window goes."""

    def __init__(
        self,
        album: Album,
        loader: ThumbLoader,
        bottom: BottomBar,
        side: CompareSide,
        place_file: str | None,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._album = album
        self._loader = loader
        self._bottom = bottom
        self._side = side
        self._window = window
        if place_file:
            private.make_file(Path(place_file))
        self._memory = QSettings(place_file, QSettings.Format.IniFormat) if place_file else None
        self._begun = False
        self._may_close = False
        self._give_up = QTimer(self, singleShot=True, interval=CLOSE_MS)
        self._give_up.timeout.connect(self._close_anyway)
        album.busy_changed.connect(self._on_busy)

    def close_event(self, event: QCloseEvent) -> None:
        if self._may_close or self._album.idle:
            self._remember_place()
            self._album.begin_closing()
            self._loader.stop()
            self._side.panel.darkroom.rest()
            event.accept()
            return
        event.ignore()
        if not self._begun:
            self._begun = True
            self._window.setEnabled(False)
            self._bottom.say(_("Finishing the photo at hand…"))
            self._album.begin_closing()
            self._give_up.start()

    @Slot()
    def _on_busy(self) -> None:
        if self._begun and self._album.idle:
            self._close_anyway()

    @Slot()
    def _close_anyway(self) -> None:
        self._give_up.stop()
        if not self._may_close:
            self._may_close = True
            self._window.close()

    # --- where it stood -----------------------------------------------------------------

    def _remember_place(self) -> None:
        if self._memory is not None:
            self._memory.setValue("geometry", self._window.saveGeometry())
            self._memory.setValue("compare", self._side.share)
            self._memory.sync()

    def restore_place(self) -> None:
        known = self._memory.value("geometry") if self._memory is not None else None
        if self._memory is not None:
            self._side.remember(self._memory.value("compare"))
        if known is None or not self._window.restoreGeometry(known):
            self._window.resize(1180, 780)
