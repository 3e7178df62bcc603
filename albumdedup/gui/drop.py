"""Dropping folders and photos anywhere on the window."""

from __future__ import annotations

import os
from collections.abc import Sequence

from PySide6.QtCore import QMimeData, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from albumdedup.core.i18n import _, listed, ngettext
from albumdedup.gui.texts import shown
from albumdedup.gui.theme import HEADLINE, LIGHT, Tokens, font

FIELD = 48
"""Height of the bar that holds the search field."""


def dropped_paths(data: QMimeData) -> list[str]:
    """The local files and folders of a drag, in order, once each."""
    paths = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    return list(dict.fromkeys(os.path.normpath(path) for path in paths if path))


def drop_sentence(paths: Sequence[str]) -> str:
    """Names what is over the window."""
    names = [shown(os.path.basename(path) or path) for path in paths]
    if len(names) == 1:
        return _("Drop to look through “{name}”").format(name=names[0])
    if len(names) <= 3:
        return _("Drop to look through {names}").format(
            names=listed(_("“{name}”").format(name=name) for name in names)
        )
    return ngettext(
        "Drop to look through {n} folder", "Drop to look through {n} folders", len(names)
    ).format(n=f"{len(names):,}")


class DropOverlay(QWidget):
    """The whole window becomes the target."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.tokens: Tokens = LIGHT
        self._sentence = ""
        self._one_file = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(_("Drop target"))
        self.hide()

    def show_for(self, paths: Sequence[str]) -> None:
        self._sentence = drop_sentence(paths)
        self._one_file = len(paths) == 1 and os.path.isfile(paths[0])
        self.setAccessibleDescription(self._sentence)
        self.cover()
        self.raise_()
        self.show()

    def cover(self) -> None:
        """As large as the window; above one file the search field stays free."""
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect().adjusted(0, FIELD if self._one_file else 0, 0, 0))

    @property
    def sentence(self) -> str:
        return self._sentence

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(self.tokens.window)
        veil.setAlpha(250)
        painter.fillRect(self.rect(), veil)
        pen = QPen(QColor(self.tokens.accent), 3, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(14, 14, -14, -14), 12, 12)
        painter.setPen(QColor(self.tokens.text))
        painter.setFont(font(HEADLINE, bold=True))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._sentence)
        painter.setPen(QColor(self.tokens.quiet))
        painter.setFont(font())
        below = self.rect().adjusted(0, 64, 0, 0)
        quiet = _("Nothing is changed until you say so.")
        if self._one_file:
            quiet = _("Drop it on the search field above to find it in the library.")
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, quiet)
        painter.end()
