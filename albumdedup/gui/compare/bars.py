"""The lines above and below the photos: what they are, how one looks at them, what stays."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSlider, QToolButton, QWidget

from albumdedup.core.i18n import _
from albumdedup.gui.bars import ElidedLabel
from albumdedup.gui.compare.slots import Mode
from albumdedup.gui.icons import icon
from albumdedup.gui.theme import TARGET, Tokens
from albumdedup.gui.widgets import button, label, retitle, tool

MOST = 4
NUMBER = 36
WIDE = 480
"""Below this width words are shorter."""


def _row(parent: QWidget, top: int, bottom: int) -> QHBoxLayout:
    row = QHBoxLayout(parent)
    row.setContentsMargins(12, top, 8, bottom)
    row.setSpacing(2)
    return row


class Head(QWidget):
    """How the photos relate, which group this is, and the way out."""

    step_wanted = Signal(int)
    close_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.relation = ElidedLabel()
        self.position = label("", caption=True)
        self.before = tool("", lambda: self.step_wanted.emit(-1), words="‹")
        self.after = tool("", lambda: self.step_wanted.emit(1), words="›")
        self.close_button = tool(_("Close (Esc)"), self.close_wanted)
        row = _row(self, 6, 0)
        row.addWidget(self.relation, 1)
        row.addSpacing(8)
        for widget in (self.position, self.before, self.after, self.close_button):
            row.addWidget(widget)
        self._name_steps()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._name_steps()

    def _name_steps(self) -> None:
        """The key that points on is the one in whose direction one reads."""
        keys = ("→", "←") if self.isRightToLeft() else ("←", "→")
        before, after = _("The group before ({key})"), _("The next group ({key})")
        for made, words, key in zip((self.before, self.after), (before, after), keys, strict=True):
            made.setAccessibleName(words.format(key=key))
            made.setToolTip(words.format(key=key))

    def set_tokens(self, tokens: Tokens) -> None:
        self.close_button.setIcon(icon("cancel", tokens.text))

    def show_position(self, row: int, count: int) -> None:
        self.position.setText(_("{n} of {count}").format(n=f"{row + 1:,}", count=f"{count:,}"))
        self.before.setEnabled(row > 0)
        self.after.setEnabled(row < count - 1)


class Tools(QWidget):
    """How the photos are shown. Each button has its key in its tooltip."""

    mode_wanted = Signal(object)  # Mode
    full_size_wanted = Signal()
    aligned_wanted = Signal(bool)
    more_wanted = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.modes: dict[Mode, QToolButton] = {}
        self.setMinimumWidth(200)
        row = _row(self, 0, 4)
        row.setContentsMargins(8, 0, 8, 4)
        for mode, words, name in (
            (Mode.SIDE, _("Side by side"), _("Side by side (S)")),
            (Mode.WIPE, _("Wipe"), _("Wipe one over the other (W)")),
            (Mode.DIFFERENCE, _("Difference"), _("Grey where equal, warm where not (D)")),
        ):
            made = tool(name, self._on_mode, words=words)
            made.setCheckable(True)
            made.setProperty("mode", mode.value)
            self.modes[mode] = made
            row.addWidget(made)
        row.addStretch()
        self.full_size = tool(_("A pixel for a pixel (P)"), self.full_size_wanted, words=_("100 %"))
        self.full_size.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # a number and its sign
        self.aligned = tool(
            _("The same detail at the same place (A)"), self.aligned_wanted, words=_("Aligned")
        )
        self.more = tool(_("Up to four photos at once (M)"), self.more_wanted, words=_("More"))
        for made in (self.more, self.full_size, self.aligned):
            made.setCheckable(True)
            row.addWidget(made)
        for made in (*self.modes.values(), self.more, self.full_size, self.aligned):
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_mode(self, mode: Mode, *, pair: bool) -> None:
        for one, made in self.modes.items():
            made.setChecked(one is mode)
            made.setEnabled(pair or one is Mode.SIDE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        tight = self.width() < WIDE
        for made in (*self.modes.values(), self.more, self.full_size, self.aligned):
            if made.property("tight") != tight:
                made.setProperty("tight", tight)
                made.style().polish(made)
        words = _("Side by side") if self.width() >= WIDE else _("Side")
        self.modes[Mode.SIDE].setText(words)

    def _on_mode(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.mode_wanted.emit(Mode(sender.property("mode")))


class WipeBar(QWidget):
    """How much of the first photo is seen; there while one is wiped over the other."""

    wiped = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # as the photos above it
        self.slider.setAccessibleName(_("How much of the first photo is seen"))
        self.slider.setToolTip(_("Wipe (comma and full stop)"))
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.slider.valueChanged.connect(self._on_value)
        row = _row(self, 4, 0)
        row.setContentsMargins(8, 4, 8, 0)
        row.addWidget(self.slider)

    def show_wipe(self, share: float) -> None:
        self.slider.blockSignals(True)
        self.slider.setValue(round(100 * share))
        self.slider.blockSignals(False)

    def _on_value(self, value: int) -> None:
        self.wiped.emit(value / 100)


class VerdictBar(QWidget):
    """What the person says about the photos."""

    keep_wanted = Signal(int)  # number of the photo, from 1
    keep_all_wanted = Signal()
    different_wanted = Signal()
    undo_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.numbers = [button(str(n), self._on_number) for n in range(1, MOST + 1)]
        self.everything = button("", self.keep_all_wanted)
        self.different = button(_("Not duplicates"), self.different_wanted)
        self.different.setToolTip(_("Remember that these are different photos (N)"))
        self.undo = tool(_("Take the last decision back (Z)"), self.undo_wanted)
        row = _row(self, 6, 8)
        self._row = row
        self.keep_word = label(_("Keep"), quiet=True)
        row.addWidget(self.keep_word)
        for number, made in enumerate(self.numbers, 1):
            made.setAccessibleName(_("Keep photo {n}").format(n=number))
            made.setToolTip(_("Photo {n} stays, its copies go ({n})").format(n=number))
            made.setProperty("number", number)
            made.setProperty("tight", True)
            row.addWidget(made)
        row.addWidget(self.everything)
        row.addStretch()
        row.addWidget(self.different)
        row.addWidget(self.undo)
        for one in (*self.numbers, self.everything, self.different, self.undo):
            one.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def set_tokens(self, tokens: Tokens) -> None:
        self.undo.setIcon(icon("undo", tokens.text))

    def show_count(self, shown: int, members: int) -> None:
        for number, made in enumerate(self.numbers):
            made.setVisible(number < shown)
        retitle(self.everything, _("Both") if members == 2 else _("All"))
        self.everything.setAccessibleName(_("Keep all"))
        self.everything.setToolTip(_("All photos of this group stay (B)"))
        self._squeeze()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._squeeze()

    def _squeeze(self) -> None:
        """Four numbers fit into a narrow panel, too."""
        tight = self.width() < WIDE and not self.numbers[2].isHidden()
        self.keep_word.setVisible(not tight)
        self._row.setSpacing(3 if tight else 6)
        for made in self.numbers:
            made.setFixedWidth(TARGET if tight else NUMBER)

    def _on_number(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.keep_wanted.emit(sender.property("number"))
