"""The way of a clean-up through the window: the list, the move, the receipt, the way back."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from albumdedup.core.i18n import _
from albumdedup.core.types import OperationReport, Plan
from albumdedup.gui.album import Album
from albumdedup.gui.bars import BottomBar, Place
from albumdedup.gui.cleanup_sheet import CleanupSheet
from albumdedup.gui.done_page import DonePage
from albumdedup.gui.history_sheet import HistorySheet
from albumdedup.gui.places import Places


class Cleaning(QObject):
    """Nothing moves before its list was shown."""

    def __init__(
        self,
        album: Album,
        places: Places,
        bottom: BottomBar,
        sheets: tuple[CleanupSheet, HistorySheet],
        done: DonePage,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._album = album
        self._places = places
        self._bottom = bottom
        self._sheet, self._history = sheets
        self._done = done
        self.target: str | None = None
        places.clean_wanted.connect(self.show_list)
        self._sheet.clean_wanted.connect(self._on_clean)
        self._sheet.target_chosen.connect(self._on_target)
        self._sheet.carry_chosen.connect(self._on_carry)
        done.undo_wanted.connect(album.undo)
        done.history_wanted.connect(album.ask_history)
        self._history.undo_wanted.connect(album.undo)
        self._history.receipt_wanted.connect(self._on_receipt)
        album.planned.connect(self._sheet.show_plan)
        album.cleaned.connect(self._on_cleaned)
        album.restored.connect(self._on_restored)

    @Slot()
    def show_list(self) -> None:
        """Show what would go; the sheet has the button that moves it."""
        if not self._album.scanning and not self._album.moving:
            self._sheet.carry.setChecked(False)
            self._album.make_plan(self.target)

    @Slot(object)
    def _on_target(self, target: str | None) -> None:
        self.target = target
        self._album.make_plan(target, carry=self._sheet.carry.isChecked())

    @Slot(bool)
    def _on_carry(self, on: bool) -> None:
        self._album.make_plan(self.target, carry=on)

    @Slot(object)
    def _on_clean(self, plan: Plan) -> None:
        self._bottom.work(_("Moving copies…"), None, paused=False)
        self._album.clean(plan)

    @Slot(object)
    def _on_cleaned(self, report: OperationReport) -> None:
        self._done.show_cleaned(report, self.target)
        self._bottom.say("")
        self._places.show_place(Place.DONE)

    @Slot(object)
    def _on_restored(self, report: OperationReport) -> None:
        self._done.show_restored(report)
        self._bottom.say("")
        if not self._history.isVisible():  # one photo after the other is put back there
            self._places.show_place(Place.DONE)

    @Slot(object, str)
    def _on_receipt(self, operation: int, when: str) -> None:
        self._done.show_past(operation, when)
        self._places.show_place(Place.DONE)
