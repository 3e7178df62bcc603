"""The receipt: how many, how much really comes free, where they are now, and the way back."""

from __future__ import annotations

import os
from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QSizePolicy, QWidget

from albumdedup.core.control import Stage
from albumdedup.core.i18n import _, human_bytes, joined, ngettext
from albumdedup.core.ports import Lane
from albumdedup.core.receipt import Receipt, ReceiptLine, Rehearsal, failures
from albumdedup.core.receipt_page import sentences, shared_blocks, write_receipt
from albumdedup.core.types import JournalItem, OperationReport
from albumdedup.gui.album import Album
from albumdedup.gui.jobs import JobKind, JobProgress
from albumdedup.gui.opening import show_in_folder
from albumdedup.gui.receipt_paper import ReceiptPaper
from albumdedup.gui.receipt_rows import (
    beside_sentence,
    left_alone,
    proof_sentence,
    receipt_row,
    where_sentence,
)
from albumdedup.gui.row_table import Row
from albumdedup.gui.saving import ask_where, write_new
from albumdedup.gui.texts import shown, stage_sentence
from albumdedup.gui.widgets import retitle

SAMPLE = 20
"""So many removed photos are restored on trial."""


class DonePage(ReceiptPaper):
    """Shown after a clean-up, after an undo, and for any clean-up of the past."""

    undo_wanted = Signal(object)  # operation id
    review_wanted = Signal()
    history_wanted = Signal()
    changed = Signal()

    def __init__(self, album: Album, parent: QWidget | None = None) -> None:
        super().__init__(self._row, parent)
        self._album = album
        self._shown: int | None = None
        self._operation: int | None = None
        self.receipt: Receipt | None = None
        self.trials: tuple[Rehearsal, ...] = ()
        self._target: str | None = None
        self._tries = 0
        self._again = False
        self._after_undo = False
        for verb, do in (
            (self.read, self._on_read), (self.back, self._on_back),
            (self.show_place, self._on_show), (self.save, self._on_save),
            (self.check, self._on_check), (self.review, self.review_wanted),
            (self.history, self.history_wanted),
        ):  # fmt: skip
            verb.clicked.connect(do)
        self._show_parts()
        album.stopped.connect(self._on_stopped)
        album.failed.connect(self._on_failed)
        album.progressed.connect(self._on_progress)
        album.busy_changed.connect(self._show_parts)

    def _row(self, line: ReceiptLine | JournalItem) -> Row:
        return receipt_row(line, self._target)

    @property
    def operation(self) -> int | None:
        """What *Put everything back* would put back."""
        return self._operation

    # --- what is shown ------------------------------------------------------------------

    def show_cleaned(self, report: OperationReport, target: str | None) -> None:
        count = report.photos
        self._begin(report.operation_id if count else None, "check")
        self._operation = report.operation_id if count else None
        self.headline.setText(
            ngettext("{n} copy moved · {size}", "{n} copies moved · {size}", count).format(
                n=f"{count:,}", size=human_bytes(sum(i.item.victim.stamp.size for i in report.done))
            )
        )
        place = _("your computer’s trash") if target is None else shown(target)
        where = _("They are in {place}. What stays is untouched.").format(place=place)
        self.where.setText(where if count else _("Nothing was moved."))
        self._target = target
        self.model.show([entry for entry in report.done if entry.item.part_of is None])
        self.show_problems(left_alone(report))
        self._ask()

    def show_restored(self, report: OperationReport) -> None:
        count = report.photos
        self._begin(report.operation_id, "undo")
        self._after_undo = True
        self._operation = report.operation_id if report.skipped else None
        self.headline.setText(
            ngettext("{n} photo is back", "{n} photos are back", count).format(n=f"{count:,}")
        )
        self.where.setText(beside_sentence(report))
        self.show_problems(left_alone(report))
        retitle(self.back, _("Put the rest back"))
        self._ask()

    def show_past(self, operation: int, when: str) -> None:
        """The receipt of a clean-up of the past."""
        self._begin(operation, "check")
        self.headline.setText(_("Clean-up of {when}").format(when=when))
        self.where.setText("")
        self.show_problems(())
        self._ask()

    def _begin(self, operation: int | None, mark: str) -> None:
        self._shown, self._operation, self._after_undo = operation, None, False
        self.receipt, self.trials = None, ()
        self.tick.show_name(mark)
        for words in (self.facts, self.reading, self.news, self.detail):
            words.setText("")
        self.model.show(())
        retitle(self.back, _("Put everything back"))

    @Slot()
    def _show_parts(self) -> None:
        """What can be done now; the rest is not shown, or grey while something moves."""
        idle, receipt = not self._album.moving, self.receipt
        there = receipt is not None and any(line.there for line in receipt.lines)
        self.back.setVisible(self._operation is not None)
        self.back.setEnabled(idle)
        for widget in (self.show_place, self.check):
            widget.setVisible(there)
        self.check.setEnabled(idle and not self._album.runs(JobKind.REHEARSE))
        self.save.setVisible(receipt is not None and bool(receipt.lines or receipt.left))
        self.save.setEnabled(not self._album.runs(JobKind.SAVE))
        listed = self.model.rowCount() > 0
        for part in (self.list, self.detail):
            part.setVisible(listed)
        grows = QSizePolicy.Policy.Expanding if listed else QSizePolicy.Policy.Maximum
        self.card.setSizePolicy(QSizePolicy.Policy.Preferred, grows)
        for label_ in (self.facts, self.reading, self.news):
            label_.setVisible(bool(label_.text()))
        self.read.setVisible(bool(self.reading.text()))
        self.changed.emit()

    # --- the receipt, read back from the disk ---------------------------------------------

    def _ask(self) -> None:
        operation = self._shown
        if operation is not None:
            # many files are read: the lanes of scanning and of decisions stay free
            started = self._album.ask(
                JobKind.RECEIPT, Lane.THUMBS,
                lambda library, control, sink: library.receipt(operation, control, sink),
                self._on_receipt,
            )  # fmt: skip
            if not started:
                self._again = True
                self._album.stop_asking(JobKind.RECEIPT)
        self._show_parts()

    def _on_receipt(self, receipt: Receipt) -> None:
        if self._ask_again() or receipt.operation != self._shown:
            return
        self.receipt, self._target = receipt, receipt.target
        photos = [line for line in receipt.lines if line.part_of is None]
        there = any(line.there for line in receipt.lines)
        self._operation = receipt.operation if there else None
        self.model.show(photos)
        place = _("Show in trash") if receipt.target is None else _("Show the folder")
        retitle(self.show_place, place)
        self.reading.setText("")
        if photos or not self._after_undo:
            told = [one for one in sentences(receipt)[1:] if one != shared_blocks()]
            self.facts.setText(shown(joined(*told)) if photos else "")
            self.facts.setToolTip(shared_blocks())
            rest = where_sentence(receipt)
            self.where.setText(joined(self.where.text(), rest) if self._after_undo else rest)
        self._show_parts()

    def _ask_again(self) -> bool:
        again, self._again = self._again, False
        if again:
            self._ask()
        return again

    @Slot(object)
    def _on_progress(self, news: JobProgress) -> None:
        done, total = news.progress.done, news.progress.total
        if news.kind is JobKind.RECEIPT and self.receipt is None:
            self.reading.setText(stage_sentence(Stage.PROVING, done, total))
            retitle(self.read, _("Stop"))
            self._show_parts()

    def _on_read(self) -> None:
        if self._album.runs(JobKind.RECEIPT):
            self._album.stop_asking(JobKind.RECEIPT)
        else:
            self._ask()

    @Slot(object)
    def _on_stopped(self, kind: JobKind) -> None:
        if kind is JobKind.RECEIPT and not self._ask_again():
            self.reading.setText(_("Stopped before all that stays was read again."))
            retitle(self.read, _("Read it again"))
            self._show_parts()
        elif kind is JobKind.REHEARSE:
            self._tell(_("Stopped."))

    @Slot(object, str)
    def _on_failed(self, kind: JobKind, sentence: str) -> None:
        if kind is JobKind.RECEIPT and self._ask_again():
            return
        asked_here = kind in (JobKind.RECEIPT, JobKind.REHEARSE)
        if asked_here or (kind is JobKind.SAVE and self.isVisible()):
            self._tell(sentence)

    def _tell(self, sentence: str) -> None:
        self.news.setText(shown(sentence))
        self._show_parts()

    # --- verbs --------------------------------------------------------------------------

    def _on_back(self) -> None:
        if self._operation is not None:
            self.undo_wanted.emit(self._operation)

    def _on_show(self) -> None:
        lines = self.receipt.lines if self.receipt else ()
        place = next((line.place for line in lines if line.there and line.place), None)
        if place is not None:
            show_in_folder(place)

    def _on_check(self) -> None:
        operation, self._tries = self._shown, self._tries + 1
        seed = self._tries  # another sample each time
        if operation is not None:
            self._tell(_("Restoring some photos on trial…"))
            self._album.ask(
                JobKind.REHEARSE, Lane.FILES,
                lambda library, control, sink: library.rehearse(
                    operation, SAMPLE, seed, control
                ),
                partial(self._on_trials, operation),
            )  # fmt: skip

    def _on_trials(self, operation: int, trials: tuple[Rehearsal, ...]) -> None:
        if operation != self._shown:
            return
        self.trials = trials
        bad = tuple(f"{one.path}: {one.problem}" for one in failures(trials))
        self.show_problems(bad)
        self._tell(proof_sentence(trials))

    def _on_save(self) -> None:
        name = _("clean-up receipt {id}").format(id=self._shown) + ".html"
        ask_where(self, _("Save the receipt"), name, self.save_receipt)

    @Slot(str)
    def save_receipt(self, path: str) -> None:
        receipt, trials = self.receipt, self.trials
        if receipt is not None:
            self._album.ask(
                JobKind.SAVE, Lane.FILES,
                lambda library, control, sink: write_new(
                    path, partial(write_receipt, receipt, trials)
                ),
                self._on_saved,
            )  # fmt: skip

    def _on_saved(self, path: str) -> None:
        self._tell(
            _("The receipt is saved as {name} in {folder}.").format(
                name=os.path.basename(path), folder=os.path.dirname(path)
            )
        )
