"""Tells in the bottom bar what happens: work, how it ended, and the one action that helps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from albumdedup.core.i18n import (
    _,
    family_sentence,
    ngettext,
    switch_sentence,
    vectors_sentence,
)
from albumdedup.core.types import IndexSummary
from albumdedup.gui.album import Album
from albumdedup.gui.bars import BottomBar
from albumdedup.gui.jobs import JobKind, JobProgress
from albumdedup.gui.texts import SpeedMeter, progress_sentence, shown

if TYPE_CHECKING:
    from albumdedup.assembly import Opened

TOLD = (JobKind.INDEX, JobKind.CLEAN, JobKind.UNDO)
ANSWERED = (
    JobKind.RECEIPT, JobKind.REHEARSE, JobKind.SAVE, JobKind.CARD, JobKind.FOLDERS, JobKind.SEARCH,
)  # fmt: skip


class Narrator(QObject):
    """One sentence at a time."""

    errors_wanted = Signal()

    def __init__(self, album: Album, bottom: BottomBar, parent: QObject) -> None:
        super().__init__(parent)
        self._album = album
        self._bottom = bottom
        self._meter = SpeedMeter()
        self._paused_before = False
        album.opened.connect(self._on_opened)
        album.progressed.connect(self._on_progress)
        album.busy_changed.connect(self._on_busy)
        album.scanned.connect(self._on_scanned)
        album.stopped.connect(self._on_stopped)
        album.failed.connect(self._on_failed)

    @Slot(object)
    def _on_opened(self, opened: Opened) -> None:
        moved = opened.interrupted[0].moved if opened.interrupted else ()
        if moved:
            words = ngettext(
                "The last clean-up was interrupted after {n} photo.",
                "The last clean-up was interrupted after {n} photos.",
                len(moved),
            ).format(n=f"{len(moved):,}")
            number = opened.interrupted[0].id
            self._bottom.say(words, _("Put them back"), lambda: self._album.undo(number))
        elif opened.catalog_rebuilt:
            self._bottom.say(
                _(
                    "The catalog was damaged and has been begun anew; your decisions are kept. "
                    "Add your folders again."
                )
            )

    @Slot(object)
    def _on_progress(self, news: JobProgress) -> None:
        if news.kind not in TOLD or self._album.closing:
            return
        self._meter.add(news.progress)
        if not self._album.paused:
            words = progress_sentence(news.progress, self._meter)
            self._bottom.work(words, news.progress, paused=False)

    @Slot()
    def _on_busy(self) -> None:
        album, bottom = self._album, self._bottom
        if album.closing:
            return
        if not (album.scanning or album.moving):
            bottom.rest()
            self._meter.reset()
        elif album.paused:
            self._meter.reset()
            bottom.work(_("Paused. What is done stays done."), None, paused=True)
            bottom.bar.setRange(0, 1)
        elif album.runs(JobKind.UNDO) and not bottom.bar.isVisible():
            bottom.work(_("Putting photos back…"), None, paused=False)
        elif self._paused_before:
            bottom.work(_("Going on…"), None, paused=False)
        self._paused_before = album.paused

    @Slot(object)
    def _on_scanned(self, summary: IndexSummary) -> None:
        bad = max(summary.unreadable, len(summary.problems)) + summary.unread_before
        action = _("Which ones?") if bad else ""
        self._bottom.say(_scanned_sentence(summary, bad), action, self.errors_wanted.emit)

    @Slot(object)
    def _on_stopped(self, kind: JobKind) -> None:
        if kind not in TOLD:
            return
        if kind is JobKind.INDEX:
            self._bottom.say(_("The scan was stopped. What was done is kept, and goes on later."))
        else:
            self._bottom.say(_("Stopped. The history shows what was done."))

    @Slot(object, str)
    def _on_failed(self, kind: JobKind, sentence: str) -> None:
        if kind in ANSWERED:
            return  # the sheet that asked tells it
        if kind is JobKind.OPEN:
            self._bottom.say(sentence, _("Try again"), self._album.open)
        else:
            self._bottom.say(sentence)


def _taken_up_sentence(summary: IndexSummary) -> str:
    if summary.looked_inside:
        return ngettext(
            "{n} photo that an earlier version had read was looked into for films and maps.",
            "{n} photos that an earlier version had read were looked into for films and maps.",
            summary.looked_inside,
        ).format(n=f"{summary.looked_inside:,}")
    if summary.unseen:
        return ngettext(
            "{n} photo that an earlier version had read is not there now; plug in its drive and "
            "scan it again.",
            "{n} photos that an earlier version had read are not there now; plug in their drives "
            "and scan them again.",
            summary.unseen,
        ).format(n=f"{summary.unseen:,}")
    if summary.undescribed:
        return ngettext(
            "What is similar is told in the new way; {n} photo that is not there now follows.",
            "What is similar is told in the new way; {n} photos that are not there now follow.",
            summary.undescribed,
        ).format(n=f"{summary.undescribed:,}")
    return _("What is similar is told in the new way now.")


def _scanned_sentence(summary: IndexSummary, bad: int) -> str:
    missing = summary.missing_roots
    if len(missing) == 1:
        words = _("{folder} is not there; plug in its drive and add it again.")
        return words.format(folder=shown(missing[0]))
    if missing:
        return ngettext(
            "{n} folder is not there; plug in its drive and add it again.",
            "{n} folders are not there; plug in their drives and add them again.",
            len(missing),
        ).format(n=f"{len(missing):,}")
    if not summary.files and summary.problems:
        words = _("{folder} could not be looked into.")
        return words.format(folder=shown(summary.problems[0].path))
    if summary.switch_trouble is not None:
        return switch_sentence(summary.switch_trouble)
    if not summary.files and summary.taken_up:
        return _taken_up_sentence(summary)
    if not summary.files:
        return _("There are no photos in it.")
    if summary.vectors_trouble is not None:
        return vectors_sentence(summary.vectors_trouble, summary.vectors_waiting)
    if summary.family_trouble is not None:
        return family_sentence(summary.family_trouble)
    looked = ngettext(
        "{n} photo looked through; all could be read.",
        "{n} photos looked through; all could be read.",
        summary.files,
    )
    if bad:
        looked = ngettext(
            "{n} photo looked through; {bad} could not be read.",
            "{n} photos looked through; {bad} could not be read.",
            summary.files,
        )
    return looked.format(n=f"{summary.files:,}", bad=f"{bad:,}")
