"""Which photos may be answers of a search: below a folder, of some days, by a camera."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QWidget

from albumdedup.core.asking import Sieve, first_day, last_day
from albumdedup.core.folder_names import last_two_parts
from albumdedup.core.i18n import _
from albumdedup.gui.narrow_bar import Words
from albumdedup.gui.texts import shown
from albumdedup.gui.widgets import Choice, button

_OTHER = "\0other"
"""The entry that opens a dialog; no folder is called so."""
LETTERS = 18
"""So many of a folder's or a camera's name have room."""


class FindFilters(QWidget):
    """Tells when another sieve is wanted, and a sentence where a day is none."""

    changed = Signal()
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sieve = Sieve()
        self.folder = self._choice(_("Only photos below this folder"), _("All folders"))
        self.folder.addItem(_("Another folder…"), _OTHER)
        self.first = self._day(_("Taken on or after"), _("from 2019-05"))
        self.last = self._day(_("Taken on or before"), _("to 2020"))
        self.camera = self._choice(_("Only photos by this camera"), _("All cameras"))
        self.all = button(_("Show all"), self.clear, link=True)
        self.all.setToolTip(_("No folder, no days, no camera"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self.folder, self.first, self.last, self.camera, self.all):
            row.addWidget(widget)
        row.addStretch()
        self.all.hide()

    def _choice(self, name: str, first: str) -> Choice:
        made = Choice()
        made.setAccessibleName(name)
        made.setToolTip(name)
        made.setMinimumContentsLength(LETTERS)
        made.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        made.addItem(first, "")
        made.activated.connect(self._on_chosen)
        return made

    def _day(self, name: str, example: str) -> QLineEdit:
        made = Words()
        made.setAccessibleName(name)
        made.setToolTip(_("{name}: 2019, 2019-05 or 2019-05-01").format(name=name))
        made.setPlaceholderText(example)
        made.setMaximumWidth(118)
        made.editingFinished.connect(self._on_day)
        return made

    @property
    def sieve(self) -> Sieve:
        return self._sieve

    def offer(self, roots: Sequence[str], cameras: Sequence[str]) -> None:
        """What can be chosen; what is chosen stays."""
        folders = [(_folder(root), root) for root in roots]
        _fill(self.folder, [*folders, (_("Another folder…"), _OTHER)], self._sieve.folder)
        _fill(self.camera, [(_short(shown(name)), name) for name in cameras], self._sieve.camera)

    @Slot()
    def clear(self) -> None:
        self.folder.setCurrentIndex(0)
        self.camera.setCurrentIndex(0)
        self.first.clear()
        self.last.clear()
        self._take(Sieve())

    def choose_folder(self, folder: str) -> None:
        if self.folder.findData(folder) < 0:
            self.folder.insertItem(1, _folder(folder), folder)
        self.folder.setCurrentIndex(self.folder.findData(folder))
        self._read()

    # --- inside ---------------------------------------------------------------------------

    @Slot()
    def _on_chosen(self) -> None:
        if self.folder.currentData() != _OTHER:
            self._read()
            return
        self.folder.setCurrentIndex(max(0, self.folder.findData(self._sieve.folder)))
        dialog = QFileDialog(self, _("Only photos below this folder"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.choose_folder)
        dialog.open()

    @Slot()
    def _on_day(self) -> None:
        self._read()

    def _read(self) -> None:
        try:
            first = _day_of(self.first.text(), first_day)
            last = _day_of(self.last.text(), last_day)
        except ValueError as error:
            self.refused.emit(
                _("{text} is no date; write 2019, 2019-05 or 2019-05-01").format(text=error)
            )
            return
        folder = self.folder.currentData()
        self._take(Sieve(os.path.normpath(folder) if folder else "", first, last,
                         self.camera.currentData() or ""))  # fmt: skip

    def _take(self, sieve: Sieve) -> None:
        if sieve != self._sieve:
            self._sieve = sieve
            self.all.setVisible(not sieve.open)
            self.changed.emit()


def _day_of(text: str, read: Callable[[str], date]) -> date | None:
    return read(text.strip()) if text.strip() else None


def _short(words: str) -> str:
    """As much as has room; the whole is in the tooltip."""
    return words if len(words) <= LETTERS else words[: LETTERS - 1] + "…"


def _folder(path: str) -> str:
    """Its name, with that of the folder above where there is room for both."""
    words = shown(last_two_parts(path))
    return words if len(words) <= LETTERS else _short("…/" + os.path.basename(words))


def _fill(choice: Choice, entries: Sequence[tuple[str, str]], chosen: str) -> None:
    """The first entry, which stands for all, stays; a chosen one that is offered no more too."""
    wanted = [data for _words, data in entries]
    if [choice.itemData(row) for row in range(1, choice.count())] == wanted:
        return
    while choice.count() > 1:
        choice.removeItem(1)
    for words, data in entries:
        choice.addItem(words, data)
        if data != _OTHER:
            choice.setItemData(choice.count() - 1, shown(data), Qt.ItemDataRole.ToolTipRole)
    if chosen and choice.findData(chosen) < 0:
        choice.insertItem(1, _folder(chosen), chosen)
    choice.setCurrentIndex(max(0, choice.findData(chosen)))
