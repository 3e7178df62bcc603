"""The clean-ups of the past, one row each: when, how many, where they are now, and two verbs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from albumdedup.core.i18n import _, ngettext
from albumdedup.gui.past import Now, Past, state_words
from albumdedup.gui.widgets import button, label, stacked


class PastList(QScrollArea):
    """As high as its rows where there is room."""

    look_wanted = Signal(object)  # Past
    back_wanted = Signal(object)  # operation id

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[QWidget] = []
        self.setWidgetResizable(True)
        self.setAccessibleName(_("Clean-ups"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def sizeHint(self) -> QSize:
        inside = self.widget()
        return inside.sizeHint() if inside is not None else super().sizeHint()

    def show_operations(self, operations: Sequence[Past], *, idle: bool) -> None:
        self.rows = [self._row(operation) for operation in operations]
        nothing = [] if operations else [label(_("Nothing has been cleaned up yet."), quiet=True)]
        self.setWidget(stacked([*self.rows, *nothing], 4))
        self.set_idle(idle)
        self.updateGeometry()

    def set_idle(self, idle: bool) -> None:
        """While photos are moved nothing else can be put back."""
        for row in self.rows:
            back = row.findChild(QWidget, "back")
            if back is not None:
                back.setEnabled(idle)

    @property
    def first(self) -> QWidget | None:
        """Where the focus begins."""
        return self.rows[0].findChild(QWidget, "open") if self.rows else None

    def _row(self, past: Past) -> QWidget:
        row = QWidget()
        across, words = QHBoxLayout(row), QVBoxLayout()
        across.setContentsMargins(0, 6, 0, 6)
        words.setSpacing(2)
        total = sum(past.counts.values())
        title = ngettext("{when} · {n} copy", "{when} · {n} copies", total).format(
            when=past.when, n=f"{total:,}"
        )
        words.addWidget(label(title))
        words.addWidget(label(state_words(past), caption=True))
        across.addLayout(words, 1)
        look = button(_("Look inside"), partial(self._look, past))
        look.setObjectName("open")
        look.setAccessibleName(_("Look inside the clean-up of {when}").format(when=past.when))
        across.addWidget(look)
        if past.counts[Now.AWAY]:
            back = button(_("Put back"), partial(self._back, past.id))
            back.setObjectName("back")
            back.setAccessibleName(_("Put back the clean-up of {when}").format(when=past.when))
            across.addWidget(back)
        return row

    def _look(self, past: Past, *_clicked: object) -> None:
        self.look_wanted.emit(past)

    def _back(self, operation: int, *_clicked: object) -> None:
        self.back_wanted.emit(operation)
