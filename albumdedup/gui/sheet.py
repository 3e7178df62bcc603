"""A sheet inside the window: the page behind it dims, Esc closes it, nothing is modal."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from albumdedup.core.i18n import _
from albumdedup.gui.icons import icon
from albumdedup.gui.theme import LIGHT, Tokens
from albumdedup.gui.widgets import label, tool


class Sheet(QWidget):
    """Covers its parent; the content stands on a card in the middle."""

    closed = Signal()

    def __init__(
        self, title: str, parent: QWidget, *, width: int = 640, tall: bool = False
    ) -> None:
        super().__init__(parent)
        self.tokens: Tokens = LIGHT
        self._width = width
        self._tall = tall
        self.card = QFrame(self)
        self.card.setObjectName("sheet")
        self.body = QVBoxLayout(self.card)
        self.body.setContentsMargins(24, 20, 24, 20)
        self.body.setSpacing(12)
        head = QHBoxLayout()
        self.title = label(title, headline=True)
        head.addWidget(self.title)
        head.addStretch()
        self.close_button = tool(_("Close"), self.dismiss)
        head.addWidget(self.close_button)
        self.body.addLayout(head)
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        parent.installEventFilter(self)
        self.hide()

    def set_tokens(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.close_button.setIcon(icon("cancel", tokens.text))

    def set_tall(self, tall: bool) -> None:
        """As high as there is room, or as high as its content."""
        self._tall = tall
        self._place()

    def present(self, focus: QWidget | None = None) -> None:
        self._place()
        self.raise_()
        self.show()
        (focus or self).setFocus(Qt.FocusReason.OtherFocusReason)

    def dismiss(self) -> None:
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.card.geometry().contains(event.position().toPoint()):
            self.dismiss()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Not a click beside the card: the second of two that opened the sheet."""

    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab stays on the sheet while it is open."""
        stops = [
            w
            for w in self.card.findChildren(QWidget)
            if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.isVisible() and w.isEnabled()
        ]
        if not stops:
            return False
        focused = self.focusWidget()
        at = stops.index(focused) if focused in stops else -1
        stops[(at + (1 if next else -1)) % len(stops)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is None:
            return
        self.setGeometry(parent.rect())
        width = min(self._width, self.width() - 48)
        room = self.height() - 48
        height = room if self._tall else min(max(self.card.sizeHint().height(), 160), room)
        self.card.setGeometry(
            (self.width() - width) // 2, (self.height() - height) // 2, width, height
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        veil = QColor("#000000")
        veil.setAlphaF(0.55 if self.tokens.name == "dark" else 0.32)
        painter.fillRect(self.rect(), veil)
        painter.end()
