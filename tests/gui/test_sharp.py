"""Photos and icons are drawn pixel for pixel at 1×, 1.5× and 2×."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from albumdedup.gui.sharp import draw_fitted

HERE = Path(__file__).parent


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_the_review_page_is_sharp(scale: float) -> None:
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "QT_SCALE_FACTOR": str(scale),
        "PYTHONPATH": os.pathsep.join((str(HERE.parent), str(HERE.parents[1]))),
    }
    ran = subprocess.run(
        [sys.executable, str(HERE / "sharp_window.py")],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["ratio"] == told["grabbed"] == scale
    assert told["asked"] == [round(told["photo_edge"] * scale)]
    assert told["stripes"] > 250  # of 255: no stripe is mixed with its neighbour
    assert told["icons"] == [[round(20 * scale), scale]] * 3
    assert told["lines"] <= 8


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
@pytest.mark.parametrize("left", [0, 1, 2, 3])
def test_a_picture_made_for_its_box_is_not_resampled(qapp, ratio: float, left: int) -> None:
    edge = round(64 * ratio)
    picture = QImage(edge, edge // 2, QImage.Format.Format_RGB32)
    for x in range(edge):
        for y in range(edge // 2):
            picture.setPixelColor(x, y, QColor("white" if x % 2 else "black"))
    canvas = QImage(round(100 * ratio), round(100 * ratio), QImage.Format.Format_RGB32)
    canvas.setDevicePixelRatio(ratio)
    canvas.fill(QColor("red"))
    painter = QPainter(canvas)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.translate(left, 3)
    place = draw_fitted(painter, QRect(5, 7, 64, 64), QPixmap.fromImage(picture))
    painter.end()
    assert QRect(4, 6, 66, 66).contains(place.toAlignedRect())
    rows = np.frombuffer(canvas.constBits(), np.uint8).reshape(canvas.height(), -1, 4)
    colours = {tuple(pixel) for pixel in rows[:, : canvas.width(), :3].reshape(-1, 3).tolist()}
    assert colours == {(0, 0, 255), (0, 0, 0), (255, 255, 255)}
