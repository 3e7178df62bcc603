"""A folder dropped on the icon in the Dock of macOS."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from albumdedup.gui.dock import Dock


def test_a_folder_that_macos_hands_over_is_told_and_only_there(qapp: QApplication) -> None:
    heard: list[list[str]] = []
    for platform in ("linux", "win32", "darwin"):
        dock = Dock(qapp, platform)
        dock.dropped.connect(heard.append)
        QApplication.sendEvent(qapp, QFileOpenEvent(QUrl.fromLocalFile("/photos/Ferien ü")))
        assert heard == ([["/photos/Ferien ü"]] if platform == "darwin" else [])
        qapp.removeEventFilter(dock)
        dock.setParent(None)
