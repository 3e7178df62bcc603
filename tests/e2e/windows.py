"""What tests of the real window share: drags, clicks on tiles, the state of a folder."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from albumdedup.gui.app import Session
from albumdedup.gui.picture_grid import PictureGrid

SLOW_MS = 120_000  # the first scan imports torch


def drop_on(widget: QWidget, path: Path) -> bool:
    """What a drag from the file manager sends; tells whether it was taken."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy = Qt.DropAction.CopyAction
    QApplication.sendEvent(widget, QDragEnterEvent(QPoint(20, 20), copy, data, left, none))
    fall = QDropEvent(QPointF(20, 20), copy, data, left, none)
    QApplication.sendEvent(widget, fall)
    return fall.isAccepted()


def drop(session: Session, folder: Path) -> None:
    drop_on(session.window, folder)


def scanned(session: Session, qtbot, folder: Path, groups: int) -> None:
    """Scan a folder and wait until that many groups are shown."""
    drop(session, folder)
    album = session.album
    qtbot.waitUntil(lambda: album.idle and len(album.shown) == groups, timeout=SLOW_MS)


def tile(grid: PictureGrid, row: int) -> QPoint:
    """The middle of a tile, to click on."""
    return grid.visualRect(grid.model().index(row, 0)).center()


def on_disk(folder: Path) -> dict[str, tuple[str, int]]:
    """Each file's content and time."""
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns
        )
        for path in sorted(folder.rglob("*.jpg"))
    }  # fmt: skip


class Opened(QObject):
    """Takes what the window hands over to the system, instead of a file manager."""

    def __init__(self) -> None:
        super().__init__()
        self.paths: list[str] = []
        QDesktopServices.setUrlHandler("file", self, "take")

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.paths.append(url.toLocalFile())

    def stop(self) -> None:
        QDesktopServices.unsetUrlHandler("file")
