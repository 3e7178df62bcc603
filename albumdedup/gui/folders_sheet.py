"""Whole folders that are elsewhere in the library too: one decision for each tree."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from albumdedup.core.folder_names import last_two_parts, told_apart
from albumdedup.core.i18n import _, human_bytes, ngettext
from albumdedup.core.ports import Lane
from albumdedup.core.verdicts import FileVerdict, FolderVerdict, judge_folders
from albumdedup.gui.album import Album
from albumdedup.gui.jobs import JobKind
from albumdedup.gui.opening import open_file
from albumdedup.gui.picture_grid import PictureGrid
from albumdedup.gui.picture_menu import add_menu
from albumdedup.gui.sheet import Sheet
from albumdedup.gui.texts import shown
from albumdedup.gui.theme import Tokens
from albumdedup.gui.thumb_loader import ThumbLoader
from albumdedup.gui.verdict_pictures import Contents, contents_of, verdict_picture
from albumdedup.gui.widgets import button, label, stacked

AT_MOST = 100

Verdicts = tuple[tuple[FolderVerdict, ...], Contents]


def folder_sentence(one: FolderVerdict) -> str:
    """ "Old laptop/Pictures: 4,812 of 4,815 photos are in Album."""
    folder, other = told_apart([one.folder, one.other])
    facts = {
        "folder": shown(folder), "other": shown(other),
        "covered": f"{one.covered:,}", "photos": f"{one.photos:,}",
    }  # fmt: skip
    if one.around:
        return _("{folder}: {covered} of {photos} are elsewhere in {other}.").format(**facts)
    return _("{folder}: {covered} of {photos} are in {other}.").format(**facts)


class FoldersSheet(Sheet):
    """Verdicts, those with most bytes to win first; behind each, the photos that are only there."""

    marked = Signal(str)  # folder whose copies shall go
    card_wanted = Signal()

    def __init__(self, parent: QWidget, album: Album, loader: ThumbLoader) -> None:
        super().__init__(_("Whole folders"), parent, width=820, tall=True)
        self._album = album
        self._contents: Contents = {}
        self.rows: list[QWidget] = []
        self.told = label("", quiet=True, wrap=True)
        self.card_check = button(_("Check a card or a folder…"), self._on_card)
        head = QHBoxLayout()
        head.addWidget(self.told, 1)
        head.addWidget(self.card_check)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setAccessibleName(_("Folders that are elsewhere too"))
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.grid = PictureGrid(_("Photos that are only there"), loader)
        add_menu(self.grid)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.area)
        self.stack.addWidget(self._rest_page())
        self.body.addLayout(head)
        self.body.addWidget(self.stack, 1)
        album.failed.connect(self._on_failed)

    def _rest_page(self) -> QWidget:
        page = QWidget()
        column, head = QVBoxLayout(page), QHBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        self.rest_title = label("", quiet=True)
        head.addWidget(button("‹ " + _("All folders"), self._show_list, link=True))
        head.addWidget(self.rest_title)
        head.addStretch()
        column.addLayout(head)
        column.addWidget(self.grid, 1)
        return page

    def set_tokens(self, tokens: Tokens) -> None:
        super().set_tokens(tokens)
        self.grid.set_tokens(tokens)

    @Slot()
    def open(self) -> None:
        """Judge the folders of the library as it is shown, and show them."""
        snapshot = self._album.snapshot

        def work(library: object, control: object, sink: object) -> Verdicts:
            verdicts = judge_folders(snapshot)
            return verdicts, contents_of(snapshot, [f for one in verdicts for f in one.rest])

        self._show_rows(())
        self.told.setText(_("Comparing folders…"))
        self._album.ask(JobKind.FOLDERS, Lane.FILES, work, self._on_verdicts)
        self._show_list()
        self.present(self.card_check)

    def _on_verdicts(self, result: Verdicts) -> None:
        verdicts, self._contents = result
        self._show_rows(verdicts[:AT_MOST])
        if verdicts:
            self.told.setText(
                ngettext(
                    "{n} folder is, mostly, elsewhere in the library too.",
                    "{n} folders are, mostly, elsewhere in the library too. Those with most to "
                    "win stand first.",
                    len(verdicts),
                ).format(n=f"{len(verdicts):,}")
            )
        elif self._album.snapshot.photos:
            self.told.setText(
                _("No folder’s photos are, for the most part, elsewhere in the library.")
            )
        else:
            self.told.setText(_("The library is empty; scan a folder of photos first."))

    def _show_rows(self, verdicts: tuple[FolderVerdict, ...]) -> None:
        self.rows = [self._row(one) for one in verdicts]
        self.area.setWidget(stacked(self.rows, 12))

    def _row(self, one: FolderVerdict) -> QWidget:
        row = QWidget()
        column, verbs = QVBoxLayout(row), QHBoxLayout()
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(4)
        words = label(folder_sentence(one), wrap=True)
        words.setToolTip(f"{shown(one.folder)}\n{shown(one.other)}")
        column.addWidget(words)
        rest = ngettext(
            "{n} photo is only there.", "{n} photos are only there.", len(one.rest)
        ).format(n=f"{len(one.rest):,}")
        nothing = _("Nothing there is only there.")
        column.addWidget(label(rest if one.rest else nothing, caption=True))
        verbs.setSpacing(8)
        mark = ngettext("Mark its {n} copy · {size}", "Mark its {n} copies · {size}", one.covered)
        folder = shown(one.folder)
        made = button(
            mark.format(n=f"{one.covered:,}", size=human_bytes(one.bytes)),
            partial(self._on_mark, one.folder),
        )
        made.setObjectName("mark")
        made.setAccessibleName(_("Mark the copies in {folder}").format(folder=folder))
        verbs.addWidget(made)
        if one.rest:
            others = button(
                ngettext("See the other {n}", "See the other {n}", len(one.rest)).format(
                    n=f"{len(one.rest):,}"
                ),
                partial(self._show_rest, one),
            )
            others.setObjectName("rest")
            verbs.addWidget(others)
        verbs.addWidget(button(_("Show the folder"), partial(self._on_show, one.folder), link=True))
        verbs.addStretch()
        column.addLayout(verbs)
        return row

    def _show_rest(self, one: FolderVerdict, *_clicked: object) -> None:
        rest: tuple[FileVerdict, ...] = one.rest
        self.rest_title.setText(
            ngettext(
                "{n} photo is only in {folder}", "{n} photos are only in {folder}", len(rest)
            ).format(n=f"{len(rest):,}", folder=shown(last_two_parts(one.folder)))
        )
        self.stack.setCurrentIndex(1)
        self.grid.show_pictures([verdict_picture(file, self._contents) for file in rest])
        self.grid.setFocus()

    @Slot()
    def _show_list(self) -> None:
        self.stack.setCurrentIndex(0)

    def _on_mark(self, folder: str, *_clicked: object) -> None:
        self.dismiss()
        self.marked.emit(folder)

    def _on_show(self, folder: str, *_clicked: object) -> None:
        open_file(folder)

    def _on_card(self) -> None:
        self.dismiss()
        self.card_wanted.emit()

    @Slot(object, str)
    def _on_failed(self, kind: JobKind, sentence: str) -> None:
        if kind is JobKind.FOLDERS:
            self.told.setText(shown(sentence))
