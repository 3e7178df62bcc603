"""The folders that were looked through last, on the first page."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette, QShowEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from albumdedup.core.i18n import _
from albumdedup.core.ports import Lane
from albumdedup.gui.jobs import JobEnd, JobKind, JobRunner
from albumdedup.gui.texts import shown
from albumdedup.gui.theme import BODY, CAPTION, LIGHT, TALL, Tokens, font
from albumdedup.gui.widgets import label

MOST = 8
"""So many are remembered."""

COLUMNS = 2
WIDE = 300


class RecentButton(QPushButton):
    """A folder's name, and quietly its whole path. One that is not there now is grey and says so;
    it can still be pressed, for a drive may just have been plugged in."""

    def __init__(self, folder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.folder = folder
        self.missing = False
        self.tokens: Tokens = LIGHT
        self.setFixedSize(QSize(WIDE, TALL + 2))
        self.setProperty("tall", "true")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(shown(folder))
        self.show_missing(False)

    @property
    def name(self) -> str:
        name = shown(os.path.basename(self.folder) or self.folder)
        return _("{name} · not there now").format(name=name) if self.missing else name

    def show_missing(self, missing: bool) -> None:
        self.missing = missing
        words = _("Look through {name} again. It lies at {path}.")
        self.setAccessibleName(words.format(name=self.name, path=shown(self.folder)))
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        quiet = self.tokens.quiet
        ink = quiet if self.missing else self.palette().color(QPalette.ColorRole.Text).name()
        inside = self.rect().adjusted(12, 5, -12, -5)
        half = inside.height() // 2
        name = QRect(inside.left(), inside.top(), inside.width(), half)
        self._line(painter, name, self.name, ink, BODY, Qt.TextElideMode.ElideRight)
        path = name.translated(0, half)
        self._line(painter, path, shown(self.folder), quiet, CAPTION, Qt.TextElideMode.ElideMiddle)
        painter.end()

    def _line(
        self, painter: QPainter, rect: QRect, words: str, ink: str, size: int,
        mode: Qt.TextElideMode,
    ) -> None:  # fmt: skip
        painter.setFont(font(size))
        painter.setPen(ink)
        fitting = painter.fontMetrics().elidedText(words, mode, rect.width())
        painter.drawText(
            rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading, fitting
        )


class RecentFolders(QWidget):
    """Newest first. Whether a folder is there is asked on a thread: a drive that sleeps must not
    hold up the window."""

    chosen = Signal(str)
    missing_chosen = Signal(str)

    def __init__(self, jobs: JobRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._tokens: Tokens = LIGHT
        self._again = False
        self.buttons: list[RecentButton] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(label(_("LOOKED THROUGH LAST"), section=True))
        self._grid = QGridLayout()
        self._grid.setSpacing(8)
        column.addLayout(self._grid)
        jobs.ended.connect(self._on_end)
        self.hide()

    def set_tokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        for made in self.buttons:
            made.tokens = tokens

    def show_folders(self, folders: Sequence[str]) -> None:
        if [made.folder for made in self.buttons] == list(folders[:MOST]):
            return
        missing = {made.folder for made in self.buttons if made.missing}
        for old in self.buttons:
            old.hide()
            old.deleteLater()
        self.buttons = [RecentButton(folder, self) for folder in folders[:MOST]]
        for place, made in enumerate(self.buttons):
            made.tokens = self._tokens
            made.show_missing(made.folder in missing)
            made.clicked.connect(partial(self._on_click, made))
            self._grid.addWidget(made, place // COLUMNS, place % COLUMNS)
        self.setVisible(bool(self.buttons))
        self.look()

    @Slot()
    def look(self) -> None:
        """Ask which of them are there now."""
        folders = [made.folder for made in self.buttons]
        if folders:
            started = self._jobs.start(
                JobKind.RECENT, Lane.THUMBS,
                lambda control, sink: frozenset(f for f in folders if not os.path.isdir(f)),
            )  # fmt: skip
            self._again = started is None

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isVisible():
            self.look()  # the person comes back, and may have plugged in a drive

    def _on_click(self, made: RecentButton) -> None:
        (self.missing_chosen if made.missing else self.chosen).emit(made.folder)
        self.look()

    @Slot(object)
    def _on_end(self, end: JobEnd) -> None:
        if end.kind is not JobKind.RECENT or not isinstance(end.result, frozenset):
            return
        if self._again:
            self.look()
            return
        for made in self.buttons:
            made.show_missing(made.folder in end.result)
