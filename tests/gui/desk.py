"""What a test of the window gets in its hands."""

from __future__ import annotations

from dataclasses import dataclass

from fake_library import FakeLibrary

from albumdedup.gui.album import Album
from albumdedup.gui.executor import QtExecutor
from albumdedup.gui.main_window import MainWindow
from albumdedup.gui.thumb_loader import ThumbLoader


@dataclass
class Desk:
    """A window and all that stands behind it."""

    window: MainWindow
    album: Album
    library: FakeLibrary
    executor: QtExecutor
    loader: ThumbLoader
