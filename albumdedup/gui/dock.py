"""Folders that macOS hands over: dropped on the icon in the Dock, or opened with the program."""

from __future__ import annotations

import sys

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication


class Dock(QObject):
    """Listens where there is one. All events of the application go through a filter, which costs
    time: nowhere else is one installed."""

    dropped = Signal(object)  # list[str], absolute paths

    def __init__(self, application: QApplication, platform: str = sys.platform) -> None:
        super().__init__(application)
        if platform == "darwin":
            application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent) and event.file():
            self.dropped.emit([event.file()])
            return True
        return super().eventFilter(watched, event)
