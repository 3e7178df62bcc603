"""The places that differ most, large, one photo beside the other; a click looks at one."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QStyle, QWidget

from albumdedup.core.compare.looking import Box, Look, whole
from albumdedup.core.compare.measuring import Shows
from albumdedup.core.i18n import _
from albumdedup.gui.compare import painting
from albumdedup.gui.compare.slots import Scene
from albumdedup.gui.theme import CAPTION, LIGHT, RADIUS_PHOTO, Tokens, font

HEIGHT = 84
MOST = 3


class CloseUp(QAbstractButton):
    """One place in both photos of the pair."""

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tokens: Tokens = LIGHT
        self.region = Box(0, 0, 1, 1)
        self._scene = Scene()
        self.setAccessibleName(_("Place {n} that differs").format(n=number))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT)
        self.setMaximumWidth(2 * HEIGHT + 40)

    def sizeHint(self) -> QSize:
        return QSize(2 * HEIGHT, HEIGHT)

    def show_region(self, region: Box, scene: Scene, words: str) -> None:
        self.region, self._scene = region, scene
        self.setAccessibleName(words)
        self.setToolTip(_("{what} · look here (R)").format(what=words))
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        pair = self._scene.pair
        painter = QPainter(self)
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        if pair is not None:
            width = (self.width() - 6) // 2
            for number, slot in enumerate(pair):
                rect = QRect(2 + number * (width + 2), 2, width, self.height() - 4)
                rect = QStyle.visualRect(self.layoutDirection(), self.rect(), rect)  # as the panes
                look = self._look(rect)
                painting.paint_slot(painter, rect, slot, self._scene, look, self.tokens)
                self._paint_number(painter, rect, slot.number)
        marked = self.hasFocus() or self.underMouse()
        if marked:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(self.tokens.accent), 2))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), RADIUS_PHOTO, RADIUS_PHOTO)
        painter.end()

    def _look(self, rect: QRect) -> Look:
        width, height = self._scene.first
        box = self.region
        there = Box(box.left * width, box.top * height, box.right * width, box.bottom * height)
        pane = (float(rect.width()), float(rect.height()))
        across, down = there.size
        look = whole(there, pane)
        filling = max(pane[0] / max(1e-6, across), pane[1] / max(1e-6, down))
        return dataclasses.replace(look, scale=filling)

    def _paint_number(self, painter: QPainter, rect: QRect, number: int) -> None:
        box = QRect(rect.left() + 4, rect.bottom() - 18, 16, 16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.tokens.card))
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(QColor(self.tokens.text))
        painter.setFont(font(CAPTION))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(number))


def words_of(shows: Shows, number: int) -> str:
    """What a close-up shows, for the ear and the tooltip."""
    return {
        Shows.EYES: _("Eyes"),
        Shows.FACE: _("A face"),
        Shows.PLACE: _("Place {n} that differs").format(n=number),
        Shows.DETAIL: _("The finest detail"),
    }[shows]


class CloseUps(QWidget):
    """Up to three places; R goes from one to the next."""

    wanted = Signal(object)  # Box of the first photo's unit square

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 2)
        row.setSpacing(8)
        self.places = [CloseUp(number + 1) for number in range(MOST)]
        for place in self.places:
            place.clicked.connect(self._on_click)
            row.addWidget(place)
        row.addStretch()
        self._next = 0

    def set_tokens(self, tokens: Tokens) -> None:
        for place in self.places:
            place.tokens = tokens
            place.update()

    def show_scene(self, scene: Scene) -> None:
        facts = scene.heat.facts if scene.heat is not None else None
        regions = facts.regions if facts is not None else ()
        for number, place in enumerate(self.places):
            place.setVisible(number < len(regions))
            if number < len(regions):
                region = regions[number]
                place.show_region(region.box, scene, words_of(region.shows, number + 1))
        self._next = self._next if self._next < len(regions) else 0

    def go_on(self) -> None:
        """To the next place."""
        shown = [place for place in self.places if not place.isHidden()]
        if shown:
            self.wanted.emit(shown[self._next % len(shown)].region)
            self._next = (self._next + 1) % len(shown)

    def _on_click(self) -> None:
        sender = self.sender()
        if isinstance(sender, CloseUp):
            self.wanted.emit(sender.region)
