"""A quiet sheet: what could not be read."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QTreeWidget, QTreeWidgetItem, QWidget

from albumdedup.core.causes import Cause, by_cause, cause_words, passed_over_words
from albumdedup.core.i18n import _
from albumdedup.core.types import Problem
from albumdedup.gui.sheet import Sheet
from albumdedup.gui.texts import shown
from albumdedup.gui.widgets import button, label

FOLDER_ROLE = Qt.ItemDataRole.UserRole
AT_MOST = 500
"""Files named per cause; the rest is counted."""


class ErrorsSheet(Sheet):
    """Unreadable photos by cause, each cause with what to do; then what was passed over."""

    folder_wanted = Signal(str)
    retry_wanted = Signal(object)  # list[str]: folders

    def __init__(self, parent: QWidget) -> None:
        super().__init__(_("Photos that could not be read"), parent, width=760)
        self.list = QTreeWidget()
        self.list.setHeaderHidden(True)
        self.list.setProperty("boxed", "true")
        self.list.setAccessibleName(_("Unreadable photos by cause"))
        self.list.setMinimumHeight(300)
        self.list.setWordWrap(True)
        self.passed = label("", wrap=True, quiet=True)
        self.body.addWidget(
            label(
                _("They are left alone where they are. The scan went on without them."), quiet=True
            )
        )
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self.passed)
        self.show_folder = button(_("Show in folder"), self._on_show)
        self.copy = button(_("Copy list"), self._on_copy)
        self.copy.setToolTip(_("All of them with their causes, as text for a mail or a note."))
        self.retry = button(_("Try again"), self._on_retry)
        self.retry.setToolTip(_("Scan their folders again: what has changed since is read anew."))
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(self.copy)
        row.addWidget(self.retry)
        row.addWidget(self.show_folder)
        self.body.addLayout(row)
        self._folders: list[str] = []
        self._causes: tuple[Cause, ...] = ()
        self.list.currentItemChanged.connect(self._on_current)
        self.list.itemActivated.connect(self._on_show)

    def show_problems(self, problems: Sequence[Problem], skipped: Mapping[str, int]) -> None:
        self.list.clear()
        self._folders = sorted({_folder_of(problem.path) for problem in problems})
        self.retry.setEnabled(bool(problems))
        self._on_current()
        causes = by_cause(problems)
        self._causes = causes
        self.copy.setEnabled(bool(problems))
        for cause in causes:
            some = cause.problems
            top = QTreeWidgetItem(self.list, [cause_words(cause)])
            for problem in some[:AT_MOST]:
                item = QTreeWidgetItem(top, [_one_line(problem.path)])
                item.setToolTip(0, problem.detail)
                item.setData(0, FOLDER_ROLE, _folder_of(problem.path))
            if len(some) > AT_MOST:
                rest = _("… and {n} more").format(n=f"{len(some) - AT_MOST:,}")
                QTreeWidgetItem(top, [rest])
            top.setExpanded(len(causes) == 1 or len(some) <= 10)
        words = passed_over_words(skipped)
        self.passed.setVisible(bool(words))
        self.passed.setText(words)
        self.present(self.list)

    def _on_current(self) -> None:
        self.show_folder.setEnabled(self._folder() is not None)

    def _folder(self) -> str | None:
        item = self.list.currentItem()
        return item.data(0, FOLDER_ROLE) if item is not None else None

    def _on_show(self) -> None:
        folder = self._folder()
        if folder is not None:
            self.folder_wanted.emit(folder)

    def _on_copy(self) -> None:
        lines = []
        for cause in self._causes:
            lines.append(cause_words(cause))
            lines += [f"    {_one_line(cause.line(problem))}" for problem in cause.problems]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def _on_retry(self) -> None:
        self.dismiss()
        self.retry_wanted.emit(list(self._folders))


def _one_line(text: str) -> str:
    """Names may hold line breaks: here each has a line of its own."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in shown(text))


def _folder_of(path: str) -> str:
    """What is scanned again: a folder that could not be looked into, else the file's folder."""
    return path if os.path.isdir(path) else os.path.dirname(path)
