"""A second press of an impatient finger does not press what has only just appeared."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QWidget

_PRESSING = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_Select})


class Deliberate(QObject):
    """Watches a button that does something large: keys that press it are not for it while they
    are held, or within the time of a double click after it appeared. Tab and the rest are."""

    def __init__(self, button: QWidget) -> None:
        super().__init__(button)
        self._since = QElapsedTimer()
        self._since.start()
        button.installEventFilter(self)

    def appear(self) -> None:
        """The button is on the screen from now on."""
        self._since.restart()

    @property
    def ready(self) -> bool:
        return self._since.hasExpired(QGuiApplication.styleHints().mouseDoubleClickInterval())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            presses = event.key() in _PRESSING
            return presses and (event.isAutoRepeat() or not self.ready)
        return super().eventFilter(watched, event)
