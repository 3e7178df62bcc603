"""Is this card or folder already in the album? Looks at every file of it, and shows the rest."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from albumdedup.core.control import Control
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import _, describe, joined, ngettext
from albumdedup.core.ports import Lane
from albumdedup.core.types import IndexSummary, Snapshot
from albumdedup.core.verdicts import CardVerdict, Standing
from albumdedup.gui.album import Album
from albumdedup.gui.brought import dropped_paths
from albumdedup.gui.jobs import JobKind, JobProgress
from albumdedup.gui.opening import open_file
from albumdedup.gui.picture_grid import PictureGrid
from albumdedup.gui.picture_menu import add_menu
from albumdedup.gui.sheet import Sheet
from albumdedup.gui.texts import shown, stage_sentence
from albumdedup.gui.theme import Tokens
from albumdedup.gui.thumb_loader import ThumbLoader
from albumdedup.gui.tick import Tick
from albumdedup.gui.verdict_pictures import Contents, contents_of, verdict_picture
from albumdedup.gui.widgets import button, label

if TYPE_CHECKING:
    from albumdedup.core.library import Library

OTHER_FILES = (Standing.NOT_A_PHOTO, Standing.UNREADABLE)

Judged = tuple[CardVerdict, Contents, Snapshot]


class CardSheet(Sheet):
    """Drop or choose a folder; it is scanned, then judged. Nothing is changed."""

    def __init__(self, parent: QWidget, album: Album, loader: ThumbLoader) -> None:
        super().__init__(_("Is this card already in the album?"), parent, width=860, tall=True)
        self._album = album
        self._folder = ""
        self._scanning = False
        self._new = False
        self._snapshot: Snapshot | None = None
        self.tick = Tick()
        self.sentence = label(self._invitation(), wrap=True)
        self.facts = label("", quiet=True, wrap=True)
        self.choose = button(_("Choose a folder…"), self.choose_folder)
        self.stop = button(_("Stop"), self._on_stop)
        self.films = button(_("Look for films and other files too"), self._on_films)
        self.show_folder = button(_("Show the folder"), self._on_show)
        self.rest_title = label("", section=True)
        self.grid = PictureGrid(_("Files that are not in the album elsewhere"), loader)
        self.detail = label("", caption=True, wrap=True)
        self.detail.setMinimumHeight(30)
        self.detail.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.grid.current_changed.connect(self._on_current)
        add_menu(self.grid)
        self._lay_out()
        self.setAcceptDrops(True)
        album.scanned.connect(self._on_scanned)
        album.progressed.connect(self._on_progress)
        album.stopped.connect(self._on_stopped)
        album.failed.connect(self._on_failed)
        self._show(self._invitation())

    def _invitation(self) -> str:
        return _(
            "Drop a card, a stick or a folder here, or choose one. It is told whether every photo "
            "of it is in the album elsewhere, so that it is safe to erase. Nothing is changed."
        )

    def _lay_out(self) -> None:
        head, words, verbs = QHBoxLayout(), QVBoxLayout(), QHBoxLayout()
        head.setSpacing(16)
        words.setSpacing(6)
        words.addWidget(self.sentence)
        words.addWidget(self.facts)
        head.addWidget(self.tick, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        verbs.setSpacing(8)
        for widget in (self.choose, self.show_folder, self.films, self.stop):
            verbs.addWidget(widget)
        verbs.addStretch()
        self.body.addLayout(head)
        self.body.addLayout(verbs)
        self.body.addWidget(self.rest_title)
        self.body.addWidget(self.grid, 1)
        self.body.addWidget(self.detail)
        self.body.addStretch()

    def set_tokens(self, tokens: Tokens) -> None:
        super().set_tokens(tokens)
        self.tick.tokens = tokens
        self.grid.set_tokens(tokens)

    # --- asking -------------------------------------------------------------------------

    @Slot()
    def open(self) -> None:
        self.present(self.choose)

    @Slot()
    def choose_folder(self) -> None:
        dialog = QFileDialog(self, _("A card or a folder to check"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.check)
        dialog.open()

    @Slot(str)
    def check(self, folder: str) -> None:
        """Scan the folder, so that the library knows it as it is now; then judge it."""
        self.present(self.choose)
        if self._album.library is None or self._album.moving:
            self._show(_("The library is at work; try again in a moment."))
            return
        self._folder, self._scanning, self._snapshot = os.path.abspath(folder), True, None
        inside = os.path.join(self._folder, "")
        self._new = not any(p.path.startswith(inside) for p in self._album.snapshot.photos)
        self._album.add_folders([self._folder])
        self._show(_("Looking at every file of {folder}…").format(folder=shown(self._folder)))

    def _on_stop(self) -> None:
        if self._scanning:
            self._album.cancel()
        else:
            self._album.stop_asking(JobKind.CARD)

    @property
    def _busy(self) -> bool:
        return self._scanning or self._album.runs(JobKind.CARD)

    @Slot(object)
    def _on_progress(self, news: JobProgress) -> None:
        if self._scanning and news.kind is JobKind.INDEX:
            progress = news.progress
            self.facts.setText(stage_sentence(progress.stage, progress.done, progress.total))

    @Slot(object)
    def _on_scanned(self, summary: IndexSummary) -> None:
        if not self._scanning or self._album.waits_for(self._folder):
            return  # another folder's scan
        self._scanning = False
        if self._folder in summary.missing_roots:
            self._forget()
            self._show(describe(AlbumError(ErrorCode.NOT_THERE, path=self._folder)), "warning")
        else:
            self._judge(all_files=False)

    def _judge(self, *, all_files: bool) -> None:
        folder, known = self._folder, self._snapshot

        def work(library: Library, control: Control, _sink: object) -> Judged:
            snapshot = known or library.snapshot()
            verdict = library.card(folder, control, snapshot, all_files=all_files)
            return verdict, contents_of(snapshot, verdict.rest), snapshot

        self._album.ask(JobKind.CARD, Lane.FILES, work, partial(self._on_judged, all_files))
        self._show(_("Looking at every file of {folder}…").format(folder=shown(folder)))

    def _on_films(self) -> None:
        self._judge(all_files=True)

    # --- the answer -----------------------------------------------------------------------

    def _on_judged(self, all_files: bool, judged: Judged) -> None:
        verdict, contents, self._snapshot = judged
        self._forget()
        self.grid.show_pictures([verdict_picture(one, contents) for one in verdict.rest])
        facts = []
        if not verdict.safe and verdict.held:
            facts.append(_("Look at the files below before you erase anything."))
        passed = verdict.clutter + verdict.links
        if passed:
            facts.append(
                ngettext(
                    "{n} file of the operating system or link was left out.",
                    "{n} files of the operating system and links were left out.",
                    passed,
                ).format(n=f"{passed:,}")
            )
        others = any(one.standing in OTHER_FILES for one in verdict.rest)
        self._show(verdict.sentence, "check" if verdict.safe else "warning", joined(*facts))
        self.films.setVisible(others and not all_files)
        self.rest_title.setText(
            ngettext("{n} FILE TO LOOK AT", "{n} FILES TO LOOK AT", len(verdict.rest)).format(
                n=f"{len(verdict.rest):,}"
            )
        )
        for widget in (self.rest_title, self.grid, self.detail):
            widget.setVisible(bool(verdict.rest))
        self._on_current(self.grid.current)
        if self.isVisible():
            (self.grid if verdict.rest else self.choose).setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def only_checked(self) -> str:
        """The folder that is in the library for this check only, or nothing."""
        return self._folder if self._new else ""

    def _forget(self) -> None:
        """What was only looked at to be checked leaves the library again: no copy on a card that
        is about to be erased may be the one that stays."""
        if self._new:
            self._new = False
            self._album.forget(self._folder)

    def _show(self, sentence: str, mark: str = "", facts: str = "") -> None:
        """A sentence and nothing else; the answer adds what it has."""
        self.sentence.setText(shown(sentence))
        self.facts.setText(facts)
        self.tick.setVisible(bool(mark))
        self.tick.show_name(mark or "check")
        self.stop.setVisible(self._busy)
        self.choose.setEnabled(not self._busy)
        self.show_folder.setVisible(bool(mark) and bool(self._folder))
        self.films.hide()
        for widget in (self.rest_title, self.grid, self.detail):
            widget.hide()

    @Slot(object)
    def _on_current(self, _picture: object) -> None:
        current = self.grid.current
        self.detail.setText(current.tooltip.replace("\n", " · ") if current else "")

    def _on_show(self) -> None:
        open_file(self._folder)

    @Slot(object)
    def _on_stopped(self, kind: JobKind) -> None:
        scan = self._scanning and kind is JobKind.INDEX
        if scan or kind is JobKind.CARD:
            self._scanning = False
            self._forget()
            self._show(
                _("Stopped before every file was looked at; do not erase anything."), "warning"
            )

    @Slot(object, str)
    def _on_failed(self, kind: JobKind, sentence: str) -> None:
        scan = self._scanning and kind is JobKind.INDEX
        if scan or kind is JobKind.CARD:
            self._scanning = False
            self._forget()
            self._show(sentence, "warning")

    # --- dropping and pasting -----------------------------------------------------------

    def takes(self, paths: Sequence[str]) -> bool:
        """Whether these can be checked now."""
        return len(paths) == 1 and not self._busy

    def take(self, path: str) -> None:
        """A folder, or the folder of a file."""
        self.check(path if os.path.isdir(path) else os.path.dirname(path))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.takes(dropped_paths(event.mimeData())):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = dropped_paths(event.mimeData())
        if len(paths) == 1:
            event.acceptProposedAction()
            self.take(paths[0])
