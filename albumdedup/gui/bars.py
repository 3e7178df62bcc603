"""The bar above with the three places, and the bar below with progress and the next step."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QStyle,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from albumdedup.core.control import Progress
from albumdedup.core.i18n import _
from albumdedup.gui.icons import icon
from albumdedup.gui.search_field import SearchField
from albumdedup.gui.theme import Tokens
from albumdedup.gui.widgets import button, label, retitle, tool


class Place(StrEnum):
    """The three places of the way, and the library beside it."""

    ALBUM = "album"
    REVIEW = "review"
    DONE = "done"
    LIBRARY = "library"


class TopBar(QWidget):
    """Album ▸ Review ▸ Done, and at the right history and settings."""

    place_chosen = Signal(object)  # Place
    history_wanted = Signal()
    settings_wanted = Signal()
    folders_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(48)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(2)
        self.places: dict[Place, QToolButton] = {}
        self._steps: list[QLabel] = []
        group = QButtonGroup(self)
        names = {Place.ALBUM: _("Album"), Place.REVIEW: _("Review"), Place.DONE: _("Done")}
        for place, name in names.items():
            if self.places:
                self._steps.append(label("▸", quiet=True))
                row.addWidget(self._steps[-1])
            made = tool(name, self._on_place, words=name)
            made.setCheckable(True)
            made.setProperty("place", place.value)
            group.addButton(made)
            self.places[place] = made
            row.addWidget(made)
        row.addStretch(1)
        self.search = SearchField()
        row.addWidget(self.search, 100)
        row.addStretch(1)
        library = tool(_("Library"), self._on_place, words=_("Library"))
        library.setCheckable(True)
        library.setProperty("place", Place.LIBRARY.value)
        group.addButton(library)
        self.places[Place.LIBRARY] = library
        row.addWidget(library)
        self.folders = tool(_("Folders"), self.folders_wanted, words=_("Folders"))
        self.folders.setToolTip(_("Which folders are elsewhere too, and is a card safe to erase"))
        row.addWidget(self.folders)
        self.history = tool(_("History"), self.history_wanted, words=_("History"))
        self.settings = tool(_("Settings"), self.settings_wanted)
        row.addWidget(self.history)
        row.addWidget(self.settings)
        self._show_steps()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._show_steps()

    def _show_steps(self) -> None:
        backwards = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        for step in self._steps:
            step.setText("◂" if backwards else "▸")

    def show_place(self, place: Place) -> None:
        self.places[place].setChecked(True)

    def show_count(self, groups: int) -> None:
        words = _("Review ({n})").format(n=f"{groups:,}") if groups else _("Review")
        self.places[Place.REVIEW].setText(words)
        self.places[Place.REVIEW].setAccessibleName(words)

    def set_tokens(self, tokens: Tokens) -> None:
        self.places[Place.ALBUM].setIcon(icon("album", tokens.text))
        self.places[Place.LIBRARY].setIcon(icon("library", tokens.text))
        self.search.set_tokens(tokens)
        self.folders.setIcon(icon("folders", tokens.text))
        self.history.setIcon(icon("history", tokens.text))
        self.settings.setIcon(icon("settings", tokens.text))

    def _on_place(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.place_chosen.emit(Place(sender.property("place")))


class ElidedLabel(QWidget):
    """One line with … where it does not fit; the whole is in the tooltip."""

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__(parent)
        self._words = ""
        self._elide = elide
        self.setMinimumWidth(80)
        self.setMinimumHeight(20)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        return self._words

    def set_text(self, words: str) -> None:
        if words != self._words:
            self._words = words
            self.setToolTip(words)
            self.setAccessibleName(words)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)  # a path stays a path
        fitting = QFontMetrics(self.font()).elidedText(self._words, self._elide, self.width())
        side = QStyle.visualAlignment(
            self.layoutDirection(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        painter.drawText(self.rect(), side | Qt.AlignmentFlag.AlignAbsolute, fitting)
        painter.end()


class BottomBar(QWidget):
    """The one place for progress, for a sentence with one action, and for the next step."""

    pause_wanted = Signal()
    cancel_wanted = Signal()
    next_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bottombar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(56)
        self._action: Callable[[], object] | None = None
        self._tokens: Tokens | None = None
        self._paused = False
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(8)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addStretch()
        self.sentence = ElidedLabel()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(_("Progress"))
        column.addWidget(self.sentence)
        column.addWidget(self.bar)
        column.addStretch()
        row.addLayout(column, 1)
        self.action = button("", self._on_action, link=True)
        self.pause = tool(_("Pause"), self.pause_wanted)
        self.cancel = tool(_("Cancel"), self.cancel_wanted)
        self.next = button("", self.next_wanted, primary=True)
        for widget in (self.action, self.pause, self.cancel):
            row.addWidget(widget)
        row.addSpacing(8)
        row.addWidget(self.next)
        self.rest()
        self.action.hide()

    def set_tokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.cancel.setIcon(icon("cancel", tokens.text))
        self._show_pause()

    def work(self, sentence: str, progress: Progress | None, *, paused: bool) -> None:
        """Something runs."""
        self.sentence.set_text(sentence)
        total = progress.total if progress else None
        self.bar.setRange(0, total or 0)
        self.bar.setValue(progress.done if progress and total else 0)
        self._paused = paused
        self._show_pause()
        self.action.hide()
        for widget in (self.bar, self.pause, self.cancel):
            widget.show()

    def rest(self) -> None:
        """Nothing runs; the last sentence stays."""
        for widget in (self.bar, self.pause, self.cancel):
            widget.hide()

    def say(self, sentence: str, action: str = "", do: Callable[[], object] | None = None) -> None:
        """One sentence with at most one action."""
        self.sentence.set_text(sentence)
        self._action = do
        retitle(self.action, action)
        self.action.setVisible(bool(action))

    def show_next(self, words: str, *, enabled: bool = True, why: str = "") -> None:
        retitle(self.next, words)
        self.next.setEnabled(enabled)
        self.next.setToolTip(why)
        self.next.setVisible(bool(words))

    def _show_pause(self) -> None:
        name = _("Continue") if self._paused else _("Pause")
        self.pause.setAccessibleName(name)
        self.pause.setToolTip(name)
        if self._tokens is not None:
            self.pause.setIcon(icon("resume" if self._paused else "pause", self._tokens.text))

    def _on_action(self) -> None:
        do, self._action = self._action, None
        self.action.hide()
        self.sentence.set_text("")
        if do is not None:
            do()
