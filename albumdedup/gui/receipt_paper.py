"""What the receipt stands on: its words, its verbs, and the list of what went."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QVBoxLayout, QWidget

from albumdedup.core.i18n import _, ngettext
from albumdedup.gui.receipt_rows import receipt_columns
from albumdedup.gui.row_table import Row, RowModel, RowTable
from albumdedup.gui.texts import shown
from albumdedup.gui.theme import Tokens
from albumdedup.gui.tick import Tick
from albumdedup.gui.widgets import button, label


class ReceiptPaper(QWidget):
    """The parts, laid out; what they do is said elsewhere. ``row_of`` words a line."""

    def __init__(self, row_of: Callable[[Any], Row], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._make_words()
        self._make_list(row_of)
        self._lay_out()
        self.show_problems(())

    def set_tokens(self, tokens: Tokens) -> None:
        self.tick.tokens = tokens
        self.tick.update()

    def _make_words(self) -> None:
        self.tick = Tick()
        self.headline = label(_("Nothing has been cleaned up yet"), headline=True)
        self.where = label(
            _("When you clean up, the receipt stands here, with the way back."),
            wrap=True,
            quiet=True,
        )
        self.facts = label("", wrap=True, quiet=True)
        self.reading = label("", caption=True)
        self.read = button(_("Stop"), link=True)
        self.back = button(_("Put everything back"))
        self.show_place = button(_("Show in trash"))
        self.save = button(_("Save receipt…"))
        self.check = button(_("Check the way back"))
        self.review = button(_("Back to the groups"), link=True)
        self.history = button(_("History"), link=True)
        self.news = label("", wrap=True)

    def _make_list(self, row_of: Callable[[Any], Row]) -> None:
        self.model = RowModel(receipt_columns(), row_of, self)
        self.list = RowTable(_("Photos that went"), self.model)
        self.list.setMinimumHeight(96)
        self.detail = label("", caption=True, wrap=True)
        self.detail.setFixedHeight(44)
        self.detail.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.list.told.connect(self.detail.setText)
        self.problems_title = label("", tone="goes")
        self.problems = QListWidget()
        self.problems.setProperty("boxed", "true")
        self.problems.setAccessibleName(_("Photos that were left alone"))
        self.problems.setMaximumHeight(110)
        self.problems.setWordWrap(True)
        self.problems.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_problems(self, problems: Sequence[str]) -> None:
        self.problems.clear()
        self.problems.addItems([shown(sentence) for sentence in problems])
        self.problems_title.setText(
            ngettext("{n} thing to know:", "{n} things to know:", len(problems)).format(
                n=f"{len(problems):,}"
            )
        )
        for widget in (self.problems, self.problems_title):
            widget.setVisible(bool(problems))

    def _lay_out(self) -> None:
        head, words = QHBoxLayout(), QVBoxLayout()
        head.setSpacing(12)
        words.setSpacing(4)
        words.addWidget(self.headline)
        words.addWidget(self.where)
        head.addWidget(self.tick, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        for link in (self.review, self.history):
            head.addWidget(link, 0, Qt.AlignmentFlag.AlignTop)
        verbs, reading = QHBoxLayout(), QHBoxLayout()
        verbs.setSpacing(8)
        for widget in (self.back, self.show_place, self.check, self.save):
            verbs.addWidget(widget)
        verbs.addStretch()
        reading.addWidget(self.reading)
        reading.addWidget(self.read)
        reading.addStretch()
        self._lay_card(head, reading, verbs)
        outside, column = QHBoxLayout(self), QVBoxLayout()
        outside.setContentsMargins(16, 12, 16, 12)
        outside.addStretch(1)
        outside.addLayout(column, 20)
        outside.addStretch(1)
        column.addStretch(1)
        column.addWidget(self.card, 30)
        column.addStretch(1)

    def _lay_card(self, head: QHBoxLayout, reading: QHBoxLayout, verbs: QHBoxLayout) -> None:
        self.card = QFrame()
        self.card.setObjectName("sheet")
        self.card.setMaximumWidth(900)
        inside = QVBoxLayout(self.card)
        inside.setContentsMargins(24, 16, 24, 12)
        inside.setSpacing(8)
        inside.addLayout(head)
        inside.addWidget(self.facts)
        inside.addLayout(reading)
        inside.addLayout(verbs)
        inside.addWidget(self.news)
        inside.addWidget(self.problems_title)
        inside.addWidget(self.problems)
        inside.addWidget(self.list, 1)
        inside.addWidget(self.detail)
        inside.addStretch(0)
