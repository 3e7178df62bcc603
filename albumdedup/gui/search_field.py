"""The search field of the top bar: takes a click, or a picture that is dropped on it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from albumdedup.core.i18n import _
from albumdedup.gui.finding import one_file
from albumdedup.gui.icons import icon
from albumdedup.gui.theme import Tokens

WIDE = 156
"""From this width on the whole invitation fits."""


class SearchField(QToolButton):
    """Looks like a field, and is one for pictures."""

    dropped = Signal(str)  # path

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("search")
        self.setText(_("Find a photo…"))
        self.setAccessibleName(_("Find a photo"))
        self.setToolTip(_("Drop a picture here, paste one with Ctrl+V, or click to choose one."))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(WIDE // 2)
        self.setMaximumWidth(240)
        self.setAcceptDrops(True)

    def set_tokens(self, tokens: Tokens) -> None:
        self.setIcon(icon("search", tokens.quiet))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setText(_("Find a photo…") if self.width() >= WIDE else _("Find…"))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if one_file(event.mimeData()) is not None:
            event.acceptProposedAction()
            self._light(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._light(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._light(False)
        path = one_file(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.dropped.emit(path)

    def _light(self, on: bool) -> None:
        self.setProperty("target", "true" if on else "false")
        self.style().unpolish(self)
        self.style().polish(self)
