"""Says that only one folder is being cleared of copies, and ends that."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from albumdedup.core.folder_names import last_two_parts
from albumdedup.core.i18n import _
from albumdedup.gui.album import Album
from albumdedup.gui.bars import ElidedLabel
from albumdedup.gui.texts import shown
from albumdedup.gui.widgets import button


class ClearBanner(QWidget):
    """A line above the groups; not there where all folders are looked at."""

    def __init__(self, album: Album, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._album = album
        self.words = ElidedLabel()
        self.end = button(_("Show all folders again"), self._on_end, link=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 20, 4)
        row.addWidget(self.words, 1)
        row.addWidget(self.end)
        album.groups_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        folder = self._album.view.clear
        self.setVisible(folder is not None)
        if folder is not None:
            self.words.set_text(
                _("Only copies in {folder} go; what lies elsewhere stays.").format(
                    folder=shown(last_two_parts(folder))
                )
            )

    def _on_end(self) -> None:
        self._album.set_clear(None)
        self.refresh()
