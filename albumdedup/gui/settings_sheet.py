"""The settings, made from their declaration: each with a sentence, saved as it is changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from albumdedup.core.i18n import _
from albumdedup.core.settings import Settings, check_of, is_later
from albumdedup.gui.household import Household
from albumdedup.gui.setting_editors import Editor, TextEditor, changed, editor_for
from albumdedup.gui.setting_words import refusal, sections, words_of
from albumdedup.gui.sheet import Sheet
from albumdedup.gui.widgets import button, label


class TallArea(QScrollArea):
    """Wants to be tall, and makes do with less in a small window."""

    def sizeHint(self) -> QSize:
        return QSize(600, 560)


class SettingRow(QWidget):
    """Title and help at the left, the editor at the right, and below what is wrong."""

    def __init__(self, name: str, editor: Editor) -> None:
        super().__init__()
        self.editor = editor
        self.refused = False
        words = words_of(name)
        editor.first().setAccessibleDescription(words.help)
        self.told = label("", caption=True, wrap=True)
        self.told.hide()
        title = label(words.title)
        title.setBuddy(editor.first())
        left = QVBoxLayout()
        left.setSpacing(2)
        left.addWidget(title)
        left.addWidget(label(words.help, caption=True, wrap=True))
        left.addWidget(self.told)
        left.addStretch()
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 6, 0, 6)
        across.setSpacing(16)
        across.addLayout(left, 1)
        across.addWidget(editor, 0, Qt.AlignmentFlag.AlignTop)

    def tell(self, sentence: str, tone: str = "error") -> None:
        """A sentence below the help; empty takes it away."""
        self.told.setProperty("tone", tone)
        self.told.style().unpolish(self.told)
        self.told.style().polish(self.told)
        self.told.setText(sentence)
        self.told.setVisible(bool(sentence))
        self.editor.first().setAccessibleDescription(sentence or words_of(self.editor.name).help)


class SettingsSheet(Sheet):
    """Tells what was changed; ``show_settings`` says what is so now."""

    changed = Signal(object)  # Settings

    def __init__(self, household: Household, parent: QWidget) -> None:
        super().__init__(_("Settings"), parent, width=700)
        self._settings = Settings()
        self._household = household
        self.rows: dict[str, SettingRow] = {}
        inside = QWidget()
        inside.setObjectName("sheetlist")
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 12, 0)
        self._column.setSpacing(0)
        self.area = TallArea()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidgetResizable(True)
        self.area.setWidget(inside)
        self.note = label(_("What you change is saved at once."), caption=True)
        self.body.addWidget(self.area, 1)
        self.body.addWidget(self.note)
        self._built = False
        household.server_tried.connect(self._on_tried)

    # --- building -----------------------------------------------------------------------

    def _build(self) -> None:
        """At its first opening: the names of the extractors are not needed before."""
        from albumdedup.ml.registry import SPECS

        for number, (title, names) in enumerate(sections()):
            if number:
                self._column.addSpacing(14)
            self._column.addWidget(label(title, section=True))
            for name in names:
                editor = editor_for(name, tuple(SPECS))
                editor.edited.connect(self._on_edited)
                self.rows[name] = SettingRow(name, editor)
                self._column.addWidget(self.rows[name])
        self.test = button(_("Test connection"), self._on_test)
        ends = QHBoxLayout()
        ends.addStretch()
        ends.addWidget(self.test)
        self._column.addLayout(ends)
        self._column.addStretch()
        self._built = True

    def show_settings(self, settings: Settings) -> None:
        """What counts now; what a person is writing at this moment is left alone."""
        self._settings = settings
        for row in self.rows.values():
            writing = isinstance(row.editor, TextEditor) and row.editor.first().hasFocus()
            if not (writing or row.refused):
                row.editor.show_value(settings)

    def open(self) -> None:
        if not self._built:
            self._build()
        for row in self.rows.values():
            row.refused = False
            row.tell("")
        self.show_settings(self._settings)
        self.note.setText(_("What you change is saved at once."))
        self.present(next(iter(self.rows.values())).editor.first())

    def say_not_saved(self, detail: str) -> None:
        self.note.setText(
            _("The settings count until you quit, but could not be saved ({detail}).").format(
                detail=detail
            )
        )

    # --- changing -----------------------------------------------------------------------

    @Slot(object)
    def _on_edited(self, value: object) -> None:
        editor = self.sender()
        if not isinstance(editor, Editor):
            return
        row, name = self.rows[editor.name], editor.name
        check = check_of(name)
        if not check.fits(value):
            row.tell(refusal(check))
            row.refused = isinstance(editor, TextEditor)  # what was written stays, to be mended
            if not row.refused:
                editor.show_value(self._settings)
            return
        row.refused = False
        fields: Mapping[str, object] = changed(self._settings, name, value)
        before, self._settings = self._settings, replace(self._settings, **fields)  # type: ignore[arg-type]
        row.tell(_("Counts from the next start.") if is_later(name) else "", "quiet")
        if self._settings != before:
            self.changed.emit(self._settings)

    def _on_test(self) -> None:
        row, uri = self.rows["vector_uri"], self._settings.vector_uri
        if row.refused:
            return
        if not uri:
            row.tell(_("No address: everything is kept on this computer."), "quiet")
            return
        row.tell(_("Asking {address}…").format(address=uri), "quiet")
        self.test.setEnabled(False)
        settings = self._settings
        self._household.try_server(uri, settings.vector_token, settings.vector_certificate)

    @Slot(bool, str)
    def _on_tried(self, answers: bool, sentence: str) -> None:
        self.test.setEnabled(True)
        self.rows["vector_uri"].tell(sentence, "stays" if answers else "error")

    def focusNextPrevChild(self, next: bool) -> bool:
        """What Tab reaches comes into view."""
        moved = super().focusNextPrevChild(next)
        focused = self.focusWidget()
        if moved and focused is not None and self.area.isAncestorOf(focused):
            self.area.ensureWidgetVisible(focused, 0, 24)
        return moved
