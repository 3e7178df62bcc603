"""An error that nobody expected: its report is written, and the window says where it lies."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot

from albumdedup import __version__
from albumdedup.core.crash import Reporting
from albumdedup.core.i18n import _
from albumdedup.gui.bars import BottomBar
from albumdedup.gui.library_page import show_folder


class Crashes(QObject):
    """Listens to what is logged, from the start of the program on."""

    written = Signal(object)  # Path, from any thread

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._bottom: BottomBar | None = None
        self._handler = Reporting(folder, __version__, self.written.emit)
        logging.getLogger().addHandler(self._handler)
        # Later: what failed says so first, and the report is named in its place.
        self.written.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def tell_in(self, bottom: BottomBar) -> None:
        self._bottom = bottom

    def stop(self) -> None:
        logging.getLogger().removeHandler(self._handler)
        self._bottom = None

    @Slot(object)
    def _tell(self, place: Path) -> None:
        if self._bottom is not None:
            self._bottom.say(
                _(
                    "Something unexpected happened. Its report stays on this computer: {name}."
                ).format(name=place.name),
                _("Show"),
                lambda: show_folder(str(place.parent)),
            )
