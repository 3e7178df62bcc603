"""All clean-ups, newest first, each with its way back: whole, by group, or photo by photo."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from albumdedup.core.i18n import _, joined, ngettext
from albumdedup.core.part import Part
from albumdedup.core.types import OperationReport
from albumdedup.gui.album import Album
from albumdedup.gui.jobs import JobKind, JobProgress
from albumdedup.gui.past import Now, Past, PastGroup, PastPhoto, state_words
from albumdedup.gui.past_list import PastList
from albumdedup.gui.past_pictures import group_picture, keeper_picture, photo_picture
from albumdedup.gui.picture_grid import CELL, PictureGrid
from albumdedup.gui.sheet import Sheet
from albumdedup.gui.texts import shown, stage_sentence
from albumdedup.gui.theme import Tokens
from albumdedup.gui.thumb_loader import ThumbLoader
from albumdedup.gui.widgets import button, label


class HistorySheet(Sheet):
    """The list of clean-ups; behind each, its groups and photos as small pictures."""

    undo_wanted = Signal(object)  # operation id
    receipt_wanted = Signal(object, str)  # operation id, when

    def __init__(self, parent: QWidget, album: Album, loader: ThumbLoader) -> None:
        super().__init__(_("History"), parent, width=900)
        self._album = album
        self._open: Past | None = None
        self._refreshing = False
        self.stack = QStackedWidget()
        self.list = PastList()
        self.list.look_wanted.connect(self._show_inside)
        self.list.back_wanted.connect(self._put_back)
        self._sides = (self.list, self._inside(loader))
        for side in self._sides:
            self.stack.addWidget(side)
        self.body.addWidget(self.stack, 1)
        self.news = label("", quiet=True, wrap=True)
        self.stop = button(_("Stop"), album.cancel, link=True)
        self.told = QWidget()
        told = QHBoxLayout(self.told)
        told.setContentsMargins(0, 0, 0, 0)
        told.addWidget(self.news, 1)
        told.addWidget(self.stop)
        self.body.addWidget(self.told)
        album.history_ready.connect(self.show_operations)
        album.restored.connect(self._on_restored)
        album.failed.connect(self._on_failed)
        album.progressed.connect(self._on_progress)
        album.busy_changed.connect(self._enable)
        self._enable()

    def _inside(self, loader: ThumbLoader) -> QWidget:
        inside = QWidget()
        column, head, grids, verbs = (
            QVBoxLayout(inside),
            QHBoxLayout(),
            QHBoxLayout(),
            QHBoxLayout(),
        )
        column.setContentsMargins(0, 0, 0, 0)
        self.list_again = button("‹ " + _("All clean-ups"), self._show_list, link=True)
        self.facts = label("", quiet=True)
        head.addWidget(self.list_again)
        head.addWidget(self.facts)
        head.addStretch()
        self.groups = PictureGrid(_("Groups of this clean-up"), loader)
        self.photos = PictureGrid(_("Photos of the group"), loader)
        self.groups.setMinimumWidth(2 * CELL.width() + 20)
        self.groups.current_changed.connect(self._on_group)
        self.photos.current_changed.connect(self._enable)
        grids.setSpacing(12)
        for title, grid, share in (
            (_("GROUPS"), self.groups, 1), (_("PHOTOS OF THE GROUP"), self.photos, 1),
        ):  # fmt: skip
            one = QVBoxLayout()
            one.setSpacing(4)
            one.addWidget(label(title, section=True))
            one.addWidget(grid, 1)
            grids.addLayout(one, share)
        self.all_back = button(_("Put everything back"), self._on_all_back)
        self.group_back = button(_("Put this group back"), self._on_group_back)
        self.photo_back = button(_("Put this photo back"), self._on_photo_back)
        self.receipt = button(_("Receipt"), self._on_receipt, link=True)
        for widget in (self.all_back, self.receipt):
            verbs.addWidget(widget)
        verbs.addStretch()
        for widget in (self.group_back, self.photo_back):
            verbs.addWidget(widget)
        column.addLayout(head)
        column.addLayout(grids, 1)
        column.addLayout(verbs)
        return inside

    def set_tokens(self, tokens: Tokens) -> None:
        super().set_tokens(tokens)
        for grid in (self.groups, self.photos):
            grid.set_tokens(tokens)

    # --- the list -----------------------------------------------------------------------

    @Slot(object)
    def show_operations(self, operations: Sequence[Past]) -> None:
        """Shows the sheet, or refreshes what is open in it."""
        refreshing, self._refreshing = self._refreshing, False
        if refreshing and not self.isVisible():
            return
        self.list.show_operations(operations, idle=not self._album.moving)
        still = self._open if refreshing else None
        again = next((one for one in operations if still and one.id == still.id), None)
        if again is not None:
            self._show_inside(again, keep=True)
            return
        self._tell("")
        self._show_list()
        self.present(self.list.first or self.close_button)

    @property
    def rows(self) -> list[QWidget]:
        return self.list.rows

    def _show_list(self) -> None:
        self._open = None
        self.title.setText(_("History"))
        self._turn_to(0)

    def _turn_to(self, side: int) -> None:
        """Pictures take all the height there is; the list no more than it needs."""
        policy = QSizePolicy.Policy
        for number, one in enumerate(self._sides):
            grows = policy.Expanding if number == side else policy.Ignored
            one.setSizePolicy(grows, grows)
        self.stack.setCurrentIndex(side)
        self.set_tall(side == 1)

    # --- one clean-up -------------------------------------------------------------------

    def _show_inside(self, past: Past, *, keep: bool = False) -> None:
        self._open = past
        self.title.setText(_("Clean-up of {when}").format(when=past.when))
        self.facts.setText(state_words(past))
        self._turn_to(1)
        self.groups.show_pictures([group_picture(group) for group in past.groups], keep=keep)
        self._enable()
        if not keep:
            self.groups.setFocus(Qt.FocusReason.OtherFocusReason)

    def _group(self) -> PastGroup | None:
        current = self.groups.current
        groups = self._open.groups if self._open else ()
        return next((one for one in groups if current and one.id == current.key), None)

    def _photo(self) -> PastPhoto | None:
        group, current = self._group(), self.photos.current
        photos = group.photos if group else ()
        return next((one for one in photos if current and one.path == current.key), None)

    @Slot(object)
    def _on_group(self, _picture: object) -> None:
        group = self._group()
        pictures = []
        if group is not None:
            pictures = [
                keeper_picture(group),
                *(photo_picture(photo) for photo in group.photos),
            ]
        same = group is not None and any(p.key in self._keys(group) for p in self.photos.pictures)
        self.photos.show_pictures(pictures, keep=same)
        if not same and len(pictures) > 1:
            self.photos.select(1)
        self._enable()

    def _keys(self, group: PastGroup) -> set[str]:
        return {photo.path for photo in group.photos}

    @Slot()
    def _enable(self) -> None:
        idle, group, photo = not self._album.moving, self._group(), self._photo()
        away = self._open is not None and self._open.counts[Now.AWAY] > 0
        self.all_back.setEnabled(idle and away)
        self.group_back.setEnabled(idle and group is not None and group.away > 0)
        self.photo_back.setEnabled(idle and photo is not None and photo.now is Now.AWAY)
        self.stop.setVisible(not idle)
        self.told.setVisible(bool(self.news.text()) or not idle)
        self.list.set_idle(idle)

    # --- putting back -------------------------------------------------------------------

    def _put_back(self, operation: int) -> None:
        self.dismiss()
        self.undo_wanted.emit(operation)

    def _on_all_back(self) -> None:
        if self._open is not None:
            self._put_back(self._open.id)

    def _on_group_back(self) -> None:
        group = self._group()
        if self._open is not None and group is not None:
            self._album.undo(self._open.id, Part(groups=(group.id,)))

    def _on_photo_back(self) -> None:
        photo = self._photo()
        if self._open is not None and photo is not None:
            self._album.undo(self._open.id, Part(photos=(photo.path,)))

    def _on_receipt(self) -> None:
        if self._open is not None:
            past = self._open
            self.dismiss()
            self.receipt_wanted.emit(past.id, past.when)

    def _tell(self, sentence: str) -> None:
        self.news.setText(shown(sentence))
        self._enable()

    @Slot(object)
    def _on_progress(self, news: JobProgress) -> None:
        if news.kind is JobKind.UNDO and self.isVisible():
            progress = news.progress
            self._tell(stage_sentence(progress.stage, progress.done, progress.total))

    @Slot(object)
    def _on_restored(self, report: OperationReport) -> None:
        if not self.isVisible():
            return
        told = ngettext("{n} photo is back.", "{n} photos are back.", report.photos)
        self._tell(joined(told.format(n=f"{report.photos:,}"), *report.problems[:3]))
        self._refreshing = True
        self._album.ask_history()

    @Slot(object, str)
    def _on_failed(self, kind: JobKind, sentence: str) -> None:
        if kind is JobKind.UNDO and self.isVisible():
            self._tell(sentence)
            self._refreshing = True
            self._album.ask_history()
