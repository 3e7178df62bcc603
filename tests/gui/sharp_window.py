"""A program of its own for `test_sharp`: the window at one scale, and how sharp it is, as JSON.

Scales can only be set before Qt starts. Its photos are stripes of one device pixel: any scaling,
and any shift by a part of a pixel, makes grey of them.
"""

from __future__ import annotations

import io
import json
import sys
from types import SimpleNamespace

import numpy as np
from fake_library import FakeLibrary, snapshot_of
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from albumdedup.core.ports import Lane
from albumdedup.core.types import View
from albumdedup.gui import icons, theme
from albumdedup.gui.album import Album
from albumdedup.gui.app import Session
from albumdedup.gui.card_layout import MAT, PHOTO_EDGE
from albumdedup.gui.executor import QtExecutor
from albumdedup.gui.jobs import Bridge, JobRunner
from albumdedup.gui.main_window import MainWindow
from albumdedup.gui.thumb_loader import ThumbLoader

asked: set[int] = set()


def stripes(content: str, path: str, edge: int) -> bytes:
    asked.add(edge)
    pixels = np.zeros((edge * 3 // 4, edge), np.uint8)
    pixels[:, ::2] = 255
    kept = io.BytesIO()
    Image.fromarray(pixels).save(kept, "JPEG", quality=100)
    return kept.getvalue()


def grey(image: QImage) -> NDArray[np.uint8]:
    plain = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : plain.width()].copy()


def part(image: QImage, place: QRect) -> NDArray[np.uint8]:
    """What of a picture of the window lies in a place of the window."""
    ratio = image.devicePixelRatio()
    left, top = round(place.left() * ratio), round(place.top() * ratio)
    width, height = round(place.width() * ratio), round(place.height() * ratio)
    return grey(image)[top : top + height, left : left + width]


def contrast_of_stripes(window: MainWindow, image: QImage) -> float:
    """The mean difference of neighbours in the middle of the first card's first photo."""
    cards = window.review.list
    row, layout = cards.card_rect(0)
    mat = layout.tiles[0].mat.translated(row.topLeft())
    inner = mat.adjusted(MAT + 30, MAT + 50, -MAT - 30, -MAT - 50)
    place = QRect(cards.viewport().mapTo(window, inner.topLeft()), inner.size())
    pixels = part(image, place).astype(int)
    return float(np.abs(np.diff(pixels, axis=1)).mean())


def icon_size(icon: QIcon, ratio: float) -> tuple[int, float]:
    drawn = icon.pixmap(QSize(20, 20), ratio)
    return drawn.width(), drawn.devicePixelRatio()


def icon_is_drawn_sharp(ratio: float) -> float:
    """How far a painted icon is from the same lines drawn at this scale."""
    edge = round(20 * ratio)
    painted, lines = (QPixmap(edge, edge) for _ in range(2))
    for drawn in (painted, lines):
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(QColor("white"))
    painter = QPainter(painted)
    icons.icon("history", "black").paint(painter, QRect(0, 0, 20, 20))
    painter.end()
    painter = QPainter(lines)
    icons.draw(painter, "history", QRectF(0, 0, edge / ratio, edge / ratio), QColor("black"))
    painter.end()
    return float(np.abs(grey(painted.toImage()).astype(int) - grey(lines.toImage())).max())


def main() -> int:
    application = QApplication(sys.argv[:1])
    theme.apply(application, theme.LIGHT)
    library = FakeLibrary()
    library.content = snapshot_of(5)
    opened = SimpleNamespace(library=library, interrupted=(), catalog_rebuilt=False)
    executor = QtExecutor(
        {Lane.LIBRARY: 1, Lane.DECODE: 1, Lane.DELIVERY: 1, Lane.THUMBS: 2, Lane.FILES: 1}
    )
    bridge = Bridge()
    album = Album(lambda: opened, JobRunner(executor, bridge), bridge, View(rule="best"))
    loader = ThumbLoader(executor, bridge, edge=Session.thumb_edge(application))
    loader.set_maker(stripes)
    window = MainWindow(album, loader)
    window.set_tokens(theme.LIGHT)
    window.resize(1181, 781)  # odd: middles lie between pixels
    window.show()
    album.open()

    def settle(done) -> None:
        while not done():
            application.processEvents()

    settle(lambda: album.library is not None and album.idle and bool(album.shown))
    window.show_review()
    application.processEvents()
    settle(lambda: asked and not loader.loading and album.idle)
    ratio = window.devicePixelRatioF()
    image = window.grab().toImage()
    buttons: list[QWidget] = [window.top.settings, window.review.compare, window.top.history]
    corner = window.review.list.mapTo(window, QPoint())
    print(
        json.dumps(
            {
                "ratio": ratio,
                "grabbed": image.devicePixelRatio(),
                "asked": sorted(asked),
                "photo_edge": PHOTO_EDGE,
                "stripes": contrast_of_stripes(window, image),
                "icons": [icon_size(one.icon(), ratio) for one in buttons],
                "lines": icon_is_drawn_sharp(ratio),
                "list_at": (corner.x(), corner.y()),
            }
        )
    )
    album.begin_closing()
    loader.stop()
    executor.shutdown(5000)
    return 0


if __name__ == "__main__":
    sys.exit(main())
