"""What program this is, and whose work is inside it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QWidget

from albumdedup import __version__
from albumdedup.core.i18n import _
from albumdedup.core.paths import resource
from albumdedup.gui.row_table import Column, Row, RowModel, RowTable
from albumdedup.gui.sheet import Sheet
from albumdedup.gui.widgets import button, label

NOTICES = "third-party.json"
LICENCES = "licences"
"""A folder that only a bundle has: it brings the others' work along."""


@dataclass(frozen=True, slots=True)
class Notice:
    """``version`` is told by a bundle; elsewhere it is the environment's affair. ``licence`` is
    empty where only its text tells."""

    name: str
    licence: str
    version: str = ""


def notices() -> tuple[Notice, ...]:
    """Of what is delivered or needed, by name."""
    rows = json.loads(resource(NOTICES).read_text(encoding="utf-8"))
    return tuple(Notice(row["name"], row["licence"], row.get("version", "")) for row in rows)


class AboutSheet(Sheet):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(_("About Album Deduplicator"), parent, width=720, tall=True)
        self.body.addWidget(label(_("Version {version}").format(version=__version__)))
        for words in (
            _("Finds equal and similar photos and cleans them up safely."),
            _("Your photos stay on this computer. Nothing is removed for good, and every clean-up "
              "can be put back."),
            _("Free software under the MIT licence, made with the work of others:"),
        ):  # fmt: skip
            self.body.addWidget(label(words, wrap=True))
        columns = (Column(_("Name")), Column(_("Version")), Column(_("Licence"), wide=True))
        self.table = RowTable(_("The work of others"), RowModel(columns, _row))
        self.table.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.body.addWidget(self.table, 1)
        foot = QHBoxLayout()
        self.texts = button(_("Show the licences"), self._show_texts)
        self.texts.setVisible(resource(LICENCES).is_dir())
        foot.addStretch()
        foot.addWidget(self.texts)
        self.body.addLayout(foot)

    @Slot()
    def open(self) -> None:
        if not self.table.rows.rowCount():
            told = notices()
            self.table.rows.show(told)
            self.table.setColumnHidden(1, not any(notice.version for notice in told))
            self.table.setCurrentIndex(self.table.rows.index(0, 0))
        self.present(self.table)

    @Slot()
    def _show_texts(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(resource(LICENCES))))


def _row(notice: Notice) -> Row:
    told = notice.licence or _("as its text says")
    return Row((notice.name, notice.version, told), (notice.name, notice.version, told))
