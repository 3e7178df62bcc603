"""The window: puts the places, the bars and the sheets together."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QMainWindow, QMenu, QVBoxLayout, QWidget

from albumdedup.core.i18n import _, ngettext
from albumdedup.core.types import Group, View
from albumdedup.gui import menus
from albumdedup.gui.about_sheet import AboutSheet
from albumdedup.gui.album import Album
from albumdedup.gui.arrivals import Arrivals
from albumdedup.gui.bars import BottomBar, Place, TopBar
from albumdedup.gui.card_sheet import CardSheet
from albumdedup.gui.card_verbs import CardVerbs
from albumdedup.gui.cleaning import Cleaning
from albumdedup.gui.cleanup_sheet import CleanupSheet
from albumdedup.gui.desktop import Desktop
from albumdedup.gui.done_page import DonePage
from albumdedup.gui.drop import DropOverlay
from albumdedup.gui.empty_state import EmptyState
from albumdedup.gui.find_sheet import FindSheet
from albumdedup.gui.folders_sheet import FoldersSheet
from albumdedup.gui.group_model import GroupModel
from albumdedup.gui.history_sheet import HistorySheet
from albumdedup.gui.household import Household
from albumdedup.gui.leaving import Leaving
from albumdedup.gui.library_page import LibraryPage, show_folder
from albumdedup.gui.lists import ErrorsSheet
from albumdedup.gui.narrator import Narrator
from albumdedup.gui.places import Places
from albumdedup.gui.review_page import NARROW, ReviewPage
from albumdedup.gui.settings_sheet import SettingsSheet
from albumdedup.gui.sheet import Sheet
from albumdedup.gui.theme import LIGHT, Dressed, Tokens
from albumdedup.gui.thumb_loader import ThumbLoader
from albumdedup.gui.ways import Ways


class MainWindow(QMainWindow):
    """Widgets and their wiring; what they mean is in ``Album``."""

    shown_first = Signal()
    view_chosen = Signal(object)  # View, to be remembered
    theme_chosen = Signal(str)
    folders_added = Signal(object)  # list[str], to be remembered

    def __init__(self, album: Album, loader: ThumbLoader, place_file: str | None = None) -> None:
        super().__init__()
        self.album = album
        self.loader = loader
        self._announced = False
        self._filter_wanted: bool | None = None
        self.setWindowTitle(_("Album Deduplicator"))
        self.setMinimumSize(800, 560)
        self.setAcceptDrops(True)
        self._build()
        self._join(place_file)
        self._connect()
        self._leaving.restore_place()
        self.set_tokens(LIGHT)
        self.show_place(Place.ALBUM)

    # --- building -----------------------------------------------------------------------

    def _build(self) -> None:
        self.top, self.bottom = TopBar(), BottomBar()
        self.empty = EmptyState(self.album.jobs)
        self.model = GroupModel(self)
        self.review = ReviewPage(self.album, self.model, self.loader)
        self.done = DonePage(self.album)
        self.household = Household(self.album, parent=self)
        self.library = LibraryPage(self.album, self.household, self.loader)
        self.places = Places(
            self.album, (self.top, self.bottom), (self.empty, self.review, self.done, self.library)
        )
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top)
        column.addWidget(self.places, 1)
        column.addWidget(self.bottom)
        self.setCentralWidget(centre)
        self.cleanup = CleanupSheet(centre, self.album)
        self.errors = ErrorsSheet(centre)
        self.history = HistorySheet(centre, self.album, self.loader)
        self.settings = SettingsSheet(self.household, centre)
        self.find_sheet = FindSheet(centre, self.album, self.loader)
        self.card = CardSheet(centre, self.album, self.loader)
        self.folders = FoldersSheet(centre, self.album, self.loader)
        self.about = AboutSheet(centre)
        self.sheets: tuple[Sheet, ...] = (
            self.cleanup, self.errors, self.history, self.find_sheet, self.card, self.folders,
            self.settings, self.about,
        )  # fmt: skip
        self.overlay = DropOverlay(centre)

    def _join(self, place_file: str | None) -> None:
        """What moves the widgets: each part knows the few that it needs."""
        album, places, bottom = self.album, self.places, self.bottom
        self.arrivals = Arrivals(
            album, places, self.review, bottom, self.overlay, (self.find_sheet, self.card), self
        )
        self.cleaning = Cleaning(
            album, places, bottom, (self.cleanup, self.history), self.done, self
        )
        self._leaving = Leaving(album, self.loader, bottom, self.review.side, place_file, self)
        self.card_verbs = CardVerbs(album, bottom, self)
        self.ways = Ways(album, places, self.review, bottom, self)
        self.desktop = Desktop(self.album, self)
        self.narrator = Narrator(self.album, self.bottom, self)
        self.narrator.errors_wanted.connect(self.show_errors)
        self.actions_by_name = menus.build(self)

    def _connect(self) -> None:
        album, review = self.album, self.review
        self.top.history_wanted.connect(album.ask_history)
        self.top.settings_wanted.connect(self.settings.open)
        self.library.add_wanted.connect(self.arrivals.choose_folder)
        self.library.errors_wanted.connect(self.show_errors)
        self.errors.folder_wanted.connect(show_folder)
        self.errors.retry_wanted.connect(album.add_folders)
        self.library.group_wanted.connect(self.ways.to_group)
        self.library.forgotten.connect(self.ways.tell_forgotten)
        self.household.failed.connect(self.bottom.say)
        self.top.folders_wanted.connect(self.folders.open)
        self.top.search.clicked.connect(self.find_sheet.show_empty)
        self.top.search.dropped.connect(self.find_sheet.find_file)
        self.folders.card_wanted.connect(self.card.open)
        self.folders.marked.connect(self.ways.to_copies_of)
        self.empty.add_wanted.connect(self.arrivals.choose_folder)
        self.empty.folder_chosen.connect(self.arrivals.add_folder)
        self.empty.recent.missing_chosen.connect(self.arrivals.tell_missing)
        self.places.add_wanted.connect(self.arrivals.choose_folder)
        self.arrivals.added.connect(self.folders_added)
        self.bottom.pause_wanted.connect(album.toggle_pause)
        self.bottom.cancel_wanted.connect(album.cancel)
        review.filter.view_changed.connect(self._on_view)
        review.filter.errors_wanted.connect(self.show_errors)
        review.order_chosen.connect(review.list.set_order)
        review.list.member_clicked.connect(self.card_verbs.swap)
        review.list.keep_this.connect(album.choices.keep_this)
        review.list.keep_all.connect(album.choices.keep_all)
        review.list.by_rule.connect(album.choices.by_rule)
        review.list.not_duplicates.connect(self.card_verbs.not_duplicates)
        review.list.menu_wanted.connect(self._on_card_menu)
        review.side.toggled.connect(self._show_filter)
        review.side.panel.said.connect(self.bottom.say)
        album.groups_changed.connect(self._on_groups)
        album.snapshot_changed.connect(self._on_snapshot)
        album.busy_changed.connect(self._on_busy)

    def set_tokens(self, tokens: Tokens) -> None:
        """Colours for what paints itself; the style sheet does the rest."""
        parts: tuple[Dressed, ...] = (
            self.top, self.bottom, self.empty, self.review, self.done, self.library, *self.sheets,
        )  # fmt: skip
        for part in parts:
            part.set_tokens(tokens)
        self.overlay.tokens = tokens

    # --- adding -------------------------------------------------------------------------

    @Slot(object)
    def answer_second_start(self, folders: list[str]) -> None:
        """Come to the front, with the folders that were named."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()
        if folders:
            self.add_folders(folders)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.arrivals.drag_enter(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self.arrivals.drop(event)

    # --- what others ask of the window --------------------------------------------------

    @property
    def place(self) -> Place:
        return self.places.place

    def show_place(self, place: Place) -> None:
        self.places.show_place(place)

    def show_review(self) -> None:
        self.places.show_review()

    def add_folders(self, paths: Sequence[str]) -> None:
        self.arrivals.add(paths)

    def clean_up(self) -> None:
        self.cleaning.show_list()

    # --- news ---------------------------------------------------------------------------

    @Slot()
    def _on_snapshot(self) -> None:
        photos = len(self.album.snapshot.photos)
        self.empty.tell(
            ngettext(
                "{n} photo is in the library.", "{n} photos are in the library.", photos
            ).format(n=f"{photos:,}")
            if photos
            else ""
        )
        self.places.show_next()

    @Slot()
    def _on_groups(self) -> None:
        self.top.show_count(len(self.album.shown))
        self.places.show_next()

    @Slot()
    def _on_busy(self) -> None:
        if self.album.closing:
            return
        menus.enable(self)
        self.places.show_next()

    # --- cards --------------------------------------------------------------------------

    @Slot(object)
    def _on_view(self, view: View) -> None:
        self.album.set_view(view)
        self.view_chosen.emit(view)

    @Slot(object, int, object)
    def _on_card_menu(self, group: Group, member: int, at: QPoint) -> None:
        menu: QMenu = menus.card_menu(self, group, member)
        menu.popup(at)

    @Slot()
    def show_errors(self) -> None:
        self.errors.show_problems(self.album.unreadable, self.album.snapshot.skipped)

    # --- window -------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_filter()
        if self.overlay.isVisible():
            self.overlay.cover()

    @Slot()
    def toggle_filter(self) -> None:
        """In a narrow window the filters come on demand; in a wide one they can leave."""
        self._filter_wanted = not self.review.filter.isVisible()
        self._show_filter()

    def _show_filter(self) -> None:
        wanted = self._filter_wanted
        room = self.width() - self.review.side.width
        self.review.filter.setVisible(room >= NARROW if wanted is None else wanted)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._announced:
            self._announced = True
            QTimer.singleShot(0, self, self.shown_first.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._leaving.close_event(event)
