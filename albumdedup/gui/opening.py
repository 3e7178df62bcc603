"""Hand a file over to the system: open it, show where it lies, copy its path."""

from __future__ import annotations

import os

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication


def open_file(path: str) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(path))


def show_in_folder(path: str) -> None:
    """Open the folder that holds a file."""
    open_file(os.path.dirname(path))


def copy_path(path: str) -> None:
    QGuiApplication.clipboard().setText(path)
