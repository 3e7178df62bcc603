"""A line over the groups: only those of a name, a year, a size."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from albumdedup.core.i18n import _, human_bytes
from albumdedup.gui.narrowing import Narrowing
from albumdedup.gui.widgets import Choice, button

TYPING_MS = 150
SIZES = (0, 1_000_000, 5_000_000, 20_000_000)


class Words(QLineEdit):
    """Escape empties it before it does anything else."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        super().keyPressEvent(event)


class NarrowBar(QWidget):
    """Tells a new ``Narrowing`` when a person has stopped typing, or has chosen."""

    changed = Signal(object)  # Narrowing

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = Words()
        self.words.setPlaceholderText(_("Name, folder or camera"))
        self.words.setAccessibleName(_("Show only groups with this name, folder or camera"))
        self.words.setToolTip(_("Show only groups with this name, folder or camera (Ctrl+L)"))
        self.words.setMinimumHeight(28)
        self.years, self.sizes = Choice(), Choice()
        self.years.setAccessibleName(_("Year of the photos"))
        self.sizes.setAccessibleName(_("Size of the photos"))
        for size in SIZES:
            words = _("from {size}").format(size=human_bytes(size)) if size else _("Any size")
            self.sizes.addItem(words, size)
        self.everything = button(_("Show all"), self.clear, link=True)
        self.everything.hide()
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self._tell)
        self.words.textChanged.connect(self._wait)
        self.years.currentIndexChanged.connect(self._tell)
        self.sizes.currentIndexChanged.connect(self._tell)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 28, 6)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        row.addWidget(self.years)
        row.addWidget(self.sizes)
        row.addWidget(self.everything)
        self.show_years(())

    def narrowing(self) -> Narrowing:
        return Narrowing(
            self.words.text(), self.years.currentData(), int(self.sizes.currentData() or 0)
        )

    def show_years(self, years: Iterable[int]) -> None:
        """Offer these years; the chosen one stays, though it may have no photo any more."""
        chosen = self.years.currentData()
        wanted = sorted({*years, *([chosen] if chosen else [])}, reverse=True)
        if wanted == [self.years.itemData(i) for i in range(1, self.years.count())]:
            return
        with QSignalBlocker(self.years):
            self.years.clear()
            self.years.addItem(_("All years"), None)
            for year in wanted:
                self.years.addItem(str(year), year)
            self.years.setCurrentIndex(wanted.index(chosen) + 1 if chosen else 0)

    def clear(self) -> None:
        with QSignalBlocker(self.words), QSignalBlocker(self.years), QSignalBlocker(self.sizes):
            self.words.clear()
            self.years.setCurrentIndex(0)
            self.sizes.setCurrentIndex(0)
        self._tell()

    def _wait(self) -> None:
        self._typing.start()

    def _tell(self) -> None:
        self._typing.stop()
        narrowing = self.narrowing()
        self.everything.setVisible(not narrowing.nothing)
        self.changed.emit(narrowing)
