"""The window with three groups of real files, for the tests of the compare panel."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from desk import Desk
from pictures import scene
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from albumdedup.core.compare.looking import image_to_screen
from albumdedup.core.types import (
    ContentId,
    DateSource,
    Evidence,
    FileIdentity,
    Grade,
    Match,
    Photo,
    PhotoMetadata,
    Role,
    Snapshot,
    Stamp,
    TakenDate,
    Tier,
    Transform,
)
from albumdedup.core.verify.alignment import project
from albumdedup.gui.compare.panel import ComparePanel

Key = Qt.Key
CROP = (0.25, 0.25, 0.75, 0.75)
DRAWN = QColor(250, 20, 20)
SIZE = (1200, 900)


def stored(image: Image.Image, path: Path, number: int, when: datetime | None) -> Photo:
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, quality=90)
    data, now = path.read_bytes(), path.stat()
    taken = None
    if when is not None:
        source = DateSource.EXIF_ORIGINAL
        taken = TakenDate(when, None, source, Grade.A, timedelta(seconds=1))
    return Photo(
        number, str(path), Stamp(now.st_size, now.st_mtime_ns, FileIdentity(1, number)),
        ContentId(hashlib.sha256(data).hexdigest()), *image.size, "JPEG", taken, PhotoMetadata(),
    )  # fmt: skip


def tie(a: Photo, b: Photo, tier: Tier, matrix: np.ndarray | None = None) -> Match:
    """``matrix`` leads from ``a``'s unit square to ``b``'s; it is stored from the lower id."""
    if a.content > b.content:
        a, b = b, a
        matrix = None if matrix is None else np.linalg.inv(matrix)
    transform = None
    if matrix is not None:
        values = tuple(float(v) for v in (matrix / matrix[2, 2]).ravel())
        transform = Transform(values, 0.25, 1.0, 0.98)
    return Match(a.content, b.content, 0.97, tier, Evidence("", transform=transform))


@dataclass
class Shots:
    """Three groups: an edited crop, a same photo twice, two similar shots."""

    original: Photo
    crop: Photo
    snapshot: Snapshot


def album(folder: Path) -> Shots:
    day = datetime(2019, 5, 1, 12, 3, 4)
    whole = scene(21, SIZE)
    left, top, right, bottom = CROP
    cut = whole.crop((300, 225, 900, 675)).resize((400, 300), Image.Resampling.LANCZOS)
    cut.paste(DRAWN.getRgb()[:3], (100, 80, 150, 130))
    original = stored(whole, folder / "a" / "IMG_1.jpg", 1, day)
    crop = stored(cut, folder / "b" / "cut.jpg", 2, None)
    place = np.array(
        ((1 / (right - left), 0, -left / (right - left)),
         (0, 1 / (bottom - top), -top / (bottom - top)), (0, 0, 1))
    )  # fmt: skip
    second = scene(22, SIZE)
    one = stored(second, folder / "a" / "IMG_2.jpg", 3, day)
    small = stored(second.resize((600, 450)), folder / "b" / "IMG_2.jpg", 4, day)
    tiny = stored(second.resize((400, 300)), folder / "c" / "IMG_2.jpg", 5, day)
    third = stored(scene(23, SIZE), folder / "a" / "IMG_3.jpg", 6, day)
    fourth = stored(scene(24, (900, 1200)), folder / "a" / "IMG_4.jpg", 7, day)
    matches = (
        tie(original, crop, Tier.EDITED, place),
        tie(one, small, Tier.SAME), tie(one, tiny, Tier.SAME), tie(small, tiny, Tier.SAME),
        tie(third, fourth, Tier.SIMILAR),
    )  # fmt: skip
    photos = (original, crop, one, small, tiny, third, fourth)
    return Shots(original, crop, Snapshot(photos, matches))


@dataclass
class Table:
    """The window with three groups, the panel closed."""

    desk: Desk
    shots: Shots
    calm: Callable[[], None]

    @property
    def panel(self) -> ComparePanel:
        return self.desk.window.review.side.panel

    def row_of(self, photo: Photo) -> int:
        model = self.desk.window.model
        return next(
            row
            for row in range(model.rowCount())
            if photo.path in [m.photo.path for m in model.group(row).members]
        )

    def role(self, photo: Photo) -> Role:
        members = (m for group in self.desk.album.shown for m in group.members)
        return next(m.role for m in members if m.photo.path == photo.path)

    def open(self, photo: Photo) -> None:
        """With Enter, as a person does it."""
        cards = self.desk.window.review.list
        cards.setFocus()
        cards.setCurrentIndex(self.desk.window.model.index(self.row_of(photo)))
        QTest.keyClick(cards, Key.Key_Return)
        self.calm()

    def key(self, key: Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.panel.canvas, key, modifier)

    def point(self, slot: int, x: float, y: float, pane: int | None = None) -> QPoint:
        """Where a point of a photo's unit square is on the canvas."""
        canvas = self.panel.canvas
        rect = canvas.panes()[slot if pane is None else pane]
        size = (float(rect.width()), float(rect.height()))
        shown = self.panel.scene
        matrix = image_to_screen(canvas.look, size, shown.first, shown.slots[slot].place, (1, 1))
        at = project(matrix, np.array(((x, y),)))[0]
        return rect.topLeft() + QPoint(int(at[0]), int(at[1]))

    def colour(self, at: QPoint) -> QColor:
        return self.panel.canvas.grab().toImage().pixelColor(at)
