"""The first page: what to do, and that nothing can go wrong."""

from __future__ import annotations

import os
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, QStandardPaths, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from albumdedup.core.i18n import _
from albumdedup.gui.jobs import JobRunner
from albumdedup.gui.recent import RecentFolders
from albumdedup.gui.theme import LIGHT, Tokens
from albumdedup.gui.widgets import button, label

ROOMY = 600
"""From this height on there is room for the picture and for the folders of before."""


class ThreeBecomeOne(QWidget):
    """Three overlapping photos, an arrow, one photo with a tick."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tokens: Tokens = LIGHT
        self.setFixedSize(QSize(360, 150))
        self.setAccessibleName(_("Three copies of a photo become one"))

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tick_x = 340.0
        painter.save()
        if self.isRightToLeft():  # the way of the arrow; a tick stays a tick
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
            tick_x = self.width() - tick_x
        for angle, dx, dy, faded in ((-9, 62, 74, True), (7, 108, 70, True), (-1, 86, 76, False)):
            painter.save()
            painter.translate(dx, dy)
            painter.rotate(angle)
            self._photo(painter, 104, 78, faded=faded)
            painter.restore()
        self._arrow(painter, 182, 212, 76)
        painter.save()
        painter.translate(284, 76)
        self._photo(painter, 116, 87, faded=False)
        painter.restore()
        painter.restore()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.stays))
        painter.drawEllipse(QPointF(tick_x, 36), 14, 14)
        pen = QPen(QColor(t.card), 2.4)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        tick = QPainterPath(QPointF(tick_x - 6.5, 36.5))
        tick.lineTo(tick_x - 1.7, 41)
        tick.lineTo(tick_x + 6.5, 31)
        painter.drawPath(tick)
        painter.end()

    def _photo(self, painter: QPainter, width: float, height: float, *, faded: bool) -> None:
        """A print with a border, a hill, and a sun; greys only."""
        t = self.tokens
        outer = QRectF(-width / 2, -height / 2, width, height)
        painter.setPen(QPen(QColor(t.line), 1.2))
        painter.setBrush(QColor(t.card))
        painter.drawRoundedRect(outer, 5, 5)
        inner = outer.adjusted(6, 6, -6, -6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.mat))
        painter.drawRoundedRect(inner, 2, 2)
        ink = QColor(t.quiet)
        ink.setAlphaF(0.35 if faded else 0.6)
        hills = QPainterPath(inner.bottomLeft())
        hills.lineTo(inner.left(), inner.bottom() - inner.height() * 0.25)
        hills.cubicTo(
            inner.left() + inner.width() * 0.25, inner.bottom() - inner.height() * 0.85,
            inner.left() + inner.width() * 0.4, inner.bottom() - inner.height() * 0.1,
            inner.left() + inner.width() * 0.6, inner.bottom() - inner.height() * 0.35,
        )  # fmt: skip
        hills.cubicTo(
            inner.left() + inner.width() * 0.75, inner.bottom() - inner.height() * 0.6,
            inner.left() + inner.width() * 0.85, inner.bottom() - inner.height() * 0.5,
            inner.right(), inner.bottom() - inner.height() * 0.3,
        )  # fmt: skip
        hills.lineTo(inner.bottomRight())
        painter.setBrush(ink)
        painter.drawPath(hills)
        sun = QPointF(inner.right() - inner.width() * 0.24, inner.top() + inner.height() * 0.28)
        painter.drawEllipse(sun, inner.height() * 0.11, inner.height() * 0.11)

    def _arrow(self, painter: QPainter, start: float, end: float, y: float) -> None:
        pen = QPen(QColor(self.tokens.quiet), 2)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawLine(QPointF(start, y), QPointF(end, y))
        painter.drawLine(QPointF(end - 6, y - 6), QPointF(end, y))
        painter.drawLine(QPointF(end - 6, y + 6), QPointF(end, y))


def suggestions() -> list[tuple[str, str]]:
    """Folders of this computer where photos usually are: (name, path), those that exist."""
    places = QStandardPaths.StandardLocation
    wanted = (
        (_("Pictures"), places.PicturesLocation),
        (_("Downloads"), places.DownloadLocation),
        (_("Desktop"), places.DesktopLocation),
    )
    home = os.path.expanduser("~")
    found = []
    for name, place in wanted:
        path = QStandardPaths.writableLocation(place)
        if path and os.path.isdir(path) and os.path.normpath(path) != os.path.normpath(home):
            found.append((name, path))
    return found


class EmptyState(QWidget):
    """Invites a drop; says what happens and what does not."""

    add_wanted = Signal()
    folder_chosen = Signal(str)

    def __init__(self, jobs: JobRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.picture = ThreeBecomeOne()
        self.headline = label(_("Drop folders of photos here"), headline=True)
        promise = label(
            _("Nothing is changed until you say so, and everything can be put back."), quiet=True
        )
        self.facts = label("", quiet=True)
        self.facts.hide()
        self.add = button(_("Add folder…"), self.add_wanted, primary=True)
        self.recent = RecentFolders(jobs)
        self.recent.chosen.connect(self.folder_chosen)
        inside = QWidget()
        inside.setObjectName("scroll")
        column = QVBoxLayout(inside)
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(12)
        column.addStretch(3)
        for widget in (self.picture, self.headline, promise, self.facts):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(12)
        column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(self._suggestions())
        column.addSpacing(8)
        column.addWidget(self.recent, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(4)
        self._scroll_around(inside)

    def _suggestions(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch()
        self.places = []
        for name, path in suggestions():
            place = button(_("Look through {name}").format(name=name), link=True)
            place.setProperty("path", path)
            place.setToolTip(path)
            place.clicked.connect(self._on_place)
            self.places.append(place)
            row.addWidget(place)
        row.addStretch()
        return row

    def _scroll_around(self, inside: QWidget) -> None:
        """In a low window the last rows are reached by the wheel and by Tab."""
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(inside)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self.area)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def show_recent(self, folders: Sequence[str]) -> None:
        self.recent.show_folders(folders)
        self._make_room()

    def _make_room(self) -> None:
        """Who has folders to come back to knows the picture already."""
        self.picture.setVisible(self.height() >= ROOMY or not self.recent.buttons)

    def set_tokens(self, tokens: Tokens) -> None:
        self.picture.tokens = tokens
        self.picture.update()
        self.recent.set_tokens(tokens)

    def tell(self, facts: str) -> None:
        """What the library holds already."""
        self.facts.setText(facts)
        self.facts.setVisible(bool(facts))

    def _on_place(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.folder_chosen.emit(str(sender.property("path")))
