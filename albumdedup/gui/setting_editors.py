"""What a setting is changed with: one small widget per kind of check."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from albumdedup.core.checks import Between, Folder, OneOf, SomeOf
from albumdedup.core.i18n import _
from albumdedup.core.settings import CHAIN, Settings, check_of
from albumdedup.gui.keep_rules import KeepRules
from albumdedup.gui.setting_words import option_name, words_of
from albumdedup.gui.tick_box import TickBox
from albumdedup.gui.widgets import Choice, button

WIDTH = 250


class Editor(QWidget):
    """Shows a value and tells another one; whether it may be is not its business."""

    edited = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.setFixedWidth(WIDTH)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(4)

    def show_value(self, settings: Settings) -> None:
        raise NotImplementedError

    def first(self) -> QWidget:
        """What gets the focus."""
        raise NotImplementedError


class OptionEditor(Editor):
    def __init__(self, name: str, options: tuple[str, ...]) -> None:
        super().__init__(name)
        self.choice = Choice()
        self.choice.setAccessibleName(words_of(name).title)
        for option in options:
            self.choice.addItem(option_name(name, option), option)
        self.choice.activated.connect(self._on_choice)
        self.column.addWidget(self.choice)

    def show_value(self, settings: Settings) -> None:
        value = getattr(settings, self.name)
        if self.choice.findData(value) < 0:
            self.choice.addItem(str(value), value)
        self.choice.setCurrentIndex(self.choice.findData(value))

    def first(self) -> QWidget:
        return self.choice

    def _on_choice(self) -> None:
        self.edited.emit(self.choice.currentData())


class TextEditor(Editor):
    """Tells its text when Enter is pressed or the focus leaves."""

    def __init__(self, name: str, *, secret: bool = False) -> None:
        super().__init__(name)
        self.line = QLineEdit()
        self.line.setAccessibleName(words_of(name).title)
        if secret:
            self.line.setEchoMode(QLineEdit.EchoMode.PasswordEchoOnEdit)
        self.line.editingFinished.connect(self._on_finished)
        self._shown = ""
        self.column.addWidget(self.line)

    def show_value(self, settings: Settings) -> None:
        self._shown = str(getattr(settings, self.name))
        self.line.setText(self._shown)

    def first(self) -> QWidget:
        return self.line

    def value(self) -> object:
        return self.line.text().strip()

    def _on_finished(self) -> None:
        if self.line.text() != self._shown:
            self._shown = self.line.text()
            self.edited.emit(self.value())


class NumberEditor(TextEditor):
    """Words that are no number are told as they are, and so refused."""

    def value(self) -> object:
        text = self.line.text().strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


class FolderEditor(TextEditor):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.line.setPlaceholderText(_("To the trash"))
        self.choose = button(_("Choose…"), self._on_choose)
        self.choose.setAccessibleName(_("Choose a folder for removed copies"))
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.column.removeWidget(self.line)
        row.addWidget(self.line, 1)
        row.addWidget(self.choose)
        self.column.addLayout(row)

    def _on_choose(self) -> None:
        dialog = QFileDialog(self, _("Folder for the removed photos"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.take)
        dialog.open()

    def take(self, folder: str) -> None:
        self.line.setText(folder)
        self._on_finished()


class TicksEditor(Editor):
    def __init__(self, name: str, options: tuple[str, ...]) -> None:
        super().__init__(name)
        self.boxes: dict[str, TickBox] = {}
        self.column.setSpacing(0)
        for option in options:
            box = TickBox(option_name(name, option))
            box.setAccessibleName(f"{words_of(name).title}: {box.text()}")
            box.clicked.connect(self._on_click)
            self.boxes[option] = box
            self.column.addWidget(box)

    def show_value(self, settings: Settings) -> None:
        value = getattr(settings, self.name)
        for option, box in self.boxes.items():
            box.setChecked(option in value)

    def first(self) -> QWidget:
        return next(iter(self.boxes.values()))

    def _on_click(self) -> None:
        self.edited.emit(tuple(option for option, box in self.boxes.items() if box.isChecked()))


class KeepEditor(Editor):
    """The rules as the review place has them; tells the rule, several with commas."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.keep = KeepRules(Settings().rule)
        self.keep.changed.connect(self._on_change)
        self.column.addWidget(self.keep)

    def show_value(self, settings: Settings) -> None:
        if settings.rule != self.keep.rule:
            blocked = self.keep.blockSignals(True)
            self.keep.show_rule(settings.rule)
            self.keep.blockSignals(blocked)

    def first(self) -> QWidget:
        return self.keep.choice

    def _on_change(self) -> None:
        self.edited.emit(self.keep.rule)


def editor_for(name: str, extractors: tuple[str, ...]) -> Editor:
    """The editor that fits the setting's check."""
    check = check_of(name)
    if name == "keep_rule":
        return KeepEditor(name)
    if name == "extractor":
        return OptionEditor(name, extractors)
    if isinstance(check, OneOf):
        return OptionEditor(name, check.options)
    if isinstance(check, SomeOf):
        return TicksEditor(name, check.options)
    if isinstance(check, Between):
        return NumberEditor(name)
    if isinstance(check, Folder):
        return FolderEditor(name)
    return TextEditor(name, secret=name == "vector_token")


def changed(settings: Settings, name: str, value: object) -> dict[str, object]:
    """The fields that an edited value changes: a chain of rules is two."""
    if name == "keep_rule" and "," in str(value):
        return {"keep_rule": CHAIN, "keep_chain": tuple(str(value).split(","))}
    return {name: value}
