"""The receipt: how many, how much, where they are now, and the way back."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QVBoxLayout, QWidget

from albumdedup.core.i18n import _, human_bytes, ngettext
from albumdedup.core.types import ItemState, OperationReport, count_photos
from albumdedup.gui import icons
from albumdedup.gui.texts import shown
from albumdedup.gui.theme import LIGHT, Tokens
from albumdedup.gui.widgets import button, label, retitle


class Tick(QWidget):
    """A large tick in a circle; the arrow back after an undo."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tokens: Tokens = LIGHT
        self.name = "check"
        self.setFixedSize(QSize(72, 72))
        self.setAccessibleName(_("Done"))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor(self.tokens.stays if self.name == "check" else self.tokens.accent)
        ground = QColor(colour)
        ground.setAlphaF(0.14)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawEllipse(QRectF(self.rect()))
        icons.draw(painter, self.name, QRectF(20, 20, 32, 32), colour)
        painter.end()


class DonePage(QWidget):
    """Shown after a clean-up and after an undo."""

    undo_wanted = Signal(object)  # operation id
    review_wanted = Signal()
    history_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._operation: int | None = None
        self.tick = Tick()
        self.headline = label(_("Nothing has been cleaned up yet"), headline=True)
        self.where = label(
            _("When you clean up, the receipt stands here, with the way back."),
            wrap=True,
            quiet=True,
        )
        self.where.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.problems_title = label("", tone="goes")
        self.problems = QListWidget()
        self.problems.setProperty("boxed", "true")
        self.problems.setAccessibleName(_("What was left alone, and why"))
        self.problems.setWordWrap(True)
        self.problems.setMaximumHeight(180)
        self.back = button(_("Put everything back"), self._on_back)
        self.review = button(_("Back to the groups"), self.review_wanted)
        self.history = button(_("History"), self.history_wanted, link=True)
        card = QFrame()
        card.setObjectName("sheet")
        card.setFixedWidth(560)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(32, 32, 32, 24)
        inside.setSpacing(10)
        middle = Qt.AlignmentFlag.AlignHCenter
        inside.addWidget(self.tick, 0, middle)
        inside.addSpacing(14)
        inside.addWidget(self.headline, 0, middle)
        inside.addWidget(self.where)
        inside.addWidget(self.problems_title)
        inside.addWidget(self.problems)
        inside.addSpacing(10)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch()
        for widget in (self.back, self.review, self.history):
            row.addWidget(widget)
        row.addStretch()
        inside.addLayout(row)
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(card, 0, middle)
        column.addStretch(3)
        self._show_problems(())
        self.back.hide()

    @property
    def operation(self) -> int | None:
        """What *Put everything back* would put back."""
        return self._operation

    def set_tokens(self, tokens: Tokens) -> None:
        self.tick.tokens = tokens
        self.tick.update()

    def show_cleaned(self, report: OperationReport, target: str | None) -> None:
        count = report.photos
        self._operation = report.operation_id if count else None
        self.tick.name = "check"
        self.headline.setText(
            ngettext("{n} copy moved · {size}", "{n} copies moved · {size}", count).format(
                n=f"{count:,}", size=human_bytes(report.bytes)
            )
        )
        if target is None:
            where = _(
                "They are in your computer’s trash; emptying it frees the space. "
                "What stays is untouched."
            )
        else:
            where = _("They are in {folder}. What stays is untouched.").format(folder=shown(target))
        self.where.setText(where if count else _("Nothing was moved."))
        self._show_problems(_sentences(report))
        retitle(self.back, _("Put everything back"))
        self.back.setVisible(count > 0)

    def show_restored(self, report: OperationReport) -> None:
        count = report.photos
        beside = count_photos(i for i in report.done if i.state is ItemState.RESTORED_BESIDE)
        self._operation = report.operation_id if report.skipped else None
        self.tick.name = "undo"
        self.headline.setText(
            ngettext("{n} photo is back", "{n} photos are back", count).format(n=f"{count:,}")
        )
        self.where.setText(
            ngettext(
                "{n} of them stands beside its old place, which was taken meanwhile.",
                "{n} of them stand beside their old places, which were taken meanwhile.",
                beside,
            ).format(n=beside)
            if beside
            else _("Each one is at its old place, with its old date.")
        )
        self._show_problems(_sentences(report))
        retitle(self.back, _("Try the rest again"))
        self.back.setVisible(self._operation is not None)

    def _show_problems(self, sentences: tuple[str, ...]) -> None:
        self.problems.clear()
        self.problems.addItems([shown(sentence) for sentence in sentences])
        self.problems_title.setText(
            ngettext(
                "{n} photo was left alone:", "{n} photos were left alone:", len(sentences)
            ).format(n=f"{len(sentences):,}")
        )
        for widget in (self.problems, self.problems_title):
            widget.setVisible(bool(sentences))
        self.tick.update()

    def _on_back(self) -> None:
        if self._operation is not None:
            self.undo_wanted.emit(self._operation)


def _sentences(report: OperationReport) -> tuple[str, ...]:
    """One sentence per photo that was left alone."""
    if report.problems:
        return report.problems
    return tuple(
        _("{path}: {reason}").format(path=item.item.victim.path, reason=item.problem or item.state)
        for item in report.skipped
    )
