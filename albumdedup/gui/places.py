"""The pages of the window, and the one next step by what is there and where the person is."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from albumdedup.core.i18n import _, ngettext
from albumdedup.gui.album import Album
from albumdedup.gui.bars import BottomBar, Place, TopBar
from albumdedup.gui.done_page import DonePage
from albumdedup.gui.empty_state import EmptyState
from albumdedup.gui.library_page import LibraryPage
from albumdedup.gui.review_page import ReviewPage


class Places(QStackedWidget):
    """One page at a time; the bars say which, and what comes next."""

    add_wanted = Signal()
    clean_wanted = Signal()

    def __init__(
        self,
        album: Album,
        bars: tuple[TopBar, BottomBar],
        pages: tuple[EmptyState, ReviewPage, DonePage, LibraryPage],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._album = album
        self._top, self._bottom = bars
        self._empty, self._review, self._done, self._library = pages
        self._pages: dict[Place, QWidget] = dict(zip(Place, pages, strict=True))
        for page in pages:
            self.addWidget(page)
        self._top.place_chosen.connect(self.show_place)
        self._bottom.next_wanted.connect(self._take_next_step)
        self._done.changed.connect(self.show_next)
        self._done.review_wanted.connect(self.show_review)

    @property
    def place(self) -> Place:
        widget = self.currentWidget()
        return next(place for place, page in self._pages.items() if page is widget)

    @Slot(object)
    def show_place(self, place: Place) -> None:
        self.setCurrentWidget(self._pages[place])
        focus = {
            Place.ALBUM: self._empty.add,
            Place.REVIEW: self._review.list,
            Place.DONE: self._done.back,
            Place.LIBRARY: self._library.first_focus,
        }
        focus[place].setFocus(Qt.FocusReason.OtherFocusReason)
        self._top.show_place(place)
        self.show_next()

    @Slot()
    def show_review(self) -> None:
        self.show_place(Place.REVIEW)

    @Slot()
    def show_next(self) -> None:
        album, groups = self._album, len(self._album.shown)
        count, _size = album.removable()
        if album.moving:
            self._bottom.show_next("")
        elif self.place is Place.DONE and self._done.operation is not None:
            self._bottom.show_next(self._done.back.text())
        elif self.place is not Place.REVIEW and groups:
            words = ngettext("Review {n} group", "Review {n} groups", groups)
            self._bottom.show_next(words.format(n=f"{groups:,}"))
        elif self.place is Place.REVIEW and count:
            words = ngettext("Clean up {n} copy…", "Clean up {n} copies…", count)
            why = _("When the scan is done, or cancelled.") if album.scanning else ""
            self._bottom.show_next(
                words.format(n=f"{count:,}"), enabled=not album.scanning, why=why
            )
        elif self.place is Place.ALBUM or album.scanning:  # the page itself has the button
            self._bottom.show_next("")
        else:
            self._bottom.show_next(_("Add folder…"))

    @Slot()
    def _take_next_step(self) -> None:
        groups = len(self._album.shown)
        if self.place is Place.DONE and self._done.operation is not None:
            self._album.undo(self._done.operation)
        elif self.place is not Place.REVIEW and groups:
            self.show_place(Place.REVIEW)
        elif self.place is Place.REVIEW and self._album.removable()[0]:
            self.clean_wanted.emit()
        else:
            self.add_wanted.emit()
