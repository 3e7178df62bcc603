"""The icon in every size, from its drawing: ``python packaging/icons.py FOLDER``.

``FOLDER/hicolor/…`` as Linux desktops want it, ``albumdedup.ico`` for Windows and
``albumdedup.icns`` for macOS (both hold PNG pictures, which both systems read). Without a folder:
the picture beside the drawing, which the window has as its icon, after the drawing was changed.
"""

from __future__ import annotations

import os
import shutil
import struct
import sys
from pathlib import Path

DRAWING = Path(__file__).resolve().parents[1] / "resources" / "icons" / "albumdedup.svg"
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
OF_WINDOW = 128
ICO = (16, 24, 32, 48, 64, 128, 256)
ICNS = {b"icp4": 16, b"icp5": 32, b"icp6": 64, b"ic07": 128, b"ic08": 256, b"ic09": 512}


def rendered(size: int) -> bytes:
    """A PNG picture of ``size`` × ``size`` pixels."""
    from PySide6.QtCore import QBuffer, QIODevice, Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(DRAWING)).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())


def write(folder: Path) -> None:
    pictures = {size: rendered(size) for size in SIZES}
    for size, png in pictures.items():
        place = folder / f"hicolor/{size}x{size}/apps/albumdedup.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(png)
    scalable = folder / "hicolor/scalable/apps/albumdedup.svg"
    scalable.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(DRAWING, scalable)
    (folder / "albumdedup.ico").write_bytes(ico({size: pictures[size] for size in ICO}))
    (folder / "albumdedup.icns").write_bytes(
        icns({kind: pictures[size] for kind, size in ICNS.items()})
    )


def ico(pictures: dict[int, bytes]) -> bytes:
    """By size in pixels. A size of 256 is written as 0 there."""
    head = struct.pack("<HHH", 0, 1, len(pictures))
    offset, entries, body = len(head) + 16 * len(pictures), b"", b""
    for size, png in sorted(pictures.items()):
        edge = size % 256
        entries += struct.pack("<BBBBHHII", edge, edge, 0, 0, 1, 32, len(png), offset + len(body))
        body += png
    return head + entries + body


def icns(pictures: dict[bytes, bytes]) -> bytes:
    """By kind: the four letters that say the size."""
    body = b"".join(kind + struct.pack(">I", 8 + len(png)) + png for kind, png in pictures.items())
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if len(sys.argv) > 1:
        write(Path(sys.argv[1]))
    else:
        DRAWING.with_suffix(".png").write_bytes(rendered(OF_WINDOW))
