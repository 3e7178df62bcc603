"""The library as a whole: how much is there, what it looks like, where it is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from albumdedup.core.folder_names import told_apart
from albumdedup.core.i18n import _, human_bytes, ngettext
from albumdedup.core.statistics import Share, Statistics
from albumdedup.core.types import Photo
from albumdedup.gui.album import Album
from albumdedup.gui.household import Facts, Household, PhotoMap
from albumdedup.gui.library_cards import Card, FoldersCard, StorageCard, UnreadableCard
from albumdedup.gui.photo_map import PhotoMapView
from albumdedup.gui.share_table import Namer, ShareTable
from albumdedup.gui.texts import shown
from albumdedup.gui.theme import Tokens
from albumdedup.gui.thumb_loader import ThumbLoader
from albumdedup.gui.widgets import label, tool

NARROW = 900

Chart = tuple[
    str, str, Callable[[Statistics], tuple[Share, ...]], Callable[[Sequence[Share]], Namer]
]
"""Its button's word, what heads the rows, which shares, and how these are named."""


def _charts() -> tuple[Chart, ...]:
    return (
        (_("Year"), _("Year taken"), lambda s: s.by_year,
         lambda _shares: lambda name: name or _("No date")),
        (_("Camera"), _("Camera"), lambda s: s.by_camera,
         lambda _shares: lambda name: shown(name) or _("Unknown")),
        (_("Folder"), _("Folder"), lambda s: s.by_folder, _folder_names),
    )  # fmt: skip


def _folder_names(shares: Sequence[Share]) -> Namer:
    folders = [share.name for share in shares]
    names = dict(zip(folders, told_apart(folders), strict=True))
    return lambda folder: shown(names.get(folder, folder))


class ChartCard(Card):
    """One chart at a time; the buttons above choose it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("WHAT IS HERE"), parent)
        self.table = ShareTable()
        self.table.setMinimumHeight(280)
        self._charts = _charts()
        self._statistics: Statistics | None = None
        group = QButtonGroup(self)
        self.choices = []
        for number, (word, _title, _shares, _name) in enumerate(self._charts):
            choice = tool(_("By {part}").format(part=word.lower()), words=word)
            choice.setCheckable(True)
            choice.setChecked(number == 0)
            group.addButton(choice, number)
            self.choices.append(choice)
            self.head.addWidget(choice)
        group.idToggled.connect(self._on_choice)
        self._number = 0
        self.body.addWidget(self.table, 1)
        legend = QHBoxLayout()
        legend.setSpacing(16)
        legend.addWidget(label(_("✓ stays"), tone="stays"))
        legend.addWidget(label(_("↷ copies that could go"), tone="goes"))
        legend.addStretch()
        self.body.addLayout(legend)
        self._show()

    def show_statistics(self, statistics: Statistics) -> None:
        if statistics != self._statistics:
            self._statistics = statistics
            self._show()

    def _on_choice(self, number: int, on: bool) -> None:
        if on:
            self._number = number
            self._show()

    def _show(self) -> None:
        _word, title, of, naming = self._charts[self._number]
        shares = of(self._statistics) if self._statistics else ()
        self.table.show_shares(shares, title, naming(shares))


class LibraryPage(QWidget):
    """Asks for its facts when it comes into view and when they have changed."""

    group_wanted = Signal(object)  # Photo of a group
    errors_wanted = Signal()
    add_wanted = Signal()
    forgotten = Signal(object)  # list[str]: folders that are forgotten now

    def __init__(
        self,
        album: Album,
        household: Household,
        loader: ThumbLoader,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._album, self._household = album, household
        self._build(loader)
        self.folders.add_wanted.connect(self.add_wanted)
        self.folders.forget_wanted.connect(self._on_forget)
        self.folders.clear_wanted.connect(household.clear)
        self.unreadable.list_wanted.connect(self.errors_wanted)
        self.unreadable.retry_wanted.connect(album.add_folders)
        self.storage.show_wanted.connect(show_folder)
        self.map.chosen.connect(self._on_photo)
        household.facts_ready.connect(self._on_facts)
        household.map_ready.connect(self._on_map)
        household.map_failed.connect(self.map.say)
        household.cleared.connect(self.forgotten)
        album.snapshot_changed.connect(self._on_news)
        album.groups_changed.connect(self._on_news)
        album.busy_changed.connect(self._on_busy)

    def _build(self, loader: ThumbLoader) -> None:
        self.headline = label("", headline=True)
        self.facts = label("", quiet=True, wrap=True)
        self.chart = ChartCard()
        self.map_card = Card(_("WHAT LOOKS ALIKE"))
        self.map = PhotoMapView(loader)
        self.map_facts = label("", caption=True, wrap=True)
        self.map_card.body.addWidget(self.map, 1)
        self.map_card.body.addWidget(self.map_facts)
        self.folders, self.unreadable, self.storage = FoldersCard(), UnreadableCard(), StorageCard()
        inside = QWidget()
        inside.setObjectName("scroll")
        column = QVBoxLayout(inside)
        column.setContentsMargins(24, 20, 24, 24)
        column.setSpacing(12)
        column.addWidget(self.headline)
        column.addWidget(self.facts)
        self._rows: list[QHBoxLayout] = []
        scanned = QWidget()
        stack = QVBoxLayout(scanned)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(12)
        stack.addWidget(self.folders, 1)
        stack.addWidget(self.unreadable)
        for left, right, stretch in ((self.chart, self.map_card, 1), (scanned, self.storage, 0)):
            row = QHBoxLayout()
            row.setSpacing(12)
            row.addWidget(left, 1)
            row.addWidget(right, 1)
            self._rows.append(row)
            column.addLayout(row, stretch)
        self.area = QScrollArea()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.area)
        self.first_focus = self.chart.choices[0]
        self._show_total(Share())

    def set_tokens(self, tokens: Tokens) -> None:
        self.chart.table.set_tokens(tokens)
        self.map.set_tokens(tokens)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask()
        self._on_busy()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= NARROW
        way = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        for row in self._rows:
            row.setDirection(way)

    @Slot()
    def _on_news(self) -> None:
        if self.isVisible():
            self._ask()

    def _ask(self) -> None:
        """While a scan goes on only what the library lane is not needed for."""
        self._household.ask_facts()
        self.unreadable.show_problems(self._album.snapshot.unreadable)
        if not self._album.scanning:
            self._household.ask_map()
        elif self.map.map is None:
            self.map.say(_("The map is drawn when the scan is done."))

    @Slot(object)
    def _on_facts(self, facts: Facts) -> None:
        self._show_total(facts.statistics.total)
        self.chart.show_statistics(facts.statistics)
        self.folders.show_folders(facts.statistics.by_root)
        self.storage.show_stored(facts.stored)

    def _show_total(self, total: Share) -> None:
        if not total.photos:
            self.headline.setText(_("The library is empty"))
            self.facts.setText(_("Add a folder: here you will see what it holds."))
            return
        self.headline.setText(
            ngettext("{n} photo · {size}", "{n} photos · {size}", total.photos).format(
                n=f"{total.photos:,}", size=human_bytes(total.bytes)
            )
        )
        self.facts.setText(
            ngettext(
                "{n} of them is a copy that could go and would free {size}.",
                "{n} of them are copies that could go and would free {size}.",
                total.copies,
            ).format(n=f"{total.copies:,}", size=human_bytes(total.copy_bytes))
            if total.copies
            else _("No copy among them could go.")
        )

    @Slot(object)
    def _on_map(self, photo_map: PhotoMap) -> None:
        count = len(photo_map.photos)
        if not count:
            self.map.say(_("Photos that look alike will lie together here."))
            self.map_facts.setText("")
            return
        self.map.show_map(photo_map)
        words = _("Each dot is a photo; colours are groups. Enter opens the group.")
        if count < photo_map.total:
            words = _("{words} {n} of {total} photos are shown.").format(
                words=words, n=f"{count:,}", total=f"{photo_map.total:,}"
            )
        self.map_facts.setText(words)

    @Slot()
    def _on_busy(self) -> None:
        if self.isVisible():
            busy = self._album.scanning or self._album.moving
            self.folders.set_busy(busy)
            self.unreadable.set_busy(busy)

    @Slot(str)
    def _on_forget(self, folder: str) -> None:
        self._album.forget(folder)
        self.forgotten.emit([folder])

    @Slot(object)
    def _on_photo(self, photo: Photo) -> None:
        self.group_wanted.emit(photo)


@Slot(str)
def show_folder(folder: str) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(folder))
