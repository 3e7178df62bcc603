"""Find: the photos of the library that are most like a picture, with how alike they are."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QPixmap
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from albumdedup.core.asking import Crop
from albumdedup.core.i18n import _
from albumdedup.core.ports import Lane
from albumdedup.core.types import Photo
from albumdedup.gui.album import Album
from albumdedup.gui.bars import ElidedLabel
from albumdedup.gui.crop_view import CropView
from albumdedup.gui.example_row import ExampleRow
from albumdedup.gui.find_filters import FindFilters
from albumdedup.gui.finding import (
    Found,
    Given,
    Query,
    files_of,
    find,
    given_file,
    of_clipboard,
    of_file,
    of_photo,
)
from albumdedup.gui.found_words import answer_words, hit_picture
from albumdedup.gui.jobs import JobKind
from albumdedup.gui.opening import open_file, show_in_folder
from albumdedup.gui.picture_grid import Picture, PictureGrid
from albumdedup.gui.picture_menu import Deed, add_menu
from albumdedup.gui.sheet import Sheet
from albumdedup.gui.texts import shown
from albumdedup.gui.theme import Tokens
from albumdedup.gui.thumb_loader import ThumbLoader
from albumdedup.gui.widgets import button, label

PREVIEW_SIZE = QSize(168, 120)
LEAST_HEIGHT = 150
"""Of the answers, in the smallest window: a row without its captions."""


class FindSheet(Sheet):
    """Drop, paste or choose a picture; the answer is a grid."""

    def __init__(self, parent: QWidget, album: Album, loader: ThumbLoader) -> None:
        super().__init__(_("Find a photo"), parent, width=940, tall=True)
        self._album = album
        self._query: Query | None = None
        self._waiting: Query | None = None
        self._more = False
        self.preview = CropView(PREVIEW_SIZE)
        self.preview.cropped.connect(self._on_cropped)
        self.preview.hide()
        self.sentence = label(self._invitation(), wrap=True)
        self.choose = button(_("Choose a picture…"), self.choose_picture)
        self.paste = button(_("Paste"), self.find_pasted)
        self.examples = ExampleRow()
        self.examples.dropped.connect(self._on_dropped)
        self.filters = FindFilters()
        self.filters.changed.connect(self._ask_anew)
        self.filters.refused.connect(self._tell)
        self.grid = PictureGrid(_("Photos that were found"), loader)
        self.grid.setMinimumHeight(LEAST_HEIGHT)
        self.grid.current_changed.connect(self._on_current)
        self.grid.end_near.connect(self._on_end_near)
        add_menu(self.grid, self._find_like, self._deeds)
        self.path = ElidedLabel()
        self.open = button(_("Open"), self._on_open)
        self.folder = button(_("Show the folder"), self._on_folder)
        self.again = button(_("Find similar"), self._on_again)
        self.also = button(_("Like this too"), lambda: self._with(True, self.grid.current))
        self.also.setToolTip(_("Look for what this photo and the others have in common"))
        self.unlike = button(_("Not like this"), lambda: self._with(False, self.grid.current))
        self.unlike.setToolTip(_("Look away from this photo"))
        self._lay_out()
        self.setAcceptDrops(True)
        album.failed.connect(self._on_failed)
        album.stopped.connect(self._on_stopped)
        self._on_current(None)

    def _invitation(self) -> str:
        return _(
            "Drop a picture here, paste one with Ctrl+V, or choose one. You see the photos of the "
            "library that are most like it; of several, those most like all of them."
        )

    def _lay_out(self) -> None:
        head, words, verbs, below = QHBoxLayout(), QVBoxLayout(), QHBoxLayout(), QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self.preview)
        words.setSpacing(8)
        words.addStretch()
        words.addWidget(self.sentence)
        verbs.setSpacing(8)
        for widget in (self.choose, self.paste):
            verbs.addWidget(widget)
        verbs.addStretch()
        words.addLayout(verbs)
        words.addWidget(self.examples)
        words.addStretch()
        head.addLayout(words, 1)
        below.setSpacing(8)
        below.addWidget(self.path, 1)
        for widget in (self.also, self.unlike, self.again, self.folder, self.open):
            below.addWidget(widget)
        self.body.addLayout(head)
        self.body.addWidget(self.filters)
        self.body.addWidget(self.grid, 1)
        self.body.addLayout(below)

    def set_tokens(self, tokens: Tokens) -> None:
        super().set_tokens(tokens)
        self.grid.set_tokens(tokens)
        self.preview.tokens = tokens

    # --- asking -------------------------------------------------------------------------

    @Slot()
    def show_empty(self) -> None:
        """Open the sheet as it was left."""
        self.present(self.choose if not self.grid.pictures else self.grid)

    @Slot()
    def choose_picture(self) -> None:
        dialog = QFileDialog(self, _("Find this picture"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self.find_files)
        dialog.open()

    @Slot()
    def find_pasted(self) -> None:
        clipboard = QGuiApplication.clipboard()
        query = of_clipboard(clipboard.mimeData(), clipboard.image())
        if query is not None:
            self.look_for(query)
            return
        self.show_empty()
        self._tell(_("There is no picture to paste. Copy a picture or a file first."))

    @Slot(str)
    def find_file(self, path: str) -> None:
        self.look_for(of_file(path))

    @Slot(list)
    def find_files(self, paths: list[str]) -> None:
        """What several pictures have in common."""
        if paths:
            self.look_for(Query(tuple(given_file(path) for path in paths)))

    def find_photo(self, photo: Photo) -> None:
        self.look_for(of_photo(photo))

    def look_for(self, query: Query) -> None:
        """Look for it, through the filters; of several questions the last one is answered."""
        self._query = replace(query, sieve=self.filters.sieve)
        self.preview.set_crop(query.crop)
        self.present(self.grid)
        self._ask(0)

    def _ask_anew(self) -> None:
        if self._query is not None:
            self._query = replace(self._query, sieve=self.filters.sieve)
            self._ask(0)

    def _ask(self, offset: int) -> None:
        query, album = self._query, self._album
        if query is None:
            return
        if album.library is None:
            self._tell(_("The library is not open yet; try again in a moment."))
            return
        started = album.ask(
            JobKind.SEARCH, Lane.LIBRARY,
            lambda library, control, sink: find(library, query, offset, control, sink),
            self._on_found,
        )  # fmt: skip
        if offset:
            self._more = not started  # the answer will say
            return
        if not started:
            self._waiting = query
        name = shown(query.name)
        if album.scanning:
            self._tell(_("Looking for {name} as soon as the scan is done…").format(name=name))
        else:
            self._tell(_("Looking for {name}…").format(name=name))

    def _find_like(self, picture: Picture) -> None:
        self.look_for(Query((given_file(picture.path),), but=picture.path))

    def _with(self, like: bool, picture: Picture | None) -> None:
        if self._query is not None and picture is not None:
            given = given_file(picture.path)
            self.look_for(replace(self._query.with_picture(given, like=like), but=""))

    def _deeds(self) -> list[Deed]:
        return [
            (_("Like this too"), partial(self._with, True)),
            (_("Not like this"), partial(self._with, False)),
        ]

    @Slot(object)
    def _on_dropped(self, given: Given) -> None:
        if self._query is not None:
            self.look_for(self._query.without(given))

    @Slot(object)
    def _on_cropped(self, crop: Crop | None) -> None:
        if self._query is not None:
            self._query = replace(self._query, crop=crop)
            self._ask(0)

    @Slot()
    def _on_end_near(self) -> None:
        if self._more and self._waiting is None:
            self._ask(len(self.grid.pictures))

    # --- the answer -----------------------------------------------------------------------

    def _next(self) -> bool:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self._ask(0)
        return waiting is not None

    def _on_found(self, found: Found) -> None:
        if self._next() or found.query is not self._query:
            return
        self._more = found.more
        pictures = [hit_picture(hit, found) for hit in found.hits]
        if found.offset:
            self.grid.add_pictures(pictures)
            return
        self._show_preview(QPixmap.fromImage(found.preview))
        self.examples.show_query(found.query)
        self.filters.offer(found.roots, found.cameras)
        self.grid.show_pictures(pictures)
        self._tell(answer_words(found))
        focused = self.focusWidget()  # who asked by a key or a field keeps it
        kept = focused is self.preview or (focused and self.filters.isAncestorOf(focused))
        if self.isVisible() and not kept:
            self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_preview(self, pixmap: QPixmap) -> None:
        pixmap.setDevicePixelRatio(self.devicePixelRatioF())
        self.preview.setVisible(not pixmap.isNull())
        self.preview.show_picture(pixmap)

    @Slot(str)
    def _tell(self, sentence: str) -> None:
        self.sentence.setText(sentence)

    @Slot(object, str)
    def _on_failed(self, kind: JobKind, sentence: str) -> None:
        if kind is JobKind.SEARCH and not self._next():
            self._more = False
            self._show_preview(QPixmap())
            self.grid.show_pictures([])
            self._tell(shown(sentence))

    @Slot(object)
    def _on_stopped(self, kind: JobKind) -> None:
        if kind is JobKind.SEARCH and not self._next():
            self._tell(self._invitation())

    # --- what can be done with it -------------------------------------------------------

    @Slot(object)
    def _on_current(self, _picture: object) -> None:
        current = self.grid.current
        self.path.set_text(shown(current.path) if current else "")
        for widget in (self.open, self.folder, self.again, self.also, self.unlike):
            widget.setVisible(current is not None)

    def _on_open(self) -> None:
        if self.grid.current is not None:
            open_file(self.grid.current.path)

    def _on_folder(self) -> None:
        if self.grid.current is not None:
            show_in_folder(self.grid.current.path)

    def _on_again(self) -> None:
        if self.grid.current is not None:
            self._find_like(self.grid.current)

    # --- dropping -----------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if files_of(event.mimeData()):
            event.acceptProposedAction()
        else:
            event.ignore()  # folders fall through to the window

    def dropEvent(self, event: QDropEvent) -> None:
        paths = files_of(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.find_files(paths)
