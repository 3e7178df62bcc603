"""The lower cards of the library page: scanned folders, unreadable photos, where data is kept."""

from __future__ import annotations

import os
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from albumdedup.core.causes import by_cause
from albumdedup.core.i18n import _, human_bytes, ngettext
from albumdedup.core.statistics import Share
from albumdedup.core.storage import Stored, StoreKind
from albumdedup.core.types import Problem
from albumdedup.gui.bars import ElidedLabel
from albumdedup.gui.texts import shown
from albumdedup.gui.widgets import button, label


class Card(QFrame):
    """A white field with a title."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(title)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(16, 12, 16, 14)
        self.body.setSpacing(8)
        self.head = QHBoxLayout()
        self.head.addWidget(label(title, section=True))
        self.head.addStretch()
        self.body.addLayout(self.head)


class _Rows(QWidget):
    """Rows that are made anew when there is news."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self.rows: list[QWidget] = []

    def show_rows(self, rows: Sequence[QWidget]) -> None:
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()  # a widget that is deleted later must not be found by Tab until then
            row.deleteLater()
        self.rows = list(rows)
        for row in self.rows:
            self._column.addWidget(row)


def _row(words: QWidget, facts: str, *actions: QWidget) -> QWidget:
    """Words above facts, actions at the end."""
    row = QWidget()
    across = QHBoxLayout(row)
    across.setContentsMargins(0, 0, 0, 0)
    across.setSpacing(8)
    column = QVBoxLayout()
    column.setSpacing(0)
    column.addWidget(words)
    column.addWidget(label(facts, caption=True))
    across.addLayout(column, 1)
    for action in actions:
        across.addWidget(action)
    return row


class FoldersCard(Card):
    """The scanned folders; each can be forgotten, and all of them."""

    forget_wanted = Signal(str)
    clear_wanted = Signal()
    add_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("SCANNED FOLDERS"), parent)
        self.list = _Rows()
        self.none = label(_("No folder has been scanned yet."), quiet=True, wrap=True)
        self.add = button(_("Add folder…"), self.add_wanted)
        self.clear = button(_("Clear the library…"), self._ask)
        self.sure = QWidget()
        words = label(
            _(
                "The program forgets these folders and what it found there. Your photos stay as "
                "they are, and so do your decisions and the history."
            ),
            wrap=True,
        )
        self.go = button(_("Clear now"), self._on_go)
        self.stay = button(_("Leave it as it is"), self._on_stay)
        inside = QVBoxLayout(self.sure)
        inside.setContentsMargins(0, 4, 0, 0)
        inside.addWidget(words)
        answers = QHBoxLayout()
        answers.addStretch()
        answers.addWidget(self.stay)
        answers.addWidget(self.go)
        inside.addLayout(answers)
        self.asks = QWidget()
        row = QHBoxLayout(self.asks)
        row.setContentsMargins(0, 4, 0, 0)
        row.addWidget(self.add)
        row.addStretch()
        row.addWidget(self.clear)
        for widget in (self.none, self.list):
            self.body.addWidget(widget)
        self.body.addStretch()
        self.body.addWidget(self.asks)
        self.body.addWidget(self.sure)
        self.sure.hide()
        self.show_folders(())

    def show_folders(self, roots: Sequence[Share]) -> None:
        rows = []
        for root in roots:
            words = ElidedLabel(elide=Qt.TextElideMode.ElideLeft)
            words.set_text(shown(root.name))
            forget = button(_("Forget"), self._on_forget)
            forget.setProperty("folder", root.name)
            forget.setAccessibleName(_("Forget {folder}").format(folder=shown(root.name)))
            forget.setToolTip(_("Take it off this list. Its photos are not touched."))
            facts = ngettext("{n} photo · {size}", "{n} photos · {size}", root.photos)
            rows.append(
                _row(
                    words, facts.format(n=f"{root.photos:,}", size=human_bytes(root.bytes)), forget
                )
            )
        self.list.show_rows(rows)
        self.none.setVisible(not rows)
        self.list.setVisible(bool(rows))
        self.clear.setVisible(bool(rows))
        self._show_question(False)

    def set_busy(self, busy: bool) -> None:
        """While photos are scanned or moved nothing is forgotten."""
        for part in (self.list, self.clear, self.go):
            part.setEnabled(not busy)

    def _ask(self) -> None:
        self._show_question(True)
        self.stay.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_stay(self) -> None:
        self._show_question(False)
        self.clear.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_go(self) -> None:
        self._show_question(False)
        self.clear_wanted.emit()

    def _show_question(self, on: bool) -> None:
        self.sure.setVisible(on)
        self.asks.setVisible(not on)

    def _on_forget(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.forget_wanted.emit(str(sender.property("folder")))


class UnreadableCard(Card):
    """What could not be read, by cause."""

    list_wanted = Signal()
    retry_wanted = Signal(object)  # list[str]: folders

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("COULD NOT BE READ"), parent)
        self.fine = label(_("Every photo could be read."), quiet=True, wrap=True)
        self.list = _Rows()
        self.every = button(_("Show the list"), self.list_wanted)
        self.retry = button(_("Try again"), self._on_retry)
        self.retry.setToolTip(_("Scan their folders again: what has changed since is read anew."))
        self._folders: list[str] = []
        self.asks = QWidget()
        row = QHBoxLayout(self.asks)
        row.setContentsMargins(0, 4, 0, 0)
        row.addStretch()
        row.addWidget(self.retry)
        row.addWidget(self.every)
        for widget in (self.fine, self.list, self.asks):
            self.body.addWidget(widget)
        self.body.addStretch()
        self.show_problems(())

    def show_problems(self, problems: Sequence[Problem]) -> None:
        rows = []
        for cause in by_cause(problems):
            count = len(cause.problems)
            facts = ngettext("{n} photo", "{n} photos", count).format(n=f"{count:,}")
            rows.append(_row(label(cause.words, wrap=True), facts))
        self.list.show_rows(rows)
        self._folders = sorted({os.path.dirname(problem.path) for problem in problems})
        self.fine.setVisible(not rows)
        for widget in (self.list, self.asks):
            widget.setVisible(bool(rows))

    def set_busy(self, busy: bool) -> None:
        self.retry.setEnabled(not busy)

    def _on_retry(self) -> None:
        self.retry_wanted.emit(list(self._folders))


def store_name(kind: StoreKind) -> str:
    return {
        StoreKind.CATALOG: _("What was found in your photos"),
        StoreKind.DECISIONS: _("Your decisions and the history"),
        StoreKind.VECTORS: _("What photos look like"),
        StoreKind.THUMBS: _("Small pictures for the screen"),
    }[kind]


class StorageCard(Card):
    """Where the library's own data is, and how large."""

    show_wanted = Signal(str)  # a folder

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("KEPT BY THE PROGRAM"), parent)
        self.list = _Rows()
        self.place = ElidedLabel(elide=Qt.TextElideMode.ElideLeft)
        self.total = label("")
        self.show_folder = button(_("Show in folder"), self._on_show)
        self._folder = ""
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.place, 1)
        row.addWidget(self.show_folder)
        self.body.addWidget(self.list)
        self.body.addWidget(self.total)
        self.body.addStretch()
        self.body.addLayout(row)

    def show_stored(self, stored: Sequence[Stored]) -> None:
        rows = []
        for one in stored:
            row = QWidget()
            across = QHBoxLayout(row)
            across.setContentsMargins(0, 0, 0, 0)
            across.addWidget(label(store_name(one.kind)))
            across.addStretch()
            size = _("on a server") if one.bytes is None else human_bytes(one.bytes)
            across.addWidget(label(size, quiet=True))
            row.setToolTip(shown(one.place))
            rows.append(row)
        self.list.show_rows(rows)
        here = [one for one in stored if one.bytes is not None]
        total = human_bytes(sum(one.bytes or 0 for one in here))
        self.total.setText(_("{size} on this computer. No photo is among it.").format(size=total))
        self._folder = os.path.dirname(here[0].place) if here else ""
        self.place.set_text(shown(self._folder))
        self.show_folder.setEnabled(bool(self._folder))

    def _on_show(self) -> None:
        self.show_wanted.emit(self._folder)
