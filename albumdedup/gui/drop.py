"""What is seen while folders and photos hang over the window."""

from __future__ import annotations

import os
from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from albumdedup.core.i18n import _, listed, ngettext
from albumdedup.gui.brought import Brought
from albumdedup.gui.texts import shown
from albumdedup.gui.theme import HEADLINE, LIGHT, Tokens, font

FIELD = 48
"""Height of the bar that holds the search field."""


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
        self._refused = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(_("Drop target"))
        self.hide()

    def show_for(self, what: Brought) -> None:
        paths = what.paths
        self._refused = what.refusal
        self._sentence = self._refused or drop_sentence(paths)
        self._one_file = not self._refused and len(paths) == 1 and os.path.isfile(paths[0])
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
        inside = self.rect().adjusted(48, 0, -48, 0)
        wrapped = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(inside, wrapped, self._sentence)
        painter.setPen(QColor(self.tokens.quiet))
        painter.setFont(font())
        below = self.rect().adjusted(0, 64, 0, 0)
        quiet = _("Nothing is changed until you say so.")
        if self._one_file:
            quiet = _("Drop it on the search field above to find it in the library.")
        if not self._refused:
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, quiet)
        painter.end()
