"""The pictures that are looked for together, and those that are looked away from."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from albumdedup.core.i18n import _, ngettext
from albumdedup.gui.finding import Given, Query
from albumdedup.gui.texts import shown
from albumdedup.gui.widgets import button, label

MOST = 5
"""So many are named; the others are counted."""
LETTERS = 16


class ExampleRow(QWidget):
    """One button per picture; pressed, it is left out."""

    dropped = Signal(object)  # Given

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._shown: tuple[tuple[Given, ...], tuple[Given, ...]] = ((), ())
        self.hide()

    def show_query(self, query: Query) -> None:
        if self._shown == (query.like, query.unlike):
            return  # who stands on a button stays there
        self._shown = (query.like, query.unlike)
        while (item := self._row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        pictures = [(one, True) for one in query.like] + [(one, False) for one in query.unlike]
        for given, like in pictures[:MOST]:
            self._row.addWidget(self._button(given, like=like, alone=len(query.like) == 1))
        more = len(pictures) - MOST
        if more > 0:
            words = ngettext("and {n} more", "and {n} more", more).format(n=f"{more:,}")
            self._row.addWidget(label(words, caption=True))
        self._row.addStretch()
        self.setVisible(query.several)

    def _button(self, given: Given, *, like: bool, alone: bool) -> QWidget:
        name = shown(given.name)
        short = name if len(name) <= LETTERS else name[: LETTERS - 1] + "…"
        stays = like and alone
        sign = "+" if like else "\N{MINUS SIGN}"
        made = button(f"{sign} {short}" if stays else f"{sign} {short}  ✕")
        words = _("Looked for: {name}") if like else _("Looked away from: {name}")
        made.setAccessibleName(words.format(name=name))
        made.setEnabled(not stays)
        tip = words if stays else _("Leave {name} out")
        made.setToolTip(tip.format(name=name))
        drop: Callable[[], None] = partial(self.dropped.emit, given)
        made.clicked.connect(drop)
        return made
