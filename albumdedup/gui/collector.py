"""When garbage is collected, so that it neither stops the window nor frees a widget in a worker."""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication

COLLECT_MS = 1000
MANY = 50_000
"""More new objects than this take longer to go through than a frame may: those of a large
library's photos and groups. They are no garbage, and when they go they go by their counts."""
FULL_SECONDS = 60.0
LATEST_SECONDS = 1800.0
"""All objects are gone through when nobody looks, and after half an hour even so."""


class Collector(QObject):
    """Collects on the GUI thread only: a worker's collection could free a QObject in the wrong
    thread. What came in numbers is set aside (``gc.freeze``) until nobody looks: going through
    100,000 photos would take half a second."""

    def __init__(self) -> None:
        super().__init__()
        gc.disable()
        self._full = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setInterval(COLLECT_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    @Slot()
    def _tick(self) -> None:
        looked_at = QGuiApplication.applicationState() == Qt.ApplicationState.ApplicationActive
        since = time.monotonic() - self._full
        if since >= (LATEST_SECONDS if looked_at else FULL_SECONDS):
            self._collect_all()
        elif gc.get_count()[0] > MANY:
            gc.freeze()
        else:
            gc.collect(1)

    def _collect_all(self) -> None:
        gc.unfreeze()
        gc.collect()
        gc.freeze()  # what is left is no garbage, and need not be gone through soon
        self._full = time.monotonic()

    def stop(self) -> None:
        self._timer.stop()
        gc.unfreeze()
        gc.enable()
