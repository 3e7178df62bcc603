"""The window: puts the places, the bars and the sheets together, and closes without loss."""

from __future__ import annotations

import os
from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSettings, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QFileDialog, QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

from albumdedup.core.i18n import _, listed, ngettext
from albumdedup.core.types import PROVEN_TIERS, Group, OperationReport, Photo, Plan, View
from albumdedup.gui import menus
from albumdedup.gui.album import Album, folders_of
from albumdedup.gui.bars import BottomBar, Place, TopBar
from albumdedup.gui.card_sheet import CardSheet
from albumdedup.gui.cleanup_sheet import CleanupSheet
from albumdedup.gui.desktop import Desktop
from albumdedup.gui.done_page import DonePage
from albumdedup.gui.drop import DropOverlay, dropped_paths
from albumdedup.gui.empty_state import EmptyState
from albumdedup.gui.find_sheet import FindSheet
from albumdedup.gui.folders_sheet import FoldersSheet
from albumdedup.gui.group_model import GroupModel, SortOrder
from albumdedup.gui.history_sheet import HistorySheet
from albumdedup.gui.household import Household
from albumdedup.gui.library_page import LibraryPage, show_folder
from albumdedup.gui.lists import ErrorsSheet
from albumdedup.gui.narrator import Narrator
from albumdedup.gui.review_page import NARROW, ReviewPage
from albumdedup.gui.settings_sheet import SettingsSheet
from albumdedup.gui.sheet import Sheet
from albumdedup.gui.texts import shown
from albumdedup.gui.theme import LIGHT, Dressed, Tokens
from albumdedup.gui.thumb_loader import ThumbLoader

CLOSE_MS = 5000
"""How long closing waits for running work before it goes without it."""


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
        self._closing = False
        self._may_close = False
        self._give_up = QTimer(self, singleShot=True, interval=CLOSE_MS)
        self._give_up.timeout.connect(self._close_anyway)
        self._target: str | None = None
        self._filter_wanted: bool | None = None
        self._memory = QSettings(place_file, QSettings.Format.IniFormat) if place_file else None
        self.setWindowTitle(_("Album Deduplicator"))
        self.setMinimumSize(800, 560)
        self.setAcceptDrops(True)
        self._build()
        self._connect()
        self._restore_place()
        self.set_tokens(LIGHT)
        self.show_place(Place.ALBUM)
        self._show_next()

    # --- building -----------------------------------------------------------------------

    def _build(self) -> None:
        self.top, self.bottom = TopBar(), BottomBar()
        self.empty = EmptyState()
        self.model = GroupModel(self)
        self.review = ReviewPage(self.album, self.model, self.loader)
        self.done = DonePage(self.album)
        self.household = Household(self.album, parent=self)
        self.library = LibraryPage(self.album, self.household, self.loader)
        self.pages = QStackedWidget()
        for widget in (self.empty, self.review, self.done, self.library):
            self.pages.addWidget(widget)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top)
        column.addWidget(self.pages, 1)
        column.addWidget(self.bottom)
        self.setCentralWidget(centre)
        self.cleanup = CleanupSheet(centre, self.album)
        self.errors = ErrorsSheet(centre)
        self.history = HistorySheet(centre, self.album, self.loader)
        self.settings = SettingsSheet(self.household, centre)
        self.find_sheet = FindSheet(centre, self.album, self.loader)
        self.card = CardSheet(centre, self.album, self.loader)
        self.folders = FoldersSheet(centre, self.album, self.loader)
        self.sheets: tuple[Sheet, ...] = (
            self.cleanup, self.errors, self.history, self.find_sheet, self.card, self.folders,
            self.settings,
        )  # fmt: skip
        self.overlay = DropOverlay(centre)
        self.desktop = Desktop(self.album, self)
        self.narrator = Narrator(self.album, self.bottom, self)
        self.narrator.errors_wanted.connect(self.show_errors)
        self.actions_by_name = menus.build(self)

    def _connect(self) -> None:
        album, review = self.album, self.review
        self.top.place_chosen.connect(self.show_place)
        self.top.history_wanted.connect(album.ask_history)
        self.top.settings_wanted.connect(self.settings.open)
        self.library.add_wanted.connect(self.choose_folder)
        self.library.errors_wanted.connect(self.show_errors)
        self.errors.folder_wanted.connect(show_folder)
        self.errors.retry_wanted.connect(album.add_folders)
        self.library.group_wanted.connect(self._on_map_photo)
        self.library.forgotten.connect(self._on_forgotten)
        self.household.failed.connect(self.bottom.say)
        self.top.folders_wanted.connect(self.folders.open)
        self.top.search.clicked.connect(self.find_sheet.show_empty)
        self.top.search.dropped.connect(self.find_sheet.find_file)
        self.folders.card_wanted.connect(self.card.open)
        self.folders.marked.connect(self._on_folder_marked)
        self.empty.add_wanted.connect(self.choose_folder)
        self.empty.folder_chosen.connect(self.add_folder)
        self.bottom.pause_wanted.connect(album.toggle_pause)
        self.bottom.cancel_wanted.connect(album.cancel)
        self.bottom.next_wanted.connect(self._take_next_step)
        review.filter.view_changed.connect(self._on_view)
        review.filter.errors_wanted.connect(self.show_errors)
        review.order_chosen.connect(self._on_order)
        review.list.member_clicked.connect(self._on_member)
        review.list.keep_this.connect(album.choices.keep_this)
        review.list.keep_all.connect(album.choices.keep_all)
        review.list.by_rule.connect(album.choices.by_rule)
        review.list.not_duplicates.connect(self._on_not_duplicates)
        review.list.menu_wanted.connect(self._on_card_menu)
        review.side.toggled.connect(self._show_filter)
        review.side.panel.said.connect(self.bottom.say)
        self.cleanup.clean_wanted.connect(self._on_clean)
        self.cleanup.target_chosen.connect(self._on_target)
        self.done.undo_wanted.connect(album.undo)
        self.done.review_wanted.connect(self.show_review)
        self.done.history_wanted.connect(album.ask_history)
        self.done.changed.connect(self._show_next)
        self.history.undo_wanted.connect(album.undo)
        self.history.receipt_wanted.connect(self._on_receipt)
        album.groups_changed.connect(self._on_groups)
        album.snapshot_changed.connect(self._on_snapshot)
        album.busy_changed.connect(self._on_busy)
        album.planned.connect(self.cleanup.show_plan)
        album.cleaned.connect(self._on_cleaned)
        album.restored.connect(self._on_restored)

    def set_tokens(self, tokens: Tokens) -> None:
        """Colours for what paints itself; the style sheet does the rest."""
        parts: tuple[Dressed, ...] = (
            self.top, self.bottom, self.empty, self.review, self.done, self.library, *self.sheets,
        )  # fmt: skip
        for part in parts:
            part.set_tokens(tokens)
        self.overlay.tokens = tokens

    # --- adding -------------------------------------------------------------------------

    @Slot()
    def choose_folder(self) -> None:
        dialog = QFileDialog(self, _("Add a folder of photos"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.add_folder)
        dialog.open()

    @Slot(str)
    def add_folder(self, folder: str) -> None:
        self.add_folders([folder])

    def add_folders(self, paths: Sequence[str]) -> None:
        """Scan what was dropped or chosen; queued where a scan is running."""
        folders = folders_of(paths)
        if not folders:
            return
        waits = self.album.scanning
        self.album.add_folders(folders)
        self.folders_added.emit(folders)
        self.show_place(Place.REVIEW)
        if not self.album.shown:
            self.review.show_waiting(_("Looking at your photos…"), self._names(folders))
        if not waits:
            self.bottom.work(_("Finding photos…"), None, paused=False)

    @Slot(object)
    def answer_second_start(self, folders: list[str]) -> None:
        """Come to the front, with the folders that were named."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()
        if folders:
            self.add_folders(folders)

    def _names(self, folders: Sequence[str]) -> str:
        names = [shown(os.path.basename(folder) or folder) for folder in folders]
        return listed(names[:4]) + (" …" if len(names) > 4 else "")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        paths = dropped_paths(event.mimeData())
        if paths and not self._closing:
            event.acceptProposedAction()
            self.overlay.show_for(paths)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self.overlay.hide()
        paths = dropped_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.add_folders(paths)

    # --- places and the next step -------------------------------------------------------

    @Slot(object)
    def show_place(self, place: Place) -> None:
        self.pages.setCurrentWidget(self._pages[place])
        focus = {
            Place.ALBUM: self.empty.add,
            Place.REVIEW: self.review.list,
            Place.DONE: self.done.back,
            Place.LIBRARY: self.library.first_focus,
        }
        focus[place].setFocus(Qt.FocusReason.OtherFocusReason)
        self.top.show_place(place)
        self._show_next()

    @property
    def place(self) -> Place:
        widget = self.pages.currentWidget()
        return next(place for place, page in self._pages.items() if page is widget)

    @property
    def _pages(self) -> dict[Place, QWidget]:
        return {
            Place.ALBUM: self.empty, Place.REVIEW: self.review, Place.DONE: self.done,
            Place.LIBRARY: self.library,
        }  # fmt: skip

    @Slot()
    def show_review(self) -> None:
        self.show_place(Place.REVIEW)

    def _show_next(self) -> None:
        """The one next step, by what is there and where the person is."""
        album, groups = self.album, len(self.album.shown)
        count, _size = album.removable()
        if album.moving:
            self.bottom.show_next("")
        elif self.place is Place.DONE and self.done.operation is not None:
            self.bottom.show_next(self.done.back.text())
        elif self.place is not Place.REVIEW and groups:
            words = ngettext("Review {n} group", "Review {n} groups", groups)
            self.bottom.show_next(words.format(n=f"{groups:,}"))
        elif self.place is Place.REVIEW and count:
            words = ngettext("Clean up {n} copy…", "Clean up {n} copies…", count)
            why = _("When the scan is done, or cancelled.") if album.scanning else ""
            self.bottom.show_next(words.format(n=f"{count:,}"), enabled=not album.scanning, why=why)
        elif self.place is Place.ALBUM or album.scanning:  # the page itself has the button
            self.bottom.show_next("")
        else:
            self.bottom.show_next(_("Add folder…"))

    @Slot()
    def _take_next_step(self) -> None:
        groups = len(self.album.shown)
        if self.place is Place.DONE and self.done.operation is not None:
            self.album.undo(self.done.operation)
        elif self.place is not Place.REVIEW and groups:
            self.show_place(Place.REVIEW)
        elif self.place is Place.REVIEW and self.album.removable()[0]:
            self.clean_up()
        else:
            self.choose_folder()

    @Slot()
    def clean_up(self) -> None:
        """Show what would go; the sheet has the button that moves it."""
        if not self.album.scanning and not self.album.moving:
            self.album.make_plan(self._target)

    @Slot(object)
    def _on_target(self, target: str | None) -> None:
        self._target = target
        self.album.make_plan(target)

    def set_target(self, folder: str) -> None:
        """Where removed photos go from now on; empty: to the trash."""
        self._target = folder or None

    @Slot(object)
    def _on_clean(self, plan: Plan) -> None:
        self.bottom.work(_("Moving copies…"), None, paused=False)
        self.album.clean(plan)

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
        self._show_next()

    @Slot()
    def _on_groups(self) -> None:
        self.top.show_count(len(self.album.shown))
        self._show_next()

    @Slot()
    def _on_busy(self) -> None:
        if self._closing:
            self._close_when_idle()
            return
        menus.enable(self)
        self._show_next()

    @Slot(object)
    def _on_cleaned(self, report: OperationReport) -> None:
        self.done.show_cleaned(report, self._target)
        self.bottom.say("")
        self.show_place(Place.DONE)

    @Slot(object)
    def _on_restored(self, report: OperationReport) -> None:
        self.done.show_restored(report)
        self.bottom.say("")
        if not self.history.isVisible():  # one photo after the other is put back there
            self.show_place(Place.DONE)

    @Slot(object, str)
    def _on_receipt(self, operation: int, when: str) -> None:
        self.done.show_past(operation, when)
        self.show_place(Place.DONE)

    @Slot(object)
    def _on_map_photo(self, photo: Photo) -> None:
        if self.review.list.go_to(photo.path):
            self.show_place(Place.REVIEW)
        else:
            name = shown(os.path.basename(photo.path))
            self.bottom.say(_("{name} has no copies in the list.").format(name=name))

    @Slot(object)
    def _on_forgotten(self, folders: list[str]) -> None:
        words = ngettext(
            "{n} folder was forgotten. Its photos are untouched.",
            "{n} folders were forgotten. Their photos are untouched.",
            len(folders),
        ).format(n=f"{len(folders):,}")
        self.bottom.say(words, _("Scan again"), lambda: self.album.add_folders(folders))

    @Slot(str)
    def _on_folder_marked(self, folder: str) -> None:
        """One decision for a tree: its copies go, whatever the rule; what is proven is shown."""
        for tier in PROVEN_TIERS:
            self.review.filter.boxes[tier].setChecked(True)
        self.album.set_clear(folder)
        self.review.banner.refresh()
        self.show_review()

    # --- cards --------------------------------------------------------------------------

    @Slot(object)
    def _on_view(self, view: View) -> None:
        self.album.set_view(view)
        self.view_chosen.emit(view)

    @Slot(object)
    def _on_order(self, order: SortOrder) -> None:
        self.review.list.set_order(order)

    @Slot(object, int)
    def _on_member(self, group: Group, member: int) -> None:
        sentence = self.album.choices.toggle(group, member)
        if sentence:
            self.bottom.say(sentence)

    @Slot(object)
    def _on_not_duplicates(self, group: Group) -> None:
        self.album.not_duplicates(group)
        self.bottom.say(
            _("Remembered: these are different photos."),
            _("Undo"),
            lambda: self.album.not_duplicates(group, on=False),
        )

    @Slot(object, int, object)
    def _on_card_menu(self, group: Group, member: int, at: QPoint) -> None:
        menu: QMenu = menus.card_menu(self, group, member)
        menu.popup(at)

    @Slot()
    def show_errors(self) -> None:
        snapshot = self.album.snapshot
        self.errors.show_problems(snapshot.unreadable, snapshot.skipped)

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
        if self._may_close or self.album.idle:
            self._remember_place()
            self.album.begin_closing()
            self.loader.stop()
            self.review.side.panel.darkroom.rest()
            event.accept()
            return
        event.ignore()
        if not self._closing:
            self._closing = True
            self.setEnabled(False)
            self.bottom.say(_("Finishing the photo at hand…"))
            self.album.begin_closing()
            self._give_up.start()

    def _close_when_idle(self) -> None:
        if self.album.idle:
            self._close_anyway()

    @Slot()
    def _close_anyway(self) -> None:
        self._give_up.stop()
        if not self._may_close:
            self._may_close = True
            self.close()

    def _remember_place(self) -> None:
        if self._memory is not None:
            self._memory.setValue("geometry", self.saveGeometry())
            self._memory.setValue("compare", self.review.side.share)
            self._memory.sync()

    def _restore_place(self) -> None:
        known = self._memory.value("geometry") if self._memory is not None else None
        if self._memory is not None:
            self.review.side.remember(self._memory.value("compare"))
        if known is None or not self.restoreGeometry(known):
            self.resize(1180, 780)
