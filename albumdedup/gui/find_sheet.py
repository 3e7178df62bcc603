"""Find: the photos of the library that are most like a picture, with how alike they are."""

from __future__ import annotations

import os

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QPixmap
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from albumdedup.core.i18n import _, ngettext, tier_name
from albumdedup.core.ports import Lane
from albumdedup.core.types import Photo, SearchHit, Tier
from albumdedup.gui.album import Album
from albumdedup.gui.bars import ElidedLabel
from albumdedup.gui.finding import (
    PREVIEW,
    Found,
    Query,
    find,
    of_clipboard,
    of_file,
    of_photo,
    one_file,
)
from albumdedup.gui.grouped import LOOSEST
from albumdedup.gui.jobs import JobKind
from albumdedup.gui.opening import open_file, show_in_folder
from albumdedup.gui.picture_grid import Picture, PictureGrid
from albumdedup.gui.picture_menu import add_menu
from albumdedup.gui.sheet import Sheet
from albumdedup.gui.texts import last_two_parts, shown, tier_mark
from albumdedup.gui.theme import Tokens
from albumdedup.gui.thumb_loader import ThumbLoader
from albumdedup.gui.widgets import Choice, button, label

COUNTS = (12, 24, 48, 96, 200)


class FindSheet(Sheet):
    """Drop, paste or choose a picture; the answer is a grid."""

    def __init__(self, parent: QWidget, album: Album, loader: ThumbLoader) -> None:
        super().__init__(_("Find a photo"), parent, width=940, tall=True)
        self._album = album
        self._query: Query | None = None
        self._waiting: Query | None = None
        self.preview = QLabel()
        self.preview.setAccessibleName(_("The picture that is looked for"))
        self.preview.hide()
        self.sentence = label(self._invitation(), wrap=True)
        self.choose = button(_("Choose a picture…"), self.choose_picture)
        self.paste = button(_("Paste"), self.find_pasted)
        self.count = Choice()
        self.count.setAccessibleName(_("How many photos"))
        for count in COUNTS:
            words = _("{n} photos").format(n=count)
            self.count.addItem(words, count)
        self.count.setCurrentIndex(1)
        self.count.currentIndexChanged.connect(self._on_count)
        self.grid = PictureGrid(_("Photos that were found"), loader)
        self.grid.setMinimumHeight(210)
        self.grid.current_changed.connect(self._on_current)
        add_menu(self.grid, self._find_like)
        self.path = ElidedLabel()
        self.open = button(_("Open"), self._on_open)
        self.folder = button(_("Show the folder"), self._on_folder)
        self.again = button(_("Find similar"), self._on_again)
        self._lay_out()
        self.setAcceptDrops(True)
        album.failed.connect(self._on_failed)
        album.stopped.connect(self._on_stopped)
        self._on_current(None)

    def _invitation(self) -> str:
        return _(
            "Drop a picture here, paste one with Ctrl+V, or choose one. You see the photos of the "
            "library that are most like it."
        )

    def _lay_out(self) -> None:
        head, words, verbs, below = QHBoxLayout(), QVBoxLayout(), QHBoxLayout(), QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self.preview)
        words.addStretch()
        words.addWidget(self.sentence)
        verbs.setSpacing(8)
        for widget in (self.choose, self.paste, self.count):
            verbs.addWidget(widget)
        verbs.addStretch()
        words.addLayout(verbs)
        words.addStretch()
        head.addLayout(words, 1)
        below.setSpacing(8)
        below.addWidget(self.path, 1)
        for widget in (self.again, self.folder, self.open):
            below.addWidget(widget)
        self.body.addLayout(head)
        self.body.addWidget(self.grid, 1)
        self.body.addLayout(below)

    def set_tokens(self, tokens: Tokens) -> None:
        super().set_tokens(tokens)
        self.grid.set_tokens(tokens)

    # --- asking -------------------------------------------------------------------------

    @Slot()
    def show_empty(self) -> None:
        """Open the sheet as it was left."""
        self.present(self.choose if not self.grid.pictures else self.grid)

    @Slot()
    def choose_picture(self) -> None:
        dialog = QFileDialog(self, _("Find this picture"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.find_file)
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

    def find_photo(self, photo: Photo) -> None:
        self.look_for(of_photo(photo))

    def look_for(self, query: Query) -> None:
        """Look for it; of several questions the last one is answered."""
        self._query = query
        album, top = self._album, self.top
        self.present(self.grid)
        name = shown(query.name)
        if album.library is None:
            self._tell(_("The library is not open yet; try again in a moment."))
            return
        started = album.ask(
            JobKind.SEARCH, Lane.LIBRARY,
            lambda library, control, sink: find(library, query, top, control),
            self._on_found,
        )  # fmt: skip
        if not started:
            self._waiting = query
        if album.scanning:
            self._tell(_("Looking for {name} as soon as the scan is done…").format(name=name))
        else:
            self._tell(_("Looking for {name}…").format(name=name))

    @property
    def top(self) -> int:
        """How many photos are wanted."""
        return int(self.count.currentData())

    def _on_count(self) -> None:
        if self._query is not None:
            self.look_for(self._query)

    def _find_like(self, picture: Picture) -> None:
        self.look_for(Query(os.path.basename(picture.path), picture.path, but=picture.path))

    # --- the answer -----------------------------------------------------------------------

    def _next(self) -> bool:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self.look_for(waiting)
        return waiting is not None

    def _on_found(self, found: Found) -> None:
        if self._next():
            return
        self._show_preview(QPixmap.fromImage(found.preview))
        self.grid.show_pictures([self._picture(hit, found) for hit in found.hits])
        name = shown(found.query.name)
        same = sum(hit.photo.content == found.content for hit in found.hits)
        if same:
            words = ngettext(
                "{name} is in the library: {n} photo is the same, byte for byte. The most similar "
                "stand first.",
                "{name} is in the library: {n} photos are the same, byte for byte. The most "
                "similar stand first.",
                same,
            )
        elif found.query.but:
            words = _("The photos most like {name}. None is the same byte for byte.")
        else:
            words = _("No photo is the same as {name} byte for byte. These are most like it.")
        self._tell(words.format(name=name, n=f"{same:,}"))
        if self.isVisible():
            self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def _picture(self, hit: SearchHit, found: Found) -> Picture:
        photo, query = hit.photo, found.query
        if photo.path == query.path:
            badge, tone = _("● this file"), "stays"
        elif photo.content == found.content:
            badge, tone = f"{tier_mark(Tier.IDENTICAL)} {tier_name(Tier.IDENTICAL)}", "stays"
        else:
            percent = min(99, round(hit.similarity * 100))  # 100 is for equal bytes
            badge = _("{n} % alike").format(n=percent)
            tone = "text" if hit.similarity >= LOOSEST else "quiet"
        return Picture(
            photo.path, photo.path, photo.content, badge, tone,
            shown(os.path.basename(photo.path)),
            shown(last_two_parts(os.path.dirname(photo.path))),
            f"{shown(photo.path)}\n{hit.similarity:.4f}",
        )  # fmt: skip

    def _show_preview(self, pixmap: QPixmap) -> None:
        self.preview.setVisible(not pixmap.isNull())
        ratio = self.devicePixelRatioF()
        edge = round(PREVIEW * 2 / 3 * ratio)
        small = pixmap.scaled(
            QSize(edge, edge), Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        ) if not pixmap.isNull() else pixmap  # fmt: skip
        small.setDevicePixelRatio(ratio)
        self.preview.setPixmap(small)

    def _tell(self, sentence: str) -> None:
        self.sentence.setText(sentence)

    @Slot(object, str)
    def _on_failed(self, kind: JobKind, sentence: str) -> None:
        if kind is JobKind.SEARCH and not self._next():
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
        for widget in (self.open, self.folder, self.again):
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
        if one_file(event.mimeData()) is not None:
            event.acceptProposedAction()
        else:
            event.ignore()  # folders fall through to the window

    def dropEvent(self, event: QDropEvent) -> None:
        path = one_file(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.find_file(path)
